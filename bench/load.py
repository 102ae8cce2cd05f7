"""The window with a thousand queued jobs: how long its main thread stalls, and how it starts.

At work: twenty jobs in flight, four of them being fetched slowly, the rest of the thousand waiting
below them; finished clips go to the grid and the next jobs are sent while it is measured. Beside
it: the same window with nothing to do, which shows what the machine itself adds. Waits are counted
as in ``bench.stall``.

At start: CPU time from the start of the process until the jobs stand in the list and the event
loop has nothing left to do, with a thousand stored jobs and with none, in turns.

``python -m bench.load busy|idle|start DATA_DIR`` measures once.
"""

from __future__ import annotations

import asyncio
import dataclasses
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_most, spread, under
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_JOBS = 1000
_IN_FLIGHT = 20
_FETCHES = 4
_SPARE = 60  # sent before and while it is measured, so that a thousand stay queued
_BUSY_RUNS = 3
_BUSY_S = 24.0
_IDLE_S = 8.0
_SETTLE_S = 3.0
_FETCH_S = 10.0
_JOB_S = 60.0
_PER_MINUTE = 600  # so that the looks at the service come as often as they ever can
_STARTS = 7


def rows(folder: Path) -> list[Row]:
    """Busy and idle in turns, then the starts in turns."""
    bytecode, many, none = folder / "bytecode", folder / "many", folder / "none"
    _fill(many, _JOBS + _SPARE)
    _fill(none, 0)
    busy, idle = [], []
    for run in range(_BUSY_RUNS):
        for what, template, found in (("idle", none, idle), ("busy", many, busy)):
            data_dir = shutil.copytree(template, folder / f"{what}-{run}")
            found.append(measure(bytecode, "bench.load", what, str(data_dir)))
    return [*_stalls(busy, idle), _starts(folder, bytecode, many, none)]


def _stalls(busy: list[dict[str, float]], idle: list[dict[str, float]]) -> list[Row]:
    least = {name: min(run[name] for run in busy) for name in ("queued", "flying", "fetching")}
    what = (
        f"load: {least['queued']:,.0f} queued, {least['flying']:.0f} in flight, "
        f"{least['fetching']:.0f} fetched"
    )
    found = []
    for field, limit_ms in (("p99", 16.0), ("max", 50.0)):
        row = under(f"{what}, {field}", [run[field] for run in busy], limit_ms)
        beside = f"{spread([run[field] for run in idle], 'ms')} idle window"
        found.append(dataclasses.replace(row, beside=beside))
    return found


def _starts(folder: Path, bytecode: Path, many: Path, none: Path) -> Row:
    full, empty = [], []
    for run in range(_STARTS + 1):
        pair = []
        for template in (many, none):
            data_dir = shutil.copytree(template, folder / f"start-{template.name}-{run}")
            pair.append(measure(bytecode, "bench.load", "start", str(data_dir))["cpu_s"] * 1000)
        if run:  # the first one compiled every module
            full.append(pair[0])
            empty.append(pair[1])
    beside = f"{spread(empty, 'ms', 0)} with none"
    what = f"load: CPU until {_JOBS + _SPARE:,} jobs are listed"
    return at_most(what, spread(full, "ms", 0), beside, median(full) / median(empty), 1.2)


def _fill(folder: Path, count: int) -> None:
    """A data folder of the demo whose queue is paused, with ``count`` jobs in it."""
    from pixverse_desktop.core.model.request import ClipRequest
    from pixverse_desktop.store.job_store import JobStore

    store = JobStore(folder)
    store.open()
    now = time.time() - count
    for n in range(1, count + 1):
        request = ClipRequest(
            prompt=f"Clip {n}: a lighthouse in a storm, waves breaking over the rocks, slow pan",
            resolution="360p",
            duration_s=1,
            seed=n,
        )
        job = Job(f"{n:032x}", "demo", request, JobState.QUEUED, now + n, now + n, 10, n)
        store.add_jobs(job)
    store.save_fact("demo", "paused", "yes")
    store.save_fact("demo", "per_minute", str(_PER_MINUTE))
    store.close()


# --- one measurement each ---


async def _busy(program: Program) -> None:
    """The whole load at once."""
    from tests.show import driver

    _set_up(program, jobs_at_a_time=1)
    await driver.ready(program)
    driver.control(program, "settings", {"render": "cached"})
    driver.control(program, "refill", {"credits": 100_000})
    program.bridge.resume()
    await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the first clip")
    program.bridge.pause()
    await driver.until(lambda: program.window.queue.rows.running() == 0, "the pause")
    first = driver.jobs_in(program, JobState.SAVED)[0]
    await driver.hold_stage(program, first)
    pace = first.clip.size_bytes / _FETCH_S
    slow = {"on": "download", "kind": "slow", "times": None, "bytes_per_second": pace}
    driver.control(program, "faults", slow)
    await asyncio.sleep(_SETTLE_S)
    report(await _watched(program))


