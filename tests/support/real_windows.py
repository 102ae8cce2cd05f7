"""Windows of other processes on a screen, driven by a real mouse and real keys."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Any


def on_x(display: str) -> dict[str, str]:
    """The environment of windows on an X screen."""
    return {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


class ToldWindow:
    """A window's process and what it last said; ``env`` names its screen."""

    def __init__(
        self, env: dict[str, str], *arguments: object, module: str = "tests.e2e.drag_target"
    ) -> None:
        self.env = env
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        self.complaints: list[str] = []  # what it wrote to stderr
        self._readers = [
            threading.Thread(target=_read, args=streams, daemon=True)
            for streams in (
                (self.process.stdout, self._lines.put),
                (self.process.stderr, self.complaints.append),
            )
        ]
        for reader in self._readers:
            reader.start()

    def next_with(self, word: str, limit_s: float = 60.0) -> dict[str, Any]:
        """The next line that holds ``word``."""
        end = time.monotonic() + limit_s
        while True:
            line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            if word in line:
                return dict(json.loads(line))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for reader, stream in zip(
            self._readers, (self.process.stdout, self.process.stderr), strict=True
        ):
            reader.join(5)
            assert stream is not None
            stream.close()


def _read(stream: IO[str], put: Callable[[str], object]) -> None:
    for line in stream:
        put(line)


def xdotool(env: dict[str, str], *words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], env=env, check=True)


def move_held(env: dict[str, str], start: tuple[int, int], to: tuple[int, int]) -> None:
    """Press the button at ``start`` and move to ``to``; the button is still down."""
    xdotool(env, "mousemove", *start, "mousedown", 1)
    for step in range(1, 21):
        x = start[0] + (to[0] - start[0]) * step // 20
        y = start[1] + (to[1] - start[1]) * step // 20
        xdotool(env, "mousemove", x, y)
        time.sleep(0.02)
    for wiggle in (2, 0, 2, 0):
        xdotool(env, "mousemove", to[0] + wiggle, to[1])
        time.sleep(0.05)
