"""A whole quarter in real browsers: from finding the date to minutes adopted in the next meeting.

The Secretariat officer, and representatives in Suva, Koror, Wellington and Pago Pago, who are never
on one date together. Each step looks at what each of them sees, in the days and hours of there.
"""

import pytest

from tests.browser.quarter import Cast
from tests.browser.quarter_after import adopted, commented, minuted, registered
from tests.browser.quarter_before import (
    Quarter,
    asked,
    called,
    dated,
    papered,
    planned,
    put_on_agenda,
)
from tests.browser.quarter_held import (
    agreed,
    came_late,
    closed,
    decided_apart,
    opened,
    refused_without_quorum,
    spoken,
    voted,
)


@pytest.fixture
def cast(browser, portal):
    found = Cast(browser, portal)
    yield found
    found.close()


def test_a_quarter_is_played_from_finding_the_date_to_adopted_minutes(cast, tmp_path):
    quarter = Quarter(cast)
    planned(quarter)
    asked(quarter)
    dated(quarter)
    called(quarter)
    put_on_agenda(quarter)
    papered(quarter, tmp_path)
    opened(quarter)
    refused_without_quorum(quarter)
    came_late(quarter)
    agreed(quarter)
    spoken(quarter)
    voted(quarter)
    decided_apart(quarter)
    closed(quarter)
    minuted(quarter)
    commented(quarter)
    adopted(quarter)
    registered(quarter)
