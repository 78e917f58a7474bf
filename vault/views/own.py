"""One's own keys: open and close them, change what opens them, compare fingerprints."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from access.policy import Action, can, require
from access.roles import READS
from accounts.destinations import HOME, asked_for
from accounts.models import Administration, AdministrationKind, User
from accounts.queries import whom_to_ask
from accounts.sessions import keep_this_session
from accounts.spoken import fold_name
from vault import breaks, remembered, sessions
from vault.colleagues import FingerprintChanged, claimed_keys, confirm_fingerprint
from vault.crypto.errors import CannotOpen
from vault.crypto.phrase import make_phrase
from vault.directory import DirectoryBroken, directory
from vault.envelopes import envelope_state
from vault.forms import ChangePhraseForm, PhraseForm
from vault.http import unlocked
from vault.joining import open_up
from vault.passphrases import change_passphrase, renew_recovery_code
from vault.proposals import may_propose, open_proposal, proposals_to_witness
from vault.views.asked import MemberRequest

if TYPE_CHECKING:
    from vault.open_vault import Vault


def status_of(form: Any) -> int:
    return HTTPStatus.TOO_MANY_REQUESTS if form.throttled else HTTPStatus.OK


@never_cache
def unlock(request: MemberRequest) -> HttpResponse:
    """The passphrase for a session whose safe is closed; or what is still missing, in words."""
    wanted = asked_for(request, HOME)
    if request.method == "POST":
        return _opened(request, wanted)
    vault = request.vault
    if vault is not None and (vault.is_granted or not request.actor.holds(READS)):
        return redirect(wanted)
    form = PhraseForm(user=request.user)
    return _unlock_page(request, form, wanted)


def _opened(request: MemberRequest, wanted: str) -> HttpResponse:
    form = PhraseForm(request.POST, user=request.user)
    if not form.is_valid():
        return _unlock_page(request, form, wanted)
    try:
        vault = open_up(actor=request.actor, request=request, user=request.user, root=form.root)
    except DirectoryBroken as broken:
        return _unlock_page(request, form, wanted, trouble=str(broken.sentence))
    except CannotOpen:
        sentence = _("Your passphrase is right, but your keys do not fit what is kept here.")
        return _unlock_page(request, form, wanted, trouble=sentence)
    if not vault.is_granted and request.actor.holds(READS):
        return _unlock_page(request, PhraseForm(user=request.user), wanted)
    return redirect(wanted)


def _unlock_page(
    request: MemberRequest, form: PhraseForm, wanted: str, *, trouble: str = ""
) -> HttpResponse:
    claimed = claimed_keys(request.user)
    context = {
        "form": form,
        "next": wanted,
        "trouble": trouble or _trouble(request),
        "is_open": request.vault is not None,
        "words": claimed.fingerprint if claimed else [],
        "vouched": _is_vouched(request.user),
        "ask": whom_to_ask(request.user),
    }
    return render(request, "vault/unlock.html", context, status=status_of(form))


def _trouble(request: MemberRequest) -> str:
    """Why the session began locked although the phrase was right."""
    if not sessions.trouble(request):
        return ""
    return _("Your keys did not open when you signed in. Try once more; then tell the Secretariat.")


def _is_vouched(user: User) -> bool:
    """Whether the directory names the key this person has now, not one given up since."""
    claimed = claimed_keys(user)
    try:
        entry = directory().person(user.pk)
    except DirectoryBroken:
        return False
    return entry is not None and claimed is not None and entry.key_id == claimed.key_id


@require_POST
def lock(request: MemberRequest) -> HttpResponse:
    """Close the safe and stay signed in: for a moment away from the desk."""
    sessions.lock(request)
    messages.success(request, _("Your keys are locked. You are still signed in."))
    return redirect("vault:unlock")


@never_cache
def change_phrase(request: MemberRequest) -> HttpResponse:
    """A new passphrase for the same keys; it ends every other session."""
    form = ChangePhraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (root := _changed(request, form)):
        keep_this_session(request, request.user)
        sessions.unlock(request, request.user, root)
        messages.success(
            request, _("Your passphrase is changed. You are signed out everywhere else.")
        )
        return redirect("accounts:settings")
    context = {"form": form, "offered": make_phrase()}
    return render(request, "vault/passphrase.html", context, status=status_of(form))


def _changed(request: MemberRequest, form: ChangePhraseForm) -> bytes:
    """The root if the old phrase was right, else nothing and the sentence beside the field."""
    try:
        form.try_as(f"phrase:{request.user.pk}")
        root = change_passphrase(
            actor=request.actor,
            user=request.user,
            old=form.cleaned_data["password"],
            new=form.cleaned_data["new_passphrase"],
        )
    except CannotOpen:
        form.add_error("password", _("That is not your present passphrase."))
        return b""
    except ValidationError as wait:
        form.add_error("password", wait)
        return b""
    form.succeeded()
    return root


@never_cache
def recovery_code(request: MemberRequest) -> HttpResponse:
    """A new printed code. It is in this answer and nowhere else: not kept, not shown again."""
    form = PhraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        code = renew_recovery_code(
            actor=request.actor, user=request.user, passphrase=form.data["password"]
        )
        return render(request, "vault/code.html", {"code": code, "name": request.user.name})
    context = {"form": form}
    return render(request, "vault/recovery_code.html", context, status=status_of(form))


def keys(request: MemberRequest) -> HttpResponse:
    """Every administration's fingerprint on one page, to be read aloud at the meeting."""
    require(request.actor, Action.READ_FINGERPRINTS)
    view, vault = directory(), request.vault
    claimed = claimed_keys(request.user)
    rows = _fingerprints(view, _confirmed(vault))
    context = {
        "rows": [row for row in rows if row["epoch"] is not None],
        "without": [row["administration"].label for row in rows if row["epoch"] is None],
        "own": claimed.fingerprint if claimed else [],
        "own_vouched": _is_vouched(request.user),
        "can_confirm": vault is not None,
        "nav_key": "administrations",
        **_own_administration(request),
    }
    return render(request, "vault/keys.html", context)


