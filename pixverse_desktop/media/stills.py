"""Stills of a clip: a thumbnail for the list, exact frames for stepping."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pixverse_desktop.media.boxes import check_mp4

if TYPE_CHECKING:
    from PIL.Image import Image

LAST = -1


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
    """Exactly the ``index``-th picture, counted from 0 and kept inside the clip; -1 is the last.

    Decodes from the key frame before it. Raises like ``thumbnail``.
    """
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        stream = _video_of(container)
        times = _times_of(container, stream)
        index = _inside(index, times)
        frame = _decoded_at(container, stream, times, index)
        return _still(frame, long_side_px, index, len(times))


def picture_at(path: Path, index: int) -> bytes:
    """The ``index``-th picture (-1: the last) at its full size, as PNG. Raises like ``thumbnail``.

    The last one is the last that can be decoded, also in a clip whose end is damaged.
    """
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        stream = _video_of(container)
        times = _times_of(container, stream)
        frame = _decoded_at(container, stream, times, _inside(index, times))
        picture: Image = frame.to_image()  # type: ignore[no-untyped-call]
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def film_strip(path: Path, count: int, long_side_px: int) -> list[Still]:
    """Up to ``count`` pictures spread evenly over the clip, in order. Raises like ``thumbnail``."""
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        stream = _video_of(container)
        times = _times_of(container, stream)
        wanted = {times[number * len(times) // count]: number for number in range(count)}
        container.seek(times[0], stream=stream, backward=True)
        stream.thread_type = "AUTO"
        found = [
            _still(frame, long_side_px, times.index(frame.pts), len(times))
            for frame in container.decode(stream)
            if frame.pts in wanted
        ]
    if not found:
        raise ValueError("no picture can be decoded")
    return found


def _times_of(container: InputContainer, stream: VideoStream) -> list[int]:
    """When each picture is shown, in order, in the stream's own unit; read without decoding."""
    times = sorted(
        packet.pts
        for packet in container.demux(stream)
        if packet.pts is not None and packet.size and not packet.is_discard
    )
    if not times:
        raise ValueError("it has no pictures")
    return times


def _inside(index: int, times: list[int]) -> int:
    return len(times) - 1 if index == LAST else max(0, min(index, len(times) - 1))


def _decoded_at(
    container: InputContainer, stream: VideoStream, times: list[int], index: int
) -> VideoFrame:
    """The picture shown at ``times[index]``, or the last before it that can be decoded."""
    stream.thread_type = "AUTO"
    for start in (times[index], times[0]):  # a clip that cannot be sought is read from its start
        container.seek(start, stream=stream, backward=True)
        chosen: VideoFrame | None = None
        for frame in container.decode(stream):
            if frame.pts is None or frame.pts > times[index]:
                break
            chosen = frame
            if frame.pts == times[index]:
                return frame
        if chosen is not None and start == times[0]:
            return chosen
    raise ValueError("no picture can be decoded")


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
