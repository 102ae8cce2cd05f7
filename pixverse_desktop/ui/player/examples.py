"""On an empty stage: three prompts to begin with, each with a picture of what may come of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.base.theme import color, pixels
from pixverse_desktop.ui.jobs import paint

_WIDTH, _PICTURE = 168, 94  # pixels, at the usual text size
_GAP = 12
_LEAST_HEIGHT = 300  # pixels of the stage
_LINES = 3


class Examples(QWidget):
    """As many as there is room for; their pictures come from a worker."""

    chosen = Signal(str)  # the prompt

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Example prompts"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 16, 0, 0)
        row.setSpacing(_GAP)
        row.addStretch(1)
        self.cards = {
            "sea": _Card(
                self.tr("A small sailing boat drifts over a calm sea at sunset, slow dolly in")
            ),
            "city": _Card(
                self.tr("Rain falls on a neon city at night, reflections ripple in the water")
            ),
            "forest": _Card(
                self.tr("Snow drifts through a pine forest at dawn, sun rays between the trees")
            ),
        }
        for card in self.cards.values():
            card.clicked.connect(partial(self._choose, card))
            row.addWidget(card)
        row.addStretch(1)

    def load(self, workers: Workers, resources: Path) -> None:
        """Ask for the pictures."""
        for name, card in self.cards.items():
            path = resources / "examples" / f"{name}.jpg"
            workers.call(Lane.DECODE, _read, path, then=card.show_picture)

    def make_room(self, room: QSize) -> None:
        """Show as many as fit beside each other into a stage of that size, none in a low one."""
        each = pixels(_WIDTH) + _GAP
        fitting = (room.width() + _GAP) // each if room.height() >= _LEAST_HEIGHT else 0
        for place, card in enumerate(self.cards.values()):
            card.setVisible(place < fitting)

    def _choose(self, card: _Card, _checked: bool = False) -> None:
        self.chosen.emit(card.prompt)


class _Card(QPushButton):
    """A picture over a prompt."""

    def __init__(self, prompt: str) -> None:
        super().__init__()
        self.prompt = prompt
        self._picture = QPixmap()
        self.setAccessibleName(prompt)
        self.setToolTip(self.tr("Put this prompt into the form"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_picture(self, image: QImage) -> None:
        """The picture is here."""
        self._picture = QPixmap.fromImage(image)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            pixels(_WIDTH), pixels(_PICTURE) + 16 + _LINES * self.fontMetrics().lineSpacing()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        with QPainter(self) as painter:
            above = QRect(1, 1, self.width() - 2, pixels(_PICTURE))
            if not self._picture.isNull():
                paint.picture(painter, above, self._picture, 6, fill=True)
            below = self.rect().adjusted(10, above.height() + 8, -10, -6)
            painter.setPen(color("text"))
            painter.setFont(paint.sized(self.font(), 12))
            painter.drawText(below, int(Qt.TextFlag.TextWordWrap), self.prompt)


def _read(path: Path) -> QImage:
    """BLOCKING. A picture of ours."""
    return QImage(str(path))
