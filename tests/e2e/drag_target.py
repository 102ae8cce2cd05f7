"""The real window as its own process, telling on stdout what a drag does to it.

One JSON line whenever something changes: where the start well is, what it says, what became of
the job that is generated once a picture has arrived.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import request_to_json
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from tests.show import driver


async def script(program: Program) -> None:
    """Report until a picture arrived; then make a short clip of it."""
    window = program.window
    window.move(0, 0)
    window.resize(1200, 900)
    await driver.ready(program)
    compose = window.compose
    compose.set_request(
        dataclasses.replace(compose.request(), resolution="360p", duration_s=1,
                                   prompt="made from a dragged picture")
    )  # fmt: skip
    await asyncio.sleep(0.5)
    well = compose.frames.wells[FrameSlot.START]
    last = None
    while compose.request().start_frame is None:
        middle = well.mapToGlobal(QPoint(well.width() // 2, well.height() // 2))
        seen = {"well": [middle.x(), middle.y()], "says": well.accessibleDescription()}
        if seen != last:
            print(json.dumps(seen), flush=True)
            last = seen
        await asyncio.sleep(0.02)
    compose.generate()  # the drag's source has the focus, so a key would go there
    await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
    (job,) = driver.jobs_in(program, JobState.SAVED)
    assert job.clip is not None
    done = {"clip": job.clip.path, "request": request_to_json(job.request)}
    print(json.dumps(done), flush=True)


if __name__ == "__main__":
    driver.drive(script, Path(sys.argv[1]))
