"""Every address and every role, with real objects of other administrations as ids.

The addresses come from the URL configuration, so a new page cannot be forgotten: an address
whose parameter has no victim below fails here until it has one. Not status codes alone are
looked at, but what was shown and what changed.
"""

import hashlib
import itertools
import re
import uuid

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from access.roles import Role
from accounts.models import Administration, AdministrationKind, Appointment, Invitation, User
from bulletins import services
from bulletins.content import EntityFact
from discussions.content import Words
from discussions.facts import DRAFT_KIND as MESSAGE_DRAFT
from discussions.services.reading import keep_draft
from meetings.models import Meeting
from meetings.papers import stored_files
from meetings.services.minutes import comment_on_minutes, write_minutes
from mous.content import ActWords
from mous.facts import DRAFT_KIND as REGISTER_DRAFT
from mous.notes import stored_documents
from mous.services.bases import record_authority
from mous.services.drafts import begin_draft
from mous.services.steps import write_note
from tests.desk import KEY_LINE, TITLE
from tests.factories import LONG_AGO, sign_in, signed_in
from vault import passphrases, uploads
from vault.crypto.keys import EpochKeys, make_secret
from vault.models import Proposal, SealedFile

pytestmark = pytest.mark.django_db

FILE_NAME = "quagmarine-positions.txt"
FILE_WORDS = b"The wexelbird left at dawn, bearing north.\n"
SECRETS = [
    TITLE,
    KEY_LINE,
    "snargle",
    "Ziphrannet",
    "quombat",
    FILE_NAME,
    "wexelbird",
    "Zibbernaut",
]
PREPARED = ("/meetings/", "/decisions/", "/actions/", "/mous/")
# One of them on both databases: which rows a query finds is asked of both in test_policy.py.
ALONE = [
    "anonymous", "observer", "operator", "reader", "contributor", "coordinator", "head",
    "secretariat",
]  # fmt: skip
OUTSIDERS = ["contact", *(pytest.param(who, marks=pytest.mark.only_on("sqlite")) for who in ALONE)]
# Which methods a page answers at all lies in its view and not in who asks: one asks them all.
ASKS_EVERYTHING = "coordinator"


@pytest.fixture
def victims(desk, world, table, hall, chancery):
    """What belongs to Fiji and Vanuatu, by the names that parameters have in addresses."""
    issued_draft = desk.draft(world.fj, entities=(EntityFact("vessel", "Zibbernaut"),))
    issued_file = attach(desk, world.fj, issued_draft)
    bulletin = services.publish_bulletin(**desk.acting(world.fj), draft=issued_draft, version=1)
    draft = desk.draft(world.fj)
    draft_file = attach(desk, world.fj, draft)
    token = Invitation.make_token()
    invitation = Invitation.objects.create(
        token_hash=hashlib.sha256(token.encode()).digest(), email="new.fj@test.invalid",
        name="New officer", administration_id="FJ", role=Role.CONTACT, made_by=world.fj,
    )  # fmt: skip
    notice = world.vu.notices.first()
    proposal = Proposal.objects.create(
        administration="FJ", proposer=world.fj, proposer_key=world.keys(world.fj).public.key_id,
        number=2, public=EpochKeys.derive(make_secret()).public.to_bytes(), secret=b"sealed",
    )  # fmt: skip
    thread, message_draft, message_files = discussed(world, table)
    sitting = hall.sitting("VU")
    paper, paper_file, paper_draft = submitted(world, hall, sitting)
    note, note_file, entry_draft, authority = registered(world, chancery)
    return {
        "ref": [bulletin.ref, thread.ref, sitting.meeting.ref],
        "entity_id": [bulletin.entities.get().uuid],
        "item_id": [sitting.item.uuid, sitting.closed.uuid],
        "proposal_id": [sitting.proposal.uuid],
        "action_id": [sitting.action.uuid],
        "comment_id": [minuted(world, hall, sitting).uuid],
        "stay": [sitting.stay.pk],
        "hand": [sitting.hand.pk],
        "number": [1],
        "message_id": [message_draft],
        "slug": ["oco-mou"],
        "purpose": ["act"],
        "note_id": [note.uuid],
        "text_id": [uuid.uuid4()],
        "authority_id": [authority.uuid],
        "draft_id": [draft.pk, paper_draft, entry_draft],
        "paper_id": [paper.uuid],
        "file_id": [issued_file.id, draft_file.id, *message_files, paper_file, note_file],
        "code": ["FJ", "fj"],
        "user_id": [world.fj.pk],
        "person_id": [world.fj.pk, world.fj_contact.pk],
        "pk": [world.fj.pk, world.fj_contact.pk, notice.pk, invitation.pk, proposal.pk],
        "token": ["not-" + token],
        "notice_id": [notice.pk],
        "name": ["20261121T000000-0-0.eml"],
        "size": [1],
        "seq": [1],
    }


