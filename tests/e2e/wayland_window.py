"""The real window on Wayland as its own process, telling on stdout where to click and what came of it."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from tests.show import driver


def tell(**values: object) -> None:
    print(json.dumps(values), flush=True)


def middle(part: QWidget) -> list[int]:
    """Of a window that fills the screen: Wayland tells nobody where others are."""
    place = part.mapTo(part.window(), QPoint(part.width() // 2, part.height() // 2))
    return [place.x(), place.y()]


async def script(program: Program) -> None:
    """Make and play a clip; take a pasted picture; take it once more where it is dragged to."""
    window = program.window
    window.showFullScreen()
    await driver.ready(program)
    compose = window.compose
    wells = compose.frames.wells
    compose.form.prompt.set_text("waves")
    compose.generate()
    await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
    await driver.until(lambda: window.player.transport.is_playing, "the playing clip")
    window.player.toggle_play()
    tell(platform=QGuiApplication.platformName(), prompt=middle(compose.form.prompt))
    await driver.until(compose.form.prompt.hasFocus, "the click")
    picture = QImage(640, 360, QImage.Format.Format_RGB32)
    picture.fill(QColor(200, 90, 40))
    QGuiApplication.clipboard().setImage(picture)
    tell(copied=True)
    await driver.until(lambda: compose.request().start_frame, "the pasted picture")
    await asyncio.sleep(0.5)  # its well takes its place
    tell(wells=[middle(wells[FrameSlot.START]), middle(wells[FrameSlot.END])])
    await driver.until(lambda: compose.request().end_frame, "the dragged picture")
    tell(dragged=True)


if __name__ == "__main__":
    driver.drive(script, Path(sys.argv[1]))
