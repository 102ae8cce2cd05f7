"""The media player behind the stage; QtMultimedia is loaded when the first clip is shown."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.text import is_writable
from pixverse_desktop.ui.playback.sound_output import sound_output
from pixverse_desktop.ui.widgets.file_drag import file_url

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer


_LOOK_MS = 500
_STANDS_AFTER = 6  # looks without a move: Qt itself stands for 2 s where a sound ends early


class NoPlayback(Exception):
    """This system has nothing to play clips with."""


def _answer_disconnects_once(shared: QObject) -> None:
    """Keep the player's own threads from ever waiting for the interpreter's lock.

    When a playback thread lets go of one of these objects, Qt calls their ``disconnectNotify``,
    and PySide looks for a Python override of it: with the interpreter's lock, that the main
    thread holds while it waits for that very thread in ``stop``. The first answer is kept, and
    needs no lock any more; so it is asked for here.
    """
    named = shared.objectNameChanged
    named.connect(_nothing)
    named.disconnect(_nothing)


def _nothing(_name: str) -> None:
    """Connected for a moment only."""


class MediaPlayer(QObject):
    """Made on the main thread. Positions are milliseconds. Raises NoPlayback."""

    position_changed = Signal(int)
    duration_changed = Signal(int)
    playing_changed = Signal(bool)
    ended = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject, *, heard_only: bool = False) -> None:
        """With ``heard_only`` no picture is decoded."""
        super().__init__(parent)
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer
            from PySide6.QtMultimediaWidgets import QVideoWidget
        except ImportError as error:
            raise NoPlayback(str(error)) from error
        self._player: QMediaPlayer | None = QMediaPlayer(self)
        if not self._player.isAvailable():
            raise NoPlayback("no multimedia backend")
        self._sound: QAudioOutput | None = QAudioOutput(self)
        self._run_from_ms: int | None = None  # once the file is loaded
        self._held: int | None = None  # the file in use, where Qt cannot open it by its name
        self.video: QWidget | None = None if heard_only else QVideoWidget()
        self._states = QMediaPlayer.PlaybackState
        self._statuses = QMediaPlayer.MediaStatus
        self._no_error = QMediaPlayer.Error.NoError
        self._loops = QMediaPlayer.Loops
        for shared in (self._player, self._sound):
            _answer_disconnects_once(shared)
        self._output = sound_output()
        self._output.prepare()
        self._output.changed.connect(self.on_output_changed)
        self.on_output_changed()
        self._looks = 0  # since it has moved
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_MS)
        self._watch.timeout.connect(self.on_watch_timeout)
        if self.video is not None:
            self._player.setVideoOutput(self.video)
        self._player.positionChanged.connect(self.on_player_position_changed)
        self._player.durationChanged.connect(self.on_player_duration_changed)
        self._player.playbackStateChanged.connect(self.on_player_state_changed)
        self._player.mediaStatusChanged.connect(self.on_player_status_changed)
        self._player.errorOccurred.connect(self.on_player_error_occurred)

    @property
    def is_playing(self) -> bool:
        """True while the clip runs, or will as soon as it is loaded."""
        if self._player is None:
            return False
        if self._run_from_ms is not None:
            return True
        return self._player.playbackState() == self._states.PlayingState

    @property
    def position_ms(self) -> int:
        """Where the clip stands."""
        return int(self._player.position()) if self._player else 0

    def open(self, path: str) -> None:
        """Load a file; it does not start by itself."""
        self._run_from_ms = None
        if self._player is not None:
            self._player.stop()
            self._let_go()
            self._player.setSource(self._address_of(path))

    def empty(self) -> None:
        """Stop, and let go of the file."""
        self._run_from_ms = None
        if self._player is not None:
            self._player.stop()
            self._player.setSource(QUrl())
        self._let_go()

    def _address_of(self, path: str) -> QUrl:
        """Qt names files in UTF-8 alone; another name is reached through its open file."""
        if not is_writable(path) and sys.platform == "linux":
            with contextlib.suppress(OSError):
                self._held = os.open(path, os.O_RDONLY)
                return QUrl.fromLocalFile(f"/proc/self/fd/{self._held}")
        return file_url(path)

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def play(self) -> None:
        """Run on from where it stands."""
        if self._player is not None:
            self._player.play()

    def play_from(self, position_ms: int) -> None:
        """Run from there; a file that is still loading cannot be moved in, so it waits."""
        if self._player is None:
            return
        if self._player.mediaStatus() == self._statuses.LoadingMedia:
            self._run_from_ms = position_ms
            self.playing_changed.emit(True)
            return
        self._run_from_ms = None
        self._player.setPosition(position_ms)
        self._player.play()

    def pause(self) -> None:
        """Stand still."""
        if self._run_from_ms is not None:
            self._run_from_ms = None
            self.playing_changed.emit(False)
        if self._player is not None and self.is_playing:
            self._player.pause()

    def seek(self, position_ms: int) -> None:
        """Go elsewhere in the clip."""
        if self._player is not None:
            self._player.setPosition(position_ms)

    def set_loop(self, loop: bool) -> None:
        """Begin again at the end, without a gap."""
        if self._player is not None:
            self._player.setLoops(self._loops.Infinite if loop else self._loops.Once)

    def set_speed(self, speed: float) -> None:
        """1.0 is the clip's own speed."""
        if self._player is not None:
            self._player.setPlaybackRate(speed)

    def set_sound(self, volume: float, muted: bool) -> None:
        """``volume`` is 0..1 as shown; the ear wants the square of it."""
        if self._sound is not None:
            self._sound.setVolume(volume * volume)
            self._sound.setMuted(muted)

    def close(self) -> None:
        """Let go of everything; safe to repeat."""
        if self._player is None:
            return
        self.blockSignals(True)
        self._watch.stop()
        self._output.changed.disconnect(self.on_output_changed)
        self.empty()
        self._player.setVideoOutput(None)  # type: ignore[arg-type]
        self._player.setAudioOutput(None)  # type: ignore[arg-type]
        self._player.deleteLater()
        self._player = self._sound = None

    @Slot()
    def on_output_changed(self) -> None:
        """Be heard on the device in use, or run without sound for as long as there is none."""
        if self._player is None or self._sound is None:
            return
        if self._output.is_lost or self._output.is_chosen:
            # Qt does not hear that a device has gone: one that is back would still be in use to it.
            self._player.setAudioOutput(None)  # type: ignore[arg-type]
        if self._output.is_lost:
            return
        self._sound.setDevice(self._output.device())
        self._player.setAudioOutput(self._sound)

    @Slot()
    def on_watch_timeout(self) -> None:
        self._looks += 1
        loaded = (
            self._player is not None and self._player.mediaStatus() == self._statuses.BufferedMedia
        )
        if loaded and self._looks > _STANDS_AFTER:
            self._looks = 0
            self._output.lose()  # the sound is the clock of a clip

    @Slot("qint64")
    def on_player_position_changed(self, position_ms: int) -> None:
        self._looks = 0
        self.position_changed.emit(position_ms)

    @Slot("qint64")
    def on_player_duration_changed(self, duration_ms: int) -> None:
        self.duration_changed.emit(duration_ms)

    @Slot(object)
    def on_player_state_changed(self, _state: object) -> None:
        self._looks = 0
        if self.is_playing:
            self._watch.start()
        else:
            self._watch.stop()
        self.playing_changed.emit(self.is_playing)

    @Slot(object)
    def on_player_status_changed(self, status: object) -> None:
        if status == self._statuses.LoadedMedia and self._run_from_ms is not None:
            self.play_from(self._run_from_ms)
        elif status == self._statuses.EndOfMedia:
            self.ended.emit()

    @Slot(object, str)
    def on_player_error_occurred(self, error: object, text: str) -> None:
        # An empty source means that the clip was taken away while it was loading.
        if error != self._no_error and self._player and not self._player.source().isEmpty():
            self.failed.emit(text)
