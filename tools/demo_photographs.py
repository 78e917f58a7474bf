"""What looks like a photograph in the demonstration: a boat, a seal, a beach, a locker."""

import math
import random

from demo_brush import SIZE, cloud, dice, glow, letters, photograph, ruler, shadow, slope, textured
from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH = SIZE
RED = (186, 40, 34)


def catamaran() -> Image.Image:
    """A white catamaran with a red stripe, far off, under sail in the evening."""
    rng = dice(1)
    scene = slope((96, 128, 158), (238, 196, 150))
    sky = cloud(rng, [(9, 14), (22, 40), (60, 80)])
    scene = textured(scene, sky.filter(ImageFilter.GaussianBlur(30)), 0.3)
    sea = slope((118, 132, 140), (18, 48, 66), (WIDE, 760))
    swell = cloud(rng, [(26, 60), (70, 150), (220, 330)], (WIDE, 760))
    scene.paste(textured(sea, swell, 0.95), (0, 840))
    scene = glow(
        scene, lambda d: d.rectangle((1500, 842, 1900, 1500), fill=46), 60, (255, 214, 160)
    )
    draw = ImageDraw.Draw(scene)
    x, y = 1130, 900
    draw.polygon([(x + 96, y - 70), (x + 106, y - 570), (x + 420, y - 92)], fill=(232, 226, 214))
    draw.polygon([(x + 84, y - 540), (x + 90, y - 86), (x - 150, y - 80)], fill=(214, 208, 198))
    draw.line([(x + 92, y - 60), (x + 98, y - 600)], fill=(70, 66, 62), width=9)
    hull = [(x - 210, y - 66), (x + 470, y - 66), (x + 430, y + 6), (x - 170, y + 10)]
    draw.polygon(hull, fill=(236, 234, 228))
    draw.polygon(
        [(x - 40, y - 26), (x + 380, y - 26), (x + 330, y + 6), (x - 10, y + 8)], fill=(58, 66, 70)
    )
    draw.polygon(
        [(x - 40, y - 12), (x + 350, y - 12), (x + 300, y + 10), (x - 20, y + 10)],
        fill=(150, 152, 148),
    )
    draw.polygon(
        [(x - 206, y - 52), (x + 462, y - 52), (x + 454, y - 36), (x - 198, y - 36)], fill=RED
    )
    cabin = [(x - 70, y - 68), (x - 40, y - 122), (x + 250, y - 122), (x + 310, y - 68)]
    draw.polygon(cabin, fill=(222, 220, 214))
    draw.rectangle((x - 20, y - 108, x + 230, y - 86), fill=(44, 52, 60))
    for drum in range(4):
        draw.ellipse((x - 190 + drum * 34, y - 96, x - 162 + drum * 34, y - 64), fill=(46, 92, 130))
    scene = shadow(scene, lambda d: d.ellipse((x - 180, y, x + 440, y + 60), fill=255), 14, 150)
    _wake(scene, rng, x, y)
    return photograph(scene, rng)


def _wake(scene: Image.Image, rng: random.Random, x: int, y: int) -> None:
    draw = ImageDraw.Draw(scene)
    for _ in range(150):
        far = rng.random()
        left, top = x - 200 - far * 620, y + 8 + far * 70 + rng.uniform(-10, 26) * (0.4 + far)
        long = rng.uniform(14, 70)
        draw.line([(left, top), (left + long, top + 2)], fill=(216, 222, 222), width=3)


