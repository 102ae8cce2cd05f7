"""The stage while a view plays several clips as one: it says which comes when, and what the time
is; here is how that is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.playback.frame_decoder import FrameFinder, StillFrame
from pixverse_desktop.ui.player.video_area import Page

if TYPE_CHECKING:
    from pixverse_desktop.ui.player.panel import PlayerPanel


class SequenceStage(QObject):
    """Off until ``begin``; see ``ui.base.context``."""

    moved = Signal()
    ended = Signal()
    failed = Signal()

    def __init__(self, player: PlayerPanel) -> None:
        super().__init__(player)
        self._player = player
        self._toggle: Callable[[], None] | None = None
        self._before_ms = self._total_ms = 0
        self._slate_ms: int | None = None
        self._has_ended = False
        self._finder = FrameFinder(player.transport.workers, self)
        self._finder.found.connect(self.on_finder_found)
        player.transport.failed.connect(self.on_transport_failed)
        self._next_id = ""  # of the clip that comes next
        self._next: StillFrame | None = None  # its first frame

    @property
    def is_on(self) -> bool:
        """True between ``begin`` and ``end``."""
        return self._toggle is not None

    @property
    def position_ms(self) -> int:
        """Where the clip on the stage stands."""
        return self._player.transport.position_ms

    def begin(self, timeline: QWidget, toggle: Callable[[], None]) -> None:
        """From now on ``timeline`` stands under the stage, and Play asks ``toggle``."""
        self._toggle = toggle
        self._player.transport.set_once(True)
        self._player.controls.show_timeline(timeline)
        self._player.controls.loop.hide()
        self._player.video_area.still.fades = False

    def end(self) -> None:
        """Back to single clips."""
        if not self.is_on:
            return
        self._toggle = None
        self._player.transport.set_once(False)
        self._player.controls.show_timeline(None)
        self._player.controls.loop.show()
        self._player.video_area.still.fades = True
        self._finder.use(None)
        self._next_id, self._next = "", None
        if self._player.current_job is None:
            self._player.show_job(None)
        self._player.on_transport_changed()

    def toggle(self) -> bool:
        """Play or pause all of it; False where single clips are shown."""
        if self._toggle is None:
            return False
        self._player.tools.shuttle.rest()
        self._toggle()
        return True

    def prepare(self, job: Job) -> None:
        """That clip comes next: its first frame is at hand when it does."""
        if job.clip is not None and job.id != self._next_id:
            self._next_id, self._next = job.id, None
            self._finder.use(Path(job.clip.path))
            self._finder.want(0, self._player.video_area.long_side_px())

    @Slot(object)
    def on_finder_found(self, still: StillFrame) -> None:
        if not still.missing and not still.trouble:
            self._next = still

    def _show_prepared(self, job: Job, *, playing: bool) -> None:
        """No dark moment between two clips."""
        area = self._player.video_area
        if self._next is not None and job.id == self._next_id:
            area.set_shape(self._next.shape)
            area.still.set_image(self._next.image)
            area.show_page(Page.STILL)
            if playing:  # the player keeps the window for a moment
                area.still.repaint()

    def show_clip(self, job: Job, at_ms: int, *, play: bool) -> None:
        """A clip from there on."""
        transport, shown = self._player.transport, self._player.current_job
        self._has_ended = False
        self._slate_ms = None
        if shown is None or shown.id != job.id or not transport.path:
            transport.first_ms = at_ms
            if at_ms == 0:
                self._show_prepared(job, playing=play)
            self._player.show_job(job, autoplay=play)
            return
        transport.pause()
        transport.seek(at_ms)
        if play:
            transport.play()

    def show_slate(self, image: QImage, *, playing: bool) -> None:
        """A picture in the place of a clip that is not there."""
        player = self._player
        if player.current_job is not None or player.video_area.page is not Page.STILL:
            player.show_job(None)
        player.video_area.set_shape(image.size())
        player.video_area.still.set_image(image)
        player.video_area.show_page(Page.STILL)
        player.controls.play.setEnabled(True)
        player.controls.play.set_playing(playing)

    def set_clock(self, before_ms: int, total_ms: int, slate_ms: int | None = None) -> None:
        """How long all before the clip and all together is; ``slate_ms``: where a slate stands."""
        self._before_ms, self._total_ms, self._slate_ms = before_ms, total_ms, slate_ms
        self._player.controls.set_time(*self.time())

    def pause(self) -> None:
        """Stand still."""
        self._player.transport.pause()

    def time(self) -> tuple[int, int]:
        """What is told under the stage: position and length in milliseconds."""
        transport = self._player.transport
        if not self.is_on:
            return transport.position_ms, transport.duration_ms
        here = transport.position_ms if self._slate_ms is None else self._slate_ms
        return self._before_ms + here, self._total_ms

    @Slot()
    def on_transport_failed(self) -> None:
        """The clip on the stage cannot be played; the stage says why."""
        if self.is_on:
            QTimer.singleShot(0, self, self.failed.emit)  # after the stage has said so

    @Slot()
    def on_transport_changed(self) -> None:
        """The clip on the stage moved, or came to its end."""
        if not self.is_on or self._slate_ms is not None:
            return
        self.moved.emit()
        ended = self._player.transport.at_end
        if ended and not self._has_ended:
            self._has_ended = True
            self.ended.emit()
