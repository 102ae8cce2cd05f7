"""Damaged clips: a clip, or the word that it is none; no decoder sees what is no whole MP4."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from pixverse_desktop.core.errors import DownloadFailed, ProblemCode
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.media.mp4_check import NotMp4, check_mp4
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.media.video_frames import Still, frame_at, thumbnail
from pixverse_desktop.ui.jobs.thumbnails import _decode_clip
from pixverse_desktop.ui.playback.frame_decoder import OpenClip
from tests.fuzz.children import run_cases
from tests.fuzz.mutate import mutated
from tests.fuzz.scale import CLIPS, count

_MOVFLAGS = ("", "faststart", "frag_keyframe+empty_moov", "faststart+negative_cts_offsets")


def write_clip(path: Path, frames: int, sound: bool, movflags: str) -> None:
    """A small H.264 clip with B-frames, with or without sound."""
    options = {"movflags": movflags} if movflags else {}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
        video.options = {"crf": "20", "bf": "2", "g": "12"}
        audio = container.add_stream("aac", rate=16_000, layout="mono") if sound else None
        for n in range(frames):
            picture = np.full((36, 64, 3), 16 + 6 * n, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            if audio is not None:
                tone = np.sin(np.arange(1600) / (5 + n)).astype(np.float32)[None]
                piece = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
                piece.sample_rate, piece.pts = 16_000, n * 1600
                piece.time_base = Fraction(1, 16_000)
                container.mux(audio.encode(piece))
        container.mux(video.encode(None))
        if audio is not None:
            container.mux(audio.encode(None))


def damaged(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Anywhere, or in the tables alone, which is where readers are led astray."""
    start = data.find(b"moov") - 4
    if start < 0 or chance.random() < 0.3:
        return mutated(data, chance, others)
    length = int.from_bytes(data[start : start + 4], "big")
    tables = mutated(data[start + 8 : start + length], chance, others)
    # The box keeps its length, so that the file still looks whole from outside.
    tables = tables[: length - 8].ljust(length - 8, b"\0")
    return data[: start + 8] + tables + data[start + length :]


class Decoders:
    """Counts how often a file is opened by a decoder."""

    def __init__(self) -> None:
        self.opened = 0
        self._open = av.open

    def __call__(self, *what: object, **how: object) -> object:
        self.opened += 1
        assert how.get("format") == "mp4"
        return self._open(*what, **how)  # type: ignore[arg-type]


def case(seed: int, folder: Path) -> str:
    """One damaged clip; gives the outcome."""
    chance = random.Random(seed)
    originals = [path.read_bytes() for path in sorted(folder.glob("whole*.mp4"))]
    data = damaged(chance.choice(originals), chance, originals)
    path = folder / f"case-{seed}.mp4"
    path.write_bytes(data)
    decoders = Decoders()
    before, av.open = av.open, decoders  # type: ignore[assignment]
    try:
        return _outcome(path, data, decoders, chance.randint(-3, 60))
    finally:
        av.open = before
        path.unlink(missing_ok=True)


def _outcome(path: Path, data: bytes, decoders: Decoders, index: int) -> str:
    try:
        check_mp4(path)
        whole = True
    except NotMp4:
        whole = False
    for look in (thumbnail, lambda p, side: frame_at(p, index, side)):
        try:
            still = look(path, 64)
        except (av.FFmpegError, ValueError, OSError):
            continue
        assert whole
        _check_still(still)
    # What the window asks: a picture, a null picture, or trouble in words.
    assert _decode_clip(path).isNull() or whole
    found = OpenClip(path).find(index, 64)
    assert bool(found.trouble) == found.image.isNull()
    assert not found.missing
    clip, refusal = inspected(path)
    if clip is None:
        assert refusal is ProblemCode.BAD_CLIP
        assert not path.exists()
        assert whole or decoders.opened == 0
        return "no clip" if whole else "not whole"
    assert whole
    assert clip.size_bytes == len(data)
    assert clip.width > 0
    assert clip.height > 0
    for number in (clip.duration_s, clip.fps):
        assert math.isfinite(number)
        assert number >= 0
    return "clip"


def inspected(path: Path) -> tuple[Clip | None, ProblemCode]:
    """What a finished part is, or why it is none."""
    try:
        return inspect_part(path), ProblemCode.INTERNAL
    except DownloadFailed as error:
        return None, error.problem.code


def _check_still(still: Still) -> None:
    assert 1 <= max(still.width, still.height) <= 64
    assert still.stride >= still.width * 3
    assert len(still.rgb) >= still.stride * still.height
    assert math.isfinite(still.time_s)


@pytest.mark.timeout(1800)
def test_damaged_clips(tmp_path: Path) -> None:
    for n, movflags in enumerate(_MOVFLAGS):
        write_clip(tmp_path / f"whole{n}.mp4", 24, n % 2 == 1, movflags)
    outcomes = run_cases("clips", tmp_path, count(CLIPS))
    assert set(outcomes) == {"clip", "no clip", "not whole"}
