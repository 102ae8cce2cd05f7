"""The service's list as evidence of what was paid, P12."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Reply
from tests.faults.catalogue import fault
from tests.support.engine_harness import (
    EngineHarness,
    memory_harness,
    paid_harness,
)
from tests.support.factories import accepted_job
from tests.support.fake_service import (
    FakeService,
)
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, reply, reset

S = JobState


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


NOT_THERE = reply("404 Not Found", b'{"error": {"code": "not_found"}}')


Rows = list[dict[str, Any]]


def other_rows(count: int) -> Rows:
    """Jobs of another program on the same account."""
    return [
        {"jobId": f"other_{n}", "status": "processing", "createdAt": 1_700_001_000 + n % 50,
         "input": {"prompt": "a short clip", "seed": 2**31 + n}}
        for n in range(count)
    ]  # fmt: skip


async def lose_an_answer(service: PaidService, harness: EngineHarness) -> None:
    """One job whose paid answer was lost."""
    service.next["run"] = [service.charged(reset)]
    await harness.ask()
    await harness.until_states(S.UNCONFIRMED)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(lambda rows: rows * 2, marks=fault("P12"), id="P12-row-twice"),
        pytest.param(lambda rows: [*other_rows(60), *rows], marks=fault("P12"), id="P12-order"),
        pytest.param(
            lambda rows: [*rows, *other_rows(10_000)], marks=fault("P12"), id="P12-10000-rows"
        ),
        pytest.param(
            lambda rows: [{k: v for k, v in row.items() if k != "createdAt"} for row in rows],
            marks=fault("P12"),
            id="P12-no-createdAt",
        ),
        pytest.param(
            lambda rows: [{**row, "createdAt": "yesterday"} for row in rows],
            marks=fault("P12"),
            id="P12-odd-createdAt",
        ),
        pytest.param(
            lambda rows: [{**row, "createdAt": row["createdAt"] + 86_400_000} for row in rows],
            marks=fault("P12"),
            id="P12-a-day-fast",
        ),
        pytest.param(
            lambda rows: [{**row, "createdAt": row["createdAt"] - 86_400_000} for row in rows],
            marks=fault("P12"),
            id="P12-a-day-slow",
        ),
        pytest.param(
            lambda rows: [None, 5, "x", {}, {"jobId": 7}, {"jobId": "../x"}, *rows],
            marks=fault("P12"),
            id="P12-odd-rows",
        ),
    ],
)
@in_virtual_time
async def test_the_one_row_with_the_seed_and_the_prompt_is_adopted(
    rows: Callable[[Rows], Rows], tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["list"] = service.lists(rows)
        async with paid_harness(service, tmp_path, key) as harness:
            await lose_an_answer(service, harness)
            await harness.until_states(S.SAVED, within_s=HOUR)
            assert harness.job().remote_id == "job_1"
            assert len(service.posts()) == 1


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(lambda rows: [], marks=fault("P12"), id="P12-empty"),
        pytest.param(
            lambda rows: [*rows, *[{**row, "jobId": "job_77"} for row in rows]],
            marks=fault("P12"),
            id="P12-two-of-one-seed",
        ),
        pytest.param(
            lambda rows: [{**row, "createdAt": row["createdAt"] - 3 * 86_400_000} for row in rows],
            marks=fault("P12"),
            id="P12-days-older",
        ),
        pytest.param(
            lambda rows: [{**row, "input": {**row["input"], "seed": 5}} for row in rows],
            marks=fault("P12"),
            id="P12-other-seed",
        ),
        pytest.param(
            lambda rows: [
                {"jobId": name, "status": "completed", "createdAt": row["createdAt"]}
                for row in rows
                for name in ("job_1", "job_78")
            ],
            marks=fault("P12"),
            id="P12-several-without-inputs",
        ),
        pytest.param(lambda rows: other_rows(300), marks=fault("P12"), id="P12-others-only"),
    ],
)
@in_virtual_time
async def test_weak_evidence_adopts_nothing_and_sends_nothing(
    rows: Callable[[Rows], Rows], tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["list"] = service.lists(rows)
        async with paid_harness(service, tmp_path, key) as harness:
            await lose_an_answer(service, harness)
            await asyncio.sleep(2 * HOUR)
            assert harness.states() == [S.UNCONFIRMED]
            assert len(service.posts()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(NOT_THERE, marks=fault("P12"), id="P12-404"),
        pytest.param(reply("500 Oops", b"<html>"), marks=fault("P12"), id="P12-500"),
        pytest.param(reply("200 OK", b'{"total": 5}'), marks=fault("P12"), id="P12-no-list"),
        pytest.param(reply("200 OK", b"["), marks=fault("P12"), id="P12-cut"),
    ],
)
@in_virtual_time
async def test_without_a_list_polling_goes_on_and_the_unconfirmed_job_stays_in_sight(
    answer: Answer, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["list"] = answer
        async with paid_harness(service, tmp_path, key) as harness:
            await lose_an_answer(service, harness)
            service.status = "processing"
            await harness.ask(2)
            await harness.until_states(S.UNCONFIRMED, S.ACCEPTED, S.ACCEPTED)
            service.status = "completed"
            await harness.until_states(S.UNCONFIRMED, S.SAVED, S.SAVED)
            assert len(service.posts()) == 3


@fault("P12")
@in_virtual_time
async def test_two_jobs_of_one_seed_share_no_row(tmp_path: Path, key: str) -> None:
    """Two unconfirmed jobs and one row that fits both: it may be either."""

    service = FakeService()
    jobs = [accepted_job(n, state=S.UNCONFIRMED, remote_id=None) for n in (1, 2)]
    twin = dataclasses.replace(jobs[1], request=jobs[0].request)
    row = RemoteJob("job_9", "running", Phase.RUNNING, seed=1, prompt=jobs[0].request.prompt)
    service.answers["jobs"] = lambda *_: Reply(JobsPage((row,)))
    async with memory_harness(service, tmp_path, key).begin_with(jobs[0], twin) as harness:
        await asyncio.sleep(2 * HOUR)
        assert harness.states() == [S.UNCONFIRMED, S.UNCONFIRMED]
