"""A clip given to a model: where the service has it, how long it is, and what is sent of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixverse_desktop.api.schema import model_from_schema
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.route import SYSTEM
from pixverse_desktop.services.clip_length import seconds_at
from tests.support.clips import write_grey_clip
from tests.support.engine_harness import harness_on, paid_harness
from tests.support.factories import SHORT
from tests.support.loops import asynchronous, in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import ScriptedServer, reply
from tests.support.simulator_process import SimulatorProcess


@asynchronous
async def test_a_clip_of_ours_goes_on_by_its_address_and_its_length(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        job = await harness.engine.generate(SHORT)
        await harness.until_saved(1)
        clip = harness.repository.get(job.id).clip
        assert clip is not None
        before = len(simulator.ledger())
        link = await harness.engine.link_of(job.id)
        assert len(simulator.ledger()) == before  # asking is free
        assert seconds_at(link, SYSTEM) == pytest.approx(clip.duration_s, abs=0.05)
        await harness.engine.choose_model("lucy-extend")
        caps = harness.engine.session.models.get("lucy-extend")
        request = default_request(caps).changed(video_url=link, video_duration=clip.duration_s)
        await harness.engine.generate(request)
        await harness.until_saved(2)
        sent = simulator.ledger()[-1]["input"]
        assert (sent["video_url"], sent["video_duration"]) == (link, clip.duration_s)


@asynchronous
async def test_a_clip_that_was_never_made_has_no_address(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        job = await harness.engine.generate(SHORT)
        with pytest.raises(UserError) as raised:
            await harness.engine.link_of(job.id)
        assert raised.value.problem.code is ProblemCode.EXPIRED
        assert "no longer has this clip" in raised.value.problem.message


@pytest.mark.parametrize(
    "answer", [reply("200 OK", b"<html>"), reply("404 Gone"), reply("200 OK", b"")]
)
def test_what_is_no_clip_cannot_be_measured(answer: object) -> None:
    with ScriptedServer(answer) as server, pytest.raises(UserError) as raised:  # type: ignore[arg-type]
        seconds_at(f"{server.url}/a.mp4", SYSTEM)
    assert raised.value.problem.message == "The clip at this address could not be measured."


def test_the_clip_is_fetched_once_and_without_a_key(tmp_path: Path) -> None:
    made = write_grey_clip(tmp_path / "a.mp4")
    with ScriptedServer(reply("200 OK", (tmp_path / "a.mp4").read_bytes())) as server:
        assert seconds_at(f"{server.url}/a.mp4", SYSTEM) == pytest.approx(made.duration_s, abs=0.05)
        (asked,) = server.requests
    assert b"authorization" not in asked.lower()


GOES_ON = model_from_schema(
    {"type": "object", "required": ["prompt"], "properties": {
        "prompt": {"type": "string"}, "seed": {"type": "integer"}, "video_url": {"type": "string"},
    }}
)  # fmt: skip


@in_virtual_time
async def test_an_address_that_is_old_is_asked_for_again_before_it_is_paid_for(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            (first,) = await harness.ask()
            await harness.until_states(JobState.SAVED)
            link = await harness.engine.link_of(first.id)
        async with paid_harness(service, tmp_path, key) as harness:  # of an earlier run
            harness.engine.use_model(GOES_ON)
            request = ClipRequest("on", seed=5, values={}).changed(video_url=link)
            (second,) = await harness.ask(1, request)
            await harness.until_states(JobState.SAVED, JobState.SAVED)
            sent = service.charges[-1].sent["video_url"]
            assert sent != link
            assert sent.startswith(link.partition("?")[0])
            assert harness.job(second).request.get("video_url") == sent


@in_virtual_time
async def test_a_clip_that_is_gone_is_not_paid_for(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            (first,) = await harness.ask()
            await harness.until_states(JobState.SAVED)
            link = await harness.engine.link_of(first.id)
            harness.engine.use_model(GOES_ON)
            service.always["job"] = reply("404 Not Found", b'{"error": {"code": "not_found"}}')
            request = ClipRequest("on", seed=5, values={}).changed(video_url=link)
            (second,) = await harness.ask(1, request)
            await harness.until_states(JobState.SAVED, JobState.REJECTED)
            assert "no longer has this clip" in harness.problem(second).message
            assert len(service.charges) == 1
