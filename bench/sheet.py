"""The sheet with sixteen clips beside a bare PyAV loop that decodes and scales the same sixteen.

All on clips written here, 720p, five seconds at 24 frames a second. ``python -m bench.sheet ours
FOLDER`` plays them in the real panel, on real workers, in a window of 1600 by 1000; ``… bare FOLDER
SIZE`` does without clock and window what has to be done for each picture. CPU time is that of the
whole process, for each time that all sixteen have another picture. Where the bare loop keeps up
with the clips the sheet must, too; where it does not, the sheet should be as fast as it.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from bench.child import measure, report
from bench.player import write_clip
from bench.table import Row, at_least, at_most, spread, under
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState

_CLIPS = 16
_FPS = 24
_RUNS = 3
_SETTLE_S = 3.0
_MEASURED_S = 8.0
_SHAPE = (1280, 720)
_LENGTH_S = 5.0


def rows(folder: Path) -> list[Row]:
    """How late pictures are, or how many there are, and what they cost."""
    clips = folder / "clips"
    clips.mkdir()
    for number in range(_CLIPS):
        write_clip(clips / f"{number}.mp4", 24)
    late: list[float] = []
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    costs: dict[str, list[float]] = {"ours": [], "bare": []}
    for run in range(_RUNS + 1):
        ours = measure(folder / "bytecode", "bench.sheet", "ours", str(clips))
        bare = measure(folder / "bytecode", "bench.sheet", "bare", str(clips), str(ours["size"]))
        if run:  # the first one compiled every module
            late.append(ours["late_ms"])
            for name, found in (("ours", ours), ("bare", bare)):
                rates[name].append(found["rate"])
                costs[name].append(found["cpu_ms"])
    beside = f"{spread(costs['bare'], 'ms')} bare PyAV"
    cost = at_most(
        f"sheet: CPU for a picture of all {_CLIPS}", spread(costs["ours"], "ms"), beside,
        median(costs["ours"]) / median(costs["bare"]), 1.15,
    )  # fmt: skip
    if median(rates["bare"]) >= _FPS:
        return [under(f"sheet: {_CLIPS} clips of 720p, p95 late", late, 1000 / _FPS), cost]
    beside = f"{spread(rates['bare'], 'fps')} bare PyAV"
    rate = at_least(
        f"sheet: {_CLIPS} clips of 720p, too many for this machine", spread(rates["ours"], "fps"),
        beside, median(rates["ours"]) / median(rates["bare"]), 1,
    )  # fmt: skip
    return [rate, cost]


def _bare(folder: str, size: str) -> None:
    """One picture of each in turn, decoded by as many threads as FFmpeg likes, and scaled."""
    import av

    wide = int(size)
    high = round(wide * _SHAPE[1] / _SHAPE[0])
    containers = [av.open(str(path)) for path in sorted(Path(folder).iterdir())]
    streams = [container.streams.video[0] for container in containers]
    for stream in streams:
        stream.thread_type = "AUTO"
    decoding = [
        container.decode(stream) for container, stream in zip(containers, streams, strict=True)
    ]
    for frames in decoding:
        next(frames).reformat(width=wide, height=high, format="bgr0")
    began, began_cpu, shown = time.perf_counter(), time.process_time(), 0
    while shown < _FPS * _LENGTH_S - 2:
        for frames in decoding:
            next(frames).reformat(width=wide, height=high, format="bgr0")
        shown += 1
    took, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    report({"rate": shown / took, "cpu_ms": cpu / shown * 1000})


def _ours(folder: str) -> None:
    import asyncio

    from PySide6.QtCore import QTimer
    from qasync import QEventLoop

    from pixverse_desktop.services.qt_workers import Workers
    from pixverse_desktop.ui.base import theme
    from pixverse_desktop.ui.jobs.thumbnails import Pictures
    from pixverse_desktop.ui.sheet.panel import SheetPanel
    from pixverse_desktop.ui.shell.application import make_application
    from tests.support.factories import make_job
    from tests.support.window_fakes import RESOURCES, make_actions, make_context

    application = make_application()
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    theme.install(RESOURCES, "dark")
    context = make_context()
    object.__setattr__(context, "workers", Workers())
    panel = SheetPanel(context, make_actions(context), Pictures(context))
    panel.resize(1600, 1000)
    panel.show()
    clips = [
        Clip(str(path), 1, "x", *_SHAPE, _LENGTH_S, float(_FPS), False)
        for path in sorted(Path(folder).iterdir())
    ]
    panel.open([make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(clips)])
    shown: list[tuple[float, float]] = []  # when, and where the clock stood

    def on_moved() -> None:
        place = panel.clock.position_s
        if not shown or int(shown[-1][1] * _FPS) != int(place * _FPS):
            shown.append((time.perf_counter(), place))

    began_cpu = 0.0

    def begin() -> None:
        nonlocal began_cpu
        began_cpu = time.process_time()
        panel.clock.moved.connect(on_moved)
        QTimer.singleShot(round(_MEASURED_S * 1000), end)

    def end() -> None:
        cpu = time.process_time() - began_cpu
        late = [_late_s(before, after) * 1000 for before, after in pairwise(shown)]
        played = sum((b[1] - a[1]) % _LENGTH_S for a, b in pairwise(shown)) * _FPS
        report({
            "rate": len(shown) / _MEASURED_S,
            "late_ms": quantiles(late, n=20)[-1],
            "cpu_ms": cpu / played * 1000,
            "played": played / _MEASURED_S,
            "size": panel.canvas.sizes()[0],
        })  # fmt: skip

    QTimer.singleShot(round(_SETTLE_S * 1000), begin)
    with loop:
        loop.run_forever()


def _late_s(before: tuple[float, float], after: tuple[float, float]) -> float:
    """How much later than a frame after the last one the next one came."""
    return after[0] - before[0] - 1 / _FPS


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        _ours(sys.argv[2])
    else:
        _bare(sys.argv[2], sys.argv[3])
