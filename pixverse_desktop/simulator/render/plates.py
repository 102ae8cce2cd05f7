"""What a scene is made of: still plates in depth, water, silk and particles, each drawn by time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from pixverse_desktop.simulator.render.motion import View
from pixverse_desktop.simulator.render.noise import Floats, gradient, noise_2d, to_mask
from pixverse_desktop.simulator.render.palette import Rgb

MARGIN = 0.16
_BILINEAR = Image.Resampling.BILINEAR


class Drawable(Protocol):
    """Anything that paints itself onto a frame."""

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Paint onto `canvas` as seen by `view` at `time_s` seconds."""


def view_box(
    layer: tuple[int, int], frame: tuple[int, int], view: View, depth: float
) -> tuple[float, float, float, float]:
    """The part of a plate of size `layer` that fills a frame; far plates (depth 0) move less.

    A plate spans the frame and `MARGIN` of it on every side, at any scale.
    """
    scale = layer[0] / (frame[0] * (1 + 2 * MARGIN))
    zoom = 1 + (view.zoom - 1) * (0.35 + 0.65 * depth)
    width, height = frame[0] * scale / zoom, frame[1] * scale / zoom
    x = layer[0] / 2 + view.dx * depth * frame[0] * scale
    y = layer[1] / 2 + view.dy * depth * frame[1] * scale
    left = min(max(0.0, x - width / 2), layer[0] - width)
    top = min(max(0.0, y - height / 2), layer[1] - height)
    return left, top, left + width, top + height


@dataclass(slots=True)
class Plate:
    """A still picture at a depth from 0 (infinitely far) to 1 (close), seen through its mask."""

    colour: Image.Image
    mask: Image.Image | None
    depth: float
    twinkle: float = 0.0

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Paint the visible part."""
        box = view_box(self.colour.size, canvas.size, view, self.depth)
        colour = self.colour.resize(canvas.size, _BILINEAR, box=box)
        if self.mask is None:
            canvas.paste(colour)
            return
        mask_box = view_box(self.mask.size, canvas.size, view, self.depth)
        mask = self.mask.resize(canvas.size, _BILINEAR, box=mask_box)
        if self.twinkle:
            level = 0.72 + 0.28 * math.sin(time_s * self.twinkle)
            mask = mask.point([round(value * level) for value in range(256)])
        canvas.paste(colour, mask=mask)


class Water:
    """Light on water: two drifting ripple textures that sparkle where they meet."""

    def __init__(
        self,
        rng: np.random.Generator,
        size: tuple[int, int],
        horizon: float,
        light: Rgb,
        shade: Rgb,
        path_x: float,
        path_width: float,
    ) -> None:
        self._top = horizon
        self._light, self._shade = light, shade
        width, height = size[0], max(8, int(size[1] * (1 - horizon)))
        self._ripples = [ripples(rng, (width * 2, height)) for _ in range(2)]
        across = np.linspace(0, 1, width, dtype=np.float32)[None, :]
        down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        spread = path_width * (0.35 + 1.1 * down)
        path = np.exp(-(((across - path_x) / spread) ** 2)) * (1.0 - 0.45 * down)
        self._path = to_mask((0.10 + 0.90 * path).astype(np.float32))
        self._sparkle = [min(255, max(0, (value - 132) * 6)) for value in range(256)]
        self._hollow = [min(120, max(0, (118 - value) * 3)) for value in range(256)]

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Paint sparkle and hollows below the horizon."""
        width, height = canvas.size
        top = round(
            (0.5 + (self._top - 0.5 - view.dy * 0.5) * (1 + (view.zoom - 1) * 0.6)) * height
        )
        size = (width, max(1, height - top))
        first = self._scrolled(0, size, 0.014 * time_s + view.dx * 0.3)
        second = self._scrolled(1, size, 0.5 - 0.011 * time_s + view.dx * 0.3)
        ripple = ImageChops.add(first, second, 2.0)
        path = self._path.resize(size, _BILINEAR)
        canvas.paste(self._shade, (0, top), ripple.point(self._hollow))
        canvas.paste(self._light, (0, top), ImageChops.multiply(ripple.point(self._sparkle), path))

    def _scrolled(self, index: int, size: tuple[int, int], shift: float) -> Image.Image:
        texture = self._ripples[index]
        width = texture.width / 2
        left = (shift % 1.0) * width
        return texture.resize(size, _BILINEAR, box=(left, 0, left + width, texture.height))