def registered(world, chancery):
    """An act of Fiji that waits, one that is being entered, a note on its steps, and a basis."""
    instrument = chancery.open()
    said = ActWords(place="Suva")  # every member reads the words of an act
    chancery.enter(world.fj, "FJ", "REVIEW_STARTED", "2024-05-01", words=said)
    fiji, note, draft = chancery.party(instrument, "FJ"), uuid.uuid4(), uuid.uuid4()
    for purpose, draft_id in (("step", note), ("act", draft)):
        begin_draft(
            actor=world.actor(world.fj), instrument=instrument, purpose=purpose, party=fiji,
            draft_id=draft_id,
        )  # fmt: skip
        uploads.receive_whole(
            **chancery.both(world.fj), kind=REGISTER_DRAFT, object_id=draft_id, name=FILE_NAME,
            body=FILE_WORDS,
        )  # fmt: skip
    written = write_note(
        **chancery.both(world.fj), party=fiji, note_id=note, step="REVIEW_STARTED", words=TITLE
    )
    authority = record_authority(
        **chancery.both(world.fj), authority_id=uuid.uuid4(), recipient="VU", kind="bilateral",
        up_to="TLP:AMBER", since=LONG_AGO, text="An agreement of 2019",
    )  # fmt: skip
    (stored,) = stored_documents([written])[written.uuid].values()
    return written, stored.id, draft, authority


def minuted(world, hall, sitting):
    """Minutes of the sitting, out for comments, and a comment on them."""
    Meeting.objects.filter(pk=sitting.meeting.pk).update(minutes_state="circulated")
    for item in (sitting.item, sitting.closed):
        write_minutes(**hall.both(world.fj), item=item, language="en", words=TITLE, base=0)
    return comment_on_minutes(**hall.both(world.fj), item=sitting.item, words=KEY_LINE)


def submitted(world, hall, sitting):
    """A paper of Fiji for the closed item, and one that is not submitted yet."""
    paper = hall.paper(world.fj, sitting.closed, FILE_WORDS, name=FILE_NAME)
    draft = hall.draft_paper(world.fj, sitting.item, FILE_WORDS, name=FILE_NAME)
    return paper, next(iter(stored_files([paper])[paper.uuid].values())).id, draft.pk


def discussed(world, table):
    """A thread of Fiji and Vanuatu: a message with a file, and one that is not sent yet."""
    thread, files = table.open(world.fj, "VU"), []
    for sent in (True, False):
        draft = keep_draft(
            **table.both(world.fj), thread=thread, draft_id=uuid.uuid4(), words=Words(TITLE),
            version=0,
        )  # fmt: skip
        files.append(
            uploads.receive_whole(
                **table.both(world.fj), kind=MESSAGE_DRAFT, object_id=draft.pk, name=FILE_NAME,
                body=FILE_WORDS,
            ).id
        )  # fmt: skip
        if sent:
            table.says(world.fj, thread, message_id=draft.pk)
    return thread, draft.pk, files


def attach(desk, user, draft) -> SealedFile:
    return uploads.receive_whole(
        **desk.acting(user), kind=services.DRAFT_KIND, object_id=draft.pk,
        name=FILE_NAME, body=FILE_WORDS,
    )  # fmt: skip


@pytest.fixture
def outsider(request, world):
    """A browser of somebody who has nothing to do with Fiji's and Vanuatu's bulletins."""
    client = Client()
    if request.param != "anonymous":
        sign_in(client, person_of(world, Role(request.param)))
    return client


def person_of(world, role: Role) -> User:
    if role == Role.SECRETARIAT:
        return world.oco_contact
    if role == Role.CONTACT:
        return world.pw_contact
    if role == Role.COORDINATOR:
        return world.pw
    if role in {Role.OBSERVER, Role.OPERATOR}:
        return without_keys(world, role)
    return world.colleague("PW", role, name=f"{role}")


def without_keys(world, role: Role) -> User:
    code = "PTCCC" if role == Role.OBSERVER else "OCO"
    Administration.objects.get_or_create(
        code=code,
        defaults={"kind": AdministrationKind.PARTNER, "name": "Partner", "name_fr": "Partner"},
    )
    user = User.objects.enter(email=f"{role}@test.invalid", name=f"{role}")
    Appointment.objects.create(user=user, administration_id=code, role=role, since=LONG_AGO)
    passphrases.begin(
        actor=world.actor(user), user=user, passphrase="reef lantern copra harbour tide"
    )
    return user


# The addresses ---------------------------------------------------------------------------------


def routes(patterns=None, prefix="", params=()):
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        found = {**dict(params), **entry.pattern.converters}
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, route, found.items())
        elif isinstance(entry, URLPattern):
            yield route, found


def addresses(victims) -> list[str]:
    """Every address, with every combination of victims that its converters accept."""
    found = []
    for route, converters in routes():
        if "static" in route:
            continue
        unknown = set(converters) - set(victims)
        assert not unknown, f"{route}: say in `victims` what of another administration {unknown} is"
        names = list(converters)
        for values in itertools.product(*(fitting(victims[n], converters[n]) for n in names)):
            found.append("/" + filled(route, dict(zip(names, values, strict=True))))
    return found


