"""``make run`` where there is no display: a newcomer's first clip on a virtual screen.

Drops the sample picture, writes a prompt, presses Generate, plays the clip, and leaves screenshots
and the clip in ``out/``.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.show.screen import NoVirtualScreen, virtual_screen

OUT = Path("out")
PROMPT = "Dawn over snowy mountains, falling snow, slow push in, soft morning light"


def main() -> int:
    """Run it; 0 when a clip was made and played."""
    try:
        with virtual_screen() as display:
            os.environ.update({"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"})
            os.environ.pop("WAYLAND_DISPLAY", None)
            _first_clip()
    except NoVirtualScreen as error:
        print(f"There is no display, and no virtual one either: {error}.", file=sys.stderr)
        return 1
    return 0


def _first_clip() -> None:
    from tests.show import driver

    made: list[Path] = []

    async def script(program: driver.Program) -> None:
        window = program.window
        window.resize(1600, 1000)
        window.move(0, 0)
        await driver.ready(program)
        made.append(driver.screenshot(program, OUT / "1-start.png"))
        frames = window.compose.frames
        start, *_ = frames.wells.values()
        driver.drop_file(start, Path("resources/demo/start.jpg"))
        await driver.until(lambda: window.compose.request().start_frame, "the dropped picture")
        window.compose.form.prompt.setPlainText(PROMPT)
        await asyncio.sleep(0.3)
        made.append(driver.screenshot(program, OUT / "2-picture-and-prompt.png"))
        driver.press_generate(program)
        await driver.until(lambda: program.bridge.jobs, "the job in the queue")
        await asyncio.sleep(2.0)
        made.append(driver.screenshot(program, OUT / "3-under-way.png"))
        saved = driver.JobState.SAVED
        await driver.until(lambda: driver.jobs_in(program, saved), "the clip", 120)
        await asyncio.sleep(2.0)
        made.append(driver.screenshot(program, OUT / "4-playing.png"))
        (job,) = driver.jobs_in(program, saved)
        assert job.clip is not None
        made.append(Path(shutil.copy(job.clip.path, OUT / "clip.mp4")))

    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        driver.drive(script, Path(folder) / "data")
    print("No display here, so this ran on a virtual screen:")
    for path in made:
        print(f"  {path.absolute()}")


if __name__ == "__main__":
    sys.exit(main())
