"""The row under the stage; what does not fit goes, the least needed first."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import with_key
from pixverse_desktop.ui.base.theme import set_style, tabular
from pixverse_desktop.ui.playback.buttons import (
    OnOffButton,
    PlayButton,
    step_back_button,
    step_forward_button,
)
from pixverse_desktop.ui.playback.seek_bar import SeekBar, clock_text
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.inputs import QuietSlider
from pixverse_desktop.ui.widgets.labels import plain_label, tip_text

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
_GAP = 8
_SIDE = 24
_SLIDER_WIDTH = 76


class Controls(QWidget):
    """Only shows and asks; the panel decides."""

    speed_chosen = Signal(float)
    volume_moved = Signal(float)
    menu_wanted = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._has_sound = True
        self._duration_ms = -1
        self._build_buttons()
        self._build_speeds()
        self._build_layout()
        self.set_clip(False, True)

    def name_clip(self, name: str) -> None:
        """Say which clip is gone on from: what follows is paid for."""
        text = self.tr("Use the last frame as start frame")
        if name:
            text = self.tr("Go on from the last frame of “{clip}”").format(clip=name)
        self.go_on.setToolTip(tip_text(with_key(text, "last frame")))
        self.go_on.setAccessibleName(text)

    def set_clip(self, loaded: bool, has_sound: bool) -> None:
        """Whether there is a clip to control, and whether it can be heard."""
        self._has_sound = has_sound or not loaded
        for widget in self._needs_clip:
            widget.setEnabled(loaded)
        self.seek.set_film([])
        if not loaded:
            self.set_time(0, 0)
            self.set_frame(0, 0)
        self._fold()

    def set_frame(self, index: int, count: int) -> None:
        """Which frame is shown, counted from 0; shown counted from 1."""
        number = min(index, count - 1) + 1
        text = f"{number}/{count}" if count else ""
        if len(text) != len(self.frame.text()):
            self.frame.setText(text)
            self._reserve_time()
        self.frame.setText(text)
        said = self.tr("Frame {number} of {count}").format(number=number, count=count)
        self.frame.setToolTip(said if count else "")

    def set_actual(self, actual: bool) -> None:
        """Whether the clip is shown pixel for pixel."""
        self.zoom.set_on(actual)
        fit = with_key(self.tr("Fit the stage"), "fit")
        name = fit if actual else with_key(self.tr("Actual size"), "actual size")
        self.zoom.setToolTip(name)
        self.zoom.setAccessibleName(name)

    def set_full_screen(self, inside: bool) -> None:
        """Whether the stage has the whole screen."""
        self.full_screen.set_icon("full-screen-exit" if inside else "full-screen")
        enter = with_key(self.tr("Full screen"), "full screen")
        name = self.tr("Leave full screen (Esc)") if inside else enter
        self.full_screen.setToolTip(name)
        self.full_screen.setAccessibleName(name)

    def offer_less(self, full_screen: bool) -> None:
        """Without a picture there is nothing to play, but still a job to reuse."""
        self.set_clip(False, True)
        for widget in (self.reuse, self.more):
            widget.setEnabled(True)
        if full_screen:
            self.full_screen.setEnabled(True)

    def set_time(self, position_ms: int, duration_ms: int) -> None:
        """Where the clip stands."""
        if duration_ms != self._duration_ms:
            self._duration_ms = duration_ms
            self.seek.set_length(duration_ms)
            self._reserve_time()
        self.seek.show_ms(position_ms)
        shown = min(position_ms, duration_ms) if duration_ms else 0
        self.time.setText(f"{clock_text(shown)} / {clock_text(duration_ms)}")

    def set_sound(self, volume: float, muted: bool) -> None:
        """How loud, 0..1."""
        silent = muted or volume <= 0
        self.mute.set_icon("volume-off" if silent else "volume")
        name = self.tr("Unmute") if muted else self.tr("Mute")
        self.mute.setAccessibleName(name)
        self.mute.setToolTip(with_key(name, "mute"))
        self.volume.blockSignals(True)
        self.volume.setValue(round(volume * 100))
        self.volume.blockSignals(False)

    def set_speed(self, speed: float) -> None:
        """1.0 is the clip's own."""
        self.speed.setText(speed_text(speed))
        self.speed.setAccessibleName(self.tr("Speed {speed}").format(speed=speed_text(speed)))
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    @Slot()
    def on_speed_clicked(self) -> None:
        size = self.speed_menu.sizeHint()
        self.speed_menu.popup(self.speed.mapToGlobal(QPoint(0, -size.height())))

    @Slot(QAction)
    def on_speeds_triggered(self, action: QAction) -> None:
        self.speed_chosen.emit(float(action.data()))

    @Slot(int)
    def on_volume_value_changed(self, percent: int) -> None:
        self.volume_moved.emit(percent / 100)

    @Slot()
    def on_more_clicked(self) -> None:
        self.menu_wanted.emit(self.more.mapToGlobal(QPoint(0, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reserve_time()

    def minimumSizeHint(self) -> QSize:
        return QSize(300, super().minimumSizeHint().height())

    def _build_buttons(self) -> None:
        self.seek = SeekBar()
        self.back, self.play, self.forward = step_back_button(), PlayButton(), step_forward_button()
        for button in (self.back, self.forward):
            button.setAutoRepeat(True)
        self.time = plain_label("", "strong")
        self.time.setFont(tabular(self.time.font()))
        self.loop = OnOffButton("loop", with_key(self.tr("Loop"), "loop"))
        self.frame = plain_label("", "muted")
        self.frame.setFont(tabular(self.frame.font()))
        self.zoom = OnOffButton("actual-size", "")
        self.set_actual(False)
        self.speed = QPushButton()
        set_style(self.speed, kind="quiet")
        self.speed.setToolTip(self.tr("Speed"))
        self.speed.clicked.connect(self.on_speed_clicked)
        self.mute = IconButton("volume", self.tr("Mute"), size=32, glyph=18)
        self.volume = QuietSlider(self.tr("Volume"))
        self.volume.setFixedWidth(_SLIDER_WIDTH)
        self.volume.setRange(0, 100)
        self.volume.valueChanged.connect(self.on_volume_value_changed)
        self.no_sound = plain_label(self.tr("No sound"), "secondary")
        self.reuse = QPushButton(self.tr("Reuse"))
        name = self.tr("Reuse the settings of this clip")
        self.reuse.setAccessibleName(name)
        self.reuse.setToolTip(with_key(name, "reuse"))
        self.go_on = QPushButton(self.tr("Continue"))
        self.name_clip("")
        self.reveal = QPushButton(self.tr("Show file"))
        self.more = IconButton("more", self.tr("More"), size=32, glyph=18, kind="boxed")
        self.more.clicked.connect(self.on_more_clicked)
        self.full_screen = IconButton("full-screen", "", size=32, glyph=18)
        self.set_full_screen(False)
        for widget in (self.loop, self.speed, self.reuse, self.go_on, self.reveal):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._needs_clip = (
            self.seek,
            self.back,
            self.play,
            self.forward,
            self.reuse,
            self.go_on,
            self.reveal,
            self.more,
            self.zoom,
            self.full_screen,
        )

    def _build_speeds(self) -> None:
        self.speed_menu = QMenu(self.tr("Speed"), self)
        self._speeds = QActionGroup(self)
        for speed in SPEEDS:
            action = self.speed_menu.addAction(speed_text(speed))
            action.setCheckable(True)
            action.setData(speed)
            self._speeds.addAction(action)
        self._speeds.triggered.connect(self.on_speeds_triggered)

    def _build_layout(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        left = (self.back, self.play, self.forward, self.time, self.frame, self.loop, self.speed)
        for widget in (*left, self.mute, self.volume, self.no_sound):
            row.addWidget(widget)
        row.addStretch(1)
        for widget in (
            self.go_on,
            self.reuse,
            self.reveal,
            self.more,
            self.zoom,
            self.full_screen,
        ):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, 8, _SIDE, 16)
        column.setSpacing(6)
        column.addWidget(self.seek)
        column.addLayout(row)

    def _reserve_time(self) -> None:
        """Room for any time of this clip, so that the row stands still while it counts."""
        longest = f"{clock_text(self._duration_ms)} / {clock_text(self._duration_ms)}"
        self.time.ensurePolished()  # the style sheet makes it bold, and bold is wider
        metrics = self.time.fontMetrics()
        figures = self.frame.fontMetrics()
        count = self.frame.text().partition("/")[2]
        self.frame.setMinimumWidth(figures.horizontalAdvance(f"{count}/{count}") + 2)
        shortest = metrics.horizontalAdvance("0:00.0 / 0:00.0")
        self.time.setMinimumWidth(max(metrics.horizontalAdvance(longest), shortest) + 4)
        self._fold()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._reserve_time()

    def _fold(self) -> None:
        """Hide what does not fit; the menus and the keyboard still reach it."""
        kept = [self.play, self.time, self.more, self.full_screen]
        widths = [max(w.sizeHint().width(), w.minimumWidth()) + _GAP for w in kept]
        room = self.width() - 2 * _SIDE - sum(widths)
        sound = (self.mute, self.volume) if self._has_sound else (self.no_sound,)
        for widget in (self.mute, self.volume, self.no_sound):
            if widget not in sound:
                widget.hide()
        extras = (self.back, self.forward, self.loop, sound[0], self.speed)
        for widget in (
            *extras,
            self.go_on,
            self.reuse,
            self.frame,
            self.zoom,
            self.reveal,
            *sound[1:],
        ):
            room -= max(widget.sizeHint().width(), widget.minimumWidth()) + _GAP
            widget.setVisible(room >= 0)


def speed_text(speed: float) -> str:
    """1.5 as 1.5×."""
    return f"{localised.shortest(speed)}×"
