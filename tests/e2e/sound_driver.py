"""Plays a clip with sound, round and round, and tells ten times a second how that goes; what it
reads on its standard input is the id of the device to be heard on."""

from __future__ import annotations

import json
import sys
import threading

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from pixverse_desktop.ui.playback import sound_output
from pixverse_desktop.ui.playback.media_player import MediaPlayer
from pixverse_desktop.ui.shell.application import make_application


class Driver(QObject):
    """Lives until its standard input ends."""

    told = Signal(str)

    def __init__(self, path: str) -> None:
        super().__init__()
        self.player = MediaPlayer(self)
        self.told.connect(self.on_told)
        self.player.open(path)
        self.player.set_loop(True)
        self.player.play()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.on_timer_timeout)
        self._timer.start(100)

    @Slot(str)
    def on_told(self, device: str) -> None:
        if device == "end":
            self.player.close()
            QApplication.quit()
        else:
            sound_output.choose("" if device == "default" else device)

    @Slot()
    def on_timer_timeout(self) -> None:
        output = sound_output.sound_output()
        state = {"at": self.player.position_ms, "lost": output.is_lost, "names": output.names()}
        print(json.dumps(state), flush=True)


def listen(driver: Driver) -> None:
    for line in sys.stdin:
        driver.told.emit(line.strip())
    driver.told.emit("end")


if __name__ == "__main__":
    application = make_application()
    driver = Driver(sys.argv[1])
    threading.Thread(target=listen, args=(driver,), daemon=True).start()
    sys.exit(application.exec())
