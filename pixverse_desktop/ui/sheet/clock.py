"""One clock for all clips of the sheet: it goes on when each of them has its picture ready."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from pixverse_desktop.ui.sheet.tile_frames import TileFrames

SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0)
_LONGEST_TICK_MS = 40
_SHORTEST_TICK_MS = 2
_MOST_AT_ONCE_MS = 250  # after something held this thread up, no more than that is left out


class SheetClock(QObject):
    """Where all clips stand, in seconds from their starts.

    Shorter clips begin again by themselves, or hold their last picture until all begin again.
    """

    moved = Signal()  # it stands elsewhere, or pictures came
    playing_changed = Signal(bool)
    sought = Signal()  # it went elsewhere by itself: by a jump, a step, or to the beginning

    def __init__(self, parent: QObject, now_ms: Callable[[], float] | None = None) -> None:
        super().__init__(parent)
        self._elapsed = QElapsedTimer()
        self._elapsed.start()
        self._now_ms = now_ms or self._own_now_ms
        self._tiles: Sequence[tuple[TileFrames, int]] = ()
        self._from = (0.0, 0.0)  # a place, and the time it was left at
        self._awaited_s: float | None = None  # where the clips are that are not ready yet
        self.position_s = 0.0
        self.speed = 1.0
        self.loops = True  # each clip by itself; False: the shorter ones hold
        self.is_playing = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def length_s(self) -> float:
        """Of the longest clip."""
        return max((tile.length_s for tile, _size in self._tiles), default=0.0)

    def set_tiles(self, tiles: Sequence[tuple[TileFrames, int]]) -> None:
        """Clips, each with how large it is wanted: its long side, in pixels of the screen."""
        before = {tile for tile, _size in self._tiles}
        for tile, _size in tiles:
            if tile not in before:
                tile.ready.connect(self.on_tile_ready)
                tile.failed.connect(self.on_tile_ready)
        self._tiles = tuple(tiles)
        self._want(self.position_s)
        self._go_from(self.position_s)  # those that were waited for may be gone
        self.moved.emit()

    def time_of(self, tile: TileFrames) -> float:
        """Where a clip stands."""
        return self._time_of(tile, self.position_s)

    @Slot()
    def play(self) -> None:
        """Let all run."""
        if not self.is_playing:
            self.is_playing = True
            self._go_from(self.position_s)
            self.playing_changed.emit(True)

    @Slot()
    def pause(self) -> None:
        """Let all stand still."""
        self._timer.stop()
        if self.is_playing:
            self.is_playing = False
            self.playing_changed.emit(False)

    @Slot()
    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def seek(self, position_s: float) -> None:
        """Go elsewhere; what plays goes on from there."""
        self.position_s = min(max(position_s, 0.0), max(0.0, self.length_s - 1e-3))
        self._want(self.position_s)
        self._go_from(self.position_s)
        self.moved.emit()
        self.sought.emit()

    def step(self, by: int, tile: TileFrames) -> None:
        """Stand still at the next picture of a clip, or the one before."""
        self.pause()
        time_s = self.time_of(tile)
        index = min(max(tile.index_at(time_s) + by, 0), tile.count - 1)
        self.seek(self.position_s + tile.times_s[index] - time_s)

    def set_speed(self, speed: float) -> None:
        """1.0 is the clips' own speed."""
        self._go_from(self.position_s)
        self.speed = speed

    def set_loops(self, loops: bool) -> None:
        """Whether the shorter clips begin again by themselves."""
        self.loops = loops
        self._want(self.position_s)
        self._go_from(self.position_s)
        self.moved.emit()

    @Slot()
    def on_tile_ready(self) -> None:
        if not self.is_playing:
            self.moved.emit()
        elif self._awaited_s is not None and self._are_settled():
            self._stand_at(self._awaited_s)
        else:
            self.moved.emit()

    @Slot()
    def tick(self) -> None:
        """Go on to where the time is, unless a clip is not that far: all wait for it."""
        if not self.is_playing:
            return
        if self.length_s <= 0:
            self.pause()  # nothing is there
            return
        place, since = self._from
        passed_ms = min(self._now_ms() - since, _MOST_AT_ONCE_MS)
        wanted = place + passed_ms / 1000 * self.speed
        self._want(wanted % self.length_s)
        if self._are_settled():
            self._stand_at(wanted)
        else:
            self._awaited_s = wanted  # ``on_tile_ready`` goes on from here

    def _are_settled(self) -> bool:
        return all(tile.is_settled for tile, _size in self._tiles)

    def _stand_at(self, wanted: float) -> None:
        """All clips have their pictures there."""
        begins_again = wanted >= self.length_s
        self._awaited_s = None
        self.position_s = wanted % self.length_s
        self._leave_from(self.position_s)
        self.moved.emit()
        if begins_again:
            self.sought.emit()
        self._timer.start(self._until_next_ms())

    def _own_now_ms(self) -> float:
        return self._elapsed.nsecsElapsed() / 1e6

    def _leave_from(self, position_s: float) -> None:
        self._awaited_s = None
        self._from = (position_s, self._now_ms())

    def _go_from(self, position_s: float) -> None:
        """From now on; also when a clip was waited for that nobody waits for any more."""
        self._leave_from(position_s)
        if self.is_playing:
            self._timer.start(0)

    def _time_of(self, tile: TileFrames, position_s: float) -> float:
        if self.loops and tile.length_s > 0:
            return position_s % tile.length_s
        return min(position_s, tile.length_s)

    def _want(self, position_s: float) -> None:
        for tile, size in self._tiles:
            tile.want(tile.index_at(self._time_of(tile, position_s)), size)

    def _until_next_ms(self) -> int:
        """Until a clip has another picture to show."""
        soonest = self.length_s - self.position_s
        for tile, _size in self._tiles:
            time_s = self.time_of(tile)
            following = tile.next_change_s(time_s)
            ends_s = tile.length_s if following is None else following
            soonest = min(soonest, max(0.0, ends_s - time_s))
        return round(min(max(soonest / self.speed * 1000, _SHORTEST_TICK_MS), _LONGEST_TICK_MS))
