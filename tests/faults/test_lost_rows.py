"""The answer is lost after the charge, and the list writes what was sent in its own way: the job is
found, and paid once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.rules import IntRange
from tests.support.engine_harness import paid_harness
from tests.support.factories import SHORT
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import close

S = JobState
Row = dict[str, Any]
PROMPT = " Un cafe\u0301 à Paris\r\n  sous la pluie "


def prompt(text: str) -> Callable[[Row], Row]:
    return lambda row: {**row, "input": {**row["input"], "prompt": text}}


def bare(write: Callable[[datetime], object]) -> Callable[[Row], Row]:
    """A row without inputs, its time written like this."""

    def change(row: Row) -> Row:
        made = write(datetime.fromtimestamp(row["createdAt"] / 1000, UTC))
        return {"jobId": row["jobId"], "status": row["status"], "createdAt": made,
                "output": row["output"]}  # fmt: skip

    return change


ECHOES = {
    "trimmed": prompt(PROMPT.strip()),
    "folded": prompt(" ".join(PROMPT.split())),
    "composed": prompt("Un café à Paris\n  sous la pluie"),
    "rewritten": prompt("A cinematic rainy street in Paris"),
    "seed as a text": lambda row: {
        **row,
        "input": {**row["input"], "seed": str(row["input"]["seed"])},
    },
    "model's title": lambda row: {**row, "model": "Pixverse V6"},
    "on top": lambda row: {**row, "input": {}, "Seed": float(row["input"]["seed"])},
}
TIMES = {
    "no zone": bare(lambda at: at.strftime("%Y-%m-%dT%H:%M:%S")),
    "no zone, fractions": bare(lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f")),
    "rfc 822": bare(lambda at: format_datetime(at.replace(tzinfo=None))),
    "seconds": bare(lambda at: str(int(at.timestamp()))),
}


@pytest.mark.parametrize("change", [*ECHOES.values(), *TIMES.values()], ids=[*ECHOES, *TIMES])
@in_virtual_time
async def test_a_lost_answer_is_found_and_paid_once(
    change: Callable[[Row], Row], tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()

    try:
        with PaidService() as service:
            service.next["run"] = [service.charged(close)]
            service.always["list"] = service.lists(lambda rows: [change(row) for row in rows])
            async with paid_harness(service, tmp_path, key) as harness:
                await harness.ask(request=replace(SHORT, prompt=PROMPT))
                await harness.until_states(S.SAVED)
                assert harness.job().remote_id == service.charges[0].job_id
                assert len(service.charges) == len(service.posts()) == 1
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("echo", [True, False], ids=["inputs", "bare rows"])
@in_virtual_time
async def test_a_model_without_seeds_gets_none_and_its_lost_job_is_found(
    echo: bool, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.charged(close)]
        service.echo = echo
        async with paid_harness(service, tmp_path, key) as harness:
            kept = ("prompt", "resolution", "duration_s")
            lacks = [s.name for s in PIXVERSE_V6.parameters if s.name not in kept]
            model = PIXVERSE_V6.without(*lacks).changed(duration_s={"wire": "seconds"})
            harness.engine.use_model(model)
            await harness.ask()
            await harness.until_states(S.SAVED)
            assert harness.job().request.seed is None
            sent = {"prompt": SHORT.prompt, "resolution": "360p", "seconds": 1}
            assert [done.sent for done in service.charges] == [sent]


@in_virtual_time
async def test_a_seed_that_the_model_no_longer_knows_is_refused_unpaid_and_drawn_anew_on_a_retry(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            harness.engine.pause()
            await harness.ask(request=replace(SHORT, seed=2_000_000_000))
            harness.engine.use_model(PIXVERSE_V6.with_rules(seed=IntRange(0, 99_999)))
            harness.engine.resume()
            await harness.until_states(S.REJECTED)
            assert harness.problem().message == "The seed must be 0 to 99999."
            assert service.charges == []
            new = await harness.engine.retry(harness.job().id)
            assert new.request.seed in range(100_000)
            await harness.until(lambda: harness.job(new).state is S.SAVED)
            assert [done.sent["seed"] for done in service.charges] == [new.request.seed]
