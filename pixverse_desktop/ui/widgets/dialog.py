"""A dialog that a screen reader meets only while it is open."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QDialog


class Dialog(QDialog):
    """Made once and opened often; in between it has no window, only its content."""

    def done(self, result: int) -> None:
        super().done(result)
        # Later: the click or key that closed it is still on its way through the window.
        QTimer.singleShot(0, self, self.on_done)

    @Slot()
    def on_done(self) -> None:
        if not self.isVisible():
            self.destroy()
