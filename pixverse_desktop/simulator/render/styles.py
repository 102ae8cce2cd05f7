"""Looks: what a style, a vignette and film grain do to a finished frame."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from pixverse_desktop.simulator.render.noise import noise_2d, to_mask

Look = Callable[[Image.Image], Image.Image]


def choose_look(style: str, size: tuple[int, int], seed: int) -> Look | None:
    """The look of a style for frames of that size; None for "none" and for unknown ones."""
    match style:
        case "anime":
            return Anime(size)
        case "3d_animation":
            return Animation3d(size)
        case "clay":
            return Clay(size, seed)
        case "comic":
            return Comic(size)
        case "cyberpunk":
            return Cyberpunk(size)
    return None


class Finish:
    """Vignette and grain, the last step of a painted clip."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        rng = np.random.default_rng(seed)
        x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
        edge = 1 - 0.30 * np.clip((x * x + y * y) * 0.55, 0, 1) ** 1.6
        self._vignette = to_mask(edge.astype(np.float32)).convert("RGB")
        grains = [rng.normal(128, 1.5, (size[1], size[0])) for _ in range(4)]
        self._grains = [
            Image.fromarray(np.clip(grain + 0.5, 0, 255).astype(np.uint8)).convert("RGB")
            for grain in grains
        ]

    def apply(self, frame: Image.Image, index: int) -> Image.Image:
        """The frame, darker towards its corners and alive with grain."""
        shaded = ImageChops.multiply(frame, self._vignette)
        return ImageChops.add(shaded, self._grains[index % 4], 1.0, -128)


def _ink(frame: Image.Image, threshold: int, gain: int, thick: int = 1) -> Image.Image:
    """A mask of the drawn lines: where brightness changes sharply."""
    grey = frame.convert("L").filter(ImageFilter.GaussianBlur(1.2))
    edges = grey.filter(ImageFilter.FIND_EDGES)
    lines = edges.point([min(255, max(0, (v - threshold) * gain)) for v in range(256)])
    # The filter invents an edge along the border.
    lines.paste(0, (0, 0, lines.width, 2))
    lines.paste(0, (0, lines.height - 2, lines.width, lines.height))
    lines.paste(0, (0, 0, 2, lines.height))
    lines.paste(0, (lines.width - 2, 0, lines.width, lines.height))
    return lines.filter(ImageFilter.MaxFilter(3)) if thick > 1 else lines


def _relief(grey: Image.Image, step: int, scale: float) -> Image.Image:
    """Light from the upper left: bright where brightness rises along the diagonal."""
    relief = ImageChops.subtract(grey, ImageChops.offset(grey, step, step), scale, 128)
    # The shifted picture comes in again at the opposite side.
    relief.paste(128, (0, 0, relief.width, step))
    relief.paste(128, (0, 0, step, relief.height))
    return relief


def _steps(levels: int) -> list[int]:
    return [round(round(v / 255 * (levels - 1)) / (levels - 1) * 255) for v in range(256)] * 3


class Anime:
    """Flat cel colours, saturated and bright, with fine dark lines."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._steps = _steps(9)
        self._blur = ImageFilter.BoxBlur(max(1, min(size) // 240))

    def __call__(self, frame: Image.Image) -> Image.Image:
        """Apply the look."""
        flat = ImageEnhance.Color(frame.filter(self._blur)).enhance(1.75)
        flat = ImageEnhance.Brightness(flat).enhance(1.06).point(self._steps)
        flat.paste((38, 24, 60), mask=_ink(frame, 12, 9))
        return flat


class Animation3d:
    """Rounded and glossy: relief lit from above, highlights that bloom, a warm tone."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._radius = max(2.0, min(size) / 120)
        self._gloss = [min(255, max(0, (v - 150) * 3)) for v in range(256)]
        warm = [min(255, round(v * 1.07 + 4)) for v in range(256)]
        cool = [round(v * 0.90) for v in range(256)]
        self._tone = [*warm, *range(256), *cool]

    def __call__(self, frame: Image.Image) -> Image.Image:
        """Apply the look."""
        soft = frame.filter(ImageFilter.BoxBlur(self._radius * 0.55))
        grey = soft.convert("L")
        offset = max(1, round(self._radius * 0.9))
        relief = _relief(grey, offset, 0.4)
        lit = ImageChops.overlay(soft, relief.convert("RGB"))
        gloss = relief.point(self._gloss).filter(ImageFilter.BoxBlur(self._radius * 0.5))
        bloom = frame.convert("L").point(self._gloss).reduce(4).filter(ImageFilter.BoxBlur(6))
        shine = ImageChops.lighter(gloss, bloom.resize(frame.size).point(lambda v: v * 0.45))
        lit = ImageEnhance.Color(lit.point(self._tone)).enhance(1.28)
        return ImageChops.screen(lit, Image.merge("RGB", [shine, shine, shine]))


