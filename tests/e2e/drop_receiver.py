"""A small window of another program, on which files can be dropped; it tells their URLs."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel


class Receiver(QLabel):
    """Takes what every program takes: file URLs."""

    def __init__(self) -> None:
        super().__init__("drop here")
        self.setAcceptDrops(True)
        self.setWindowFlags(Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.setGeometry(1300, 700, 200, 120)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files only."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell them."""
        event.acceptProposedAction()
        urls = [url.toString() for url in event.mimeData().urls()]
        print(json.dumps({"urls": urls}), flush=True)


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = Receiver()
    window.show()
    print("shown", flush=True)
    application.exec()
