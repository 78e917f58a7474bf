"""What an operator copies is what the portal understands: settings, limits, units, proxies."""

import re
import shutil
import subprocess

import pytest

from iswg.server import MAX_BODY, TOO_LARGE
from tests.architecture.code import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix == ".service")
SETTING = re.compile(r"\b(?:ISWG_[A-Z_]+|DATABASE_URL|REDIS_URL|EMAIL_URL|CLAMD_URL)\b")
# Read by the deployment itself, not by the portal.
OF_THE_DEPLOYMENT = {"ISWG_DOMAIN", "ISWG_UPSTREAMS", "ISWG_UMASK", "ISWG_POSTGRES_HOST"}


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def understood():
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', read("iswg/settings.py")))


def mentioned(text):
    return {name.removesuffix("_FILE") for name in SETTING.findall(text)} - OF_THE_DEPLOYMENT


def test_the_table_of_settings_lists_each_one_and_no_other():
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operations.md"), re.MULTILINE))
    assert table == understood()


@pytest.mark.parametrize("name", ["iswg.env.example", "compose.yaml", "Dockerfile"])
def test_what_the_deployment_sets_is_understood(name):
    assert mentioned(read(f"deploy/{name}")) <= understood()


def test_both_proxies_refuse_the_bodies_the_portal_would_refuse():
    assert MAX_BODY == 96 * 1024
    assert "client_max_body_size 96k;" in read("deploy/nginx.conf")
    assert "max_size 96KiB" in read("deploy/Caddyfile")


def test_whoever_is_turned_away_by_the_proxy_reads_the_portals_sentence():
    assert TOO_LARGE.endswith(read("deploy/too-large.html").encode())
    assert "error_page 413 /too-large.html;" in read("deploy/nginx.conf")


def test_nginx_writes_no_body_and_no_answer_to_a_disk():
    text = read("deploy/nginx.conf")
    assert "client_body_buffer_size 96k;" in text
    assert "proxy_buffering off;" in text
    assert "proxy_max_temp_file_size 0;" in text


def test_no_access_log_keeps_a_query_string():
    logged = re.search(r"log_format iswg ('.*?');", read("deploy/nginx.conf"), re.DOTALL)[1]
    assert not re.search(r"\$(request_uri|request\b(?!_)|args|query_string|http_|cookie)", logged)
    cut = re.search(r'request>uri regexp "(.*)" ""', read("deploy/Caddyfile"))[1]
    assert re.sub(cut, "", "/bulletins/B-7KQF2/?q=words") == "/bulletins/B-7KQF2/"


@pytest.mark.parametrize("address", ["/calendar/its-key.ics", "/invitation/its-key/"])
def test_no_access_log_keeps_an_address_that_is_a_key(address):
    cut = re.search(r'request>uri regexp "(.*)" ""', read("deploy/Caddyfile"))[1]
    assert "its-key" not in re.sub(cut, "", address)
    folder = address.split("its-key")[0]
    assert re.search(rf"~\^{folder}\s+{folder};", read("deploy/nginx.conf"))


def test_nginx_sets_who_is_asking_instead_of_believing_the_client():
    text = read("deploy/nginx.conf")
    assert "X-Forwarded-For $remote_addr;" in text
    assert "proxy_add_x_forwarded_for" not in text


def _hardening(unit):
    text = unit.read_text()
    return text[text.index("# The data folder") :].split("[Install]")[0].strip()


def test_every_unit_is_shut_in_alike():
    assert len(UNITS) == 3
    assert len({_hardening(unit) for unit in UNITS}) == 1


def test_units_are_well_formed(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd on this machine to ask")
    for unit in (DEPLOY / "systemd").iterdir():
        # An instance and a program that exists, as on the machine it is meant for.
        text = unit.read_text().replace("/opt/iswg/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name.replace("@.", "@8001.")).write_text(text)
    units = [str(path) for path in tmp_path.iterdir()]
    answer = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert not [line for line in answer.stderr.splitlines() if "iswg" in line]


def test_new_secrets_are_private_of_the_right_form_and_never_overwritten(tmp_path):
    def make():
        done = subprocess.run(
            ["sh", DEPLOY / "make-secrets", tmp_path], capture_output=True, text=True, check=True
        )
        return done.stdout

    make()
    from iswg.environment import peppers, secret_bytes

    pepper = (tmp_path / "pepper").read_text().strip()
    assert list(peppers(pepper)) == [1]
    assert len(secret_bytes((tmp_path / "journal_key").read_text().strip())) == 32
    assert all(path.stat().st_mode & 0o007 == 0 for path in tmp_path.iterdir())
    assert "pepper is already there and stays" in make()
    assert (tmp_path / "pepper").read_text().strip() == pepper
