"""Acts arranged for the templates: what was done in words, its mark, its documents, and what the
reader may do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from access.actors import Actor
from access.policy import Action, can
from mous.lifecycle import Kind
from mous.models import Act, ActState, Instrument, Notification
from mous.queries import acts_of
from mous.reading import OpenAct, open_acts
from mous.services.evidence import stored_files
from mous.vocabulary import act_label
from vault import files
from vault.sessions import Vault

# How a mark looks, by the state of the entry.
LOOKS = {ActState.ENTERED: "part", ActState.CONFIRMED: "done", ActState.DECLINED: "off"}
SEEN_AS_PICTURE = ("image/jpeg", "image/png", "image/webp", "image/gif")


@dataclass(frozen=True, slots=True)
class ActRow:
    """One act, for its reader. `corrected_by` are the confirmed corrections, newest last."""

    act: Act
    label: str
    look: str
    mark: str
    opened: OpenAct
    corrected_by: tuple[Act, ...] = ()
    holds: str = ""  # of a correction: what holds instead
    files: tuple[dict[str, Any], ...] = ()

    @property
    def is_corrected(self) -> bool:
        return bool(self.corrected_by)

    @property
    def url(self) -> str:
        return act_url(self.act)

    @property
    def pictures(self) -> list[dict[str, Any]]:
        return [one for one in self.files if one["picture"] and one["url"]]


def act_url(act: Act) -> str:
    return reverse("mous:act", args=[act.instrument.slug, act.number])


def rows_of(
    vault: Vault | None, instrument: Instrument, acts: Iterable[Act], *, documents: bool = False
) -> list[ActRow]:
    """In a constant number of queries."""
    rows = list(acts)
    for one in rows:
        one.instrument = one.party.instrument = instrument
    opened = open_acts(vault, rows)
    later = corrections_of(instrument)
    stored = stored_files(rows) if documents else {}
    return [_row(instrument, one, later, stored) for one in opened]


def corrections_of(instrument: Instrument) -> Mapping[int, list[Act]]:
    """The confirmed corrections of each act, by its row."""
    found: dict[int, list[Act]] = defaultdict(list)
    confirmed = acts_of(instrument).filter(kind=Kind.CORRECTED, state=ActState.CONFIRMED)
    for one in confirmed.order_by("decided_at", "number"):
        if one.corrects_id is not None:
            found[one.corrects_id].append(one)
    return found


def _row(
    instrument: Instrument,
    one: OpenAct,
    later: Mapping[int, Sequence[Act]],
    stored: Mapping[str, files.StoredFile],
) -> ActRow:
    act = one.act
    holds = ""
    if act.kind == Kind.CORRECTED:
        kind = act.corrected_kind
        holds = act_label(instrument, kind) if kind else _("Nothing: the act is annulled")
    return ActRow(
        act=act,
        label=act_label(instrument, act.kind),
        look=LOOKS[ActState(act.state)],
        mark=str(ActState(act.state).label),
        opened=one,
        corrected_by=tuple(later.get(act.pk, ())),
        holds=holds,
        files=tuple(
            _file(act, fact, stored.get(fact.id)) for fact in (one.words.files if one.words else ())
        ),
    )


def _file(act: Act, fact: Any, stored: files.StoredFile | None) -> dict[str, Any]:
    """As `_file.html` wants it."""
    state, words = "ready", files.ready_words(fact.notes)
    if stored is None:
        state, words = "refused", _("damaged on the server")
    elif stored.is_refused:
        state, words = "refused", files.scanner_words()
    elif not stored.is_ready:
        state, words = "waiting", _("waiting for the malware scanner")
    elif fact.media_type == "application/age":
        state = "sealed"
    place = [act.instrument.slug, act.number, fact.id]
    return {
        "id": fact.id, "name": fact.name, "size": fact.size, "state": state, "words": words,
        "digest": fact.sha256,
        "url": reverse("mous:evidence", args=place) if state != "refused" else "",
        "picture": fact.media_type in SEEN_AS_PICTURE,
    }  # fmt: skip


def may_answer(actor: Actor, act: Act) -> bool:
    return bool(can(actor, Action.CONFIRM_ACT, act))


def may_correct(actor: Actor, row: ActRow) -> bool:
    """Somebody who could enter the act may enter a further one that corrects it."""
    act = row.act
    return (
        act.is_confirmed and act.kind != Kind.CORRECTED
        and bool(can(actor, Action.ENTER_ACT, act))
    )  # fmt: skip


def notification_of(act: Act) -> Notification | None:
    return Notification.objects.filter(act=act).first()
