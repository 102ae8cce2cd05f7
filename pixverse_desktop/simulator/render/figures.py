"""Figures in silhouette: a fox, a walker, birds, northern lights."""

from __future__ import annotations

import math
import re

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from .motion import View
from .noise import noise_1d, smooth, to_mask, to_picture
from .palette import Palette, Rgb, mix
from .plates import MARGIN, Drawable, Plate
from .sky import Place

Points = list[tuple[float, float]]

# One walking fox, nose to the right, feet at y = 0, in units of its height at the ear.
_FOX_BODY: Points = [
    (0.98, -0.66), (0.86, -0.72), (0.80, -0.80), (0.785, -1.0), (0.70, -0.88), (0.645, -0.99),
    (0.61, -0.80), (0.52, -0.70), (0.40, -0.665), (0.15, -0.655), (-0.15, -0.675), (-0.38, -0.66),
    (-0.52, -0.60), (-0.70, -0.52), (-0.92, -0.42), (-1.12, -0.37), (-1.36, -0.40), (-1.24, -0.27),
    (-1.02, -0.20), (-0.78, -0.27), (-0.58, -0.38), (-0.52, -0.30), (-0.60, -0.14), (-0.66, 0.0),
    (-0.57, 0.0), (-0.50, -0.12), (-0.40, -0.26), (-0.36, -0.13), (-0.40, 0.0), (-0.31, 0.0),
    (-0.27, -0.15), (-0.20, -0.33), (0.10, -0.33), (0.28, -0.32), (0.30, -0.15), (0.24, 0.0),
    (0.33, 0.0), (0.385, -0.16), (0.42, -0.30), (0.52, -0.18), (0.55, 0.0), (0.635, 0.0),
    (0.61, -0.20), (0.56, -0.40), (0.62, -0.52), (0.72, -0.56), (0.86, -0.59),
]
_FOX_TAIL_TIP: Points = [(-1.36, -0.40), (-1.12, -0.37), (-1.08, -0.29), (-1.14, -0.23),
                         (-1.24, -0.27)]
_FOX_BREAST: Points = [(0.98, -0.66), (0.86, -0.59), (0.72, -0.56), (0.62, -0.52), (0.56, -0.40),
                       (0.50, -0.44), (0.55, -0.60), (0.70, -0.66), (0.84, -0.665)]
_WALKER: Points = [
    (0.0, -1.0), (0.05, -0.985), (0.065, -0.93), (0.04, -0.875), (0.10, -0.84), (0.13, -0.70),
    (0.15, -0.53), (0.12, -0.52), (0.09, -0.66), (0.085, -0.50), (0.12, -0.25), (0.16, 0.0),
    (0.09, 0.0), (0.05, -0.24), (0.005, -0.40), (-0.05, -0.22), (-0.10, 0.0), (-0.17, 0.0),
    (-0.10, -0.26), (-0.08, -0.50), (-0.09, -0.66), (-0.13, -0.54), (-0.16, -0.55),
    (-0.13, -0.72), (-0.10, -0.84), (-0.04, -0.875), (-0.065, -0.93), (-0.05, -0.985),
]


def figures(rng: np.random.Generator, prompt: str, palette: Palette, place: Place
            ) -> list[Drawable]:
    """The figures that a prompt names, ready to stand in front of a landscape."""
    text = prompt.lower()
    found: list[Drawable] = []
    if re.search(r"\b(fox|wolf|dog|coyote)", text):
        found.append(fox(palette, place, 0.5 + (0.13 if place.sun_x < 0.5 else -0.13), 0.2))
    elif re.search(r"\b(man|woman|girl|boy|person|hiker|walker|astronaut|traveller|wanderer|"
                   r"knight|monk|explorer)\b", text):
        found.append(walker(palette, place))
    if re.search(r"\b(birds?|gulls?|seagulls?|eagles?|cranes?|geese)\b", text):
        found.append(Birds(rng, mix(palette.near, palette.far, 0.15)))
    return found


