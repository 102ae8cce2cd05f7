"""An on/off switch: a check box in its behaviour, drawn as a track with a knob."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QWidget

from pixverse_desktop.ui.base.theme import color, stroke
from pixverse_desktop.ui.widgets.labels import plain_label

_TRACK = QSize(34, 20)


class Toggle(QCheckBox):
    """A switch without a text of its own; the row beside it carries the label."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(_TRACK.width() + 2, 32)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, position: QPoint) -> bool:
        return self.rect().contains(position)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            track = QRectF(QPointF(1, (self.height() - _TRACK.height()) / 2), _TRACK)
            on = self.isChecked()
            fill = color("text") if on else color("hover")
            knob = color("panel") if on else color("muted")
            if not self.isEnabled():
                fill, knob = (
                    (color("faint"), color("panel")) if on else (color("hover"), color("faint"))
                )
            painter.setPen(Qt.PenStyle.NoPen if on else QPen(color("faint"), stroke(1)))
            painter.setBrush(fill)
            painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 9.5, 9.5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(knob)
            side = 12.0
            left = track.right() - side - 4 if on else track.left() + 4
            painter.drawEllipse(QRectF(left, track.center().y() - side / 2, side, side))
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(color("accent"), 2))
                painter.drawRoundedRect(track.adjusted(-1, -1, 1, 1), 11, 11)


def with_label(toggle: Toggle, text: str) -> QWidget:
    """A switch with its words beside it."""
    row = QWidget()
    label = plain_label(text)
    label.setBuddy(toggle)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    line.addWidget(toggle)
    line.addWidget(label, 1)
    return row
