"""``python -m tests.support.quick_command …``: the command, whose waits pass eight times faster.

What it asks, sends, says and writes is the same; so is the time of day.
"""

from __future__ import annotations

import asyncio
import sys
import time

from pixverse_desktop.__main__ import main
from pixverse_desktop.services.thread_workers import SystemClock

_FASTER = 8.0


def _monotonic(_clock: SystemClock) -> float:
    return time.monotonic() * _FASTER


async def _sleep(_clock: SystemClock, seconds: float) -> None:
    await asyncio.sleep(seconds / _FASTER)


if __name__ == "__main__":
    SystemClock.monotonic, SystemClock.sleep = _monotonic, _sleep  # type: ignore[method-assign]
    sys.exit(main(sys.argv[1:]))
