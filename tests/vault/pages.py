"""Pages of a portal that has the sign-in of the real one and shows what its vault would open."""

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import path

from iswg import urls
from vault import sessions, slots
from vault.http import unlocked

handler403 = urls.handler403
handler500 = urls.handler500


@login_not_required
def seen(request):
    vault = request.vault
    if vault is None:
        return HttpResponse("locked")
    if not vault.is_granted:
        return HttpResponse("open, without a key of the administration")
    return HttpResponse(f"open {vault.administration}")


def open_it(request):
    sessions.unlock(
        request, request.user, slots.open_passphrase(request.user, request.POST["phrase"])
    )
    return HttpResponse("done")


def confirm(request):
    """The phrase again, by way of Django's own door, in a session that is signed in."""
    right = authenticate(request, email=request.user.email, password=request.POST["phrase"])
    return HttpResponse("right" if right else "wrong")


def close_it(request):
    sessions.lock(request)
    return HttpResponse("done")


@unlocked
def needs(request):
    return HttpResponse("done")


@unlocked(keeps_typed_work=True)
def keeps(request):
    return HttpResponse(f"{request.POST['text']}, and {'done' if request.vault else 'locked'}")


urlpatterns = [
    path("seen/", seen),
    path("open/", open_it),
    path("close/", close_it),
    path("confirm/", confirm),
    path("needs/", needs),
    path("keeps/", keeps),
    *urls.urlpatterns,
]
