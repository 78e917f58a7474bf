"""Who takes part: as it is chosen, as it is inherited, and as it is said in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.policy import people_in_standing
from access.roles import READS, Role
from access.subjects import Subject
from accounts.models import Administration, User
from accounts.spoken import fold_name
from discussions.asking import names_of_readers
from discussions.mentions import Name, name
from discussions.models import Thread
from vault.epochs import key_holders
from vault.sessions import Vault
from wording.markings import Tlp, at_least_as_strict


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is to take part, worked out before anything is sealed."""

    administrations: tuple[Administration, ...]
    officers: tuple[User, ...]
    readers: dict[str, int]  # people who hold the key, per administration
    unready: tuple[str, ...]  # labels of those to whom nothing can be sealed yet

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(one.code for one in self.administrations)

    @property
    def people(self) -> int:
        return sum(self.readers.values()) + len(self.officers)


def choosable_officers() -> list[User]:
    """People who can be named: who reads bulletins, and observers who hold a key of their own."""
    rows = User.objects.filter(people_in_standing(), appointments__role__in=READS | {Role.OBSERVER})
    return list(rows.distinct().order_by("name"))


def worked_out(vault: Vault, codes: Iterable[str], officers: Iterable[int]) -> Audience:
    """These administrations and people, and who of them can be sealed to at this moment."""
    chosen = sorted(
        Administration.objects.filter(code__in=set(codes)), key=lambda a: fold_name(a.label)
    )
    people = list(
        User.objects.filter(people_in_standing(), pk__in=set(officers)).distinct().order_by("name")
    )
    epochs, view = vault.sealable_epochs(one.code for one in chosen), vault.directory()
    unready = [one.label for one in chosen if epochs[one.code] is None]
    unready += [one.name for one in people if view.person(one.pk) is None]
    return Audience(
        tuple(chosen), tuple(people), key_holders(one.code for one in chosen), tuple(unready)
    )


def faults_of(audience: Audience, tlp: str, subject: Subject | None, own: str) -> dict[str, str]:
    """What stands against this audience under this label, by field."""
    if tlp not in Tlp.values:
        return {"tlp": _("Choose one of the list.")}
    faults = _against_label(audience, tlp, own)
    if audience.unready:
        faults.setdefault("participants", _(
            "Nobody at %(names)s holds a key yet, so nothing can be sealed for them. "
            "Leave them out, or ask the Secretariat.") % {"names": _listed(audience.unready)}
        )  # fmt: skip
    if subject is not None:
        faults = _against_subject(audience, tlp, subject) | faults
    return faults


def _against_label(audience: Audience, tlp: str, own: str) -> dict[str, str]:
    others = audience.codes - {own}
    if tlp == Tlp.RED and audience.codes:
        return {
            "participants": _("TLP:RED goes to named officers, never to whole administrations.")
        }
    if tlp == Tlp.RED and len(audience.officers) < 2:
        return {"officers": _("TLP:RED needs at least one named officer.")}
    if tlp != Tlp.RED and not others and not audience.officers:
        return {"participants": _("Choose at least one administration.")}
    return {}


def _against_subject(audience: Audience, tlp: str, subject: Subject) -> dict[str, str]:
    """A discussion is never freer than what it is about, and nobody in it who may not see that."""
    faults = {}
    if not at_least_as_strict(tlp, subject.marking):
        faults["tlp"] = _("What this is about is %(tlp)s, so the discussion cannot be freer.") % {
            "tlp": subject.marking
        }
    outside = [one.label for one in audience.administrations if one.code not in subject.codes]
    if subject.named_ids is not None:
        outside = [one.label for one in audience.administrations]
        outside += [one.name for one in audience.officers if one.pk not in subject.named_ids]
    if outside:
        faults["participants"] = _(
            "%(names)s did not receive %(ref)s, so they cannot take part in its discussion."
        ) % {"names": _listed(outside), "ref": subject.reference}
    return faults


def _listed(names: Iterable[str]) -> str:
    return get_text_list(sorted(names, key=fold_name), _("and"))


# Said in words --------------------------------------------------------------------------------


def in_words(thread: Thread, own: str) -> str:
    """Who can read this, in one sentence, for the head of its page."""
    places = [row.administration for row in thread.participants.all() if not row.named_only]
    officers = [grant.user.name for grant in thread.named_officers.all()]
    if not places:
        return _("Only the officers named here: %(names)s.") % {"names": _listed(officers)}
    others = [place.label for place in places if place.code != own]
    if len(others) > 5:
        said = ngettext(
            "Every reader of %(count)d administration can read this.",
            "Every reader of %(count)d administrations can read this.",
            len(places),
        ) % {"count": len(places)}
    else:
        said = _("Every reader of %(names)s can read this.") % {
            "names": _listed(place.label for place in places)
        }
    if officers:
        said += " " + _("And by name: %(names)s.") % {"names": _listed(officers)}
    return said


def names_in(thread: Thread) -> list[Name]:
    """Whom a message in this thread can name."""
    rows = [row.administration for row in thread.participants.all() if not row.named_only]
    places = [name(row.code, row.label, row.code, row.name, row.name_fr) for row in rows]
    return places + [name(f"user:{pk}", label) for pk, label in names_of_readers(thread)]
