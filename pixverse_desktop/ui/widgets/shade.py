"""The dimming of a window while something lies over it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.theme import color

_DIM = 0.45


class Shade(QWidget):
    """Dims a window; a running video, which is painted by a window of its own, shines through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Lie over all of the window."""
        self.setGeometry(self.window().rect())
        self.raise_()
        self.show()

    def lift(self) -> None:
        """Be gone."""
        self.hide()
        self.deleteLater()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shade = color("scrim")
        shade.setAlphaF(_DIM)
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), shade)
