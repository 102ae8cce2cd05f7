"""A clip from its specification: shots cut together, frame by frame, into a file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from PIL import Image

from pixverse_desktop.simulator.jsontypes import JsonObject, as_int, as_text
from pixverse_desktop.simulator.names import size_for_ratio, size_for_shape
from pixverse_desktop.simulator.render.audio import tone_bed
from pixverse_desktop.simulator.render.caption import Caption
from pixverse_desktop.simulator.render.encode import FPS, write_mp4
from pixverse_desktop.simulator.render.frames import Pictures
from pixverse_desktop.simulator.render.motion import choose_move, shot_move
from pixverse_desktop.simulator.render.palette import choose_palette, shifted
from pixverse_desktop.simulator.render.picture_shot import PictureShot
from pixverse_desktop.simulator.render.scene import Brief, build_scene
from pixverse_desktop.simulator.render.styles import Finish, Look, choose_look

# Painted no larger than this and scaled up: soft scenes lose nothing that is seen.
_MAX_PAINTED_PX = 960 * 540
_PAINTERS = 2


@dataclass(frozen=True, slots=True)
class ClipSpec:
    """Everything that decides how a clip looks; the same specification gives the same bytes."""

    prompt: str
    negative_prompt: str
    width: int
    height: int
    duration_s: int
    seed: int
    style: str
    audio: bool
    shots: int
    pictures: Pictures

    @classmethod
    def from_work(cls, work: JsonObject, pictures: Pictures) -> ClipSpec:
        """The specification of a job; a start frame decides the shape."""
        resolution = as_text(work.get("resolution"), "720p")
        if pictures.start is not None:
            size = size_for_shape(resolution, pictures.start.width / pictures.start.height)
        else:
            size = size_for_ratio(resolution, as_text(work.get("aspect_ratio"), "16:9"))
        duration_s = max(1, as_int(work.get("duration"), 5))
        shots = 1
        if work.get("multi_clip") is True:
            shots = 2 if duration_s <= 3 else 3 if duration_s <= 8 else 4
        return cls(
            as_text(work.get("prompt")),
            as_text(work.get("negative_prompt")),
            *size,
            duration_s,
            as_int(work.get("seed")),
            as_text(work.get("style"), "none"),
            work.get("generate_audio") is not False,
            shots,
            pictures,
        )

    def as_stock(self) -> ClipSpec:
        """A clip of the same shape, length and sound that any job can share."""
        return replace(
            self,
            prompt="a calm lake at sunrise",
            seed=7,
            style="none",
            shots=1,
            pictures=Pictures(None, None),
        )

    @property
    def frame_count(self) -> int:
        """Pictures in the clip."""
        return FPS * self.duration_s

    @property
    def painted_size(self) -> tuple[int, int]:
        """The size at which scenes are painted."""
        scale = min(1.0, (_MAX_PAINTED_PX / (self.width * self.height)) ** 0.5)
        return round(self.width * scale / 2) * 2, round(self.height * scale / 2) * 2


class Shot(Protocol):
    """One uncut piece of the clip."""

    def frame(self, index: int) -> Image.Image:
        """The picture at that place in the shot."""


class PaintedShot:
    """A shot of a painted scene."""

    def __init__(self, spec: ClipSpec, number: int, count: int) -> None:
        rng = random.Random(spec.seed * 31 + number)
        palette = choose_palette(spec.prompt)
        if number:
            palette = shifted(palette, (0.0, 0.055, -0.05, 0.10)[number % 4])
        size = spec.painted_size
        self._size = size
        self._count = count
        self._layers = build_scene(Brief(spec.prompt, palette, size, spec.seed * 7 + number))
        first = random.Random(spec.seed * 31)
        self._move = shot_move(choose_move(spec.prompt, first if number == 0 else rng), number)

    def frame(self, index: int) -> Image.Image:
        """Paint every layer as seen at that moment."""
        canvas = Image.new("RGB", self._size)
        view = self._move.at(index / max(1, self._count - 1))
        for layer in self._layers:
            layer.draw(canvas, view, index / FPS)
        return canvas


def render_clip(spec: ClipSpec, path: Path) -> None:
    """Paint and write the whole clip."""
    sound = tone_bed(spec.seed, spec.duration_s) if spec.audio else None
    write_mp4(path, (spec.width, spec.height), all_frames(spec), sound)


def all_frames(spec: ClipSpec) -> Iterator[Image.Image]:
    """Every finished frame in order, at the clip's own size."""
    from_picture = spec.pictures.start is not None
    size = (spec.width, spec.height) if from_picture else spec.painted_size
    look = choose_look(spec.style, size, spec.seed)
    finish = None if from_picture else Finish(size, spec.seed)
    caption = Caption(spec.prompt, (spec.width, spec.height))
    done = 0
    for shot, count in _shots(spec):
        for picture in _in_order(shot, count, look):
            if finish is not None:
                picture = finish.apply(picture, done)
            if picture.size != (spec.width, spec.height):
                picture = picture.resize((spec.width, spec.height), Image.Resampling.BICUBIC)
            caption.draw(picture, _caption_strength(spec, done) if from_picture else 1.0)
            yield picture
            done += 1


def _shots(spec: ClipSpec) -> Iterator[tuple[Shot, int]]:
    for number in range(spec.shots):
        first = spec.frame_count * number // spec.shots
        count = spec.frame_count * (number + 1) // spec.shots - first
        if spec.pictures.start is None:
            yield PaintedShot(spec, number, count), count
        else:
            yield (
                PictureShot(
                    spec.pictures,
                    (spec.width, spec.height),
                    spec.prompt,
                    spec.seed,
                    number,
                    spec.shots,
                    count,
                ),
                count,
            )


def _in_order(shot: Shot, count: int, look: Look | None) -> Iterator[Image.Image]:
    def paint(index: int) -> Image.Image:
        picture = shot.frame(index)
        return look(picture) if look is not None else picture

    # Pillow works outside the interpreter's lock, so a second painter is worth its thread; a
    # short window keeps few frames in memory.
    with ThreadPoolExecutor(_PAINTERS) as painters:
        window = 2 * _PAINTERS
        waiting = [painters.submit(paint, index) for index in range(min(window, count))]
        for index in range(count):
            picture = waiting.pop(0).result()
            if index + window < count:
                waiting.append(painters.submit(paint, index + window))
            yield picture


def _caption_strength(spec: ClipSpec, index: int) -> float:
    # The first and the last frame are to be the user's pictures and nothing else.
    part = min(index, spec.frame_count - 1 - index) / FPS
    return min(1.0, max(0.0, (part - 0.08) / 0.4))
