"""Clips made on the spot."""

from __future__ import annotations

import functools
import io
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from pixverse_desktop.core.jobs.job import Clip

FPS = 20
COUNT = 20  # frames of a grey clip


@functools.cache
def small_clip() -> bytes:
    """A whole MP4 of about 40 kB."""
    out = io.BytesIO()
    noise = np.random.default_rng(5)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.bit_rate = 2_000_000
        for _ in range(6):
            picture = noise.integers(0, 255, (64, 96, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


def make_clip(
    path: Path,
    *,
    frames: int = 12,
    b_frames: int = 0,
    gaps: tuple[int, ...] = (1,),
    audio_s: float = 0.0,
    tags: dict[str, str] | None = None,
    gop: int = 12,
) -> Path:
    """A small H.264 clip; each frame shows its number as brightness. ``gaps`` are repeated."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata.update(tags or {})
        video = out.add_stream(
            "libx264", rate=24, options={"bf": str(b_frames), "preset": "veryfast"}
        )
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.gop_size = gop
        video.time_base = Fraction(1, 240)
        video.codec_context.time_base = Fraction(1, 240)
        sound = out.add_stream("aac", rate=48_000) if audio_s else None
        at = 0
        for number in range(frames):
            picture = np.full((48, 64, 3), 20 + number * 3 % 220, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 240)
            at += 10 * gaps[number % len(gaps)]
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if sound is not None:
            samples = np.zeros((1, int(48_000 * audio_s)), np.float32)
            for start in range(0, samples.shape[1], 1024):
                piece = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples[:, start : start + 1024]), "fltp", "mono"
                )
                piece.sample_rate, piece.pts = 48_000, start
                out.mux(sound.encode(piece))
            out.mux(sound.encode(None))
    return path


SHAPES: dict[str, dict[str, object]] = {
    "plain": {},
    "B-frames": {"b_frames": 3, "frames": 30},
    "variable rate": {"gaps": (1, 3, 2, 7)},
    "odd length": {"frames": 7, "gaps": (1, 1, 5)},
    "one frame": {"frames": 1},
    "trailing sound": {"frames": 10, "audio_s": 1.7},
    "single key frame": {"frames": 60, "gop": 600, "b_frames": 2},
}


def write_grey_clip(
    path: Path, *, count: int = COUNT, fps: int = FPS, size: tuple[int, int] = (160, 90)
) -> Clip:
    """Grey that grows lighter by twelve with every frame."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "5", "g": "7"}
        for number in range(count):
            picture = np.full((height, width, 3), 10 + number * 12, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    size_bytes = path.stat().st_size
    return Clip(str(path), size_bytes, "x", width, height, count / fps, float(fps), False)
