"""Proxies on loopback that lead to one place, whatever is asked for: HTTP CONNECT and SOCKS 5."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from contextlib import suppress

from tests.support.scripted_server import Answer, Tls

_LOGIN = 'Proxy-Authenticate: Basic realm="company"'


class _Proxy(ABC):
    """Speaks to each connection on a thread of its own; ``asked`` holds what was asked for."""

    def __init__(self, target: int, *, login: tuple[str, str] | None, tls: Tls | None) -> None:
        self._target = target
        self._login = login
        self._tls = tls
        self.asked: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> _Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                inside, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._speak, args=(inside,), daemon=True).start()

    def _speak(self, inside: socket.socket) -> None:
        inside.settimeout(5)
        with inside, suppress(OSError):
            if self._tls is not None:
                inside = self._tls(inside)
            with inside:
                if self._opened(inside):
                    with socket.create_connection(("127.0.0.1", self._target), 5) as outside:
                        _pass_on(inside, outside)

    @abstractmethod
    def _opened(self, inside: socket.socket) -> bool:
        """Whether the way to the target is open now, by what the other side said."""


class ConnectProxy(_Proxy):
    """An HTTP proxy; with ``login`` it wants that name and password, ``answer`` replaces it all."""

    def __init__(
        self, target: int, *, login: tuple[str, str] | None = None, tls: Tls | None = None,
        answer: Answer | None = None,
    ) -> None:  # fmt: skip
        self._answer = answer
        super().__init__(target, login=login, tls=tls)

    def _opened(self, inside: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head and (piece := inside.recv(65536)):
            head += piece
        lines = head.decode("latin-1").split("\r\n")
        self.asked.append(lines[0])
        if self._answer is not None:
            self._answer(inside, head)
            return False
        wanted = base64.b64encode(":".join(self._login or ()).encode()).decode()
        if self._login and f"Proxy-Authorization: Basic {wanted}" not in lines:
            refusal = f"HTTP/1.1 407 Who are you\r\n{_LOGIN}\r\nContent-Length: 0\r\n\r\n"
            inside.sendall(refusal.encode())
            return False
        inside.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return True


class SocksProxy(_Proxy):
    """SOCKS 5; with ``login`` it wants that, ``refusal`` is the reply code of every request."""

    def __init__(
        self, target: int, *, login: tuple[str, str] | None = None, refusal: int = 0
    ) -> None:
        self._refusal = refusal
        super().__init__(target, login=login, tls=None)

    def _opened(self, inside: socket.socket) -> bool:
        _, count = _exactly(inside, 2)
        offered = _exactly(inside, count)
        method = 2 if self._login else 0
        if method not in offered:
            inside.sendall(b"\x05\xff")
            return False
        inside.sendall(bytes((5, method)))
        if self._login:
            _, length = _exactly(inside, 2)
            name = _exactly(inside, length).decode()
            password = _exactly(inside, *_exactly(inside, 1)).decode()
            known = (name, password) == self._login
            inside.sendall(b"\x01\x00" if known else b"\x01\x01")
            if not known:
                return False
        *_, kind = _exactly(inside, 4)
        size = {1: 4, 4: 16}.get(kind) or _exactly(inside, 1)[0]
        host = _exactly(inside, size)
        self.asked.append(host.decode() if kind == 3 else socket.inet_ntoa(host[:4]))
        _exactly(inside, 2)
        inside.sendall(bytes((5, self._refusal, 0, 1, 0, 0, 0, 0, 0, 0)))
        return not self._refusal


def _exactly(connection: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = connection.recv(count - len(data))
        if not piece:
            raise OSError("the other side left")
        data += piece
    return data


def _pass_on(inside: socket.socket, outside: socket.socket) -> None:
    """Until one side closes. On one thread: two may not read and write the same TLS at a time."""
    other = {inside: outside, outside: inside}
    while True:
        ready = [side for side in other if isinstance(side, ssl.SSLSocket) and side.pending()]
        ready = ready or select.select(list(other), [], [], 5)[0]
        if not ready:
            return
        for side in ready:
            data = side.recv(65536)
            if not data:
                return
            other[side].sendall(data)
