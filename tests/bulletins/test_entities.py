"""What a bulletin names: typed, doubted and sent all the same; found again; discussed."""

import uuid

import pytest
from django.urls import reverse

from access.roles import Role
from bulletins.content import EntityFact, content_from
from bulletins.models import Bulletin, Entity, Recipient
from bulletins.services import NotPublishable
from discussions.models import Thread
from discussions.services.messages import NotSent
from discussions.services.participants import add_participant
from tests.bulletins.naming import BOX, HULL, box, detail, entity_page, vessel
from tests.bulletins.test_pages import compose, send, words
from tests.factories import signed_in

pytestmark = pytest.mark.django_db

VESSEL = {
    "entity-0-kind": "vessel",
    "entity-0-name": HULL,
    "entity-0-numbers": "IMO 9074729\nMMSI 520999901",
    "entity-0-note": "White, snarvelled bow.",
}
WRONG = {**VESSEL, "entity-0-numbers": "IMO 9074728"}
DOUBT = "The check digit does not fit"


@pytest.fixture
def fiji(world):
    return signed_in(world.fj)


class TestInTheComposer:
    def test_what_is_named_is_checked_read_and_has_a_page(self, fiji, vanuatu):
        send(fiji, **VESSEL)
        bulletin = Bulletin.objects.get()
        shown = detail(vanuatu, bulletin)
        for said in ("Vessel", HULL, "9074729", "520999901", "snarvelled"):
            assert said in shown
        assert DOUBT not in shown
        page = words(entity_page(vanuatu, bulletin))
        assert HULL in page
        assert "No other bulletin that you may open names it" in page

    def test_a_number_that_looks_wrong_is_pointed_out_and_sent_all_the_same(self, fiji, vanuatu):
        checked = compose(fiji, **WRONG)
        assert checked.status_code == 302
        assert DOUBT in words(fiji.get(checked.url))
        assert DOUBT in words(fiji.get(checked.url.replace("check/", "")))
        issued = fiji.post(checked.url.replace("check/", "publish/"), {"version": "1"})
        assert DOUBT in words(vanuatu.get(issued.url))

    def test_while_it_is_typed_the_doubt_comes_with_the_answer(self, fiji):
        address = reverse("bulletins:autosave", args=[uuid.uuid4()])
        answer = fiji.post(address, {"version": "0", **WRONG}).json()
        assert DOUBT in answer["notes"]["entity-0"]
        answer = fiji.post(address, {"version": answer["version"], **VESSEL}).json()
        assert answer["notes"]["entity-0"] == ""

    def test_a_draft_keeps_it_and_what_is_emptied_or_left_out_goes(self, fiji):
        first = compose(fiji, save="1", **VESSEL, **{"entity-3-numbers": BOX})
        page = fiji.get(first.url).content.decode()
        assert HULL in page
        assert f">\n{BOX}</textarea>" in page
        kept = {**VESSEL, "entity-1-kind": "vessel", "entity-1-numbers": BOX}
        version = page.partition('name="version" value="')[2].partition('"')[0]
        fiji.post(first.url, {"title": "A", "version": version, "save": "1", **kept,
                              "entity-0-drop": "on"})  # fmt: skip
        page = fiji.get(first.url).content.decode()
        assert HULL not in page
        assert BOX in page

    def test_rows_keep_their_places_while_one_types_on(self, fiji):
        """A page that is loaded again finds what it had kept for itself under the same names."""
        draft_id = uuid.uuid4()
        rows = {f"entity-{n}-name": name for n, name in enumerate(("Alpha", "Bravo", "Charlie"))}
        kinds = {f"entity-{n}-kind": "person" for n in range(3)}
        address = reverse("bulletins:autosave", args=[draft_id])
        fiji.post(address, {"version": "0", **rows, **kinds, "entity-0-drop": "on",
                            "entity-1-name": ""})  # fmt: skip
        page = fiji.get(reverse("bulletins:draft", args=[draft_id])).content.decode()
        assert "Alpha" not in page
        assert 'name="entity-2-name" value="Charlie"' in page
        assert 'name="entity-3-name"' in page
        assert 'name="entity-0-name"' not in page

    def test_both_windows_are_shown_with_what_they_name(self, fiji):
        first = compose(fiji, save="1", **VESSEL)
        fiji.post(first.url, {"title": "B", "version": "1", "save": "1", **VESSEL,
                              "entity-0-name": "Other Zibble"})  # fmt: skip
        answer = fiji.post(first.url, {"title": "C", "version": "1", "save": "1", **VESSEL})
        assert answer.status_code == 409
        assert "Other Zibble" in words(answer)
        assert HULL in answer.content.decode()

    def test_somebody_of_whom_only_a_remark_is_known_is_called_by_it(self, fiji, vanuatu):
        send(fiji, **{"entity-0-kind": "person", "entity-0-note": "A man with a zibbled beard"})
        page = entity_page(vanuatu, Bulletin.objects.get()).content.decode()
        assert ">A man with a zibbled beard</h1>" in page

    def test_the_ends_of_lines_count_once(self, fiji):
        numbers = "\r\n".join("12345" for _n in range(83))
        assert len(numbers.replace("\r\n", "\n")) == 497
        assert compose(fiji, **{**VESSEL, "entity-0-numbers": numbers}).status_code == 302
        assert compose(fiji, **{**VESSEL, "entity-0-numbers": numbers + "1234"}).status_code == 422

    @pytest.mark.parametrize(
        "named",
        [
            box() * 21,
            (EntityFact("spaceship", "x"),),
            vessel(name="n" * 151),
            vessel("9" * 501),
            (EntityFact("vessel", "n", note="r" * 301),),
        ],
    )
    def test_no_other_door_issues_what_the_composer_refuses(self, world, desk, named):
        with pytest.raises(NotPublishable) as refusal:
            desk.publish(world.fj, entities=named)
        assert "entities" in refusal.value.faults
        assert desk.publish(world.fj, entities=box() * 20)

    def test_what_a_later_version_sealed_still_opens(self):
        sealed = b'{"title": "T", "entities": [{"kind": "vessel", "name": "N", "colour": "red"}]}'
        assert content_from(sealed).entities == (EntityFact("vessel", "N"),)
        assert content_from(b'{"title": "T"}').entities == ()

    def test_without_a_script_there_are_rows_to_fill_in(self, fiji):
        page = fiji.get(reverse("bulletins:new")).content.decode()
        assert page.count('name="entity-0-numbers"') == 1
        assert 'name="entity-3-numbers"' in page
        page = fiji.get(compose(fiji, save="1", **VESSEL).url).content.decode()
        assert 'name="entity-4-numbers"' in page

    @pytest.mark.parametrize(
        ("changed", "sentence"),
        [
            ({"entity-0-name": "n" * 151}, "at most 150 characters"),
            ({"entity-0-kind": "spaceship"}, "Select a valid choice"),
            ({"entity-0-numbers": "9" * 501}, "at most 500 characters"),
        ],
    )
    def test_what_cannot_stay_comes_back_as_typed_with_a_sentence(self, fiji, changed, sentence):
        answer = compose(fiji, **{**VESSEL, **changed})
        assert answer.status_code == 422
        assert "Something that the bulletin names cannot stay as it is typed" in words(answer)
        assert sentence in words(answer)
        assert "snarvelled" in answer.content.decode()
        assert not Bulletin.objects.exists()

    def test_a_bulletin_names_up_to_twenty_things(self, fiji):
        rows = {f"entity-{n}-{k}": v for n in range(21)
                for k, v in (("kind", "container"), ("numbers", f"box {n}"))}  # fmt: skip
        answer = compose(fiji, **rows)
        assert answer.status_code == 422
        assert "A bulletin names up to 20 things." in words(answer)
        rows["entity-20-drop"] = "on"
        assert compose(fiji, **rows).status_code == 302

    def test_whoever_was_signed_out_has_it_back(self, fiji):
        fiji.post("/sign-out/")
        answer = compose(fiji, **VESSEL)
        assert answer.status_code == 401
        assert f'<pre class="kept">{HULL}</pre>' in answer.content.decode()
        assert 'name="entity-0-numbers"' in answer.content.decode()


