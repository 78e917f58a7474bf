"""Writing in a thread by plain forms; the socket calls the same services (acts.py).

A form that comes too late, or with a fault, comes back with everything that was typed.
"""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access.policy import Action, Refused, require
from accounts.services.own import change_settings
from activity.record import record_refusal
from discussions import opening, queries
from discussions.content import Words
from discussions.found import found, found_message
from discussions.models import Attention, Meaning, State, Thread
from discussions.presentation import posts_of
from discussions.sealing import Locked
from discussions.services import messages as writing
from discussions.services import reading
from discussions.services.threads import change_state
from vault.http import unlocked
from vault.keeping import keeps_when_signed_out
from vault.manifests import SealBroken
from wording.markings import TLP_MEANING

CANNOT_OPEN = (Locked, SealBroken)


def page_of(thread: Thread, number: int | None = None) -> str:
    address = reverse("discussions:thread", args=[thread.ref])
    return f"{address}?at={number}#p-{number}" if number else address


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _uuid(raw: str) -> UUID:
    try:
        return UUID(raw)
    except ValueError:
        return uuid4()


def _whole(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else 0


@login_not_required
@require_POST
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def post(request: HttpRequest, ref: str) -> HttpResponse:
    """The next message; sent twice, it is written once."""
    thread = found(request, ref)
    text = request.POST.get("text", "")
    if request.vault is None:
        sentence = _("Your keys are locked. Open them with your passphrase and send it again.")
        return _not_sent(request, thread, text, {"text": sentence}, status=401)
    try:
        message = writing.post_message(
            actor=request.actor,
            vault=request.vault,
            thread=thread,
            message_id=_uuid(request.POST.get("message", "")),
            text=text,
            reply_to=_whole(request.POST.get("reply_to", "")),
        )
    except Refused as refusal:  # typed meanwhile: it must come back, and be on record all the same
        record_refusal(request.actor, refusal.action.name.lower(), request.path[:60])
        return _not_sent(request, thread, text, {"text": refusal.reason}, status=403)
    except writing.NotSent as refusal:
        return _not_sent(request, thread, text, refusal.faults)
    except CANNOT_OPEN:
        sentence = _("This discussion does not open with your keys, so nothing was sent.")
        return _not_sent(request, thread, text, {"text": sentence}, status=409)
    if _wants_json(request):
        return JsonResponse({"number": message.number})
    return redirect(page_of(thread, message.number))


def _not_sent(
    request: HttpRequest, thread: Thread, text: str, faults: dict[str, str], status: int = 400
) -> HttpResponse:
    """What was typed comes back, on a page of its own, beside the sentence."""
    if _wants_json(request):
        return JsonResponse({"error": " ".join(faults.values())}, status=status)
    context = {
        "nav_key": "discussions",
        "thread": thread,
        "typed": text,
        "faults": faults,
        "locked": request.vault is None,
        "message_id": _uuid(request.POST.get("message", "")),
        "reply_to": _whole(request.POST.get("reply_to", "")),
    }
    response = render(request, "discussions/not_sent.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@unlocked
def draft(request: HttpRequest, ref: str) -> HttpResponse:
    """Kept as one types (drafts.js); empty, or sent meanwhile, it goes away."""
    thread = found(request, ref)
    text, draft_id = request.POST.get("text", ""), _uuid(request.POST.get("message", ""))
    if queries.was_sent(draft_id) or _emptied(request, thread, text):
        return JsonResponse({"version": 0})
    if queries.is_anothers_draft(request.actor, thread, draft_id):
        raise Http404
    words = Words(text, get_language() or "en", _whole(request.POST.get("reply_to", "")))
    try:
        kept = reading.keep_draft(
            actor=request.actor,
            vault=request.vault,
            thread=thread,
            draft_id=draft_id,
            words=words,
            version=_whole(request.POST.get("version", "")),
        )
    except reading.DraftChanged:
        sentence = _("Another window saved something else in this discussion. Load this page.")
        return JsonResponse({"sentence": sentence}, status=409)
    return JsonResponse({"version": kept.version})


def _emptied(request: HttpRequest, thread: Thread, text: str) -> bool:
    """Nothing is typed any more and no file hangs on it: then nothing is kept."""
    kept = queries.draft_of(request.actor, thread)
    if text.strip() or kept is None or queries.files_of_draft(kept):
        return False
    reading.discard_draft(actor=request.actor, draft=kept)
    return True


@login_not_required
@require_http_methods(["GET", "POST"])
@keeps_when_signed_out
@unlocked(keeps_typed_work=True)
def edit(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    message = found_message(request, ref, number)
    require(request.actor, Action.EDIT_MESSAGE, message)
    if request.method == "POST":
        return _edited(request, message)
    shown = opening.open_messages(request.vault, message.thread, [message])[0]
    text = shown.words.text if shown.words else ""
    return _edit_page(request, message, text, message.revision)


def _edited(request: HttpRequest, message) -> HttpResponse:
    text, revision = request.POST.get("text", ""), _whole(request.POST.get("revision", ""))
    fault = ""
    if request.vault is None:
        fault = _("Your keys are locked. Open them with your passphrase and send it again.")
    else:
        try:
            writing.edit_message(
                actor=request.actor, vault=request.vault, message=message, text=text,
                revision=revision,
            )  # fmt: skip
        except writing.NotSent as refusal:
            fault = " ".join(refusal.faults.values())
        except writing.AlreadyChanged:
            fault = _("This message was changed in another window. Here is what you typed.")
            revision = message.revision
        except CANNOT_OPEN:
            fault = _("This discussion does not open with your keys, so nothing was sent.")
    if fault:
        return _edit_page(request, message, text, revision, fault)
    return redirect(page_of(message.thread, message.number))


def _edit_page(
    request: HttpRequest, message, text: str, revision: int, fault: str = ""
) -> HttpResponse:
    context = {
        "nav_key": "discussions", "thread": message.thread, "message": message,
        "typed": text, "revision": revision, "fault": fault,
        "meaning": TLP_MEANING[message.thread.tlp],
    }  # fmt: skip
    status = 400 if fault else 200
    response = render(request, "discussions/edit.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@unlocked
def withdraw(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Asked once more first: what is withdrawn is gone for everybody."""
    message = found_message(request, ref, number)
    require(request.actor, Action.WITHDRAW_MESSAGE, message)
    if request.method == "GET":
        opened = opening.open_messages(request.vault, message.thread, [message])
        context = {
            "nav_key": "discussions",
            "thread": message.thread,
            "message": message,
            "meaning": TLP_MEANING[message.thread.tlp],
            "post": posts_of(request.actor, message.thread, opened, ())[0],
        }
        response = render(request, "discussions/withdraw.html", context)
        response["Cache-Control"] = "no-store"
        return response
    writing.withdraw_message(actor=request.actor, vault=request.vault, message=message)
    messages.success(request, _("Withdrawn. Its words are gone; its place stays."))
    return redirect(page_of(message.thread, message.number))


@require_POST
@unlocked
def answer(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    message = found_message(request, ref, number)
    meaning = request.POST.get("meaning", "")
    if meaning not in Meaning.values:
        messages.error(request, _("Choose one of the list."))
        return redirect(page_of(message.thread, number))
    try:
        writing.answer_message(
            actor=request.actor,
            vault=request.vault,
            message=message,
            meaning=meaning,
            on=_wanted(request),
        )
    except CANNOT_OPEN:
        sentence = _("This discussion does not open with your keys.")
        if _wants_json(request):
            return JsonResponse({"error": sentence}, status=409)
        messages.error(request, sentence)
    except writing.AlreadyChanged:
        messages.error(request, _("This message was withdrawn."))
    if _wants_json(request):
        return JsonResponse({})
    return redirect(page_of(message.thread, number))


def _wanted(request: HttpRequest) -> bool:
    """Given, unless it is said to be taken back; a button says so in its address."""
    return "0" not in (request.POST.get("on"), request.GET.get("on"))


@require_POST
def attention(request: HttpRequest, ref: str) -> HttpResponse:
    thread, wanted = found(request, ref), request.POST.get("attention", "")
    if wanted in Attention.values:
        reading.pay_attention(actor=request.actor, thread=thread, attention=wanted)
        messages.success(request, _said(wanted))
    return redirect(page_of(thread))


def _said(attention: str) -> str:
    return {
        Attention.FOLLOWING: _("You follow this discussion, and are told of each message."),
        Attention.MUTED: _("Muted. You are told nothing of it, and it counts as read."),
        Attention.USUAL: _("You are told when somebody names you."),
    }[Attention(attention)]


@require_POST
def unread(request: HttpRequest, ref: str) -> HttpResponse:
    """From that message on it is new again, for this person alone."""
    thread = found(request, ref)
    number = _whole(request.POST.get("number", "")) or thread.last_number
    reading.mark_unread_from(actor=request.actor, thread=thread, number=number)
    messages.success(request, _("Marked as unread from there."))
    return redirect("discussions:list")


@require_POST
def presence(request: HttpRequest, ref: str) -> HttpResponse:
    """Whether the others see that this person is here, and writes; kept with the account."""
    thread, shown = found(request, ref), request.POST.get("presence") == "1"
    change_settings(actor=request.actor, presence=shown)
    if shown:
        messages.success(request, _("The others see when your administration is here."))
    else:
        messages.success(request, _("Nobody sees whether you are here."))
    return redirect(page_of(thread))


@require_POST
@unlocked
def state(request: HttpRequest, ref: str) -> HttpResponse:
    thread, wanted = found(request, ref), request.POST.get("state", "")
    if wanted not in State.values:
        messages.error(request, _("Choose one of the list."))
        return redirect(page_of(thread))
    try:
        change_state(actor=request.actor, vault=request.vault, thread=thread, state=wanted)
    except CANNOT_OPEN:
        messages.error(request, _("This discussion does not open with your keys."))
    return redirect(page_of(thread))
