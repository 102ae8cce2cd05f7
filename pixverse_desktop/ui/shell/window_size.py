"""How large the window opens: as it was, else at its usual size, and never beyond the screen."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QWidget

_USUAL = QSize(1440, 900)
_LEAST = QSize(900, 560)
_FRAME = QSize(8, 40)  # about what the desktop draws around it; it is not known before it is shown


def open_at(window: QWidget, geometry: str, screen: QSize | None = None) -> None:
    """Restore what ``geometry_of`` gave; maximise what does not fit on the ``screen``."""
    stored = QByteArray.fromBase64(geometry.encode("ascii", "ignore"))
    if not geometry or not window.restoreGeometry(stored):
        window.resize(_USUAL)
    room = (screen or window.screen().availableGeometry().size()) - _FRAME
    window.setMinimumSize(_LEAST.boundedTo(room))
    if window.width() > room.width() or window.height() > room.height():
        window.resize(window.size().boundedTo(room))  # what it is when it is maximised no longer
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def geometry_of(window: QWidget) -> str:
    """Place, size and state of a window, to be stored."""
    return bytes(window.saveGeometry().toBase64().data()).decode("ascii")
