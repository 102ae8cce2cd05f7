"""The window's whole program in a process of its own, told by its arguments how to end.

``python -m tests.faults.window_driver DIR crash|notices|wait``: a native crash once a job waits;
print the notice shown at the start and close; stay until a signal comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from pixverse_desktop import app
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

    async def wait(self) -> None:
        await self._until_up()
        print("ready", flush=True)


if __name__ == "__main__":
    app.Program = Scripted  # type: ignore[misc]
    folder = Path(sys.argv[1])
    sys.exit(app.run(argparse.Namespace(api_url=None, demo=True, data_dir=folder, files=[])))
