"""A production environment as an operator would write it, with keys made for the moment.

`manage.py check --deploy` runs in it, so that a setting that is safe only by accident of
the development defaults is noticed.
"""

import base64
import secrets


def profile() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "ISWG_ENV": "production",
        "ISWG_SECRET_KEY": secrets.token_urlsafe(48),
        "ISWG_PEPPER": f"1:{key()}",
        "ISWG_JOURNAL_KEY": key(),
        "ISWG_HOSTS": "iswg.example.org",
        "ISWG_ORIGIN": "https://iswg.example.org",
        "ISWG_TRUSTED_PROXIES": "127.0.0.1",
        "ISWG_FROM_EMAIL": "ISWG portal <portal@example.org>",
        "DATABASE_URL": "postgresql://iswg@localhost/iswg",
        "REDIS_URL": "redis://localhost:6379/0",
        "EMAIL_URL": "submission://portal:not-a-password@mail.example.org",
    }
