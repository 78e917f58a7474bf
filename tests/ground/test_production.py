"""What production refuses to start without, by name, and what it calls its cookies."""

import os
import subprocess
import sys

import pytest

from tests.architecture.code import ROOT

SECRET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
WHOLE = {
    "ISWG_ENV": "production",
    "ISWG_SECRET_KEY": "0123456789" * 6,
    "ISWG_PEPPER": f"1:{SECRET}",
    "ISWG_JOURNAL_KEY": SECRET,
    "ISWG_HOSTS": "portal.test",
    "ISWG_ORIGIN": "https://portal.test",
    "ISWG_DATA_DIR": "/nonexistent/iswg",
    "ISWG_TRUSTED_PROXIES": "127.0.0.1, 172.30.30.0/24",
    "ISWG_FROM_EMAIL": "portal@portal.test",
    "ISWG_SECURITY_CONTACT": "security@portal.test",
    "EMAIL_URL": "submission://portal:word@mail.test",
}
OURS = ("ISWG_", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "CLAMD_URL", "DJANGO_")


def asked(question="print('started')", **changed):
    """What a process says that starts with these settings (None: left out)."""
    values = {name: value for name, value in {**WHOLE, **changed}.items() if value is not None}
    others = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-c", f"from iswg import settings\n{question}"],
        cwd=ROOT, env={**others, **values}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_with_all_of_them_it_starts():
    answer = asked()
    assert answer.stdout == "started\n", answer.stderr


@pytest.mark.parametrize("name", sorted(set(WHOLE) - {"ISWG_ENV"}))
def test_without_one_of_them_it_names_that_one_and_no_other(name):
    answer = asked(**{name: None})
    assert answer.returncode != 0
    told = answer.stderr[answer.stderr.index("need attention") :]
    assert f"  {name}: " in told
    assert [other for other in WHOLE if f"  {other}: " in told] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ISWG_ENV", None),  # an address with TLS is no development
        ("ISWG_DIRECTORY_PIN", "see the manual"),
        ("ISWG_DIRECTORY_PIN", "ab" * 31),
        ("ISWG_TRUSTED_PROXIES", "proxy.example.org"),
        ("EMAIL_URL", "console:"),
        ("EMAIL_URL", "smtp://mail.test"),
        ("ISWG_HOSTS", "*"),
        ("ISWG_REQUIRE_MFA", "false"),
    ],
)
def test_a_value_that_would_do_something_else_is_refused_by_name(name, value):
    answer = asked(**{name: value})
    assert answer.returncode != 0
    assert f"  {name}: " in answer.stderr


def test_mail_to_a_server_on_this_machine_needs_no_tls():
    assert asked(EMAIL_URL="smtp://localhost").stdout == "started\n"


@pytest.mark.parametrize("name", ["DATABASE_URL", "ISWG_DIRECTORY_PIN", "ISWG_METRICS_TOKEN"])
def test_a_file_that_is_named_and_empty_is_not_taken_for_left_out(tmp_path, name):
    (tmp_path / "value").write_text("\n")
    answer = asked(**{f"{name}_FILE": str(tmp_path / "value")})
    assert answer.returncode != 0
    assert f"  {name}_FILE: the file it names is empty" in answer.stderr


COOKIES = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "iswg.settings"
import django
django.setup()
from django.contrib.messages import constants
from django.http import HttpRequest, HttpResponse
from django.contrib.messages.storage import default_storage
from accounts.language import remember_language
request, response = HttpRequest(), HttpResponse()
request.session = {}
sentences = default_storage(request)
sentences.add(constants.INFO, "done")
sentences.update(response)
remember_language(response, "fr")
print(response.cookies.output(header=""))
print([settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.VAULT_COOKIE_NAME])
"""


def test_every_cookie_of_production_is_bound_to_this_host_and_to_tls():
    answer = asked(COOKIES)
    *written, others = answer.stdout.strip().splitlines()
    assert len(written) == 2, answer.stderr
    for cookie, name in zip(
        sorted(c.strip() for c in written), ("iswg-language", "iswg-messages"), strict=True
    ):
        assert cookie.startswith(f"__Host-{name}=")
        for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert part in cookie
        assert "Domain" not in cookie
    assert others.count("__Host-") == 3


def test_in_development_without_tls_the_names_have_no_such_beginning():
    answer = asked(COOKIES, ISWG_ENV="development", ISWG_ORIGIN=None, ISWG_HOSTS=None)
    assert "__Host-" not in answer.stdout
    assert "iswg-language=fr" in answer.stdout


@pytest.mark.parametrize("deployment", [("iswg.env.example",), ("compose.yaml", "Dockerfile")])
def test_what_production_needs_is_set_by_what_an_operator_copies(deployment):
    text = "".join((ROOT / "deploy" / name).read_text() for name in deployment)
    assert [name for name in WHOLE if name not in text] == []
