"""Clips that go on from each other, made on the spot, and readers that are not the program's."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np


@dataclass(frozen=True)
class Scene:
    """A white square goes over a grey ground, four pixels a picture; ``first`` is where it begins.

    ``doubled`` pictures of the place before that stand in front.
    """

    frames: int = 24
    first: int = 0
    doubled: int = 0
    rate: Fraction | int = 24
    size: tuple[int, int] = (192, 112)
    b_frames: int = 2
    crf: int = 18
    sound_s: float | None = -1.0  # -1: as long as the pictures; None: no sound
    sound_rate: int = 48_000
    layout: str = "stereo"
    hertz: float = 433.0
    gaps: tuple[int, ...] = (1,)  # how long the pictures are shown, one after the other
    step: int = 4


def write_scene(path: Path, scene: Scene = Scene()) -> Path:
    """Write it as an MP4."""
    with av.open(str(path), "w", format="mp4") as out:
        options = {"bf": str(scene.b_frames), "crf": str(scene.crf), "preset": "veryfast"}
        video = out.add_stream("libx264", rate=scene.rate, options=options)
        video.width, video.height = scene.size
        video.pix_fmt = "yuv420p"
        sound = scene.sound_s is not None and out.add_stream(
            "aac", rate=scene.sound_rate, layout=scene.layout
        )
        at = 0
        for number in range(scene.frames + scene.doubled):
            frame = av.VideoFrame.from_ndarray(_picture(scene, number), format="rgb24")
            frame.pts, frame.time_base = at, 1 / Fraction(scene.rate)
            at += scene.gaps[number % len(scene.gaps)]
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound:
            length_s = float(at / scene.rate) if scene.sound_s == -1 else scene.sound_s
            for block in _tone(scene, int(length_s * scene.sound_rate)):
                out.mux(sound.encode(block))
            out.mux(sound.encode(None))
    return path


def _picture(scene: Scene, number: int) -> np.ndarray:
    width, height = scene.size
    place = scene.first + max(-1, number - scene.doubled)
    ground = np.random.default_rng(1).integers(60, 120, (height // 16 + 1, width // 16 + 1, 3))
    picture = ground.astype(np.uint8).repeat(16, 0).repeat(16, 1)[:height, :width].copy()
    x = place * scene.step % (width - 32)
    picture[24:56, x : x + 32] = 235
    return picture


def _tone(scene: Scene, count: int) -> Iterator[av.AudioFrame]:
    times = np.arange(count) / scene.sound_rate
    wave = (0.5 * np.sin(2 * np.pi * scene.hertz * times + 1)).astype(np.float32)
    channels = 1 if scene.layout == "mono" else 2
    for start in range(0, count, 1024):
        part = np.stack([wave[start : start + 1024]] * channels)
        block = av.AudioFrame.from_ndarray(np.ascontiguousarray(part), "fltp", scene.layout)
        block.sample_rate, block.pts = scene.sound_rate, start
        yield block


# --- read by the boxes of ISO/IEC 14496-12, section 8, and by nothing else ---


class Track(NamedTuple):
    """What the tables of a file say of one track; times in seconds."""

    kind: str  # "vide" or "soun"
    samples: int
    shown_s: list[float]  # of each sample, in the order they are shown
    length_s: float  # of the edit, which is what a player plays


def tracks_of(path: Path) -> list[Track]:
    """Every track."""
    data = path.read_bytes()
    moov = _inside(data, "moov")
    movie_unit = _timescale(_inside(moov, "mvhd"))
    return [_track(trak, movie_unit) for kind, trak in _boxes(moov) if kind == "trak"]


def _track(trak: bytes, movie_unit: int) -> Track:
    mdia = _inside(trak, "mdia")
    unit = _timescale(_inside(mdia, "mdhd"))
    kind = _inside(mdia, "hdlr")[8:12].decode()
    table = _inside(_inside(mdia, "minf"), "stbl")
    deltas = [delta for count, delta in _pairs(_inside(table, "stts")) for _ in range(count)]
    late = _inside(table, "ctts")
    offsets = (
        [off for count, off in _pairs(late, "i") for _ in range(count)]
        if late
        else [0] * len(deltas)
    )
    edit = _inside(_inside(trak, "edts"), "elst")
    length, skipped = struct.unpack(">Ii", edit[8:16]) if edit else (0, 0)
    decoded = np.cumsum([0, *deltas[:-1]])
    shown = sorted(
        (at + offset - skipped) / unit for at, offset in zip(decoded, offsets, strict=True)
    )
    length_s = length / movie_unit if edit else sum(deltas) / unit
    return Track(kind, len(deltas), shown, length_s)


def _timescale(head: bytes) -> int:
    return struct.unpack(">I", head[20:24] if head[0] == 1 else head[12:16])[0]


def _pairs(table: bytes, second: str = "I") -> list[tuple[int, int]]:
    return list(struct.iter_unpack(f">I{second}", table[8:]))


def _boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", data[at + 8 : at + 16])
            head = 16
        yield kind.decode("latin-1"), data[at + head : at + length]
        at += length


def _inside(data: bytes, kind: str) -> bytes:
    return next((box for name, box in _boxes(data) if name == kind), b"")
