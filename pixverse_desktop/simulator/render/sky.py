"""The sky: where the light stands, gradient, glow, clouds and stars."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pixverse_desktop.simulator.render.noise import (
    Floats,
    gradient,
    noise_2d,
    smooth,
    to_mask,
    to_picture,
)
from pixverse_desktop.simulator.render.palette import Palette, mix
from pixverse_desktop.simulator.render.plates import MARGIN, Plate


@dataclass(frozen=True, slots=True)
class Place:
    """The stage in frame units (0 to 1 is visible): plate size in pixels, horizon, light."""

    size: tuple[int, int]
    small: tuple[int, int]
    ratio: float
    horizon: float
    sun_x: float
    sun_y: float

    @classmethod
    def choose(cls, rng: np.random.Generator, frame: tuple[int, int], kind: str) -> Place:
        """A stage for a frame of that many pixels."""
        size = (round(frame[0] * (1 + 2 * MARGIN)), round(frame[1] * (1 + 2 * MARGIN)))
        horizon = {"ocean": 0.56, "dunes": 0.52, "city": 0.66, "forest": 0.7}.get(kind, 0.62)
        sun_x = 0.5 + float(rng.choice((-1, 1))) * float(rng.uniform(0.10, 0.24))
        sun_y = horizon - float(rng.uniform(0.12, 0.26))
        small = (size[0] // 2, size[1] // 2)
        return cls(size, small, frame[0] / frame[1], horizon, sun_x, sun_y)

    def grid(self, size: tuple[int, int] | None = None) -> tuple[Floats, Floats]:
        """x and y of every pixel of a plate, in frame units."""
        width, height = size or self.size
        x = np.linspace(-MARGIN, 1 + MARGIN, width, dtype=np.float32)
        y = np.linspace(-MARGIN, 1 + MARGIN, height, dtype=np.float32)
        across, down = np.meshgrid(x, y)
        return across, down

    def from_sun(self, x: Floats, y: Floats) -> Floats:
        """Distance from the light in units of the short side."""
        wide, high = (self.ratio, 1.0) if self.ratio >= 1 else (1.0, 1 / self.ratio)
        away = np.hypot((x - self.sun_x) * wide, (y - self.sun_y) * high)
        return np.asarray(away, np.float32)


def sky_plate(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """Gradient, glow, clouds and the disc of sun or moon, painted at half size."""
    x, y = place.grid(place.small)
    top, upper, lower, low = palette.sky
    stops = [
        (-0.1, top),
        (place.horizon * 0.38, upper),
        (place.horizon * 0.78, lower),
        (place.horizon, low),
        (1.2, low),
    ]
    colours = gradient(stops, y)
    distance = place.from_sun(x, y)
    glow = np.array(palette.glow, np.float32)
    strength = 0.55 * np.exp(-distance * 2.6) + 0.45 * np.exp(-distance * 9)
    colours += (glow - colours) * strength[..., None]
    _add_clouds(rng, colours, palette, place, y, distance)
    _add_disc(colours, palette, distance)
    return Plate(to_picture(colours, rng), None, 0.08)


def _add_clouds(
    rng: np.random.Generator,
    colours: Floats,
    palette: Palette,
    place: Place,
    y: Floats,
    distance: Floats,
) -> None:
    density = noise_2d(rng, place.small, (3.2 * max(1.0, place.ratio), 9), 6, 0.55)
    high = smooth(place.horizon, place.horizon - 0.22, y) * smooth(-0.2, 0.2, y)
    cover = smooth(0.05, 1.05, density) * high * (0.5 if palette.dark else 0.8)
    lit = np.exp(-distance * 1.9)[..., None]
    shade = np.array(mix(palette.sky[1], palette.sky[2], 0.55), np.float32)
    bright = np.array(mix(palette.sky[3], palette.sun, 0.45), np.float32)
    relief = np.clip(0.5 - np.gradient(density, axis=0) * 5, 0, 1)[..., None]
    tone = shade + (bright - shade) * np.clip(lit * 1.1 + relief * 0.5 - 0.12, 0, 1)
    colours += (tone - colours) * cover[..., None]


def _add_disc(colours: Floats, palette: Palette, distance: Floats) -> None:
    radius = 0.062 if not palette.dark else 0.05
    sun = np.array(palette.sun, np.float32)
    halo = 0.7 * np.exp(-np.maximum(0, distance - radius) * 26)
    disc = np.maximum(smooth(radius + 0.004, radius - 0.004, distance), halo)
    colours += (sun - colours) * disc[..., None]


def star_plate(
    rng: np.random.Generator, place: Place, count: int, twinkle: float, whole: bool = False
) -> Plate:
    """Stars of many sizes, over the upper sky or over the `whole` frame."""
    width, height = place.size
    mask = np.zeros((height, width), np.float32)
    scale = min(width, height) / 900
    depth = 0.06 if not twinkle else 0.12
    for _ in range(count):
        x = int(rng.uniform(3, width - 4))
        y = int(rng.uniform(3, (height if whole else height * place.horizon * 0.85) - 4))
        size = float(rng.pareto(2.6) * 0.5 + 0.5) * scale * (1.6 if twinkle else 1.0)
        # A larger one would be cut off square at the edge of its spot.
        size = min(size, 1.5)
        half = min(3, math.ceil(size * 2))
        span = np.arange(-half, half + 1, dtype=np.float32)
        spot = np.exp(-(span[:, None] ** 2 + span[None, :] ** 2) / max(0.35, size * size))
        level = float(rng.uniform(0.35, 1.0))
        area = mask[y - half : y + half + 1, x - half : x + half + 1]
        if area.shape == spot.shape:
            np.maximum(area, spot * level, out=area)
    white = Image.new("RGB", (16, 16), (255, 250, 242))
    return Plate(white.resize(place.small), to_mask(mask), depth, twinkle)
