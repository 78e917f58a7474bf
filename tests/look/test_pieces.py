"""The pieces of the look: what they draw, and that nothing people wrote becomes markup."""

import csv
import hashlib
import re
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from iswg.pacific import PLACES, placed
from iswg.settings import BASE_DIR

HOSTILE = '"><script>alert(1)</script>'


def draw(source, **context):
    return Template("{% load iswg_ui %}" + source).render(Context(context))


class Note(forms.Form):
    title = forms.CharField(max_length=10, help_text="A few words")
    text = forms.CharField(max_length=20, widget=forms.Textarea)
    tlp = forms.ChoiceField(
        choices=[("TLP:RED", "Red"), ("TLP:AMBER+STRICT", "Strict")], widget=forms.RadioSelect
    )
    recipients = forms.MultipleChoiceField(
        choices=[("FJ", "Fiji"), ("TO", "Tonga")], widget=forms.CheckboxSelectMultiple
    )


@pytest.mark.parametrize("written", ["TLP:AMBER+STRICT", "AMBER+STRICT", "amber_strict"])
def test_a_label_is_shown_in_full_however_it_was_written(written):
    drawn = draw("{% tlp label %}", label=written)
    assert drawn == '<span class="tlp tlp-amber">TLP:AMBER+STRICT</span>'


def test_a_label_that_is_not_one_is_never_drawn():
    for wrong in ("TLP:WHITE", "", HOSTILE):
        with pytest.raises(ValueError, match="not a label"):
            draw("{% tlp label %}", label=wrong)


def test_the_bar_carries_the_rule_in_words():
    assert "Your administration only" in draw('{% tlp_bar "AMBER+STRICT" %}')
    assert "not even to partners" not in draw('{% tlp_bar "AMBER+STRICT" "Fiji only" %}')


@pytest.mark.parametrize(
    "source",
    [
        "{% icon 'lock' x %}",
        "{% state 'done' x %}",
        "{% cells rows x %}",
        "{% pacific_map rows x %}",
        "{% tlp_bar 'RED' x %}",
        "{% include '_file.html' with file=row %}",
        "{% include '_empty.html' with words=x action=x action_url=x %}",
        "{% include '_tabs.html' with tabs=rows label=x %}",
        "{% include '_steps.html' with steps=rows %}",
    ],
)
def test_what_people_wrote_never_becomes_markup(source):
    row = {
        "code": "FJ", "name": HOSTILE, "label": HOSTILE, "words": HOSTILE, "state": "done",
        "url": HOSTILE, "size": 1, "digest": HOSTILE, "count": HOSTILE,
    }  # fmt: skip
    drawn = draw(source, x=HOSTILE, rows=[row], row=row)
    assert "script" in drawn
    assert "<script" not in drawn


def test_all_members_have_a_place_on_the_map_and_the_secretariat_has_none():
    with (BASE_DIR / "accounts/data/administrations.csv").open() as table:
        codes = {row["code"] for row in csv.DictReader(table)}
    assert set(PLACES) == codes
    assert len(codes) == 24
    assert placed([{"code": "OCO"}]) == []
    for place in PLACES.values():
        assert 0 < place.x < 960
        assert 0 < place.y < 560


def test_the_name_of_a_port_is_not_written_over_its_neighbour():
    vila = {"code": "VUVLI", "name": "Port Vila", "latitude": -17.74, "longitude": 168.31}
    vuda = {"code": "FJVUD", "name": "Vuda", "latitude": -17.68, "longitude": 177.39}
    alone, beside = placed([vila])[0]["place"], placed([vila, vuda])[0]["place"]
    assert (alone.anchor, alone.dx) == ("start", 11)
    assert (beside.anchor, beside.dx) == ("end", -11)
    assert placed([vila, vuda])[1]["place"].anchor == "start"


def test_the_map_crosses_the_date_line_without_a_seam():
    assert PLACES["FJ"].x < (180 - 112) * 8 < PLACES["TO"].x < PLACES["PF"].x


def test_pages_keep_the_rest_of_the_query():
    request = RequestFactory().get("/bulletins/", {"box": "inbox", "q": HOSTILE, "page": "2"})
    page = Paginator(range(100), 10).page(2)
    drawn = draw("{% pages page %}", page=page, request=request)
    assert (
        'href="?box=inbox&amp;q=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E&amp;page=3"' in drawn
    )
    assert 'aria-current="page"' in drawn


