"""Faults while polling and in the list, P1 to P12: a failed look is never a failed job."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import itertools
import json
import logging
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import http
from pixverse_desktop.core.errors import Action, ProblemCode, Unreachable
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Reply
from pixverse_desktop.core.service import Connection, HoldReason, pixeldojo_origin
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.engine_harness import (
    EngineHarness,
    client_of,
    memory_harness,
    paid_harness,
    virtual_harness,
)
from tests.support.factories import accepted_job, demo_status
from tests.support.fake_service import (
    FakeFiles,
    FakeService,
    MemoryStore,
    limited,
    no_list,
    offline,
)
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, Flood, ScriptedServer, reply, reset
from tests.support.window_fakes import RESOURCES, make_context

S = JobState
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
NOT_THERE = reply("404 Not Found", b'{"error": {"code": "not_found"}}')


# --- the service does not know the job: P1, P2 ---


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


# --- what the service says: P3-P6 ---


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


# --- answers that are none: P7, P8 ---

ODD_BODIES = [
    pytest.param(b"<html>Bad gateway", marks=fault("P7"), id="P7-html"),
    pytest.param(b"", marks=fault("P7"), id="P7-empty"),
    pytest.param(b"\xef\xbb\xbf", marks=fault("P7"), id="P7-mark-alone"),
    pytest.param(b"\xff\xfe{\x00}\x00", marks=fault("P7"), id="P7-utf-16"),
    pytest.param(b"null", marks=fault("P7"), id="P7-null"),
    pytest.param(b"[1]", marks=fault("P7"), id="P7-list"),
    pytest.param(b'"completed"', marks=fault("P7"), id="P7-text"),
    pytest.param(
        b'{"jobId": "job_1", "status": "failed", "creditCost": NaN}', marks=fault("P7"), id="P7-nan"
    ),
    pytest.param(
        b'{"jobId": "job_1", "status": "failed", "n": -Infinity}', marks=fault("P7"), id="P7-inf"
    ),
    pytest.param(
        b'{"jobId": "job_1", "status": "completed", "status": "failed"}',
        marks=fault("P7"),
        id="P7-twice",
    ),
    pytest.param(
        b'{"jobId": "job_1", "status": "failed", "n": ' + b"9" * 5000 + b"}",
        marks=fault("P7"),
        id="P7-5000-digits",
    ),
    pytest.param(b"[" * 200_000, marks=fault("P7"), id="P7-200000-brackets"),
    pytest.param(b'{"a":' * 200_000, marks=fault("P7"), id="P7-200000-braces"),
    pytest.param(b'{"jobId": "job_2", "status": "failed"}', marks=fault("P7"), id="P7-other-job"),
    pytest.param(b'{"jobId": {"a": 1}, "status": "failed"}', marks=fault("P7"), id="P7-odd-id"),
]


@pytest.mark.parametrize("body", ODD_BODIES)
@in_virtual_time
async def test_an_answer_that_makes_no_sense_is_a_failed_look_and_nothing_more(
    body: bytes, tmp_path: Path, key: str
) -> None:
    with ScriptedServer(reply("200 OK", body)) as server, pytest.raises(Unreachable):
        client_of(server.url, key).job("job_1")

    with PaidService() as service:
        service.next["job"] = [reply("200 OK", body)] * 4
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            order = list(dict.fromkeys(harness.sink.states[job.id]))
            assert order == [S.QUEUED, S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED]


@fault("P7")
@in_virtual_time
async def test_a_byte_order_mark_before_a_sound_answer_does_no_harm(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:

        def marked(connection: socket.socket, request: bytes) -> None:
            body = json.dumps(service.view(service.charges[0])).encode()
            reply("200 OK", b"\xef\xbb\xbf" + body)(connection, request)

        service.always["job"] = marked
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)


def bomb(coding: str) -> Answer:
    """256 MB of spaces, as few bytes."""

    def answer(connection: socket.socket, request: bytes) -> None:
        packer = zlib.compressobj(1, zlib.DEFLATED, 31 if coding == "gzip" else 15)
        packed = b"".join(packer.compress(b" " * 2**24) for _ in range(16)) + packer.flush()
        reply("200 OK", packed, f"Content-Encoding: {coding}")(connection, request)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(bomb("gzip"), marks=fault("P8"), id="P8-gzip-bomb"),
        pytest.param(bomb("deflate"), marks=fault("P8"), id="P8-deflate-bomb"),
        pytest.param(Flood("200 OK"), marks=fault("P8"), id="P8-endless"),
        pytest.param(Flood("500 Oops"), marks=fault("P8"), id="P8-endless-error"),
        pytest.param(
            Flood("302 Found", "Location: /elsewhere"), marks=fault("P8"), id="P8-endless-redirect"
        ),
    ],
)
def test_a_body_without_bounds_is_given_up_early(answer: Answer, key: str) -> None:
    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        tracemalloc.start()
        try:
            with pytest.raises(Unreachable):
                client.job("job_1")
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert b"Accept-Encoding: identity" in server.requests[0]
    assert most < 4 * http.JSON_LIMIT_BYTES
    if isinstance(answer, Flood):
        assert answer.taken < 4 * http.JSON_LIMIT_BYTES


@fault("P8")
@in_virtual_time
async def test_an_answer_packed_although_nobody_asked_is_understood(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:

        def packed(connection: socket.socket, request: bytes) -> None:
            body = gzip.compress(json.dumps(service.view(service.charges[0])).encode())
            reply("200 OK", body, "Content-Encoding: gzip")(connection, request)

        service.always["job"] = packed
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)


@fault("P8")
def test_a_dripping_answer_is_given_up_after_half_a_minute(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(1000))
    monkeypatch.setattr(http, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b" ")

    with ScriptedServer(drip) as server, pytest.raises(Unreachable):
        client_of(server.url, key).job("job_1")
    assert next(seconds) <= 33  # of the thousand looks at the clock that it would have taken


# --- many jobs, long times: P9-P11 ---


def busiest_minute(times: list[float]) -> int:
    """The most calls in any minute."""
    return max(sum(1 for t in times if start <= t < start + 59.9) for start in times)


@pytest.mark.parametrize(
    "with_list",
    [
        pytest.param(True, marks=fault("P9"), id="P9-list"),
        pytest.param(False, marks=fault("P9"), id="P9-one-by-one"),
    ],
)
@in_virtual_time
async def test_fifty_jobs_share_one_budget_through_a_storm_of_429(
    with_list: bool, tmp_path: Path, key: str
) -> None:
    service = FakeService()
    if not with_list:
        service.answers["jobs"] = no_list
    jobs = [accepted_job(n, age_s=40) for n in range(1, 51)]
    for job in jobs:
        service.has(job.remote_id or "")
    harness = memory_harness(service, tmp_path, key, store=MemoryStore())
    async with harness.begin_with(*jobs):
        loop = asyncio.get_running_loop()
        await asyncio.sleep(5 * MINUTE)
        calm = service.times("job", "jobs")
        assert busiest_minute(calm) <= 30
        if with_list:
            assert service.times("job") == []  # one question for all fifty
        storm = loop.time()
        service.answers |= {"job": limited, "jobs": limited}
        await asyncio.sleep(20 * MINUTE)
        during = [t for t in service.times("job", "jobs") if t >= storm]
        # The bare 429s double the wait up to a minute.
        assert busiest_minute([t for t in during if t > storm + 5 * MINUTE]) <= 2
        assert harness.engine.session.budget.per_minute == 10
        assert set(harness.states()) == {S.ACCEPTED}
        over = loop.time()
        service.answers = {} if with_list else {"jobs": no_list}
        service.finish_all()
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=30 * MINUTE)
        after = [t for t in service.times("job", "jobs") if t >= over]
        assert busiest_minute(after) <= 10
        assert service.attempts == []


@fault("P9")
@in_virtual_time
async def test_a_submission_does_not_stand_behind_polls(tmp_path: Path, key: str) -> None:
    service = FakeService()
    jobs = [accepted_job(n, age_s=60) for n in range(1, 4)]
    for job in jobs:
        service.has(job.remote_id or "")
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        for _ in range(30):
            harness.engine.session.budget.record()
        await harness.ask()
        await asyncio.sleep(1)
        assert len(service.attempts) == 1
        assert service.times("job", "jobs") == []


@fault("P10")
@in_virtual_time
async def test_a_job_that_never_finishes_is_looked_at_ever_more_slowly_and_said_to_be_late(
    tmp_path: Path, key: str
) -> None:
    service = FakeService()
    async with memory_harness(service, tmp_path, key) as harness:
        began = asyncio.get_running_loop().time()
        await harness.ask()
        await asyncio.sleep(4.8 * MINUTE)
        assert harness.job().problem is None
        await asyncio.sleep(MINUTE)
        assert harness.problem().code is ProblemCode.SLOW
        assert "longer than usual" in harness.problem().message
        assert "not lost" in harness.problem().message
        await asyncio.sleep(DAY - 5.8 * MINUTE)
        looks = [t - began for t in service.times("job", "jobs")]
        late = [t for t in looks if t >= 36 * MINUTE]
        gaps = [b - a for a, b in itertools.pairwise(late)]
        assert all(0.89 * 5 * MINUTE <= gap <= 1.11 * 5 * MINUTE for gap in gaps)
        assert harness.states() == [S.ACCEPTED]
        assert len(service.attempts) == 1
        service.finish_all()
        await harness.until_states(S.SAVED)
        assert harness.job().problem is None


@fault("P10")
@in_virtual_time
async def test_being_late_is_said_without_alarm(qtbot: QtBot, tmp_path: Path, key: str) -> None:
    theme.install(RESOURCES, "dark")
    card = JobCard(make_context().bridge.price)
    qtbot.addWidget(card)

    service = FakeService()
    async with memory_harness(service, tmp_path, key) as harness:
        await harness.ask()
        await asyncio.sleep(10 * MINUTE)
        card.show_job(harness.job(), demo_status())
    assert card.sentence.text().startswith("This takes longer than usual.")
    assert not card.property("tone")


@fault("P11")
@in_virtual_time
async def test_two_hours_offline_end_by_themselves_with_looks_spread_apart(
    tmp_path: Path, key: str
) -> None:
    service = FakeService()
    service.answers |= {"job": offline, "jobs": no_list}
    jobs = [accepted_job(n, age_s=30) for n in range(1, 9)]
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(2 * HOUR)
        assert harness.engine.session.status.connection is Connection.OFFLINE
        assert set(harness.states()) == {S.ACCEPTED}
        looks = service.times("job")
        assert 100 <= len(looks) <= 200  # about one a minute, for all jobs together
        back = loop.time()
        del service.answers["job"]
        for job in jobs:
            service.has(job.remote_id or "")
        await asyncio.sleep(2 * MINUTE)
        assert harness.engine.session.status.connection is Connection.ONLINE
        due = [t for t in service.times("job") if t >= back]
        assert len(due) >= 8
        assert busiest_minute(due) <= 30
        gaps = [b - a for a, b in itertools.pairwise(due[:8])]
        assert sum(gap > 0.05 for gap in gaps) >= 3  # without the spread there is none
        service.finish_all()
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=6 * MINUTE)


@fault("P11")
@in_virtual_time
async def test_what_waits_offline_is_sent_once_when_the_network_is_back(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        port = int(service.url.rsplit(":", 1)[1])
        async with paid_harness(service, tmp_path, key) as harness:
            service.status = "processing"
            await harness.ask()
            await harness.until_states(S.ACCEPTED)
            service.api.__exit__()
            await harness.ask()
            await asyncio.sleep(2 * HOUR)
            assert harness.states() == [S.ACCEPTED, S.QUEUED]
            assert harness.held_for() is HoldReason.OFFLINE
            service.api = ScriptedServer(service.api._answer, port=port)
            service.api.__enter__()
            service.status = "completed"
            await harness.until_states(S.SAVED, S.SAVED)
            assert len(service.charges) == 2


# --- the list as evidence: P12 ---

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
