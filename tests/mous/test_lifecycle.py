"""The state on any day equals what another way of reckoning gives, and a past answer stays.

The other way shares nothing with `mous/lifecycle.py`: it walks through every day from the
beginning, and keeps a plain diary of what holds.
"""

import csv
import datetime
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mous.lifecycle import Correction, Fact, Kind, Span, State, standing_acts, state_on

DATA = Path(__file__).parents[2] / "iswg" / "demo" / "data"
START = datetime.date(2020, 1, 1)
DAYS = 60
NOON = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.UTC)
ALWAYS = [Span(datetime.date.min)]
KINDS = [kind for kind in Kind if kind != Kind.CORRECTED]

STEPS = {
    "TEXT_CIRCULATED": 1, "REVIEW_STARTED": 2, "TRANSLATION_REQUESTED": 2, "APPROVED_TO_SIGN": 3,
    "FULL_POWERS_RECEIVED": 3,
}  # fmt: skip
RESCINDED = "WITHDRAWAL_RESCINDED"
PREPARING = ["not_started", "text_received", "under_review", "approved_to_sign"]


def day(number):
    return START + datetime.timedelta(days=number)


def moment(number):
    return NOON + datetime.timedelta(days=number)


@st.composite
def histories(draw):
    """Any acts in any order, some with notice, some corrected, corrected again, or annulled."""
    facts = []
    for number in range(1, draw(st.integers(0, 10)) + 1):
        done = draw(st.integers(0, DAYS))
        effect = done + draw(st.sampled_from([0, 0, 0, 5, 20]))
        about = draw(st.one_of(st.none(), st.none(), st.integers(1, number)))
        kind, correction = draw(st.sampled_from(KINDS)), None
        if about is not None and about < number:
            holds = draw(st.one_of(st.none(), st.sampled_from(KINDS)))
            kind, correction = Kind.CORRECTED, Correction(holds, day(done), day(effect))
        else:
            about = None
        known = moment(draw(st.integers(0, 3 * DAYS)))
        facts.append(Fact(number, "XA", kind, day(done), day(effect), known, about, correction))
    return facts


def reckoned(facts, on, known=None):
    """The independent way: read the corrections, then live through the days one by one."""
    diary = written_down(corrected([f for f in facts if known is None or f.confirmed_at <= known]))
    now, rescues = {"step": 0}, []
    today = min(diary, default=on)
    while today <= on:
        # a notice comes before its own end on the same day: "NOTICE" < "RUNS OUT"
        for number, what, noticed in sorted(diary[today], key=lambda row: row[:2]):
            if what == RESCINDED:
                rescues.append((today, number))
            called_off = [back for back in rescues if noticed and (noticed, number) < back]
            if what != "RUNS OUT" or not any(back[0] < today for back in called_off):
                live(now, what)
        today += datetime.timedelta(days=1)
    return told(now)


def corrected(seen):
    """Kind and days of each act, as the last correction has it."""
    rows = {f.number: [f.kind.value, f.done_on, f.effective_on] for f in seen if not f.correction}
    about = {f.number: f.corrects for f in seen if f.correction}
    for fact in sorted((f for f in seen if f.correction), key=lambda f: (f.confirmed_at, f.number)):
        target = fact.corrects
        while target in about:
            target = about[target]
        if target in rows:
            c = fact.correction
            rows[target] = [c.kind.value if c.kind else None, c.done_on, c.effective_on]
    return rows


def written_down(rows):
    """A diary: what happens on which day."""
    diary = defaultdict(list)
    for number, (kind, done, effect) in rows.items():
        if kind == "WITHDRAWAL_NOTIFIED":
            diary[done].append((number, "NOTICE", None))
            diary[max(done, effect)].append((number, "RUNS OUT", done))
        elif kind is not None:
            diary[effect].append((number, kind, None))
    return diary


def live(now, what):
    if what in {"WITHDRAWN", "RUNS OUT"}:
        step = now["step"]
        now.clear()
        now.update(step=step, gone=True)
    elif what in STEPS:
        if now.pop("gone", False):
            now["step"] = 0
        now["step"] = max(now["step"], STEPS[what])
    elif what in {"SIGNED_SUBJECT", "SIGNED_DEFINITIVE", "ACCEDED", "PROCEDURES_COMPLETED"}:
        now.update(gone=False, signed=True)
    elif what == "PROVISIONAL_START":
        now.update(gone=False, signed=True, provisional=True)
    elif what == "IN_EFFECT":
        now.update(gone=False, signed=True, effect=True, provisional=False)
    elif what in {"PROVISIONAL_END", "SUSPENDED", "RESUMED", "NOTICE", "WITHDRAWAL_RESCINDED"}:
        name, value = {
            "PROVISIONAL_END": ("provisional", False), "SUSPENDED": ("suspended", True),
            "RESUMED": ("suspended", False), "NOTICE": ("leaving", True),
            "WITHDRAWAL_RESCINDED": ("leaving", False),
        }[what]  # fmt: skip
        now[name] = value


