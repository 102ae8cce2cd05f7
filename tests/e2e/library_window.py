"""The real window as its own process, its clips ready to be dragged: ``library_window DATA WHERE``.

WHERE is "library", where all clips are chosen, or "recent".
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from PySide6.QtWidgets import QListView

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from tests.show import driver


async def script(program: Program) -> None:
    """Say where the first tile is, and stay until killed."""
    window = program.window
    window.move(0, 0)
    window.resize(1200, 900)
    await driver.ready(program)
    if sys.argv[2] == "library":
        window.views.show_view("library")
        assert window.views.pane("library") is not None
        grid: QListView = window.views.pane("library").grid
    else:
        grid = window.queue.grid
    await driver.until(
        lambda: isinstance(grid.model().index(0, 0).data(JOB_ROLE), Job), "the clips"
    )
    if sys.argv[2] == "library":
        grid.selectAll()
    await asyncio.sleep(0.5)
    first = grid.model().index(0, 0)
    place = grid.viewport().mapToGlobal(grid.visualRect(first).center())
    print(json.dumps({"tile": [place.x(), place.y()]}), flush=True)
    await asyncio.sleep(120)


if __name__ == "__main__":
    driver.drive(script, Path(sys.argv[1]))
