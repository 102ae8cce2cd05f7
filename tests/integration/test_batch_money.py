"""What a batch must never do: be sent by somebody else's start, pay twice, hang, or hide a charge."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.batch.cells import jobs_of
from pixverse_desktop.core.engine.new_jobs import Cell, new_batch
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.service import HoldReason
from tests.support.batch_runs import SHORT, batch, start
from tests.support.engine_harness import paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reply
from tests.support.simulator_process import SimulatorProcess

CLIP = ClipRequest("a clip", resolution="360p", duration_s=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "prompts.txt"


@in_virtual_time
async def test_a_window_asks_before_it_sends_what_was_cut_short(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=1) as harness:
            harness.engine.pause()
            cells = [Cell(CLIP.changed(prompt=f"clip {n}"), n) for n in range(3)]
            await harness.engine.generate_all(cells)
            harness.engine.resume()
            await harness.until(lambda: len(service.charges) == 1)
        async with paid_harness(service, tmp_path, key, jobs_at_a_time=1) as again:
            await asyncio.sleep(3600)
            assert again.held_for() is HoldReason.ASK
            assert len(service.charges) == 1
            again.engine.resume()
            await again.until_saved(3)
            assert len(service.charges) == 3


def test_charges_above_what_was_announced_stop_it_once(
    data_dir: Path, key: str, file: Path
) -> None:
    """Ten each was announced, and nobody named another ceiling."""
    file.write_text("one\ntwo\nthree\nfour\n", encoding="utf-8")
    with PaidService() as service:

        def dear(connection: Any, request: bytes) -> None:
            done = service.charge(request)
            receipt = {"jobId": done.job_id, "status": "pending", "creditCost": 40,
                       "creditsRemaining": 900}  # fmt: skip
            reply("202 Accepted", json.dumps(receipt).encode())(connection, request)

        service.always["run"] = dear
        code, told, _ = batch(data_dir, service.url, file, key=key)
        assert (code, len(service.charges)) == (4, 1)
        assert len(told["skipped"]) == 3


def test_other_jobs_under_way_do_not_keep_it_waiting(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    file.write_text("left under way {1-4}\n", encoding="utf-8")
    simulator.settings(min_job_s=30)
    before = len(simulator.ledger())
    process = start(data_dir, simulator.api_url, file, *SHORT, key=key)
    while len(simulator.ledger()) < before + 4:
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    simulator.settings(min_job_s=0)
    file.write_text("others {1-2}\n", encoding="utf-8")
    code, told, err = batch(data_dir, simulator.api_url, file, *SHORT, key=key)
    assert (code, len(told["saved"])) == (0, 2), err


def test_a_failed_row_is_no_success(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    file.write_text("it fails\n", encoding="utf-8")
    simulator.fault("job", "fail_job", error="content moderation")
    assert batch(data_dir, simulator.api_url, file, *SHORT, key=key)[0] == 6
    code, told, _ = batch(data_dir, simulator.api_url, file, *SHORT, key=key)
    assert (code, told["saved"]) == (6, [])
    assert "--retry-failed" in told["skipped"][0]["reason"]
    code, told, _ = batch(data_dir, simulator.api_url, file, *SHORT, "--retry-failed", key=key)
    assert (code, len(told["saved"])) == (0, 1)
    assert batch(data_dir, simulator.api_url, file, *SHORT, key=key)[0] == 0


def test_a_line_put_in_front_changes_no_chance_of_the_others(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    text = "the sea {?calm|wild|grey|blue|green|still}\n" * 2
    file.write_text(text, encoding="utf-8")
    code, made, _ = batch(data_dir, simulator.api_url, file, *SHORT, key=key)
    assert (code, len(made["saved"])) == (0, 2)
    file.write_text("something new\n" + text, encoding="utf-8")
    code, told, _ = batch(data_dir, simulator.api_url, file, *SHORT, "--dry-run", key=key)
    assert [clip["prompt"] for clip in told["clips"]] == ["something new"]


def test_a_parameter_that_the_service_gains_makes_nothing_missing(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    file.write_text("the same\n", encoding="utf-8")
    assert batch(data_dir, simulator.api_url, file, *SHORT, key=key)[0] == 0
    gained = {"motion_mode": {"type": "string", "enum": ["normal", "fast"], "default": "normal"}}
    simulator.settings(schema_overrides=gained)
    try:
        code, told, _ = batch(data_dir, simulator.api_url, file, *SHORT, "--dry-run", key=key)
    finally:
        simulator.settings(schema_overrides={})
    assert (code, told["clips"]) == (0, [])


def test_what_waits_already_is_told_and_priced(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    file.write_text("waits {1-3}\n", encoding="utf-8")
    _leave_waiting(data_dir, simulator.api_url, key, file)
    code, told, _ = batch(data_dir, simulator.api_url, file, *SHORT, "--dry-run", key=key)
    assert (code, len(told["clips"])) == (0, 3)
    assert float(told["high"]) > 0
    most = ("--max-credits", "1", "--dry-run")
    assert batch(data_dir, simulator.api_url, file, *SHORT, *most, key=key)[0] == 4


def _leave_waiting(data_dir: Path, url: str, key: str, file: Path) -> None:
    """A batch that was killed before its first clip was sent."""
    trap = (
        "import os\nfrom pixverse_desktop.core.engine import submitter\n"
        "async def die(*_): os.kill(os.getpid(), 9)\n"
        "submitter.Submitter.submit = die\n"
        "from pixverse_desktop.__main__ import main\nmain()"
    )
    command = [sys.executable, "-c", trap, "batch", str(file), *SHORT, "--data-dir", str(data_dir)]
    env = {**os.environ, "PIXELDOJO_API_KEY": key}
    done = subprocess.run([*command, "--api-url", url], env=env, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("a\n", ("--set", "seed=7", "--seeds", "3")),
        ("a\n", ("--set", "duration=5,8", "--set", "duration=3")),
        ("a\n", ("--set", "duration=[]")),
        ("a\n", ("--start-frames", "EMPTY")),
        (",,\n,,\n", ()),
        ("x" * 200_000, ()),
    ],
)
def test_what_says_two_things_or_nothing_is_refused(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path, text: str,
    options: tuple[str, ...],
) -> None:  # fmt: skip
    (tmp_path / "EMPTY").mkdir()
    file = tmp_path / ("prompts.csv" if len(text) > 4 else "prompts.txt")
    file.write_text(text, encoding="utf-8")
    given = [str(tmp_path / one) if one == "EMPTY" else one for one in options]
    code, told, err = batch(data_dir, simulator.api_url, file, *given, "--dry-run", key=key)
    assert code == 2, err
    assert "went wrong inside" not in told["error"]


def test_a_column_and_an_option_for_the_same_are_refused(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text("prompt,duration\na,5\n", encoding="utf-8")
    more = ("--set", "duration=5,8", "--dry-run")
    code, told, _ = batch(data_dir, simulator.api_url, table, *more, key=key)
    assert code == 2
    assert "column of t.csv gives the same" in told["error"]


@in_virtual_time
async def test_a_model_with_fewer_seeds_than_clips_is_no_endless_loop(
    tmp_path: Path, key: str
) -> None:
    few = PIXVERSE_V6.with_rules(seed=replace(PIXVERSE_V6.range("seed"), minimum=0, maximum=4))
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.session.models.put(few)
            cells = [Cell(CLIP.changed(prompt=f"clip {n}"), n) for n in range(12)]
            jobs = new_batch(harness.engine.session, cells, 1, background=False, ceiling=None)
    assert {job.request.seed for job in jobs} <= {0, 1, 2, 3, 4}


@in_virtual_time
async def test_a_retry_stays_what_its_job_was_in_the_batch(tmp_path: Path, key: str) -> None:
    cell = Cell(CLIP.changed(prompt="refused at first"), 7, "seven", "refused at {first|last}")
    usual = default_request(PIXVERSE_V6)
    with PaidService() as service:
        service.next["run"] = [reply("400 Bad Request", b'{"error": "no"}')]
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.engine.generate_all([cell])
            await harness.until(lambda: harness.job(job).state is JobState.REJECTED)
            new = await harness.engine.retry(job.id)
            await harness.until_saved(1)
            assert (new.batch, new.row, new.label) == (job.batch, 7, "seven")
            found = jobs_of([cell], harness.engine.jobs(), job.origin, usual)
            assert [one and one.id for one in found] == [new.id]
