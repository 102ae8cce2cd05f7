"""``pixverse-desktop rescue`` as a user runs it: what it fetches, what it tells, never a charge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.services.data_lock import lock_data_folder
from tests.support.engine_harness import EngineHarness, harness_on, live_harness
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess


class Rescued:
    """One finished run of the command."""

    def __init__(self, code: int, line: dict[str, Any]) -> None:
        self.code = code
        self.line = line


def rescue(simulator: SimulatorProcess, data_dir: Path, key: str) -> Rescued:
    """Run ``rescue --json``; it must not charge anything."""
    before = len(simulator.ledger())
    command = [sys.executable, "-m", "pixverse_desktop", "rescue", "--json"]
    command += ["--data-dir", str(data_dir), "--api-url", simulator.api_url]
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if key:
        env["PIXELDOJO_API_KEY"] = key
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=110, check=False
    )
    assert len(simulator.ledger()) == before
    lines = done.stdout.splitlines()
    assert len(lines) == 1, done.stdout + done.stderr
    return Rescued(done.returncode, json.loads(lines[0]))


def made_elsewhere(simulator: SimulatorProcess, key: str, prompt: str) -> str:
    """A job of the same account that this data folder has never heard of; gives its id."""
    body = json.dumps({"prompt": prompt, "duration": 1, "resolution": "360p", "seed": 5}).encode()
    request = urllib.request.Request(
        f"{simulator.api_url}/models/pixverse-v6/run",
        data=body,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as answer:
        return str(json.load(answer)["jobId"])


def until_done(simulator: SimulatorProcess) -> None:
    simulator.wait_until_no_jobs_run()


@asynchronous
async def killed_before_fetching(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    """A job as accepted, and a program that ended before its clip came."""

    simulator.settings(min_job_s=3600)
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.ACCEPTED)))
    simulator.settings(min_job_s=0)


@pytest.fixture
def service(tmp_path: Path) -> Any:
    """A simulator of its own: what it lists is what this test made."""
    with SimulatorProcess(tmp_path / "service") as process:
        process.settings(render="cached")
        yield process


def test_0_what_was_accepted_is_fetched(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    killed_before_fetching(service, data_dir, key)
    until_done(service)
    found = rescue(service, data_dir, key)
    assert found.code == 0
    assert [str(p) for p in data_dir.rglob("*.mp4")] == found.line["fetched"]
    assert (found.line["listed"], found.line["on_disk"]) == (1, 0)
    again = rescue(service, data_dir, key)
    assert (again.code, again.line["on_disk"], again.line["fetched"]) == (0, 1, [])


def test_0_a_deleted_folder_gets_everything_back_from_the_list(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    for number in range(25):  # more than one page of the list
        made_elsewhere(service, key, f"made elsewhere {number}")
    until_done(service)
    found = rescue(service, data_dir, key)
    assert found.code == 0, found.line
    assert found.line["listed"] == 25
    assert len(found.line["fetched"]) == len(list(data_dir.rglob("*.mp4"))) == 25
    assert rescue(service, data_dir, key).line["on_disk"] == 25


def test_0_a_deleted_clip_is_fetched_again(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    made_elsewhere(service, key, "x")
    until_done(service)
    (path,) = rescue(service, data_dir, key).line["fetched"]
    Path(path).unlink()
    found = rescue(service, data_dir, key)
    assert (found.code, found.line["fetched"]) == (0, [path])
    assert Path(path).is_file()


@asynchronous
async def test_0_a_lost_answer_is_found_and_what_nobody_knows_is_named(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    service.settings(list_mode="none")
    service.fault("run", "drop_after_charge", prompt_contains="lost")
    service.fault("run", "drop", prompt_contains="never")
    async with harness_on(service, data_dir, key) as harness:
        await harness.engine.generate(replace(SHORT, prompt="lost"))
        await harness.until(lambda: len(harness.in_state(JobState.UNCONFIRMED)) == 1)
        await harness.engine.generate(replace(SHORT, prompt="never"))
        await harness.until(lambda: len(harness.in_state(JobState.UNCONFIRMED)) == 2)
        for job in harness.repository.all():  # sent a while ago: no grace to wait out
            await harness.repository.update(job.id, submitted_at=time.time() - 80)
    service.settings(list_mode="echo")
    until_done(service)
    found = rescue(service, data_dir, key)
    assert found.code == 0
    assert len(found.line["fetched"]) == 1
    assert [job["prompt"] for job in found.line["unconfirmed"]] == ["never"]


def test_7_without_a_list_what_is_known_is_fetched_all_the_same(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    killed_before_fetching(service, data_dir, key)
    until_done(service)
    service.settings(list_mode="none")
    found = rescue(service, data_dir, key)
    assert (found.code, found.line["listed"]) == (7, None)
    assert len(found.line["fetched"]) == 1
    assert "list" in found.line["error"]


def test_8_what_still_runs_is_not_waited_for(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    killed_before_fetching(service, data_dir, key)
    service.settings(min_job_s=3600)
    found = rescue(service, data_dir, key)
    assert found.code == 8
    assert [charge["jobId"] for charge in service.ledger()] == found.line["running"]


def test_11_what_has_expired_is_named(service: SimulatorProcess, data_dir: Path, key: str) -> None:
    remote_id = made_elsewhere(service, key, "gone")
    until_done(service)
    service.fault("download", "expired_url", times=None)
    found = rescue(service, data_dir, key)
    assert (found.code, found.line["expired"]) == (11, [remote_id])


def test_3_without_a_key(service: SimulatorProcess, data_dir: Path) -> None:
    assert rescue(service, data_dir, "").code == 3


def test_10_another_program_works_on_the_folder(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    from pixverse_desktop.services.paths import paths_below

    lock = lock_data_folder(paths_below(data_dir))
    assert lock is not None
    assert rescue(service, data_dir, key).code == 10
    lock.close()


@pytest.mark.logs_warnings
def test_a_lost_database_and_a_lost_journal_lose_no_clip(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    killed_before_fetching(service, data_dir, key)
    until_done(service)
    for name in ("pixverse.db", "pixverse.db-wal", "pixverse.db-shm"):
        (data_dir / name).unlink(missing_ok=True)
    found = rescue(service, data_dir, key)
    assert (found.code, len(found.line["fetched"])) == (0, 1)


@asynchronous
async def with_engine(
    service: SimulatorProcess,
    data_dir: Path,
    key: str,
    work: Callable[[EngineHarness], Awaitable[None]],
) -> None:
    async with live_harness(data_dir, custom_origin(service.api_url), key) as harness:
        await work(harness)


def test_a_pasted_id_brings_a_job_back(service: SimulatorProcess, data_dir: Path, key: str) -> None:
    remote_id = made_elsewhere(service, key, "pasted")

    async def work(harness: EngineHarness) -> None:
        await harness.engine.rescue.add_by_id(f" {service.api_url}/jobs/{remote_id}?x=1 ")
        await harness.until_saved(1)
        (job,) = harness.repository.all()
        assert (job.remote_id, job.request.prompt, job.request.seed) == (remote_id, "pasted", 5)
        for text, sentence in (
            (remote_id, "in your list already"),
            ("job_unknown", "does not know"),
            ("not an id!", "not a job id"),
            ("", "not a job id"),
        ):
            with pytest.raises(Exception, match=sentence):
                await harness.engine.rescue.add_by_id(text)

    with_engine(service, data_dir, key, work)


def test_a_pasted_id_settles_an_unconfirmed_job_and_another_clips_id_does_not(
    service: SimulatorProcess, data_dir: Path, key: str
) -> None:
    service.settings(list_mode="none")
    service.fault("run", "drop_after_charge")

    async def work(harness: EngineHarness) -> None:
        job = await harness.engine.generate(SHORT)
        await harness.until(lambda: bool(harness.in_state(JobState.UNCONFIRMED)))
        remote_id = service.ledger()[-1]["jobId"]
        await harness.engine.rescue.add_by_id(remote_id, job.id)
        await harness.until_saved(1)
        assert harness.repository.get(job.id).remote_id == remote_id

    with_engine(service, data_dir, key, work)
    assert len(service.ledger()) == 1
