"""What somebody drew or a machine printed: chart, section, temperature log, X-ray."""

import math

from demo_brush import SIZE, cloud, dice, letters, photograph, shadow, textured
from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDE, HIGH = SIZE
INK = (28, 34, 40)
RED = (186, 40, 34)


def chart() -> Image.Image:
    """Where four finds came ashore, drawn on a piece of chart."""
    rng = dice(4)
    scene = textured(
        Image.new("RGB", SIZE, (240, 234, 214)), cloud(rng, [(7, 5), (40, 30), (500, 330)]), 0.16
    )
    draw = ImageDraw.Draw(scene)

    # 165 E to 165 W, 12 N to 14 S: 72 units a degree across, 58 down
    def at(lat: float, lon: float) -> tuple[float, float]:
        return 150 + ((lon % 360) - 168) * 92, 120 + (10 - lat) * 62

    for lon in range(170, 191, 5):
        x, _ = at(0, lon)
        draw.line([(x, 110), (x, 1440)], fill=(150, 160, 156), width=3)
        words = f"{lon}°E" if lon < 180 else "180°" if lon == 180 else f"{360 - lon}°W"
        draw.text((x, 66), words, (90, 96, 96), letters(34), anchor="ma")
    for lat in (10, 5, 0, -5, -10):
        _, y = at(lat, 180)
        draw.line([(140, y), (2280, y)], fill=(150, 160, 156), width=3)
        draw.text(
            (2300, y),
            "0°" if not lat else f"{abs(lat)}°{'N' if lat > 0 else 'S'}",
            (90, 96, 96),
            letters(34),
            anchor="lm",
        )
    finds = (
        ("Majuro", 7.1, 171.4, "4"),
        ("Tarawa", 1.4, 173.0, "3"),
        ("Funafuti", -8.5, 179.2, "1"),
        ("Fakaofo", -9.4, -171.2, "2"),
    )
    centre = at(-1.5, -171.5)
    for grow in (330, 250, 160):
        draw.ellipse(
            (centre[0] - grow, centre[1] - grow * 0.62, centre[0] + grow, centre[1] + grow * 0.62),
            outline=(170, 60, 50),
            width=5,
        )
    draw.text((centre[0], centre[1]), "?", (170, 60, 50), letters(120), anchor="mm")
    for name, lat, lon, number in finds:
        x, y = at(lat, lon)
        _drift(draw, centre, (x, y))
        for _ in range(14):
            angle, away = rng.uniform(0, 6.3), rng.uniform(20, 46)
            px, py = x + math.cos(angle) * away, y + math.sin(angle) * away * 0.8
            draw.ellipse(
                (px - 6, py - 5, px + 8, py + 6), fill=(196, 186, 140), outline=(120, 112, 80)
            )
        draw.ellipse((x - 34, y - 34, x + 34, y + 34), fill=(255, 252, 240), outline=RED, width=7)
        draw.text((x, y), number, RED, letters(46), anchor="mm")
        draw.text((x, y + 74), name, INK, letters(50), anchor="mm")
    draw.text(
        (176, 1476),
        "Finds 1 to 4, in order of date. Dashes: drift of wind and current. Not for navigation.",
        INK,
        letters(36),
    )
    _rose(draw, 2080, 330)
    return photograph(scene, rng, 0.06)


def _drift(draw: ImageDraw.ImageDraw, start: tuple[float, float], end: tuple[float, float]) -> None:
    for step in range(3, 18, 2):
        a, b = step / 20, (step + 1) / 20
        ax, ay = (start[i] + (end[i] - start[i]) * a for i in (0, 1))
        bx, by = (start[i] + (end[i] - start[i]) * b for i in (0, 1))
        bend = 60 * math.sin(math.pi * a)
        draw.line([(ax, ay - bend), (bx, by - bend)], fill=(44, 92, 112), width=8)
        if step >= 17:
            draw.ellipse((bx - 15, by - bend - 15, bx + 15, by - bend + 15), fill=(44, 92, 112))


