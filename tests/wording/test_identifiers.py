"""What an officer types as numbers is read, compared and doubted, and never refused.

`identifier_test_vectors.json` holds numbers of public origin, right and wrong, by family.
"""

import json
from pathlib import Path

import pytest
from django.utils.functional import Promise
from hypothesis import example, given
from hypothesis import strategies as st

from wording import check_digits
from wording.identifier_rules import SCHEMES
from wording.identifiers import AT_MOST, LABELS, EntityKind, numbers_in

VECTORS = json.loads(
    (Path(__file__).parent / "identifier_test_vectors.json").read_text(encoding="utf-8")
)["vectors"]
# Family: the kind of thing, the label an officer would write, the scheme.
FAMILIES = {
    "imo": ("vessel", "IMO", "imo"),
    "imo_company": ("company", "IMO", "imo_company"),
    "iso6346": ("container", "", "container"),
    "awb": ("consignment", "AWB", "awb"),
    "s10": ("consignment", "S10", "s10"),
    "vin": ("vehicle", "VIN", "vin"),
    "mrz_field": ("person", "passport", "document"),
    "lei": ("company", "LEI", "lei"),
    "abn": ("company", "ABN", "abn"),
    "nzbn": ("company", "NZBN", "nzbn"),
    "mmsi": ("vessel", "MMSI", "mmsi"),
    "unlocode": ("place", "UN/LOCODE", "unlocode"),
    "hin": ("vessel", "HIN", "hin"),
    "hs": ("commodity", "HS", "hs"),
    "flight": ("flight", "", "flight"),
}


def only(kind, line):
    [number] = numbers_in(kind, line)
    return number


def vectors(verdict):
    return [
        pytest.param(family, vector["value"], id=f"{family} {vector['value']}")
        for family, lists in VECTORS.items()
        for vector in lists[verdict]
    ]


def labelled(family, value):
    kind, label, scheme = FAMILIES[family]
    line = value if value.startswith(label) else f"{label} {value}"
    number = only(kind, line)
    assert number.scheme == scheme
    return number


@pytest.mark.parametrize(("family", "value"), vectors("valid"))
def test_a_right_number_is_not_doubted(family, value):
    assert str(labelled(family, value).doubt) == ""


@pytest.mark.parametrize(("family", "value"), vectors("invalid"))
def test_a_wrong_number_is_kept_with_one_sentence_of_doubt(family, value):
    number = labelled(family, value)
    assert str(number.doubt).endswith(".")
    assert number.typed == value.removeprefix("IMO ")


def test_every_family_of_vectors_is_read():
    assert set(VECTORS) == set(FAMILIES)


@pytest.mark.parametrize(
    ("kind", "line", "scheme", "normal"),
    [
        ("vessel", "520999901", "mmsi", "520999901"),
        ("vessel", "9074729", "imo", "9074729"),
        ("vessel", "IMO 4000010", "imo", "4000010"),
        ("vessel", "ZZ-QQQ00003-A3-23", "hin", "ZZQQQ00003A323"),
        ("vessel", "US-ABC12345D404", "hin", "ABC12345D404"),
        ("vessel", "white with a red stripe", "other", "WHITEWITHAREDSTRIPE"),
        ("company", "213800KUD8LAJWSQ9D15", "lei", "213800KUD8LAJWSQ9D15"),
        ("company", "83 914 571 673", "abn", "83914571673"),
        ("company", "9429000106078", "nzbn", "9429000106078"),
        ("company", "2041999", "imo_company", "2041999"),
        ("company", "RIDET 123 456.001", "company_number", "123456001"),
        ("container", "QQQU1002014", "container", "QQQU1002014"),
        ("container", "csqu 305438-3", "container", "CSQU3054383"),
        ("flight", "NZ0052", "flight", "NZ52"),
        ("flight", "SH 911", "flight", "SH911"),
        ("flight", "dq-abc", "aircraft", "DQABC"),
        ("flight", "5W-FAX", "aircraft", "5WFAX"),
        ("flight", "F-OXYZ", "aircraft", "FOXYZ"),
        ("flight", "N12345", "aircraft", "N12345"),
        ("vehicle", "1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788"),
        ("vehicle", "chassis 1M8GDM9AXKP042788", "vin", "1M8GDM9AXKP042788"),
        ("vehicle", "chassis JZX100-0123456", "chassis", "JZX1000123456"),
        ("consignment", "176-12345675", "awb", "17612345675"),
        ("consignment", "RR000000005ZZ", "s10", "RR000000005ZZ"),
        ("consignment", "RR000040000ZZ", "s10", "RR000040000ZZ"),
        ("consignment", "RR 473 124 829 GB", "s10", "RR473124829GB"),
        ("commodity", "7010.90.00", "hs", "70109000"),
        ("commodity", "HS 2022: 2402.20", "hs", "240220"),
        ("place", "FJ LTK", "unlocode", "FJLTK"),
        ("place", "Tonga", "other", "TONGA"),
        ("place", "-18.125, 178.42", "position", "-18.125,178.420"),
        ("place", "18 07.5 S 178 25.2 E", "position", "-18.125,178.420"),
        ("place", "S 18°07'30\" O 178°25,2'", "position", "-18.125,-178.420"),
        ("vessel", "position: -18.125, 178.42", "position", "-18.125,178.420"),
        ("person", "+679 330 0000", "phone", "6793300000"),
        ("person", "tel. 00 679 330 0000", "phone", "6793300000"),
        ("person", "document NZL L898902C3/6", "document", "L898902C3"),
        ("person", "passport LA 123456", "document", "LA123456"),
    ],
)
def test_a_number_is_known_by_its_form_or_its_label(kind, line, scheme, normal):
    number = only(kind, line)
    assert (number.scheme, number.normal, str(number.doubt)) == (scheme, normal, "")


