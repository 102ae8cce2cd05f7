"""What the service says about a job, P1 to P6: none is given up or paid for again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import Action, ProblemCode
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import pixeldojo_origin
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.engine_harness import (
    paid_harness,
    virtual_harness,
)
from tests.support.factories import accepted_job, demo_status
from tests.support.fake_service import (
    FakeFiles,
    FakeService,
)
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import reply, reset
from tests.support.window_fakes import RESOURCES, make_context

S = JobState


MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


NOT_THERE = reply("404 Not Found", b'{"error": {"code": "not_found"}}')


@fault("P1")
@in_virtual_time
async def test_a_job_unknown_at_first_is_not_given_up(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.next["job"] = [NOT_THERE] * 6
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            order = list(dict.fromkeys(harness.sink.states[job.id]))
            assert order == [S.QUEUED, S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED]
            assert len(service.charges) == 1


@fault("P1")
@in_virtual_time
async def test_a_job_unknown_for_ever_is_told_after_ten_minutes_and_never_sent_again(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = NOT_THERE
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.ACCEPTED)
            await asyncio.sleep(9.5 * MINUTE)
            assert harness.states() == [S.ACCEPTED]
            assert len(service.looks()) >= 5
            await harness.until_states(S.EXPIRED, within_s=5 * MINUTE)
            assert harness.problem().message == "The service does not know this job."
            assert harness.problem().action is Action.CHECK_AGAIN
            assert harness.job().remote_id == "job_1"
            await asyncio.sleep(HOUR)
            assert len(service.posts()) == 1
            # Where it turns up after all, a look brings the clip.
            del service.always["job"]
            await harness.engine.check_now(job.id)
            await harness.until_states(S.SAVED)


@fault("P1")
@in_virtual_time
async def test_a_clip_whose_drive_was_away_is_not_given_up_when_the_service_forgot_it(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            clip = harness.job().clip
            assert clip is not None
            service.always["job"] = NOT_THERE
            away = Path(clip.path).rename(tmp_path / "away.mp4")
            await harness.engine.fetch_again(job.id)
            await asyncio.sleep(0)
            assert harness.states() == [S.ACCEPTED]
            away.rename(clip.path)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.SAVED]
            assert len(service.posts()) == 1


@fault("P2")
@in_virtual_time
async def test_a_job_of_another_key_is_kept_and_said_to_be_one(tmp_path: Path, key: str) -> None:
    service = FakeService(key="the new key")
    real = pixeldojo_origin()  # the demo has one account, whatever its key
    harness = virtual_harness(tmp_path, service, real, key, files=FakeFiles())
    async with harness.begin_with(accepted_job(1, key_fingerprint="the old ", origin=real.id)):
        await asyncio.sleep(DAY)
        assert harness.states() == [S.ACCEPTED]
        assert "belongs to another API key" in harness.problem().message
        assert harness.problem().action is Action.OPEN_KEY
        assert service.attempts == []
        # With the right key it is there again, and the sentence goes.
        service.has("job_1")
        await asyncio.sleep(6 * MINUTE)
        assert harness.job().problem is None or harness.problem().code is ProblemCode.SLOW
        service.finish_all()
        await harness.until_states(S.SAVED)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["pending", "moderating", "Upscaling ✨"], marks=fault("P3"), id="P3-unknown"),
        pytest.param([None, "", 5, ["completed"]], marks=fault("P3"), id="P3-missing"),
        pytest.param(["PENDING", "Processing", "RUNNING"], marks=fault("P3"), id="P3-case"),
    ],
)
@in_virtual_time
async def test_a_word_that_is_not_known_means_still_running(
    words: list[object], tmp_path: Path, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "pixverse_desktop")

    with PaidService() as service:
        for word in words:
            service.next["job"] += [service.shows(status=word, output={})] * 3
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            assert S.FAILED not in harness.sink.states[job.id]
    told = [r.getMessage() for r in caplog.records if "the service says" in r.getMessage()]
    assert len(told) <= len(words)
    assert all(word in "\n".join(told) for word in words if isinstance(word, str))


@pytest.mark.parametrize(
    ("word", "state"),
    [
        pytest.param("COMPLETED", S.SAVED, marks=fault("P3"), id="P3-COMPLETED"),
        pytest.param(" Succeeded ", S.SAVED, marks=fault("P3"), id="P3-Succeeded"),
        pytest.param("Failed", S.FAILED, marks=fault("P3"), id="P3-Failed"),
        pytest.param("CANCELED", S.FAILED, marks=fault("P3"), id="P3-CANCELED"),
    ],
)
@in_virtual_time
async def test_the_case_of_a_status_does_not_matter(
    word: str, state: JobState, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        link = f"{service.media.url}/a.mp4"
        service.always["job"] = service.shows(status=word, output={"video": link})
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(state)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(lambda u: {"output": u}, marks=fault("P4"), id="P4-text"),
        pytest.param(lambda u: {"output": [u]}, marks=fault("P4"), id="P4-list"),
        pytest.param(lambda u: {"output": [{"url": u}]}, marks=fault("P4"), id="P4-objects"),
        pytest.param(lambda u: {"output": {"video": {"url": u}}}, marks=fault("P4"), id="P4-dict"),
        pytest.param(lambda u: {"output": {"videos": [u]}}, marks=fault("P4"), id="P4-videos"),
        pytest.param(lambda u: {"output": {"url": u}}, marks=fault("P4"), id="P4-url"),
        pytest.param(
            lambda u: {"output": None, "assets": [{"type": "image", "url": "x"},
                                                  {"type": "video", "url": u}]},
            marks=fault("P4"), id="P4-assets",
        ),
        pytest.param(lambda u: {"job": {"jobId": "job_1", "status": "completed", "output": u}},
                     marks=fault("P4"), id="P4-wrapped"),
    ],
)  # fmt: skip
@in_virtual_time
async def test_the_clip_is_found_in_every_known_shape(
    shape: Callable[[str], dict[str, Any]], tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(**shape(f"{service.media.url}/a.mp4"))
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(None, marks=fault("P4"), id="P4-null"),
        pytest.param({}, marks=fault("P4"), id="P4-empty"),
        pytest.param("", marks=fault("P4"), id="P4-no-text"),
        pytest.param(5, marks=fault("P4"), id="P4-number"),
        pytest.param({"video": {"href": "x"}}, marks=fault("P4"), id="P4-other-name"),
        pytest.param({"images": ["https://h/a.png"]}, marks=fault("P4"), id="P4-image"),
    ],
)
@in_virtual_time
async def test_completed_without_a_file_is_looked_at_again_then_told(
    output: object, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(output=output)
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.NO_FILE)
            assert len(service.looks()) >= 3
            assert harness.job().remote_id == "job_1"
            assert harness.problem().message == "The service finished without a file."
            await asyncio.sleep(HOUR)
            assert len(service.posts()) == 1
            del service.always["job"]
            await harness.engine.check_now(job.id)
            await harness.until_states(S.SAVED)


@fault("P5")
@in_virtual_time
async def test_a_finished_job_that_goes_back_to_processing_loses_nothing(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["job"] = [service.shows(), *[service.shows(status="processing")] * 5]
        # The first link is dead: the job is asked for a fresh one, and is at work again.
        service.next["clip"] = [reply("403 Forbidden")]
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until(lambda: harness.job().finished_at is not None)
            finished_at = harness.job().finished_at
            await harness.until_states(S.SAVED)
            assert harness.job().finished_at == finished_at
            order = list(dict.fromkeys(harness.sink.states[job.id]))
            assert order == [S.QUEUED, S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED]


@fault("P5")
@in_virtual_time
async def test_a_link_that_works_is_kept_though_the_job_is_at_work_again(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["job"] = [service.shows()]
        service.always["job"] = service.shows(status="processing", output=None)
        service.next["clip"] = [reset] * 4
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)


HUGE = "x" * 5 * 2**20


@pytest.mark.parametrize(
    ("error", "says"),
    [
        pytest.param("Refused by the provider", "Refused by the provider", marks=fault("P6"),
                     id="P6-text"),
        pytest.param({"code": "nsfw", "message": "Not allowed"}, "Not allowed", marks=fault("P6"),
                     id="P6-object"),
        pytest.param({"code": "nsfw"}, "nsfw", marks=fault("P6"), id="P6-code"),
        pytest.param({"why": {"deep": [1]}}, '{"why": {"deep": [1]}}', marks=fault("P6"),
                     id="P6-odd-object"),
        pytest.param("<h1>Internal</h1>\x00\u202egnp", "<h1>Internal</h1>gnp", marks=fault("P6"),
                     id="P6-markup"),
        pytest.param(HUGE, "xxx", marks=fault("P6"), id="P6-5-MB"),
        pytest.param({"message": HUGE}, "xxx", marks=fault("P6"), id="P6-5-MB-object"),
        pytest.param(None, "The service could not make this clip.", marks=fault("P6"),
                     id="P6-null"),
        pytest.param(7, "The service could not make this clip.", marks=fault("P6"),
                     id="P6-number"),
    ],
)  # fmt: skip
@in_virtual_time
async def test_a_failed_job_says_why_in_plain_short_words(
    error: object, says: str, tmp_path: Path, key: str, qtbot: QtBot
) -> None:
    with PaidService() as service:
        service.always["job"] = service.shows(status="failed", output=None, error=error)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.FAILED)
            assert says in harness.problem().message
            assert len(harness.problem().message) <= 650
            assert len(harness.problem().detail) <= 4000
            assert "\x00" not in harness.problem().message + harness.problem().detail
            await asyncio.sleep(HOUR)
            assert len(service.posts()) == 1  # it is never sent again by itself
            theme.install(RESOURCES, "dark")
            card = JobCard(make_context().bridge.price)
            qtbot.addWidget(card)
            card.show_job(harness.job(), demo_status())
            assert card.sentence.text() == harness.problem().message
