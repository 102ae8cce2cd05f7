"""One minute of 720p as a film beside the ``ffmpeg`` command that does the same.

Ten clips of six seconds with sound, written here. Once all are alike, so that pictures are copied;
once one is coded in another way, so that they are encoded anew, by both at the same quality. CPU
time is that of the whole process, start included; ours also measures nine seams and looks at what
it wrote.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from statistics import median

import numpy as np

from bench.child import ROOT, environment
from bench.table import Row, at_most, spread
from pixverse_desktop.media.film.join import QUALITY

_CLIPS = 10
_FPS = 24
_FRAMES = 6 * _FPS
_SHAPE = (1280, 720)
_RUNS = {"copied": 3, "encoded": 1}
_GOALS = {"copied": 1.5, "encoded": 1.15}


def rows(folder: Path) -> list[Row]:
    """CPU time of both ways."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return [Row("film: there is no ffmpeg here to compare with", "", "", None, "", None)]
    clips = [folder / f"{number}.mp4" for number in range(_CLIPS)]
    for number, clip in enumerate(clips):
        _write(clip, number, crf=23)
    other = folder / "other.mp4"
    _write(other, 3, crf=20)
    encoding = [part for name, value in QUALITY.items() for part in (f"-{name}", value)]
    found = []
    for name, given, how in (
        ("copied", clips, ["-c:v", "copy"]),
        ("encoded", [*clips[:3], other, *clips[4:]], ["-c:v", "libx264", *encoding]),
    ):
        listed = folder / "list.txt"
        listed.write_text("".join(f"file '{clip}'\n" for clip in given))
        theirs = [
            ffmpeg, "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(listed), *how,
            "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(folder / "theirs.mp4"),
        ]  # fmt: skip
        film = folder / "ours.mp4"
        ours = [sys.executable, "-m", "pixverse_desktop", "join", *map(str, given), "--output",
                str(film)]  # fmt: skip
        costs: dict[str, list[float]] = {"ours": [], "theirs": []}
        for _ in range(_RUNS[name]):
            film.unlink(missing_ok=True)
            costs["ours"].append(_cpu_s(ours, folder))
            costs["theirs"].append(_cpu_s(theirs, folder))
        found.append(
            at_most(
                f"film: CPU for a minute of 720p, {name}", spread(costs["ours"], "s"),
                f"{spread(costs['theirs'], 's')} ffmpeg",
                median(costs["ours"]) / median(costs["theirs"]), _GOALS[name],
            )
        )  # fmt: skip
    return found


def _cpu_s(command: list[str], folder: Path) -> float:
    env, before = environment(folder / "bytecode"), os.times()
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=env)
    after = os.times()
    return (
        after.children_user - before.children_user
        + after.children_system - before.children_system
    )  # fmt: skip


def _write(path: Path, number: int, *, crf: int) -> None:
    """Colours that run, with some grain, and a tone."""
    import av

    width, height = _SHAPE
    rng = np.random.default_rng(number)
    grain = rng.integers(0, 9, (4, height, width, 3), np.uint8)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    with av.open(str(path), "w", format="mp4") as out:
        video = out.add_stream("libx264", rate=_FPS, options={"crf": str(crf), "preset": "fast"})
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        sound = out.add_stream("aac", rate=48_000, layout="stereo")
        for index in range(_FRAMES):
            at = index / _FPS
            across, down = np.sin(x / 90 + at * 2 + number), np.sin(y / 70 - at * 3)
            picture = (np.stack([across, down, np.sin((x + y) / 130)], axis=-1) * 90 + 128).astype(
                np.uint8
            ) + grain[index % 4]
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, _FPS)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        times = np.arange(48_000 * _FRAMES // _FPS) / 48_000
        tone = np.sin(times * 2 * np.pi * (300 + 40 * number))
        samples = np.stack([tone * 0.3] * 2).astype(np.float32)
        for start in range(0, samples.shape[1], 1024):
            part = np.ascontiguousarray(samples[:, start : start + 1024])
            block = av.AudioFrame.from_ndarray(part, "fltp", "stereo")
            block.sample_rate, block.pts = 48_000, start
            out.mux(sound.encode(block))
        out.mux(sound.encode(None))
