"""What both origins do alike: read a body, answer, drop or reset a connection, keep a record."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from pixverse_desktop.simulator.faults import Fault
from pixverse_desktop.simulator.jobs import Service
from pixverse_desktop.simulator.jsontypes import JsonObject
from pixverse_desktop.simulator.names import ERROR_STATUS, LOOPBACK_NAMES, MAX_BODY_BYTES

_RECORDED_HEADERS = (
    "range",
    "if-range",
    "idempotency-key",
    "user-agent",
    "content-type",
    "accept-encoding",
    "connection",
    "host",
    "cookie",
)
_DRAIN_BYTES = 2 * MAX_BODY_BYTES


class SimulatorServer(ThreadingHTTPServer):
    """A loopback server that shares one `Service` with its twin."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    # On Windows the option would let a second process take the same port.
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, handler: type[BaseHandler], service: Service) -> None:
        self.service = service
        super().__init__(("127.0.0.1", port), handler)

    @property
    def url(self) -> str:
        """The origin, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class BaseHandler(BaseHTTPRequestHandler):
    """One connection. Subclasses route; this class only knows how to answer."""

    protocol_version = "HTTP/1.1"
    server_version = "PixverseSimulator/1"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 120.0
    origin = ""
    extra_headers: dict[str, str]

    @property
    def service(self) -> Service:
        """The service both origins share."""
        server = self.server
        assert isinstance(server, SimulatorServer)
        return server.service

    def setup(self) -> None:
        """Start a connection with no headers left over from another request."""
        super().setup()
        self.extra_headers = {}

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is written: the record is in `/sim/requests`."""

    def parse_request(self) -> bool:
        """Refuse what a page of the web may have sent, before anything else is looked at."""
        if not super().parse_request():
            return False
        reason = self._refusal()
        if reason:
            self.close_connection = True  # its body is not read
            self.send_failure("forbidden", reason)
        return not reason

    def _refusal(self) -> str:
        """A name of somebody else's may lead a browser to this machine; "" for a good request."""
        try:
            host = urlsplit(f"//{self.headers.get('Host', '')}")
            good = host.hostname in LOOPBACK_NAMES and (host.port or 80) == self._port
            origin = self.headers.get("Origin")
            from_here = origin is None or urlsplit(origin).hostname in LOOPBACK_NAMES
        except ValueError:
            return "The Host or the Origin is not one."
        if not good:
            return "Only the names of this machine are answered."
        return "" if from_here else "Pages of other hosts are not answered."

    @property
    def _port(self) -> int:
        server = self.server
        assert isinstance(server, SimulatorServer)
        return int(server.server_address[1])

    def key_is_missing(self) -> bool:
        """Answer 401 to a request without a key that is accepted."""
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.service.key_is_good(key.strip()):
            return False
        self.send_failure("unauthorized", "The API key is missing or not valid.")
        return True

    @property
    def route(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    def query(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return parse_qs(urlsplit(self.path).query).get(name, [default])[0]

    def record(self, body: object = None) -> None:
        """Remember this request, with whether it carried a key but never the key."""
        entry: JsonObject = {
            "time": time.time(),
            "origin": self.origin,
            "method": self.command,
            "path": self.path,
            "has_authorization": "Authorization" in self.headers,
            "headers": {
                name: self.headers[name] for name in _RECORDED_HEADERS if name in self.headers
            },
        }
        if body is not None:
            entry["body"] = body
        self.service.state.add_request(entry)

    def read_body(self) -> bytes | None:
        """The whole request body; None when it is larger than the service takes."""
        length = int(self.headers.get("Content-Length") or 0)
        if length <= MAX_BODY_BYTES:
            return self.rfile.read(length)
        # Read on, so that the client sees the answer instead of a reset; but not without end.
        left = min(length, _DRAIN_BYTES)
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)
        self.close_connection = True
        return None

    def send_json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        """Answer with JSON."""
        data = json.dumps(body, ensure_ascii=False).encode()
        self.send_bytes(status, data, "application/json", headers)

    def send_bytes(
        self, status: int, data: bytes, content_type: str, headers: dict[str, str] | None = None
    ) -> None:
        """Answer with a body; a header given here replaces the usual one of that name."""
        usual = {"Content-Type": content_type, "Content-Length": str(len(data))}
        merged = {**usual, **self.extra_headers, **(headers or {})}
        self.send_response(status)
        for name, value in merged.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        if int(merged["Content-Length"]) != len(data):
            self.close_connection = True

    def send_failure(
        self, code: str, message: str, details: object = None, headers: dict[str, str] | None = None
    ) -> None:
        """Answer with one of the service's errors."""
        error: JsonObject = {"code": code, "message": message}
        if details is not None:
            error["details"] = details
        self.send_json(ERROR_STATUS.get(code, 500), {"error": error}, headers)

    def drop(self) -> None:
        """End the connection without an answer (the client reads EOF)."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The file objects keep the socket open; only closing the descriptor itself resets.
        socket.close(self.connection.detach())

    def play_anywhere(self, fault: Fault, job_id: str = "") -> bool:
        """Play a fault that may happen on any route; False when the request is to go on."""
        match fault.kind:
            case "delay":
                time.sleep(fault.seconds)
                return False
            case "drop":
                self.drop()
            case "redirect":
                self.send_bytes(fault.status, b"", "text/plain", {"Location": fault.location})
            case "status":
                self.send_ordered(fault, job_id)
            case _:
                return False
        return True

    def send_ordered(self, fault: Fault, job_id: str = "") -> None:
        """Answer with the status, headers and body that a fault orders."""
        headers = dict(fault.headers)
        if fault.location:
            headers["Location"] = fault.location
        body = fault.payload(job_id)
        if body is not None:
            self.send_bytes(fault.status, body, fault.content_type, headers)
            return
        error = {"error": {"code": fault.code, "message": fault.message}}
        self.send_json(fault.status, error, headers)
