"""Scenes: which one a prompt means, and the plates that it is painted from."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pixverse_desktop.simulator.render import land, places
from pixverse_desktop.simulator.render.noise import noise_2d, smooth, to_mask, to_picture
from pixverse_desktop.simulator.render.palette import Palette, mix
from pixverse_desktop.simulator.render.plates import MARGIN, Drawable, Particles, Plate, Silk, Water
from pixverse_desktop.simulator.render.sky import Place, sky_plate, star_plate

_KINDS = (
    ("space", r"space|galax\w*|nebula|planet\w*|cosm\w*|astronaut|milky way"),
    (
        "city",
        r"city|street|skyline|urban|tokyo|paris|new york|tower\w*|rooftop|neon|cyber\w*|car|"
        r"taxi|train|robot",
    ),
    (
        "ocean",
        r"ocean|sea|waves?|beach|surf\w*|boat|sail\w*|ship|whale|island|lake|river|water|"
        r"lighthouse",
    ),
    ("dunes", r"desert|dunes?|sand\w*|sahara|camel"),
    ("forest", r"forest|leaf|leaves|wood\w*|jungle|trees?|moss\w*|fern|deer|bear|fox|owl"),
    (
        "mountains",
        r"snow\w*|winter|mountains?|alps|glacier|arctic|volcan\w*|lava|fire|ember\w*|"
        r"dragon\w*|hills?|valley|meadow|field|canyon|castle|storm\w*",
    ),
    (
        "silk",
        r"abstract|silk|ink|liquid|smoke|clay|paint\w*|portrait|close-?up|product|perfume|"
        r"flower|glass|fabric|watch|face|woman|man|girl|boy|dancer|coffee|logo|macro",
    ),
)
_FALLBACK = ("mountains", "ocean", "dunes", "silk", "forest")
_WEATHER = (
    ("snow", r"snow\w*|blizzard|winter|flakes?"),
    ("rain", r"rain\w*|storm\w*|drizzle|downpour"),
    ("embers", r"fire|flame\w*|lava|volcan\w*|ember\w*|sparks?|dragon\w*|inferno"),
    ("leaves", r"leaf|leaves|autumn|petals?|blossom"),
    ("fireflies", r"firefl\w*|magic\w*|fairy|enchanted|glow\w*"),
)


@dataclass(frozen=True, slots=True)
class Brief:
    """What to paint: the words, the light, the size in pixels, and the seed."""

    prompt: str
    palette: Palette
    size: tuple[int, int]
    seed: int


def scene_kind(prompt: str) -> str:
    """The landscape that a prompt means; some landscape for a prompt that means none."""
    text = prompt.lower()
    for kind, words in _KINDS:
        if re.search(rf"\b(?:{words})\b", text):
            return kind
    return _FALLBACK[hashlib.sha256(text.encode()).digest()[0] % len(_FALLBACK)]


def weather(prompt: str) -> str:
    """The particles in the air."""
    text = prompt.lower()
    return next((kind for kind, words in _WEATHER if re.search(rf"\b(?:{words})\b", text)), "dust")


def build_scene(brief: Brief) -> list[Drawable]:
    """Everything to draw, far to near."""
    rng = np.random.default_rng([brief.seed, *brief.prompt.encode()[:64]])
    kind = scene_kind(brief.prompt)
    place = Place.choose(rng, brief.size, kind)
    painters = {
        "space": _space,
        "city": _city,
        "ocean": _ocean,
        "dunes": _dunes,
        "forest": _forest,
        "mountains": _mountains,
        "silk": _silk,
    }
    layers = painters[kind](rng, brief, place)
    return [*layers, air(rng, brief)]


def air(rng: np.random.Generator, brief: Brief) -> Particles:
    """The particles that the prompt asks for, in the light's colour."""
    kind = weather(brief.prompt)
    colour = {
        "snow": (255, 255, 255),
        "rain": (226, 238, 248),
        "embers": (255, 176, 84),
        "leaves": (226, 142, 62),
        "fireflies": (255, 240, 150),
    }.get(kind, mix(brief.palette.sun, brief.palette.glow, 0.3))
    return Particles(rng, kind, brief.size, colour)