def _own_administration(request: MemberRequest) -> dict[str, Any]:
    """What may be done about the key of the own administration, and of one that lost its own."""
    actor = request.actor
    under_way = open_proposal(actor.administration)
    return {
        "may_renew": bool(can(actor, Action.MAKE_EPOCH, actor.administration)),
        "envelope_state": str(envelope_state(actor.administration)),
        "begins_anew": under_way is not None or may_propose(actor),
        "to_witness": [
            {"proposal": row, "administration": Administration.objects.get(pk=row.administration)}
            for row in proposals_to_witness(actor)
        ],
    }


def _fingerprints(view: Any, confirmed: frozenset[bytes]) -> list[dict[str, Any]]:
    rows = []
    for administration in Administration.objects.exclude(kind=AdministrationKind.PARTNER):
        epoch = view.epoch(administration.pk)
        rows.append(
            {
                "administration": administration,
                "epoch": epoch,
                "sealable_from": breaks.waits_until(epoch) if epoch and epoch.broken else None,
                "waits": epoch is not None and view.sealable_epoch(administration.pk) is None,
                "confirmed": epoch is not None and epoch.key_id in confirmed,
            }
        )
    return sorted(rows, key=lambda row: fold_name(row["administration"].label))


def _confirmed(vault: Vault | None) -> frozenset[bytes]:
    if vault is None:
        return frozenset()
    return remembered.confirmed_keys(remembered.recall(vault.user_id, vault.remember_key))


@unlocked
@require_POST
def confirm(request: MemberRequest, code: str) -> HttpResponse:
    """The reader compared this administration's eight words by voice."""
    assert request.vault is not None, "unlocked lets nobody else in"
    if not Administration.objects.filter(pk=code).exists():
        raise Http404
    try:
        confirm_fingerprint(
            actor=request.actor,
            vault=request.vault,
            administration=code,
            compared=request.POST.get("words", "").split(),
        )
    except (FingerprintChanged, CannotOpen):
        messages.error(request, _("The words have changed meanwhile. Compare them again."))
    else:
        messages.success(request, _("Noted, for you: these words were compared."))
    return redirect("vault:keys")
