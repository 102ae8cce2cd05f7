"""J, K and L: backwards, standing still and forwards, faster with every further press."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from pixverse_desktop.ui.player.transport import Transport

_FASTEST = 4


class Shuttle(QObject):
    """Forwards the deck plays; backwards, or without a deck, exact frames are shown in time.

    A frame that is still being decoded is never waited for: the next tick goes further instead.
    """

    changed = Signal()

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self._transport = transport
        self._pace = 0  # 1, 2, 4 forwards, -1, -2, -4 backwards, 0 when it does not lead
        self._owed = 0
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.on_timer_timeout)

    @property
    def runs(self) -> bool:
        """True while it shows frame after frame."""
        return self.timer.isActive()

    @property
    def pace(self) -> int:
        """How many times the usual speed, below zero backwards; 0 when it does not lead."""
        return self._pace

    def forward(self) -> None:
        """Play; again: twice, four times as fast."""
        running = self._transport.is_playing or self.runs
        pace = min(self._pace * 2, _FASTEST) if running and self._pace > 0 else 1
        if self._transport.is_playing and self._pace == 0 and self._transport.rate == 1.0:
            pace = 2  # it plays already
        self.rest()
        if not self._transport.is_loaded:
            return
        if self._transport.media_player is None:
            self._lead(pace)
            return
        self._pace = pace
        self._transport.set_rate(float(pace))
        if not self._transport.is_playing:
            self._transport.play()
        self.changed.emit()

    def back(self) -> None:
        """Go backwards; again: twice, four times as fast."""
        pace = max(self._pace * 2, -_FASTEST) if self.runs and self._pace < 0 else -1
        self.rest()
        if self._transport.is_loaded:
            self._lead(pace)

    def stop(self) -> None:
        """Stand still on what is shown."""
        self.rest()
        self._transport.pause()

    def rest(self) -> None:
        """Lead no longer: the user's own speed again, and no way back."""
        if self._pace == 0:
            return
        self._pace = 0
        self.timer.stop()
        self._transport.set_rate(self._transport.speed)
        self.changed.emit()

    def _lead(self, pace: int) -> None:
        self._pace = pace
        self._owed = 0
        self._transport.step_inside(1 if pace > 0 else -1)
        self.timer.start(round(1000 / self._transport.fps))
        self.changed.emit()

    @Slot()
    def on_timer_timeout(self) -> None:
        self._owed += self._pace
        if self._transport.finder.is_busy:
            return
        owed, self._owed = self._owed, 0
        if not self._transport.step_inside(owed):
            self.rest()
