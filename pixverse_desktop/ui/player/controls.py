"""Below the stage: the clip's line, its strip, and the transport, which never moves by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.commands import command, for_menu
from pixverse_desktop.ui.base.theme import set_style, tabular
from pixverse_desktop.ui.playback.buttons import (
    OnOffButton,
    PlayButton,
    step_back_button,
    step_forward_button,
)
from pixverse_desktop.ui.playback.seek_bar import SeekBar, clock_text, speed_text
from pixverse_desktop.ui.player.clip_line import ClipLine
from pixverse_desktop.ui.player.video_area import MARGIN
from pixverse_desktop.ui.player.volume import VOLUME_STEP, VolumeButton
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
_GAP = 6
_SIDE, _NARROW_SIDE = MARGIN, 8
_ROOMY = 460  # pixels of width from which on the sides have their usual margin
_ICON = 32


class Controls(QWidget):
    """Only shows and asks; the panel decides.

    The buttons stand around Play, which is in the middle; what does not fit goes into the menu.
    Loop, speed and size always stay.
    """

    speed_chosen = Signal(float)
    volume_moved = Signal(float)
    menu_wanted = Signal(QPoint)
    resized = Signal()  # ``side`` may be another one

    def __init__(self) -> None:
        super().__init__()
        self._duration_ms = -1
        self._shown_ms = 0
        self._frame_words = ""
        self._timeline: QWidget | None = None  # what stands in the place of ``seek``
        self._speed_width = 0
        self._folded: set[QWidget] = set()  # what there is no room for
        self._whole_time = True  # the length stands beside the position
        self._build_buttons()
        self._build_speeds()
        self._build_layout()
        self.set_clip(False, True)

    @property
    def side(self) -> int:
        """Pixels at the left and at the right."""
        return _SIDE if self.width() >= _ROOMY else _NARROW_SIDE

    def set_clip(self, loaded: bool, has_sound: bool) -> None:
        """Whether there is a clip to control, and whether it can be heard."""
        self.mute.set_has_sound(has_sound or not loaded)
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
        grows = len(text) != len(self.frame.text())
        self.frame.setText(text)
        if grows:
            self._reserve_time()
        said = self.tr("Frame {number} of {count}").format(number=number, count=count)
        self._frame_words = said if count else ""
        self.frame.setToolTip(self._frame_words)

    def show_timeline(self, timeline: QWidget | None) -> None:
        """Another time line in the place of the clip's own; None brings that back."""
        if self._timeline is not None:
            self._column.removeWidget(self._timeline)
            self._timeline.setParent(None)
        self._timeline = timeline
        if timeline is not None:
            self._column.insertWidget(self._column.indexOf(self.seek), timeline)
            timeline.show()
        self.seek.setVisible(timeline is None)

    def set_actual(self, actual: bool) -> None:
        """Whether the clip is shown pixel for pixel."""
        self.zoom.set_on(actual)
        name = self.tr("Fit the stage") if actual else self.tr("Actual size")
        self.zoom.setAccessibleName(name)
        set_key_tip(self.zoom, name, "fit" if actual else "actual size")

    def set_full_screen(self, inside: bool) -> None:
        """Whether the stage has the whole screen."""
        self.full_screen.set_icon("full-screen-exit" if inside else "full-screen")
        name = self.tr("Leave full screen (Esc)") if inside else self.tr("Full screen")
        self.full_screen.setAccessibleName(name)
        if inside:
            self.full_screen.setToolTip(name)
        else:
            set_key_tip(self.full_screen, name, "full screen")

    def offer_less(self, full_screen: bool) -> None:
        """Without a picture there is nothing to play, but still a job to reuse."""
        self.set_clip(False, True)
        self.line.go_on.setEnabled(False)
        self.more.setEnabled(True)
        if full_screen:
            self.full_screen.setEnabled(True)

    def set_time(self, position_ms: int, duration_ms: int) -> None:
        """Where the clip stands."""
        if duration_ms != self._duration_ms:
            self._duration_ms = duration_ms
            self.seek.set_length(duration_ms)
            self._reserve_time()
        self.seek.show_ms(position_ms)
        self._shown_ms = min(position_ms, duration_ms) if duration_ms else 0
        self._show_time()

    def set_speed(self, speed: float) -> None:
        """1.0 is the clip's own."""
        self.speed.setText(speed_text(speed))
        self.speed.setAccessibleName(self.tr("Speed {speed}").format(speed=speed_text(speed)))
        for action in self._speeds.actions():
            action.setChecked(action.data() == speed)

    def add_folded(self, menu: QMenu) -> None:
        """Add an entry for everything that the row has no room for."""
        if not self._folded:
            return
        menu.addSeparator()
        if self.frame in self._folded and self._frame_words:
            menu.addAction(f"{self._time_words()} · {self._frame_words}").setEnabled(False)
        for button, name, run in (
            (self.back, "step back", self.back.click),
            (self.forward, "step forward", self.forward.click),
            (self.mute, "mute", self.mute.click),
            (self.mute, "volume up", self.on_louder),
            (self.mute, "volume down", self.on_quieter),
            (self.full_screen, "full screen", self.full_screen.click),
            (self.zoom, "actual size", self.zoom.click),
        ):
            if button in self._folded:
                action = menu.addAction(for_menu(command(name).title, name))
                action.setEnabled(button.isEnabled())
                action.triggered.connect(run)

    @Slot()
    def on_louder(self) -> None:
        self.mute.louder(VOLUME_STEP)

    @Slot()
    def on_quieter(self) -> None:
        self.mute.louder(-VOLUME_STEP)

    @Slot()
    def on_speed_clicked(self) -> None:
        size = self.speed_menu.sizeHint()
        self.speed_menu.popup(self.speed.mapToGlobal(QPoint(0, -size.height())))

    @Slot(QAction)
    def on_speeds_triggered(self, action: QAction) -> None:
        self.speed_chosen.emit(float(action.data()))

    @Slot()
    def on_more_clicked(self) -> None:
        self.menu_wanted.emit(self.more.mapToGlobal(QPoint(0, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reserve_time()

    def minimumSizeHint(self) -> QSize:
        return QSize(300, super().minimumSizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._reserve_time()

    # --- inside ---

    def _build_buttons(self) -> None:
        self.line = ClipLine()
        self.seek = SeekBar()
        self.back, self.play, self.forward = step_back_button(), PlayButton(), step_forward_button()
        for button in (self.back, self.forward):
            button.setAutoRepeat(True)
        self.time = plain_label("", "strong")
        self.time.setFont(tabular(self.time.font()))
        self.frame = plain_label("", "muted")
        self.frame.setFont(tabular(self.frame.font()))
        self.loop = OnOffButton("loop", self.tr("Loop"))
        set_key_tip(self.loop, self.tr("Loop"), "loop")
        self.zoom = OnOffButton("actual-size", "")
        self.set_actual(False)
        self.speed = QPushButton()
        set_style(self.speed, kind="quiet")
        self.speed.setFont(tabular(self.speed.font()))
        self.speed.setToolTip(self.tr("Speed"))
        self.speed.setAccessibleDescription(self.tr("Opens a menu"))
        self.speed.clicked.connect(self.on_speed_clicked)
        self.mute = VolumeButton()
        self.volume = self.mute.slider
        self.mute.moved.connect(self.volume_moved)
        self.more = IconButton(
            "more", self.tr("More for this clip"), size=_ICON, glyph=18, kind="boxed"
        )
        self.more.clicked.connect(self.on_more_clicked)
        self.full_screen = IconButton("full-screen", "", size=_ICON, glyph=18)
        self.set_full_screen(False)
        for widget in (self.loop, self.speed):
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._needs_clip = (
            self.seek, self.back, self.play, self.forward, self.more, self.zoom, self.full_screen,
        )  # fmt: skip

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
        self._loop_room = (
            QWidget()
        )  # where there is room as wide as the speed: Play is in the middle
        room = QHBoxLayout(self._loop_room)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.loop, 0, Qt.AlignmentFlag.AlignRight)
        left, middle, right = (QHBoxLayout() for _ in range(3))
        for part, widgets in (
            (left, (self.zoom, self.time, self.frame)),
            (middle, (self._loop_room, self.back, self.play, self.forward, self.speed)),
            (right, (self.mute, self.full_screen, self.more)),
        ):
            part.setSpacing(_GAP)
            for widget in widgets:
                part.addWidget(widget)
        left.addStretch(1)
        right.insertStretch(0, 1)
        row = QHBoxLayout()
        row.setSpacing(0)
        self._sides = tuple(QWidget() for _ in range(2))
        for side, part in zip(self._sides, (left, right), strict=True):
            part.setContentsMargins(0, 0, 0, 0)
            side.setLayout(part)
        row.addWidget(self._sides[0], 1)
        row.addLayout(middle)
        row.addWidget(self._sides[1], 1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(6)
        self._column.addWidget(self.line)
        self._column.addWidget(self.seek)
        self._column.addLayout(row)

    def _time_words(self) -> str:
        return f"{clock_text(self._shown_ms)} / {clock_text(self._duration_ms)}"

    def _show_time(self) -> None:
        words = self._time_words()
        self.time.setText(words if self._whole_time else clock_text(self._shown_ms))
        self.time.setToolTip("" if self._whole_time else words)

    def _reserve_time(self) -> None:
        """Room for any time of this clip, so that the row stands still while it counts."""
        self.time.ensurePolished()  # the style sheet makes it bold, and bold is wider
        self.speed.ensurePolished()
        figures = self.frame.fontMetrics()
        count = self.frame.text().partition("/")[2]
        self.frame.setMinimumWidth(figures.horizontalAdvance(f"{count}/{count}") + 2)
        words = self.speed.fontMetrics()
        widest = max(words.horizontalAdvance(speed_text(speed)) for speed in SPEEDS)
        self._speed_width = widest + 18
        self.speed.setFixedWidth(self._speed_width)
        self._fold()

    def _fold(self) -> None:
        """Take what does not fit into the menu, the least needed first."""
        side = self.side
        self._column.setContentsMargins(side, 8, side, 16)
        loop = self._speed_width if side == _SIDE else _ICON
        self._loop_room.setFixedWidth(loop)
        metrics = self.time.fontMetrics()
        clock = metrics.horizontalAdvance(clock_text(max(0, self._duration_ms))) + 4
        whole = metrics.horizontalAdvance(" / ") + 2 * clock
        icon, end = _ICON + _GAP, 2 * _ICON + _GAP
        beside = whole + self.frame.minimumWidth() + _GAP
        middle = loop + self._speed_width + self.play.sizeHint().width() + 2 * _GAP
        folded: set[QWidget] = set()
        # For each step the room of what stands left and right, and between Play and its ends.
        for gone, left, right, steps in (
            ((), beside, end + icon, 2), ((self.frame,), whole, end + icon, 2),
            ((self.time,), clock, end + icon, 2), ((self.mute,), clock, end, 2),
            ((self.back, self.forward), clock, end, 0),
        ):  # fmt: skip
            folded.update(gone)
            room = self.width() - 2 * side - middle - steps * icon
            if 2 * max(left + icon, right) <= room:
                break
        else:
            if clock + icon + end > room:  # not even with Play beside the middle
                folded.add(self.full_screen)
            if clock + icon + _ICON > room:
                folded.add(self.zoom)
        self._folded = folded
        self._whole_time = self.time not in folded
        for widget in (
            self.frame, self.full_screen, self.zoom, self.mute, self.back, self.forward,
        ):  # fmt: skip
            widget.setVisible(widget not in folded)
        self.time.setMinimumWidth(whole if self._whole_time else clock)
        self._show_time()
