"""One sprite of the icons we use, from Lucide, under the names our templates say."""

import re
from pathlib import Path

# our name -> Lucide's name. A template says {% icon "bulletin" %}, never the drawing's name.
NAMES = {
    "home": "house",
    "bulletin": "file-text",
    "thread": "messages-square",
    "meeting": "calendar-days",
    "mou": "file-pen",
    "boat": "sailboat",
    "administration": "landmark",
    "people": "users",
    "person": "user",
    "search": "search",
    "menu": "menu",
    "next": "chevron-right",
    "back": "chevron-left",
    "check": "check",
    "close": "x",
    "plus": "plus",
    "edit": "pencil",
    "remove": "trash-2",
    "undo": "undo-2",
    "send": "send",
    "clock": "clock",
    "alert": "triangle-alert",
    "info": "info",
    "help": "circle-question-mark",
    "down": "download",
    "up": "upload",
    "pause": "pause",
    "play": "play",
    "print": "printer",
    "clip": "paperclip",
    "picture": "image",
    "copy": "copy",
    "share": "share-2",
    "list": "list",
    "history": "history",
    "archive": "archive",
    "shield": "shield-check",
    "globe": "globe",
    "pin": "map-pin",
    "off": "cloud-off",
    "refresh": "refresh-cw",
    "lock": "lock",
    "unlock": "lock-open",
    "eye": "eye",
    "key": "key-round",
    "fingerprint": "fingerprint-pattern",
    "device": "laptop",
    "phone": "smartphone",
    "mail": "mail",
    "out": "log-out",
}

SYMBOL = (
    '<symbol id="{id}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)


def symbol(source: Path, name: str) -> str:
    """The drawing alone: without the comment, the outer tag and the spaces between shapes."""
    text = re.sub(r"<!--.*?-->", "", source.read_text(), flags=re.S)
    body = re.search(r"<svg[^>]*>(.*)</svg>", text, flags=re.S)
    if body is None:
        raise SystemExit(f"{source.name} does not look like an icon")
    shapes = re.sub(r"\s+", " ", body[1]).strip().replace("> <", "><").replace(" />", "/>")
    return SYMBOL.format(id=name, body=shapes)


def icons(package: Path, folder: Path) -> list[Path]:
    """Write the sprite and the licence beside it."""
    drawn = "".join(
        symbol(package / "icons" / f"{theirs}.svg", ours) for ours, theirs in NAMES.items()
    )
    sprite = folder / "icons.svg"
    licence = folder / "icons-LICENSE.txt"
    sprite.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>\n')
    licence.write_text((package / "LICENSE").read_text())
    return [sprite, licence]
