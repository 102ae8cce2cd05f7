"""Qt's connection to the sound server of Linux, kept where it can be made anew."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QThread, QTimer, Signal, Slot

from pixverse_desktop.services.sound_server import sound_server_is_there

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioDevice

_LIMIT_MS = 2000
_TRY_AGAIN_S = 1.0
# Qt takes 3 s after it has let go of a lost connection until it makes another.
_RECONNECTED_MS = 4000


class SoundLink(QThread):
    """The thread on which Qt makes its connection, and which then stands still.

    Qt does what is to be done about a lost connection on the thread that made it: it lets go of it,
    and tries once to make another. Where there is no server at that moment it has none for ever,
    and the next clip with sound ends the process (Qt 6.11, an assertion of libpulse); where that
    thread has ended, as the one of a clip does, there is no sound any more. On this thread it is
    done when a server is there, while no clip has sound.
    """

    restored = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._device: QAudioDevice | None = None  # None: no connection was made yet
        self._restores = False
        self._ending = threading.Event()
        QCoreApplication.instance().aboutToQuit.connect(self.end)  # type: ignore[union-attr]

    def make(self, device: QAudioDevice) -> None:
        """Connect, unless it is done; it takes some 20 ms."""
        if self._device is None and not device.isNull():
            self._device = device
            self.start()
            self.wait(_LIMIT_MS)

    def restore(self) -> None:
        """Connect again as soon as there is a server; ``restored`` tells when it is done."""
        if not self.isRunning():
            self._restores = True
            self.start()

    @Slot()
    def end(self) -> None:
        """Stop waiting; safe to repeat."""
        self._ending.set()
        self.quit()
        self.wait(_LIMIT_MS)

    def run(self) -> None:
        if not self._restores:
            self._open_once()
            return
        while not sound_server_is_there():
            if self._ending.wait(_TRY_AGAIN_S):
                return
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(self.quit)
        timer.start(_RECONNECTED_MS)
        self.exec()
        if not self._ending.is_set():
            self.restored.emit()

    def _open_once(self) -> None:
        from PySide6.QtMultimedia import QAudioSink

        assert self._device is not None
        sink = QAudioSink(self._device)
        sink.start()
        sink.stop()
