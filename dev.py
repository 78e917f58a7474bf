#!/usr/bin/env python3
"""The two commands of this project, and a few for its maintainers. Needs only Python 3.11.

    python3 dev.py run [--empty]        a working site with demonstration data (PORT moves it)
    python3 dev.py test [-k WORD] [--fast]   everything that CI checks
    python3 dev.py tidy                 format code and templates as the tests want them
    python3 dev.py manage COMMAND ...   a manage.py command beside a running site
    python3 dev.py messages [--check]   French catalogue: collect, compile, or only look
    python3 dev.py lock [--upgrade]     pin requirements.in and requirements-dev.in
    python3 dev.py bench | shots        benchmarks table, screenshots

This file also runs on an old Python, to say so in a sentence; the work is in tools/.
"""

import os
import sys


def main():
    # Written so that an old Python can read it.
    if sys.version_info < (3, 11):  # noqa: UP036
        return "Python 3.11 or newer is needed; this is %s." % sys.version.split()[0]  # noqa: UP031
    if os.name != "posix":
        return "The development site runs on Linux and macOS; on Windows, use it inside WSL."
    from tools import commands

    return commands.dispatch(sys.argv[1:], __doc__)


if __name__ == "__main__":
    sys.exit(main())
