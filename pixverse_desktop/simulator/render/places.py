"""Sea, town and space: islands, boats, skylines with lit windows, wet streets, planets."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixverse_desktop.simulator.render.land import edge_mask
from pixverse_desktop.simulator.render.noise import (
    gradient,
    noise_1d,
    noise_2d,
    smooth,
    to_mask,
    to_picture,
)
from pixverse_desktop.simulator.render.palette import Palette, mix
from pixverse_desktop.simulator.render.plates import MARGIN, Plate
from pixverse_desktop.simulator.render.sky import Place


def island(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """A hazy headland on the horizon."""
    width, _ = place.size
    _, y = place.grid()
    side = 1.0 if place.sun_x < 0.5 else 0.0
    away = np.abs(np.linspace(-MARGIN, 1 + MARGIN, width) - side)
    rise = np.clip(0.13 * (1 - away * 1.9), 0, 1) * (0.75 + 0.35 * noise_1d(rng, width, 5, 6))
    ridge = (place.horizon + 0.004 - np.clip(rise, -0.002, 1)).astype(np.float32)
    body = mix(palette.far, palette.near, 0.25)
    haze = smooth(place.horizon - 0.16, place.horizon, y) * 0.55
    a, b = np.array(body, np.float32), np.array(palette.sky[3], np.float32)
    return Plate(to_picture(a + (b - a) * haze[..., None], rng), edge_mask(place, y, ridge), 0.3)


def sea(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """The water's own colour: the sky's near the horizon, deep close by, bright under the sun."""
    x, y = place.grid()
    stops = [
        (place.horizon, mix(palette.sky[3], palette.far, 0.45)),
        (place.horizon + 0.07, mix(palette.sky[2], palette.far, 0.6)),
        (place.horizon + 0.24, mix(palette.far, palette.near, 0.45)),
        (1.1, palette.near),
    ]
    colours = gradient(stops, y)
    swell = noise_2d(rng, place.size, (7 * place.ratio, 44), 4, 0.55)
    depth = smooth(place.horizon, 1.0, y)
    colours *= (1 + swell * (0.03 + 0.09 * depth))[..., None]
    under = np.exp(-(((x - place.sun_x) / (0.10 + 0.26 * depth)) ** 2)) * (1 - 0.72 * depth)
    colours += (np.array(palette.glow, np.float32) - colours) * (under * 0.55)[..., None]
    ridge = np.full(place.size[0], place.horizon, np.float32)
    return Plate(to_picture(colours, rng), edge_mask(place, y, ridge), 0.5)


def boat(palette: Palette, place: Place) -> Plate:
    """A small sailing boat in silhouette."""
    mask = Image.new("L", place.size)
    pen = ImageDraw.Draw(mask)
    unit = min(place.size) * 0.115
    at_x = 0.5 + (0.16 if place.sun_x < 0.5 else -0.16) + MARGIN
    x = at_x / (1 + 2 * MARGIN) * place.size[0]
    y = (place.horizon + 0.065 + MARGIN) / (1 + 2 * MARGIN) * place.size[1]
    for shape in (
        [(-0.62, -0.03), (0.66, -0.07), (0.42, 0.13), (-0.45, 0.13)],
        [(-0.02, -0.12), (-0.02, -1.5), (0.56, -0.12)],
        [(-0.09, -0.12), (-0.09, -1.25), (-0.5, -0.12)],
    ):
        pen.polygon([(x + px * unit, y + py * unit) for px, py in shape], fill=255)
    pen.line(
        [(x - 0.055 * unit, y), (x - 0.055 * unit, y - 1.56 * unit)],
        fill=255,
        width=max(1, round(unit * 0.025)),
    )
    colour = mix(palette.near, palette.far, 0.12)
    return Plate(
        Image.new("RGB", place.small, colour), mask.filter(ImageFilter.GaussianBlur(0.7)), 0.55
    )


def skyline(rng: np.random.Generator, palette: Palette, place: Place, near: float) -> Plate:
    """A row of towers with lit windows; hazy far off, dark and detailed close by."""
    width, height = place.size
    body = mix(palette.far, palette.near, 0.15 + 0.75 * near)
    _, y = place.grid()
    low = mix(body, palette.glow, 0.42 - 0.26 * near)
    colours = gradient([(place.horizon - 0.5, body), (place.horizon + 0.02, low)], y)
    picture = to_picture(colours, rng)
    mask = Image.new("L", (width, height))
    foot = (place.horizon + 0.015 * near + MARGIN) / (1 + 2 * MARGIN) * height
    at = -rng.uniform(0, 0.03) * width
    while at < width:
        wide = min(width, height) * float(rng.uniform(0.045, 0.10)) * (0.7 + 0.75 * near)
        middle = abs((at + wide / 2) / width - 0.5) * 2
        tall = height * float(rng.uniform(0.08, 0.30)) * (0.75 + 0.55 * near * middle)
        if near > 0.9:
            tall *= 0.25 + 1.15 * middle**1.5
        _draw_tower(rng, picture, mask, palette, (at, foot - tall, at + wide, foot), near)
        at += wide * float(rng.uniform(0.86, 1.25))
    ImageDraw.Draw(mask).rectangle([0, foot, width, height], fill=255)
    return Plate(picture, mask, 0.2 + 0.4 * near)


def _draw_tower(
    rng: np.random.Generator,
    picture: Image.Image,
    mask: Image.Image,
    palette: Palette,
    box: tuple[float, float, float, float],
    near: float,
) -> None:
    left, top, right, foot = box
    shape, pen = ImageDraw.Draw(mask), ImageDraw.Draw(picture)
    shape.rectangle(box, fill=255)
    if rng.random() < 0.4:
        inset = (right - left) * 0.22
        top -= (foot - top) * 0.12
        shape.rectangle([left + inset, top, right - inset, foot], fill=255)
    if rng.random() < 0.35:
        middle = (left + right) / 2
        shape.line([(middle, top), (middle, top - (foot - top) * 0.2)], fill=255, width=2)
    cell = max(3.0, mask.height / 160 * (0.8 + 0.8 * near))
    warm = (mix(palette.sun, palette.glow, 0.5), palette.accent, palette.glow)
    share = 0.5 if palette.dark else 0.3
    for row in np.arange(top + cell, foot - cell, cell * 1.9):
        for column in np.arange(left + cell, right - cell * 1.1, cell * 1.55):
            if rng.random() < share:
                colour = mix(
                    palette.far,
                    warm[int(rng.choice(3, p=(0.72, 0.14, 0.14)))],
                    float(rng.uniform(0.35, 1.0)) * (0.5 + 0.5 * near),
                )
                pen.rectangle([column, row, column + cell * 0.75, row + cell * 0.95], fill=colour)
    if palette.dark and near > 0.4 and rng.random() < 0.45:
        _draw_sign(rng, picture, palette, box)


def _draw_sign(
    rng: np.random.Generator,
    picture: Image.Image,
    palette: Palette,
    box: tuple[float, float, float, float],
) -> None:
    left, top, right, foot = box
    wide, tall = (right - left) * 0.16, (foot - top) * float(rng.uniform(0.2, 0.4))
    x = left + (right - left) * float(rng.uniform(0.15, 0.7))
    y = top + (foot - top) * float(rng.uniform(0.1, 0.45))
    colour = palette.accent if rng.random() < 0.5 else palette.glow
    glow = Image.new("L", picture.size)
    ImageDraw.Draw(glow).rectangle([x, y, x + wide, y + tall], fill=255)
    picture.paste(colour, mask=glow.filter(ImageFilter.BoxBlur(max(2.0, wide * 1.1))))
    tube = mix(colour, (255, 255, 255), 0.35)
    ImageDraw.Draw(picture).rectangle([x, y, x + wide, y + tall], fill=tube)


def flatten(picture: Image.Image, plate: Plate) -> None:
    """Paint a plate onto a picture of full plate size, as the neutral camera sees it."""
    colour = plate.colour.resize(picture.size, Image.Resampling.BILINEAR)
    picture.paste(colour, mask=plate.mask and plate.mask.resize(picture.size))


def wet_street(
    rng: np.random.Generator, palette: Palette, place: Place, still: Image.Image
) -> Plate:
    """The town seen upside down in a wet street or a harbour."""
    width, height = place.size
    foot = round((place.horizon + 0.015 + MARGIN) / (1 + 2 * MARGIN) * height)
    depth = height - foot
    mirrored = (
        still.crop((0, max(0, foot - depth), width, foot))
        .transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        .resize((width, depth))
    )
    streaks = mirrored.resize((width, max(2, depth // 14))).resize((width, depth))
    picture = Image.new("RGB", place.size, palette.near)
    picture.paste(Image.blend(mirrored.filter(ImageFilter.BoxBlur(2)), streaks, 0.62), (0, foot))
    _, y = place.grid()
    dim = 0.80 - 0.5 * smooth(place.horizon, 1.05, y)
    a = np.array(mix(palette.near, palette.far, 0.2), np.float32)
    colours = a + (np.asarray(picture, np.float32) - a) * dim[..., None]
    ridge = np.full(width, place.horizon + 0.015, np.float32)
    return Plate(to_picture(colours.astype(np.float32), rng), edge_mask(place, y, ridge), 0.6)


def nebula(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """Coloured gas on black."""
    x, y = place.grid(place.small)
    cells = (3.0 * max(1.0, place.ratio), 3.0)
    gas = noise_2d(rng, place.small, cells, 6, 0.55)
    veil = noise_2d(rng, place.small, cells, 5, 0.5)
    band = np.exp(-(((y - 0.45) + (x - 0.5) * 0.45 + veil * 0.12) ** 2) * 9)
    light = np.clip(band * (0.55 + 0.6 * gas), 0, 1).astype(np.float32)
    stops = [
        (0.0, palette.sky[0]),
        (0.22, palette.sky[1]),
        (0.5, palette.sky[2]),
        (0.78, mix(palette.sky[3], palette.glow, 0.5)),
        (1.0, palette.sun),
    ]
    colours = gradient(stops, light)
    tint = np.array(palette.accent, np.float32)
    colours += (tint - colours) * (np.clip(veil, 0, 1) * light * 0.4)[..., None]
    return Plate(to_picture(colours, rng), None, 0.05)


def planet(rng: np.random.Generator, palette: Palette, place: Place) -> Plate:
    """A banded world, lit from one side, with a bright rim of air."""
    width, height = place.size
    x, y = place.grid()
    wide, high = (place.ratio, 1.0) if place.ratio >= 1 else (1.0, 1 / place.ratio)
    centre_x, centre_y, radius = 0.72, 0.68, 0.40
    px, py = (x - centre_x) * wide / radius, (y - centre_y) * high / radius
    away = np.hypot(px, py)
    up = np.sqrt(np.clip(1 - away * away, 0, 1))
    bands = noise_1d(rng, 1024, 9, 4, 0.6)
    swirl = noise_2d(rng, (width, height), (7 * place.ratio, 9), 5, 0.55)
    tilt = (py * math.cos(0.35) - px * math.sin(0.35)) + swirl * 0.055
    tone = np.interp(tilt, np.linspace(-1.2, 1.2, 1024), bands)
    colours = gradient(
        [
            (-1, palette.far),
            (0, mix(palette.sky[3], palette.glow, 0.5)),
            (1, mix(palette.sun, palette.accent, 0.2)),
        ],
        (tone + swirl * 0.2).astype(np.float32),
    )
    day = smooth(-0.12, 0.85, (-px * 0.72 - py * 0.5 + up * 0.45).astype(np.float32))
    colours *= (0.03 + 1.05 * day)[..., None]
    rim = smooth(0.80, 1.0, away.astype(np.float32)) * day
    colours += (np.array(palette.accent, np.float32) - colours) * (rim * 0.6)[..., None]
    pixel = 2.6 / (radius * min(width, height))
    body = smooth(1 + pixel, 1 - pixel, away.astype(np.float32))
    air = np.exp(-np.clip(away - 1, 0, 9) * 16) * 0.55 * np.clip(day * 1.4, 0, 1)
    colours = np.where((away > 1)[..., None], np.array(palette.accent, np.float32), colours)
    return Plate(to_picture(colours.astype(np.float32), rng), to_mask(np.maximum(body, air)), 0.5)
