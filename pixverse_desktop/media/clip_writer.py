"""A clip made of pictures: H.264 in MP4, without sound."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

_BT709 = 1  # of ISO/IEC 23091-2


def write_clip(
    target: Path, size: tuple[int, int], fps: Fraction, pictures: Iterable[bytes]
) -> None:
    """BLOCKING. Write pictures of that even width and height, each shown for ``1 / fps`` seconds.

    A picture is rows of blue, green, red and a byte that is not used, without gaps. Raises
    av.FFmpegError, OSError.
    """
    options = {"movflags": "+faststart"}
    with av.open(str(target), "w", format="mp4", options=options) as container:
        stream: VideoStream = container.add_stream(
            "libx264", rate=fps, options={"crf": "18", "preset": "veryfast"}
        )
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = 1 / fps
        context = stream.codec_context
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        for number, picture in enumerate(pictures):
            container.mux(stream.encode(_frame(picture, size, number, fps)))
        container.mux(stream.encode(None))


def _frame(picture: bytes, size: tuple[int, int], number: int, fps: Fraction) -> av.VideoFrame:
    whole = av.VideoFrame(*size, "bgr0")
    plane = whole.planes[0]
    row = 4 * size[0]
    if plane.line_size != row:
        rest = bytes(plane.line_size - row)
        rows = (picture[at : at + row] + rest for at in range(0, len(picture), row))
        picture = b"".join(rows)
    plane.update(picture)
    made = whole.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    made.pts, made.time_base = number, 1 / fps
    return made
