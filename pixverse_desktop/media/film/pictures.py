"""The pictures of one clip as the film shows them: its rate, size and colours, and upright."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import av
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from pixverse_desktop.media.film.piece import Piece, reading
from pixverse_desktop.media.shown import View, matrix_of, turn_of, video_of

_FULL_RANGE = 2  # of AVColorRange
# How FFmpeg's filters turn a picture upright, by Pillow's names (Image.Transpose).
_TURNS = {
    "": (),
    "FLIP_LEFT_RIGHT": (("hflip", ""),),
    "FLIP_TOP_BOTTOM": (("vflip", ""),),
    "ROTATE_180": (("hflip", ""), ("vflip", "")),
    "TRANSPOSE": (("transpose", "cclock_flip"),),
    "ROTATE_90": (("transpose", "cclock"),),
    "ROTATE_270": (("transpose", "clock"),),
    "TRANSVERSE": (("transpose", "clock_flip"),),
}


class Fit(StrEnum):
    """What becomes of a clip of another shape."""

    BARS = "bars"  # the whole picture, black beside it
    CROP = "crop"  # the whole frame filled, the rest cut off


class Look(NamedTuple):
    """How all pictures of the film are: even numbers of pixels."""

    width: int
    height: int
    fit: Fit
    matrix: str  # of the colours, by FFmpeg's name


def pictures_of(piece: Piece, wanted: Sequence[int], look: Look) -> Iterator[VideoFrame]:
    """The picture that is shown at each of these times, in order; an I, P or B frame it is no more.

    Where one cannot be decoded, the one before it stays. Raises UserError (BAD_CLIP).
    """
    with reading(piece.path), av.open(str(piece.path), format="mp4") as container:
        stream = video_of(container)
        stream.thread_type = "AUTO"
        fitted = _Fitter(stream, look)
        coming = container.decode(stream)
        shown, ahead = None, next(coming, None)
        for time in wanted:
            while ahead is not None and (shown is None or _time(ahead) <= time):
                shown, ahead = ahead, next(coming, None)
            if shown is None:
                raise ValueError("none of its pictures can be decoded")
            yield fitted(shown)


def _time(frame: VideoFrame) -> int:
    return frame.pts if frame.pts is not None else 0


class _Fitter:
    """Leaves alone what fits already."""

    def __init__(self, stream: VideoStream, look: Look) -> None:
        self._stream = stream
        self._look = look
        self._view = View(stream)
        self._filters: Graph | None = None
        self._last: tuple[VideoFrame, VideoFrame] | None = None

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        if self._last is not None and self._last[0] is frame:
            return self._last[1]  # shown once more
        made = frame if self._fits(frame) else self._filtered(frame)
        made.pict_type = PictureType.NONE
        self._last = frame, made
        return made

    def _fits(self, frame: VideoFrame) -> bool:
        size = (self._look.width, self._look.height)
        return (
            not turn_of(frame)
            and (frame.width, frame.height) == self._view.size(frame) == size
            and frame.format.name == "yuv420p"
            and frame.color_range != _FULL_RANGE
            and matrix_of(frame) == self._look.matrix
        )

    def _filtered(self, frame: VideoFrame) -> VideoFrame:
        if self._filters is None:
            self._filters = self._graph(frame)
        self._filters.push(frame)
        return self._filters.pull()  # type: ignore[return-value]

    def _graph(self, frame: VideoFrame) -> Graph:
        graph, look = Graph(), self._look
        width, height = self._view.size(frame)
        ratios = look.width / width, look.height / height
        ratio = min(ratios) if look.fit is Fit.BARS else max(ratios)
        inner = [max(2, round(side * ratio / 2) * 2) for side in (width, height)]
        colours = f"in_color_matrix={matrix_of(frame)}:out_color_matrix={look.matrix}"
        fill = ("pad", f"{look.width}:{look.height}:-1:-1")
        if look.fit is Fit.CROP:
            fill = ("crop", f"{look.width}:{look.height}")
        nodes = [graph.add_buffer(template=self._stream)]
        for name, arguments in (
            *_TURNS[turn_of(frame)],
            ("scale", f"{inner[0]}:{inner[1]}:flags=bicubic:{colours}:out_range=tv"),
            fill,
            ("setsar", "1"),
            ("format", "yuv420p"),
            ("buffersink", ""),
        ):
            nodes.append(graph.add(name, arguments or None))
        graph.link_nodes(*nodes).configure()
        return graph
