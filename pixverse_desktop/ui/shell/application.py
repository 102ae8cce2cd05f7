"""Qt's application object, named as the desktop entry is; it hears what is to be opened."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from pixverse_desktop import __version__

FUSION = ("-style", "fusion")  # to set it later makes Qt's enums for styles, which takes long


class DesktopApplication(QApplication):
    """macOS names files that were double-clicked, or dropped on the icon, in events."""

    files_opened = Signal(object)  # list[str]

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FileOpen and isinstance(event, QFileOpenEvent):
            self.files_opened.emit([event.file() or event.url().toString()])
            return True
        return super().event(event)


def make_application() -> DesktopApplication:
    """The one of this process, in the style that the theme's sheet is written for."""
    application = DesktopApplication([*sys.argv[:1], *FUSION])
    application.setApplicationName("Pixverse Desktop")
    application.setDesktopFileName("pixverse-desktop")
    application.setApplicationVersion(__version__)
    application.setQuitOnLastWindowClosed(False)
    return application
