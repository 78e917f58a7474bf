"""Pages run in one hop: what a view sees and says is what it would be under any server."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpResponse, JsonResponse
from django.test import override_settings
from django.urls import path

from iswg.onehop import MAX_BODY, OneHop
from tests.live.asking import ask, said


def seen(request):
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "query": request.GET.dict(),
            "form": request.POST.dict(),
            "files": {name: file.size for name, file in request.FILES.items()},
            "cookies": request.COOKIES,
            "address": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "accepts": request.headers.get("Accept-Language"),
            "names": sorted(name for name in request.META if name.startswith("HTTP_X")),
        }
    )


def two_cookies(request):
    response = HttpResponse("ok")
    response.set_cookie("one", "1", httponly=True)
    response.set_cookie("two", "2", samesite="Lax")
    return response


def database(request):
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return JsonResponse(
            {"connection": id(connection.connection), "thread": threading.get_ident()}
        )


def half_done(request):
    """A view that leaves its connection in the middle of something."""
    connection.set_autocommit(False)
    return HttpResponse("ok")


def cut(request):
    """As after a restart of the database: the connection is dead, and nobody has noticed."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        pid = cursor.fetchone()[0]
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("select pg_terminate_backend(%s)", [pid])
    return HttpResponse("ok")


def failing(request):
    raise ValueError("words of a member")


def slow(request):
    gate.wait(10)
    return HttpResponse("ok")


gate = threading.Event()
urlpatterns = [
    path("seen/", seen),
    path("seen/<str:name>/", lambda request, name: HttpResponse(name)),
    path("two-cookies/", two_cookies),
    path("database/", database),
    path("half-done/", half_done),
    path("cut/", cut),
    path("failing/", failing),
    path("slow/", slow),
    path("nothing/", lambda request: HttpResponse(status=204)),
]


@pytest.fixture
def pages():
    with override_settings(
        ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["testserver"], TEMPLATES=[]
    ):
        app = OneHop(WSGIHandler(), threads=2)
        yield app
        together = threading.Barrier(2)
        for _ in range(2):
            app.pool.submit(lambda: (connection.close(), together.wait(5)))
        app.pool.shutdown()


FORM = (b"content-type", b"application/x-www-form-urlencoded")


class TestWhatAViewSees:
    async def test_method_path_and_query(self, pages):
        found = said(await ask(pages, "/seen/?q=%C4%81lia&page=2"))
        assert (found["method"], found["path"]) == ("GET", "/seen/")
        assert found["query"] == {"q": "ālia", "page": "2"}

    async def test_a_path_with_accents_arrives_as_typed(self, pages):
        raw = b"/seen/p%C4%81laolo/"
        answer = await ask(pages, "/seen/pālaolo/", raw_path=raw)
        assert answer.body.decode() == "pālaolo"

    async def test_a_form(self, pages):
        answer = await ask(pages, "/seen/", method="POST", body=b"title=Yacht", headers=[FORM])
        assert said(answer)["form"] == {"title": "Yacht"}

    async def test_a_form_in_pieces_and_without_a_length(self, pages):
        body = b"title=" + b"y" * 50_000
        answer = await ask(pages, "/seen/", method="POST", body=body, pieces=7, headers=[FORM])
        assert len(said(answer)["form"]["title"]) == 50_000

    async def test_a_length_that_lies_is_not_believed(self, pages):
        lie = [FORM, (b"content-length", b"3")]
        answer = await ask(pages, "/seen/", method="POST", body=b"title=Yacht", headers=lie)
        assert said(answer)["form"] == {"title": "Yacht"}

    async def test_a_small_file(self, pages):
        body = (
            b"--x\r\nContent-Disposition: form-data; name=f; filename=a.txt\r\n\r\n"
            + b"z" * 60_000
            + b"\r\n--x--\r\n"
        )
        kind = (b"content-type", b"multipart/form-data; boundary=x")
        answer = await ask(pages, "/seen/", method="POST", body=body, headers=[kind])
        assert said(answer)["files"] == {"f": 60_000}

    async def test_cookies_of_several_headers(self, pages):
        headers = [(b"cookie", b"a=1"), (b"cookie", b"b=2")]
        assert said(await ask(pages, "/seen/", headers=headers))["cookies"] == {"a": "1", "b": "2"}

    async def test_the_address_and_the_scheme_are_those_of_the_scope(self, pages):
        found = said(await ask(pages, "/seen/", scheme="https"))
        assert (found["address"], found["secure"]) == ("203.0.113.7", True)

    async def test_a_header_cannot_pose_as_another(self, pages):
        """X_Real_Ip would become the same name as X-Real-Ip."""
        headers = [(b"x_forwarded_for", b"198.51.100.1"), (b"x-request-id", b"7")]
        assert said(await ask(pages, "/seen/", headers=headers))["names"] == ["HTTP_X_REQUEST_ID"]