def fitting(values, converter):
    """The victims whose kind the address accepts: numbers for numbers, UUIDs for UUIDs."""
    wanted = {"IntConverter": int, "UUIDConverter": uuid.UUID}.get(type(converter).__name__, object)
    fit = [v for v in values if isinstance(v, wanted) and re.fullmatch(converter.regex, str(v))]
    if type(converter).__name__ == "SlugConverter":
        fit = [v for v in fit if str(v).islower()]  # a participant stands there in lower case
    return fit or values[:1]


def filled(route: str, values: dict) -> str:
    parts = []
    for piece in route.replace("^", "").replace("$", "").split("<"):
        inside, bracket, rest = piece.partition(">")
        parts.append(f"{values[inside.rpartition(':')[2]]}{rest}" if bracket else piece)
    return "".join(parts)


# What changed ----------------------------------------------------------------------------------

WATCHED = ("bulletins", "discussions", "meetings", "mous", "accounts")
WATCHED_VAULT = {"keyholder", "manifest", "sealedfile", "epochgrant", "keyslot", "directoryentry"}
WATCHED_VAULT |= {"proposal", "newstart", "envelopebox"}
OWNERS = ("user", "author", "owner", "recipient", "made_by", "granter", "entered_by")


def state(world) -> dict[str, set]:
    """Every row that belongs to Fiji, Vanuatu or nobody, column by column."""
    outside = set(
        User.objects.exclude(appointments__administration__in=["FJ", "VU"]).values_list(
            "pk", flat=True
        )
    )
    found = {}
    for model in apps.get_models():
        label, name = model._meta.app_label, model._meta.model_name
        if name == "attempt":
            continue  # counts tries, of whoever tries: it belongs to nobody
        if label in WATCHED or (label == "vault" and name in WATCHED_VAULT):
            found[f"{label}.{name}"] = {
                tuple(sorted((k, str(v)) for k, v in row.items()))
                for row in model._base_manager.values()
                if not belongs_to(row, outside, name)
            }
    return found


def belongs_to(row: dict, people: set[int], name: str) -> bool:
    if name == "user":
        return row["id"] in people
    if row.get("administration_id") in {"PW", "PTCCC"} or row.get("holder") == "PW":
        return True  # a box of the register for Palau becomes a wrap when Palau first opens it
    return any(row.get(f"{owner}_id") in people for owner in OWNERS)


def shown(answer) -> str:
    if getattr(answer, "streaming", False):
        body = b"".join(answer.streaming_content)
    else:
        body = answer.content
    return body.decode("utf-8", "replace") + str(answer.headers)


FORMS = [
    {},
    {"title": "taken over", "body": "taken over", "version": "1", "save": "1", "name": "a.txt",
     "size": "5", "outcome": "acted", "role": "coordinator", "password": "wrong phrase here",
     "confirm": "1", "email": "thief@test.invalid", "text": "taken over", "revision": "1",
     "meaning": "noted", "state": "closed", "attention": "muted", "change": "remove",
     "participant": "VU", "words": "taken over", "base": "1", "hand": "raise", "on": "1",
     "floor": "lower", "choice": "yes", "result": "withdrawn", "apology": "1"},
]  # fmt: skip
REQUESTS = [("get", {}), *(("post", form) for form in FORMS), ("put", "x"), ("delete", "")]


@pytest.mark.parametrize("outsider", OUTSIDERS, indirect=True)
def test_no_page_shows_or_changes_what_belongs_to_others(outsider, victims, world, request):
    before = state(world)
    if "secretariat" in request.node.callspec.id:
        # It looks after accounts without content: suspending a person is its right, and what
        # follows from that for accounts is tested with people. Contents and keys it never touches.
        before = {t: r for t, r in before.items() if not t.startswith("accounts.")}
    for address in addresses(victims):
        if address.startswith(("/sign-out/", "/account/sessions/")):
            continue  # ends one's own session, which is the last thing this test wants
        if "secretariat" in request.node.callspec.id and address.startswith(PREPARED):
            continue  # it prepares every meeting, and so takes part in each
        answered = ""
        for method, data in REQUESTS:
            if answered and method.upper() not in answered:
                continue
            answer = getattr(outsider, method)(
                address, data, **({"content_type": "text/plain"} if data == "x" else {})
            )
            if answer.status_code == 405 and ASKS_EVERYTHING not in request.node.callspec.id:
                answered = answer["Allow"]
            words = shown(answer)
            assert answer.status_code < 500 or answer.status_code == 503, (method, address)
            leaked = [secret for secret in SECRETS if secret in words]
            assert not leaked, (method, address, answer.status_code, leaked)
    after = state(world)
    for table, rows in before.items():
        assert rows - after[table] == set(), f"{table} lost or changed rows"
        assert after[table] - rows == set(), f"{table} gained rows"


def test_the_same_addresses_do_show_it_to_whom_it_belongs(victims, world):
    """The success beside the refusal: without it, the matrix could pass on broken pages."""
    client = signed_in(world.fj)
    pages = [shown(client.get(address)) for address in addresses(victims)]
    for secret in SECRETS:
        assert any(secret in page for page in pages), secret
