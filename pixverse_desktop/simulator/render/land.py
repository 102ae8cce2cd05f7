"""Land: peaks, hills, trees, dunes and the haze between them, each painted as one plate."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixverse_desktop.simulator.render.noise import (
    Floats,
    noise_1d,
    noise_2d,
    smooth,
    to_mask,
    to_picture,
)
from pixverse_desktop.simulator.render.palette import Palette, mix
from pixverse_desktop.simulator.render.plates import MARGIN, Plate
from pixverse_desktop.simulator.render.sky import Place


def edge_mask(place: Place, y: Floats, ridge: Floats) -> Image.Image:
    """Everything below a ridge line (frame units, one value a column), with a soft pixel edge."""
    pixel = (1 + 2 * MARGIN) / place.size[1]
    return to_mask(((y - ridge[None, :]) / (1.4 * pixel) + 0.5).astype(np.float32))


def peaks(
    rng: np.random.Generator, palette: Palette, place: Place, near: float, snowy: bool
) -> Plate:
    """A mountain range, blue with distance when `near` is 0, with lit and shaded faces."""
    width, height = place.size
    x, y = place.grid()
    ridged = 1 - np.abs(noise_1d(rng, width, 3.0 * max(0.8, place.ratio), 7, 0.47))
    rise = (0.24 - 0.09 * near) * (0.35 + 0.75 * ridged)
    ridge = (place.horizon + 0.03 + 0.05 * near - rise).astype(np.float32)
    face = noise_2d(rng, (width, height), (9 * place.ratio, 6), 6, 0.58)
    slope = np.gradient(face, axis=1) * width / 90 + np.gradient(face, axis=0) * height / 160
    # Faces turn over gradually below the light; a step here would be seen as a seam.
    side = np.tanh((place.sun_x - x) * 7)
    light = np.clip(0.5 + slope * side * 0.5, 0, 1)
    body = mix(palette.far, palette.near, 0.12 + 0.42 * near)
    lit = mix(body, palette.glow, 0.34 if not palette.dark else 0.16)
    colours = _blend(body, lit, light)
    if snowy:
        below = y - ridge[None, :]
        snow = smooth(0.12, 0.02, (below + face * 0.035).astype(np.float32)) * (0.45 + 0.55 * light)
        white = np.array(mix(palette.sun, palette.sky[1], 0.18 + 0.3 * palette.dark), np.float32)
        colours += (white - colours) * (snow * 0.88)[..., None]
    haze = smooth(place.horizon - 0.14, place.horizon + 0.10, y) * (0.72 - 0.3 * near)
    colours += (np.array(palette.sky[3], np.float32) - colours) * haze[..., None]
    return Plate(to_picture(colours, rng), edge_mask(place, y, ridge), 0.16 + 0.24 * near)


def hills(
    rng: np.random.Generator, palette: Palette, place: Place, near: float, snowy: bool
) -> Plate:
    """A rolling foreground slope; snow fields when `snowy`."""
    width, height = place.size
    _, y = place.grid()
    ridge = (
        place.horizon
        + 0.02
        + 0.2 * (near - 0.5)
        - 0.05 * noise_1d(rng, width, 1.6 * max(0.7, place.ratio), 3, 0.35)
    ).astype(np.float32)
    grain = noise_2d(rng, (width, height), (5 * place.ratio, 26), 5, 0.5)
    ground = mix(palette.far, palette.near, 0.4 + 0.4 * near)
    if snowy:
        ground = mix(palette.sky[1], palette.sun, 0.42 - 0.2 * near)
        ground = mix(ground, palette.near, 0.5 if palette.dark else 0.1)
    below = np.clip((y - ridge[None, :]) * 3.2, 0, 1)
    shade = mix(ground, palette.near, 0.5 if snowy else 0.78)
    colours = _blend(ground, shade, np.clip(below + grain * 0.10, 0, 1))
    rim = np.exp(-np.clip(y - ridge[None, :], 0, 1) * 42) * 0.5
    colours += (np.array(palette.glow, np.float32) - colours) * rim[..., None]
    return Plate(to_picture(colours, rng), edge_mask(place, y, ridge), 0.45 + 0.4 * near)


def haze(rng: np.random.Generator, palette: Palette, place: Place, step: int) -> Plate:
    """A bank of mist that separates what stands before it from what stands behind."""
    _, y = place.grid(place.small)
    patches = noise_2d(rng, place.small, (2.2 * place.ratio, 7), 4, 0.5)
    level = place.horizon + 0.005 + 0.035 * step
    bank = np.exp(-(((y - level) / 0.055) ** 2)) * np.clip(0.5 + 0.42 * patches, 0, 1)
    colour = mix(palette.sky[3], palette.glow, 0.25)
    strength = (0.55 - 0.1 * step) * (0.6 if palette.dark else 1.0)
    return Plate(Image.new("RGB", place.small, colour), to_mask(bank * strength), 0.2 + 0.14 * step)


def treeline(
    rng: np.random.Generator, palette: Palette, place: Place, near: float, sparse: bool
) -> Plate:
    """Conifers in silhouette, small and pale far off, tall and dark close by."""
    width, height = place.size
    mask = Image.new("L", (width, height))
    pen = ImageDraw.Draw(mask)
    base = (place.horizon + (0.26 if sparse else 0.02 + 0.2 * near) + MARGIN) / (1 + 2 * MARGIN)
    rolling = noise_1d(rng, width, 2.5, 3, 0.5) * 0.018
    tall = (0.10 + 0.34 * near**1.6) * (0.62 if sparse else 1.0)
    count = int((14 if sparse else 100 * (1 - near) ** 1.3 + 24) * max(0.6, place.ratio))
    for _ in range(count):
        at = int(rng.uniform(0, width - 1))
        middle = abs(at / width - 0.5) * 2
        if (sparse or near > 0.7) and middle < rng.uniform(0.2, 0.75):
            continue
        foot = (base + rolling[at] + 0.02 * near) * height
        size = tall * height * rng.uniform(0.5, 1.0) * (0.7 + 0.5 * middle)
        _draw_conifer(pen, rng, at, foot, size)
    rows = np.arange(height, dtype=np.float32)[:, None]
    soil = smooth(0, 3, (rows - ((base + rolling) * height)[None, :]).astype(np.float32))
    grown = np.maximum(
        np.asarray(mask.filter(ImageFilter.GaussianBlur(0.6)), np.float32) / 255, soil
    )
    _, y = place.grid(place.small)
    dark = mix(palette.far, palette.near, min(1.0, 0.12 + 0.95 * near))
    pale = mix(dark, palette.sky[3], 0.5 * (1 - near) + 0.06)
    low = smooth(place.horizon - 0.25, place.horizon + 0.08 + 0.1 * near, y)
    return Plate(to_picture(_blend(dark, pale, low), rng), to_mask(grown), 0.25 + 0.75 * near)


def _draw_conifer(
    pen: ImageDraw.ImageDraw, rng: np.random.Generator, x: float, foot: float, size: float
) -> None:
    wide = size * float(rng.uniform(0.15, 0.21))
    pen.rectangle(
        [x - size * 0.012, foot - size * 0.2, x + size * 0.012, foot + size * 0.2], fill=255
    )
    tiers = max(4, min(11, int(size / 9)))
    for tier in range(tiers):
        part = tier / tiers
        top = foot - size * (1 - part * 0.9)
        bottom = foot - size * (0.92 - (part + 1.35 / tiers) * 0.9)
        half = wide * (0.16 + 0.9 * part) * float(rng.uniform(0.82, 1.12))
        sag = half * 0.28
        pen.polygon(
            [
                (x, top),
                (x + half, bottom + sag),
                (x + half * 0.4, bottom),
                (x - half * 0.4, bottom),
                (x - half, bottom + sag),
            ],
            fill=255,
        )


def light_shafts(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """Beams that fall from the light through the trees."""
    x, y = place.grid(place.small)
    apex = place.sun_y - 0.35
    angle = np.arctan2((x - place.sun_x) * place.ratio, y - apex)
    beams = noise_1d(rng, 512, 26, 4, 0.6)
    pattern = np.interp(angle, np.linspace(-1.6, 1.6, 512), beams).astype(np.float32)
    distance = place.from_sun(x, y)
    # Beams only fall: none towards the sides and above, where the angle wraps round.
    falling = smooth(1.35, 0.75, np.abs(angle)) * smooth(apex, apex + 0.4, y)
    strength = smooth(0.0, 1.0, pattern) * np.exp(-distance * 1.5) * falling
    return Plate(Image.new("RGB", place.small, palette.glow), to_mask(strength * 0.5), 0.35)


def dune(rng: np.random.Generator, palette: Palette, place: Place, near: float) -> Plate:
    """One dune: a soft crest, a lit and a shaded flank, wind ripples close by."""
    width, height = place.size
    x, y = place.grid()
    base = place.horizon + 0.02 + 0.34 * near**1.3
    line = noise_1d(rng, width, (1.3 + 1.4 * (1 - near)) * place.ratio, 2, 0.3)
    # Distance from a zero of the noise, rounded off at the zero itself: that is the crest.
    crest = np.exp(-1.9 * (np.sqrt(line * line + 0.02) - 0.14))
    ridge = (base - (0.06 + 0.09 * near) * crest).astype(np.float32)
    below = y - ridge[None, :]
    lit = mix(mix(palette.far, palette.glow, 0.45), palette.near, 0.16 * near)
    shade = mix(palette.far, palette.near, 0.42 + 0.3 * near)
    slope = np.gradient(ridge) * width / (1 + 2 * MARGIN) / place.ratio
    side = 1.0 if place.sun_x > 0.5 else -1.0
    towards = np.clip(0.5 + slope * 2.2 * side, 0, 1)
    bend = noise_2d(rng, (width, height), (3, 3), 3)
    # The line between light and shade leaves the crest slantwise and winds on its way down.
    down = np.clip(below, 0, 1)
    winding = x - side * down * 0.9 + bend * np.minimum(down, 0.15) * 0.35
    flank = np.interp(winding, x[0], towards)
    smear = smooth(0.0, 0.26, below)
    flank = flank * (1 - smear) + 0.42 * smear
    wind = np.sin((y * (190 - 90 * near) + bend * 6 + x * 5).astype(np.float32))
    flank = np.clip(flank + wind * 0.05 * (0.25 + near), 0, 1)
    colours = _blend(lit, shade, flank.astype(np.float32))
    distance = np.array(mix(palette.sky[3], palette.glow, 0.3), np.float32)
    colours += (distance - colours) * (0.5 * (1 - near) ** 1.5)
    return Plate(to_picture(colours, rng), edge_mask(place, y, ridge), 0.2 + 0.75 * near)


def _blend(first: tuple[int, int, int], second: tuple[int, int, int], part: Floats) -> Floats:
    a, b = np.array(first, np.float32), np.array(second, np.float32)
    return np.asarray(a + (b - a) * part[..., None], np.float32)
