"""Disks, databases and folders in trouble, K21 to K29."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.core.engine import downloader as fetcher
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.services.logs import Logs
from pixverse_desktop.services.settings import Settings
from tests.faults.catalogue import fault
from tests.support.commands import command, ended, start_generate
from tests.support.databases import DAMAGES
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import ROOT, SimulatorProcess


@pytest.fixture
def downloader_may_warn() -> Iterator[None]:
    """The downloader warns in its log about the disk; every other part still may not."""
    logger = logging.getLogger("pixverse_desktop.core.engine.downloader")
    logger.disabled = True
    yield
    logger.disabled = False


@fault("K21")
@asynchronous
async def test_nothing_is_sent_while_the_disk_is_nearly_full(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, least_free_bytes=2**62) as harness:
        await harness.engine.generate(SHORT)
        await harness.until_held()
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
        await harness.until_held(HoldReason.DISK)
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
        await harness.until_held()
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
    code, line = ended(start_generate(simulator, tmp_path / "file" / "data", key))
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
        await harness.until_held(HoldReason.DISK)
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