async def _watched(program: Program) -> dict[str, float]:
    """Twenty are sent at once and made at once; those that follow them take long."""
    from bench.stall import Watchdog
    from tests.show import driver

    work, watchdog = _Work(program), Watchdog()
    end = time.monotonic() + _BUSY_S
    _set_up(program, jobs_at_a_time=_IN_FLIGHT)
    program.bridge.resume()
    await driver.until(lambda: work.flying() == _IN_FLIGHT, "the jobs in flight")
    await driver.until(lambda: work.fetching() == _FETCHES, "the fetches")
    _ask_service(program, "settings", {"min_job_s": _JOB_S})
    while time.monotonic() < end:
        await asyncio.sleep(0.5)
        work.note()
    waits = watchdog.stop()
    if program.window.player.transport.is_playing:
        raise RuntimeError("a clip was playing")
    usual = work.usual()
    wanted = {"queued": _JOBS, "flying": _IN_FLIGHT, "fetching": _FETCHES}
    if any(usual[name] < least for name, least in wanted.items()):
        raise RuntimeError(f"the load was not there: {usual}")
    return {**waits, **usual}


def _ask_service(program: Program, path: str, body: object) -> None:
    """As the driver's ``control``, off the main thread that is being measured."""
    from tests.show import driver

    threading.Thread(target=driver.control, args=(program, path, body)).start()


class _Work:
    """What the window shows to be under way, as far as it costs nothing to ask."""

    def __init__(self, program: Program) -> None:
        self._rows = program.window.queue.rows
        self._told: dict[str, float] = {}
        self._seen: list[tuple[int, int, int]] = []
        program.bridge.progress_changed.connect(self._on_progress)

    def _on_progress(self, job_id: str, _fraction: float) -> None:
        self._told[job_id] = time.monotonic()

    def flying(self) -> int:
        """How many jobs are in flight."""
        return int(self._rows.running())

    def fetching(self) -> int:
        """How many clips grew in the last second."""
        now = time.monotonic()
        return sum(now - at < 1.0 for at in self._told.values())

    def note(self) -> None:
        """Remember the counts of this moment."""
        self._seen.append((self._rows.waiting(), self.flying(), self.fetching()))

    def usual(self) -> dict[str, float]:
        """The middle of what was remembered; the fewest of those that waited."""
        queued, flying, fetching = zip(*self._seen, strict=True)
        return {"queued": min(queued), "flying": median(flying), "fetching": median(fetching)}


async def _idle(program: Program) -> None:
    """The window, at rest."""
    from bench.stall import Watchdog
    from tests.show import driver

    _set_up(program)
    await driver.ready(program)
    await asyncio.sleep(_SETTLE_S)
    watchdog = Watchdog()
    await asyncio.sleep(_IDLE_S)
    report(watchdog.stop())


def _set_up(program: Program, **changes: object) -> None:
    program.commands.apply_settings(
        dataclasses.replace(program.settings, theme="dark", **changes)  # type: ignore[arg-type]
    )


def _start(data_dir: str) -> None:
    """The real program, started as from the command line, until its jobs are listed."""
    from pixverse_desktop import __main__ as command
    from pixverse_desktop import app

    main = app.Program.main

    async def watched(program: app.Program, pictures: list[str]) -> bool:
        program.bridge.jobs_reset.connect(lambda _jobs: _when_idle(_tell))
        return await main(program, pictures)

    app.Program.main = watched  # type: ignore[method-assign]
    command.main(["--demo", "--data-dir", data_dir])


def _when_idle(then: Callable[[], None]) -> None:
    """Call ``then`` once what was begun now is laid out and painted."""
    from PySide6.QtCore import QAbstractEventDispatcher, QTimer

    def wait() -> None:
        QAbstractEventDispatcher.instance().aboutToBlock.connect(then)

    QTimer.singleShot(100, wait)  # laying out and painting take a few turns of the loop


def _tell() -> None:
    report({"cpu_s": time.process_time()})


def _main(what: str, data_dir: str) -> None:
    if what == "start":
        _start(data_dir)
        return
    from tests.show import driver

    driver.drive({"busy": _busy, "idle": _idle}[what], Path(data_dir))


if __name__ == "__main__":
    _main(*sys.argv[1:])
