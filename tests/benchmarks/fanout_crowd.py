"""A thread with real keys, and people with open sessions before it, for the live benchmarks.

`python -m tests.benchmarks.fanout_crowd SESSIONS` prepares the data folder (or the database) of
its environment and prints what a load client needs: cookies, the thread, the pin.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import replace

import django

CODES = ("FJ", "VU", "PW", "OCO")
PEOPLE = 40


def people_of(world) -> list:
    from access.roles import Role

    more = [
        world.colleague(CODES[number % 4], Role.CONTACT, name=f"officer{number}")
        for number in range(PEOPLE - 8)
    ]
    posts = ("coordinator", "contact")
    from tests.factories import person

    return [person(code, post) for code in CODES for post in posts] + more


def open_thread_of(world):
    from discussions.services.threads import open_thread

    return open_thread(
        actor=world.actor(world.fj),
        vault=world.vault(world.fj),
        topic="Sightings around the harbour",
        tlp="TLP:AMBER",
        participants=("VU", "PW", "OCO"),
        thread_id=uuid.uuid4(),
    )


def signed_in(user) -> str:
    """The cookies of a new session of this person, by the sign-in page."""
    from django.core.cache import cache
    from django.test import Client

    from tests.factories import sign_in

    cache.clear()  # the counters of attempts: this is not what they count
    client = Client(SERVER_NAME="localhost")
    sign_in(client, user)
    return "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())


def prepare(sessions: int) -> dict:
    from django.conf import settings

    from tests.factories import make_world

    world = make_world(settings)
    people, thread = people_of(world), open_thread_of(world)
    aside = open_thread_of(world)
    return {
        "pin": world.pin,
        "ref": thread.ref,
        "topic": f"thread:{thread.uuid}",
        "aside": {"ref": aside.ref, "topic": f"thread:{aside.uuid}"},
        "cookies": [signed_in(people[number % len(people)]) for number in range(sessions)],
    }


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iswg.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ARGON_COST = replace(settings.ARGON_COST, memory_kib=64, passes=1)
    settings.ALLOWED_HOSTS = ["localhost"]
    call_command("migrate", verbosity=0)
    print(json.dumps(prepare(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
