"""How large a clip will be, in pixels, as far as it can be told beforehand."""

from __future__ import annotations

import re

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.request import ClipRequest

_SHAPE = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_SHORT_SIDE = {"360p": 360, "540p": 540, "720p": 720, "1080p": 1080}


def pixel_size(resolution: str, aspect_ratio: str) -> tuple[int, int] | None:
    """Width and height in pixels that the service is known to deliver; None if unknown."""
    short = _SHORT_SIDE.get(resolution)
    shape = _SHAPE.fullmatch(aspect_ratio)
    if short is None or shape is None:
        return None
    return _sized(short, int(shape[1]), int(shape[2]))


def framed_size(resolution: str, frame: Frame) -> tuple[int, int] | None:
    """Approximate output size in pixels with a start frame, whose shape the service follows."""
    short = _SHORT_SIDE.get(resolution)
    if short is None or not frame.width or not frame.height:
        return None
    return _sized(short, frame.width, frame.height)


def output_size(request: ClipRequest) -> tuple[int, int] | None:
    """Approximate size of the clip in pixels; None when it cannot be told beforehand."""
    if request.start_frame is not None:
        return framed_size(request.resolution, request.start_frame)
    return pixel_size(request.resolution, request.aspect_ratio)


def _sized(short: int, across: int, down: int) -> tuple[int, int]:
    long = round(short * max(across, down) / min(across, down) / 2) * 2
    return (long, short) if across >= down else (short, long)
