"""Plays a clip on many players, each closed while it starts: ``deck_driver FILE HOW_MANY``."""

from __future__ import annotations

import faulthandler
import sys

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from pixverse_desktop.ui.playback.media_player import MediaPlayer
from pixverse_desktop.ui.shell.application import make_application

AT_ONCE = 4
STUCK_S = 30
_MOMENTS_MS = (0, 15, 30, 60, 100)


def play_and_close(path: str, moment_ms: int) -> None:
    """Open several, let them run for a moment, and close them one after the other."""
    media_players = []
    for _ in range(AT_ONCE):
        window = QWidget()
        media_player = MediaPlayer(window)
        QVBoxLayout(window).addWidget(media_player.video)
        window.show()
        media_player.open(path)
        media_player.play_from(0)
        media_players.append((window, media_player))
    loop = QEventLoop()
    QTimer.singleShot(moment_ms, loop.quit)
    loop.exec()
    for window, media_player in media_players:
        media_player.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main(path: str, how_many: int) -> None:
    """Ends the process, and says where it stood, when a player does not close."""
    faulthandler.dump_traceback_later(STUCK_S, exit=True)
    application = QApplication.instance() or make_application()
    for number in range(how_many // AT_ONCE):
        play_and_close(path, _MOMENTS_MS[number % len(_MOMENTS_MS)])
    assert application is not None
    print("all closed")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
