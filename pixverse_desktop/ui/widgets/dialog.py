"""A dialog that a screen reader meets only while it is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPushButton


class Dialog(QDialog):
    """Made once and opened often; in between it has no window, only its content."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the keyboard, else the one that stands out."""
        focused = self.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(focused, QPushButton) and focused.isEnabled():
            if not event.isAutoRepeat():
                focused.click()
            return
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        super().done(result)
        # Later: the click or key that closed it is still on its way through the window.
        QTimer.singleShot(0, self, self.on_done)

    @Slot()
    def on_done(self) -> None:
        if not self.isVisible():
            self.destroy()