class TestWhatAViewSays:
    async def test_each_cookie_is_a_header_of_its_own(self, pages):
        answer = await ask(pages, "/two-cookies/")
        cookies = [SimpleCookie(v.decode()) for n, v in answer.headers if n == b"set-cookie"]
        assert [list(cookie) for cookie in cookies] == [["one"], ["two"]]
        assert cookies[0]["one"]["httponly"]

    async def test_head_has_the_headers_and_no_body(self, pages):
        whole = await ask(pages, "/seen/", method="GET")
        head = await ask(pages, "/seen/", method="HEAD")
        assert (head.status, head.body) == (200, b"")
        assert dict(head.headers)[b"content-type"] == dict(whole.headers)[b"content-type"]

    async def test_each_request_has_a_beginning_and_an_end(self, pages):
        heard = []
        begin, end = lambda **_: heard.append("begin"), lambda **_: heard.append("end")
        request_started.connect(begin)
        request_finished.connect(end)
        try:
            await ask(pages, "/seen/")
            await ask(pages, "/failing/")
        finally:
            request_started.disconnect(begin)
            request_finished.disconnect(end)
        assert heard == ["begin", "end"] * 2

    async def test_no_content_is_no_content(self, pages):
        answer = await ask(pages, "/nothing/")
        assert (answer.status, answer.body) == (204, b"")

    async def test_a_page_that_does_not_exist(self, pages):
        assert (await ask(pages, "/nowhere/")).status == 404

    async def test_a_failing_view_is_a_500_without_its_words(self, pages):
        answer = await ask(pages, "/failing/")
        assert answer.status == 500
        assert b"words of a member" not in answer.body

    async def test_a_failing_stack_is_a_500_in_words(self):
        def broken(environ, start_response):
            raise RuntimeError("words of a member")

        answer = await ask(OneHop(broken, threads=1), "/")
        assert answer.status == 500
        assert b"Something went wrong on our side" in answer.body


class TestBounds:
    async def test_what_no_page_says_carries_the_headers_of_every_page(self, pages, monkeypatch):
        body = b"title=" + b"y" * MAX_BODY
        too_large = await ask(pages, "/seen/", method="POST", body=body, headers=[FORM])
        broken = await ask(OneHop(None), "/seen/")
        monkeypatch.setattr("iswg.onehop.MAX_WAITING", 0)
        busy = await ask(pages, "/seen/")
        for answer, status in ((too_large, 413), (busy, 503), (broken, 500)):
            headers = dict(answer.headers)
            assert answer.status == status
            assert headers[b"content-security-policy"].startswith(b"default-src 'none'")
            assert headers[b"x-content-type-options"] == b"nosniff"
            assert headers[b"cache-control"] == b"no-store"

    async def test_a_host_that_is_not_ours_is_refused_with_the_same_headers(self):
        """In production that refusal comes from before the middleware that writes them."""
        with override_settings(SECURE_SSL_REDIRECT=True):
            answer = await ask(OneHop(WSGIHandler()), "/seen/", headers=[(b"host", b"evil.test")])
        assert answer.status == 400
        names = [name for name, _value in answer.headers]
        assert names.count(b"content-security-policy") == 1
        assert names.count(b"x-content-type-options") == 1

    async def test_a_body_at_the_limit_is_read(self, pages):
        body = b"title=" + b"y" * (MAX_BODY - 6)
        answer = await ask(pages, "/seen/", method="POST", body=body, pieces=9, headers=[FORM])
        assert answer.status == 200

    async def test_a_byte_more_is_not(self, pages):
        body = b"title=" + b"y" * (MAX_BODY - 5)
        answer = await ask(pages, "/seen/", method="POST", body=body, pieces=9, headers=[FORM])
        assert answer.status == 413

    async def test_who_leaves_while_sending_is_not_answered(self, pages):
        said_to_nobody = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            said_to_nobody.append(message)

        await pages({"type": "http", "method": "POST"}, receive, send)
        assert said_to_nobody == []

    async def test_more_waiting_than_can_be_served_are_told_so(self, pages, monkeypatch):
        monkeypatch.setattr("iswg.onehop.MAX_WAITING", 3)
        gate.clear()
        waiting = [asyncio.create_task(ask(pages, "/slow/")) for _ in range(3)]
        await asyncio.sleep(0.1)
        late = await ask(pages, "/slow/")
        assert (late.status, dict(late.headers)[b"retry-after"]) == (503, b"5")
        gate.set()
        assert [answer.status for answer in await asyncio.gather(*waiting)] == [200] * 3
        assert (await ask(pages, "/seen/")).status == 200


@pytest.mark.django_db(transaction=True)
class TestConnections:
    async def test_threads_keep_their_connections(self, pages):
        answers = await asyncio.gather(*[ask(pages, "/database/") for _ in range(20)])
        found = {tuple(said(answer).values()) for answer in answers}
        assert 1 <= len(found) <= 2

    async def test_a_connection_left_in_the_middle_of_something_is_not_used_again(self, pages):
        for _ in range(4):
            assert (await ask(pages, "/half-done/")).status == 200
        answers = [await ask(pages, "/database/") for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 8

    async def test_a_connection_that_died_is_replaced_before_anybody_meets_it(
        self, pages, on_postgres
    ):
        if not on_postgres:
            pytest.skip("a file does not hang up")
        for _ in range(4):
            assert (await ask(pages, "/cut/")).status == 200
        answers = [await ask(pages, "/database/") for _ in range(8)]
        assert [answer.status for answer in answers] == [200] * 8

    async def test_a_thread_that_is_not_ours_keeps_none(self, pages):
        """Threads of Django's own handler come and go; a kept connection would go with each."""

        def visit():
            connection.ensure_connection()
            close_old_connections()
            return connection.connection

        with ThreadPoolExecutor(1) as elsewhere:
            assert elsewhere.submit(visit).result() is None
        assert pages.pool.submit(visit).result() is not None
