"""A clip as it goes into a film: its pictures' times, its rate and size, and how it is coded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.mp4_check import check_mp4
from pixverse_desktop.media.shown import View, matrix_of, turn_of, video_of

_USUAL_RATES = (
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60)),
    *map(Fraction, (24, 25, 30, 48, 50, 60)),
)
_SAME_RATE = Fraction(1, 2500)  # 24 and 24000/1001 differ by 1/1000
_FASTEST = 240  # pictures a second: a rate that a damaged file may not exceed
_USUAL = Fraction(24)
_LONGEST_STILL_S = 60  # a picture that stands longer has a damaged time


@record
class Piece:
    """Facts of one clip. Times are when its pictures are shown, in order, in ``unit`` seconds."""

    path: Path
    times: tuple[int, ...]
    unit: Fraction
    rate: Fraction | None  # pictures a second; None where one picture is all
    even: bool  # each is shown equally long
    width: int  # as shown: turned upright, in square pixels
    height: int
    matrix: str  # of its colours
    coding: tuple[object, ...]  # equal where pictures can stand in one stream as they are
    sound_rate: int  # samples a second; 0 without sound
    channels: int

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return len(self.times)

    def wanted(self, rate: Fraction, dropped: int) -> list[int]:
        """When to look for pictures, in ``unit``, to show it at ``rate`` without the first ones."""
        times = self.times[dropped:]
        if self.even and self.rate in (rate, None):
            return list(times)
        own = self.rate or rate
        lasts = (times[-1] - times[0]) * self.unit + 1 / own
        step = 1 / (rate * self.unit)
        count = max(1, round(lasts * rate))
        return [times[0] + int(number * step + Fraction(1, 2)) for number in range(count)]


def look_at(path: Path) -> Piece:
    """Read a clip's facts; one picture is decoded. Raises UserError (BAD_CLIP)."""
    with reading(path):
        check_mp4(path)
        with av.open(str(path), format="mp4") as container:
            stream = video_of(container)
            packets = [
                (packet.pts, packet.is_keyframe, packet.is_discard)
                for packet in container.demux(stream)
                if packet.pts is not None and packet.size
            ]
            times = tuple(sorted(time for time, _key, discarded in packets if not discarded))
            if not times:
                raise ValueError("it has no pictures")
            unit = stream.time_base or Fraction(1, 1000)
            if any((later - time) * unit > _LONGEST_STILL_S for time, later in pairwise(times)):
                raise ValueError("its times are damaged")
            container.seek(times[0], stream=stream)
            frame = next(container.decode(stream), None)
            if frame is None:
                raise ValueError("none of its pictures can be decoded")
            view = View(stream)
            width, height = view.size(frame)
            rate, even = _rate(times, unit, stream.average_rate or stream.guessed_rate)
            sound = next(iter(container.streams.audio), None)
            plain = packets[0][1] and not any(discarded for _time, _key, discarded in packets)
            context = stream.codec_context
            coding = (
                context.name, context.extradata, context.width, context.height, context.pix_fmt,
                frame.colorspace, frame.color_range, stream.sample_aspect_ratio, unit,
            ) if plain and not turn_of(frame) else (path,)  # fmt: skip
            return Piece(
                path, times, unit, rate, even, width, height, matrix_of(frame), coding,
                sound.rate or 0 if sound is not None else 0,
                sound.channels if sound is not None else 0,
            )  # fmt: skip


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What goes wrong inside is this clip's fault: UserError (BAD_CLIP) says so."""
    try:
        yield
    except (av.FFmpegError, ValueError, ArithmeticError, OSError) as error:
        gone = not path.exists()
        text = Message("clip_not_there" if gone else "clip_unreadable", name=path.name)
        raise UserError(problem(ProblemCode.BAD_CLIP, text, str(error))) from error


def _rate(
    times: Sequence[int], unit: Fraction, said: Fraction | None
) -> tuple[Fraction | None, bool]:
    """Pictures a second, and whether all of them are shown equally long."""
    lasts = (times[-1] - times[0]) * unit
    if len(times) == 1 or lasts <= 0:
        return None, True
    measured = (len(times) - 1) / lasts
    nearest = min(_USUAL_RATES, key=lambda rate: abs(rate - measured))
    rate = nearest if _is_same(nearest, measured) else measured.limit_denominator(1001)
    if said and _is_same(said, measured) and not _is_same(nearest, measured):
        rate = said
    even = all(
        abs((time - times[0]) * unit - number / rate) < 1 / (4 * rate)
        for number, time in enumerate(times)
    )
    return (rate, even) if rate <= _FASTEST else (Fraction(_FASTEST), False)


def _is_same(rate: Fraction, other: Fraction) -> bool:
    return abs(rate - other) <= other * _SAME_RATE


def usual_rate(pieces: Sequence[Piece]) -> Fraction:
    """The rate of most pictures; of those shown unevenly the nearest usual one."""
    votes: dict[Fraction, int] = {}
    for piece in pieces:
        if piece.rate is not None:
            rate = piece.rate
            if not piece.even:
                rate = min(_USUAL_RATES, key=lambda usual: abs(usual - rate))
            votes[rate] = votes.get(rate, 0) + piece.count
    return max(votes, key=lambda rate: votes[rate], default=_USUAL)


def usual_size(pieces: Sequence[Piece]) -> tuple[int, int]:
    """Width and height of most pictures, as shown."""
    votes: dict[tuple[int, int], int] = {}
    for piece in pieces:
        size = piece.width, piece.height
        votes[size] = votes.get(size, 0) + piece.count
    return max(votes, key=lambda size: votes[size])
