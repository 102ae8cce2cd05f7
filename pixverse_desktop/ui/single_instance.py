"""One window per data folder: a second start hands its pictures to the first and ends.

The lock on the data folder decides who is first; this is only how the two talk, over a local
socket that the same user alone may open.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_LONGEST_MESSAGE = 64 * 1024
_MOST_PICTURES = 100
_ANSWER = b"ok\n"
_STEP_MS = 500


def socket_name(data_folder: Path) -> str:
    """The socket of the window on ``data_folder``."""
    digest = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()
    return f"pixverse-desktop-{digest[:20]}"


class FirstInstance(QObject):
    """Listens for later starts. ``started_again`` carries their pictures, perhaps none."""

    started_again = Signal(object)  # list[str]

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self.on_server_new_connection)
        QLocalServer.removeServer(name)  # left by a killed program: the lock says nobody uses it
        if not self._server.listen(name):
            log.info("later starts cannot be heard: %s", self._server.errorString())

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def on_server_new_connection(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.readyRead.connect(self.on_connection_ready_read)
            connection.disconnected.connect(connection.deleteLater)

    @Slot()
    def on_connection_ready_read(self) -> None:
        connection = self.sender()
        assert isinstance(connection, QLocalSocket)
        if connection.bytesAvailable() > _LONGEST_MESSAGE:
            connection.abort()
        elif connection.canReadLine():
            line = bytes(connection.readLine(_LONGEST_MESSAGE).data())
            connection.write(_ANSWER)
            connection.disconnectFromServer()
            self.started_again.emit(_pictures_in(line))


def hand_over(name: str, pictures: list[str], limit_s: float = 1.0) -> bool:
    """Tell the first window to come forward with ``pictures``; False when none answers.

    Blocks: for a program that has no window yet and ends afterwards.
    """
    found = [p if "://" in p else str(Path(p).absolute()) for p in pictures[:_MOST_PICTURES]]
    message = json.dumps({"pictures": found}).encode() + b"\n"
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        socket = QLocalSocket()
        socket.connectToServer(name)
        if socket.waitForConnected(_STEP_MS):
            socket.write(message)
            socket.waitForBytesWritten(_STEP_MS)
            while socket.state() is QLocalSocket.LocalSocketState.ConnectedState:
                if socket.canReadLine() or not socket.waitForReadyRead(_STEP_MS):
                    break
            if bytes(socket.readAll().data()) == _ANSWER:
                return True
        time.sleep(0.1)  # it may still be starting
    return False


def _pictures_in(line: bytes) -> list[str]:
    try:
        pictures = json.loads(line)["pictures"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []
    if not isinstance(pictures, list):
        return []
    return [p for p in pictures[:_MOST_PICTURES] if isinstance(p, str)]
