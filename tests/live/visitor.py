"""Somebody with a browser in front of the real server: cookies, tokens, and nothing else."""

import http.client
import json
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.factories import PHRASE
from vault.crypto.stream import CHUNK


class Visitor:
    def __init__(self, server, user=None):
        self.port, self.cookies = server.port, {}
        self.wire = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        if user is not None:
            self.sign_in(user)

    def ask(self, method, path, body=b"", **headers) -> http.client.HTTPResponse:
        """The answer as it comes; its body is still to be read."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        token = {"X-CSRFToken": self.cookies.get("iswg-csrf", "")}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.wire.request(method, path, body or None, {"Cookie": cookies, **token, **names})
        answer = self.wire.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    def read(self, method, path, body=b"", **headers) -> tuple[int, bytes]:
        answer = self.ask(method, path, body, **headers)
        return answer.status, answer.read()

    def post(self, path, **fields) -> tuple[int, bytes]:
        kind = "application/x-www-form-urlencoded"
        return self.read("POST", path, urlencode(fields, doseq=True).encode(), Content_Type=kind)

    def sign_in(self, user) -> None:
        self.read("GET", "/sign-in/")
        status, _page = self.post("/sign-in/", login=user.email, password=PHRASE)
        assert status == 302

    # Files

    def announce(self, draft_id, name, size) -> str:
        status, body = self.post(f"/bulletins/drafts/{draft_id}/files/", name=name, size=size)
        assert status == 201, body
        return json.loads(body)["url"]

    def put(self, url, at, piece) -> tuple[int, dict]:
        kind = "application/octet-stream"
        status, body = self.read("PUT", url, piece, Upload_Offset=str(at), Content_Type=kind)
        return status, json.loads(body)

    def how_far(self, url) -> dict:
        return json.loads(self.read("GET", url)[1])

    def send(self, draft_id, name, body) -> dict:
        """The whole file, piece by piece, to the answer that says it is done."""
        url, said = self.announce(draft_id, name, len(body)), {"offset": 0, "done": False}
        while not said["done"]:
            at = said["offset"]
            if at == len(body):
                said = self.how_far(url)
                continue
            status, said = self.put(url, at, body[at : at + CHUNK])
            assert status == 200, said
        return said

    def publish(self, draft_id, fields, version=1) -> str:
        """The address of the bulletin."""
        place = f"/bulletins/drafts/{draft_id}"
        assert self.post(f"{place}/", **fields, version=version, save="1")[0] == 302
        answer = self.ask(
            "POST", f"{place}/publish/", urlencode({"version": version + 1}).encode(),
            Content_Type="application/x-www-form-urlencoded",
        )  # fmt: skip
        answer.read()
        assert answer.status == 302
        return answer.headers["Location"]

    def file_address(self, bulletin) -> str:
        page = self.read("GET", bulletin)[1].decode()
        return re.search(r'href="([^"]+/files/[^"]+)"', page).group(1)
