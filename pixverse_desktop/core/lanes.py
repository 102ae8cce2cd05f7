"""Where blocking work runs: the lanes, and how the engine and the window reach them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Protocol, TypeVar

T = TypeVar("T")


class Lane(StrEnum):
    """Worker threads by purpose, so that a slow download never holds up a commit."""

    STORE = "store"  # one thread: the database's own
    SUBMIT = "submit"  # one thread: single flight of paid requests
    NETWORK = "network"
    DOWNLOAD = "download"
    FILES = "files"
    DECODE = "decode"
    GIVEN = "given"  # pictures and addresses the user gives: these are of hosts that may be slow


class RunBlocking(Protocol):
    """Runs ``fn(*args)`` on a worker of ``lane`` and gives its value back on the loop."""

    def __call__(self, lane: Lane, fn: Callable[..., T], *args: object) -> Awaitable[T]: ...
