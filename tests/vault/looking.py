"""What a page sees of a vault, and the row behind it."""

from django.conf import settings

from vault.models import VaultSession

COOKIE = settings.VAULT_COOKIE_NAME


def seen(client, **headers):
    """What a page sees of the vault: `open FJ`, or `locked`."""
    return client.get("/seen/", headers=headers).content.decode()


def row_of(user):
    return VaultSession.objects.get(user=user, pending=False)
