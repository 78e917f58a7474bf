"""XML inside documents: searched without expanding anything, parsed only where it is short.

No entity is ever defined, no outside file is ever read. Long parts are searched with bounded
expressions over pieces; the short ones that steer a document go through expat.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from xml.parsers import expat

from vault.inspection.limits import MAX_XML_DEPTH, MAX_XML_NAMES, MAX_XML_TOKEN
from vault.inspection.verdict import Reason, Refused

Attributes = dict[str, str]
OnElement = Callable[[str, Attributes], None]

_DECLARED: Final = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})")
# All of these agree with ASCII, on which the expressions rely.
_ENCODINGS: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"iso-8859-1", b"windows-1252"})
_DEFINITIONS: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
_OVERLAP: Final = 16


def local(name: str) -> str:
    """The name without its namespace or prefix."""
    return re.split(r"[ :]", name)[-1]


def check_encoding(head: bytes) -> None:
    """Refuse what would read differently for another program: UTF-16, UTF-7 and so on."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:64]:
        raise Refused(Reason.XML_ENCODING)
    met = _DECLARED.search(head[:512])
    if met and met.group(1).lower() not in _ENCODINGS:
        raise Refused(Reason.XML_ENCODING)


def guarded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces, refused at the first definition of a type or an entity."""
    tail, first = b"", True
    for piece in pieces:
        if first and piece:
            check_encoding(piece)
            first = False
        window = tail + piece
        if _DEFINITIONS.search(window):
            raise Refused(Reason.XML_ENTITIES)
        tail = window[-_OVERLAP:]
        yield piece


def between_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut so that each piece begins with a tag and no tag is cut in two."""
    held = b""
    for piece in pieces:
        held += piece
        cut = held.rfind(b"<")
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        if len(held) > MAX_XML_TOKEN:
            raise Refused(Reason.TOO_MUCH_WORK)
    yield held


class _Walk:
    """Bounds what expat keeps: depth, distinct names, and the length of one token."""

    def __init__(self, on_element: OnElement, on_text: Callable[[str], None] | None) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.ExternalEntityRefHandler = self._refuse
        if on_text:
            self.parser.CharacterDataHandler = on_text
        self.on_element = on_element
        self.names: set[str] = set()
        self.depth = 0

    def _start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        self.names.add(name)
        self.names.update(attributes)
        if self.depth > MAX_XML_DEPTH or len(self.names) > MAX_XML_NAMES:
            raise Refused(Reason.TOO_MUCH_WORK)
        self.on_element(name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1

    def _refuse(self, *_facts: object) -> int:
        raise Refused(Reason.XML_ENTITIES)


def parse(
    pieces: Iterable[bytes], on_element: OnElement, on_text: Callable[[str], None] | None = None
) -> None:
    """Walk through a part; names come with their namespace in front."""
    walk = _Walk(on_element, on_text)
    fed = 0
    try:
        for piece in guarded(pieces):
            walk.parser.Parse(piece, False)
            fed += len(piece)
            # What expat has not reported yet, it holds: a single tag without end, for instance.
            if fed - max(0, walk.parser.CurrentByteIndex) > MAX_XML_TOKEN:
                raise Refused(Reason.TOO_MUCH_WORK)
        walk.parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refused(Reason.DAMAGED) from None


# A tag with its attributes; possessive, so that no input makes it slow.
_TAG: Final = re.compile(rb"""<(/?)([A-Za-z_][\w.:-]*+)((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>""")
_ATTRIBUTE: Final = re.compile(rb"""(\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*)("[^"<]*"|'[^'<]*')""")


class Rewriter:
    """Changes attributes and texts of a part as it streams by; all other bytes stay as they are."""

    def __init__(
        self,
        attributes: dict[str, frozenset[bytes]] | None = None,
        texts: frozenset[bytes] = frozenset(),
        value: bytes = b"Author",
        drop: Callable[[bytes, bytes], bool] | None = None,
    ) -> None:
        """`attributes`: names by the element they stand on, `*` for any. `texts`: elements whose
        text becomes the value. `drop`: says from name and tag whether an element is left out."""
        self.attributes = {key.encode(): names for key, names in (attributes or {}).items()}
        self.texts, self.value, self.drop = texts, value, drop
        # Empty, and so found everywhere, for a rewriter that only drops.
        wanted = texts.union(*self.attributes.values())
        self._hint = re.compile(b"|".join(map(re.escape, sorted(wanted))))
        self.changed = False
        self._inside = False
        self._dropping = b""

    def stream(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in between_tags(pieces):
            # Most pieces of a long part name nobody; they need not be taken apart.
            if self._inside or self._dropping or self._hint.search(piece):
                piece = b"".join(self._tokens(piece))
            yield piece

    def _tokens(self, piece: bytes) -> Iterator[bytes]:
        at = 0
        for met in _TAG.finditer(piece):
            yield self._text(piece[at : met.start()])
            yield self._tag(met)
            at = met.end()
        yield self._text(piece[at:])

    def _text(self, text: bytes) -> bytes:
        if self._dropping:
            return b""
        if not self._inside or not text.strip():
            return text
        self.changed = self.changed or text != self.value
        return self.value

    def _tag(self, met: re.Match[bytes]) -> bytes:
        closing, full, rest = met.groups()
        name = full.rpartition(b":")[2]
        alone = rest.endswith(b"/")
        if self._dropping:
            if closing and name == self._dropping:
                self._dropping = b""
            return b""
        if not closing and self.drop and self.drop(name, met.group()):
            self.changed = True
            self._dropping = b"" if alone else name
            return b""
        self._inside = name in self.texts and not closing and not alone
        wanted = self.attributes.get(name, frozenset()) | self.attributes.get(b"*", frozenset())
        return met.group() if closing or not wanted else self._attributes(met.group(), wanted)

    def _attributes(self, tag: bytes, wanted: frozenset[bytes]) -> bytes:
        def blank(met: re.Match[bytes]) -> bytes:
            if met.group(2) not in wanted or met.group(3)[1:-1] in (b"", self.value):
                return met.group()
            self.changed = True
            return met.group(1) + b'"' + self.value + b'"'

        return _ATTRIBUTE.sub(blank, tag)
