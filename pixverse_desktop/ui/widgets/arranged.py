"""A widget whose parts stand elsewhere when it is narrow or its type is large."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Arranged(QWidget):
    """Calls ``arrange`` whenever its size or its type changes."""

    def arrange(self) -> None:
        """Put every part where it belongs now; each kind has its own way."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.arrange()
