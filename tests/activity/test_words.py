"""The catalogue of events and its words belong together."""

import pytest

from activity import chain, outgoing, words
from activity.events import Event

FAULTS = [chain.GAP, chain.BROKEN, chain.EDITED, chain.CUT, chain.REWRITTEN, chain.FORGED,
          chain.MISFILED, chain.LOST]  # fmt: skip


@pytest.mark.parametrize("event", Event)
def test_every_event_has_a_phrase_for_the_journal(event):
    assert event in words.HAPPENED


@pytest.mark.parametrize("event", sorted(outgoing.MAILED))
def test_what_is_mailed_has_a_sentence_for_its_reader(event):
    assert words.concerns(event, "Fiji").endswith(".")


def test_a_notice_without_an_origin_still_reads_well():
    assert words.concerns(Event.BULLETIN_ISSUED, "").startswith("An administration sent")


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_has_a_sentence_that_names_the_place(kind):
    assert "17" in words.fault(chain.Fault(kind, 17))
