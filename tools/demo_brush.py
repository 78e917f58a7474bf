"""The brushes of the demonstration pictures: sea, sand, grain and shadow, from Pillow alone.

Everything is drawn at twice its size and reduced at the end. The same picture comes out each
time, because every random number comes from a generator that the picture names.
"""

import random
from collections.abc import Callable, Iterable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SIZE = (2400, 1600)
HALF = (SIZE[0] // 2, SIZE[1] // 2)
Colour = tuple[int, int, int]
Point = tuple[float, float]


def dice(number: int) -> random.Random:
    """The dice of one picture: they fall alike each time."""
    return random.Random(number)  # noqa: S311 - nothing is secret about a picture


def cloud(rng: random.Random, cells: Iterable[tuple[int, int]], size: Point = SIZE) -> Image.Image:
    """Soft noise: random greys of several coarsenesses, mixed; `cells` are columns and rows."""
    mixed: Image.Image | None = None
    for columns, rows in cells:
        grey = Image.frombytes("L", (columns, rows), rng.randbytes(columns * rows))
        grey = grey.resize((int(size[0]), int(size[1])), Image.Resampling.BICUBIC)
        mixed = grey if mixed is None else Image.blend(mixed, grey, 0.42)
    assert mixed is not None
    return mixed


def slope(top: Colour, bottom: Colour, size: Sequence[int] = SIZE) -> Image.Image:
    """One colour going over into another, from the upper edge to the lower."""
    ramp = Image.linear_gradient("L").resize(tuple(size))
    return Image.composite(
        Image.new("RGB", tuple(size), bottom), Image.new("RGB", tuple(size), top), ramp
    )


def textured(ground: Image.Image, noise: Image.Image, strength: float) -> Image.Image:
    """The ground, lighter and darker where the noise is; its own colour on average."""
    light = noise.point(lambda v: int(128 + (v - 128) * strength)).convert("RGB")
    return ImageChops.overlay(ground, light)


def shadow(
    ground: Image.Image, draw: Callable[[ImageDraw.ImageDraw], None], blur: int, strength: int
) -> Image.Image:
    """Darken the ground where `draw` draws (with fill 255), softly."""
    mask = Image.new("L", ground.size, 0)
    draw(ImageDraw.Draw(mask))
    mask = mask.filter(ImageFilter.GaussianBlur(blur)).point(lambda v: v * strength // 255)
    return Image.composite(Image.new("RGB", ground.size, (12, 14, 18)), ground, mask)


def glow(
    ground: Image.Image, draw: Callable[[ImageDraw.ImageDraw], None], blur: int, colour: Colour
) -> Image.Image:
    """The same with light."""
    mask = Image.new("L", ground.size, 0)
    draw(ImageDraw.Draw(mask))
    mask = mask.filter(ImageFilter.GaussianBlur(blur))
    return Image.composite(Image.new("RGB", ground.size, colour), ground, mask)


def letters(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow needs FreeType here"
    return font


def ruler(draw: ImageDraw.ImageDraw, x: int, y: int, steps: int, step: int) -> None:
    """A scale such as lies beside evidence: black and white fields, a number at every second."""
    draw.rectangle((x - 14, y - 56, x + steps * step + 14, y + 74), fill=(238, 236, 228))
    for index in range(steps):
        colour = (24, 24, 24) if index % 2 == 0 else (238, 236, 228)
        box = (x + index * step, y, x + (index + 1) * step, y + 34)
        draw.rectangle(box, fill=colour, outline=(24, 24, 24))
    for index in range(0, steps + 1, 2):
        words = str(index * 5)
        draw.text((x + index * step, y - 44), words, (24, 24, 24), letters(36), anchor="ma")
    draw.text((x + steps * step, y + 40), "cm", (24, 24, 24), letters(30), anchor="ra")


def photograph(scene: Image.Image, rng: random.Random, grain: float = 0.16) -> Image.Image:
    """What a camera makes of a scene: half the size, a little soft, darker corners, grain."""
    picture = scene.resize(HALF, Image.Resampling.LANCZOS)
    corners = Image.radial_gradient("L").resize(HALF).point(lambda v: int(v * 0.36))
    picture = Image.composite(Image.new("RGB", HALF, (8, 10, 14)), picture, corners)
    picture = picture.filter(ImageFilter.GaussianBlur(0.7))
    noise = Image.frombytes("L", HALF, rng.randbytes(HALF[0] * HALF[1]))
    return textured(picture, noise.filter(ImageFilter.GaussianBlur(0.8)), grain)
