"""What a hostile reader of this repository tried, each beside the same thing done honestly."""

import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
from functools import partial

import pytest
from django.conf import settings as of_the_run
from django.urls import reverse
from django.utils import timezone

from accounts.models import Administration
from activity.models import JournalEntry
from bulletins.models import Bulletin
from iswg.checks import unfit_to_start
from tests import factories
from tests.architecture.code import ROOT
from tests.desk import TITLE
from tests.factories import handshake
from vault.crypto.canonical import canonical
from vault.manifests import LABEL
from vault.models import Manifest, VaultSession

pytestmark = pytest.mark.django_db

FAR = 10**22


# A failure of ours is a 500, as it is to a person.
signed_in = partial(factories.signed_in, raise_request_exception=False)


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# Whose words they are -------------------------------------------------------------------------


def _signed_instead(bulletin, world, person):
    """`person` signs the bulletin as an officer of the own administration, and a hand in the
    database puts that manifest and its hash in the place of the genuine ones."""
    vault, row = world.vault(person), Manifest.objects.get(object_id=bulletin.uuid)
    said = json.loads(bytes(row.body))
    said |= {"author": person.pk, "administration": vault.administration}
    said["key"] = vault.content.public.to_bytes().hex()
    row.body, row.author = canonical(said), person
    row.signature = vault.content.sign(LABEL, row.body)
    row.hash = hashlib.sha256(row.body + row.signature).digest()
    row.save()
    line = JournalEntry.objects.get(event="bulletins.issued")
    facts = json.loads(bytes(line.entry))
    facts["detail"]["manifest"] = row.hash.hex()
    JournalEntry.objects.filter(pk=line.pk).update(entry=json.dumps(facts).encode())


@pytest.mark.parametrize("signer", ["fj", "fj_contact", "pw"])
def test_nobody_passes_off_own_words_as_another_officers(desk, world, signer):
    """Palau holds the same bulletin and signs genuinely, but it says that Fiji wrote it."""
    issued = desk.publish(world.fj, recipients=("VU", "PW"))
    _signed_instead(issued, world, getattr(world, signer))
    page = signed_in(world.vu).get(reverse("bulletins:detail", args=[issued.ref]))
    assert (page.status_code == 200) is (signer == "fj")
    assert (TITLE in words(page)) is (signer == "fj")


# Past the preview -----------------------------------------------------------------------------

YESTERDAY = timezone.localdate() - datetime.timedelta(days=1)
UNSOUND = [
    {},
    {"tlp": "TLP:PURPLE"},
    {"product_type": "quombat hull"},
    {"urgency": "quombat"},
    {"pap": "PAP:PINK"},
    {"title": ""},
    {"title": "x" * 400},
    {"body": "x" * 50_000},
    {"recipients": ("VU", "XX")},
    {"due_on": YESTERDAY},
]


@pytest.mark.parametrize("change", UNSOUND, ids=lambda change: next(iter(change), "sound"))
def test_a_draft_that_the_preview_refuses_is_not_published_without_it(desk, world, change):
    draft = desk.draft(world.fj, **change)
    client = signed_in(world.fj)
    answer = client.post(reverse("bulletins:publish", args=[draft.pk]), {"version": "1"})
    assert answer.status_code == 302
    assert Bulletin.objects.exists() is (not change)
    if change:
        assert answer.url == reverse("bulletins:check", args=[draft.pk])
        assert client.get(answer.url).status_code == 422


@pytest.mark.parametrize("suspended", [False, True])
def test_nothing_is_issued_to_an_administration_suspended_since_the_preview(desk, world, suspended):
    draft, client = desk.draft(world.fj), signed_in(world.fj)
    assert client.get(reverse("bulletins:check", args=[draft.pk])).status_code == 200
    if suspended:
        Administration.objects.filter(pk="VU").update(suspended_on="2020-01-01")
    client.post(reverse("bulletins:publish", args=[draft.pk]), {"version": "1"})
    assert Bulletin.objects.exists() is (not suspended)


# Who is not known, or does not hold the key ----------------------------------------------------


def test_who_is_not_vouched_for_yet_issues_nothing_that_readers_could_not_check(desk, world):
    """It would stand in every list as broken, and call the readers to it by mail."""
    newcomer = world.newcomer("FJ", name="unvouched")
    for person, issued in ((newcomer, False), (world.fj_contact, True)):
        draft, client = desk.draft(person), signed_in(person)
        client.post(reverse("bulletins:publish", args=[draft.pk]), {"version": "1"})
        assert Bulletin.objects.filter(author=person).exists() is issued
        preview = client.get(reverse("bulletins:check", args=[draft.pk]))
        assert ("Nobody has vouched for your key yet" in words(preview)) is (not issued)


