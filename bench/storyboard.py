"""A storyboard of sixty shots beside the library with sixty clips: how long they hold events up.

The same sixty clips in both, two seconds each, as links to a few real MP4 files; a first run makes
the small pictures. Opening: from the command on until two seconds later. Choosing: one after the
other by keys, ten a second; in the library each goes to the stage as well. Moving: the storyboard
alone, a shot to another place and back; beside it stands choosing in the library.

``python -m bench.storyboard open|choose|move board|library DATA_DIR`` measures once.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.library import fill, make_clips
from bench.table import Row, at_most, spread

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_SHOTS = 60
_RUNS = 3
_STEP_S = 0.1
_STEPS = 40
_OPEN_S = 2.0


def rows(folder: Path) -> list[Row]:
    """Opening, choosing and moving."""
    template, bytecode = folder / "template", folder / "bytecode"
    fill(template, _SHOTS, make_clips(folder / "made"))
    _add_film(template)
    measure(bytecode, "bench.storyboard", "open", "board", str(template))  # the small pictures
    measure(bytecode, "bench.storyboard", "open", "library", str(template))
    found: list[Row] = []
    for what, beside in (("open", "open"), ("choose", "choose"), ("move", "choose")):
        ours, theirs = [], []
        for run in range(_RUNS):
            for place, view, waits in ((what, "board", ours), (beside, "library", theirs)):
                data_dir = folder / f"{what}-{view}-{run}"
                shutil.copytree(template, data_dir, ignore=shutil.ignore_patterns("clips"))
                name = "bench.storyboard"
                waits.append(measure(bytecode, name, place, view, str(data_dir))["p99"])
                shutil.rmtree(data_dir)
        found.append(
            at_most(
                f"storyboard: {_SHOTS} shots, {what}, p99", spread(ours, "ms"),
                f"{spread(theirs, 'ms')} library, {beside}", median(ours) / median(theirs), 1.5,
            )
        )  # fmt: skip
    return found


def _add_film(folder: Path) -> None:
    """A shot for each clip, each with its take."""
    from pixverse_desktop.core.film.film import Film, Shot
    from pixverse_desktop.store.job_store import JobStore

    store = JobStore(folder)
    store.open()
    jobs = sorted(store.load_jobs(), key=lambda job: job.created_at)
    shots = tuple(
        Shot(f"{n:032x}", f"Shot {n}", job.request, n % 4 > 0, chosen=job.id, takes=(job.id,))
        for n, job in enumerate(jobs)
    )
    store.films.save(Film("f" * 32, "A long film", shots, 1.0))
    store.close()


# --- one measurement each ---


async def _settled(program: Program, view: str) -> None:
    from tests.show import driver

    program.window.resize(1600, 1000)
    await driver.ready(program)
    await asyncio.sleep(3.0)
    if sys.argv[1] != "open":
        program.window.views.show_view(_VIEWS[view])
        await asyncio.sleep(_OPEN_S)


_VIEWS = {"board": "storyboard", "library": "library"}


async def _open(program: Program, view: str) -> None:
    from bench.stall import Watchdog

    watchdog = Watchdog()
    program.window.views.show_view(_VIEWS[view])
    await asyncio.sleep(_OPEN_S)
    report(watchdog.stop())


async def _choose(program: Program, view: str) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from bench.stall import Watchdog

    watchdog = Watchdog()
    for _ in range(_STEPS):
        QTest.keyClick(QApplication.focusWidget() or program.window, Qt.Key.Key_Right)
        await asyncio.sleep(_STEP_S)
    report(watchdog.stop())


async def _move(program: Program, view: str) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from bench.stall import Watchdog

    watchdog = Watchdog()
    alt = Qt.KeyboardModifier.AltModifier
    for step in range(_STEPS):
        key = Qt.Key.Key_Left if step % 2 else Qt.Key.Key_Right
        QTest.keyClick(QApplication.focusWidget() or program.window, key, alt)
        await asyncio.sleep(_STEP_S)
    report(watchdog.stop())


async def _once(program: Program) -> None:
    view = sys.argv[2]
    await _settled(program, view)
    await {"open": _open, "choose": _choose, "move": _move}[sys.argv[1]](program, view)


if __name__ == "__main__":
    from tests.show.driver import drive

    drive(_once, Path(sys.argv[3]))
