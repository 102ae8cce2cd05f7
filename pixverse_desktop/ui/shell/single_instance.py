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
import uuid
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_LONGEST_MESSAGE = 4 * 2**20  # a hundred paths of any length, escaped
_MOST_PICTURES = 100
_ANSWER = b"ok\n"
_STEP_MS = 500
_START = uuid.uuid4().hex  # told over again it is still the same start


def socket_name(data_folder: Path) -> str:
    """The socket of the window on ``data_folder``."""
    digest = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()
    return f"pixverse-desktop-{digest[:20]}"


class FirstInstance(QObject):
    """Listens for later starts. ``started_again`` carries their pictures, perhaps none."""

    started_again = Signal(object)  # list[str]

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._heard: set[str] = set()
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
            start, pictures = _start_in(line)
            if start not in self._heard:  # it says it again while nobody answers
                self._heard.add(start)
                self.started_again.emit(pictures)


def hand_over(name: str, pictures: list[str], limit_s: float = 1.0) -> bool:
    """Tell the first window to come forward with ``pictures``; False when none answers.

    Blocks: for a program that has no window yet and ends afterwards.
    """
    found = [p if "://" in p else str(Path(p).absolute()) for p in pictures[:_MOST_PICTURES]]
    message = json.dumps({"start": _START, "pictures": found}).encode() + b"\n"
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


def _start_in(line: bytes) -> tuple[str, list[str]]:
    """Which start it is, a new one if it does not say, and its pictures."""
    try:
        told = json.loads(line)
        start, pictures = told.get("start"), told["pictures"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        start, pictures = None, []
    found = pictures[:_MOST_PICTURES] if isinstance(pictures, list) else []
    name = start if isinstance(start, str) else uuid.uuid4().hex
    return name, [p for p in found if isinstance(p, str)]
