"""Several takes with 10,000 clips: making them out, a keystroke meanwhile, and adding many.

What a worker needs to expand and check 10,000 clips, of patterns, of lines and of a table whose
rows differ; the time of the main thread for a letter typed into the prompts until the new list is
painted, and the longest that it stood still meanwhile; and from Generate until 500 clips are in the
list of jobs.

``python -m bench.expand DATA_DIR`` measures once.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, under

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_CLIPS, _ADDED = 10_000, 500
_RUNS = 3
_ROUNDS = 5
_TYPED = "a red boat"
_BEAT_S = 0.002


def rows(folder: Path) -> list[Row]:
    """All of it."""
    found: dict[str, list[float]] = {}
    for run in range(_RUNS + 1):
        result = measure(folder / "bytecode", "bench.expand", str(folder / f"expand-{run}"))
        if run:  # the first one compiled every module
            for name, value in result.items():
                found.setdefault(name, []).append(value)
    clips = f"{_CLIPS:,} clips"
    return [
        under(f"expand: {clips} of patterns", found["patterns_ms"], 150.0),
        under(f"expand: {clips} of 5,000 lines", found["lines_ms"], 150.0),
        under(f"expand: {clips} of a table", found["table_ms"], 150.0),
        under(f"expand: a keystroke with {clips}, p95", found["key_ms"], 16.0),
        under("expand: the longest the window stood still", found["still_ms"], 50.0),
        under(f"expand: {_ADDED} clips added", found["added_ms"], 1000.0, digits=0),
    ]


def _plans() -> dict[str, float]:
    """Milliseconds of the thread for each way to ask for so many clips, the best of some."""
    from pixverse_desktop.core.batch.cells import Row as TableRow
    from pixverse_desktop.core.batch.plan import Asked, plan_of
    from pixverse_desktop.core.batch.table_rows import TableRows
    from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
    from pixverse_desktop.core.model.request import default_request

    base = default_request(PIXVERSE_V6)
    lines = "\n".join(f"a {{red|blue}} boat in the harbour, take {n}" for n in range(_CLIPS // 2))
    table = tuple(
        TableRow(n, {"prompt": f"take {n}", "duration_s": 1 + n % 15}) for n in range(_CLIPS)
    )
    ways = {
        "patterns_ms": Asked(base, PIXVERSE_V6, "demo", "a {1-100} boat {1-100}"),
        "lines_ms": Asked(base, PIXVERSE_V6, "demo", lines),
        "table_ms": Asked(base, PIXVERSE_V6, "demo", table=TableRows(table)),
    }
    return {
        name: min(_spent_ms(lambda asked=asked: plan_of(asked, [], {}.get)) for _ in range(_ROUNDS))
        for name, asked in ways.items()
    }


async def _use(program: Program) -> None:
    from tests.show import driver

    program.window.resize(1600, 1000)
    await driver.ready(program)
    await asyncio.sleep(2.0)
    result = _plans()
    program.window.user_actions.open_takes()
    sheet = program.window.user_actions.takes_sheet
    sheet.form.lines.set_text("a {1-100} boat {1-100} ")
    await _made_out(program)
    beats = asyncio.ensure_future(_longest_beat())
    waits = []
    for letter in _TYPED * _ROUNDS:
        waits.append(_spent_ms(lambda typed=letter: sheet.form.lines.insertPlainText(typed)))
        await asyncio.sleep(0.02)
    await _made_out(program)
    beats.cancel()
    result["key_ms"] = quantiles(waits, n=20)[-1]
    result["still_ms"] = await beats
    sheet.reject()
    cells = sheet.rows.plan.new()[:_ADDED]
    assert program.engine is not None
    program.engine.pause()
    began = time.perf_counter()
    await program.engine.generate_all(cells, ceiling=Decimal(100_000))
    result["added_ms"] = (time.perf_counter() - began) * 1000
    report(result)


async def _made_out(program: Program) -> None:
    """Until the list is what stands in the prompts."""
    sheet = program.window.user_actions.takes_sheet
    await asyncio.sleep(0.1)
    while sheet.is_working() or len(sheet.rows.plan.cells) != _CLIPS:
        await asyncio.sleep(0.01)


async def _longest_beat() -> float:
    """The longest that the loop stood still, in milliseconds, until this is cancelled."""
    longest, before = 0.0, time.perf_counter()
    try:
        while True:
            await asyncio.sleep(_BEAT_S)
            now = time.perf_counter()
            longest, before = max(longest, now - before - _BEAT_S), now
    except asyncio.CancelledError:
        return longest * 1000


def _spent_ms(work: Callable[[], object]) -> float:
    began = time.thread_time()
    work()
    return (time.thread_time() - began) * 1000


if __name__ == "__main__":
    from tests.show.driver import drive

    drive(_use, Path(sys.argv[1]))
