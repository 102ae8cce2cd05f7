"""A raw loopback server that answers exactly what a test scripts, down to cut connections."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

Answer = Callable[[socket.socket, bytes], None]
Tls = Callable[[socket.socket], socket.socket]  # wraps an accepted connection, or raises OSError


class ScriptedServer:
    """Calls ``answer(connection, request)`` once per connection; keeps the raw requests."""

    def __init__(
        self, answer: Answer, *, read_body: bool = True, port: int = 0, tls: Tls | None = None
    ) -> None:
        self._answer = answer
        self._tls = tls
        self._read_body = read_body
        self.requests: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # close() alone leaves a thread in accept() waiting for ever.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    with self._tls(connection) if self._tls else connection as spoken:
                        self.requests.append(self._read(spoken))
                        self._answer(spoken, self.requests[-1])
                except OSError:
                    continue

    def _read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return data
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while self._read_body and len(body) < length:
            piece = connection.recv(65536)
            if not piece:
                break
            body += piece
        return head + b"\r\n\r\n" + body


def reply(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> Answer:
    """An answer with a status line, headers and body; ``length`` may lie."""

    def answer(connection: socket.socket, request: bytes) -> None:
        lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
        if length != -1:
            lines.append(f"Content-Length: {len(body) if length is None else length}")
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


def close(connection: socket.socket, request: bytes) -> None:
    """End of file instead of an answer."""


def reset(connection: socket.socket, request: bytes) -> None:
    """A reset instead of an answer."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Flood:
    """An answer whose body goes on until the other side has enough; counts what was taken."""

    def __init__(self, status: str, *headers: str, most: int = 64 * 2**20) -> None:
        self._head = "\r\n".join([f"HTTP/1.1 {status}", "Connection: close", *headers, "", ""])
        self._most = most
        self.taken = 0

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        """Send until nobody listens any more, or ``most`` bytes are gone."""
        connection.sendall(self._head.encode())
        while self.taken < self._most:
            connection.sendall(b" " * 65536)
            self.taken += 65536