@pytest.mark.parametrize(
    ("kind", "english", "french"),
    [
        ("vessel", "IMO 9074729", "OMI : 9074729"),
        ("vessel", "IMO9074729", "numéro OMI 9074729"),
        ("vessel", "imo no. 9074729", "n° OMI 9074729"),
        ("vessel", "IMO-9074729", "OMI n° 9074729"),
        ("vessel", "call sign QDM01", "indicatif QDM01"),
        ("vessel", "Callsign: qdm 01", "indicatif d'appel QDM01"),
        ("vessel", "Registration DEMO-0001", "IMMATRICULATION demo 0001"),
        ("vessel", "pos 18 07.5 S 178 25.2 W", "position : 18 07,5 S, 178 25,2 O"),
        ("flight", "registration DQ-ABC", "immatriculation DQABC"),
        ("vehicle", "registration AB 1234", "plaque AB-1234"),
        ("vehicle", "number plate AB 1234", "immatriculation ab1234"),
        ("vehicle", "chassis JZX100-0123456", "cha\u0302ssis JZX100 0123456"),
        ("container", "seal 12345", "scellé 12 345"),
        ("container", "SEAL NO. 12345", "plomb n° 12345"),
        ("person", "passport L898902C3", "Passeport n° L898902C3/6"),
        ("person", "tel +687 12 34 56", "téléphone : +687 123456"),
        ("consignment", "AWB 176-12345675", "LTA 176 1234 5675"),
        ("commodity", "HS code 2402.20", "code SH 240220"),
        ("place", "LOCODE fjsuv", "UN/LOCODE : FJSUV"),
        ("company", "IMO company number 2041999", "OMI 2041999"),
    ],
)
def test_two_ways_to_write_one_number_meet(kind, english, french):
    one, two = only(kind, english), only(kind, french)
    assert one.key == two.key
    assert one.key is not None


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("vessel", "A 12"),
        ("vessel", "IMO: unknown"),
        ("vessel", "indicatif inconnu"),
        ("vessel", "no number at all"),
        ("container", "seal 12"),
        ("place", "position off the reef at 12"),
        ("person", "???"),
    ],
)
def test_what_may_agree_by_chance_is_not_compared(kind, line):
    assert only(kind, line).key is None


@pytest.mark.parametrize(
    ("kind", "line"), [("vessel", "A1234"), ("vessel", "call sign QDM01"), ("commodity", "24")]
)
def test_what_hardly_agrees_by_chance_is_compared(kind, line):
    number = only(kind, line)
    assert number.key == (number.scheme, number.normal)


@pytest.mark.parametrize(
    ("kind", "line", "words"),
    [
        ("vehicle", "1M8GDM9A1KP042788", "only North America requires it"),
        ("commodity", "7701.00", "Chapter 77 of the tariff is not in use."),
        ("vessel", "MMSI 599999901", "599 are not in our table"),
        ("vessel", "MMSI 970123456", "not of a ship"),
        ("vessel", "MMSI 982099990", "belongs to a larger ship"),
        ("vessel", "IMO 8814274", "one figure is wrong, or two are exchanged"),
        ("container", "CSQX3054383", "U, J or Z"),
        ("place", "91.0, 178.4", "90 degrees"),
        ("place", "18 77.5 S 178 25.2 E", "end at 60"),
        ("place", "position 18 south", "18 07.5 S 178 25.2 E"),
        ("person", "tel 330 0000", "begins with +"),
        ("person", "tel +679 330", "seven to fifteen"),
        ("person", "tel +679 CALL ME", "only digits"),
        ("person", "passport L898902C3/66", "One check digit"),
        ("person", "passport Ж898902/6", "letters and digits"),
        ("vessel", "call sign 01", "three to seven"),
    ],
)
def test_a_doubt_says_in_plain_words_what_speaks_against_the_number(kind, line, words):
    assert words in str(only(kind, line).doubt)


