"""Connections that end at a deadline, and lead no further inside than they may.

A timeout of requests is one of each read: a host that sends a byte of its headers a second passes
it for ever. Here every read knows when the whole has to be over. Where a connection leads is
judged by the address it really goes to, after the name was looked up and before anything is sent.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import math
import socket
import time
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from urllib3.connection import HTTPConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import allowed_gai_family


class Nearness(IntEnum):
    """Whose address it is: one of the internet, of a private network, or of this very machine."""

    PUBLIC = 0
    PRIVATE = 1
    THIS_MACHINE = 2


class TooNear(NewConnectionError):
    """An address nearer than the connection may lead; nothing was sent."""


def nearness(address: str) -> Nearness:
    """That of an address in numbers. Raises ValueError for a name."""
    found = ipaddress.ip_address(address)
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback or found.is_unspecified:
        return Nearness.THIS_MACHINE
    return Nearness.PUBLIC if found.is_global else Nearness.PRIVATE


class Limits:
    """What holds for the request that a session makes next. Belongs to one thread.

    ``answer_s``: seconds for an answer from when the request was sent; None: those of ``begin``.
    ``nearest``: how near an address may be; ``led`` how near the last one was.
    """

    def __init__(self, answer_s: float | None = None) -> None:
        self._ends = math.inf
        self.answer_s = answer_s
        self.nearest = Nearness.THIS_MACHINE
        self.led = Nearness.PUBLIC
        self.through_proxy = False

    def begin(self, seconds: float) -> None:
        """All that follows is over in so many seconds."""
        self._ends = time.monotonic() + seconds

    def left_s(self) -> float:
        """Raises TimeoutError when nothing is left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class LimitedConnection(HTTPConnection):
    """Mixed into a connection class of urllib3."""

    limits: Limits

    def _new_conn(self) -> socket.socket:
        if self.limits.through_proxy:  # who looks names up itself
            return super()._new_conn()
        name, timeout, failed = self._dns_host, self.timeout, None
        try:
            for address in self._addresses(name):
                self._judge(address)
                self._dns_host = address
                left = self._left_s()
                self.timeout = min(timeout, left) if isinstance(timeout, int | float) else left
                try:
                    return super()._new_conn()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failed = error
        finally:
            self._dns_host, self.timeout = name, timeout
        raise failed or NewConnectionError(self, "the name has no address")

    def _addresses(self, name: str) -> Iterator[str]:
        try:
            family = allowed_gai_family()
            found = socket.getaddrinfo(name, self.port, family, socket.SOCK_STREAM)
        except OSError as error:
            raise NewConnectionError(self, f"the name is not known: {error}") from error
        return iter(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _judge(self, address: str) -> None:
        self.limits.led = nearness(address.partition("%")[0])
        if self.limits.led > self.limits.nearest:
            raise TooNear(self, "the address is nearer than it may be")

    def _left_s(self) -> float:
        try:
            return self.limits.left_s()
        except TimeoutError:
            raise ConnectTimeoutError(self, "the deadline has passed") from None

    def getresponse(self) -> Any:
        """As urllib3 does, within the limits."""
        if self.limits.answer_s is not None:
            self.limits.begin(self.limits.answer_s)
        return super().getresponse()

    def response_class(self, sock: socket.socket, *args: Any, **how: Any) -> Any:  # type: ignore[override]
        """The answer that http.client reads, headers and body."""
        answer = http.client.HTTPResponse(sock, *args, **how)
        raw = answer.fp.detach()
        answer.fp = io.BufferedReader(_TimedReads(raw, sock, self.limits))
        return answer


class _TimedReads(io.RawIOBase):
    """A socket's bytes, each read no longer than what is left of the whole."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, limits: Limits) -> None:
        self._raw = raw
        self._socket = sock
        self._limits = limits
        self._usual_s = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._limits.left_s()
        self._socket.settimeout(left if self._usual_s is None else min(self._usual_s, left))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()
