"""Where a clip stands: the running deck and the exact frames, told as one position."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.playback.frame_decoder import FrameFinder, StillFrame
from pixverse_desktop.ui.player.loop_range import LoopRange

if TYPE_CHECKING:
    from pixverse_desktop.ui.playback.media_player import MediaPlayer

_USUAL_FPS = 24.0
_SOON_MS = 400  # how long before its end a range is watched closely; decks tell every 100 ms
_ROUND_MS = 300  # a step back at least this long is the clip beginning again


class Transport(QObject):
    """While the clip stands still, an exact frame is shown; while it runs, the deck's video."""

    changed = Signal()  # position, length, or whether it plays
    still_ready = Signal(object)  # StillFrame
    video_runs = Signal()  # the deck shows a newer picture than the still
    failed = Signal(object)  # StillFrame with what is wrong
    player_made = Signal(object)  # Deck
    unplayable = Signal()  # frames can be shown, but nothing runs on this system

    def __init__(self, workers: Workers, long_side_px: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._long_side_px = long_side_px
        self.workers = workers
        self.media_player: MediaPlayer | None = None
        self.finder = FrameFinder(workers, self)
        self.finder.found.connect(self.on_finder_found)
        self.position_ms = 0
        self.duration_ms = 0
        self.at_end = False
        self.rounds = 0  # how often it came to its end and began again, untouched
        self._touched = False
        self.loop = True
        self.once = False  # it comes to its end even where clips loop: another one follows
        self.first_ms = 0  # where the next clip that is loaded stands at first
        self.speed = 1.0
        self.rate = 1.0  # what it runs at now: the speed, or what J, K and L made of it
        self.range = LoopRange()
        self._range_timer = QTimer(self)
        self._range_timer.setSingleShot(True)
        self._range_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._range_timer.timeout.connect(self.on_range_timer_timeout)
        self._fps = _USUAL_FPS
        self._count = 0
        self._index = 0  # the frame wished for last, while standing still
        self._path = ""
        self._stands = False  # a still is shown, or asked for
        self._starts_playing = False
        self._opening = False
        self._run_from_ms = 0

    @property
    def is_playing(self) -> bool:
        """True while the clip runs."""
        return self.media_player is not None and self.media_player.is_playing

    @property
    def shown_index(self) -> int:
        """The frame on the stage, counted from 0."""
        return self._here()

    @property
    def path(self) -> str:
        """The file of the clip, "" without one."""
        return self._path

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self._fps

    @property
    def count(self) -> int:
        """How many frames there are, as far as is known."""
        return self._count

    @property
    def is_playable(self) -> bool:
        """False when only single frames can be shown here."""
        return self.media_player is not None or not self.is_loaded

    def range_ms(self) -> tuple[int, int] | None:
        """From where to where it loops, None for all of the clip."""
        if not self.range.is_set:
            return None
        end = round((self.range.end(self._count) + 1) * 1000 / self._fps)
        return round(self.range.start() * 1000 / self._fps), min(end, self.duration_ms)

    @property
    def is_loaded(self) -> bool:
        """True with a clip that can be shown."""
        return bool(self._path) and not self._opening

    def load(self, clip: Clip | None, *, play: bool) -> None:
        """Open a clip: its first frame at once, then the deck. None unloads."""
        if self.media_player is not None:
            # The last picture stays until the next clip has one: no dark moment between them.
            self.media_player.pause() if clip is not None else self.media_player.empty()
        self._range_timer.stop()
        self.range = LoopRange()
        self._path = clip.path if clip else ""
        self._fps = clip.fps if clip and clip.fps > 0 else _USUAL_FPS
        self.duration_ms = round(clip.duration_s * 1000) if clip else 0
        self._count = round(self.duration_ms * self._fps / 1000)
        self.rate = self.speed
        self._index = int(self.first_ms * self._fps / 1000)
        self.position_ms, self.first_ms = self._ms_of(self._index) if self._index else 0, 0
        self.rounds = 0
        self.at_end = self._touched = False
        self._stands = self._opening = clip is not None
        self._starts_playing = play
        self.finder.use(Path(self._path) if clip else None)
        if clip is not None:
            self.finder.want(self._index, self._long_side_px())
        self.changed.emit()

    def play(self) -> None:
        """Run from the frame that is shown; from the beginning when it is the last."""
        if not self.is_loaded or self.media_player is None:
            self._starts_playing = self._opening
            return
        self.at_end = False
        if not self._stands:
            self.media_player.play()
            return
        last = self.range.end(self._count)
        over = (self._count > 0 and self._index >= last) or self._index < self.range.start()
        self._run_from_ms = self._ms_of(self.range.start() if over else self._index)
        self.position_ms = self._run_from_ms
        self.media_player.play_from(self._run_from_ms)

    def pause(self) -> None:
        """Stand still on the picture that is shown."""
        self._touched = True
        self._starts_playing = False
        self._range_timer.stop()
        if self.media_player is not None:
            self.media_player.pause()

    def step(self, frames: int) -> None:
        """Stand still ``frames`` further."""
        if self.is_loaded:
            self.stand_at(self._here() + frames)

    def sharpen(self) -> None:
        """The still again, since it is shown at another size."""
        if self._stands and self.is_loaded:
            self.finder.want(self._index, self._long_side_px())

    def step_inside(self, frames: int) -> bool:
        """Like ``step``, but around the corner when it loops; False at the end of the way."""
        if not self.is_loaded:
            return False
        first, last = self.range.start(), self.range.end(self._count)
        here = self._here()
        wanted = here + frames
        if first <= wanted <= last:
            self.stand_at(wanted)
            return True
        if self.loop and last > first:
            self.stand_at(last if wanted < first else first)
            return True
        self.stand_at(first if wanted < first else last)
        return False

    def set_range(self, wanted: LoopRange) -> None:
        """Play only this stretch; what runs outside of it goes to its beginning."""
        if not self.is_loaded:
            return
        self.range = wanted
        self._tell_player_to_loop()
        if self.is_playing and not wanted.holds(self._here(), self._count):
            self._begin_again()
        self.changed.emit()

    def seek(self, position_ms: int) -> None:
        """Go to a time: the deck while it runs, the exact frame while it stands still."""
        if not self.is_loaded:
            return
        self._touched = True
        if self.is_playing and self.media_player is not None:
            self.media_player.seek(position_ms)
        else:
            self.stand_at(int(position_ms * self._fps / 1000))

    def stand_at(self, index: int) -> None:
        """Stand still on exactly this frame."""
        self.pause()
        top = self._count - 1 if self._count else index
        self._index = max(0, min(index, top))
        self._stands = True
        self.at_end = False
        self.position_ms = self._ms_of(self._index)
        self.finder.want(self._index, self._long_side_px())
        self.changed.emit()

    def set_once(self, once: bool) -> None:
        """Come to an end whatever the user wants of single clips."""
        self.once = once
        self._tell_player_to_loop()

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end."""
        self.loop = loop
        self._tell_player_to_loop()

    def set_speed(self, speed: float) -> None:
        """1.0 is the clip's own."""
        self.speed = speed
        self.set_rate(speed)

    def set_rate(self, rate: float) -> None:
        """Run at another speed for now, without making it the user's own."""
        self.rate = rate
        if self.media_player is not None:
            self.media_player.set_speed(rate)

    def close(self) -> None:
        """Let go of the clip and the deck; safe to repeat."""
        self.finder.use(None)
        self._path = ""
        if self.media_player is not None:
            self.media_player.close()
            self.media_player = None

    @Slot(object)
    def on_finder_found(self, still: StillFrame) -> None:
        if still.missing or still.trouble:
            self._fail(still)
            return
        self._count = still.count or self._count
        if not self._stands:
            return  # the clip runs again already
        if not self.is_playing and not self.at_end:
            self._index = still.index
            self.position_ms = self._ms_of(still.index)
        self.still_ready.emit(still)
        if self._opening:
            self._open_player()
        self.changed.emit()
        if self._starts_playing:
            self._starts_playing = False
            self.play()

    @Slot(int)
    def on_media_player_position_changed(self, position_ms: int) -> None:
        if not self.is_playing:
            return
        if self._stands and position_ms != self._run_from_ms:
            self._stands = False
            self.video_runs.emit()
        if position_ms + _ROUND_MS < self.position_ms and not self._touched:
            self.rounds += 1
        self.position_ms = position_ms
        self._watch_range(position_ms)
        self.changed.emit()

    @Slot()
    def on_range_timer_timeout(self) -> None:
        if self.is_playing:
            self._end_of_range()

    @Slot(int)
    def on_media_player_duration_changed(self, duration_ms: int) -> None:
        if duration_ms > 0:
            self.duration_ms = duration_ms
            self.changed.emit()

    @Slot(bool)
    def on_media_player_playing_changed(self, _playing: bool) -> None:
        self.changed.emit()

    @Slot()
    def on_media_player_ended(self) -> None:
        """The last frame stays; what the deck leaves on its surface differs by system."""
        if self.loop and not self.once:
            if self.range.is_set:
                self._begin_again()
            return
        self.stand_at(max(0, self._count - 1))
        self.at_end = True
        self.position_ms = self.duration_ms
        self.changed.emit()

    @Slot(str)
    def on_media_player_failed(self, text: str) -> None:
        self._fail(_trouble(text))

    def _open_player(self) -> None:
        from pixverse_desktop.ui.playback.media_player import NoPlayback

        self._opening = False
        try:
            media_player = self.media_player or self._make_player()
        except NoPlayback:
            self._starts_playing = False
            self.unplayable.emit()  # its frames can still be looked at
            return
        media_player.open(self._path)
        self._tell_player_to_loop()
        media_player.set_speed(self.rate)

    def _tell_player_to_loop(self) -> None:
        if self.media_player is not None:  # it knows no ranges: with one, each round is begun here
            whole = self.loop and not self.once and not self.range.is_set
            self.media_player.set_loop(whole)

    def _watch_range(self, position_ms: int) -> None:
        """The deck tells its position too rarely to stop at a frame, so the rest is timed."""
        if self.range.last is None:
            return
        left_ms = (self.range.last + 1) * 1000 / self._fps - position_ms
        if left_ms <= 0:
            self._end_of_range()
        elif left_ms <= _SOON_MS * self.rate:
            self._range_timer.start(round(left_ms / self.rate))

    def _end_of_range(self) -> None:
        if self.loop:
            self._begin_again()
        else:
            self.stand_at(self.range.end(self._count))
            self.at_end = True

    def _begin_again(self) -> None:
        self._range_timer.stop()
        if self.media_player is not None:
            self.rounds += not self._touched
            self.position_ms = self._ms_of(self.range.start())
            self.media_player.play_from(self.position_ms)
            self.changed.emit()

    def _make_player(self) -> MediaPlayer:
        from pixverse_desktop.ui.playback.media_player import MediaPlayer

        self.media_player = media_player = MediaPlayer(self)
        media_player.position_changed.connect(self.on_media_player_position_changed)
        media_player.duration_changed.connect(self.on_media_player_duration_changed)
        media_player.playing_changed.connect(self.on_media_player_playing_changed)
        media_player.ended.connect(self.on_media_player_ended)
        media_player.failed.connect(self.on_media_player_failed)
        self.player_made.emit(media_player)
        return media_player

    def _fail(self, still: StillFrame) -> None:
        self._starts_playing = self._opening = False
        self._path = ""
        self._stands = False
        self.position_ms = self.duration_ms = 0
        if self.media_player is not None:
            self.media_player.empty()
        self.failed.emit(still)
        self.changed.emit()

    def _here(self) -> int:
        if self._stands:
            return self._index
        position_ms = self.media_player.position_ms if self.media_player else self.position_ms
        # A hair more: a frame's own time must not be rounded to the frame before it.
        return int(position_ms * self._fps / 1000 + 0.01)

    def _ms_of(self, index: int) -> int:
        # A millisecond inside the frame, since the deck counts whole ones.
        return int(index * 1000 / self._fps + 0.999)


def _trouble(text: str) -> StillFrame:
    return StillFrame(QImage(), trouble=text or "unknown")
