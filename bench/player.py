"""The player beside what it is made of: a bare QMediaPlayer, and a bare PyAV decode.

All on clips written here, 720p, five seconds at 24 frames a second. ``python -m bench.player ours
CLIP`` and ``… bare CLIP`` measure the first frame once, in a process of their own: from asking for
a clip, in a window that is shown and has shown another clip before, to the picture being painted.
Stepping and the step back are measured on the reader behind the stage, in turns with a decode of
the same pictures into the same size.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_most, spread
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from collections.abc import Callable


_RUNS = 7
_SIZE = (1280, 720)
_FPS = 24
_COUNT = 120
_STEPS = 30
_FROM = 40
_WIDE = 900  # device pixels of a stage in the middle of the window
_LIMIT_MS = 20_000


def rows(folder: Path) -> list[Row]:
    """First frames, steps on, and the step back that costs most."""
    usual, single = folder / "usual.mp4", folder / "single.mp4"
    write_clip(usual, 24)
    write_clip(single, 10 * _COUNT)
    return [_first_frame(folder, usual), _steps_on(usual), _step_back(single)]


def write_clip(path: Path, gop: int) -> None:
    """Moving noise over a gradient, so that no frame is free to decode."""
    import av
    import numpy as np

    wide, high = _SIZE
    base = np.add.outer(np.arange(high) // 6, np.arange(wide) // 10).astype(np.uint8)
    grain = np.random.default_rng(1).integers(0, 24, (high, wide), np.uint8)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=_FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
        stream.gop_size = gop
        stream.options = {**stream.options, "g": str(gop), "sc_threshold": "0"}
        for number in range(_COUNT):
            picture = np.roll(base, 9 * number, axis=1) + np.roll(grain, 5 * number, axis=0)
            frame = av.VideoFrame.from_ndarray(np.repeat(picture[..., None], 3, 2), "rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def _first_frame(folder: Path, clip: Path) -> Row:
    ours: list[float] = []
    bare: list[float] = []
    for run in range(_RUNS + 1):
        mine = measure(folder / "bytecode", "bench.player", "ours", str(clip))
        other = measure(folder / "bytecode", "bench.player", "bare", str(clip))
        if run:  # the first one compiled every module
            ours.append(mine)
            bare.append(other)
    beside = f"{spread(bare, 'ms')} QMediaPlayer"
    what = "player: first frame after a click"
    return at_most(what, spread(ours, "ms"), beside, median(ours) / median(bare), 1.2)


def _steps_on(clip: Path) -> Row:
    from pixverse_desktop.ui.playback.frame_decoder import OpenClip

    ours: list[float] = []
    bare: list[float] = []
    for _ in range(_RUNS):
        opened = OpenClip(clip)
        opened.find(_FROM, _WIDE)
        began = time.perf_counter()
        for index in range(_FROM + 1, _FROM + _STEPS + 1):
            assert opened.find(index, _WIDE).index == index
        ours.append((time.perf_counter() - began) * 1000)
        opened.close()
        bare.append(_bare_decode(clip))
    beside = f"{spread(bare, 'ms')} bare PyAV"
    what = f"player: {_STEPS} steps on, 720p"
    return at_most(what, spread(ours, "ms"), beside, median(ours) / median(bare), 2)


def _bare_decode(clip: Path) -> float:
    """The same pictures in one go, scaled to the same size; opening it is not counted either."""
    import av

    high = round(_WIDE * _SIZE[1] / _SIZE[0])
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        frames = container.decode(stream)
        for _ in range(_FROM + 1):
            next(frames)
        began = time.perf_counter()
        for _ in range(_STEPS):
            next(frames).reformat(width=_WIDE, height=high, format="rgb24")
        return (time.perf_counter() - began) * 1000


def _step_back(clip: Path) -> Row:
    """From the last frame, where everything since the only key frame is decoded again."""
    from pixverse_desktop.ui.playback.frame_decoder import OpenClip

    found, bare = [], []
    for _ in range(_RUNS):
        bare.append(_bare_seek(clip))
        opened = OpenClip(clip)
        index = _COUNT - 1
        opened.find(index, _WIDE)
        worst = 0.0
        for _step in range(_STEPS):  # most are kept ready; the one that is not is what counts
            index -= 1
            began = time.perf_counter()
            assert opened.find(index, _WIDE).index == index
            worst = max(worst, (time.perf_counter() - began) * 1000)
        found.append(worst)
        opened.close()
    return at_most(
        f"player: slowest of {_STEPS} steps back, one key frame in 720p", spread(found, "ms"),
        f"{spread(bare, 'ms')} bare PyAV", median(found) / median(bare), 1.3,
    )  # fmt: skip


def _bare_seek(clip: Path) -> float:
    """The first frame on the way back that is not kept ready, by PyAV alone."""
    import av

    from pixverse_desktop.media.video_frames import KEPT

    high = round(_WIDE * _SIZE[1] / _SIZE[0])
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for _ in container.decode(stream):
            pass
        began = time.perf_counter()
        container.seek(0)
        for index, frame in enumerate(container.decode(stream)):
            if index == _COUNT - 1 - KEPT:
                frame.reformat(width=_WIDE, height=high, format="rgb24")
                break
        return (time.perf_counter() - began) * 1000


def _bare(clip: str) -> None:
    """A QMediaPlayer and a QVideoWidget; the second clip of this process is measured."""
    from PySide6.QtCore import QTimer, QUrl
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer
    from PySide6.QtMultimediaWidgets import QVideoWidget
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    video = QVideoWidget()
    video.resize(_WIDE, 506)
    video.show()
    player = QMediaPlayer()
    sound = QAudioOutput()
    player.setAudioOutput(sound)
    player.setVideoOutput(video)
    began = 0.0
    seen = 0

    def on_frame(_frame: object) -> None:
        nonlocal seen
        if not player.source().isEmpty() and _frame.isValid():  # type: ignore[attr-defined]
            seen += 1
            if began:
                report((time.perf_counter() - began) * 1000)
            elif seen == 5:
                QTimer.singleShot(200, again)

    def again() -> None:
        nonlocal began
        player.stop()
        player.setSource(QUrl())
        began = time.perf_counter()
        player.setSource(QUrl.fromLocalFile(clip))
        player.play()

    video.videoSink().videoFrameChanged.connect(on_frame)
    player.setSource(QUrl.fromLocalFile(clip))
    player.play()
    QTimer.singleShot(_LIMIT_MS, lambda: application.exit(3))
    application.exec()


def _ours(path: str) -> None:
    """The real player panel on real workers; the second clip of this process is measured."""
    import asyncio

    from PySide6.QtCore import QEvent, QObject, QTimer
    from qasync import QEventLoop

    from pixverse_desktop.services.qt_workers import Workers
    from pixverse_desktop.ui.base import theme
    from pixverse_desktop.ui.player.panel import PlayerPanel
    from pixverse_desktop.ui.player.video_area import Page
    from pixverse_desktop.ui.shell.application import make_application
    from tests.support.window_fakes import RESOURCES, make_context

    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    theme.install(RESOURCES, "dark")
    context = make_context()
    object.__setattr__(context, "workers", Workers())
    panel = PlayerPanel(context)
    panel.resize(948, 640)
    panel.show()
    clip = Clip(path, 1, "x", *_SIZE, _COUNT / _FPS, float(_FPS), False)
    began = 0.0

    class Watch(QObject):
        """Sees the picture of the next clip being painted."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and began and panel.video_area.page is Page.STILL:
                QTimer.singleShot(0, tell)  # after the painting
            return False

    def tell() -> None:
        report((time.perf_counter() - began) * 1000)

    def again() -> None:
        nonlocal began
        panel.video_area.still.installEventFilter(watch)
        began = time.perf_counter()
        panel.show_job(_job_of(clip, 2))

    watch = Watch()
    panel.show_job(_job_of(clip, 1))
    when(lambda: panel.video_area.page is Page.VIDEO, again)
    QTimer.singleShot(_LIMIT_MS, loop.stop)
    with loop:
        loop.run_forever()


def when(condition: Callable[[], bool], then: Callable[[], None]) -> None:
    """Call ``then`` a little after ``condition`` holds, so that what it started has settled."""
    from PySide6.QtCore import QTimer

    if condition():
        QTimer.singleShot(700, then)
    else:
        QTimer.singleShot(20, lambda: when(condition, then))


def _job_of(clip: Clip, number: int) -> Job:
    from tests.support.factories import make_job

    return make_job(number, JobState.SAVED, clip=clip)


if __name__ == "__main__":
    (_ours if sys.argv[1] == "ours" else _bare)(sys.argv[2])
