"""The program is asked to end, crashes, sleeps or is started twice, K14 to K20."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.thread_workers import SystemClock
from tests.faults.catalogue import fault
from tests.support.commands import command, ended, start_generate
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import ROOT, SimulatorProcess


def wait_until(condition: Callable[[], object], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


class OddClock(SystemClock):
    """A wall clock that is wrong by ``offset`` seconds."""

    def __init__(self, offset: float) -> None:
        self.offset = offset

    def time(self) -> float:
        return time.time() + self.offset


@fault("K14")
@asynchronous
async def test_a_signal_during_the_paid_request_keeps_the_intent(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    simulator.fault("run", "delay_after_charge", seconds=8)
    process = start_generate(simulator, data_dir, key)
    wait_until(lambda: len(simulator.ledger()) > before)
    asked = time.monotonic()
    process.terminate()
    code, line = ended(process)
    assert time.monotonic() - asked < 5
    assert (code, line["state"]) == (130, "submitting")

    # The next start calls it unconfirmed, finds it in the list and fetches it: one charge.
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("K14")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_window_asked_to_end_closes_in_order(data_dir: Path, number: int) -> None:
    process = command("tests.faults.window_driver", str(data_dir), "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert not (data_dir / "pixverse.db-wal").exists()
    assert not (data_dir / "logs" / "crash.txt").exists()


@fault("K15")
def test_a_native_crash_is_told_at_the_next_start_and_loses_nothing(data_dir: Path) -> None:
    crashed = command("tests.faults.window_driver", str(data_dir), "crash")
    crashed.communicate(timeout=60)
    assert crashed.returncode == -signal.SIGSEGV
    assert "Segmentation fault" in (data_dir / "logs" / "crash.txt").read_text()
    process = command("tests.faults.window_driver", str(data_dir), "notices")
    out, err = process.communicate(timeout=60)
    said, button, states = json.loads(out)
    assert said.startswith("The program ended unexpectedly last time."), err
    assert (button, states) == ("Show the log", ["queued"])
    assert list((data_dir / "logs").glob("crash-*.txt"))


@fault("K17")
def test_a_suspended_program_goes_on_and_refreshes_its_link(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    simulator.settings(url_ttl_s=1)
    simulator.fault("download", "slow", bytes_per_second=20_000)
    process = start_generate(simulator, data_dir, key)
    wait_until(lambda: list(data_dir.rglob("*.part")))
    process.send_signal(signal.SIGSTOP)
    simulator.control("faults", method="DELETE")
    time.sleep(1.5)  # longer than the link lives: this is real time of another process
    process.send_signal(signal.SIGCONT)
    code, line = ended(process)
    assert (code, line["state"]) == (0, "saved")
    assert len(simulator.ledger()) == before + 1


@fault("K17")
@asynchronous
async def test_twelve_hours_asleep_are_no_failure(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    clock = OddClock(0)
    simulator.settings(min_job_s=2)

    async with harness_on(simulator, data_dir, key, clock=clock) as harness:
        await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.ACCEPTED)))
        clock.offset = 12 * 3600.0
        await asyncio.sleep(0.1)
        assert len(harness.in_state(JobState.ACCEPTED)) == 1
        simulator.settings(min_job_s=0)
        await harness.engine.check_now(harness.repository.all()[0].id)
        await harness.until_saved(1)


@fault("K18")
@pytest.mark.parametrize(
    "offset", [-86_400.0, 86_400.0, -time.time(), 3600.0], ids=["-1 day", "+1 day", "1970", "DST"]
)
@asynchronous
async def test_a_wrong_clock_loses_nothing(
    simulator: SimulatorProcess,
    data_dir: Path,
    key: str,
    offset: float,
) -> None:
    clock = OddClock(offset)
    simulator.fault("run", "status", status=429)

    async with harness_on(simulator, data_dir, key, clock=clock) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_held()
        clock.offset = offset - 86_400.0 * 30  # and it is set back while the queue waits
        left = harness.engine._submitter._hold_left_s()
        assert left is not None
        assert left <= 3600
        harness.engine.resume()
        await harness.until_saved(1)


@fault("K19")
@pytest.mark.parametrize("temporary", ["", "other", "x" * 120])
def test_a_second_start_hands_its_pictures_to_the_first(
    data_dir: Path, tmp_path: Path, temporary: str
) -> None:
    from tests.show import driver

    picture = Path(ROOT) / "resources" / "demo" / "start.jpg"
    outcome: list[object] = []
    elsewhere = tmp_path / temporary
    elsewhere.mkdir(exist_ok=True)
    environment = {"TMPDIR": str(elsewhere)} if temporary else {}

    async def script(program: Any) -> None:
        lock = lock_data_folder(program.paths)
        assert lock is not None
        await driver.ready(program)

        def start_again() -> tuple[int, float]:
            started = time.monotonic()
            second = command(
                "pixverse_desktop", "--data-dir", str(data_dir), str(picture), **environment
            )
            second.communicate(timeout=60)
            return second.returncode, time.monotonic() - started

        outcome.append(await program.workers.run(Lane.FILES, start_again))
        await driver.until(lambda: program.window.compose.request().start_frame, "the picture")
        outcome.append(program.window.compose.request().start_frame.label)
        lock.close()

    driver.drive(script, data_dir)
    (code, took_s), label = outcome
    assert (code, label) == (0, "start.jpg")
    assert took_s < 15


@fault("K19")
def test_a_second_start_for_another_service_says_that_it_cannot(data_dir: Path) -> None:
    from tests.show import driver

    answers: list[tuple[int, str]] = []

    async def script(program: Any) -> None:
        lock = lock_data_folder(program.paths)
        assert lock is not None
        await driver.ready(program)

        def start_again(*service: str) -> None:
            second = command("pixverse_desktop", "--data-dir", str(data_dir), *service)
            _, said = second.communicate(timeout=60)
            answers.append((second.returncode, said))

        for service in (("--demo",), ("--api-url", "http://127.0.0.1:9/api/v1")):
            await program.workers.run(Lane.FILES, start_again, *service)
        lock.close()

    driver.drive(script, data_dir)
    (same, _), (other, said) = answers
    assert (same, other) == (0, 10)
    assert "uses another service" in said


@fault("K19")
def test_the_lock_of_a_killed_program_is_free(data_dir: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from pixverse_desktop.services.data_lock import lock_data_folder\n"
        "from pixverse_desktop.services.paths import paths_below\n"
        "lock = lock_data_folder(paths_below(Path(sys.argv[1])))\n"
        "print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(data_dir)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    paths = paths_below(data_dir)
    assert lock_data_folder(paths) is None
    holder.kill()
    holder.communicate()
    lock = lock_data_folder(paths)
    assert lock is not None
    lock.close()


@fault("K20")
@pytest.mark.parametrize("left", ["", "1\n", "4711 another-host\n", "\x00" * 4096])
def test_an_old_lock_file_means_nothing(data_dir: Path, left: str) -> None:
    data_dir.mkdir()
    paths = paths_below(data_dir)
    paths.lock.write_text(left)
    lock = lock_data_folder(paths)
    assert lock is not None
    lock.close()
