"""The real window as its own process, on screens that are what a test says: ``screens_window WHAT DATA``.

WHAT is "leave", on the last screen; "look", which tells where it opens; "wander", from the first
screen to the last and back, with a picture of it on each in DATA.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QScreen

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from tests.show import driver

DATA = Path(sys.argv[2])


async def on(program: Program, screen: QScreen) -> None:
    """Move the window there, as its user would."""
    window = program.window
    window.showNormal()
    window.move(screen.availableGeometry().topLeft())
    ratio = screen.devicePixelRatio()
    await driver.until(lambda: window.devicePixelRatioF() == ratio, "the move")
    window.resize(1000, 640)
    await asyncio.sleep(0.5)


async def leave(program: Program) -> None:
    await driver.ready(program)
    await on(program, QGuiApplication.screens()[-1])
    program.window.save_state()  # as when it is closed


async def look(program: Program) -> None:
    await driver.ready(program)
    window = program.window
    place, screen = window.frameGeometry(), window.screen().availableGeometry()
    seen = {"place": place.getRect(), "screen": screen.getRect(), "full": window.isMaximized()}
    print(json.dumps({**seen, "size": [window.width(), window.height()]}), flush=True)


async def wander(program: Program) -> None:
    await driver.ready(program)
    window = program.window
    first, last = QGuiApplication.screens()[0], QGuiApplication.screens()[-1]
    await on(program, first)
    window.compose.form.prompt.set_text("waves")
    window.compose.generate()
    await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
    await driver.until(lambda: window.player.transport.is_playing, "the playing clip")
    window.player.toggle_play()
    told = []
    for number, screen in enumerate((first, last, first)):
        await on(program, screen)
        picture = window.grab()
        picture.save(str(DATA / f"{number}.png"))
        told.append([picture.width(), picture.height(), picture.devicePixelRatio()])
    print(json.dumps({"pictures": told}), flush=True)


if __name__ == "__main__":
    driver.drive(globals()[sys.argv[1]], DATA)
