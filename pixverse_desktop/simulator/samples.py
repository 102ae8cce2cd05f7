"""Paints the two sample frames of the demo: `python -m pixverse_desktop.simulator.samples DIR`.

Both show one place, a fox in the snow, at dawn (`start.jpg`) and at dusk (`end.jpg`).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from .render import land
from .render.figures import fox
from .render.motion import View
from .render.palette import Palette, choose_palette
from .render.plates import Drawable, Particles
from .render.sky import Place, sky_plate, star_plate

SIZE = (1280, 800)
_MAX_BYTES = 200_000


def paint(evening: bool) -> Image.Image:
    """The sample place by the light of dawn, or of the evening with the fox further on."""
    palette = choose_palette("dusk" if evening else "sunrise snow")
    if evening:
        palette = replace(palette, near=(30, 28, 66))
    large = (SIZE[0] * 2, SIZE[1] * 2)
    canvas = Image.new("RGB", large)
    for layer in _layers(palette, large, evening):
        layer.draw(canvas, View(1.0, 0.0, 0.0), 1.0)
    return canvas.resize(SIZE, Image.Resampling.LANCZOS)


def _layers(palette: Palette, size: tuple[int, int], evening: bool) -> list[Drawable]:
    rng = np.random.default_rng(20)
    place = Place.choose(rng, size, "mountains")
    place = replace(place, sun_x=0.34, sun_y=0.47 if evening else 0.33)
    layers: list[Drawable] = [sky_plate(np.random.default_rng(5), palette, place)]
    if evening:
        layers.append(star_plate(rng, replace(place, horizon=0.4), 90, 0.0))
    rng = np.random.default_rng(21)
    for step in range(3):
        layers.append(land.peaks(rng, palette, place, step / 2, snowy=True))
        layers.append(land.haze(rng, palette, place, step))
    for step in range(2):
        layers.append(land.hills(rng, palette, place, 0.62 + 0.38 * step, snowy=True))
    layers.append(land.treeline(rng, palette, place, 1.0, sparse=True))
    layers.append(fox(palette, place, 0.68 if evening else 0.54, 0.25))
    layers.append(Particles(rng, "snow", size, (255, 255, 255)))
    return layers


def save(picture: Image.Image, path: Path) -> int:
    """Write a JPEG below 200 kB, as good as fits; the quality used."""
    for quality in range(92, 40, -4):
        picture.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size < _MAX_BYTES:
            return quality
    return 40


def main(argv: list[str]) -> int:
    """Write both samples into the folder named first."""
    folder = Path(argv[0])
    for name, evening in (("start.jpg", False), ("end.jpg", True)):
        save(paint(evening), folder / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
