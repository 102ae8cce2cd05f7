"""What money costs in time: Spend with a long ledger against a short one, and a price announced.

Time of the main thread from the click on the balance until the rows and their sums are shown, with
100 rows and 100,000 of the same three weeks, in turns. Half the clips are on boards; every charge
and balance is known. A price is announced as the form does it at every keystroke.

``python -m bench.spend DATA_DIR ROWS`` measures once.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.child import measure, report
from bench.table import Row, at_most, spread, under
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState

if TYPE_CHECKING:
    from pixverse_desktop.app import Program

_FEW, _MANY = 100, 100_000
_RUNS = 5
_PRICES = 600
_LIMIT_S = 60.0
_SPAN_S = 2_000_000.0  # of either: as many days have a bar
_BOARDS = 5


def rows(folder: Path) -> list[Row]:
    """The long ledger beside the short one."""
    templates = {count: folder / f"ledger-{count}" for count in (_FEW, _MANY)}
    for count, template in templates.items():
        _fill(template, count)
    found: dict[int, list[float]] = {count: [] for count in templates}
    announced: list[float] = []
    for run in range(_RUNS + 1):
        for count, template in templates.items():
            data_dir = folder / f"spend-{count}-{run}"
            shutil.copytree(template, data_dir)
            arguments = (str(data_dir), str(count))
            result = measure(folder / "bytecode", "bench.spend", *arguments, limit_s=240)
            if run:  # the first one compiled every module
                found[count].append(result["main_thread_ms"])
            if run and count == _MANY:
                announced.append(result["announced_ms"])
            shutil.rmtree(data_dir)
    return [
        at_most(
            f"spend: main thread until {_MANY:,} charges are shown",
            spread(found[_MANY], "ms", 0), f"{spread(found[_FEW], 'ms', 0)} with {_FEW}",
            median(found[_MANY]) / median(found[_FEW]), 1.2,
        ),
        under(f"spend: a price announced with {_MANY:,} jobs known", announced, 0.2, digits=3),
    ]  # fmt: skip


def _fill(folder: Path, count: int) -> None:
    """A data folder of the demo with ``count`` charges."""
    from pixverse_desktop.core.model.request import ClipRequest
    from pixverse_desktop.store.database import COLUMNS
    from pixverse_desktop.store.job_rows import job_to_row
    from pixverse_desktop.store.job_store import JobStore

    store, now = JobStore(folder), time.time()
    store.open()

    def job(n: int) -> Job:
        sent = now - n * _SPAN_S / count
        return Job(
            f"{n:032x}", "demo", ClipRequest(prompt=f"clip {n}", seed=n), JobState.EXPIRED,
            sent, sent, Decimal(10), count - n, submitted_at=sent, finished_at=sent,
            remote_id=f"r{n}", credit_cost=Decimal(10), credits_left=Decimal(10 * n),
            attempt_id="a",
        )  # fmt: skip

    with store._database.transaction() as connection:
        marks = ", ".join("?" * 9)
        statement = f"INSERT INTO jobs ({COLUMNS}) VALUES ({marks})"
        connection.executemany(statement, (job_to_row(job(n)) for n in range(count)))
    boards = [store.library.add_board(f"board {n}") for n in range(_BOARDS)]
    for n, board in enumerate(boards):
        on_it = range(n, count, 2 * _BOARDS)
        store.library.put_on_board(board, (f"{number:032x}" for number in on_it), True)
    store.close()


async def _open(program: Program, count: int) -> None:
    from tests.show import driver

    program.window.resize(1600, 1000)
    await driver.ready(program)
    await asyncio.sleep(3.0)
    shown = asyncio.Event()
    began = time.thread_time()
    program.window.views.show_view("spend")
    panel = program.window.views.pane("spend")
    assert panel is not None
    panel.rows.modelReset.connect(lambda: shown.set() if panel.rows.rowCount() >= count else None)
    panel.period.set_value("all")
    await asyncio.wait_for(shown.wait(), _LIMIT_S)
    await asyncio.sleep(0.5)  # they are painted
    opened = time.thread_time() - began
    report({"main_thread_ms": opened * 1000, "announced_ms": _announced(program) * 1000})


def _announced(program: Program) -> float:
    """Seconds of the main thread for each of many prices, of a clip that is seen and others."""
    form = program.window.compose
    usual = form.request()
    requests = [usual.changed(duration_s=seconds) for seconds in (5, 8, 15)]
    began = time.thread_time()
    for n in range(_PRICES):
        request = requests[n % len(requests)]
        price, status = program.bridge.price(request), program.bridge.status
        form.cost.set_cost(price, status.credits, Decimal(0), status.budget)
    return (time.thread_time() - began) / _PRICES


if __name__ == "__main__":
    from functools import partial

    from tests.show.driver import drive

    drive(partial(_open, count=int(sys.argv[2])), Path(sys.argv[1]))