@pytest.mark.parametrize("act", ["acknowledge", "outcome"])
def test_nobody_acknowledges_for_an_administration_what_they_cannot_open(desk, world, act):
    issued = desk.publish(world.fj)
    address, chosen = reverse(f"bulletins:{act}", args=[issued.ref]), {"outcome": "acted"}

    def acknowledged():
        return issued.recipients.filter(place="to", acknowledged_at__isnull=False).exists()

    locked = signed_in(world.vu)
    locked.post(reverse("vault:lock"))
    assert locked.post(address, chosen).status_code == 403
    waiting = signed_in(world.newcomer("VU", name="waiting"))
    assert waiting.post(address, chosen).status_code == 409
    assert not acknowledged()
    assert signed_in(world.vu).post(address, chosen).status_code == 302
    assert acknowledged()


# What stays behind in a browser ---------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["/", "/bulletins/", "/bulletins/?box=drafts", "/search/?q=neiafu"]
)
def test_no_page_drawn_under_an_open_vault_is_kept_by_the_browser(desk, world, page):
    desk.publish(world.fj)
    desk.draft(world.vu)
    client = signed_in(world.vu)
    shown = client.get(page)
    assert TITLE in words(shown)
    assert "no-store" in shown["Cache-Control"]
    client.post(reverse("vault:lock"))
    assert "no-store" not in client.get(reverse("help")).get("Cache-Control", "")


# A second factor that is owed -----------------------------------------------------------------


@pytest.mark.parametrize("required", [False, True])
def test_whoever_owes_a_second_factor_opens_neither_drafts_nor_a_socket(
    desk, world, settings, required
):
    draft, client = desk.draft(world.fj), signed_in(world.fj)
    settings.REQUIRE_MFA = required
    addresses = [
        reverse("bulletins:new"),
        reverse("bulletins:draft", args=[draft.pk]),
        reverse("bulletins:files", args=[draft.pk]),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == (302 if required else 200), address
        assert not required or answer.url == reverse("accounts:second_factor")
    assert client.get(reverse("help")).status_code == 200
    assert (handshake(client).vault is None) is required


def test_a_vault_that_waited_too_long_for_the_second_factor_is_not_opened(
    world, client, monkeypatch
):
    from vault import sessions

    for waits, opened in ((sessions.PENDING_FOR, True), (datetime.timedelta(0), False)):
        monkeypatch.setattr(sessions, "PENDING_FOR", waits)
        signed_in(world.fj)
        assert VaultSession.objects.filter(user=world.fj, pending=False).exists() is opened
        VaultSession.objects.all().delete()


def test_a_socket_speaks_one_of_our_languages_whatever_its_cookie_says(world):
    client, name = signed_in(world.fj), of_the_run.LANGUAGE_COOKIE_NAME
    assert handshake(client, **{name: "fr"}).language == "fr"
    assert handshake(client, **{name: "xx-quombat"}).language == world.fj.language


# Addresses typed by hand ----------------------------------------------------------------------


@pytest.mark.parametrize("view", ["vault:grant", "vault:suspend", "accounts:wake"])
def test_a_number_that_no_database_takes_is_nobody(world, view):
    client = signed_in(world.fj)
    assert client.post(reverse(view, args=[FAR])).status_code == 404
    assert client.post(reverse(view, args=[world.vu.pk])).status_code == 404


def test_the_journal_up_to_the_last_day_there_is(world):
    for day in ("2030-01-01", "9999-12-31"):
        assert signed_in(world.fj).get(f"/journal/?until={day}").status_code == 200


# The start in production ----------------------------------------------------------------------


def test_production_does_not_start_on_a_directory_that_is_not_the_pinned_one(world, settings):
    def refused():
        return [reason for reason in unfit_to_start() if reason.startswith("iswg.E005")]

    settings.PRODUCTION = True
    assert not refused()
    settings.DIRECTORY_PIN = "00" * 32
    assert refused()
    settings.DIRECTORY_PIN = ""
    beside = settings.DATA_DIR / "secrets" / "directory_pin"
    assert not beside.exists()
    named = [reason for reason in unfit_to_start() if reason.startswith("iswg.E007")]
    assert "ISWG_DIRECTORY_PIN is empty" in named[0]
    settings.PRODUCTION = False
    assert not refused()


def test_the_web_process_asks_for_itself_whether_it_may_start(tmp_path):
    production = {
        "ISWG_ENV": "production",
        "ISWG_HOSTS": "portal.test",
        "ISWG_ORIGIN": "https://portal.test",
        "ISWG_DATA_DIR": str(tmp_path),
        "EMAIL_URL": "submission://portal:word@mail.test",
        "ISWG_FROM_EMAIL": "portal@portal.test",
        "ISWG_SECURITY_CONTACT": "security@portal.test",
        "ISWG_TRUSTED_PROXIES": "127.0.0.1",
        "DATABASE_URL": "",
        "ISWG_SECRET_KEY": "0123456789" * 6,
        "DJANGO_SETTINGS_MODULE": "iswg.settings",
    }
    answer = subprocess.run(
        [sys.executable, "-m", "iswg.serve", "-p", "0"],
        cwd=ROOT, env={**os.environ, **production}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert answer.returncode == 1
    assert "iswg.E006: The database" in answer.stderr
    assert "Listening" not in answer.stdout
