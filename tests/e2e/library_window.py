"""The real window at its library, as its own process: all clips chosen, ready to be dragged."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

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
    window.views.show_view("library")
    library = window.views.library
    assert library is not None
    rows = library.rows
    await driver.until(lambda: isinstance(rows.index(0, 0).data(JOB_ROLE), Job), "the clips")
    library.grid.selectAll()
    await asyncio.sleep(0.5)
    tile = library.grid.visualRect(rows.index(0, 0)).center()
    place = library.grid.viewport().mapToGlobal(tile)
    print(json.dumps({"tile": [place.x(), place.y()]}), flush=True)
    await asyncio.sleep(120)


if __name__ == "__main__":
    driver.drive(script, Path(sys.argv[1]))
