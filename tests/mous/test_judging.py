"""What the switchboard answers equals an independent computation, for random registers."""

import datetime
import random
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.switchboard import Ground, judge
from mous import trusted
from mous.judging import Arrangement, Authority, decide
from mous.services.bases import end_authority, record_authority, set_gate, state_legal_basis

CODES = ["FJ", "VU", "PW", "OCO"]
LABELS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]  # to the strictest
KINDS = ["personal", "biometric", "tax"]
GATES = ["open", "warn", "refuse"]
START = datetime.date(2024, 1, 1)


def on(number):
    return START + datetime.timedelta(days=number)


days = st.integers(0, 20)
some_kinds = st.frozensets(st.sampled_from(KINDS), max_size=2)
authority = st.builds(
    lambda to, label, kinds, since, last: Authority(
        f"authority:{to}{since}", to, label, kinds, on(since), None if last is None else on(last)
    ),
    st.sampled_from(CODES), st.sampled_from(LABELS), some_kinds, days,
    st.one_of(st.none(), days),
)  # fmt: skip
arrangement = st.builds(
    lambda number, codes: Arrangement(f"instrument:{number}", codes),
    st.integers(0, 3), st.frozensets(st.sampled_from(CODES)),
)  # fmt: skip


def expected(sender, recipient, label, day, kinds, arrangements, authorities, excluded, gates):
    """Said the other way round: the set of all that would let it pass, then the gate."""
    if any(kind in excluded for kind in kinds):
        return "refuse", ""
    if not arrangements:
        return "pass", ""
    ways = ["secretariat"] if "OCO" in (sender, recipient) else []
    ways += [
        a.source for a in arrangements if sender in a.taking_part and recipient in a.taking_part
    ]
    for one in authorities:
        in_time = one.since <= day and not (one.until is not None and one.until < day)
        narrow = one.kinds and any(kind not in one.kinds for kind in kinds)
        high = LABELS.index(label) > LABELS.index(one.up_to)
        if one.recipient == recipient and in_time and not narrow and not high:
            ways.append(one.source)
    if ways:
        return "pass", ways[0]
    return {"open": "pass"}.get(gates[label], gates[label]), ""


@settings(max_examples=400, deadline=None)
@given(
    st.permutations(CODES), st.sampled_from(LABELS), days, some_kinds,
    st.lists(arrangement, max_size=2), st.lists(authority, max_size=4), some_kinds,
    st.lists(st.sampled_from(GATES), min_size=5, max_size=5),
)  # fmt: skip
def test_every_answer_is_the_one_that_follows(
    pair, label, day, kinds, arrangements, authorities, excluded, gates
):
    sender, recipient = pair[:2]
    by_label = dict(zip(LABELS, gates, strict=True))
    said = decide(
        sender, recipient, label, on(day), kinds, arrangements=arrangements,
        authorities=authorities, excluded=excluded, gates=by_label,
    )  # fmt: skip
    wanted = expected(
        sender, recipient, label, on(day), kinds, arrangements, authorities, excluded, by_label
    )
    outcome = {"open": "pass"}.get(said.gate, said.gate)
    source = "secretariat" if said.ground == Ground.SECRETARIAT else said.source
    assert (outcome, source) == wanted


# The same through the database: acts, authorities, laws and gates entered by the services ---------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_the_register_answers_as_an_independent_reading_of_it(chancery, world, seed):
    trusted.forget()
    chance = random.Random(seed)
    instrument = chancery.open(gates=True)
    events = [
        (code, kind, chance.randrange(20))
        for code in ("FJ", "VU", "PW")
        for kind in chance.sample(["IN_EFFECT", "SUSPENDED", "RESUMED", "WITHDRAWN"], 3)
    ]
    for code, kind, number in events:
        chancery.act(code, kind, on(number).isoformat())
    gates = _set(chancery, world, instrument, chance)
    held = [_recorded(chancery, world, chance) for _ in range(3)]
    excluded = chance.sample(KINDS, 1)
    state_legal_basis(
        **chancery.both(world.fj), basis_id=uuid.uuid4(), act="Act", purposes=["risk"],
        excluded=excluded,
    )  # fmt: skip
    for _ in range(25):
        label, day = chance.choice(LABELS), on(chance.randrange(25))
        kinds = chance.sample(KINDS, chance.randrange(2))
        part = frozenset(c for c in ("FJ", "VU", "PW") if takes_part(events, c, day))
        for code, basis in judge("FJ", ["VU", "PW", "OCO"], label, day, kinds).items():
            outcome = "refuse" if basis.refuses else "warn" if basis.warns else "pass"
            wanted = expected(
                "FJ", code, label, day, kinds, [Arrangement("instrument:oco-mou", part)],
                held, excluded, gates,
            )  # fmt: skip
            assert (outcome, bool(basis.source)) == (wanted[0], bool(wanted[1])), (code, day)


def takes_part(events, code, day):
    """Reads the acts once, in the order of their days."""
    known = list(enumerate(events))
    mine = sorted((number, at, kind) for at, (c, kind, number) in known if c == code)
    inside, stopped = False, False
    for number, _at, kind in mine:
        if on(number) > day:
            break
        if kind == "WITHDRAWN":
            inside = stopped = False
        inside = inside or kind == "IN_EFFECT"
        stopped = {"SUSPENDED": True, "RESUMED": False}.get(kind, stopped)
    return inside and not stopped


def _set(chancery, world, instrument, chance):
    gates = dict(zip(LABELS, ["open", "open", "refuse", "refuse", "refuse"], strict=True))
    for label in chance.sample(LABELS, 3):
        gates[label] = chance.choice(GATES)
        set_gate(
            **chancery.both(world.oco), instrument=instrument, marking=label, gate=gates[label]
        )
    return gates


def _recorded(chancery, world, chance):
    since, length = chance.randrange(15), chance.choice([None, 3, 8])
    until = None if length is None else on(since + length)
    facts = {
        "recipient": chance.choice(["VU", "PW"]), "up_to": chance.choice(LABELS),
        "data_kinds": chance.sample(KINDS, chance.randrange(2)),
        "since": on(since), "until": until,
    }  # fmt: skip
    row = record_authority(
        **chancery.both(world.fj), authority_id=uuid.uuid4(), kind="bilateral", text="Agreement",
        **facts,
    )  # fmt: skip
    if chance.random() < 0.3:
        today = datetime.datetime.now(datetime.UTC).date()
        end_authority(**chancery.both(world.fj), authority=row, ends_on=today)
    return Authority(
        f"authority:{row.uuid}", row.recipient_id, row.up_to, frozenset(row.data_kinds),
        row.since, row.until,
    )  # fmt: skip
