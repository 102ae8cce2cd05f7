"""What a clip is: size, length, frame rate, sound; opened as MP4 and as nothing else."""

from __future__ import annotations

import io
from pathlib import Path

import av

from pixverse_desktop.core.errors import DownloadFailed, ProblemCode, problem
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.media.mp4_check import NotMp4, check_mp4
from pixverse_desktop.media.shown import View, video_of

_LONGEST_S = 86_400


def inspect_part(path: Path) -> Clip:
    """Accept a finished part as a clip: whole boxes and one decodable picture.

    ``path`` and ``sha256`` of the result are left empty. Raises DownloadFailed (BAD_CLIP).
    """
    try:
        check_mp4(path)
        return probe(path)
    except (NotMp4, av.FFmpegError, ValueError) as error:
        path.unlink(missing_ok=True)
        wrong = problem(ProblemCode.BAD_CLIP, detail=str(error))
        raise DownloadFailed(wrong) from error


def length_of(data: bytes) -> float:
    """Seconds that an MP4 lasts. Raises ValueError when it says none, av.FFmpegError."""
    with av.open(io.BytesIO(data), "r", format="mp4") as container:
        seconds = container.duration / av.time_base if container.duration else 0.0
    if not 0 < seconds < _LONGEST_S:
        raise ValueError("a clip without a length")
    return round(seconds, 3)


def probe(path: Path) -> Clip:
    """Facts of an MP4; its size is the shown one. Raises ValueError when no picture of it can be
    decoded, av.FFmpegError."""
    # format="mp4": FFmpeg would otherwise follow a playlist that is merely called .mp4.
    with av.open(str(path), format="mp4") as container:
        stream = video_of(container)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise NotMp4("none of its pictures can be decoded")
        rate = stream.average_rate or stream.guessed_rate
        width, height = View(stream).size(frame)
        length = container.duration / av.time_base if container.duration else 0.0
        return Clip(
            path="",
            size_bytes=path.stat().st_size,
            sha256="",
            width=width,
            height=height,
            duration_s=round(length, 3),
            fps=float(rate) if rate else 0.0,
            has_audio=bool(container.streams.audio),
        )
