"""The real program, killed or left to finish, as its own process: for tests of crashes.

``python -m tests.e2e.kill_driver start DIR``: generate on the demo, SIGKILL itself once accepted.
``python -m tests.e2e.kill_driver awake DIR``: the same once it keeps the computer awake.
``python -m tests.e2e.kill_driver finish DIR``: open again and wait until nothing is under way.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from tests.show import driver


async def start_and_die(program: Program) -> None:
    """SIGKILL at the moment the window shows the job as accepted."""
    await driver.ready(program)
    program.window.compose.form.prompt.setPlainText("a clip that outlives a crash")
    driver.press_generate(program)
    await driver.until(lambda: driver.jobs_in(program, JobState.ACCEPTED), "an accepted job")
    os.kill(os.getpid(), signal.SIGKILL)


async def stay_awake_and_die(program: Program) -> None:
    """SIGKILL while the window says that it keeps the computer awake."""
    await driver.ready(program)
    program.window.compose.form.prompt.setPlainText("a clip in the night")
    driver.press_generate(program)
    await driver.until(program.window.status_bar.awake.isVisible, "the word that it keeps awake")
    os.kill(os.getpid(), signal.SIGKILL)


async def finish(program: Program) -> None:
    """Whatever is under way arrives."""
    await driver.ready(program)
    await driver.until(
        lambda: program.bridge.jobs and not any(j.is_active for j in program.bridge.jobs.values()),
        "the end of every job",
    )
    print([str(job.state) for job in program.bridge.jobs.values()])


if __name__ == "__main__":
    scripts = {"start": start_and_die, "awake": stay_awake_and_die, "finish": finish}
    driver.drive(scripts[sys.argv[1]], Path(sys.argv[2]))
