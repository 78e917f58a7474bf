"""Makes the third-party files again: icons, heading font, map. For maintainers, not for installing.

    pip install fonttools brotli        # in a scratch environment
    python tools/vendor.py

Needs `npm` on the PATH, which it uses only to download three packages of fixed versions into a
temporary folder; nothing of them is run. What it writes is committed, so nobody who installs or
runs the site ever fetches anything. It prints the SHA-256 of each file for THIRD_PARTY.md.
"""

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from make_contours import contours
from make_font import font
from make_icons import icons
from make_map import pacific_map

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "lucide-static": "1.62.0",
    "@fontsource/source-serif-4": "5.3.1",
    "world-atlas": "2.0.2",
}


def fetch(name: str, version: str, into: Path) -> Path:
    """Download one package and unpack it; the folder of its files."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    folder = into / packed.removesuffix(".tgz")
    with tarfile.open(into / packed) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def main() -> None:
    static = ROOT / "static"
    with tempfile.TemporaryDirectory() as scratch:
        found = {name: fetch(name, version, Path(scratch)) for name, version in PACKAGES.items()}
        written = [
            *icons(found["lucide-static"], static / "img"),
            *font(found["@fontsource/source-serif-4"], static / "fonts"),
            *pacific_map(found["world-atlas"], static / "img" / "map"),
            *contours(static / "img"),
        ]
    for path in written:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {path.stat().st_size:>6}  {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