def seal() -> Image.Image:
    """A bolt seal on the door of a container."""
    rng = dice(2)
    scene = Image.new("RGB", SIZE, (126, 58, 40))
    draw = ImageDraw.Draw(scene)
    for rib in range(0, WIDE, 300):
        draw.rectangle((rib, 0, rib + 120, HIGH), fill=(112, 50, 35))
        draw.line([(rib, 0), (rib, HIGH)], fill=(150, 78, 56), width=8)
        draw.line([(rib + 120, 0), (rib + 120, HIGH)], fill=(84, 36, 26), width=12)
    scene = textured(scene, cloud(rng, [(12, 9), (50, 40), (260, 190)]), 0.4)
    _rust(scene, rng)
    scene = shadow(scene, lambda d: d.rectangle((930, 0, 1060, HIGH), fill=255), 26, 170)
    draw = ImageDraw.Draw(scene)
    scene.paste(slope((176, 178, 176), (122, 124, 124), (110, HIGH)), (900, 0))
    draw.line([(922, 0), (922, HIGH)], fill=(214, 216, 214), width=10)
    hasp = (700, 620, 1420, 900)
    scene = shadow(
        scene, lambda d: d.rounded_rectangle((720, 660, 1450, 950), 40, fill=255), 30, 170
    )
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle(hasp, 40, fill=(148, 150, 148), outline=(92, 94, 94), width=8)
    draw.rounded_rectangle((716, 636, 1404, 690), 20, fill=(182, 184, 182))
    draw.ellipse((1180, 700, 1320, 830), fill=(52, 50, 48))
    draw.rectangle((1236, 560, 1264, 980), fill=(206, 208, 208))
    draw.ellipse((1196, 500, 1304, 590), fill=(228, 190, 30), outline=(150, 120, 16), width=6)
    scene = shadow(
        scene, lambda d: d.rounded_rectangle((1140, 960, 1390, 1350), 40, fill=255), 26, 190
    )
    draw = ImageDraw.Draw(scene)
    draw.rounded_rectangle((1120, 930, 1370, 1320), 40, fill=(232, 194, 34))
    draw.rounded_rectangle((1138, 946, 1176, 1304), 18, fill=(250, 224, 110))
    tag = Image.new("L", (330, 200), 0)
    ImageDraw.Draw(tag).text((165, 60), "DEMO", 255, letters(64), anchor="mm")
    ImageDraw.Draw(tag).text((165, 142), "0440917", 255, letters(72), anchor="mm")
    tag = tag.rotate(90, expand=True)
    scene.paste((60, 48, 10), (1165, 960), tag)
    draw.text((1520, 180), "QQQU 100201 4", (226, 222, 214), letters(104))
    draw.text((1520, 310), "22G1", (226, 222, 214), letters(90))
    return photograph(textured(scene, cloud(rng, [(30, 20), (90, 60)]), 0.25), rng)


def _rust(scene: Image.Image, rng: random.Random) -> None:
    stains = Image.new("L", SIZE, 0)
    draw = ImageDraw.Draw(stains)
    for _ in range(34):
        x, y = rng.randrange(WIDE), rng.randrange(HIGH)
        draw.ellipse(
            (x, y, x + rng.randrange(8, 60), y + rng.randrange(20, 220)),
            fill=rng.randrange(60, 170),
        )
    scene.paste((70, 34, 20), (0, 0), stains.filter(ImageFilter.GaussianBlur(9)))


def beach() -> Image.Image:
    """Three wrapped blocks with cord handles at the edge of the water."""
    rng = dice(3)
    scene = slope((176, 160, 128), (222, 204, 164))
    scene = textured(scene, cloud(rng, [(14, 10), (70, 50), (300, 200), (1200, 800)]), 0.6)
    sea = textured(
        slope((70, 128, 138), (150, 190, 186), (WIDE, 420)),
        cloud(rng, [(20, 12), (90, 60)], (WIDE, 420)),
        0.7,
    )
    edge = Image.new("L", (WIDE, 420), 0)
    line = [
        (x, 300 + 50 * math.sin(x / 260) + 24 * math.sin(x / 90 + 1))
        for x in range(0, WIDE + 40, 40)
    ]
    ImageDraw.Draw(edge).polygon([(0, 0), (WIDE, 0), *reversed(line)], fill=255)
    scene = shadow(
        scene, lambda d: d.line([(x, y + 50) for x, y in line], fill=255, width=110), 30, 96
    )
    scene.paste(sea, (0, 0), edge.filter(ImageFilter.GaussianBlur(5)))
    scene = glow(
        scene,
        lambda d: d.line([(x, y + 4) for x, y in line], fill=230, width=26),
        7,
        (250, 250, 244),
    )
    for x, y, turn, scale in ((470, 830, -9, 1.0), (1130, 640, 12, 0.86), (1560, 980, -4, 1.12)):
        scene = _block(scene, rng, x, y, turn, scale)
    _weed(scene, rng)
    draw = ImageDraw.Draw(scene)
    ruler(draw, 240, 1430, 12, 60)
    return photograph(scene, rng)