def fox(palette: Palette, place: Place, at_x: float, tall: float) -> Plate:
    """A red fox with pale breast and tail tip, `tall` short sides high."""
    size, unit = place.size, min(place.size) / (1 + 2 * MARGIN) * tall
    foot = (at_x, 0.885)
    mask = _silhouette(size, _curved(_FOX_BODY), foot, unit)
    orange = (208, 92, 38) if not palette.dark else (150, 70, 48)
    picture = Image.new("RGB", size, orange)
    _, y = place.grid()
    light = smooth(foot[1], foot[1] - tall, y)[..., None]
    low, high = np.array(mix(orange, palette.near, 0.62)), np.array(mix(orange, palette.glow, 0.25))
    picture = to_picture((low + (high - low) * light).astype(np.float32), np.random.default_rng(1))
    pale = mix((255, 244, 232), palette.near, 0.12)
    for part in (_FOX_TAIL_TIP, _FOX_BREAST):
        picture.paste(pale, mask=_silhouette(size, part, foot, unit))
    pen = ImageDraw.Draw(picture)
    at = _placed(size, [(0.80, -0.735), (0.975, -0.665)], foot, unit)
    for (x, eye_y), radius in zip(at, (0.022, 0.026), strict=True):
        r = radius * unit
        pen.ellipse([x - r, eye_y - r, x + r, eye_y + r], fill=(26, 16, 18))
    return Plate(picture, mask, 0.9)


def walker(palette: Palette, place: Place) -> Plate:
    """A person seen from behind, dark against the light."""
    unit = min(place.size) / (1 + 2 * MARGIN) * 0.19
    mask = _silhouette(place.size, _curved(_WALKER), (0.5, 0.885), unit)
    return Plate(Image.new("RGB", place.small, mix(palette.near, (0, 0, 0), 0.35)), mask, 0.9)


class Birds:
    """A loose flock that crosses the sky, wings beating."""

    def __init__(self, rng: np.random.Generator, colour: Rgb) -> None:
        self._colour = colour
        self._birds = [(float(rng.uniform(-0.16, 0.16)), float(rng.uniform(-0.08, 0.08)),
                        float(rng.uniform(0.6, 1.2)), float(rng.uniform(0, 6.28)))
                       for _ in range(9)]

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Paint the flock."""
        pen = ImageDraw.Draw(canvas)
        unit = min(canvas.size) * 0.017
        for dx, dy, scale, phase in self._birds:
            x = ((0.25 + dx + 0.045 * time_s * scale - view.dx * 0.2) % 1.2 - 0.1) * canvas.width
            y = (0.25 + dy - view.dy * 0.2) * canvas.height
            lift = math.sin(time_s * 7 * scale + phase) * 0.55
            span = unit * scale
            pen.line([(x - span, y - lift * span), (x - span * 0.45, y - (0.25 + lift * 0.6) * span),
                      (x, y), (x + span * 0.45, y - (0.25 + lift * 0.6) * span),
                      (x + span, y - lift * span)], fill=self._colour,
                     width=max(1, round(span * 0.16)), joint="curve")


def northern_lights(rng: np.random.Generator, place: Place) -> list[Drawable]:
    """Two curtains of green and violet light."""
    x, y = place.grid(place.small)
    curtains: list[Drawable] = []
    for number, colour in enumerate(((92, 255, 176), (150, 120, 255))):
        columns = place.small[0]
        foot = place.horizon * (0.62 - 0.14 * number) + 0.07 * noise_1d(rng, columns, 2.5, 3)
        rays = 0.55 + 0.45 * noise_1d(rng, columns, 34, 3, 0.6)
        height = (foot[None, :] - y) / (0.34 + 0.1 * number)
        body = np.where(height > 0, np.exp(-height * 2.6), np.exp(height * 26))
        mask = to_mask((body * np.clip(rays, 0.1, 1)[None, :] * (0.75 - 0.2 * number))
                       .astype(np.float32))
        curtains.append(Plate(Image.new("RGB", place.small, colour), mask, 0.1, 0.9 + number * 0.5))
    return curtains


def _silhouette(size: tuple[int, int], outline: Points, foot: tuple[float, float], unit: float
                ) -> Image.Image:
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).polygon(_placed(size, outline, foot, unit), fill=255)
    return mask.filter(ImageFilter.GaussianBlur(0.7))


def _placed(size: tuple[int, int], outline: Points, foot: tuple[float, float], unit: float
            ) -> Points:
    x = (foot[0] + MARGIN) / (1 + 2 * MARGIN) * size[0]
    y = (foot[1] + MARGIN) / (1 + 2 * MARGIN) * size[1]
    return [(x + px * unit, y + py * unit) for px, py in outline]


def _curved(outline: Points) -> Points:
    # Two rounds of corner cutting turn a sparse outline into a supple one.
    for _ in range(2):
        following = [*outline[1:], outline[0]]
        outline = [point for (ax, ay), (bx, by) in zip(outline, following, strict=True)
                   for point in ((ax * 0.8 + bx * 0.2, ay * 0.8 + by * 0.2),
                                 (ax * 0.2 + bx * 0.8, ay * 0.2 + by * 0.8))]
    return outline
