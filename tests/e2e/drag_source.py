"""A small window of another program, from which a file can be dragged: ``drag_source FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel


class Source(QLabel):
    """Starts a drag of one file as soon as the mouse moves with the button down."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        self._path = path
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(1300, 700, 200, 120)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """One drag per press."""
        drag = QDrag(self)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(self._path.absolute()))])
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = Source(Path(sys.argv[1]))
    window.show()
    print("shown", flush=True)
    application.exec()
