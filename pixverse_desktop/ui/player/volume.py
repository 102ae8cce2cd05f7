"""The speaker: a click mutes, the pointer over it brings a slider, the arrow keys turn it."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import key_of
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import QuietSlider
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

VOLUME_STEP = 0.1
_SLIDER_WIDTH = 112
_LEAVES_MS = 350  # time to go from the speaker to the slider
_TOLD_MS = 1200  # after a key


class VolumeButton(IconButton):
    """Always in its place: without a sound to hear it is disabled."""

    moved = Signal(float)  # 0..1, by the user

    def __init__(self) -> None:
        super().__init__("volume", "", size=32, glyph=18)
        self._volume, self._muted, self._has_sound = 1.0, False, True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.on_timer_timeout)

    @cached_property
    def popup(self) -> VolumePopup:
        """Made when it is wanted first."""
        popup = VolumePopup(self)
        popup.show_volume(self._volume)
        popup.slider.valueChanged.connect(self.on_slider_value_changed)
        popup.entered.connect(self._timer.stop)
        popup.left.connect(self.on_popup_left)
        return popup

    @property
    def slider(self) -> QuietSlider:
        """How loud, in percent."""
        return self.popup.slider

    def set_sound(self, volume: float, muted: bool) -> None:
        """How loud, 0..1."""
        self._volume, self._muted = volume, muted
        if "popup" in vars(self):
            self.popup.show_volume(volume)
        self._show_state()

    def set_has_sound(self, has_sound: bool) -> None:
        """Whether the clip can be heard."""
        self._has_sound = has_sound
        self.setEnabled(has_sound)
        if not has_sound:
            self._close()
        self._show_state()

    def louder(self, by: float) -> None:
        """Turn it by a share of the whole, quieter below zero, and show the slider for a moment."""
        if self._muted and by < 0:
            return  # silent already
        self.moved.emit(min(max(round(self._volume + by, 2), 0.0), 1.0))
        if self.isVisible() and self._has_sound:
            self._open()
            self._timer.start(_TOLD_MS)

    @Slot(int)
    def on_slider_value_changed(self, percent: int) -> None:
        self.moved.emit(percent / 100)

    @Slot()
    def on_timer_timeout(self) -> None:
        if "popup" in vars(self) and not self.slider.isSliderDown():
            self._close()

    @Slot()
    def on_popup_left(self) -> None:
        self._timer.start(_LEAVES_MS)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Enter and self.isEnabled():
            self._timer.stop()
            self._open()
        elif event.type() is QEvent.Type.Leave:
            self._timer.start(_LEAVES_MS)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: VOLUME_STEP, Qt.Key.Key_Down: -VOLUME_STEP}
        if event.key() in steps:
            self.louder(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._close()

    def _close(self) -> None:
        if "popup" in vars(self):
            self.popup.hide()

    def _open(self) -> None:
        self.popup.show_at(self.mapToGlobal(QPoint(self.width() // 2, -2)))

    def _show_state(self) -> None:
        silent = self._muted or self._volume <= 0 or not self._has_sound
        self.set_icon("volume-off" if silent else "volume")
        name = self.tr("Unmute") if self._muted else self.tr("Mute")
        if not self._has_sound:
            name = self.tr("This clip has no sound")
        self.setAccessibleName(name)
        keys = ", ".join(filter(None, map(key_of, ("volume up", "volume down"))))
        word = self.tr("Volume")
        self.setAccessibleDescription(f"{word} ({keys})" if keys else word)
        if self._has_sound:
            set_key_tip(self, name, "mute")
        else:
            self.setToolTip(name)


class VolumePopup(QWidget):
    """A window of its own: the native video lies over every widget of the player."""

    entered = Signal()
    left = Signal()

    def __init__(self, button: QWidget) -> None:
        flags = Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint
        super().__init__(button, flags)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.slider = QuietSlider(self.tr("Volume"))
        self.slider.setRange(0, 100)
        self.slider.setFixedWidth(_SLIDER_WIDTH)
        self._percent: QLabel = plain_label("", "secondary")
        self._percent.setFont(tabular(self._percent.font()))
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.slider)
        row.addWidget(self._percent)

    def show_volume(self, volume: float) -> None:
        """0..1; tells nobody."""
        self.slider.blockSignals(True)
        self.slider.setValue(round(volume * 100))
        self.slider.blockSignals(False)
        self._percent.setText(self._words(round(volume * 100)))

    def show_at(self, above: QPoint) -> None:
        """Stand with the middle of the lower edge at ``above``, in the screen's coordinates."""
        metrics = self._percent.fontMetrics()
        self._percent.setFixedWidth(metrics.horizontalAdvance(self._words(100)) + 2)
        self.adjustSize()
        room = self.screen().availableGeometry()
        left = min(above.x() - self.width() // 2, room.right() - self.width())
        self.move(max(room.left(), left), above.y() - self.height())
        self.show()
        self.raise_()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(color("line"))
            painter.setBrush(color("raised"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)

    def _words(self, percent: int) -> str:
        return self.tr("{percent} %").format(percent=localised.number(percent))
