"""A meeting in the portal that the browsers look at, made by the services in a process of its own.

prepared(portal, "FJ", "VU") -> {"ref": ..., "items": [...]}
"""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TITLES = ["Opening and apologies", "Kwoltrip: who follows it up", "Next meeting"]
LEAD = "The **quombat** hull was seen twice off Neiafu.\n\n* Fiji has the photographs\n* Tonga asks"


def prepared(portal: Any, *codes: str, chair: str = "FJ") -> dict[str, Any]:
    """A meeting of these administrations with three items; the last is closed to the first code
    and the Secretariat."""
    from tools import development

    with pytest.MonkeyPatch.context() as patch:
        # As the portal itself was started: with nothing of what the tests run under.
        for name in [n for n in os.environ if n.startswith("ISWG_") or n.endswith("_URL")]:
            patch.delenv(name)
        patch.setenv("ISWG_DATA_DIR", str(portal.data_dir))
        patch.setenv("DJANGO_SETTINGS_MODULE", "iswg.settings")
        env = development.environment(0)
    command = [sys.executable, "-m", "tests.browser.sitting", chair, *codes]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _prepare(chair: str, codes: list[str]) -> dict[str, Any]:
    from uuid import uuid4

    from django.utils import timezone

    from access.actors import current_actor
    from access.roles import Role
    from accounts.models import Appointment, User
    from meetings.models import Group
    from meetings.services.agenda import add_item
    from meetings.services.series import plan_meeting
    from vault.epochs import open_vault
    from vault.slots import open_passphrase

    phrase = Path(os.environ["ISWG_DEMO_PASSPHRASE_FILE"]).read_text().strip()
    officer = User.objects.get(
        pk=Appointment.objects.filter(role=Role.SECRETARIAT).values_list("user", flat=True)[0]
    )
    both = {
        "actor": current_actor(officer.pk),
        "vault": open_vault(officer, open_passphrase(officer, phrase)),
    }
    group, _made = Group.objects.get_or_create(
        pk="ROOM", defaults={"name": "Those in the room", "name_fr": "Salle", "counting": "listed"}
    )
    meeting = plan_meeting(
        **both, meeting_id=uuid4(), group=group, kind="extraordinary", fiscal_year="2026-27",
        title="Session on the quombat", zone="Pacific/Fiji", chair=chair, participants=codes,
        day=timezone.localdate() + datetime.timedelta(days=3), clock=datetime.time(11, 0),
    )  # fmt: skip
    items = [
        add_item(**both, meeting=meeting, title=title, lead=LEAD if place == 1 else "",
                 minutes=25, presenter=chair, closed_to=[codes[0]] if place == 2 else [])
        for place, title in enumerate(TITLES)
    ]  # fmt: skip
    return {"ref": meeting.ref, "items": [str(one.uuid) for one in items], "officer": officer.email}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_prepare(sys.argv[1], sys.argv[2:])))
