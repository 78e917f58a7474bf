"""Papers at the front door: submitted, read, superseded, withdrawn, taken away in a pack."""

import datetime
import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access.roles import Role
from activity.events import Event
from activity.models import JournalEntry, Notice
from meetings.models import AgendaItem, Meeting, Paper
from meetings.paper_reminders import owed_papers
from meetings.papers import stored_files
from meetings.services.agenda import set_paper_deadline
from meetings.services.papers import withdraw_paper
from tests.bulletins.attaching import fetched
from tests.factories import signed_in
from vault import storage

pytestmark = pytest.mark.django_db
BODY = b"The wexelbird left at dawn.\n"


@pytest.fixture(autouse=True)
def files_dir(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def meeting(hall):
    return hall.plan("FJ", "VU", title="Ad hoc on the Ziphrannet")


@pytest.fixture
def item(hall, meeting):
    return hall.item(meeting)


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(item, *rest) -> str:
    return "/".join(["/meetings", item.meeting.ref, *map(str, rest), ""])


def submits(client, item, name="quagmarine.txt", body=BODY, **more):
    """As without scripts: the file first, then the paper."""
    place = page(item, "items", item.uuid, "papers")
    shown = client.get(place).content.decode()
    action = re.search(r'class="upload" method="post" action="([^"]+)"', shown)[1]
    client.post(action, {"file": SimpleUploadedFile(name, body)})
    draft = re.search(r'name="draft" value="([^"]+)"', shown)[1]
    return client.post(place, {"draft": draft, "title": "", "number": "", **more})


def files_on(client, item) -> list[str]:
    found = client.get(page(item, "papers")).content.decode()
    return re.findall(r'href="(/meetings/[^"]+/files/[^"]+)"', found)


def archive(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(fetched(answer)))


def recorded(event) -> int:
    return JournalEntry.objects.filter(event=event).count()


class TestSubmitting:
    def test_who_takes_part_fetches_what_was_submitted(self, world, item):
        assert submits(signed_in(world.fj), item).status_code == 302
        reader = signed_in(world.vu)
        assert "quagmarine.txt" in words(reader.get(page(item)))
        answer = reader.get(files_on(reader, item)[0])
        assert fetched(answer) == BODY
        assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''quagmarine.txt"
        assert recorded(Event.PAPER_SUBMITTED) == recorded(Event.PAPER_DOWNLOADED) == 1

    def test_nobody_else_finds_page_or_file(self, world, item):
        fiji, palau = signed_in(world.fj), signed_in(world.pw)
        submits(fiji, item)
        for place in (page(item, "papers"), page(item, "pack"), *files_on(fiji, item)):
            assert palau.get(place).status_code == 404

    def test_a_paper_of_a_closed_item_is_for_its_few(self, world, hall, meeting):
        closed = hall.item(meeting, "Snargle", closed_to=["FJ"])
        fiji, vanuatu = signed_in(world.fj), signed_in(world.vu)
        assert submits(fiji, closed).status_code == 302
        place = files_on(fiji, closed)[0]
        assert fetched(fiji.get(place)) == BODY
        assert vanuatu.get(place).status_code == 404
        assert "quagmarine" not in words(vanuatu.get(page(closed, "papers")))
        assert vanuatu.get(page(closed, "items", closed.uuid, "papers")).status_code == 404
        assert not Notice.objects.filter(
            event=Event.PAPER_SUBMITTED, recipient__in=[world.vu, world.vu_contact]
        )

    @pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.CONTRIBUTOR, 200)])
    def test_readers_read_and_contributors_submit(self, world, item, role, status):
        client = signed_in(world.colleague("FJ", role, name=f"{role}"))
        assert client.get(page(item, "papers")).status_code == 200
        assert client.get(page(item, "items", item.uuid, "papers")).status_code == status

    def test_without_a_file_the_title_that_was_typed_stays(self, world, item):
        fiji, place = signed_in(world.fj), page(item, "items", item.uuid, "papers")
        draft = re.search(r'name="draft" value="([^"]+)"', fiji.get(place).content.decode())[1]
        answer = fiji.post(place, {"draft": draft, "title": "My long title", "number": ""})
        assert answer.status_code == 400
        assert "Attach a file first." in words(answer)
        assert 'value="My long title"' in answer.content.decode()
        assert not Paper.objects.exists()

    def test_another_version_stands_in_the_place_of_the_first(self, world, item):
        fiji, vanuatu = signed_in(world.fj), signed_in(world.vu)
        submits(fiji, item)
        submits(fiji, item, body=b"second\n", number="1")
        assert [p.version for p in Paper.objects.order_by("version")] == [1, 2]
        assert words(vanuatu.get(page(item))).count("quagmarine.txt") < 5
        newest = files_on(vanuatu, item)[0]
        assert fetched(vanuatu.get(newest)) == b"second\n"
        assert "1 earlier version" in words(vanuatu.get(page(item, "papers")))

    def test_nobody_supersedes_the_paper_of_another(self, world, item):
        submits(signed_in(world.fj), item)
        answer = submits(signed_in(world.vu), item, number="1")
        assert answer.status_code == 400
        assert Paper.objects.count() == 1

    def test_a_late_paper_is_taken_and_marked(self, world, item):
        day = timezone.localdate() - datetime.timedelta(days=3)
        set_paper_deadline(actor=world.actor(world.oco), meeting=item.meeting, day=day)
        submits(signed_in(world.fj), item)
        assert "After the deadline" in words(signed_in(world.vu).get(page(item, "papers")))

    def test_a_file_put_in_its_place_by_hand_is_met(self, world, hall, item):
        paper = hall.paper(world.fj, item, BODY)
        (stored,) = stored_files([paper])[paper.uuid].values()
        with storage.open_kept(stored.row.disk_name) as kept:
            path = kept.name
        with open(path, "r+b") as kept:
            kept.seek(60)
            kept.write(b"\x00\x01\x02")
        answer = signed_in(world.vu).get(page(item, "papers", paper.uuid, "files", stored.id))
        assert answer.status_code == 409
        assert "This file is damaged on the server" in words(answer)
        assert recorded(Event.SEAL_BROKEN) == 1

    def test_a_number_changed_by_hand_breaks_the_signature(self, world, hall, item):
        paper = hall.paper(world.fj, item, BODY)
        Paper.objects.filter(pk=paper.pk).update(administration="VU")
        assert "is not what its author signed" in words(
            signed_in(world.vu).get(page(item, "papers"))
        )

    def test_the_record_says_no_name(self, world, item):
        submits(signed_in(world.fj), item, title="Wexelbird route")
        lines = b"".join(bytes(row.entry) for row in JournalEntry.objects.all())
        assert b"quagmarine" not in lines
        assert b"exelbird" not in lines


