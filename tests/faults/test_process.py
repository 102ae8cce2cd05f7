"""K14-K29: signals, native crashes, suspended machines, wrong clocks, full and missing disks.

K1-K13, being killed, are the crash harness's (``tests/crash``).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.engine import downloader as fetcher
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.logs import Logs
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.services.thread_workers import SystemClock
from tests.faults.catalogue import fault
from tests.support.databases import DAMAGES
from tests.support.engine_harness import EngineHarness, harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import ROOT, SimulatorProcess


def command(*arguments: str, key: str = "", **env: str) -> subprocess.Popen[str]:
    """``pixverse-desktop`` as a process, without a display."""
    whole = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **env}
    if key:
        whole["PIXELDOJO_API_KEY"] = key
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=whole,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def generate(simulator: SimulatorProcess, data_dir: Path, key: str) -> subprocess.Popen[str]:
    return command(
        "pixverse_desktop", "generate", "--json", "--prompt", "made in spite of all",
        "--resolution", "360p", "--duration", "1", "--data-dir", str(data_dir),
        "--api-url", simulator.api_url, key=key,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and the line of JSON."""
    out, err = process.communicate(timeout=100)
    lines = out.splitlines()
    assert len(lines) == 1, out + err
    return process.returncode, json.loads(lines[0])


def wait_until(condition: Callable[[], object], limit_s: float = 30) -> None:
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def downloader_may_warn() -> Iterator[None]:
    """The downloader warns in its log about the disk; every other part still may not."""
    logger = logging.getLogger("pixverse_desktop.core.engine.downloader")
    logger.disabled = True
    yield
    logger.disabled = False


async def until_held(harness: EngineHarness, reason: HoldReason | None = None) -> None:
    """Until the queue stands still, for ``reason`` or any."""

    def held() -> bool:
        hold = harness.sink.status.hold if harness.sink.status else None
        return hold is not None and reason in (None, hold.reason)

    await harness.until(held)


class OddClock(SystemClock):
    """A wall clock that is wrong by ``offset`` seconds."""

    def __init__(self, offset: float) -> None:
        self.offset = offset

    def time(self) -> float:
        return time.time() + self.offset


# --- asked to end, crashed, stopped ---