class TestWhoMayReadIt:
    def test_an_outsider_finds_neither_the_page_nor_that_there_is_one(self, world, desk, vanuatu):
        bulletin = desk.publish(world.fj, entities=vessel())
        assert HULL in words(entity_page(vanuatu, bulletin))
        palau = signed_in(world.pw)
        assert entity_page(palau, bulletin).status_code == 404
        unknown = reverse("bulletins:entity", args=[bulletin.ref, uuid.uuid4()])
        assert palau.get(unknown).status_code == vanuatu.get(unknown).status_code == 404

    def test_nor_does_it_open_under_another_bulletin(self, world, desk, vanuatu):
        hidden = desk.publish(world.fj, recipients=("PW",), entities=vessel())
        seen = desk.publish(world.fj, entities=box())
        row = hidden.entities.get()
        address = reverse("bulletins:entity", args=[seen.ref, row.uuid])
        assert vanuatu.get(address).status_code == 404

    def test_a_row_put_to_a_wider_bulletin_by_hand_is_noticed_and_widens_nothing(
        self, world, desk, table, vanuatu
    ):
        narrow = desk.publish(world.fj, entities=vessel())
        wide = desk.publish(world.fj, recipients=("VU", "PW"), entities=box())
        row = narrow.entities.get()
        about = ("entity", row.uuid)
        thread = table.open(world.fj, "VU", about=about)
        Entity.objects.filter(pk=row.pk).update(bulletin=wide)
        for bulletin in (narrow, wide):
            page = vanuatu.get(reverse("bulletins:detail", args=[bulletin.ref]))
            assert page.status_code == 409
            assert HULL not in words(page)
        begin = vanuatu.get(reverse("discussions:new"), {"about": f"entity:{row.uuid}"})
        assert wide.ref not in words(begin)
        with pytest.raises(NotSent):
            table.open(world.vu, "FJ", "PW", about=about)
        with pytest.raises(NotSent):
            add_participant(**table.both(world.fj), thread=thread, name="PW")
        Entity.objects.filter(pk=row.pk).update(bulletin=narrow)
        assert HULL in detail(vanuatu, narrow)
        assert table.open(world.vu, "FJ", about=about)

    def test_a_row_that_is_gone_is_noticed(self, world, desk, vanuatu):
        bulletin = desk.publish(world.fj, entities=vessel())
        assert HULL in detail(vanuatu, bulletin)
        Entity.objects.filter(bulletin=bulletin).delete()
        assert vanuatu.get(reverse("bulletins:detail", args=[bulletin.ref])).status_code == 409

    def test_whose_key_is_missing_reads_no_word_of_it(self, world, desk):
        bulletin = desk.publish(world.fj, entities=vessel())
        newcomer = signed_in(world.newcomer("VU", Role.CONTACT))
        answer = entity_page(newcomer, bulletin)
        assert answer.status_code == 409
        assert "bulletins/locked.html" in [one.name for one in answer.templates]
        assert HULL not in words(answer)
        assert HULL in words(entity_page(signed_in(world.vu), bulletin))

    def test_reading_it_is_having_opened_the_bulletin(self, world, desk, vanuatu):
        bulletin = desk.publish(world.fj, entities=vessel())
        row = Recipient.objects.get(bulletin=bulletin, administration="VU")
        assert row.opened_at is None
        entity_page(vanuatu, bulletin)
        assert Recipient.objects.get(pk=row.pk).opened_at is not None


