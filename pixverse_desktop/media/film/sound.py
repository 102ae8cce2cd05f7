"""The sound of one clip, cut to the length of its pictures, without a click at either end."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from pixverse_desktop.media.film.piece import Piece, reading

FADE_S = 0.01
_BLOCK = 4_096  # samples of silence at a time
_GAP_S = 0.02  # where the sound pauses in its file for longer, it does so in the film

Samples = np.ndarray  # float32, (channels, samples)


def sound_of(
    piece: Piece, from_s: Fraction, count: int, rate: int, channels: int
) -> Iterator[Samples]:
    """Exactly ``count`` samples a channel, at ``rate`` a second, from ``from_s`` on the clip's
    own clock; silence where there is none. Raises UserError (BAD_CLIP)."""
    given = 0
    if piece.sound_rate:
        blocks = _within(_decoded(piece, rate, channels), from_s, count, rate)
        for start, samples in _faded(blocks, rate):
            yield from _silence(start - given, channels)
            given = start + samples.shape[1]
            yield samples
    yield from _silence(count - given, channels)


def _silence(count: int, channels: int) -> Iterator[Samples]:
    while count > 0:
        part = min(count, _BLOCK)
        yield np.zeros((channels, part), np.float32)
        count -= part


def _decoded(piece: Piece, rate: int, channels: int) -> Iterator[tuple[Fraction, Samples]]:
    """Blocks of samples with the time of the first, in seconds of the clip's own clock."""
    resampler = AudioResampler("fltp", "mono" if channels == 1 else "stereo", rate)
    with reading(piece.path), av.open(str(piece.path), format="mp4") as container:
        at: Fraction | None = None  # where the sound stands, counted in samples

        def blocks(frame: AudioFrame | None) -> Iterator[tuple[Fraction, Samples]]:
            nonlocal at
            for made in resampler.resample(frame):
                assert at is not None
                samples = made.to_ndarray()
                yield at, samples
                at += Fraction(samples.shape[1], rate)

        for frame in container.decode(container.streams.audio[0]):
            begins = Fraction(frame.pts or 0) * (frame.time_base or Fraction(1, rate))
            if at is None or begins - at > _GAP_S:
                at = begins
            yield from blocks(frame)
        if at is not None:
            yield from blocks(None)


def _within(
    blocks: Iterator[tuple[Fraction, Samples]], from_s: Fraction, count: int, rate: int
) -> Iterator[tuple[int, Samples]]:
    """What lies in the film, with its place there in samples."""
    given = 0
    for time, samples in blocks:
        start = round((time - from_s) * rate)
        early = max(0, given - start)
        part = samples[:, early : max(0, count - start)]
        if part.shape[1]:
            yield start + early, part
            given = start + early + part.shape[1]
        if start >= count:
            return


def _faded(blocks: Iterator[tuple[int, Samples]], rate: int) -> Iterator[tuple[int, Samples]]:
    """Louder at the beginning of each stretch of sound, quieter at its end, 10 ms each."""
    fade = round(FADE_S * rate)
    at, begun, held = 0, 0, None  # what is held back may be a stretch's last
    for start, samples in blocks:
        if held is not None and start != at + held.shape[1]:
            yield at, _quieter(held, fade)
            held = None
        if held is None:
            at, begun, held = start, 0, samples[:, :0]
        louder = np.minimum(1, np.arange(begun + 1, begun + 1 + samples.shape[1]) / fade)
        begun += samples.shape[1]
        held = np.concatenate([held, samples * louder.astype(np.float32)], axis=1)
        ready = max(0, held.shape[1] - fade)
        if ready:
            yield at, held[:, :ready]
            at, held = at + ready, held[:, ready:]
    if held is not None:
        yield at, _quieter(held, fade)


def _quieter(samples: Samples, fade: int) -> Samples:
    left = np.arange(samples.shape[1] - 1, -1, -1)
    return samples * (left / fade).astype(np.float32)
