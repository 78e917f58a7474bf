"""Which way a request takes through the web process, and whom it is taken to come from."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.http import JsonResponse
from django.urls import path

from tests.live.asking import ask, said


@login_not_required
def seen(request, **_):
    return JsonResponse(
        {
            "address": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "host": request.get_host(),
            "claims": sorted(name for name in request.META if "FORWARDED" in name),
            "streams": isinstance(request, ASGIRequest),
        }
    )


urlpatterns = [
    path("seen/", seen),
    path("bulletins/<str:ref>/files/<uuid:file>/", seen),
    path("bulletins/drafts/<uuid:draft>/files/<uuid:file>/", seen),
]

PERSON, PROXY, STRANGER = b"203.0.113.7", "10.0.0.2", "198.51.100.9"
FILE = "0b9c7d7e-5d0c-4b0e-9f57-2f0a3c1f9d11"
CLAIMS = [
    (b"x-forwarded-for", b"192.0.2.66"),
    (b"x-forwarded-for", PERSON),
    (b"x-forwarded-proto", b"https"),
    (b"x-forwarded-host", b"evil.example"),
    (b"x-real-ip", b"192.0.2.66"),
]


@pytest.fixture
def roads(settings, transactional_db):
    from iswg.asgi import application

    settings.ROOT_URLCONF = __name__
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    return application


async def test_a_proxy_we_trust_says_who_comes_and_how(roads):
    found = said(await ask(roads, "/seen/", client=[PROXY, 1], headers=CLAIMS))
    assert found["address"] == PERSON.decode()
    assert found["secure"] is True
    assert found["host"] == "testserver"
    assert found["claims"] == ["HTTP_X_FORWARDED_PROTO"]


async def test_anybody_else_is_believed_nothing(roads):
    found = said(await ask(roads, "/seen/", client=[STRANGER, 1], headers=CLAIMS))
    assert found["address"] == STRANGER
    assert found["secure"] is False
    assert found["claims"] == []


@pytest.mark.parametrize(
    ("address", "streams"),
    [
        (f"/bulletins/B-7KQF2/files/{FILE}/", True),
        (f"/bulletins/drafts/{FILE}/files/{FILE}/", False),
        ("/seen/", False),
    ],
)
async def test_only_a_download_streams(roads, address, streams):
    assert said(await ask(roads, address))["streams"] is streams
