"""The heading font: Source Serif 4 Semibold, cut down to what headings need, and renamed.

"Source" is a reserved font name under the Open Font License, so a changed file must carry another:
ours is "ISWG Head". The first file holds English and French; the second, loaded only when a page
needs it, holds the macrons and dots of the Pacific languages.
"""

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

BASE = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    0x152, 0x153, 0x2BB, 0x2BC,  # œ, and the two ways to write the ʻokina
    0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x202F, 0x2032, 0x2033, 0x20AC,
]  # fmt: skip
PACIFIC = [
    0x100, 0x101, 0x112, 0x113, 0x12A, 0x12B, 0x14C, 0x14D, 0x16A, 0x16B,  # macrons
    0x13B, 0x13C, 0x145, 0x146, 0x1E36, 0x1E37, 0x1E42, 0x1E43, 0x1E46, 0x1E47,  # Marshallese
    0x178,
]  # fmt: skip
FEATURES = ["kern", "liga", "mark", "mkmk", "locl", "ccmp"]


def cut(source: Path, wanted: list[int], target: Path) -> None:
    """Keep the wanted letters, drop the hinting, give the file its own name."""
    whole = TTFont(source, recalcTimestamp=False)  # the same file each time
    known = whole.getBestCmap()
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = ["*"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[point for point in wanted if point in known])
    cutter.subset(whole)
    for name in whole["name"].names:
        if name.nameID in (1, 3, 4, 16, 25):
            name.string = "ISWG Head"
        elif name.nameID == 6:
            name.string = "ISWGHead-Semibold"
    whole.flavor = "woff2"
    whole.save(target)


def font(package: Path, folder: Path) -> list[Path]:
    """Write both files, and the licence with the font's own copyright line above it."""
    files = package / "files"
    made = []
    for script, wanted in (("latin", BASE), ("latin-ext", PACIFIC)):
        target = folder / f"head-{script}.woff2"
        cut(files / f"source-serif-4-{script}-600-normal.woff2", wanted, target)
        made.append(target)
    owner = TTFont(made[0])["name"].getDebugName(0)
    terms = (package / "LICENSE").read_text().split("\n", 1)[1].lstrip()
    licence = folder / "OFL.txt"
    licence.write_text(
        f"{owner}\nhead-*.woff2 are a changed version under the name ISWG Head.\n\n{terms}"
    )
    return [*made, licence]
