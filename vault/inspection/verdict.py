"""What the inspection says about a file: codes for the database, sentences for people.

A verdict never holds the file's name or a word of its content, so it may be stored and logged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class Reason(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    TOO_MUCH_WORK = "too-much-work"
    NAME_HIDDEN_CHARACTERS = "name-hidden-characters"
    NAME_OF_PROGRAM = "name-of-program"
    NAME_HIDES_PROGRAM = "name-hides-program"
    PROGRAM = "program"
    PROGRAM_DISGUISED = "program-disguised"
    PROGRAM_PACKED = "program-packed"
    WEB_PAGE = "web-page"
    SVG = "svg"
    WRONG_NAME = "wrong-name"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"
    TWO_IN_ONE = "two-in-one"
    EXTRA_DATA = "extra-data"
    PICTURE_TOO_LARGE = "picture-too-large"
    TOO_MANY_FRAMES = "too-many-frames"
    LOCKED = "locked"
    OLD_OFFICE = "old-office"
    OLD_OFFICE_MACROS = "old-office-macros"
    MACROS = "macros"
    OUTSIDE_CONTENT = "outside-content"
    EMBEDDED_OBJECT = "embedded-object"
    DDE = "dde"
    XML_ENTITIES = "xml-entities"
    XML_ENCODING = "xml-encoding"
    PDF_ACTIVE = "pdf-active"
    PDF_EMBEDDED = "pdf-embedded"
    PDF_UNREADABLE = "pdf-unreadable"
    ZIP_BOMB = "zip-bomb"
    ZIP_TOO_MANY = "zip-too-many"
    ZIP_OVERLAP = "zip-overlap"
    ZIP_ODD = "zip-odd"
    ZIP_NAME = "zip-name"
    ZIP_NESTED = "zip-nested"
    TEXT_CONTROLS = "text-controls"

    @property
    def sentence(self) -> Promise | str:
        """The sentence with places for words; `Verdict.sentence` fills them."""
        from vault.inspection.sentences import REFUSALS

        return REFUSALS[self]


class NoteCode(StrEnum):
    """What the author should know about a file that is accepted."""

    POSITION_REMOVED = "position-removed"
    CAMERA_REMOVED = "camera-removed"
    AUTHOR_REMOVED = "author-removed"
    COMMENT_REMOVED = "comment-removed"
    PROPERTIES_REMOVED = "properties-removed"
    THUMBNAIL_REMOVED = "thumbnail-removed"
    EXTRA_DATA_REMOVED = "extra-data-removed"
    SYSTEM_FILES_REMOVED = "system-files-removed"
    POSITION_MAY_REMAIN = "position-may-remain"
    PDF_KEEPS_AUTHOR = "pdf-keeps-author"
    PDF_KEEPS_PROPERTIES = "pdf-keeps-properties"
    PDF_KEEPS_PICTURE_DATA = "pdf-keeps-picture-data"
    FORMULA_CELLS = "formula-cells"
    LINKED_WORKBOOK = "linked-workbook"
    LINKS_TO_FILES = "links-to-files"
    MAP_FETCHES = "map-fetches"
    SEALED_BY_SENDER = "sealed-by-sender"


@dataclass(frozen=True)
class Note:
    """One thing the author is told, as a code with its sentence."""

    code: NoteCode

    @property
    def sentence(self) -> Promise | str:
        from vault.inspection.sentences import NOTES

        return NOTES[self.code]


@dataclass(frozen=True)
class Verdict:
    """What a file is, whether it may be attached, and what it says about its author.

    `kind` is what the content is, whatever the name says; empty if that could not be told.
    `has_metadata` is true when the file carries properties of its author, camera or place,
    including those of a PDF, which stay. `needs_cleaning` is true when `clean` takes something
    out: then the cleaned bytes, not the given ones, are what may be kept.
    """

    kind: str
    media_type: str
    refused: str | None = None
    notes: tuple[Note, ...] = ()
    has_metadata: bool = False
    needs_cleaning: bool = False
    inside: bool = False  # the refusal is about a file packed in this one
    words: tuple[tuple[str, str], ...] = ()  # codes of the words that the sentence names

    @property
    def sentence(self) -> Promise | str:
        """Why the file is refused, in plain words; empty when it is not."""
        if self.refused is None:
            return ""
        from vault.inspection.kinds import label

        words: dict[str, Any] = {place: label(code) for place, code in self.words}
        plain: Any = Reason(self.refused).sentence  # lazy, which the function takes as a string
        said = format_lazy(plain, **words)
        if not self.inside:
            return said
        return format_lazy(_("One of the files inside this one is refused: {said}"), said=said)

    def as_data(self) -> dict[str, Any]:
        """The verdict as plain data for JSON; `from_data` reads it back."""
        return {
            "kind": self.kind,
            "media_type": self.media_type,
            "refused": self.refused,
            "notes": [note.code.value for note in self.notes],
            "has_metadata": self.has_metadata,
            "needs_cleaning": self.needs_cleaning,
            "inside": self.inside,
            "words": dict(self.words),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Verdict":
        notes = tuple(Note(NoteCode(code)) for code in data["notes"])
        words = tuple(sorted(data["words"].items()))
        return cls(**{**data, "notes": notes, "words": words})


class Refused(Exception):
    """Stops an inspection. Carries codes only, never a name or content."""

    def __init__(self, reason: Reason, **words: str) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.words = words
        self.inside = False


@dataclass
class Finding:
    """What the reader of one format found: notes in order, and how to clean if there is need."""

    kind: str
    notes: list[NoteCode] = field(default_factory=list)
    cleaner: Callable[[], Iterator[bytes]] | None = None
    keeps_metadata: bool = False  # has properties that cleaning leaves in place

    def note(self, *codes: NoteCode) -> None:
        self.notes.extend(code for code in codes if code not in self.notes)