def ripples(rng: np.random.Generator, size: tuple[int, int]) -> Image.Image:
    """A mask of ripples in perspective that tiles: its right half repeats its left half."""
    # Rows are taken from flat noise with perspective: close together at the horizon.
    half = size[0] // 2
    over = half // 4
    wide = noise_2d(rng, (half + over, size[1] * 3), ((half + over) / 90, size[1] / 3.2), 4, 0.62)
    # What runs over at the right fades into the left, so the tile meets itself; the roots keep
    # the contrast of two unrelated textures level all through the fade.
    blend = np.linspace(0, 1, over, dtype=np.float32)[None, :]
    flat = wide[:, :half].copy()
    flat[:, :over] = flat[:, :over] * np.sqrt(blend) + wide[:, half:] * np.sqrt(1 - blend)
    down = np.linspace(0, 1, size[1], dtype=np.float32)
    rows = (np.log1p(down * 9) / math.log(10) * (flat.shape[0] - 1)).astype(int)
    tiled = np.concatenate([flat[rows], flat[rows]], axis=1)
    return to_mask((0.5 + tiled * 0.27).astype(np.float32))


class Silk:
    """Slow folds of light: warped noise through a colour ramp, painted small and smoothed up."""

    def __init__(
        self, rng: np.random.Generator, size: tuple[int, int], stops: list[tuple[float, Rgb]]
    ) -> None:
        scale = max(size) / 300
        self._small = (max(48, round(size[0] / scale)), max(48, round(size[1] / scale)))
        field = (self._small[0] * 2, self._small[1] * 2)
        self._fields = [noise_2d(rng, field, (2.4, 2.0), 3, 0.42) for _ in range(3)]
        self._ramp = gradient(stops, np.linspace(0, 1, 1024, dtype=np.float32))
        x, y = np.meshgrid(
            np.linspace(0, 1, self._small[0], dtype=np.float32),
            np.linspace(0, 1, self._small[1], dtype=np.float32),
        )
        self._slope = (x * 1.3 + y * 0.9).astype(np.float32)

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Cover the whole canvas."""
        a, b, c = (self._window(i, time_s) for i in range(3))
        fold = self._slope * 5.2 / view.zoom + a * 2.3 + b * 1.1 + time_s * 0.16 + view.dx * 4
        value = 0.5 + 0.5 * np.sin(fold + 1.2 * np.sin(fold * 0.6 + c * 2.0))
        lit = np.gradient(value, axis=0) * -7 + np.gradient(value, axis=1) * -4
        index = np.clip(value * 900 + 60, 0, 1023).astype(np.int32)
        colours = self._ramp[index] * (1 + np.clip(lit, -0.35, 0.5)[..., None])
        small = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
        canvas.paste(small.resize(canvas.size, Image.Resampling.BICUBIC))

    def _window(self, index: int, time_s: float) -> Floats:
        field = self._fields[index]
        angle = time_s * (0.10 + 0.04 * index) + index * 2.1
        w, h = self._small
        x = w * (0.5 + 0.45 * math.cos(angle))
        y = h * (0.5 + 0.45 * math.sin(angle))
        column, row = int(x), int(y)
        fx, fy = x - column, y - row
        block = field[row : row + h + 1, column : column + w + 1]
        block = np.pad(block, ((0, h + 1 - block.shape[0]), (0, w + 1 - block.shape[1])), "edge")
        across = block[:, :-1] * (1 - fx) + block[:, 1:] * fx
        return np.asarray(across[:-1] * (1 - fy) + across[1:] * fy, np.float32)


@dataclass(frozen=True, slots=True)
class Drift:
    """How a kind of particle behaves; speeds in frame sizes a second, radius of the short side."""

    count: int
    radius: tuple[float, float]
    speed_x: float
    speed_y: float
    wander: float
    alpha: float
    streak: float = 0.0


DRIFTS = {
    "snow": Drift(260, (0.0016, 0.0085), 0.03, 0.13, 0.018, 0.85),
    "rain": Drift(300, (0.0012, 0.0022), -0.18, 1.5, 0.0, 0.34, 0.05),
    "dust": Drift(70, (0.0012, 0.0042), 0.012, -0.008, 0.02, 0.42),
    "embers": Drift(150, (0.0012, 0.0045), 0.03, -0.16, 0.03, 0.95),
    "leaves": Drift(40, (0.004, 0.009), 0.07, 0.09, 0.05, 0.85),
    "fireflies": Drift(46, (0.002, 0.0055), 0.012, -0.012, 0.05, 0.9),
}


class Particles:
    """Snow, rain, dust, embers or leaves; every position is a pure function of time."""

    def __init__(
        self, rng: np.random.Generator, kind: str, size: tuple[int, int], colour: Rgb
    ) -> None:
        self._drift = DRIFTS[kind]
        self._colour = colour
        count = self._drift.count
        self._near = rng.uniform(0, 1, count) ** 2.2
        self._x, self._y = rng.uniform(0, 1.2, count), rng.uniform(0, 1.2, count)
        self._phase = rng.uniform(0, 6.28, count)
        low, high = self._drift.radius
        short = min(size)
        self._radii = np.maximum(0.6, (low + (high - low) * self._near) * short)
        self._sprites = [_sprite(float(radius)) for radius in self._radii]

    def draw(self, canvas: Image.Image, view: View, time_s: float) -> None:
        """Paint every particle where it is at `time_s`."""
        drift = self._drift
        pace = 0.45 + 0.8 * self._near
        sway = drift.wander * np.sin(time_s * 1.3 + self._phase)
        x = (self._x + drift.speed_x * pace * time_s + sway - view.dx * pace) % 1.2 - 0.1
        y = (self._y + drift.speed_y * pace * time_s + sway * 0.4) % 1.2 - 0.1
        x = 0.5 + (x - 0.5) * (1 + (view.zoom - 1) * pace)
        glint = drift.alpha * (0.7 + 0.3 * np.sin(time_s * 2.1 + self._phase * 3))
        if drift.streak:
            self._draw_streaks(canvas, x, y)
            return
        for i, sprite in enumerate(self._sprites):
            if x[i] < -0.05 or x[i] > 1.05:
                continue
            half = sprite.width // 2
            place = (int(x[i] * canvas.width) - half, int(y[i] * canvas.height) - half)
            level = float(glint[i]) * (0.5 + 0.5 * (1 - float(self._near[i]) * 0.4))
            canvas.paste(self._colour, place, sprite.point([int(v * level) for v in range(256)]))

    def _draw_streaks(self, canvas: Image.Image, x: NDFloats, y: NDFloats) -> None:
        mask = Image.new("L", canvas.size)
        pen = ImageDraw.Draw(mask)
        length = self._drift.streak * canvas.height
        lean = self._drift.speed_x / self._drift.speed_y
        for i in range(len(x)):
            near = 0.4 + float(self._near[i])
            left, top = float(x[i]) * canvas.width, float(y[i]) * canvas.height
            end = (left + lean * length * near, top + length * near)
            pen.line(
                [(left, top), end],
                fill=int(255 * self._drift.alpha * min(1.0, near)),
                width=max(1, round(float(self._radii[i]))),
            )
        canvas.paste(self._colour, mask=mask)


NDFloats = np.ndarray[tuple[int], np.dtype[np.float64]]


def _sprite(radius: float) -> Image.Image:
    half = max(1, math.ceil(radius * 1.7))
    span = np.arange(-half, half + 1, dtype=np.float32)
    x, y = np.meshgrid(span, span)
    return to_mask(np.exp(-((x * x + y * y) / (radius * radius) * 1.15)).astype(np.float32))