class Clay:
    """Kneaded matter: few matte tones, thumb marks and soft shadows between the lumps."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        rng = np.random.default_rng([seed, 7])
        lumps = noise_2d(rng, size, (size[0] / 46, size[1] / 46), 3, 0.5)
        prints = noise_2d(rng, size, (size[0] / 8, size[1] / 30), 2, 0.5)
        height = lumps + prints * 0.16
        slope = np.gradient(height, axis=0) * 9 + np.gradient(height, axis=1) * 6
        self._relief = to_mask((0.5 - slope * 0.26).astype(np.float32)).convert("RGB")
        self._steps = _steps(7)
        self._radius = max(2.0, min(size) / 100)

    def __call__(self, frame: Image.Image) -> Image.Image:
        """Apply the look."""
        soft = frame.filter(ImageFilter.BoxBlur(self._radius)).point(self._steps)
        lumpy = soft.filter(ImageFilter.ModeFilter(5)) if min(frame.size) < 200 else soft
        lumpy = lumpy.filter(ImageFilter.BoxBlur(self._radius * 0.35))
        grey = lumpy.convert("L")
        step = max(2, round(self._radius * 0.6))
        bevel = _relief(grey, step, 0.55)
        lit = ImageChops.overlay(lumpy, bevel.convert("RGB"))
        lit = ImageChops.overlay(lit, self._relief)
        matte = ImageEnhance.Contrast(ImageEnhance.Color(lit).enhance(0.92)).enhance(0.86)
        return Image.blend(matte, Image.new("RGB", frame.size, (226, 186, 160)), 0.10)


class Comic:
    """Printed: ink outlines, a dot screen in the shadows, few flat colours."""

    def __init__(self, size: tuple[int, int]) -> None:
        pitch = max(5.0, min(size) / 96)
        x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
        a, b = (x + y) * np.pi / pitch / 1.414, (x - y) * np.pi / pitch / 1.414
        screen = 0.5 + 0.25 * (np.cos(a) + np.cos(b))
        self._screen = to_mask((0.12 + screen * 0.52).astype(np.float32))
        self._steps = _steps(5)
        self._blur = ImageFilter.BoxBlur(max(1.0, min(size) / 200))
        self._hard = [255 if v > 140 else 0 if v < 116 else (v - 116) * 10 for v in range(256)]

    def __call__(self, frame: Image.Image) -> Image.Image:
        """Apply the look."""
        soft = frame.filter(self._blur)
        bright = ImageEnhance.Color(soft).enhance(1.55)
        flat = ImageEnhance.Contrast(bright).enhance(1.15).point(self._steps)
        darkness = ImageChops.subtract(self._screen, soft.convert("L"), 0.7, 128)
        flat.paste((30, 22, 46), mask=darkness.point(self._hard).point(lambda v: v * 0.72))
        flat.paste((14, 10, 22), mask=_ink(soft, 7, 22, thick=2))
        return flat


class Cyberpunk:
    """Magenta and cyan light on violet shadows, bloom, colour fringes and scan lines."""

    def __init__(self, size: tuple[int, int]) -> None:
        stops = (
            (0, 8, 4, 30),
            (70, 64, 10, 110),
            (130, 214, 30, 160),
            (185, 255, 96, 196),
            (225, 90, 226, 255),
            (255, 236, 255, 255),
        )
        places = [stop[0] for stop in stops]
        self._ramp: list[int] = []
        for channel in (1, 2, 3):
            values = np.interp(np.arange(256), places, [stop[channel] for stop in stops])
            self._ramp += [round(float(value)) for value in values]
        pitch = max(3, min(size) // 180)
        rows = np.arange(size[1]) % pitch
        lines = np.where(rows == 0, 0.72, 1.0)[:, None] * np.ones((1, size[0]))
        self._lines = to_mask(lines.astype(np.float32)).convert("RGB")
        self._fringe = max(1, min(size) // 260)

    def __call__(self, frame: Image.Image) -> Image.Image:
        """Apply the look."""
        grey = frame.convert("L")
        graded = Image.merge("RGB", [grey] * 3).point(self._ramp)
        mixed = Image.blend(frame, graded, 0.74)
        red, green, blue = mixed.split()
        fringed = Image.merge(
            "RGB",
            [
                ImageChops.offset(red, self._fringe, 0),
                green,
                ImageChops.offset(blue, -self._fringe, 0),
            ],
        )
        bloom = fringed.reduce(4).filter(ImageFilter.BoxBlur(5)).resize(frame.size)
        lit = ImageChops.screen(fringed, bloom.point(lambda v: max(0, v - 70) * 0.55))
        return ImageChops.multiply(lit, self._lines)
