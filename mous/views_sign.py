"""Signing here: the head of an administration reads the text, types her passphrase, and signs."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from access.policy import Action, require
from accounts.queries import administration_of
from mous.act_rows import act_url
from mous.forms_acts import put_faults
from mous.forms_instruments import SignForm
from mous.found import found, found_party
from mous.frame import framed
from mous.models import Act, Instrument, Party
from mous.sealing import Locked, NotOpened
from mous.services import signing
from mous.services.acts import NotPossible, SealBroken
from mous.services.texts import newest_texts, open_texts
from vault.crypto.keys import PersonKeys
from vault.http import unlocked

TOO_MANY, WRONG = 429, 400


@never_cache
@require_http_methods(["GET", "POST"])
@unlocked
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """A form that comes too late is refused and not kept: there is a passphrase in it."""
    instrument = found(request, slug)
    party = _own_party(request, instrument)
    require(request.actor, Action.SIGN_INSTRUMENT, party)
    day = timezone.localdate()
    texts = newest_texts(instrument)
    if request.method == "GET":
        initial = {
            "act": uuid4(), "seen": signing.seal_of(texts), "name": request.user.name,
            "capacity": "",
        }  # fmt: skip
        form = SignForm(user=request.user, initial=initial)
        return _page(request, instrument, party, form)
    form = SignForm(request.POST, user=request.user)
    if form.is_valid() and (act := _signed(request, instrument, party, form, day)):
        messages.success(request, _("You have signed. The depositary confirms the act."))
        return redirect(act_url(act))
    return _page(request, instrument, party, form, TOO_MANY if form.throttled else WRONG)


def _own_party(request: HttpRequest, instrument: Instrument) -> Party:
    own = request.actor.administration
    if not own:
        raise Http404
    return found_party(instrument, own.lower())


def _signed(
    request: HttpRequest, instrument: Instrument, party: Party, form: SignForm, day: date
) -> Act | None:
    said = form.cleaned_data
    try:
        return signing.sign_instrument(
            actor=request.actor, keys=PersonKeys.derive(form.root), vault=request.vault,
            instrument=instrument, party=party, act_id=said["act"], kind=said["kind"],
            name=said["name"], office=said["office"], capacity=said["capacity"], day=day,
            seen=said["seen"],
        )  # fmt: skip
    except NotPossible as problem:
        put_faults(form, problem)
    except NotOpened as closed:
        form.add_error(None, closed.sentence)
    except (Locked, SealBroken):
        form.add_error(None, _("The register does not open with your keys: nothing was done."))
    return None


def _page(
    request: HttpRequest, instrument: Instrument, party: Party, form: SignForm, status: int = 200
) -> HttpResponse:
    texts = open_texts(request.vault, newest_texts(instrument))
    day = timezone.localdate()
    context = framed(request, instrument, "") | {
        "form": form,
        "party": party,
        "administration": administration_of(request.actor),
        "texts": texts,
        "day": day,
        "not_open": day < instrument.opened_on,
        "has_signed": signing.has_signed(instrument, party, day),
        "broken": any(one.broken for one in texts),
    }
    return render(request, "mous/sign.html", context, status=status)
