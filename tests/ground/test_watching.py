"""What machines may ask: strangers learn whether the portal works, the operator learns why not."""

import json

import pytest

from activity import gauges, heartbeat

pytestmark = pytest.mark.django_db

STRANGER = {"REMOTE_ADDR": "203.0.113.9"}
TOKEN = "a long random word of the operator"


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_a_stranger_is_told_that_something_is_wrong_and_not_what(client, data_dir):
    answer = client.get("/readyz", **STRANGER)
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"ok": False}
    heartbeat.beat()
    answer = client.get("/readyz", **STRANGER)
    assert answer.status_code in (200, 503)  # without the test run's Redis it may lack a layer
    assert set(json.loads(answer.content)) == {"ok"}


@pytest.mark.parametrize(
    "asker", [{"REMOTE_ADDR": "127.0.0.1"}, {**STRANGER, "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}]
)
def test_the_operator_is_told_which_part(client, data_dir, asker):
    told = json.loads(client.get("/readyz", **asker).content)
    assert told["ok"] is False
    assert told["database"] is True
    assert told["worker"] is False


@pytest.mark.parametrize("word", ["", "Bearer ", "Bearer another", TOKEN[:-1]])
def test_another_word_is_no_token(client, word):
    told = client.get("/readyz", **STRANGER, HTTP_AUTHORIZATION=word)
    assert set(json.loads(told.content)) == {"ok"}
    assert client.get("/metrics", **STRANGER, HTTP_AUTHORIZATION=word).status_code == 404


def test_without_a_token_in_the_settings_an_empty_one_is_none(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", **STRANGER, HTTP_AUTHORIZATION="Bearer ").status_code == 404


def test_a_proxy_that_speaks_for_a_stranger_is_not_this_machine(client, settings):
    settings.PRODUCTION, settings.TRUSTED_PROXIES = True, ["127.0.0.1"]
    answer = client.get("/metrics", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert answer.status_code == 404


def test_the_figures_are_numbers_with_a_name_and_a_kind(client):
    gauges.show("sockets", 7)
    gauges.count("answers_2xx")
    answer = client.get("/metrics", REMOTE_ADDR="127.0.0.1")
    lines = answer.content.decode().splitlines()
    figures = dict(line.split(" ") for line in lines if not line.startswith("#"))
    kinds = {line.split(" ")[2]: line.split(" ")[3] for line in lines if line.startswith("#")}
    assert figures["iswg_sockets"] == "7"
    assert kinds.keys() == figures.keys()
    assert kinds["iswg_answers_2xx_total"] == "counter"
    for name in ("mail_waiting", "hub_delay_seconds", "pages_waiting", "worker_alive"):
        assert float(figures[f"iswg_{name}"]) >= 0
