"""Draws the pictures of the demonstration bulletins. For maintainers; needs Pillow.

    python tools/make_demo_pictures.py

No photograph was taken and none was copied: everything here is drawn. What it writes is
committed. One picture carries a camera's name and a position on purpose, so that the
demonstration shows how the portal takes both out.
"""

from pathlib import Path

from demo_drawings import chart, reefer, section, xray
from demo_photographs import beach, catamaran, locker, seal
from PIL import Image

FOLDER = Path(__file__).resolve().parent.parent / "iswg" / "demo" / "pictures"


PICTURES = {
    "velvet-gannet-taiohae.jpg": catamaran,
    "seal-QQQU1002014.jpg": seal,
    "blocks-on-the-beach.jpg": beach,
    "finds-on-the-chart.jpg": chart,
    "aft-locker-open.jpg": locker,
    "aft-locker-section.jpg": section,
    "parcel-x-ray.jpg": xray,
    "reefer-log.jpg": reefer,
}


def tell_tale() -> bytes:
    """What a telephone writes into its pictures: its name, the time, and where it stood."""
    told = Image.Exif()
    told[0x010F], told[0x0110], told[0x0132] = "Demo", "Demo telephone", "2026:11:08 17:42:10"
    where = told.get_ifd(0x8825)
    where[1], where[2] = "S", (8.0, 55.0, 12.0)
    where[3], where[4] = "W", (140.0, 6.0, 0.0)
    return told.tobytes()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, drawn in PICTURES.items():
        path = FOLDER / name
        options = {"exif": tell_tale()} if drawn is catamaran else {}
        drawn().save(path, quality=74, optimize=True, **options)
        print(f"{path.stat().st_size // 1024:>5} KB  {name}")


if __name__ == "__main__":
    main()
