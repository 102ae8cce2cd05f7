"""A small window of another program, from which a file can be dragged.

``drag_source FILE [copy|move ...]``: what it offers; after a move it deletes the file, and it
tells on stdout what it was answered.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a drag of one file as soon as the mouse moves with the button down."""

    def __init__(self, path: Path, actions: Qt.DropAction) -> None:
        super().__init__(path.name)
        self._path = path
        self._actions = actions
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(1300, 700, 200, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """One drag per press."""
        drag = QDrag(self)
        mime = QMimeData()
        mime.setUrls([QUrl.fromEncoded(self._path.absolute().as_uri().encode())])
        drag.setMimeData(mime)
        answer = drag.exec(self._actions)
        if answer is Qt.DropAction.MoveAction:
            self._path.unlink()
        print(answer.name, flush=True)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])  # the names in the others need not be text
    offers = {"copy": Qt.DropAction.CopyAction, "move": Qt.DropAction.MoveAction}
    offered = Qt.DropAction.IgnoreAction
    for word in sys.argv[2:] or ["copy"]:
        offered |= offers[word]
    window = Source(Path(sys.argv[1]), offered)
    window.show()
    print("shown", flush=True)
    application.exec()