@pytest.mark.parametrize(
    ("kind", "line", "fact"),
    [
        ("vessel", "520999901", "Country digits 520: FJ"),
        ("person", "passport NZL LA123456", "Issued by NZL"),
        ("commodity", "HS 2022: 2402.20", "Edition 2022"),
        ("commodity", "9801", "Chapter 98 differs by country."),
        ("vessel", "9074729", ""),
    ],
)
def test_a_fact_is_shown_beside_the_number(kind, line, fact):
    assert str(only(kind, line).fact) == fact


@pytest.mark.parametrize("line", ["HSBU3054383", "IMOU3054383", "TELU3054383", "POSU3054383"])
def test_a_container_whose_owner_begins_like_a_label_keeps_its_letters(line):
    assert only("container", line).normal == line


def test_numbers_stand_on_lines_or_between_semicolons_and_commas_belong_to_positions():
    numbers = numbers_in("place", " FJSUV ; -18.1, 178.4\n\n+679 330 0000;;\r\nbehind the reef")
    assert [number.scheme for number in numbers] == ["unlocode", "position", "phone", "other"]
    assert [number.typed for number in numbers][3] == "behind the reef"


@pytest.mark.parametrize("text", ["", " \n ; \r\n;"])
def test_nothing_typed_is_nothing(text):
    assert numbers_in("vessel", text) == []


def test_every_number_of_a_full_box_is_read_and_a_long_line_is_kept_as_it_is():
    assert len(numbers_in("vessel", "1\n" * 250)) == AT_MOST == 250
    assert only("vessel", "IMO " + "9" * 196).scheme == "imo"
    long = only("vessel", "IMO " + "9" * 197)
    assert (long.scheme, str(long.doubt), len(long.typed)) == ("other", "", 201)


PIECES = st.sampled_from(
    ["IMO ", "OMI", "n° ", "passport ", "NZL ", "/6", "HS 2022: ", "+679", "-18.1", ", ", "S", "E",
     "9074729", "٣", "Ⅷ", "ß", "\ud800", "\x00", "²", "９", "°", ";", "\n", "\u2028", "<", "é"]
)  # fmt: skip


@given(
    st.sampled_from([*EntityKind.values, "", "ship"]),
    st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=12).map("".join)),
)
@example("person", "passport L²/²")
@example("vessel", "MMSI ²²²²²²²²²")
@example("flight", "NZ٣٣")
def test_whatever_is_typed_is_read_without_a_fall(kind, text):
    for number in numbers_in(kind, text):
        assert number.typed in text
        assert number.scheme in SCHEMES
        assert str(number.label)
        assert str(number.doubt)[-1:] in ("", ".")
        assert number.key is None or number.key == (number.scheme, number.normal)


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.integers(1, 9))
def test_a_changed_last_figure_is_always_noticed(figures, change):
    for agrees, whole in (
        (check_digits.imo_company_agrees, figures),
        (check_digits.air_waybill_agrees, f"0000{figures}"),
    ):
        right = [digit for digit in range(10) if agrees(f"{whole}{digit}")]
        assert len(right) == 1
        assert not agrees(f"{whole}{(right[0] + change) % 10}")


def test_each_label_means_a_scheme_that_exists():
    assert {scheme for _words, scheme, _kinds in LABELS} <= set(SCHEMES)


@pytest.mark.parametrize("kind", EntityKind.values)
def test_words_wait_for_the_language_of_the_reader(kind):
    number = only(kind, "seal 12345")
    assert isinstance(number.label, Promise)
    assert isinstance(EntityKind(kind)._label_, Promise)
    assert isinstance(only("container", "CSQU3054384").doubt, Promise)


@pytest.mark.parametrize(
    "line", ["Company number DEMO-4471", "company no. demo 4471", "N° d’entreprise DEMO 4471",
             "numéro fiscal: demo4471", "TIN DEMO-4471"],
)  # fmt: skip
def test_the_number_of_a_company_without_a_public_rule_is_compared_all_the_same(line):
    (found,) = numbers_in("company", line)
    assert found.key == ("company_number", "DEMO4471")
    assert not found.doubt


@pytest.mark.parametrize(
    ("kind", "line", "keys"),
    [
        ("container", "CSQU3054383 (40 feet)", [("container", "CSQU3054383")]),
        ("person", "Passport no. LA123456 (expired)", [("document", "LA123456")]),
        ("vessel", "IMO 9074729, MMSI 520999901", [("imo", "9074729"), ("mmsi", "520999901")]),
        ("place", "-18.1, 178.4", [("position", "-18.100,178.400")]),
        ("consignment", "QQQU1002014", [("container", "QQQU1002014")]),
        ("consignment", "HS 2402.20", [("hs", "240220")]),
        ("vessel", "csqu3054383", [("container", "CSQU3054383")]),
    ],
)
def test_what_is_written_beside_a_number_is_no_part_of_it(kind, line, keys):
    assert [one.key for one in numbers_in(kind, line)] == keys
