"""Goal 13: what a first visit weighs, counted by a browser with an empty cache.

`python -m tests.benchmarks.weight` with a portal's address, a person and the phrase.
"""

from __future__ import annotations

import json
import shutil
import sys

from tests.browser.conftest import CHROMIUM, FLAGS


def measure(url: str, login: str, phrase: str) -> dict[str, dict[str, int]]:
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        return {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            return _visits(browser, url, login, phrase)
        finally:
            browser.close()


def _visits(browser, url: str, login: str, phrase: str) -> dict[str, dict[str, int]]:
    gate = browser.new_context(base_url=url).new_page()
    found = {"sign-in, cold": weigh(gate, "/sign-in/")}
    gate.fill("[name=login]", login)
    gate.fill("[name=password]", phrase)
    gate.press("[name=password]", "Enter")
    gate.wait_for_url(url + "/")
    cold = browser.new_context(base_url=url, storage_state=gate.context.storage_state()).new_page()
    found["home, cold"] = weigh(cold, "/")
    found["list, warm"] = weigh(cold, "/bulletins/")
    return found


def weigh(page, address: str) -> dict[str, int]:
    """Requests, bytes on the wire, and bytes of the HTML answer."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, int] = {}
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]}),
    )
    page.goto(address, wait_until="networkidle")
    session.detach()
    html = sum(size for request, size in sizes.items() if kinds.get(request) == "Document")
    sent = [size for size in sizes.values() if size]
    return {"requests": len(sent), "bytes": sum(sent), "html": html}


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:4])))