class TestWithdrawing:
    def test_its_files_are_gone_and_its_number_stays(self, world, hall, item):
        paper = hall.paper(world.fj, item, BODY)
        fiji, vanuatu = signed_in(world.fj), signed_in(world.vu)
        place, file = page(item, "papers", paper.uuid, "withdraw"), files_on(vanuatu, item)[0]
        assert vanuatu.post(place).status_code == 403
        assert "Withdraw paper 1, version 1?" in words(fiji.get(place))
        assert fiji.post(place).status_code == 302
        assert vanuatu.get(file).status_code == 404
        assert "Withdrawn" in words(vanuatu.get(page(item, "papers")))
        submits(fiji, item)
        assert Paper.objects.latest("pk").number == 2

    def test_the_secretariat_can_take_one_back(self, world, hall, item):
        paper = hall.paper(world.fj, item, BODY)
        paper = withdraw_paper(actor=world.actor(world.oco), paper=paper)
        assert paper.withdrawn_at is not None


class TestThePack:
    def test_it_holds_the_agenda_and_every_paper_its_reader_may_read(
        self, world, hall, meeting, item
    ):
        closed = hall.item(meeting, "Snargle", closed_to=["FJ"])
        hall.paper(world.fj, item, BODY, name="one.txt")
        hall.paper(world.fj, closed, b"secret\n", name="two.txt")
        names = archive(signed_in(world.fj).get(page(item, "pack"))).namelist()
        assert names == ["00 agenda.pdf", "01 paper 1 v1 - 1 one.txt", "C1 paper 1 v1 - 1 two.txt"]
        answer = signed_in(world.vu).get(page(item, "pack"))
        assert answer["Content-Disposition"].endswith(f"{meeting.ref}.zip")
        pack = archive(answer)
        assert pack.namelist() == names[:2]
        assert pack.testzip() is None
        assert pack.read(names[1]) == BODY
        assert pack.read(names[0]).startswith(b"%PDF-")
        assert recorded(Event.PACK_TAKEN_AWAY) == 2

    def test_the_next_one_brings_only_what_changed_for_that_person(self, world, hall, item):
        hall.paper(world.fj, item, BODY, name="one.txt")
        vanuatu = signed_in(world.vu)
        archive(vanuatu.get(page(item, "pack")))
        assert "Nothing is new since then." in words(vanuatu.get(page(item, "papers")))
        hall.paper(world.fj, item, b"more\n", name="two.txt")
        hall.paper(world.fj, item, b"again\n", name="one.txt", number=1)
        assert "Only 2 new papers" in words(vanuatu.get(page(item, "papers")))
        names = archive(vanuatu.get(page(item, "pack") + "?since=last")).namelist()
        assert names == [
            "00 agenda.pdf", "01 paper 1 v2 - 1 one.txt", "01 paper 2 v1 - 1 two.txt"
        ]  # fmt: skip
        everything = archive(signed_in(world.fj).get(page(item, "pack") + "?since=last"))
        assert len(everything.namelist()) == 3

    def test_a_name_in_it_is_a_name_and_never_a_path(self, world, hall, item):
        hall.paper(world.fj, item, BODY, name="a&b – rapport d'étape.txt")
        names = archive(signed_in(world.vu).get(page(item, "pack"))).namelist()
        assert not [name for name in names if re.search(r'[\\/:*?"<>|]', name)]


