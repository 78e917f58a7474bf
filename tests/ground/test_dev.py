"""The two commands, as far as they can be tried without installing anything."""

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.code import ROOT
from tests.services import free_port
from tools import development, portal
from tools.environment import Refusal


def dev(*words, **environment):
    return subprocess.run(
        [sys.executable, "dev.py", *words],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_manual_names_both_commands():
    manual = dev().stdout
    assert "dev.py run" in manual
    assert "dev.py test" in manual


def test_the_network_is_refused_with_a_sentence_about_tls():
    refused = dev("run", "--lan")
    assert refused.returncode == 1
    assert "without TLS" in refused.stderr


def test_a_port_that_is_no_number_is_refused_before_anything_is_installed():
    refused = dev("run", PORT="eight")
    assert refused.returncode == 1
    assert "write a number" in refused.stderr


def test_a_taken_port_is_refused_with_the_one_beside_it():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        refused = dev("run", PORT=str(taken))
    assert f"PORT={taken + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_python_without_venv_is_told_what_to_install(tmp_path):
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copy(ROOT / "dev.py", tmp_path)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    (tmp_path / "ensurepip.py").write_text("raise ImportError")
    answer = subprocess.run(
        [sys.executable, "dev.py", "run"],
        cwd=tmp_path, env={**os.environ, "PORT": str(free_port())}, capture_output=True, text=True,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "apt install python3-venv" in answer.stderr
    assert "Traceback" not in answer.stderr


class TestDevelopmentSecrets:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("ISWG_DATA_DIR", str(tmp_path / "data"))
        for name in ("ISWG_SECRET_KEY", "ISWG_PEPPER", "ISWG_JOURNAL_KEY", "ISWG_DEMO_PASSPHRASE"):
            monkeypatch.delenv(name, raising=False)
        return tmp_path / "data"

    def test_are_made_once_and_kept(self, folder):
        development.environment(8000)
        first = (folder / "secrets" / "pepper").read_text()
        development.environment(8000)
        assert (folder / "secrets" / "pepper").read_text() == first

    def test_can_be_read_by_their_owner_only(self, folder):
        development.environment(8000)
        secrets = list((folder / "secrets").iterdir())
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_reach_processes_as_names_of_files_never_as_values(self, folder):
        environment = development.environment(8000)
        values = {path.read_text().strip() for path in (folder / "secrets").iterdir()}
        assert len(values) == 3
        assert not values & set(environment.values())
        assert environment["ISWG_PEPPER_FILE"] == str(folder / "secrets" / "pepper")

    def test_give_way_to_what_the_developer_set(self, monkeypatch):
        monkeypatch.setenv("ISWG_SECRET_KEY", "my own for today")
        assert "ISWG_SECRET_KEY_FILE" not in development.environment(8000)

    def test_the_pin_left_by_the_demonstration_is_used(self, folder):
        assert "ISWG_DIRECTORY_PIN_FILE" not in development.environment(8000)
        pin = folder / "secrets" / "directory_pin"
        pin.write_text("f" * 64)
        assert development.environment(8000)["ISWG_DIRECTORY_PIN_FILE"] == str(pin)

    def test_the_passphrase_the_data_were_loaded_with_wins(self, folder, monkeypatch):
        monkeypatch.setenv("ISWG_DEMO_PASSPHRASE", "first phrase of these data")
        development.environment(8000)
        development.make_passphrase()
        monkeypatch.setenv("ISWG_DEMO_PASSPHRASE", "another one exported later")
        development.make_passphrase()
        named = development.environment(8000)["ISWG_DEMO_PASSPHRASE_FILE"]
        assert Path(named).read_text().strip() == "first phrase of these data"


def test_a_production_environment_is_refused(monkeypatch):
    monkeypatch.setenv("ISWG_ENV", "production")
    with pytest.raises(Refusal, match="ISWG_ENV"):
        development.environment(8000)


def test_the_port_moves_with_port(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert portal.port() == 8000
    monkeypatch.setenv("PORT", "8123")
    assert portal.port() == 8123
