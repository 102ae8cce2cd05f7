"""The whole window as a process of its own, in homes that a test makes odd."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.commands import command

_LIMIT_S = 60.0

Seen = dict[str, Any]


class Home:
    """A user's folders, each on its own."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.config, self.data, self.logs, self.cache = (
            folder / name for name in ("config", "data", "state", "cache")
        )
        self.clips = folder / "Videos" / "Pixverse Desktop"
        for place in (self.config, self.data, self.logs, self.cache, self.clips):
            place.mkdir(parents=True)
        self.env = {
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_DATA_HOME": str(self.data),
            "XDG_STATE_HOME": str(self.logs),
            "XDG_CACHE_HOME": str(self.cache),
        }

    def settings(self, **values: object) -> None:
        """What the user chose before."""
        place = self.config / "pixverse-desktop" / "settings.json"
        place.parent.mkdir()
        place.write_text(json.dumps(values))


class WatchedWindow:
    """Tells whatever changes in the window, and does what it is told.

    ``late_s`` is the longest time for which its main thread was busy.
    """

    def __init__(self, home: Home, api_url: str, key: str, **env: str) -> None:
        arguments = ("tests.faults.window_driver", "", "watch", api_url)
        self._process = command(*arguments, key=key, stdin=subprocess.PIPE, **home.env, **env)
        self._lines: queue.Queue[str] = queue.Queue()
        self._errors: list[str] = []
        for stream, put in (
            (self._process.stdout, self._lines.put),
            (self._process.stderr, self._errors.append),
        ):
            threading.Thread(target=_pass_on, args=(stream, put), daemon=True).start()
        self.late_s = 0.0
        self.seen: Seen = {}

    def __enter__(self) -> WatchedWindow:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        if self.seen and kind is None:
            self.tell("close")
            self._process.wait(20)
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def tell(self, what: str) -> None:
        """Do what ``do_…`` of the driver does."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()

    def until(self, condition: Callable[[Seen], object], limit_s: float = _LIMIT_S) -> Seen:
        """What is seen as soon as ``condition`` holds of it."""
        end = time.monotonic() + limit_s
        while not (self.seen and condition(self.seen)):
            try:
                line = self._lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"last seen: {self.seen}\n{''.join(self._errors)}") from None
            self.seen = json.loads(line)
            self.late_s = max(self.late_s, self.seen["late_s"])
        return self.seen

    def until_up(self) -> None:
        """The service may be sent to."""
        self.until(lambda seen: seen["up"])
        self.late_s = 0.0

    def until_states(self, *states: str) -> Seen:
        """The jobs, in their order, are in these states."""
        return self.until(lambda seen: seen["states"] == list(states))

    def until_said(self, words: str) -> Seen:
        """The window has said this, in a notice or as the reason why nothing is sent."""
        return self.until(lambda seen: any(words in said for said in [*seen["told"], seen["hold"]]))

    def until_written(self, words: str) -> None:
        """It has written this to stderr."""
        end = time.monotonic() + _LIMIT_S
        while words not in "".join(self._errors):
            assert time.monotonic() < end, "".join(self._errors)
            time.sleep(0.05)


def _pass_on(stream: Any, put: Callable[[str], object]) -> None:
    for line in stream:
        put(line)
