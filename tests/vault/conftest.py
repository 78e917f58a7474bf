"""People with open vaults, for the tests of sessions."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from tests.factories import signed_in


@pytest.fixture
def fiji(world):
    return signed_in(world.fj)


@pytest.fixture
def with_factor(world):
    """Fiji's coordinator, with an authenticator app."""
    secret = "JBSWY3DPEHPK3PXP"
    data = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=world.fj, type=Authenticator.Type.TOTP, data=data)

    def code():
        counter = next(iter(yield_hotp_counters_from_time()))
        return format_hotp_value(hotp_value(secret, counter))

    return code
