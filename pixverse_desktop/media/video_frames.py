"""Stills of a clip: a thumbnail for the list, exact frames for stepping."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.mp4_check import check_mp4
from pixverse_desktop.media.shown import View, video_of

LAST = -1
KEPT = 16  # pictures behind the decoder; 1.4 MB each at 720p


@record
class Still:
    """One picture: packed RGB, ``stride`` bytes a row; ``index`` and ``time_s`` in the clip.

    ``full_size`` is the clip's own, as shown.
    """

    width: int
    height: int
    stride: int
    rgb: bytes
    index: int = 0
    time_s: float = 0.0
    frame_count: int = 0
    full_size: tuple[int, int] = (0, 0)


def thumbnail(path: Path, long_side_px: int) -> Still:
    """A picture from the first second, at most ``long_side_px`` wide or high.

    Raises av.FFmpegError, ValueError (no whole MP4, or no picture in it), OSError.
    """
    check_mp4(path)  # it may have been replaced since it was saved
    with av.open(str(path), format="mp4") as container:
        stream = video_of(container)
        chosen: VideoFrame | None = None
        for frame in container.decode(stream):
            chosen = frame
            if frame.time is None or frame.time >= 0.5:
                break
        if chosen is None:
            raise ValueError("no picture can be decoded")
        return _still(chosen, long_side_px, 0, 0, View(stream))


def frame_at(path: Path, index: int, long_side_px: int) -> Still:
    """Exactly the ``index``-th picture, counted from 0 and kept inside the clip; -1 is the last.

    Decodes from the key frame before it. Raises like ``thumbnail``.
    """
    with ClipReader(path) as reader:
        return reader.still(index, long_side_px)


def first_frame(path: Path, long_side_px: int) -> Still:
    """What ``frame_at`` gives for 0, sooner: nothing but that picture is read and decoded.

    ``frame_count`` is what the file says of itself, 0 when it does not. Raises like ``thumbnail``.
    """
    check_mp4(path)
    with av.open(str(path), format="mp4") as container:
        stream = video_of(container)
        stream.thread_type = "SLICE"  # with frames in parallel the first waits for several
        for frame in container.decode(stream):
            return _still(frame, long_side_px, 0, stream.frames, View(stream))
    raise ValueError("no picture can be decoded")


class ClipReader:
    """An open clip; pictures near the one read last cost little, forwards and backwards.

    Used by one thread at a time. The decoder goes on where it stands when the wish lies ahead,
    and the pictures it passed last are kept, so that a step back decodes once for many steps.
    Opening and reading raise like ``thumbnail``.
    """

    def __init__(self, path: Path, kept: int = KEPT, threads: int = 0) -> None:
        """``kept`` pictures stay behind the decoder; ``threads`` 0 is as many as are of use."""
        check_mp4(path)  # it may have been replaced since it was saved
        with ExitStack() as opening:
            self._container = opening.enter_context(av.open(str(path), format="mp4"))
            self._stream = video_of(self._container)
            self._stream.thread_type = "AUTO"
            self._stream.thread_count = threads
            self._times, self._keys = _times_and_keys(self._container, self._stream)
            opening.pop_all()
        self._kept = kept
        self.passed: dict[int, VideoFrame] = {}  # by time, in the order they are shown
        self._running: Iterator[VideoFrame] | None = None
        self.view = View(self._stream)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self._times)

    def close(self) -> None:
        """Let go of the file."""
        self._running = None
        self.passed.clear()
        self._container.close()

    def times_s(self) -> list[float]:
        """When each picture is shown, in seconds from the first."""
        unit = self._stream.time_base or Fraction(1)
        return [float((time - self._times[0]) * unit) for time in self._times]

    def index_at(self, time_s: float) -> int:
        """The picture that is shown at a time from the start. Raises UserError beyond the end."""
        shown = self.times_s()
        length_s = (self._container.duration or 0) / av.time_base or shown[-1]
        if time_s > length_s:
            text = Message("clip_ends", length=length_s, time=float(time_s))
            raise UserError(problem(ProblemCode.FRAME, text))
        return max(0, bisect_right(shown, time_s + 1e-6) - 1)

    def still(self, index: int, long_side_px: int) -> Still:
        """The ``index``-th picture as ``frame_at`` gives it."""
        index = _inside(index, self._times)
        return _still(self._frame(index), long_side_px, index, self.count, self.view)

    def frame(self, index: int) -> VideoFrame:
        """The ``index``-th picture as it was decoded."""
        return self._frame(_inside(index, self._times))

    def strip(self, count: int, height_px: int) -> Iterator[Still]:
        """``count`` pictures spread evenly over the clip, in order, ``height_px`` high.

        Where key frames lie close, only what leads to a wanted picture is decoded.
        """
        for place in range(count):
            index = min(self.count - 1, int((place + 0.5) * self.count / count))
            frame = self._frame(index)
            width, height = self.view.size(frame)
            wide = max(width, height) * height_px / height
            yield _still(frame, max(1, round(wide)), index, self.count, self.view)

    def _frame(self, index: int) -> VideoFrame:
        wanted = self._times[index]
        if wanted in self.passed:
            return self.passed[wanted]
        found = self._run_to(wanted) if self._lies_ahead(index) else None
        for start in (wanted, self._times[0]):  # what cannot be sought is read from its start
            if found is not None:
                return found
            self._container.seek(start, stream=self._stream, backward=True)
            self.passed.clear()
            self._running = iter(self._container.decode(self._stream))
            found = self._run_to(wanted, rest=start == self._times[0])
        if found is None:
            raise ValueError("no picture can be decoded")
        return found

    def _lies_ahead(self, index: int) -> bool:
        """True when no key frame gives a shorter way than going on."""
        if self._running is None or not self.passed:
            return False
        here, wanted = next(reversed(self.passed)), self._times[index]
        if index and here == self._times[index - 1]:
            return True  # a decoder that starts anew forgets what it has decoded ahead
        return here < wanted and not any(here < key <= wanted for key in self._keys)

    def _run_to(self, wanted: int, rest: bool = False) -> VideoFrame | None:
        """Decode up to there; with ``rest`` the last before it will do."""
        for frame in self._running or ():
            if frame.pts is None:
                break
            self.passed[frame.pts] = frame
            if len(self.passed) > self._kept:
                del self.passed[next(iter(self.passed))]
            if frame.pts == wanted:
                return frame
            if frame.pts > wanted:
                break
        else:
            self._running = None
        before = [frame for time, frame in self.passed.items() if time < wanted]
        return before[-1] if rest and before else None


def index_at(path: Path, time_s: float) -> int:
    """Which picture of a clip is shown at a time, in seconds from its start.

    Raises UserError beyond the end, else like ``thumbnail``.
    """
    with ClipReader(path) as reader:
        return reader.index_at(time_s)


def picture_at(path: Path, index: int) -> bytes:
    """The ``index``-th picture (-1: the last) at its full size, as PNG. Raises like ``thumbnail``.

    The last one is the last that can be decoded, also in a clip whose end is damaged.
    """
    from PIL import Image

    with ClipReader(path) as reader:
        shown = reader.view.picture(reader.frame(index))
    size = (shown.width, shown.height)
    picture = Image.frombuffer("RGB", size, shown.rgb, "raw", "RGB", shown.stride, 1)
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _times_and_keys(container: InputContainer, stream: VideoStream) -> tuple[list[int], list[int]]:
    """When each picture is shown, in order, in the stream's own unit, and which decode alone."""
    shown = sorted(
        (packet.pts, packet.is_keyframe)
        for packet in container.demux(stream)
        if packet.pts is not None and packet.size and not packet.is_discard
    )
    if not shown:
        raise ValueError("it has no pictures")
    return [time for time, _ in shown], [time for time, alone in shown if alone]


def _inside(index: int, times: list[int]) -> int:
    return len(times) - 1 if index == LAST else max(0, min(index, len(times) - 1))


def _still(frame: VideoFrame, long_side_px: int, index: int, count: int, view: View) -> Still:
    shown = view.picture(frame, long_side_px)
    time_s = float(frame.time or 0.0)
    return Still(
        shown.width, shown.height, shown.stride, shown.rgb, index, time_s, count, view.size(frame)
    )
