"""One window per data folder: a second start hands its pictures to the first and ends.

The lock on the data folder decides who is first; this is only how the two talk, over a local
socket that the same user alone may open. A start that asks for another service than the window's
is told so, and its pictures are not taken; the window comes forward all the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
import uuid
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

_LONGEST_MESSAGE = 4 * 2**20  # a hundred paths of any length, escaped
_MOST_PICTURES = 100
_STEP_MS = 500
_USUAL_FOLDER = "/tmp"
_START = uuid.uuid4().hex  # told over again it is still the same start


class HandOver(Enum):
    """What became of a second start, by the first window's answer."""

    TAKEN = b"ok\n"
    OTHER_SERVICE = b"other service\n"
    UNANSWERED = b""


def socket_name(data_folder: Path) -> str:
    """The socket of the window on ``data_folder``."""
    digest = hashlib.sha256(os.fsencode(data_folder.resolve())).hexdigest()
    return f"pixverse-desktop-{digest[:20]}"


def keep_address(place: Path, address: str) -> None:
    """Write down where the first window listens. A later start may have another folder for
    temporary files, where it would look in vain. Blocks."""
    try:
        place.write_text(address, encoding="utf-8")
    except OSError as error:
        log.warning("later starts may not find this window: %s", error.strerror)


def kept_address(place: Path, data_folder: Path) -> str:
    """Where the window on ``data_folder`` listens, as written down in ``place``. Blocks."""
    try:
        return place.read_text(encoding="utf-8") or socket_name(data_folder)
    except (OSError, ValueError):
        return socket_name(data_folder)  # the window of an older version


class FirstInstance(QObject):
    """Listens for later starts. ``started_again`` carries their pictures, perhaps none.

    ``service`` tells the service in use, in the words of ``hand_over``.
    """

    started_again = Signal(object)  # list[str]

    def __init__(self, name: str, parent: QObject, service: Callable[[], str]) -> None:
        super().__init__(parent)
        self._service = service
        self._heard: set[str] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self.on_server_new_connection)
        # The folder for temporary files may be gone, or its name too long for a socket.
        for place in (name, f"{_USUAL_FOLDER}/{name}"):
            QLocalServer.removeServer(place)  # left by a killed program: the lock says it is free
            if self._server.listen(place):
                return
        log.info("later starts cannot be heard: %s", self._server.errorString())

    @property
    def address(self) -> str:
        """Where it listens; "" when it does not."""
        return self._server.fullServerName()

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
            start, pictures, service = _start_in(line)
            fits = service in ("", self._service())
            answer = HandOver.TAKEN if fits else HandOver.OTHER_SERVICE
            connection.write(answer.value)
            connection.disconnectFromServer()
            if start not in self._heard:  # it says it again while nobody answers
                self._heard.add(start)
                self.started_again.emit(pictures if fits else [])


def hand_over(name: str, pictures: list[str], limit_s: float = 1.0, service: str = "") -> HandOver:
    """Tell the first window to come forward with ``pictures``.

    ``service`` is what was asked for: "demo", the address of an API, or "" for whichever it is.
    Blocks: for a program that has no window yet and ends afterwards.
    """
    found = [p if "://" in p else str(Path(p).absolute()) for p in pictures[:_MOST_PICTURES]]
    told = {"start": _START, "pictures": found, "service": service}
    message = json.dumps(told).encode() + b"\n"
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
            answer = bytes(socket.readAll().data())
            if answer in (HandOver.TAKEN.value, HandOver.OTHER_SERVICE.value):
                return HandOver(answer)
        time.sleep(0.1)  # it may still be starting
    return HandOver.UNANSWERED


def _start_in(line: bytes) -> tuple[str, list[str], str]:
    """Which start it is, a new one if it does not say, its pictures, and the service it wants."""
    try:
        told = json.loads(line)
        start, pictures, service = told.get("start"), told["pictures"], told.get("service")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        start, pictures, service = None, [], None
    found = pictures[:_MOST_PICTURES] if isinstance(pictures, list) else []
    name = start if isinstance(start, str) else uuid.uuid4().hex
    wanted = service if isinstance(service, str) else ""
    return name, [p for p in found if isinstance(p, str)], wanted
