"""Stills of a clip: a thumbnail for the list, exact frames for stepping."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pixverse_desktop.media.boxes import check_mp4


@dataclass(frozen=True, slots=True)
class Still:
    """One picture: packed RGB, ``stride`` bytes a row; ``index`` and ``time_s`` in the clip."""

    width: int
    height: int
    stride: int
    rgb: bytes
    index: int = 0
    time_s: float = 0.0
    frame_count: int = 0


def thumbnail(path: Path, long_side_px: int) -> Still:
    """A picture from the first second, at most ``long_side_px`` wide or high.

    Raises av.FFmpegError, ValueError (no whole MP4, or no picture in it), OSError.
    """
    check_mp4(path)  # it may have been replaced since it was saved
    with av.open(str(path), format="mp4") as container:
        stream = _video_of(container)
        chosen: VideoFrame | None = None
        for frame in container.decode(stream):
            chosen = frame
            if frame.time is None or frame.time >= 0.5:
                break
        if chosen is None:
            raise ValueError("no picture can be decoded")
        return _still(chosen, long_side_px, 0, 0)


def frame_at(path: Path, index: int, long_side_px: int) -> Still:
    """Exactly the ``index``-th picture, counted from 0 and kept inside the clip.

    Decodes from the key frame before it. Raises like ``thumbnail``.
    """
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        stream = _video_of(container)
        stream.thread_type = "AUTO"
        rate = stream.average_rate or Fraction(24)
        count = stream.frames or round(float((container.duration or 0) / av.time_base * rate))
        index = max(0, min(index, max(0, count - 1)))
        base = stream.time_base or Fraction(1, 1000)
        start = stream.start_time or 0
        # Half a frame early, so that rounding never lands behind the picture.
        wanted = start + int((Fraction(index) - Fraction(1, 2)) / rate / base)
        container.seek(max(start, wanted), stream=stream, backward=True)
        chosen: VideoFrame | None = None
        for frame in container.decode(stream):
            chosen = frame
            if frame.pts is not None and frame.pts >= wanted:
                break
        if chosen is None:
            raise ValueError("no picture can be decoded")
        return _still(chosen, long_side_px, index, count)


def _video_of(container: InputContainer) -> VideoStream:
    if not container.streams.video:
        raise ValueError("it has no picture")
    return container.streams.video[0]


def _still(frame: VideoFrame, long_side_px: int, index: int, count: int) -> Still:
    scale = min(1.0, long_side_px / max(frame.width, frame.height))
    width, height = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    small = frame.reformat(width=width, height=height, format="rgb24")
    plane = small.planes[0]
    return Still(
        width, height, plane.line_size, bytes(plane), index, float(frame.time or 0.0), count
    )
