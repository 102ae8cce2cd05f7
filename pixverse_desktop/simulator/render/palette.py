"""Colours: a palette picked by the words of a prompt, or a harmonious one made from its hash."""

from __future__ import annotations

import colorsys
import hashlib
import random
import re
from dataclasses import dataclass

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Sky from top to horizon, the light, and the ground from far to near."""

    sky: tuple[Rgb, Rgb, Rgb, Rgb]
    sun: Rgb
    glow: Rgb
    far: Rgb
    near: Rgb
    accent: Rgb
    dark: bool = False


def _hex(text: str) -> Rgb:
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def _palette(colours: str, dark: bool = False) -> Palette:
    c = [_hex(word) for word in colours.split()]
    return Palette((c[0], c[1], c[2], c[3]), c[4], c[5], c[6], c[7], c[8], dark)


_NAMED: tuple[tuple[str, Palette], ...] = (
    (
        r"neon|cyber\w*|synthwave|vaporwave|blade ?runner",
        _palette("0a0620 25104e 6d1f80 ff5c9d ffd6ee ff4fb0 3d1c69 090416 2de2ff", True),
    ),
    (
        r"space|galax\w*|nebula|planet\w*|cosm\w*|astronaut|orbit(al)?|milky",
        _palette("03040d 090b26 1b1546 3a2368 fff3e0 b79bff 2a2358 05040f 5ee0ff", True),
    ),
    (
        r"fire|flame\w*|lava|volcan\w*|ember\w*|inferno|dragon\w*",
        _palette("12060a 34090c 8a1f0e f7812b ffe0a0 ff7a2a 5a160d 0c0405 ffb347", True),
    ),
    (
        r"sunset|golden hour|dusk|twilight|evening|amber",
        _palette("272253 77417c e9735c ffc680 fff3cf ffad60 81507a 1c1230 ffd9a0"),
    ),
    (
        r"sunrise|dawn|morning",
        _palette("41639f 8b8fc4 f0a9a4 ffdcae fff6dc ffc48a 8b86b0 24304f ffe9c9"),
    ),
    (
        r"night|moon\w*|midnight|stars?|starry|aurora",
        _palette("050a1c 0c1a3c 1d3564 4a6a98 f2f6ff 8fb2ee 1e3159 050914 bfe0ff", True),
    ),
    (
        r"storm\w*|rain\w*|thunder\w*|fog\w*|mist\w*|grey|gray",
        _palette("263440 455866 7a8f9a bccacb eef4f3 d5e2e0 63777f 131b21 d5e8ee"),
    ),
    (
        r"snow\w*|winter|ice|icy|frost\w*|glacier|arctic|fox",
        _palette("6f9ccb a9c8e4 dfe5ef ffe2cf fff8ee ffd9bd a3bcd6 34506f ffffff"),
    ),
    (
        r"desert|dunes?|sand\w*|sahara|canyon|egypt\w*|camel",
        _palette("3a7ca6 97c0c4 f4d9a6 ffbd73 fff6dc ffd28d dc9a60 642a18 ffe3b0"),
    ),
    (
        r"forest|leaf|leaves|wood\w*|jungle|trees?|moss\w*|fern|deer",
        _palette("8fb9a9 bcd8bd e3ebc6 fdf4cd fffce6 fff0b0 84a98f 10261c f3ffc9"),
    ),
    (
        r"ocean|sea|waves?|beach|surf\w*|boat|sail\w*|whale|island|lake|river|water",
        _palette("1a6cb0 54a8d8 a8dce8 ffecd0 fffaea ffe9bd 4a8fae 0a2c47 ecfcff"),
    ),
    (
        r"clay|ceramic|pottery|pastel|dough|toys?",
        _palette("eeb9a6 f4cfb9 f9e3d0 fdf2e4 fffaf0 ffe3c4 e39f88 7f4c40 fff3e3"),
    ),
    (
        r"meadow|spring|flowers?|field|grass|garden|summer|hills?",
        _palette("4697d8 87c2ea cde8ef fff4d8 fffbe8 fff0c0 8dbd8c 1d5632 fff6c9"),
    ),
    (
        r"city|street|skyline|urban|tokyo|paris|new york|tower\w*|rooftop",
        _palette("1f2c5a 57588f d58a8c ffd2a6 fff2dc ffb98a 5b5684 10122a ffd58a"),
    ),
)


def choose_palette(prompt: str) -> Palette:
    """The palette of the first theme whose words stand in `prompt`, else one from its hash."""
    text = prompt.lower()
    for words, palette in _NAMED:
        if re.search(rf"\b(?:{words})\b", text):
            return palette
    return hashed_palette(prompt)


def hashed_palette(text: str) -> Palette:
    """A harmonious palette (neighbouring hues towards a warm light) for any text."""
    rng = random.Random(hashlib.sha256(text.encode()).digest())
    hue = rng.random()
    turn = rng.choice((-1, 1)) * rng.uniform(0.06, 0.14)

    def colour(step: float, saturation: float, value: float) -> Rgb:
        r, g, b = colorsys.hsv_to_rgb((hue + turn * step) % 1, saturation, value)
        return round(r * 255), round(g * 255), round(b * 255)

    return Palette(
        (
            colour(0, 0.68, 0.36),
            colour(0.7, 0.55, 0.62),
            colour(1.5, 0.42, 0.88),
            colour(2.2, 0.26, 0.99),
        ),
        colour(2.4, 0.08, 1.0),
        colour(2.2, 0.35, 1.0),
        colour(0.6, 0.38, 0.6),
        colour(0, 0.7, 0.16),
        colour(2.4, 0.15, 1.0),
    )


def shifted(palette: Palette, turn: float) -> Palette:
    """The palette with every hue turned by a part of the colour circle: another shot's light."""

    def one(colour: Rgb) -> Rgb:
        h, s, v = colorsys.rgb_to_hsv(*(part / 255 for part in colour))
        r, g, b = colorsys.hsv_to_rgb((h + turn) % 1, s, v)
        return round(r * 255), round(g * 255), round(b * 255)

    a, b, c, d = (one(colour) for colour in palette.sky)
    return Palette(
        (a, b, c, d),
        palette.sun,
        one(palette.glow),
        one(palette.far),
        one(palette.near),
        palette.accent,
        palette.dark,
    )


def mix(first: Rgb, second: Rgb, part: float) -> Rgb:
    """`first` with `part` (0 to 1) of `second` in it."""
    r, g, b = (round(a + (z - a) * part) for a, z in zip(first, second, strict=True))
    return r, g, b
