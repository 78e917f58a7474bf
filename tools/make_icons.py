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

# The mark of the working group: a compass rose of our own, in the two colours of the header.
MARK = (
    '<g fill="none" stroke-width="1.6"><circle cx="20" cy="20" r="18.5" stroke="#8fb5bc"/>'
    '<path d="M20 5l2.6 12.4L35 20l-12.4 2.6L20 35l-2.6-12.4L5 20l12.4-2.6z" fill="#ffd27a"/>'
    '<path d="M9.5 9.5l5.2 5.2M30.5 9.5l-5.2 5.2M9.5 30.5l5.2-5.2M30.5 30.5l-5.2-5.2" '
    'stroke="#ffd27a" stroke-linecap="round"/></g>'
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg"'


def symbol(source: Path, name: str) -> str:
    """The drawing alone: without the comment, the outer tag and the spaces between shapes."""
    text = re.sub(r"<!--.*?-->", "", source.read_text(), flags=re.S)
    body = re.search(r"<svg[^>]*>(.*)</svg>", text, flags=re.S)
    if body is None:
        raise SystemExit(f"{source.name} does not look like an icon")
    shapes = re.sub(r"\s+", " ", body[1]).strip().replace("> <", "><").replace(" />", "/>")
    return SYMBOL.format(id=name, body=shapes)


def icons(package: Path, folder: Path) -> list[Path]:
    """Write the sprite with our mark, the mark alone for the browser's tab, and the licence."""
    drawn = "".join(
        symbol(package / "icons" / f"{theirs}.svg", ours) for ours, theirs in NAMES.items()
    )
    drawn += f'<symbol id="mark" viewBox="0 0 40 40">{MARK}</symbol>'
    sprite, mark = folder / "icons.svg", folder / "mark.svg"
    licence = folder / "icons-LICENSE.txt"
    sprite.write_text(f"{SVG}>{drawn}</svg>\n")
    disc = '<circle cx="20" cy="20" r="20" fill="#072f3a"/>'
    mark.write_text(f'{SVG} viewBox="0 0 40 40">{disc}{MARK}</svg>\n')
    licence.write_text((package / "LICENSE").read_text())
    return [sprite, mark, licence]
