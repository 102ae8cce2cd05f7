"""The sound of the clip with the ring, kept in step with the clock."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.context import AppCommands
from pixverse_desktop.ui.playback.media_player import MediaPlayer, NoPlayback
from pixverse_desktop.ui.sheet.clock import SheetClock
from pixverse_desktop.ui.sheet.tile_frames import TileFrames

_SETTLE_MS = 150  # the ring may only be passing by
_CHECK_MS = 500
_APART_MS = 80  # from which on it is heard that sound and picture are not together


class SheetSound(QObject):
    """At most one clip is heard; its player is made when there is something to hear."""

    heard_changed = Signal(str)  # job id, "" for silence

    def __init__(self, clock: SheetClock, commands: AppCommands, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._commands = commands
        self._player: MediaPlayer | None = None
        self._job: Job | None = None
        self._frames: TileFrames | None = None
        self._opened = ""  # the file that the player has
        self.is_on = not commands.window_state.muted
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.on_settle_timeout)
        self._check = QTimer(self)
        self._check.setInterval(_CHECK_MS)
        self._check.timeout.connect(self.on_check_timeout)
        clock.playing_changed.connect(self.on_clock_playing_changed)
        clock.sought.connect(self.on_clock_sought)

    def follow(self, job: Job | None, frames: TileFrames | None) -> None:
        """Be the sound of this clip, None: of none."""
        if (job and job.id) != (self._job and self._job.id):
            self._job, self._frames = job, frames
            self._settle.start()
            self.heard_changed.emit(self._heard())

    def toggle(self) -> None:
        """On or off."""
        self.is_on = not self.is_on
        self.heard_changed.emit(self._heard())
        self.on_settle_timeout()

    def set_speed(self) -> None:
        """As fast as the clock is now."""
        if self._player is not None:
            self._player.set_speed(self._clock.speed)
            self._go()

    def close(self) -> None:
        """Let go of the file and the player; safe to repeat."""
        self._settle.stop()
        self._check.stop()
        self._job = self._frames = None
        self._opened = ""
        if self._player is not None:
            self._player.close()
            self._player.deleteLater()
            self._player = None

    @Slot()
    def on_settle_timeout(self) -> None:
        path = self._job.clip.path if self._heard() and self._job and self._job.clip else ""
        if path and self._player is None:
            self._make()
        if self._player is not None and path != self._opened:
            self._opened = path
            if path:
                self._player.open(path)
            else:
                self._player.empty()
        self._go()

    @Slot(bool)
    def on_clock_playing_changed(self, _playing: bool) -> None:
        self._go()

    @Slot()
    def on_clock_sought(self) -> None:
        if self._clock.is_playing:
            self._go()

    @Slot()
    def on_check_timeout(self) -> None:
        if self._player is None or self._frames is None or not self._player.is_playing:
            return
        if abs(self._player.position_ms - self._due_ms()) > _APART_MS:
            self._player.seek(self._due_ms())

    def _heard(self) -> str:
        clip = self._job.clip if self._job is not None else None
        return self._job.id if self._job and clip and clip.has_audio and self.is_on else ""

    def _due_ms(self) -> int:
        frames = self._frames
        return round(self._clock.time_of(frames) * 1000) if frames is not None else 0

    def _go(self) -> None:
        if self._player is None:
            return
        if self._opened and self._clock.is_playing:
            self._player.set_sound(self._commands.window_state.volume, False)
            self._player.play_from(self._due_ms())
            self._check.start()
        else:
            self._player.pause()
            self._check.stop()

    def _make(self) -> None:
        try:
            self._player = MediaPlayer(self, heard_only=True)
        except NoPlayback:
            self.is_on = False  # this system cannot play any; the clips are seen all the same
            return
        self._player.set_speed(self._clock.speed)