def _block(
    scene: Image.Image, rng: random.Random, x: int, y: int, turn: float, scale: float
) -> Image.Image:
    wide, high, deep = 520, 220, 120
    canvas = Image.new("RGBA", (wide + 240, high + deep + 320), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    left, top = 100, 190
    draw.polygon(
        [(left, top), (left + 80, top - deep), (left + wide + 80, top - deep), (left + wide, top)],
        fill=(86, 92, 84, 255),
    )
    draw.polygon(
        [
            (left + wide, top),
            (left + wide + 80, top - deep),
            (left + wide + 80, top + high - deep),
            (left + wide, top + high),
        ],
        fill=(38, 42, 38, 255),
    )
    draw.rectangle((left, top, left + wide, top + high), fill=(58, 64, 57, 255))
    for fold in range(9):
        at = left + fold * wide // 9 + rng.randrange(40)
        draw.line(
            [(at, top), (at + rng.randrange(-40, 40), top + high)], fill=(74, 82, 72, 255), width=6
        )
    for band in (0.24, 0.74):
        at = left + int(wide * band)
        draw.polygon(
            [
                (at, top + high),
                (at, top),
                (at + 80, top - deep),
                (at + 130, top - deep),
                (at + 50, top),
                (at + 50, top + high),
            ],
            fill=(150, 138, 96, 255),
        )
    draw.arc(
        (left + 150, top - deep - 130, left + wide - 60, top + 60),
        190,
        350,
        fill=(206, 172, 84, 255),
        width=22,
    )
    for knot in ((left + 160, top - 78), (left + wide - 76, top - 66)):
        draw.ellipse(
            (knot[0] - 26, knot[1] - 22, knot[0] + 26, knot[1] + 22), fill=(184, 150, 66, 255)
        )
    canvas = canvas.resize((int(canvas.width * scale), int(canvas.height * scale))).rotate(
        turn, Image.Resampling.BICUBIC, expand=True
    )
    low, far = y + canvas.height * 0.72, x + canvas.width
    scene = shadow(
        scene, lambda d: d.ellipse((x + 70, low - 130, far - 10, low + 26), fill=255), 30, 190
    )
    scene.paste(canvas, (x, y), canvas)
    return scene


def _weed(scene: Image.Image, rng: random.Random) -> None:
    draw = ImageDraw.Draw(scene)
    for _ in range(90):
        x, y = rng.randrange(WIDE), rng.choice((rng.randrange(440, 560), rng.randrange(1300, 1560)))
        points = [(x, y)]
        for _ in range(5):
            x, y = x + rng.randrange(6, 46), y + rng.randrange(-14, 15)
            points.append((x, y))
        draw.line(points, fill=(70 + rng.randrange(30), 62, 36), width=rng.randrange(4, 11))


def locker() -> Image.Image:
    """The aft locker of a yacht from above: the false floor is half lifted."""
    rng = dice(5)
    scene = textured(
        Image.new("RGB", SIZE, (206, 204, 196)), cloud(rng, [(9, 6), (60, 40), (700, 460)]), 0.3
    )
    draw = ImageDraw.Draw(scene)
    draw.polygon([(330, 190), (2070, 190), (2230, 1480), (170, 1480)], fill=(224, 224, 218))
    well = [(450, 290), (1950, 290), (2060, 1390), (340, 1390)]
    draw.polygon(well, fill=(120, 122, 118))
    inner = [(560, 420), (1840, 420), (1900, 1270), (500, 1270)]
    draw.polygon(inner, fill=(30, 30, 32))
    for stripe in range(7):
        y = 520 + stripe * 110
        draw.line([(560 - stripe * 8, y), (1840 + stripe * 8, y)], fill=(46, 46, 48), width=16)
    scene = shadow(
        scene,
        lambda d: d.polygon([(500, 800), (1880, 660), (1920, 1290), (490, 1290)], fill=255),
        46,
        200,
    )
    draw = ImageDraw.Draw(scene)
    panel = [(470, 930), (1850, 760), (1990, 1310), (420, 1350)]
    draw.polygon(panel, fill=(142, 150, 152))
    for index in range(26):
        for across in range(13):
            t, s = index / 26, across / 13
            x = (1 - s) * (480 + t * 1370) + s * (440 + t * 1530)
            y = (1 - s) * (938 - t * 164) + s * (1340 - t * 36)
            draw.ellipse((x + 12, y + 10, x + 34, y + 20), fill=(160, 168, 170))
    draw.line([panel[0], panel[1]], fill=(196, 202, 202), width=14)
    for x, y in ((640, 940), (1150, 876), (1690, 808)):
        draw.rounded_rectangle(
            (x, y - 50, x + 84, y - 8), 12, fill=(66, 66, 70), outline=(30, 30, 30), width=4
        )
    for x, y in ((520, 1300), (1880, 1270), (1800, 820), (540, 980)):
        draw.ellipse((x, y, x + 34, y + 28), fill=(214, 214, 210), outline=(120, 120, 118), width=4)
    ruler(draw, 1180, 130, 12, 64)
    return photograph(textured(scene, cloud(rng, [(5, 4), (18, 12)]), 0.4), rng)
