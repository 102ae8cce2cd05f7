"""A decoded picture as a player shows it: the right way up, in square pixels, in its colours.

Every picture that is taken from a clip goes through ``View``.
"""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import Literal, cast

from av.container import InputContainer
from av.sidedata.sidedata import SideDataContainer, Type
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from av.video.stream import VideoStream

from pixverse_desktop.core.records import record

_UNSPECIFIED = 2  # of ISO/IEC 23091-2, where a file says nothing of its colours
_BT2020 = (9, 10)
_SD_HEIGHT = 576  # above it they are BT.709 then, up to it BT.601: so does Qt's player
# The eight ways of turning, by Pillow's names (Image.Transpose).
_UPRIGHT = {
    (False, False): "",
    (True, False): "FLIP_LEFT_RIGHT",
    (False, True): "FLIP_TOP_BOTTOM",
    (True, True): "ROTATE_180",
}
_LYING = {
    (False, False): "TRANSPOSE",
    (True, False): "ROTATE_90",
    (False, True): "ROTATE_270",
    (True, True): "TRANSVERSE",
}


@record
class Picture:
    """Packed RGB, ``stride`` bytes a row; four bytes for each pixel where that was asked for."""

    width: int
    height: int
    stride: int
    rgb: bytes


def video_of(container: InputContainer) -> VideoStream:
    """The stream that is played: cover art, wherever it stands, is not it. Raises ValueError."""
    for stream in container.streams.video:
        if not is_cover(stream):
            return stream
    raise ValueError("it has no picture")


def is_cover(stream: VideoStream) -> bool:
    """True for a picture attached to the file, which a player never plays."""
    return bool(stream.disposition & Disposition.attached_pic)


class View:
    """How the pictures of one stream are shown. Used by one thread at a time."""

    def __init__(self, stream: VideoStream) -> None:
        self._pixel = stream.sample_aspect_ratio or Fraction(1)
        self._scaler = VideoReformatter()

    def size(self, frame: VideoFrame) -> tuple[int, int]:
        """Width and height as shown, in square pixels."""
        width = max(1, round(frame.width * self._pixel))
        turned = turn_of(frame) in _LYING.values()
        return (frame.height, width) if turned else (width, frame.height)

    def picture(
        self,
        frame: VideoFrame,
        long_side_px: int | None = None,
        *,
        form: Literal["rgb24", "bgr0"] = "rgb24",
        quick: bool = False,
    ) -> Picture:
        """The frame at its full size, or no wider and no higher than ``long_side_px``.

        ``form`` is a pixel format of FFmpeg's; ``quick`` scales for the eye of somebody who
        watches, not for one who looks at a still.
        """
        width, height = self.size(frame)
        if long_side_px is not None:
            scale = min(1.0, long_side_px / max(width, height))
            width, height = max(1, round(width * scale)), max(1, round(height * scale))
        turn = turn_of(frame)
        lying = turn in _LYING.values()
        made = self._scaler.reformat(
            frame,
            width=height if lying else width,
            height=width if lying else height,
            format=form,
            interpolation=Interpolation.AREA if quick else None,
            threads=1 if quick else 0,  # a pool of them costs more than so small a picture
            src_colorspace=Colorspace.ITU709 if _is_untagged_hd(frame) else None,
        )
        plane = made.planes[0]
        if not turn:
            return Picture(width, height, plane.line_size, bytes(plane))
        from PIL import Image  # the few clips that need it wait for it

        size = (made.width, made.height)
        mode = "RGB" if form == "rgb24" else "RGBA"  # the letters do not matter to a turn
        image = Image.frombytes(mode, size, bytes(plane), "raw", mode, plane.line_size)
        image = image.transpose(Image.Transpose[turn])
        return Picture(width, height, len(mode) * width, image.tobytes())


def matrix_of(frame: VideoFrame) -> str:
    """How its colours are coded, by FFmpeg's names."""
    if frame.colorspace == Colorspace.ITU709 or _is_untagged_hd(frame):
        return "bt709"
    return "bt2020" if frame.colorspace in _BT2020 else "smpte170m"


def _is_untagged_hd(frame: VideoFrame) -> bool:
    return frame.colorspace == _UNSPECIFIED and frame.height > _SD_HEIGHT


def turn_of(frame: VideoFrame) -> str:
    """How the display matrix turns a stored picture, "" for not at all.

    The matrix is that of ISO/IEC 14496-12, section 6.2.2: x' = a x + c y, y' = b x + d y. One that
    is no multiple of a quarter turn counts as the nearest.
    """
    data = cast(SideDataContainer, frame.side_data).get(Type.DISPLAYMATRIX)
    if data is None or len(bytes(data)) < 36:
        return ""
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(data)[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return _UPRIGHT[a < 0, d < 0]
    return _LYING[b < 0, c < 0]
