"""`manage.py check --deploy` in an environment as an operator would write it.

The keys are made for the moment. A setting that is safe only by accident of the development
defaults is noticed here. Runs in the virtual environment.
"""

import base64
import os
import secrets
import sys
import tempfile

# What these two find is a matter of the machine, and this is not the machine.
OF_THE_MACHINE = ["iswg.E001", "iswg.E002"]


def profile(data_dir: str) -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "ISWG_ENV": "production",
        "ISWG_SECRET_KEY": secrets.token_urlsafe(48),
        "ISWG_PEPPER": f"1:{key()}",
        "ISWG_JOURNAL_KEY": key(),
        "ISWG_HOSTS": "iswg.example.org",
        "ISWG_ORIGIN": "https://iswg.example.org",
        "ISWG_DATA_DIR": data_dir,
        "ISWG_TRUSTED_PROXIES": "127.0.0.1",
        "ISWG_FROM_EMAIL": "ISWG portal <portal@example.org>",
        "ISWG_SECURITY_CONTACT": "security@example.org",
        "DATABASE_URL": "postgresql://iswg@localhost/iswg",
        "REDIS_URL": "redis://localhost:6379/0",
        "EMAIL_URL": "submission://portal:not-a-password@mail.example.org",
        "DJANGO_SETTINGS_MODULE": "iswg.settings",
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("ISWG_")]:
            del os.environ[name]
        os.environ.update(profile(folder))
        import django
        from django.conf import settings
        from django.core.management import call_command

        settings.SILENCED_SYSTEM_CHECKS = [*settings.SILENCED_SYSTEM_CHECKS, *OF_THE_MACHINE]
        django.setup()
        call_command("check", deploy=True, fail_level="WARNING")


if __name__ == "__main__":
    sys.exit(main())
