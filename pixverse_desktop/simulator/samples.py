"""Paints the sample pictures: `python -m pixverse_desktop.simulator.samples OUT_DIR`.

`start.jpg` and `end.jpg` show the same mountains at dawn and after nightfall, so that a clip from
one to the other has something to tell. The others, small, stand beside the example prompts of an
empty stage, and in the styles in which one scene is offered. None carries a caption.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from pixverse_desktop.simulator.names import STYLES
from pixverse_desktop.simulator.render import land
from pixverse_desktop.simulator.render.motion import View
from pixverse_desktop.simulator.render.palette import Palette, choose_palette
from pixverse_desktop.simulator.render.plates import Drawable, Particles
from pixverse_desktop.simulator.render.scene import Brief, build_scene
from pixverse_desktop.simulator.render.sky import Place, sky_plate, star_plate
from pixverse_desktop.simulator.render.styles import Finish, choose_look

SIZE = (1280, 800)
EXAMPLE_SIZE = (320, 180)
EXAMPLES = {
    "sea": "A small sailing boat on a calm sea at sunset",
    "city": "Rain on a neon city at night",
    "forest": "Snow in a pine forest at dawn",
}
STYLE_SIZE = (160, 90)
_SEED = 20
_QUALITY = 88
DAWN = Palette(
    sky=((62, 84, 142), (150, 140, 184), (242, 164, 130), (255, 206, 150)),
    sun=(255, 104, 34),
    glow=(255, 190, 128),
    far=(132, 124, 172),
    near=(30, 40, 72),
    accent=(255, 236, 228),
)
NIGHT = Palette(
    sky=((6, 10, 34), (18, 28, 74), (52, 62, 124), (128, 108, 150)),
    sun=(255, 244, 222),
    glow=(150, 160, 226),
    far=(48, 58, 112),
    near=(7, 10, 26),
    accent=(200, 216, 255),
    dark=True,
)


def main(argv: list[str] | None = None) -> int:
    """Write the pictures into a folder."""
    parser = argparse.ArgumentParser(prog="samples", description="Paint the sample pictures.")
    parser.add_argument("out_dir", type=Path, help="where they are written")
    folder: Path = parser.parse_args(argv).out_dir
    (folder / "styles").mkdir(parents=True, exist_ok=True)
    save(paint(DAWN, (0.66, 0.415), snowfall=True), folder / "start.jpg")
    save(paint(NIGHT, (0.36, 0.20), snowfall=False), folder / "end.jpg")
    for name, prompt in EXAMPLES.items():
        save(_example(prompt, EXAMPLE_SIZE), folder / f"{name}.jpg")
    for style in STYLES:
        save(_example(EXAMPLES["sea"], STYLE_SIZE, style), folder / "styles" / f"{style}.jpg")
    return 0


def _example(prompt: str, shown: tuple[int, int], style: str = "none") -> Image.Image:
    """What a clip of that prompt looks like, without its words."""
    size = (shown[0] * 4, shown[1] * 4)
    brief = Brief(prompt, choose_palette(prompt), size, _SEED)
    canvas = Image.new("RGB", size)
    for layer in build_scene(brief):
        layer.draw(canvas, View(1.0, 0.0, 0.0), 0.0)
    look = choose_look(style, size, _SEED)
    finished = Finish(size, _SEED).apply(look(canvas) if look else canvas, 0)
    return finished.resize(shown, Image.Resampling.LANCZOS)


def paint(palette: Palette, light: tuple[float, float], snowfall: bool) -> Image.Image:
    """The scene in one light: `light` is where sun or moon stands, in parts of the picture."""
    place = Place.choose(_rng("place"), SIZE, "mountains")
    place = replace(place, sun_x=light[0], sun_y=light[1])
    canvas = Image.new("RGB", SIZE)
    for layer in _layers(palette, place, snowfall):
        layer.draw(canvas, View(1.0, 0.0, 0.0), 0.0)
    return Finish(SIZE, _SEED).apply(canvas, 0)


def save(picture: Image.Image, path: Path) -> None:
    """Write a JPEG small enough to be shipped."""
    picture.save(path, quality=_QUALITY, optimize=True, progressive=True)


def _layers(palette: Palette, place: Place, snowfall: bool) -> list[Drawable]:
    # Snow is painted in the colour of the light; an orange sun would turn it to sand.
    land_palette = replace(palette, sun=palette.accent)
    layers: list[Drawable] = [sky_plate(_rng("sky"), palette, place)]
    if palette.dark:
        layers.append(star_plate(_rng("stars"), place, 260, 0.0))
    for step in range(3):
        layers.append(land.peaks(_rng(f"peaks {step}"), land_palette, place, step / 2, True))
        layers.append(land.haze(_rng(f"haze {step}"), land_palette, place, step))
    for step in range(2):
        layers.append(
            land.hills(_rng(f"hills {step}"), land_palette, place, 0.62 + 0.38 * step, True)
        )
    trees = land.treeline(_rng("trees"), land_palette, place, 1.0, sparse=True)
    layers.append(trees)
    layers.append(land.hills(_rng("slope"), land_palette, place, 1.43, True))
    if snowfall:
        layers.append(Particles(_rng("snow"), "snow", SIZE, (255, 250, 244)))
    return layers


def _rng(name: str) -> np.random.Generator:
    # Each layer has a stream of its own: both lights must show the very same mountains.
    return np.random.default_rng([_SEED, *name.encode()])


if __name__ == "__main__":
    sys.exit(main())
