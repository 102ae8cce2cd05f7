"""Two takes at once, in step: a window of its own that says what they differ in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QImage
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import add_keys, commands_in
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import tabular
from pixverse_desktop.ui.compare.meant_clip import MeantClip
from pixverse_desktop.ui.compare.view import CompareView
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.differences import differences
from pixverse_desktop.ui.playback.buttons import PlayButton, step_back_button, step_forward_button
from pixverse_desktop.ui.playback.filmstrip import FilmstripMaker
from pixverse_desktop.ui.playback.frame_buffer import FrameBuffer
from pixverse_desktop.ui.playback.seek_bar import SeekBar, clock_text
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

_USUAL = QSize(1180, 760)
_SETTLE_MS = 150  # after resizing, before frames of the new size are decoded


class CompareWindow(Dialog):
    """Exact frames of both clips, shown by one clock. Both jobs need a clip; it deletes itself.

    What is done with a clip is done with the one that is meant: it is marked.
    """

    stopped = Signal()  # it lets go of the files
    kept = Signal(object)  # Job: the other one was thrown away, so the comparison is over

    def __init__(
        self,
        context: UiContext,
        actions: ClipActions,
        left: Job,
        right: Job,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Compare two clips"))
        room = parent.window().size() * 0.95 if parent is not None else _USUAL
        self.resize(_USUAL.boundedTo(room))
        self._actions = actions
        self._bridge = context.bridge
        self._jobs = [self._bridge.jobs.get(job.id, job) for job in (left, right)]
        clips = [job.clip or Clip("", 0, "") for job in self._jobs]
        self._buffers = [FrameBuffer(context.workers, clip, self) for clip in clips]
        self.position_ms = 0.0
        self._film = FilmstripMaker(context.workers, self)
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self.view = CompareView()
        self.view.set_shapes(*(buffer.shape for buffer in self._buffers))
        self._build_controls()
        self._build_layout()
        self._connect()
        self._list_differences()
        self.view.setFocus()
        self._show()
        self._want_film()

    @property
    def is_playing(self) -> bool:
        """True while both run."""
        return self._timer.isActive()

    def frames(self) -> tuple[int, int]:
        """Which frame of each clip is due, left first, counted from 0."""
        return (
            self._buffers[0].index_at(self.position_ms),
            self._buffers[1].index_at(self.position_ms),
        )

    @Slot()
    def toggle_play(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self._timer.stop()
        else:
            self._clock.start()
            self._timer.start(round(self._frame_ms()))
        self.play.set_playing(self.is_playing)

    def step(self, frames: int) -> None:
        """Stand still some frames further, or before."""
        self._timer.stop()
        self.play.set_playing(False)
        wanted = (round(self.position_ms / self._frame_ms()) + frames) * self._frame_ms()
        self.position_ms = min(max(wanted, 0.0), self._length_ms() - self._frame_ms())
        self._show()

    @Slot()
    def on_back_clicked(self) -> None:
        self.step(-1)

    @Slot()
    def on_forward_clicked(self) -> None:
        self.step(1)

    @Slot()
    def use_last_frame(self) -> None:
        """Go on from where the clip that is meant ends."""
        self._actions.frame_requested.emit(self.meant.chosen()[0], -1, "start")

    def use_shown_frame(self, slot: str) -> None:
        """The frame that is seen of the clip that is meant becomes the "start" or "end" frame."""
        frame = self.frames()[self.view.side]
        self._actions.frame_requested.emit(self.meant.chosen()[0], frame, slot)

    @Slot()
    def toggle_wipe(self) -> None:
        """One over the other, or side by side."""
        self.view.set_wipes(not self.view.wipes)
        self.mode.setText(self.tr("Side by side") if self.view.wipes else self.tr("Wipe"))
        self.mode.setAccessibleName(self.mode.text())
        self._show()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.meant.on_more_clicked()
            return
        place = self.view.mapFrom(self, event.pos())
        if self.view.rect().contains(place):
            self.meant.choose_side(self.view.side_at(place.toPointF()))
            self.meant.open_menu(event.globalPos())

    @Slot(object)
    def on_trashed(self, ids: list[str]) -> None:
        """There is nothing to compare with what was thrown away."""
        left = [job for job in self._jobs if job.id not in ids]
        if len(left) < 2 and self.isVisible():
            self.close()
            for job in left:
                self.kept.emit(job)

    @Slot()
    def swap(self) -> None:
        """What was left is right, and what was below is above; the same clip is meant."""
        self._jobs.reverse()
        self._buffers.reverse()
        self.view.swap()
        self.meant.show_side()
        self._list_differences()
        self._show()
        self._want_film()

    def advance(self, ms: float) -> None:
        """Go on by a time; both wait for the one whose frame is not decoded yet."""
        wanted = self.position_ms + ms
        if wanted >= self._length_ms():
            wanted = 0.0
        if all(buffer.image(buffer.index_at(wanted)) is not None for buffer in self._buffers):
            self.position_ms = wanted
        self._show()

    @Slot()
    def on_timer_timeout(self) -> None:
        self.advance(min(self._clock.restart(), 2 * self._frame_ms()))

    @Slot()
    def on_buffer_ready(self) -> None:
        self._show_images()

    @Slot(object)
    def on_film_made(self, images: list[QImage]) -> None:
        self.seek.set_film(images)

    @Slot(str)
    def on_buffer_failed(self, detail: str) -> None:
        self._timer.stop()
        self.play.set_playing(False)
        self.trouble.setText(self.tr("One of the clips cannot be read."))
        self.trouble.setToolTip(detail[:300])
        self.trouble.show()

    @Slot()
    def on_view_resized(self) -> None:
        self._settle.start()

    @Slot()
    def on_settle_timeout(self) -> None:
        self._show()

    @Slot(int)
    def on_seek_sought(self, position_ms: int) -> None:
        self.position_ms = float(min(position_ms, self._length_ms() - 1))
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if event.spontaneous():
            return  # only minimised
        self._timer.stop()
        self._settle.stop()
        self._film.stop()
        for buffer in self._buffers:
            buffer.close()
        self.stopped.emit()

    # --- inside ---

    def _start(self, pressed: Command) -> None:
        pressed.start(self)

    def _want_film(self) -> None:
        """The strip is the left clip's."""
        clip = self._jobs[0].clip
        if clip is not None:
            self._film.want(Path(clip.path), self._buffers[0].count)

    def _frame_ms(self) -> float:
        return 1000 / max(buffer.fps for buffer in self._buffers)

    def _length_ms(self) -> float:
        return max(1.0, *(float(buffer.duration_ms) for buffer in self._buffers))

    def _show(self) -> None:
        size = self.view.long_side_px()
        for buffer, index in zip(self._buffers, self.frames(), strict=True):
            buffer.want(index, size)
        length = round(self._length_ms())
        self.seek.set_length(length)
        self.seek.show_ms(round(self.position_ms))
        self.time.setText(f"{clock_text(round(self.position_ms))} / {clock_text(length)}")
        self._show_images()

    def _show_images(self) -> None:
        pair = [r.image(i) for r, i in zip(self._buffers, self.frames(), strict=True)]
        if None not in pair or any(image.isNull() for image in self.view.images()):
            self.view.set_shapes(*(buffer.shape for buffer in self._buffers))
            self.view.set_images(*pair)  # never one of them alone: they stay in step

    def _list_differences(self) -> None:
        rows = differences(self._jobs[0].request, self._jobs[1].request)
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(24, 8, 24, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        if not rows:
            grid.addWidget(plain_label(self.tr("Both were made with the same settings."), "muted"))
        else:
            grid.addWidget(plain_label(self.tr("Differences"), "head"), 0, 0, top)
            for column, name in enumerate(self.view.names, 1):
                grid.addWidget(plain_label(name, "head"), 0, column, top)
        for line, (label, a, b) in enumerate(rows, 1):
            grid.addWidget(plain_label(label, "muted"), line, 0, top)
            for column, text in enumerate((a, b), 1):
                grid.addWidget(plain_label(text, wrap=True), line, column, top)
        grid.setRowStretch(len(rows) + 1, 1)
        self.table.setWidget(table)

    def _build_controls(self) -> None:
        self.seek = SeekBar()
        self.back, self.play, self.forward = step_back_button(), PlayButton(), step_forward_button()
        self.time = plain_label("", "strong")
        self.time.setFont(tabular(self.time.font()))
        self.mode = QPushButton(self.tr("Wipe"))
        self.mode.setAccessibleName(self.tr("Wipe"))
        set_key_tip(self.mode, "", "wipe")
        self.swap_button = IconButton("swap", self.tr("Swap"), size=32, glyph=18, kind="boxed")
        set_key_tip(self.swap_button, self.tr("Swap"), "swap")
        self.meant = MeantClip(self._actions, self._jobs, self.view, self.frames)
        self.trouble = plain_label("", "error")
        self.trouble.hide()
        self.mode.setAutoDefault(False)
        self.table = ScrollArea()
        self.table.setAccessibleName(self.tr("What they differ in"))
        self.table.setFixedHeight(168)

    def _build_layout(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(8)
        for widget in (self.back, self.play, self.forward, self.time):
            row.addWidget(widget)
        row.addSpacing(8)
        row.addWidget(self.trouble)
        row.addStretch(1)
        row.addWidget(self.meant)
        row.addSpacing(16)
        row.addWidget(self.mode)
        row.addWidget(self.swap_button)
        line = QVBoxLayout()
        line.setContentsMargins(24, 0, 24, 0)
        line.addWidget(self.seek)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view, 1)
        column.addLayout(line)
        column.addLayout(row)
        column.addWidget(self.table)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.on_timer_timeout)
        self._film.made.connect(self.on_film_made)
        self._settle.timeout.connect(self.on_settle_timeout)
        self.view.clicked.connect(self.toggle_play)
        self.view.resized.connect(self.on_view_resized)
        self.seek.sought.connect(self.on_seek_sought)
        self.play.clicked.connect(self.toggle_play)
        self.back.clicked.connect(self.on_back_clicked)
        self.forward.clicked.connect(self.on_forward_clicked)
        self.mode.clicked.connect(self.toggle_wipe)
        self.swap_button.clicked.connect(self.swap)
        self._actions.trashed.connect(self.on_trashed)
        self._bridge.job_changed.connect(self.meant.on_bridge_job_changed)
        self._actions.add_keys(self, self.meant.chosen, "favourite", "reuse", "trash", "copy")
        for buffer in self._buffers:
            buffer.ready.connect(self.on_buffer_ready)
            buffer.failed.connect(self.on_buffer_failed)
        add_keys(self, commands_in(Scope.COMPARE), self._start)
