"""Clips one behind the other as one MP4: no doubled still, one track of sound, no click in it.

The pictures are copied where that leaves nothing to be desired, else encoded anew. What was
written is read again before anybody is told that it is there.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.media.film.pictures import Fit, Look, pictures_of
from pixverse_desktop.media.film.piece import Piece, look_at, reading, usual_rate, usual_size
from pixverse_desktop.media.film.seams import doubled_at_start
from pixverse_desktop.media.film.sound import sound_of
from pixverse_desktop.media.shown import video_of

# The eye sees no difference to the clips, at a third of the time that x264 takes by default.
QUALITY = {"crf": "16", "preset": "veryfast"}
_SOUND_BITS = 192_000
_USUAL_SOUND = 48_000  # samples a second
_SOUND_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000)  # of AAC
_DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
_AAC_FRAME = 1_024  # samples; the last one is filled up
_MOST_OFFSET_S = 0.02  # of sound against picture, and of a picture against its time
_COLOURS = {
    "bt709": Colorspace.ITU709, "smpte170m": Colorspace.SMPTE170M, "bt2020": Colorspace.BT2020,
}  # fmt: skip


@record
class Shot:
    """A clip on its way into a film. ``continues``: it may repeat the last picture before it."""

    path: Path
    continues: bool = True
    name: str = ""


@record
class Joined:
    """What became of it. ``dropped``: left out of the beginning of each clip but the first."""

    frames: int
    seconds: float
    dropped: tuple[int, ...]
    copied: bool
    reason: Message


class Stopped(Exception):
    """Nobody wants the film any longer."""


GoOn = Callable[[float], bool]  # hears how much is done, 0..1; False stops it


@record
class Plan:
    """What is written: each clip with how many pictures it loses, and when the others are shown."""

    pieces: tuple[Piece, ...]
    dropped: tuple[int, ...]
    rate: Fraction
    look: Look
    reason: Message  # for copying, or against it
    copied: bool
    wanted: tuple[list[int], ...]  # the times of the pictures of each clip, in its own unit

    @property
    def starts(self) -> list[int]:
        """The number of the first picture of each clip, and last of all how many there are."""
        return list(accumulate(map(len, self.wanted), initial=0))


def plan_of(shots: Sequence[Shot], fit: Fit = Fit.BARS) -> Plan:
    """BLOCKING. Look at the clips and measure the seams. Raises UserError (BAD_CLIP)."""
    pieces = tuple(look_at(shot.path) for shot in shots)
    rate, (width, height) = usual_rate(pieces), usual_size(pieces)
    main = next(piece for piece in pieces if (piece.width, piece.height) == (width, height))
    dropped = (0, *(
        doubled_at_start(before, piece) if shot.continues else 0
        for before, piece, shot in zip(pieces, pieces[1:], shots[1:], strict=False)
    ))  # fmt: skip
    even = (max(2, width // 2 * 2), max(2, height // 2 * 2))
    against = _against_copying(pieces, dropped, rate, main)
    return Plan(
        pieces, dropped, rate, Look(*even, fit, main.matrix),
        against or Message("film_copied"), against is None,
        tuple(piece.wanted(rate, lost) for piece, lost in zip(pieces, dropped, strict=True)),
    )  # fmt: skip


def _against_copying(
    pieces: Sequence[Piece], dropped: Sequence[int], rate: Fraction, main: Piece
) -> Message | None:
    """Why pictures have to be encoded anew; None where they need not be."""
    for number, piece in enumerate(pieces, 1):
        if (piece.width, piece.height) != (main.width, main.height):
            size = {"width": piece.width, "height": piece.height}
            return Message("film_another_size", number=number, **size)
        if not piece.even:
            return Message("film_uneven", number=number)
        if piece.rate not in (rate, None):
            return Message("film_another_rate", number=number, rate=float(piece.rate or 0))
    for number, doubled in enumerate(dropped):
        if doubled:
            return Message("film_doubled", number=number)
    for number, piece in enumerate(pieces, 1):
        if piece.coding != pieces[0].coding or piece.coding == (piece.path,):
            return Message("film_another_coding", number=number)
    return None


def join(plan: Plan, target: Path, go_on: GoOn = lambda fraction: True, name: str = "") -> Joined:
    """BLOCKING. Write the film to ``target``, which is to be a new file, and look at it again.

    ``name`` is what the user calls the film. What cannot be copied so that it plays is encoded
    after all. Raises UserError (BAD_CLIP: one of the clips; DISK: the film), Stopped.
    """
    try:
        try:
            _write(plan, target, go_on)
        except (av.FFmpegError, OSError) as error:
            if not plan.copied or error.errno in _DISK_ERRORS:
                raise
            plan = replace(plan, copied=False, reason=Message("film_not_copied"))
            _write(plan, target, go_on)
    except (av.FFmpegError, OSError) as error:
        reason = error.strerror or type(error).__name__
        text = Message("not_written", name=name or target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
    frames = plan.starts[-1]
    seconds = round(float(frames / plan.rate), 3)
    return Joined(frames, seconds, plan.dropped[1:], plan.copied, plan.reason)


def _write(plan: Plan, target: Path, go_on: GoOn) -> None:
    options = {"movflags": "+faststart"}  # a player need not have all of it to begin
    with av.open(str(target), "w", format="mp4", options=options) as container:
        _Writer(plan, container, go_on).write()
    _check(plan, target)


class _Writer:
    """One film; its sound is written as far as its pictures are, so that a player needs little."""

    def __init__(self, plan: Plan, container: OutputContainer, go_on: GoOn) -> None:
        self._plan = plan
        self._container = container
        self._go_on = go_on
        self._starts = plan.starts
        rates = {piece.sound_rate for piece in plan.pieces} - {0}
        rate = rates.pop() if len(rates) == 1 else _USUAL_SOUND
        self._sound_rate = rate if rate in _SOUND_RATES else _USUAL_SOUND
        most = max(piece.channels for piece in plan.pieces)
        self._channels = min(2, most)
        self._video = self._add_video()
        self._audio: AudioStream | None = None
        self._layout = "mono" if self._channels == 1 else "stereo"
        if self._channels:
            self._audio = container.add_stream("aac", rate=self._sound_rate, layout=self._layout)
            self._audio.bit_rate = _SOUND_BITS
        self._heard = 0  # samples written

    def write(self) -> None:
        """All of it. Raises UserError, Stopped, av.FFmpegError."""
        for number, (piece, wanted) in enumerate(
            zip(self._plan.pieces, self._plan.wanted, strict=True)
        ):
            sound = self._sound(number, piece, wanted)
            shown = self._copied if self._plan.copied else self._encoded
            for at in shown(number, piece, wanted):
                while self._heard < round(at * self._sound_rate) and next(sound, None):
                    pass
                if not self._go_on(float(at * self._plan.rate) / self._starts[-1]):
                    raise Stopped
            for _ in sound:
                pass
        if not self._plan.copied:
            self._container.mux(self._video.encode(None))
        if self._audio is not None:
            self._container.mux(self._audio.encode(None))

    def _add_video(self) -> VideoStream:
        plan = self._plan
        if plan.copied:
            first = plan.pieces[0].path
            with reading(first), av.open(str(first), format="mp4") as source:
                return self._container.add_stream_from_template(video_of(source))
        stream = self._container.add_stream("libx264", rate=plan.rate, options=QUALITY)
        stream.width, stream.height, stream.pix_fmt = plan.look.width, plan.look.height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = 1 / plan.rate
        stream.codec_context.colorspace = _COLOURS[plan.look.matrix]
        stream.codec_context.color_range = ColorRange.MPEG
        return stream

    def _encoded(self, number: int, piece: Piece, wanted: Sequence[int]) -> Iterator[Fraction]:
        """Gives the time up to which there are pictures."""
        pictures = pictures_of(piece, wanted, self._plan.look)
        for place, picture in enumerate(pictures, self._starts[number]):
            picture.pts, picture.time_base = place, 1 / self._plan.rate
            self._container.mux(self._video.encode(picture))
            yield Fraction(place + 1) / self._plan.rate

    def _copied(self, number: int, piece: Piece, wanted: Sequence[int]) -> Iterator[Fraction]:
        begins = round(self._starts[number] / self._plan.rate / piece.unit)
        with reading(piece.path):
            source = av.open(str(piece.path), format="mp4")
        with source:
            stream = video_of(source)
            for done, packet in enumerate(source.demux(stream), self._starts[number] + 1):
                if packet.pts is None or packet.dts is None or not packet.size:
                    continue
                packet.pts += begins - wanted[0]
                packet.dts += begins - wanted[0]
                packet.stream = self._video
                self._container.mux(packet)
                yield Fraction(done) / self._plan.rate

    def _sound(self, number: int, piece: Piece, wanted: Sequence[int]) -> Iterator[bool]:
        """Writes the sound of one clip, a block at a time."""
        if self._audio is None:
            return
        rate, plan = self._sound_rate, self._plan
        begins, ends = (
            round(self._starts[place] / plan.rate * rate) for place in (number, number + 1)
        )
        for samples in sound_of(piece, wanted[0] * piece.unit, ends - begins, rate, self._channels):
            frame = AudioFrame.from_ndarray(samples.copy(order="C"), "fltp", self._layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, self._heard, Fraction(1, rate)
            self._heard += samples.shape[1]
            self._container.mux(self._audio.encode(frame))
            yield True


def _check(plan: Plan, target: Path) -> None:
    """Every picture is there at its time, and the sound as long as they are. Raises OSError."""
    length_s = plan.starts[-1] / plan.rate
    with av.open(str(target), format="mp4") as film:
        video = film.streams.video[0]
        shown = sorted(
            packet.pts * packet.time_base
            for packet in film.demux(video)
            if packet.pts is not None and packet.size
        )
        off = [abs(at - number / plan.rate) for number, at in enumerate(shown)]
        for sound in film.streams.audio:
            begins = Fraction(sound.start_time or 0) * (sound.time_base or 0)
            heard = Fraction(sound.duration or 0) * (sound.time_base or 0)
            filled_up = Fraction(_AAC_FRAME, sound.rate or 1)
            off += [
                abs(begins),
                max(length_s - begins - heard, begins + heard - length_s - filled_up),
            ]
    if len(shown) != plan.starts[-1] or max(off) > _MOST_OFFSET_S:
        raise OSError(errno.EIO, "what was written is not what was meant")
