"""One process that brings the tables, and the static files when asked, up to date.

Runs in the virtual environment for `dev.py run`. Its exit code says whether anybody has an
account yet: 0 somebody, 3 nobody.
"""

import os
import sys

NOBODY = 3


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "iswg.settings"
    import django
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    if "--static" in sys.argv:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    return 0 if get_user_model().objects.exists() else NOBODY


if __name__ == "__main__":
    sys.exit(main())