@fault("K14")
@asynchronous
async def test_a_signal_during_the_paid_request_keeps_the_intent(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    simulator.fault("run", "delay_after_charge", seconds=8)
    process = generate(simulator, data_dir, key)
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
    process = generate(simulator, data_dir, key)
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
        await until_held(harness)
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
        lock.release()

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
        lock.release()

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
    lock.release()


@fault("K20")
@pytest.mark.parametrize("left", ["", "1\n", "4711 another-host\n", "\x00" * 4096])
def test_an_old_lock_file_means_nothing(data_dir: Path, left: str) -> None:
    data_dir.mkdir()
    paths = paths_below(data_dir)
    paths.lock.write_text(left)
    lock = lock_data_folder(paths)
    assert lock is not None
    lock.release()


# --- disks ---


@fault("K21")
@asynchronous
async def test_nothing_is_sent_while_the_disk_is_nearly_full(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, least_free_bytes=2**62) as harness:
        await harness.engine.generate(SHORT)
        await until_held(harness)
        assert harness.sink.status is not None
        assert harness.sink.status.hold is not None
        assert harness.sink.status.hold.reason is HoldReason.DISK
        assert len(harness.in_state(JobState.QUEUED)) == 1
    assert len(simulator.ledger()) == before


@fault("K21")
@pytest.mark.logs_warnings
@asynchronous
async def test_a_full_database_stops_the_paid_request(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        for number in range(3):
            await harness.engine.generate(replace(SHORT, prompt=f"{number} " + "x" * 1500))
        database = harness.store._database

        def pages_at_most(count: int | None) -> None:
            now = database.connection.execute("PRAGMA page_count").fetchone()[0]
            database.connection.execute(f"PRAGMA max_page_count = {count or now}")

        async def fill() -> None:
            for number in range(20):
                await harness.engine.generate(replace(SHORT, prompt=f"{number} " + "y" * 4000))

        await harness.run(Lane.STORE, pages_at_most, None)
        with pytest.raises(UserError):
            await fill()
        waiting = len(harness.in_state(JobState.QUEUED))
        assert waiting >= 3
        await harness.run(Lane.STORE, pages_at_most, 100_000)
        harness.engine.resume()
        await harness.until_saved(waiting)
    assert len({c["jobId"] for c in simulator.ledger()}) - before <= 25


@fault("K21")
@pytest.mark.logs_warnings
@asynchronous
async def test_a_journal_on_a_full_disk_stops_the_paid_request(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        await harness.engine.generate(SHORT)
        journal = data_dir / "journal.jsonl"
        journal.rename(data_dir / "kept")
        journal.symlink_to("/dev/full")
        harness.engine.resume()
        await until_held(harness, HoldReason.DISK)
        assert len(harness.in_state(JobState.QUEUED)) == 1
        journal.unlink()
        (data_dir / "kept").rename(journal)
        harness.engine.resume()
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


_LIMITED = """
import resource, signal, sys
from pixverse_desktop.__main__ import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.exit(main(sys.argv[2:]))
"""


@fault("K21")
@asynchronous
async def test_a_clip_that_does_not_fit_is_paid_for_and_kept_for_later(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    # No file may grow past 600 kB: enough for the records, not for the clip.
    arguments = ["generate", "--json", "--prompt", "x", "--duration", "5", "--data-dir",
                 str(data_dir), "--api-url", simulator.api_url]  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", _LIMITED, "400000", *arguments],
        env={**os.environ, "PIXELDOJO_API_KEY": key}, cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    code, line = ended(process)
    assert (code, line["state"]) == (9, "accepted")
    assert "cannot be written" in line["error"]

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("K21")
def test_a_full_log_disk_stops_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import logging

    (tmp_path / "pixverse-desktop.log").symlink_to("/dev/full")
    logs = Logs(tmp_path)
    for _ in range(100):
        logging.getLogger("pixverse_desktop.test").info("x" * 1000)
    logs.close()
    assert capfd.readouterr().err == ""


@fault("K22")
@asynchronous
async def test_a_clip_folder_that_is_a_file_stops_the_paid_request_and_says_so(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())
    data_dir.mkdir()
    (data_dir / "clips").write_text("not a folder")

    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await until_held(harness)
        assert harness.sink.status is not None
        hold = harness.sink.status.hold
        assert hold is not None
        assert hold.reason is HoldReason.DISK
        assert hold.problem is not None
        assert hold.problem.action == "choose_folder"
        assert "Errno" not in hold.problem.message
        (data_dir / "clips").unlink()
        harness.engine.resume()
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("K22")
def test_a_data_folder_that_cannot_be_written_is_said(
    simulator: SimulatorProcess, tmp_path: Path, key: str
) -> None:
    (tmp_path / "file").write_text("")
    code, line = ended(generate(simulator, tmp_path / "file" / "data", key))
    assert code == 9
    assert "data folder cannot be written" in line["error"]


@fault("K23")
@pytest.mark.usefixtures("downloader_may_warn")
@asynchronous
async def test_clips_wait_for_their_drive_and_are_not_called_deleted(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    drive = tmp_path / "drive"
    drive.mkdir()
    settings = Settings(clip_folder=str(drive))
    monkeypatch.setattr(fetcher, "_DISK_RETRY_S", 0.1)
    async with harness_on(simulator, data_dir, key, settings=settings) as harness:
        first = await harness.engine.generate(SHORT)
        await harness.until_saved(1)
        simulator.settings(min_job_s=1.0)
        await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.ACCEPTED)))
        drive.rename(tmp_path / "unplugged")
        await harness.until(lambda: any(
            job.problem is not None and job.problem.code == "disk" for job in harness.repository.all()
        ))  # fmt: skip
        assert harness.repository.get(first.id).state is JobState.SAVED
        assert not drive.exists()  # not made anew on the wrong disk
        (tmp_path / "unplugged").rename(drive)
        await harness.until_saved(2)


@fault("K24")
@pytest.mark.logs_warnings
@asynchronous
async def test_a_locked_database_stops_the_paid_request(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        await harness.engine.generate(SHORT)
        impatient = "PRAGMA busy_timeout = 20"
        await harness.run(Lane.STORE, lambda: harness.store._database.connection.execute(impatient))
        other = sqlite3.connect(data_dir / "pixverse.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        harness.engine.session.set_status(hold=None)
        harness.engine.session.submit_wake.set()
        await until_held(harness, HoldReason.DISK)
        assert len(simulator.ledger()) == before
        with pytest.raises(UserError):
            await harness.engine.generate(SHORT)
        other.close()
        harness.engine.resume()
        await harness.until_saved(1)
    assert len(simulator.ledger()) == before + 1


@fault("K25")
@pytest.mark.logs_warnings
@pytest.mark.parametrize("name", DAMAGES)
@asynchronous
async def test_a_harmed_database_costs_nothing_and_loses_no_clip(
    simulator: SimulatorProcess, data_dir: Path, key: str, name: str
) -> None:
    before = len(simulator.ledger())
    simulator.settings(min_job_s=3600)

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        await harness.engine.generate(SHORT)
        await harness.engine.generate(replace(SHORT, prompt="waits"))
        await harness.until(lambda: bool(harness.in_state(JobState.ACCEPTED)))
    DAMAGES[name][0](data_dir)
    simulator.settings(min_job_s=0)
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(1)
        hold = harness.engine.session.status.hold
        assert hold is not None  # what waits in a list that was rebuilt waits for the user
        assert hold.reason is HoldReason.PAUSED
        assert len(simulator.ledger()) - before <= 2
    prompts = [charge["input"]["prompt"] for charge in simulator.ledger()[before:]]
    assert prompts.count(SHORT.prompt) == 1


@fault("K26")
@pytest.mark.usefixtures("downloader_may_warn")
@asynchronous
async def test_a_part_that_vanishes_is_fetched_anew(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "_DISK_RETRY_S", 0.05)
    simulator.fault("download", "slow", bytes_per_second=60_000)
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        while not (parts := list(data_dir.rglob("*.part"))):
            await asyncio.sleep(0.01)
        simulator.control("faults", method="DELETE")
        parts[0].unlink()
        await harness.until_saved(1)


@fault("K26")
@pytest.mark.usefixtures("downloader_may_warn")
@asynchronous
async def test_a_clip_held_by_another_program_is_renamed_later(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "_DISK_RETRY_S", 0.05)
    refusals = 3
    async with harness_on(simulator, data_dir, key) as harness:
        real = harness.engine.session.ports.files.publish

        def publish(job: Job) -> None:
            nonlocal refusals
            if refusals:
                refusals -= 1
                raise PermissionError(13, "the file is in use")
            real(job)

        monkeypatch.setattr(harness.engine.session.ports.files, "publish", publish)
        await harness.engine.generate(SHORT)
        await harness.until_saved(1)
    assert refusals == 0


@fault("K28")
@pytest.mark.parametrize(
    "name",
    ["größe 日本 🎬", "with space", "n" * 240, "quote'\"$(x)"],
    ids=["letters", "space", "long", "odd"],
)
def test_any_home_folder_works(
    simulator: SimulatorProcess, tmp_path: Path, key: str, name: str
) -> None:
    home = tmp_path / name
    home.mkdir()
    process = command(
        "pixverse_desktop", "generate", "--json", "--prompt", "x", "--resolution", "360p",
        "--duration", "1", "--api-url", simulator.api_url,
        key=key, HOME=str(home), XDG_DATA_HOME="", XDG_CONFIG_HOME="", XDG_STATE_HOME="",
    )  # fmt: skip
    code, line = ended(process)
    assert code == 0, line
    assert Path(line["path"]).is_file()
    assert Path(line["path"]).is_relative_to(home)


@fault("K28")
def test_a_home_that_cannot_be_written_is_explained(
    simulator: SimulatorProcess, tmp_path: Path, key: str
) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    process = command(
        "pixverse_desktop", "generate", "--json", "--prompt", "x", "--api-url", simulator.api_url,
        key=key, HOME=str(home), XDG_DATA_HOME="", XDG_CONFIG_HOME="", XDG_STATE_HOME="",
    )  # fmt: skip
    code, line = ended(process)
    assert code == 9
    assert "cannot be written" in line["error"]


@fault("K29")
def test_the_binding_loses_no_reference_to_none() -> None:
    code = (
        "import sys\nfrom PySide6.QtCore import QCoreApplication, QObject\n"
        "app = QCoreApplication([])\nthing = QObject()\nbefore = sys.getrefcount(None)\n"
        "for _ in range(3000): app.processEvents(); thing.setObjectName('x')\n"
        "sys.exit(abs(sys.getrefcount(None) - before) > 100)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
