"""Doubled stills: a clip that goes on from another often shows that one's last picture again."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from pixverse_desktop.media.film.piece import Piece, reading
from pixverse_desktop.media.video_frames import ClipReader

MOST_DOUBLED = 4
_WIDTH, _HEIGHT, _BLOCK = 320, 176, 8  # pictures are compared that small, in squares
_LOOKED_AT = 6  # pictures on each side, to see how much moves there
# Mean differences of grey, 0..255, in the square that differs most:
_NOISE = 3.0  # what coding alone changes
_MOST = 12.0  # no more is ever taken for the same picture

Grey = np.ndarray  # float32, (rows, columns)


def doubled_at_start(before: Piece, piece: Piece) -> int:
    """How many of the first pictures repeat the last one of the clip before; at least one is left.

    Measured against how much changes from picture to picture on both sides: a slow movement is no
    repetition. Raises UserError (BAD_CLIP).
    """
    most = min(MOST_DOUBLED, piece.count - 1)
    if most <= 0:
        return 0
    tail = _greys(before, range(max(0, before.count - _LOOKED_AT), before.count))
    head = _greys(piece, range(min(piece.count, MOST_DOUBLED + _LOOKED_AT)))
    limit = _limit(_moves(tail), _moves(head[MOST_DOUBLED:]))
    doubled = 0
    while doubled < most and _difference(tail[-1], head[doubled]) < limit:
        doubled += 1
    return doubled


def _limit(*moves: float) -> float:
    """Below it two pictures count as one: half a step of the slower side, if that moves at all."""
    seen = [move for move in moves if move > _NOISE]
    return min(_MOST, max(_NOISE, min(seen) / 2)) if seen else _NOISE


def _moves(pictures: list[Grey]) -> float:
    """What usually changes from one of these to the next; 0 where that cannot be seen."""
    steps = [_difference(one, two) for one, two in pairwise(pictures)]
    return median(steps) if steps else 0.0


def _difference(one: Grey, two: Grey) -> float:
    rows, columns = _HEIGHT // _BLOCK, _WIDTH // _BLOCK
    squares = np.abs(one - two).reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    return float(squares.max())


def _greys(piece: Piece, indices: range) -> list[Grey]:
    scaler = VideoReformatter()
    found = []
    with reading(piece.path), ClipReader(piece.path) as reader:
        for index in indices:
            made = scaler.reformat(
                reader.frame(index), _WIDTH, _HEIGHT, "gray", interpolation=Interpolation.AREA
            )
            found.append(made.to_ndarray().astype(np.float32))
    return found