class TestReminders:
    def owed(self, now=None):
        return {one.administration for one in owed_papers(now or timezone.now())}

    def test_who_presents_an_item_is_reminded_until_its_paper_is_there(self, world, hall, meeting):
        item = hall.item(meeting, presenter="FJ", kind="decision")
        hall.item(meeting, "No paper is wanted", presenter="VU", kind="opening")
        assert self.owed() == set()
        day = timezone.localdate() + datetime.timedelta(days=2)
        set_paper_deadline(actor=world.actor(world.oco), meeting=meeting, day=day)
        assert self.owed() == {"FJ"}
        hall.paper(world.fj, item, BODY)
        assert self.owed() == set()

    def test_nobody_is_reminded_of_a_meeting_that_is_over(self, world, hall, meeting):
        hall.item(meeting, presenter="FJ", kind="decision")
        day = timezone.localdate() + datetime.timedelta(days=2)
        set_paper_deadline(actor=world.actor(world.oco), meeting=meeting, day=day)
        Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
        assert self.owed() == set()

    def test_it_stands_on_the_home_page(self, world, hall, meeting):
        hall.item(meeting, presenter="FJ", kind="decision")
        day = timezone.localdate() + datetime.timedelta(days=2)
        set_paper_deadline(actor=world.actor(world.oco), meeting=meeting, day=day)
        assert "Paper wanted" in words(signed_in(world.fj).get("/"))
        assert "Paper wanted" not in words(signed_in(world.vu).get("/"))
        assert AgendaItem.objects.count() == 1
