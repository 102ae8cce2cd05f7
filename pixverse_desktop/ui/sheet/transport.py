"""Below the clips: play, step, scrub, speed, loop or hold, sound, and the keys told quietly."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import key_of
from pixverse_desktop.ui.base.keys import keys_in_use
from pixverse_desktop.ui.base.theme import pixels, set_style, tabular
from pixverse_desktop.ui.playback.buttons import (
    OnOffButton,
    PlayButton,
    step_back_button,
    step_forward_button,
)
from pixverse_desktop.ui.playback.seek_bar import SeekBar, clock_text, speed_text
from pixverse_desktop.ui.sheet.clock import SPEEDS
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_caps import KeyCaps
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

_ROOMY = 540  # pixels of width, from which on the size is told, too


class SheetTransport(QWidget):
    """Only shows and asks."""

    speed_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.back, self.play, self.forward = step_back_button(), PlayButton(), step_forward_button()
        self.time = plain_label("", "strong")
        self.time.setFont(tabular(self.time.font()))
        self.time.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        self.seek = SeekBar()
        self.seek.setAccessibleName(self.tr("Position in all clips"))
        self.speed = QPushButton()
        set_style(self.speed, kind="quiet")
        self._speeds = QMenu(self.speed)
        group = QActionGroup(self)
        self._actions: dict[float, QAction] = {}
        for speed in SPEEDS:
            action = self._speeds.addAction(speed_text(speed))
            action.setCheckable(True)
            action.triggered.connect(partial(self.speed_chosen.emit, speed))
            group.addAction(action)
            self._actions[speed] = action
        self.speed.setMenu(self._speeds)
        self.loop = OnOffButton("loop", self.tr("Shorter clips begin again"))
        set_key_tip(self.loop, self.tr("Shorter clips begin again, or hold their last picture"),
                    "sheet hold")  # fmt: skip
        self.sound = IconButton("volume", self.tr("Sound"), size=32, glyph=18)
        set_key_tip(self.sound, self.tr("Sound of the clip with the ring"), "mute")
        self.zoom = QPushButton()
        set_style(self.zoom, kind="quiet")
        set_key_tip(self.zoom, self.tr("See all larger, or whole"), "sheet zoom")
        self.hints = _Hints()
        self._build_layout()
        self.set_speed(1.0)
        self.set_zoom(1.0)

    def show_time(self, position_s: float, length_s: float) -> None:
        """Where all stand, and how long the longest is."""
        length = round(length_s * 1000)
        self.seek.set_length(length)
        self.seek.show_ms(round(position_s * 1000))
        self.time.setText(f"{clock_text(round(position_s * 1000))} / {clock_text(length)}")

    @Slot(float)
    def set_speed(self, speed: float) -> None:
        """Show it."""
        self.speed.setText(speed_text(speed))
        self.speed.setAccessibleName(self.tr("Speed: {speed}").format(speed=speed_text(speed)))
        self._actions[speed].setChecked(True)

    @Slot(float)
    def set_zoom(self, zoom: float) -> None:
        """Show it."""
        text = self.tr("{percent} %").format(percent=localised.number(round(zoom * 100)))
        self.zoom.setText(text)
        self.zoom.setAccessibleName(self.tr("Size: {percent}").format(percent=text))

    def set_sound(self, on: bool) -> None:
        """Show whether the one with the ring is heard."""
        self.sound.set_icon("volume" if on else "volume-off")
        self.sound.setAccessibleName(self.tr("Mute") if on else self.tr("Unmute"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.zoom.setVisible(self.width() >= pixels(_ROOMY))

    def _build_layout(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (self.play, self.back, self.forward, self.time):
            row.addWidget(widget)
        row.addWidget(self.seek, 1)
        for button in (self.speed, self.loop, self.sound, self.zoom):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 10)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.hints)


class _Hints(QWidget):
    """What one presses most, in the keys in use."""

    def __init__(self) -> None:
        super().__init__()
        self._flow = FlowLayout(16, self)
        keys_in_use().changed.connect(self.renew)
        self.renew()

    @Slot()
    def renew(self) -> None:
        """Take the keys in use."""
        while (item := self._flow.takeAt(0)) is not None:
            if (hint := item.widget()) is not None:
                hint.deleteLater()
        first, last = key_of("sheet stars 1"), key_of("sheet stars 5")
        for keys, word in (
            ([key_of("sheet pick")], self.tr("pick")),
            ([key_of("sheet reject")], self.tr("reject")),
            ([key_of("sheet clear")], self.tr("clear")),
            ([first, last], self.tr("stars")),
            (["←", "↑", "↓", "→"], self.tr("move")),
            (["Shift"], self.tr("judge and stay")),
            ([key_of("undo")], self.tr("undo")),
            ([key_of("play")], self.tr("play")),
            ([key_of("sheet zoom")], self.tr("zoom all")),
        ):
            if all(keys):
                self._flow.addWidget(_Hint(keys, word))


class _Hint(QWidget):
    def __init__(self, keys: list[str], word: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(KeyCaps(keys))
        row.addWidget(plain_label(word, "secondary"))