def told(now):
    if now.get("gone"):
        return "withdrawn"
    if now.get("effect") or now.get("provisional"):
        if now.get("suspended"):
            return "suspended"
        if now.get("leaving"):
            return "withdrawal_pending"
        return "in_effect" if now.get("effect") else "provisional"
    return "signed_pending" if now.get("signed") else PREPARING[now["step"]]


@given(histories(), st.integers(-2, DAYS + 30), st.one_of(st.none(), st.integers(0, 3 * DAYS)))
def test_the_state_on_any_day_is_what_an_independent_reckoning_gives(facts, number, known):
    on, seen = day(number), None if known is None else moment(known)
    assert state_on(facts, on, eligible=ALWAYS, known=seen).value == reckoned(facts, on, seen)


@given(histories(), histories(), st.integers(0, DAYS + 30), st.integers(0, 3 * DAYS))
def test_what_is_confirmed_later_changes_no_answer_that_was_given(facts, later, number, known):
    seen = moment(known)
    before = [fact for fact in facts if fact.confirmed_at <= seen]
    added = [
        Fact(
            fact.number + 100, fact.party, fact.kind, fact.done_on, fact.effective_on,
            seen + datetime.timedelta(minutes=1), fact.corrects, fact.correction,
        )
        for fact in later
    ]  # fmt: skip
    answers = [
        state_on(acts, day(number), eligible=ALWAYS, known=seen)
        for acts in (before, [*before, *added])
    ]
    assert answers[0] == answers[1]


@given(histories(), st.randoms())
def test_the_order_in_which_rows_come_from_a_database_does_not_matter(facts, random):
    mixed = list(facts)
    random.shuffle(mixed)
    assert standing_acts(mixed) == standing_acts(facts)


def test_the_acts_of_the_demonstration_give_its_states_to_the_letter():
    facts = defaultdict(list)
    with (DATA / "demo_mou_actions.csv").open(encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file), 1):
            on = datetime.date.fromisoformat(row["date"])
            code = row["administration"]
            facts[code].append(Fact(number, code, Kind(row["action"]), on, on, NOON))
    assert sum(map(len, facts.values())) == 139
    with (DATA / "demo_mou_state_by_day.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    for row in rows:
        code = row.pop("administration")
        spans = [Span(datetime.date(2025, 5, 21) if code == "TK" else datetime.date.min)]
        found = {
            day: state_on(facts[code], datetime.date.fromisoformat(day), eligible=spans).value
            for day in row
        }
        assert found == row


@pytest.mark.parametrize(
    ("acts", "on", "state"),
    [
        ([("IN_EFFECT", 0, 0), ("WITHDRAWAL_NOTIFIED", 10, 30)], 29, State.WITHDRAWAL_PENDING),
        ([("IN_EFFECT", 0, 0), ("WITHDRAWAL_NOTIFIED", 10, 30)], 30, State.WITHDRAWN),
        (
            [("IN_EFFECT", 0, 0), ("WITHDRAWAL_NOTIFIED", 10, 30), (RESCINDED, 20, 20)],
            40, State.IN_EFFECT,
        ),
        (
            [("IN_EFFECT", 0, 0), ("WITHDRAWAL_NOTIFIED", 10, 30), (RESCINDED, 31, 31)],
            40, State.WITHDRAWN,
        ),
        ([("IN_EFFECT", 0, 0), ("WITHDRAWN", 9, 9), ("ACCEDED", 20, 20)], 21, State.SIGNED_PENDING),
        ([("SIGNED_SUBJECT", 0, 0), ("SUSPENDED", 5, 5)], 6, State.SIGNED_PENDING),
    ],
)  # fmt: skip
def test_notice_runs_out_unless_it_is_taken_back_in_time(acts, on, state):
    facts = [
        Fact(number, "XA", Kind(kind), day(done), day(effect), NOON)
        for number, (kind, done, effect) in enumerate(acts, 1)
    ]
    assert state_on(facts, day(on), eligible=ALWAYS) == state


def test_who_is_no_member_on_that_day_stands_nowhere():
    facts = [Fact(1, "XA", Kind.IN_EFFECT, day(0), day(0), NOON)]
    spans = [Span(day(5), day(9))]
    states = [state_on(facts, day(number), eligible=spans).value for number in (4, 5, 9, 10)]
    assert states == ["not_eligible", "in_effect", "in_effect", "not_eligible"]
