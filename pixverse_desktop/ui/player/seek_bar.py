"""The clip's time line: click to jump, drag to scrub, hover to read the time, arrows to move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip, QWidget

from pixverse_desktop.ui.theme import color

_KNOB = 7
_ARROW_MS = 500
_PAGE_MS = 2000


def clock_text(position_ms: int) -> str:
    """A place in a clip as 0:03.1."""
    tenths = max(0, position_ms) // 100
    minutes, tenths = divmod(tenths, 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


class SeekBar(QSlider):
    """A slider in milliseconds. ``sought`` while scrubbing and by keys; never by ``show_ms``."""

    scrub_started = Signal()
    sought = Signal(int)
    scrub_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._hover_x = -1
        self.setAccessibleName(self.tr("Position in the clip"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSingleStep(_ARROW_MS)
        self.setPageStep(_PAGE_MS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, 0)
        self.actionTriggered.connect(self.on_action_triggered)

    def set_length(self, duration_ms: int) -> None:
        """The clip's length."""
        self.setRange(0, max(0, duration_ms))

    def show_ms(self, position_ms: int) -> None:
        """Show where the clip stands, unless the user is holding the knob."""
        if not self.isSliderDown():
            self.setValue(position_ms)

    def on_action_triggered(self, _action: int) -> None:
        """A key moved it."""
        self.sought.emit(self.sliderPosition())

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 20)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or not self.maximum():
            return
        self.setSliderDown(True)
        self.scrub_started.emit()
        self._scrub(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_x = round(event.position().x())
        if self.isSliderDown():
            self._scrub(event)
        if self.maximum():
            above = self.mapToGlobal(QPoint(self._hover_x - 16, -44))
            QToolTip.showText(above, clock_text(self._ms_at(self._hover_x)), self)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.scrub_ended.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_x = -1
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        active = self.underMouse() or self.isSliderDown() or self.hasFocus()
        thick = 5.0 if active else 4.0
        middle = self.height() / 2
        track = QRectF(_KNOB, middle - thick / 2, self.width() - 2 * _KNOB, thick)
        painter.setBrush(color("line"))
        painter.drawRoundedRect(track, thick / 2, thick / 2)
        if not self.maximum():
            return
        x = track.left() + track.width() * self.value() / self.maximum()
        if 0 <= self._hover_x < self.width():
            reach = QRectF(track)
            reach.setRight(min(max(self._hover_x, track.left()), track.right()))
            painter.setBrush(color("faint"))
            painter.drawRoundedRect(reach, thick / 2, thick / 2)
        painter.setBrush(color("muted"))
        played = QRectF(track)
        played.setRight(x)
        painter.drawRoundedRect(played, thick / 2, thick / 2)
        painter.setBrush(color("accent"))
        radius = 6.0 if active else 5.0
        painter.drawEllipse(QRectF(x - radius, middle - radius, 2 * radius, 2 * radius))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("text"), 1.5))
            painter.drawEllipse(QRectF(x - 8, middle - 8, 16, 16))

    def _scrub(self, event: QMouseEvent) -> None:
        self.setValue(self._ms_at(round(event.position().x())))
        self.sought.emit(self.value())

    def _ms_at(self, x: int) -> int:
        span = max(1, self.width() - 2 * _KNOB)
        return round(min(max((x - _KNOB) / span, 0.0), 1.0) * self.maximum())
