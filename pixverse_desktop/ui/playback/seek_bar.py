"""The clip's time line: click to jump, drag to scrub, hover to see the frame, arrows to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, stroke

if TYPE_CHECKING:
    from pixverse_desktop.ui.playback.seek_preview import SeekPreview

_HEIGHT = 44
_EDGE = 4  # around the strip: the focus outline, and the heads of the marks
_ROUND = 5
_ARROW_MS = 500
_PAGE_MS = 2000


def clock_text(position_ms: int) -> str:
    """A place in a clip as 0:03.1."""
    tenths = max(0, position_ms) // 100
    minutes, tenths = divmod(tenths, 600)
    return f"{minutes}:{tenths // 10:02}.{tenths % 10}"


def speed_text(speed: float) -> str:
    """1.5 as 1.5×."""
    return f"{localised.shortest(speed)}×"


class TimeSlider(QSlider):
    """A slider in milliseconds. ``sought`` while scrubbing and by keys; never by ``show_ms``.

    Its position is where the clip stands; its value, which a screen reader speaks of at every
    change, follows only where the user moves it, comes to it or presses a key on it.
    """

    scrub_started = Signal()
    sought = Signal(int)
    scrub_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSingleStep(_ARROW_MS)
        self.setPageStep(_PAGE_MS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, 0)
        self.setTracking(False)
        self.actionTriggered.connect(self.on_action_triggered)

    def set_length(self, duration_ms: int) -> None:
        """The length of what is played."""
        position_ms = self.sliderPosition()
        self.setRange(0, max(0, duration_ms))  # which goes back to the value
        self.setSliderPosition(position_ms)

    def show_ms(self, position_ms: int) -> None:
        """Show where it stands, unless the user is holding the knob."""
        if not self.isSliderDown():
            self.setSliderPosition(position_ms)

    def spoken(self) -> str:
        """Where it stands, for a screen reader, which would read milliseconds."""
        return clock_text(self.sliderPosition())

    def on_action_triggered(self, action: int) -> None:
        """A key moved it; or it is disabled, and Qt lets its value follow, which is no wish."""
        if action != QSlider.SliderAction.SliderMove.value:
            self.sought.emit(self.sliderPosition())
            self.setAccessibleDescription(self.spoken())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setValue(self.sliderPosition())  # keys go on from there
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.setValue(self.sliderPosition())
        super().focusInEvent(event)
        self.setAccessibleDescription(self.spoken())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.scrub_ended.emit()


class SeekBar(TimeSlider):
    """The time line of one clip, or of several that are played together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hover_x = -1
        self._film: list[QImage] = []
        self._drawn = QPixmap()
        self._range_ms: tuple[int, int] | None = None
        self._preview: SeekPreview | None = None
        self.setAccessibleName(self.tr("Position in the clip"))

    def set_film(self, images: list[QImage]) -> None:
        """Small pictures spread evenly over the clip, or none."""
        self._film = images
        self._drawn = QPixmap()
        self.update()

    def set_range(self, range_ms: tuple[int, int] | None) -> None:
        """The stretch that is played again and again, None for all of it."""
        if range_ms != self._range_ms:
            self._range_ms = range_ms
            self.update()

    def picture_at(self, position_ms: int) -> QImage | None:
        """The picture of the strip nearest to a time."""
        if not self._film or not self.maximum():
            return None
        place = int(position_ms * len(self._film) / self.maximum())
        return self._film[max(0, min(place, len(self._film) - 1))]

    def spoken(self) -> str:
        times = clock_text(self.sliderPosition()), clock_text(self.maximum())
        return self.tr("{time} of {length}").format(time=times[0], length=times[1])

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

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
        self._show_preview()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover_x = -1
        self._show_preview()
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._hover_x = -1
        self._show_preview()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.EnabledChange):
            self._drawn = QPixmap()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            strip = self._strip()
            shape = QPainterPath()
            shape.addRoundedRect(QRectF(strip), _ROUND, _ROUND)
            painter.save()
            painter.setClipPath(shape)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("panel" if self.maximum() else "stage"))
            painter.drawRect(strip)
            self._paint_film(painter, strip)
            self._paint_shades(painter, strip)
            painter.restore()
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color("line"), 1))
            if not self._film:
                painter.drawRoundedRect(
                    QRectF(strip).adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND
                )
            if self.hasFocus():
                painter.setPen(QPen(color("accent"), stroke(1.5)))
                painter.drawRoundedRect(
                    QRectF(strip).adjusted(1, -2, -1, 2), _ROUND + 1, _ROUND + 1
                )
            if self.maximum():
                self._paint_marks(painter, strip)

    def _paint_film(self, painter: QPainter, strip: QRect) -> None:
        if not self._film or not self.maximum():
            return
        scale = self.devicePixelRatioF()
        if self._drawn.deviceIndependentSize().toSize() != strip.size():
            self._drawn = film_strip(self._film, strip.size(), scale)
        painter.drawPixmap(strip.topLeft(), self._drawn)

    def _paint_shades(self, painter: QPainter, strip: QRect) -> None:
        """What is not played lies in the dark; without pictures, what was played is lighter."""
        if not self._film and self.maximum():
            played = QRect(strip)
            played.setRight(self._x_of(self.sliderPosition()))
            painter.fillRect(played, color("hover"))
        if self._range_ms is None or not self.maximum():
            return
        first, last = (self._x_of(ms) for ms in self._range_ms)
        shade = color("stage")
        shade.setAlpha(190)
        painter.fillRect(QRect(strip.left(), strip.top(), first - strip.left(), 200), shade)
        painter.fillRect(QRect(last, strip.top(), strip.right() + 1 - last, 200), shade)

    def _paint_marks(self, painter: QPainter, strip: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        if self._range_ms is not None:
            painter.setBrush(color("text"))
            for ms, inward in zip(self._range_ms, (1, -1), strict=True):
                x = self._x_of(ms)
                painter.drawRect(QRectF(x - 1, strip.top(), 2, strip.height()))
                for y in (strip.top(), strip.bottom() - 1):
                    painter.drawRect(QRectF(min(x, x + 6 * inward), y, 6, 2))
        if 0 <= self._hover_x < self.width() and not self.isSliderDown():
            hover = color("on_scrim")
            hover.setAlpha(150)
            painter.setBrush(hover)
            x = min(max(self._hover_x, strip.left()), strip.right())
            painter.drawRect(QRectF(x - 0.5, strip.top(), 1, strip.height()))
        x = self._x_of(self.sliderPosition())
        tall = QRectF(x - 1.5, strip.top() - 2, 3, strip.height() + 4)
        painter.setBrush(color("stage"))  # a seam, so that it stands out on any picture
        painter.drawRoundedRect(tall.adjusted(-1, 0, 1, 0), 2, 2)
        painter.setBrush(color("accent"))
        painter.drawRoundedRect(tall, 1.5, 1.5)

    def _show_preview(self) -> None:
        wanted = self._hover_x >= 0 and self.maximum() > 0 and not self.isSliderDown()
        if not wanted:
            if self._preview is not None:
                self._preview.hide()
            return
        if self._preview is None:
            from pixverse_desktop.ui.playback.seek_preview import SeekPreview

            self._preview = SeekPreview(self)
        position_ms = self._ms_at(self._hover_x)
        strip = self._strip()
        x = min(max(self._hover_x, strip.left()), strip.right())
        above = self.mapToGlobal(QPoint(x, -4))
        self._preview.show_at(above, self.picture_at(position_ms), clock_text(position_ms))

    def _strip(self) -> QRect:
        return self.rect().adjusted(0, _EDGE, 0, -_EDGE)

    def _scrub(self, event: QMouseEvent) -> None:
        self.setValue(self._ms_at(round(event.position().x())))
        self.sought.emit(self.value())

    def _x_of(self, position_ms: int) -> int:
        strip = self._strip()
        part = min(max(position_ms / max(1, self.maximum()), 0.0), 1.0)
        return strip.left() + round(part * (strip.width() - 1))

    def _ms_at(self, x: int) -> int:
        strip = self._strip()
        part = (x - strip.left()) / max(1, strip.width() - 1)
        return round(min(max(part, 0.0), 1.0) * self.maximum())


def film_strip(images: list[QImage], size: QSize, scale: float) -> QPixmap:
    """As many pictures side by side as there is room for, each from the time it stands at."""
    drawn = QPixmap(size * scale)
    drawn.setDevicePixelRatio(scale)
    drawn.fill(Qt.GlobalColor.transparent)
    with QPainter(drawn) as painter:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        first = images[0]
        shape = first.width() / max(1, first.height())
        # Whole pictures only: one that is cut off at the end looks like a mistake.
        count = max(1, round(size.width() / (size.height() * shape)))
        wide = size.width() / count
        for place in range(count):
            image = images[min(len(images) - 1, int((place + 0.5) * len(images) / count))]
            cut = image.height() * wide / size.height()
            source = QRectF((image.width() - cut) / 2, 0, cut, image.height())
            if cut > image.width():
                tall = image.width() * size.height() / wide
                source = QRectF(0, (image.height() - tall) / 2, image.width(), tall)
            painter.drawImage(QRectF(place * wide, 0, wide + 0.5, size.height()), image, source)
    return drawn
