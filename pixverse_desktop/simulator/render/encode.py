"""The MP4 around frames and sound: H.264 and AAC, the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace
from numpy.typing import NDArray
from PIL import Image

from pixverse_desktop.simulator.render.audio import RATE_HZ

FPS = 24
_BT709 = 1
# A fixed number: x264 cuts its work by threads, and so the bytes depend on how many there are.
_ENCODER_THREADS = 2
_SAMPLES_AT_ONCE = 1024


def write_mp4(
    path: Path,
    size: tuple[int, int],
    frames: Iterable[Image.Image],
    sound: NDArray[np.float32] | None,
) -> None:
    """Write RGB frames (scaled to `size` where they differ) and stereo sound, or none."""
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.flags |= 0x400  # bitexact: no encoder names, no dates
        video = container.add_stream(
            "libx264", rate=FPS, options={"crf": "20", "preset": "veryfast", "flags": "+bitexact"}
        )
        video.width, video.height = size
        video.pix_fmt = "yuv420p"
        video.time_base = Fraction(1, FPS)
        context = video.codec_context
        context.thread_count = _ENCODER_THREADS
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        audio = None
        if sound is not None:
            audio = container.add_stream("aac", rate=RATE_HZ, options={"flags": "+bitexact"})
            audio.layout = "stereo"
            audio.bit_rate = 128_000
        for index, picture in enumerate(frames):
            container.mux(video.encode(_frame(picture, size, index)))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            _write_sound(container, audio, sound)


def _frame(picture: Image.Image, size: tuple[int, int], index: int) -> av.VideoFrame:
    rgb = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
    frame = rgb.reformat(
        width=size[0], height=size[1], format="yuv420p", dst_colorspace=Colorspace.ITU709
    )
    frame.pts = index
    frame.time_base = Fraction(1, FPS)
    return frame


def _write_sound(
    container: av.container.OutputContainer, stream: av.AudioStream, sound: NDArray[np.float32]
) -> None:
    for at in range(0, sound.shape[1], _SAMPLES_AT_ONCE):
        block = np.ascontiguousarray(sound[:, at : at + _SAMPLES_AT_ONCE])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = RATE_HZ
        frame.pts = at
        frame.time_base = Fraction(1, RATE_HZ)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
