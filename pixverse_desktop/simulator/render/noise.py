"""Repeatable random textures: fractal noise in one and two dimensions, and gradients."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pixverse_desktop.simulator.render.palette import Rgb

Floats = NDArray[np.float32]


def noise_1d(
    rng: np.random.Generator, count: int, features: float, octaves: int = 5, fade: float = 0.5
) -> Floats:
    """`count` values of about -1 to 1 with some `features` large bumps."""
    total = np.zeros(count, np.float32)
    strength, cells = 1.0, max(1.0, features)
    for _ in range(octaves):
        points = rng.uniform(-1, 1, (1, int(cells) + 4)).astype(np.float32)
        row = Image.fromarray(points).resize((count, 1), Image.Resampling.BICUBIC)
        total += strength * np.asarray(row)[0]
        strength *= fade
        cells *= 2
        if cells > count:
            break
    return total


def noise_2d(
    rng: np.random.Generator,
    size: tuple[int, int],
    cells: tuple[float, float],
    octaves: int = 5,
    fade: float = 0.5,
) -> Floats:
    """Noise of about -1 to 1 for (width, height); `cells` bumps across and down."""
    total = np.zeros((size[1], size[0]), np.float32)
    strength, across, down = 1.0, cells[0], cells[1]
    for _ in range(octaves):
        if across > size[0] or down > size[1]:
            break
        grid = rng.uniform(-1, 1, (int(down) + 3, int(across) + 3)).astype(np.float32)
        picture = Image.fromarray(grid).resize(size, Image.Resampling.BICUBIC)
        total += strength * np.asarray(picture)
        strength *= fade
        across, down = across * 2, down * 2
    return total


def gradient(stops: list[tuple[float, Rgb]], at: Floats) -> Floats:
    """Colours (0 to 255, last axis RGB) of a smooth ramp through `stops` at the places `at`."""
    places = [place for place, _ in stops]
    parts = [np.interp(at, places, [colour[i] for _, colour in stops]) for i in range(3)]
    return np.stack(parts, axis=-1).astype(np.float32)


def to_picture(colours: Floats, rng: np.random.Generator) -> Image.Image:
    """An RGB picture, dithered so that soft gradients show no bands."""
    dither = rng.uniform(-0.9, 0.9, colours.shape[:2]).astype(np.float32)[..., None]
    return Image.fromarray(np.clip(colours + dither + 0.5, 0, 255).astype(np.uint8))


def to_mask(values: Floats) -> Image.Image:
    """An 8-bit mask of values from 0 to 1."""
    return Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))


def smooth(low: float, high: float, values: Floats) -> Floats:
    """0 below `low`, 1 above `high`, a soft ramp between."""
    held = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(held * held * (3 - 2 * held), np.float32)
