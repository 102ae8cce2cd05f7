"""The command palette with 5,000 clips in its list: opening it, and answering a keystroke.

Time of the main thread: from the key until the palette is painted, the first time and again; and
from each letter of texts as they are typed until what is found is painted. A mistyped word is
among them, and letters that nearly every prompt holds.

``python -m bench.palette DATA_DIR`` measures once.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, under
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_CLIPS = 5000
_RUNS = 3
_ROUNDS = 3
_TYPED = (
    "fox in the snow",
    "settings",
    "a e o",
    "ligthouse storm",
    "xyzzy",
    "W4242",
    "@rain",
    "mute",
)
_WORDS = (
    "red", "fox", "snow", "ocean", "wave", "golden", "hour", "neon", "street", "rain", "clay",
    "village", "leaf", "macro", "dew", "city", "light", "slow", "orbit", "camera", "film",
    "morning", "breath", "lighthouse", "storm", "tram", "bridge", "river", "boat",
)  # fmt: skip


def rows(folder: Path) -> list[Row]:
    """All of it."""
    template = folder / "clips"
    _fill(template)
    found: dict[str, list[float]] = {"first_ms": [], "again_ms": [], "p95_ms": [], "worst_ms": []}
    for run in range(_RUNS + 1):
        data_dir = folder / f"palette-{run}"
        shutil.copytree(template, data_dir)
        result = measure(folder / "bytecode", "bench.palette", str(data_dir))
        if run:  # the first one compiled every module
            for name, values in found.items():
                values.append(result[name])
        shutil.rmtree(data_dir)
    clips = f"{_CLIPS:,} clips"
    return [
        under(f"palette: a keystroke among {clips}, p95", found["p95_ms"], 8.0),
        under(f"palette: the slowest keystroke among {clips}", found["worst_ms"], 8.0),
        under(f"palette: opened the first time with {clips}", found["first_ms"], 250.0, digits=0),
        under(f"palette: opened again with {clips}", found["again_ms"], 50.0, digits=0),
    ]


def _fill(folder: Path) -> None:
    """A data folder of the demo with saved clips, whose files are nowhere."""
    from pixverse_desktop.core.model.request import ClipRequest
    from pixverse_desktop.store.database import COLUMNS
    from pixverse_desktop.store.job_rows import job_to_row
    from pixverse_desktop.store.job_store import JobStore

    store, dice, now = JobStore(folder), random.Random(1), time.time()
    store.open()

    def job(n: int) -> Job:
        words = " ".join(dice.choices(_WORDS, k=12))
        clip = Clip(f"/nowhere/{n}.mp4", 1, "00", 1280, 720, 2.0, 24.0, False)
        return Job(
            f"{n:032x}", "demo", ClipRequest(prompt=f"a {words} w{n}", seed=n), JobState.SAVED,
            now - n, now - n, 10, _CLIPS - n, finished_at=now - n, remote_id=f"r{n}", clip=clip,
        )  # fmt: skip

    with store._database.transaction() as connection:
        marks = ", ".join("?" * 9)
        statement = f"INSERT INTO jobs ({COLUMNS}) VALUES ({marks})"
        connection.executemany(statement, (job_to_row(job(n)) for n in range(_CLIPS)))
    store.close()


async def _use(program: Program) -> None:
    from tests.show import driver

    program.window.resize(1600, 1000)
    await driver.ready(program)
    await asyncio.sleep(3.0)
    actions, opened = program.window.user_actions, []
    for _ in range(2):
        opened.append(_spent_ms(lambda: _open(program)))
        await asyncio.sleep(0.5)
        actions.palette_opener.palette.close()
        await asyncio.sleep(0.1)
    _open(program)
    palette = actions.palette_opener.palette

    def show(text: str) -> None:
        palette.search.setText(text)
        palette.list.viewport().repaint()

    waits = []
    for _ in range(_ROUNDS):
        for text in _TYPED:
            for end in range(1, len(text) + 1):
                waits.append(_spent_ms(lambda shown=text[:end]: show(shown)))
                await asyncio.sleep(0)
    report({
        "first_ms": opened[0], "again_ms": opened[1],
        "p95_ms": quantiles(waits, n=20)[-1], "worst_ms": max(waits),
    })  # fmt: skip


def _open(program: Program) -> None:
    program.window.user_actions.open_palette()
    program.window.user_actions.palette_opener.palette.repaint()


def _spent_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


if __name__ == "__main__":
    from tests.show.driver import drive

    drive(_use, Path(sys.argv[1]))