def _rose(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    draw.ellipse((x - 110, y - 110, x + 110, y + 110), outline=(120, 128, 128), width=4)
    for point in range(16):
        angle, long = point * math.pi / 8, 104 if point % 4 == 0 else 70 if point % 2 == 0 else 40
        draw.line(
            [(x, y), (x + long * math.sin(angle), y - long * math.cos(angle))],
            fill=(120, 128, 128),
            width=4,
        )
    draw.text((x, y - 150), "N", (90, 96, 96), letters(44), anchor="mm")


def section() -> Image.Image:
    """The same locker as a drawing: where the void lies, with its measures."""
    rng = dice(6)
    scene = textured(
        Image.new("RGB", SIZE, (246, 246, 240)), cloud(rng, [(6, 4), (300, 200)]), 0.07
    )
    draw = ImageDraw.Draw(scene)
    for x in range(80, WIDE, 80):
        draw.line([(x, 60), (x, HIGH - 60)], fill=(222, 230, 232), width=2)
    for y in range(80, HIGH, 80):
        draw.line([(60, y), (WIDE - 60, y)], fill=(222, 230, 232), width=2)
    left = [
        (420 + 1560 * t, 640 + 640 * math.sin(math.pi * t) ** 0.55)
        for t in [i / 60 for i in range(61)]
    ]
    draw.line(left, fill=INK, width=16, joint="curve")
    draw.line([(420, 640), (420, 330)], fill=INK, width=16)
    draw.line([(1980, 640), (1980, 330)], fill=INK, width=16)
    draw.line([(330, 330), (620, 330)], fill=INK, width=16)
    draw.line([(1780, 330), (2070, 330)], fill=INK, width=16)
    void = [(640, 980), *[p for p in left if 640 <= p[0] <= 1760 and p[1] > 990], (1760, 980)]
    draw.polygon(void, fill=(248, 214, 206))
    for step in range(700, 1760, 60):
        draw.line([(step, 990), (step - 50, 1160)], fill=(222, 140, 126), width=4)
    draw.line([(560, 972), (1840, 972)], fill=RED, width=18)
    draw.line([(560, 940), (1840, 940)], fill=(120, 130, 134), width=8)
    for x in (700, 1200, 1700):
        draw.rectangle((x - 36, 984, x + 36, 1012), fill=(70, 70, 76))
    _measure(draw, (2140, 330), (2140, 950), "41 cm")
    _measure(draw, (2140, 990), (2140, 1276), "19 cm")
    _measure(draw, (640, 1400), (1760, 1400), "74 cm")
    for words, x, y, to in (
        ("false floor, magnets below", 760, 700, (900, 966)),
        ("void, about 90 l", 1120, 1120, None),
        ("fresh non-slip paint", 1260, 560, (1400, 934)),
    ):
        draw.text((x, y), words, INK, letters(52))
        if to:
            draw.line([(x + 150, y + 62), to], fill=INK, width=4)
    draw.text((120, 100), "AFT LOCKER, SECTION AT FRAME 3     1 : 10", INK, letters(56))
    return photograph(scene, rng, 0.05)


def _measure(draw: ImageDraw.ImageDraw, a: tuple[int, int], b: tuple[int, int], words: str) -> None:
    draw.line([a, b], fill=INK, width=4)
    flat = a[1] == b[1]
    for x, y in (a, b):
        ends = [(x, y - 22), (x, y + 22)] if flat else [(x - 22, y), (x + 22, y)]
        draw.line(ends, fill=INK, width=5)
    middle = ((a[0] + b[0]) // 2, (a[1] + b[1]) // 2)
    spot = (middle[0], middle[1] + 40) if flat else (middle[0] + 26, middle[1])
    draw.text(spot, words, INK, letters(44), anchor="mm" if flat else "lm")


def reefer() -> Image.Image:
    """The temperature log of a refrigerated container, with a stretch that is too smooth."""
    rng = dice(8)
    scene = textured(Image.new("RGB", SIZE, (250, 246, 236)), cloud(rng, [(6, 4), (500, 330)]), 0.1)
    draw = ImageDraw.Draw(scene)
    left, right, top, bottom = 260, 2260, 250, 1330
    for day in range(15):
        x = left + (right - left) * day / 14
        draw.line([(x, top), (x, bottom)], fill=(216, 190, 176), width=3)
        draw.text((x, bottom + 22), str(day + 1), INK, letters(38), anchor="ma")
    for degree in range(-24, 5, 4):
        y = top + (bottom - top) * (4 - degree) / 28
        draw.line([(left, y), (right, y)], fill=(216, 190, 176), width=3)
        draw.text((left - 24, y), f"{degree}", INK, letters(38), anchor="rm")
    points = []
    for step in range(14 * 24 + 1):
        day = step / 24
        if 5.6 < day < 8.2:
            degree = -18.0
        else:
            degree = -18 + 0.8 * math.sin(step * 1.3) + rng.uniform(-0.5, 0.5)
        degree += 15 * math.exp(-((day - 5.2) ** 2) / 0.03) + 4 * math.exp(
            -((day - 11) ** 2) / 0.02
        )
        points.append((left + (right - left) * day / 14, top + (bottom - top) * (4 - degree) / 28))
    draw.line(points, fill=(24, 70, 130), width=8, joint="curve")
    draw.line([(left, top), (left, bottom), (right, bottom)], fill=INK, width=6)
    draw.ellipse((1010, 1010, 1480, 1190), outline=RED, width=9)
    draw.text((1500, 940), "no compressor cycle here", RED, letters(54), anchor="mm")
    draw.text((260, 90), "QQQU1004038   return air, °C   days since stuffing", INK, letters(58))
    draw.text((1260, 1420), "day", INK, letters(42), anchor="ma")
    scene = shadow(scene, lambda d: d.line([(0, 820), (WIDE, 808)], fill=255, width=6), 8, 60)
    return photograph(
        scene.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=(120, 116, 108)), rng, 0.1
    )


def xray() -> Image.Image:
    """A parcel on the screen of the X-ray machine: three tubs, one of them too dense."""
    rng = dice(7)
    scene = Image.new("RGB", SIZE, (250, 251, 249))
    scene = _layer(
        scene, [(300, 240), (2080, 210), (2110, 1380), (280, 1400)], (244, 200, 120), 120
    )
    draw = ImageDraw.Draw(scene)
    for fold in ((300, 800, 2100, 790), (1190, 216, 1200, 1392)):
        draw.line(fold, fill=(236, 178, 90), width=10)
    for x, y, wide, high, dense in (
        (430, 420, 480, 760, False),
        (980, 380, 480, 800, True),
        (1530, 440, 460, 740, False),
    ):
        scene = _layer(
            scene,
            [(x, y), (x + wide, y), (x + wide - 20, y + high), (x + 20, y + high)],
            (236, 156, 60),
            150,
        )
        scene = _layer(
            scene,
            [(x - 14, y - 50), (x + wide + 14, y - 50), (x + wide + 14, y + 20), (x - 14, y + 20)],
            (220, 130, 40),
            150,
        )
        fill = (x + 36, y + (150 if dense else 260), x + wide - 36, y + high - 30)
        colour, strength = ((150, 74, 16), 190) if dense else ((226, 140, 52), 120)
        scene = _layer(
            scene,
            [(fill[0], fill[1]), (fill[2], fill[1]), (fill[2], fill[3]), (fill[0], fill[3])],
            colour,
            strength,
        )
    for _ in range(34):
        x, y = 1030 + rng.randrange(380), 560 + rng.randrange(560)
        scene = _layer(
            scene, [(x, y), (x + 50, y - 14), (x + 70, y + 40), (x + 16, y + 56)], (116, 50, 10), 90
        )
    for x in (640, 1200, 1750):
        scene = _layer(
            scene, [(x, 400), (x + 60, 396), (x + 62, 412), (x + 2, 416)], (60, 90, 200), 190
        )
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle((960, 300, 1486, 1220), 30, outline=(214, 30, 30), width=12)
    draw.text((1500, 310), "AREA 1", (214, 30, 30), letters(50))
    draw.rectangle((0, 1470, WIDE, HIGH), fill=(26, 34, 44))
    draw.text(
        (60, 1504),
        "EE400001174ZZ     RAROTONGA POST     UNIT 2     140 kV",
        (196, 214, 222),
        letters(52),
    )
    scene = scene.filter(ImageFilter.GaussianBlur(3))
    return photograph(scene, rng, 0.1)


def _layer(
    scene: Image.Image,
    points: list[tuple[float, float]],
    colour: tuple[int, int, int],
    strength: int,
) -> Image.Image:
    """What the rays meet on their way takes some of their light: layers multiply."""
    mask = Image.new("L", SIZE, 0)
    ImageDraw.Draw(mask).polygon(points, fill=strength)
    mask = mask.filter(ImageFilter.GaussianBlur(9))
    dark = ImageChops.multiply(scene, Image.new("RGB", SIZE, colour))
    return Image.composite(dark, scene, mask)
