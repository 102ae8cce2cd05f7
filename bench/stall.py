"""How long the main thread keeps an event waiting: at work with twenty jobs, and playing a clip.

A precise 1 ms timer ticks on the main thread. Out of the gaps between ticks follows the wait of an
event that comes at any millisecond: in a gap of 30 ms thirty events wait 29, 28, … 0 ms. So long
stalls weigh by their length, and a p99 cannot hide them among many quick ticks.

``python -m bench.stall work|play|bare …`` measures once, in a process of its own.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_most, spread, under
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_WORK_S = 15.0
_PLAY_S = 6.0
_RUNS = 3
_SETTLE_S = 2.0
_JOBS = 20
_JOB_S = 6.0
_CLIP = "1280x720"


def rows(folder: Path) -> list[Row]:
    """The twenty jobs, our player and the bare one, in turns."""
    bytecode = folder / "bytecode"
    work, ours, bare = [], [], []
    for run in range(_RUNS):
        data_dir = str(folder / f"data-{run}")
        work.append(measure(bytecode, "bench.stall", "work", data_dir))
        mine = measure(bytecode, "bench.stall", "play", data_dir)
        width, height = (str(side) for side in mine["video"])
        ours.append(mine)
        bare.append(measure(bytecode, "bench.stall", "bare", mine["clip"], width, height))
    saved = min(run["saved"] for run in work)
    busy = f"stall: 20 jobs made, {saved} clips saved in {_WORK_S:.0f} s"
    found = [
        under(f"{busy}, {field}", [run[field] for run in work], limit_ms)
        for field, limit_ms in (("p99", 16.0), ("max", 50.0))
    ]
    for field, goal in (("p99", 1.3), ("max", None)):
        mine_all, bare_all = ([run[field] for run in runs] for runs in (ours, bare))
        ratio = median(mine_all) / median(bare_all)
        texts = spread(mine_all, "ms"), f"{spread(bare_all, 'ms')} bare player"
        what = f"stall: playing {_CLIP}, {field}"
        row = Row(what, *texts, ratio, "", None)
        found.append(at_most(what, *texts, ratio, goal) if goal else row)
    return found


class Watchdog:
    """Ticks on the thread it is made on until asked."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self._ticks = [time.perf_counter()]
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)

    def _tick(self) -> None:
        self._ticks.append(time.perf_counter())

    def stop(self) -> dict[str, float]:
        """End it; the p99 and the longest wait in milliseconds."""
        self._timer.stop()
        pairs = zip(self._ticks, self._ticks[1:], strict=False)
        gaps = [(later - earlier) * 1000 for earlier, later in pairs]
        return {"p99": p99_wait_ms(gaps), "max": max(gaps)}


def p99_wait_ms(gaps_ms: list[float]) -> float:
    """What 99 of 100 events, coming evenly over all ``gaps_ms``, do not wait longer than."""
    allowed = 0.01 * sum(gaps_ms)  # in a gap g, events wait longer than w for g - w of the time
    low, high = 0.0, max(gaps_ms)
    for _ in range(40):
        middle = (low + high) / 2
        if sum(gap - middle for gap in gaps_ms if gap > middle) > allowed:
            low = middle
        else:
            high = middle
    return high


# --- one measurement each ---


async def _work(program: Program) -> None:
    """Twenty jobs sent, watched, fetched and listed while a paused clip holds the stage."""
    from tests.show import driver

    program.commands.apply_settings(
        dataclasses.replace(program.settings, jobs_at_a_time=_JOBS, theme="dark")
    )
    await driver.ready(program)
    driver.control(program, "settings", {"render": "cached"})
    driver.control(program, "refill", {"credits": 1000})
    request = dataclasses.replace(
        program.window.compose.request(), prompt="the clip that is played", resolution="720p",
        aspect_ratio="16:9", duration_s=5, audio=True,
    )  # fmt: skip
    program.bridge.generate(request)
    await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
    await driver.hold_stage(program, driver.jobs_in(program, JobState.SAVED)[0])
    driver.control(program, "settings", {"min_job_s": _JOB_S})
    await asyncio.sleep(_SETTLE_S)
    watchdog = Watchdog()
    for n in range(_JOBS):
        program.bridge.generate(dataclasses.replace(request, prompt=f"job {n}"))
    await asyncio.sleep(_WORK_S)
    waits = watchdog.stop()
    if program.window.player.transport.is_playing:
        raise RuntimeError("a clip was playing")
    saved = len(driver.jobs_in(program, JobState.SAVED)) - 1
    report({**waits, "saved": saved})


async def _play(program: Program) -> None:
    """The saved clip, over and over, in the window."""
    from tests.show import driver

    await driver.ready(program)
    job = driver.jobs_in(program, JobState.SAVED)[0]
    player = program.window.player
    player.transport.set_loop(True)
    player.show_job(job)
    await driver.until(lambda: player.video_area.page.name == "VIDEO", "the video")
    await asyncio.sleep(_SETTLE_S)
    watchdog = Watchdog()
    await asyncio.sleep(_PLAY_S)
    waits = watchdog.stop()
    if not player.transport.is_playing:
        raise RuntimeError("the clip is not playing")
    video = player.transport.media_player.video
    report({**waits, "clip": job.clip.path, "video": [video.width(), video.height()]})


def _bare(clip: str, width: int, height: int) -> None:
    """Qt's own player in an otherwise empty window; the video as large as in ours."""
    from PySide6.QtCore import QTimer, QUrl
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer
    from PySide6.QtMultimediaWidgets import QVideoWidget
    from PySide6.QtWidgets import QApplication, QMainWindow

    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(1440, 900)
    video = QVideoWidget(window)
    video.setGeometry(100, 100, width, height)
    player, sound = QMediaPlayer(), QAudioOutput()
    player.setAudioOutput(sound)
    player.setVideoOutput(video)
    player.setLoops(QMediaPlayer.Loops.Infinite)
    player.setSource(QUrl.fromLocalFile(clip))
    window.show()
    player.play()
    QTimer.singleShot(int(_SETTLE_S * 1000), lambda: _watch(player))
    application.exec()


def _watch(player: object) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtMultimedia import QMediaPlayer

    assert isinstance(player, QMediaPlayer)
    watchdog = Watchdog()

    def end() -> None:
        waits = watchdog.stop()
        if player.playbackState() != QMediaPlayer.PlaybackState.PlayingState:
            raise RuntimeError("the clip is not playing")
        report(waits)

    QTimer.singleShot(int(_PLAY_S * 1000), end)


def _main(what: str, *arguments: str) -> None:
    if what == "bare":
        _bare(arguments[0], int(arguments[1]), int(arguments[2]))
        return
    from tests.show import driver

    driver.drive({"work": _work, "play": _play}[what], Path(arguments[0]))


if __name__ == "__main__":
    _main(*sys.argv[1:])