def _backdrop(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    layers: list[Drawable] = [sky_plate(rng, brief.palette, place)]
    if brief.palette.dark:
        layers.append(star_plate(rng, place, 240, 0.0))
        layers.append(star_plate(rng, place, 60, 2.3))
    return layers


def _mountains(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    cold = r"snow|winter|ice|alps|glacier|arctic|mountain|fox"
    snowy = bool(re.search(cold, brief.prompt.lower()))
    layers = _backdrop(rng, brief, place)
    for step in range(3):
        layers.append(land.peaks(rng, brief.palette, place, step / 2, snowy))
        layers.append(land.haze(rng, brief.palette, place, step))
    for step in range(2):
        layers.append(land.hills(rng, brief.palette, place, 0.62 + 0.38 * step, snowy))
    layers.append(land.treeline(rng, brief.palette, place, 1.0, sparse=True))
    return layers


def _forest(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    layers = _backdrop(rng, brief, place)
    layers.append(land.peaks(rng, brief.palette, place, 0.0, False))
    for step in range(4):
        layers.append(land.haze(rng, brief.palette, place, step))
        layers.append(land.treeline(rng, brief.palette, place, 0.1 + 0.3 * step, sparse=False))
    layers.append(land.light_shafts(rng, brief.palette, place))
    return layers


def _dunes(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    layers = _backdrop(rng, brief, place)
    for step in range(5):
        layers.append(land.dune(rng, brief.palette, place, step / 4))
    return layers


def _ocean(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    palette = brief.palette
    layers = _backdrop(rng, brief, place)
    layers.append(places.island(rng, palette, place))
    layers.append(places.sea(rng, palette, place))
    light = mix(palette.sun, palette.glow, 0.35)
    layers.append(
        Water(
            rng,
            brief.size,
            place.horizon,
            light,
            mix(palette.near, palette.far, 0.35),
            place.sun_x,
            0.11 * min(2.0, brief.size[1] / brief.size[0] + 0.5),
        )
    )
    if re.search(r"boat|sail|ship|fish", brief.prompt.lower()):
        layers.append(places.boat(palette, place))
    return layers


def _city(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    layers = _backdrop(rng, brief, place)
    for step in range(3):
        layers.append(places.skyline(rng, brief.palette, place, step / 2))
        layers.append(land.haze(rng, brief.palette, place, step))
    still = Image.new("RGB", place.size)
    for layer in layers:
        if isinstance(layer, Plate):
            places.flatten(still, layer)
    layers.append(places.wet_street(rng, brief.palette, place, still))
    light = mix(brief.palette.glow, brief.palette.accent, 0.35)
    layers.append(
        Water(rng, brief.size, place.horizon + 0.16, light, brief.palette.near, place.sun_x, 0.16)
    )
    return layers


def _space(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    layers: list[Drawable] = [places.nebula(rng, brief.palette, place)]
    for count, twinkle in ((520, 0.0), (120, 1.9), (60, 2.9)):
        layers.append(star_plate(rng, place, count, twinkle, whole=True))
    layers.append(places.planet(rng, brief.palette, place))
    return layers


def _silk(rng: np.random.Generator, brief: Brief, place: Place) -> list[Drawable]:
    palette = brief.palette
    stops = [
        (0.0, mix(palette.near, palette.sky[0], 0.4)),
        (0.3, palette.sky[0]),
        (0.52, palette.sky[1]),
        (0.74, palette.sky[2]),
        (0.92, palette.sky[3]),
        (1.0, palette.sun),
    ]
    light = noise_2d(rng, place.small, (3, 2), 3)
    x, y = place.grid(place.small)
    distance = np.hypot(x - 0.72, (y - 0.2) * 0.8)
    glow = smooth(0.75, 0.0, distance.astype(np.float32)) * (0.42 + 0.08 * light)
    shine = to_picture(np.full((*glow.shape, 3), palette.sun, np.float32), rng)
    return [Silk(rng, brief.size, stops), Plate(shine, to_mask(glow), 0.3)]


__all__ = ["MARGIN", "Brief", "air", "build_scene", "scene_kind", "weather"]
