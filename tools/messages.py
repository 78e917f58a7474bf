"""The French catalogue: collect what is marked for translation, compile it, see what is missing.

    python3 dev.py messages            collect into django.po, compile django.mo
    python3 dev.py messages --check    only look; fails for anything missing, fuzzy or stale

The first prints what is still to translate. Write the French into django.po with plain
apostrophes and spaces and run it again: it sets them as French wants them and compiles.

Babel does the work, with Django's `templatize` for templates, so that GNU gettext need not be
installed. Runs in the virtual environment.
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PACKAGES = (
    "iswg",
    "wording",
    "papers",
    "access",
    "activity",
    "accounts",
    "vault",
    "bulletins",
    "discussions",
    "meetings",
    "mous",
)
KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext")
}
KEYWORDS |= {"gettext_noop": None, "npgettext_lazy": DEFAULT_KEYWORDS["npgettext"]}

STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"(?:\b(?:n?p?gettext)|\b_)\({STRING}(?:,\s*{STRING})*(?:,\s*count)?\)")


def sources() -> Iterator[tuple[str, str]]:
    """Each file with marked words: its path, and Python that holds the marked calls."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield _short(path), path.read_text(encoding="utf-8")
    folders = [ROOT / "templates", *(ROOT / package / "templates" for package in PACKAGES)]
    for folder in folders:
        for suffix in ("html", "txt", "svg"):
            for path in sorted(folder.rglob(f"*.{suffix}")):
                yield _short(path), _calls(path)


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _calls(path: Path) -> str:
    """Only the calls of a template, on their own lines: the rest of it is no Python at all."""
    text = templatize(path.read_text(encoding="utf-8"), origin=_short(path))
    return "\n".join("; ".join(CALL.findall(line)) for line in text.splitlines())


def collect() -> Catalog:
    """Every marked message of the project, with the files it stands in."""
    found = Catalog(locale="fr", charset="utf-8")
    for path, text in sources():
        file = io.BytesIO(text.encode())
        for _, words, comments, context in extract(
            "python", file, KEYWORDS, ("Translators",), {"encoding": "utf-8"}
        ):
            # No line numbers: a catalogue should change when the words do.
            found.add(words, locations=[(path, 0)], auto_comments=comments, context=context)
    return found


def read() -> Catalog:
    if not PO.exists():
        # The first edition is dated so that a second one differs by its words alone.
        first = datetime(2026, 1, 1, tzinfo=UTC)
        return Catalog(
            locale="fr", project="ISWG portal", version="1", charset="utf-8", fuzzy=False,
            header_comment="# The French words of the ISWG portal (dev.py messages keeps it).",
            creation_date=first, revision_date=first, msgid_bugs_address="CONTRIBUTING.md",
            last_translator="ISWG portal", language_team="French",
        )  # fmt: skip
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def written(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=100, ignore_obsolete=True, include_lineno=False, sort_output=True)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def typeset(words: str) -> str:
    """French as it is set: the curved apostrophe, and narrow spaces that do not break before
    ; : ! ? and inside guillemets."""
    words = words.replace("'", "\u2019")
    words = re.sub(r"[ \u00a0]+(?=[;:!?»])", "\u202f", words)
    return re.sub(r"«[ \u00a0]*(?=[^\u202f])", "«\u202f", words)


def update() -> int:
    """Bring django.po and django.mo up to date; words no longer used are dropped."""
    catalog = read()
    catalog.update(collect(), no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    for message in catalog:
        if message.id:
            message.string = _each(typeset, message.string)
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(written(catalog))
    PO.with_suffix(".mo").write_bytes(compiled(read()))
    missing = [message.id for message in catalog if message.id and not _translated(message)]
    print(*map(repr, missing), sep="\n", end="\n" if missing else "")
    print(f"{len(catalog)} messages, {len(missing)} to translate in {_short(PO)}")
    return 0


def check() -> int:
    """Say each thing that would show an English word, or a wrong one, on a French page."""
    catalog = read()
    faults = [
        f"not collected (run: python3 dev.py messages): {message.id!r}"
        for message in collect()
        if message.id and catalog.get(message.id, message.context) is None
    ]
    for message in catalog:
        if message.id:
            faults += [f"{fault}: {message.id!r}" for fault in _faults(message, catalog)]
    mo = PO.with_suffix(".mo")
    if not faults and (not mo.exists() or mo.read_bytes() != compiled(catalog)):
        faults.append("django.mo is not what django.po says (run: python3 dev.py messages)")
    print("\n".join(faults) or f"{len(catalog)} messages, all in French")
    return 1 if faults else 0


def _faults(message: Message, catalog: Catalog) -> Iterator[str]:
    if message.fuzzy:
        yield "fuzzy"
    if not _translated(message):
        yield "untranslated"
        return
    for fault in message.check(catalog):
        yield str(fault)
    if _each(typeset, message.string) != message.string:
        yield "not set as French is (run: python3 dev.py messages)"
    if _tags(message.id) != _tags(message.string):
        yield "other HTML tags than the English"


def _each(change: Callable[[str], str], words: Any) -> Any:
    """One form, or each of the plural forms; what is not translated stays so."""
    if not words or isinstance(words, str):
        return change(words) if words else words
    return tuple(change(form) if form else form for form in words)


def _translated(message: Message) -> bool:
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms)


def _tags(words: str | list[str] | tuple[str, ...]) -> set[str]:
    forms = [words] if isinstance(words, str) else words
    return {tag for form in forms for tag in re.findall(r"</?[a-z][^>]*>", form)}


if __name__ == "__main__":
    sys.exit(check() if "--check" in sys.argv else update())
