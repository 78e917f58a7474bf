"""A ZIP file: a document, a program or a plain bundle; every file inside is looked at."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from vault.inspection.inflate import open_member, unpacked
from vault.inspection.limits import MAX_DEPTH
from vault.inspection.odf import MIMETYPE, examine_odf
from vault.inspection.ooxml import CONTENT_TYPES, examine_ooxml
from vault.inspection.package import Examine
from vault.inspection.rezip import Drop, Keep, rewrite
from vault.inspection.source import Source
from vault.inspection.verdict import Finding, NoteCode, Reason, Refused
from vault.inspection.zips import Entry, read_entries

# Looks at a packed file by name as well: (source, name, depth) -> finding.
ExamineNamed = Callable[[Source, str, int], Finding]

_ANDROID: Final = frozenset({"AndroidManifest.xml", "classes.dex", "resources.arsc"})
_WINDOWS: Final = frozenset({"AppxManifest.xml", "AppxBlockMap.xml"})
_LITTER: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def examine_zip(source: Source, named: ExamineNamed, content: Examine, depth: int) -> Finding:
    """What the ZIP file is, by what lies in it."""
    entries = read_entries(source)
    names = {entry.name for entry in entries}
    _refuse_programs(names)
    if depth > MAX_DEPTH:
        raise Refused(Reason.ZIP_NESTED)
    if CONTENT_TYPES in names:
        return examine_ooxml(source, entries, content, depth)
    if entries and entries[0].name == MIMETYPE:
        return examine_odf(source, entries, content, depth)
    if depth:
        raise Refused(Reason.ZIP_NESTED)
    return _Bundle(source, entries, named, depth).examine()


def _refuse_programs(names: set[str]) -> None:
    if names & _ANDROID:
        raise Refused(Reason.PROGRAM_PACKED, found="android-program")
    if names & _WINDOWS:
        raise Refused(Reason.PROGRAM_PACKED, found="windows-installer")
    java = "META-INF/MANIFEST.MF" in names or "WEB-INF/web.xml" in names
    if java or any(name.endswith(".class") for name in names):
        raise Refused(Reason.PROGRAM_PACKED, found="java-program")


class _Bundle:
    """A plain ZIP file being read."""

    def __init__(
        self, source: Source, entries: list[Entry], named: ExamineNamed, depth: int
    ) -> None:
        self.source, self.entries, self.named, self.depth = source, entries, named, depth
        self.finding = Finding("zip")
        self.to_clean: set[str] = set()
        self.to_drop: set[str] = set()

    def examine(self) -> Finding:
        files = [entry for entry in self.entries if not entry.is_folder]
        if not files:
            raise Refused(Reason.EMPTY)
        for entry in self.entries:
            if _is_litter(entry):
                self.to_drop.add(entry.name)
                self.finding.note(NoteCode.SYSTEM_FILES_REMOVED)
            elif not entry.is_folder:
                self._member(entry)
        if self.to_clean or self.to_drop:
            self.finding.cleaner = lambda: rewrite(self.source, self.entries, self._fate)
        return self.finding

    def _member(self, entry: Entry) -> None:
        for _piece in unpacked(self.source, entry):
            pass  # size and sum must be right before anybody jumps about in it
        if not entry.size:
            return  # an empty file inside does no harm
        try:
            found = self._look(entry)
        except Refused as refused:
            refused.inside = True
            raise
        self.finding.note(*found.notes)
        self.finding.keeps_metadata |= found.keeps_metadata
        if found.cleaner:
            self.to_clean.add(entry.name)

    def _look(self, entry: Entry) -> Finding:
        return self.named(open_member(self.source, entry), entry.base, self.depth + 1)

    def _fate(self, entry: Entry) -> Keep | Drop | Iterable[bytes]:
        if entry.name in self.to_drop:
            return Drop()
        return self._cleaned(entry) if entry.name in self.to_clean else Keep()

    def _cleaned(self, entry: Entry) -> Iterator[bytes]:
        found = self._look(entry)
        assert found.cleaner is not None  # it had one a moment ago, and nothing has changed
        return found.cleaner()


def _is_litter(entry: Entry) -> bool:
    """What computers leave in folders by themselves. It is left out, so it is not looked at."""
    return entry.name.startswith("__MACOSX/") or entry.base.casefold() in _LITTER