class TestDiscussed:
    def about(self, bulletin):
        return f"entity:{bulletin.entities.get().uuid}"

    def begin(self, client, about, **changes):
        typed = {"about": about, "topic": "Where is she now", "tlp": "TLP:AMBER", "text": "Seen?",
                 "history": "start", "participants": ["FJ"], "thread": str(uuid.uuid4()),
                 "message": str(uuid.uuid4()), **changes}  # fmt: skip
        return client.post(reverse("discussions:new"), typed)

    def test_a_discussion_about_it_stands_on_its_page_and_leads_back(
        self, world, desk, fiji, vanuatu
    ):
        bulletin = desk.publish(world.fj, recipients=("VU", "PW"), entities=vessel())
        about = self.about(bulletin)
        form = words(vanuatu.get(reverse("discussions:new"), {"about": about}))
        assert HULL in form
        assert "Entity" in form
        answer = self.begin(vanuatu, about)
        assert answer.status_code == 302
        thread = vanuatu.get(answer.url).content.decode()
        assert HULL in thread
        assert reverse("bulletins:entity", args=[bulletin.ref, about[7:]]) in thread
        assert "Where is she now" in words(entity_page(fiji, bulletin))
        assert "Where is she now" not in words(entity_page(signed_in(world.pw), bulletin))
        assert HULL in words(fiji.get(reverse("discussions:list"), {"box": "subject"}))

    def test_nobody_outside_the_bulletin_takes_part_and_no_label_is_freer(
        self, world, desk, vanuatu
    ):
        bulletin = desk.publish(world.fj, entities=vessel())
        for changes in ({"participants": ["FJ", "PW"]}, {"tlp": "TLP:GREEN"}):
            answer = self.begin(vanuatu, self.about(bulletin), **changes)
            assert answer.status_code in {400, 422}
            assert "Where is she now" in answer.content.decode()
        assert not Thread.objects.exists()
        assert self.begin(vanuatu, self.about(bulletin)).status_code == 302

    def test_an_outsider_who_knows_the_id_begins_nothing_about_it(self, world, desk, vanuatu):
        bulletin = desk.publish(world.fj, entities=vessel())
        palau = signed_in(world.pw)
        form = palau.get(reverse("discussions:new"), {"about": self.about(bulletin)})
        assert HULL not in words(form)
        self.begin(palau, self.about(bulletin))
        assert not Thread.objects.filter(subject_kind="entity").exists()
        self.begin(vanuatu, self.about(bulletin))
        assert Thread.objects.filter(subject_kind="entity").exists()