def test_one_page_needs_no_numbers():
    page = Paginator(range(3), 10).page(1)
    assert "<nav" not in draw("{% pages page %}", page=page)


def test_a_wrong_field_keeps_what_was_typed_and_says_what_is_wrong_beside_it():
    form = Note({"title": HOSTILE})
    drawn = draw("{% field form.title %}", form=form)
    assert "&lt;script&gt;" in drawn
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', drawn)
    for name in described[1].split():
        assert f'id="{name}"' in drawn
    assert "at most 10 characters" in drawn


def test_a_browser_is_not_asked_to_cut_what_is_pasted():
    drawn = draw("{% field form.text %}", form=Note())
    assert "maxlength" not in drawn
    assert 'data-max="20"' in drawn


def test_the_summary_links_to_each_field_that_is_wrong():
    form = Note({"title": "", "text": "Kava"})
    drawn = draw("{% error_summary form %}", form=form)
    page = draw("{% field form.title %}{% choices form.tlp look='tlp' %}", form=form)
    targets = re.findall(r'href="#([^"]+)"', drawn)
    assert len(targets) == 3
    for target in targets[:2]:
        assert f'id="{target}"' in page
    assert draw("{% error_summary form %}", form=Note()).strip() == ""


def test_each_label_to_choose_says_what_it_means():
    drawn = draw("{% choices form.tlp look='tlp' %}", form=Note())
    assert drawn.count('class="sentence"') == 2
    assert 'value="TLP:RED"' in drawn


def test_a_group_ticks_its_members_only_when_scripts_run():
    groups = [{"label": "Melanesia", "codes": ["FJ", "VU"]}]
    drawn = draw("{% administrations form.recipients groups %}", form=Note(), groups=groups)
    assert re.search(r'<button[^>]*data-tick="FJ VU" hidden>Melanesia', drawn)
    assert drawn.count('type="checkbox"') == 2


def test_a_file_that_was_not_checked_cannot_be_fetched():
    file = {"name": "a.pdf", "size": 412345, "url": "/files/1/", "words": "Waiting"}
    refused = render_to_string("_file.html", {"file": {**file, "state": "refused"}})
    assert "/files/1/" not in refused
    waiting = render_to_string("_file.html", {"file": {**file, "state": "waiting"}})
    assert "download" not in waiting, "its link only asks the scanner again"
    for state in ("ready", "sealed"):
        drawn = render_to_string("_file.html", {"file": {**file, "state": state}})
        assert "/files/1/" in drawn
        assert "412 KB" in drawn


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (96_000, "96 KB"), (999_499, "999 KB"),
     (999_500, "1.0 MB"), (52_428_800, "52.4 MB")],
)  # fmt: skip
def test_sizes_are_told_as_people_count(size, words):
    assert draw("{{ n|file_size }}", n=size) == words


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_an_error_page_needs_nothing_to_be_drawn(status):
    drawn = render_to_string(f"errors/{status}.html")
    assert drawn.count("<h1>") == 1
    assert "ws/" not in drawn
    with_reference = render_to_string(f"errors/{status}.html", {"reference": "9f3a01c2"})
    assert "9f3a01c2" in with_reference


def test_a_page_without_anybody_shows_no_way_that_is_not_theirs():
    drawn = render_to_string("base.html")
    for absent in ('id="live"', 'class="nav"', 'role="search"', "<dialog", "data-session"):
        assert absent not in drawn


def test_a_reader_who_switched_keys_off_gets_none():
    me = SimpleNamespace(name="Contact", administration={"code": "FJ"}, keys_on=False, theme="dark")
    drawn = render_to_string("base.html", {"me": me})
    assert 'data-keys="off"' in drawn
    assert 'data-theme="dark"' in drawn
    me.keys_on = True
    assert "data-keys" not in render_to_string("base.html", {"me": me})


def test_notices_of_other_peoples_parts_match_the_files():
    table = (BASE_DIR / "THIRD_PARTY.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` .* `([^`]+)` \| `([0-9a-f]{64})` \|$", table, flags=re.M)
    assert len(rows) >= 6
    for path, licence, digest in rows:
        assert hashlib.sha256((BASE_DIR / path).read_bytes()).hexdigest() == digest, path
        assert (BASE_DIR / licence).is_file()
