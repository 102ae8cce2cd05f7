"""A shot that moves through the user's pictures and never changes their shape."""

from __future__ import annotations

import random

import numpy as np
from PIL import Image

from pixverse_desktop.simulator.render.frames import Pictures
from pixverse_desktop.simulator.render.motion import View, choose_move, ease
from pixverse_desktop.simulator.render.palette import choose_palette
from pixverse_desktop.simulator.render.plates import Particles
from pixverse_desktop.simulator.render.scene import Brief, air, weather

_BICUBIC = Image.Resampling.BICUBIC
_REST = View(1.0, 0.0, 0.0)


class PictureShot:
    """Begins on the start picture itself; ends on the end picture itself when there is one."""

    def __init__(
        self,
        pictures: Pictures,
        size: tuple[int, int],
        prompt: str,
        seed: int,
        number: int,
        shots: int,
        count: int,
    ) -> None:
        assert pictures.start is not None
        self._size, self._count = size, count
        self._first, self._last = number == 0, number == shots - 1
        self._number, self._shots = number, shots
        self._start = cropped(pictures.start, size)
        self._end = cropped(pictures.end, size) if pictures.end is not None else None
        rng = random.Random(seed * 17 + number)
        move = choose_move(prompt, rng)
        zoom = max(move.start.zoom, move.end.zoom, 1.05)
        dx = move.end.dx - move.start.dx or rng.choice((-0.03, 0.03))
        self._far = View(min(1.35, zoom + abs(dx) * 1.2), dx * 0.6, move.end.dy * 0.5)
        if number:
            self._far = View(self._far.zoom * 1.25, -self._far.dx, self._far.dy)
        self._air: Particles | None = None
        if weather(prompt) != "dust":
            brief = Brief(prompt, choose_palette(prompt), size, seed)
            self._air = air(np.random.default_rng([seed, 3]), brief)

    def frame(self, index: int) -> Image.Image:
        """The picture at that place in the shot."""
        part = index / max(1, self._count - 1)
        picture = _through(self._start, self._size, self._view(part))
        if self._end is not None:
            picture = self._dissolved(picture, part)
        strength = 1.0 if not self._first else ease(part * 4)
        if self._last and self._end is not None:
            strength = min(strength, ease((1 - part) * 4))
        if self._air is not None and strength > 0:
            self._draw_air(picture, index, strength)
        return picture

    def _view(self, part: float) -> View:
        if self._first:
            return _between(_REST, self._far, 0.5 * part + 0.5 * ease(part))
        closer = View(self._far.zoom * 0.86, self._far.dx * -0.6, self._far.dy)
        return _between(closer, self._far, part)

    def _dissolved(self, picture: Image.Image, part: float) -> Image.Image:
        assert self._end is not None
        whole = (self._number + part) / self._shots
        if self._shots > 1:
            # With several shots the pictures change at a cut.
            blend = 1.0 if self._last else 0.0
            whole = part
        else:
            blend = ease((whole - 0.22) / 0.56)
        if blend <= 0:
            return picture
        view = _between(View(1.08, -self._far.dx * 0.4, 0.0), _REST, ease(whole))
        other = _through(self._end, self._size, view)
        return other if blend >= 1 else Image.blend(picture, other, blend)

    def _draw_air(self, picture: Image.Image, index: int, strength: float) -> None:
        assert self._air is not None
        if strength >= 1:
            self._air.draw(picture, _REST, index / 24)
            return
        with_air = picture.copy()
        self._air.draw(with_air, _REST, index / 24)
        picture.paste(Image.blend(picture, with_air, strength))


def cropped(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture cut to a shape around its centre, with pixels to spare for a close look."""
    width, height = picture.size
    ratio = size[0] / size[1]
    if width / height > ratio:
        wide, high = height * ratio, float(height)
    else:
        wide, high = float(width), width / ratio
    left, top = (width - wide) / 2, (height - high) / 2
    scale = min(1.3, max(1.0, high / size[1]))
    return picture.resize(
        (round(size[0] * scale), round(size[1] * scale)),
        Image.Resampling.LANCZOS,
        box=(left, top, left + wide, top + high),
    )


def _between(start: View, end: View, part: float) -> View:
    return View(
        start.zoom + (end.zoom - start.zoom) * part,
        start.dx + (end.dx - start.dx) * part,
        start.dy + (end.dy - start.dy) * part,
    )


def _through(picture: Image.Image, size: tuple[int, int], view: View) -> Image.Image:
    width, height = picture.width / view.zoom, picture.height / view.zoom
    x, y = picture.width * (0.5 + view.dx), picture.height * (0.5 + view.dy)
    left = min(max(0.0, x - width / 2), picture.width - width)
    top = min(max(0.0, y - height / 2), picture.height - height)
    return picture.resize(size, _BICUBIC, box=(left, top, left + width, top + height))
