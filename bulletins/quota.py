"""How much of what is not sent one person may keep here: so many drafts. (The bytes of their
files are counted where files arrive, vault/uploads.py; the words of a draft fit one request.)

Far above what anybody needs, and there so that one account, or whoever got hold of it, does
not fill the disk of all.
"""

from __future__ import annotations

from django.utils.translation import ngettext

from access.actors import Actor
from accounts.models import User
from bulletins.models import Draft
from vault.uploads import NotAccepted

MOST_DRAFTS = 200
CONFLICT = 409


class TooManyDrafts(NotAccepted):
    """This person keeps as many drafts as one may; none was begun, and none was lost."""

    def __init__(self) -> None:
        super().__init__(
            ngettext(
                "You keep %(n)d draft, as many as one person may. Publish it or throw it away; "
                "then save this one again: what you typed is still on this page.",
                "You keep %(n)d drafts, as many as one person may. Publish one or throw one away; "
                "then save this one again: what you typed is still on this page.",
                MOST_DRAFTS,
            )
            % {"n": MOST_DRAFTS},
            CONFLICT,
        )


def refuse_one_too_many(actor: Actor) -> None:
    """Call it in the transaction that begins a draft. It holds the person's row, so that two
    windows in the same moment count one after the other."""
    list(User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).values_list("pk"))
    if Draft.objects.filter(author=actor.user_id).count() >= MOST_DRAFTS:
        raise TooManyDrafts
