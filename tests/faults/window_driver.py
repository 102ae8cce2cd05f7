"""The window's whole program in a process of its own, told by its arguments how to end.

``python -m tests.faults.window_driver DIR crash|notices|wait|watch``: a native crash once a job
waits; print the notice shown at the start and close; stay until a signal comes; tell in a line of
JSON whatever changes, and do what comes in on stdin. DIR "" is the user's own folders. A third
argument is the address of the service, instead of the demo.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from pixverse_desktop import app
from pixverse_desktop.core.engine import downloader
from pixverse_desktop.core.model.request import ClipRequest


class Scripted(app.Program):
    """Does what the second argument says."""

    async def main(self, files: list[str]) -> bool:
        script = asyncio.ensure_future(getattr(self, sys.argv[2])())
        try:
            return await super().main(files)
        finally:
            script.cancel()

    async def _until_up(self) -> None:
        while self.engine is None:
            await asyncio.sleep(0.02)

    async def crash(self) -> None:
        await self._until_up()
        self.bridge.pause()
        self.bridge.generate(ClipRequest(prompt="waits through a crash"))
        while not self.bridge.jobs:
            await asyncio.sleep(0.02)
        os.kill(os.getpid(), signal.SIGSEGV)

    async def notices(self) -> None:
        await self._until_up()
        while not self.bridge.jobs:
            await asyncio.sleep(0.02)
        strip = self.window.notice_strip
        said = strip.label.text() if strip.isVisible() else ""
        states = [str(job.state) for job in self.bridge.jobs.values()]
        print(json.dumps([said, strip.button.text(), states]), flush=True)
        self.close()

    async def watch(self) -> None:
        downloader._DISK_RETRY_S = 2.0
        told: list[str] = []
        self.bridge.notice.connect(lambda problem: told.append(problem.message))
        if self.window.notice_strip.isVisibleTo(self.window):  # from before this began
            told.append(self.window.notice_strip.label.text().replace("\u200b", ""))
        loop = asyncio.get_running_loop()
        reader = threading.Thread(target=self._obey, args=(loop,), daemon=True)
        reader.start()
        last, late, beat = "", 0.0, time.monotonic()
        while True:
            await asyncio.sleep(0.02)
            now = time.monotonic()
            late, beat = max(late, now - beat), now
            line = json.dumps(self._seen(told))
            if line != last:
                print(json.dumps({**self._seen(told), "late_s": late}), flush=True)
                last, late = line, 0.0

    def _seen(self, told: list[str]) -> dict[str, object]:
        jobs = sorted(self.bridge.jobs.values(), key=lambda job: job.position)
        hold = self.bridge.status.hold
        return {
            "up": self.engine is not None,
            "told": told,
            "states": [str(job.state) for job in jobs],
            "problems": [str(job.problem.code) if job.problem else "" for job in jobs],
            "hold": hold.problem.message if hold and hold.problem else "",
            "playing": self.window.player.transport.is_playing,
        }

    def _obey(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(getattr(self, f"do_{line.strip()}"))

    def do_generate(self) -> None:
        request = ClipRequest(prompt="of an odd home", resolution="360p", duration_s=1)
        self.bridge.generate(request)

    def do_resume(self) -> None:
        self.bridge.resume()

    def do_save(self) -> None:
        self.commands.apply_settings(replace(self.settings, notices="off"))

    def do_play(self) -> None:
        first = min(self.bridge.jobs.values(), key=lambda job: job.position)
        self.window.ready.pick(first)

    def do_close(self) -> None:
        self.close()

    async def wait(self) -> None:
        await self._until_up()
        print("ready", flush=True)


if __name__ == "__main__":
    app.Program = Scripted  # type: ignore[misc]
    folder = Path(sys.argv[1]) if sys.argv[1] else None
    address = sys.argv[3] if len(sys.argv) > 3 else None
    options = {"api_url": address, "demo": address is None, "data_dir": folder, "files": []}
    sys.exit(app.run(argparse.Namespace(**options)))
