"""A paid request that is put off or refused, S16 and S21 to S23: every job is kept."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import client as client_module
from pixverse_desktop.core.errors import (
    Action,
    Problem,
    ProblemCode,
    problem,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.engine_harness import paid_harness
from tests.support.factories import demo_status, make_job
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, reply
from tests.support.window_fakes import RESOURCES, make_context

S = JobState


MINUTE, HOUR = 60.0, 3600.0


PAGE = b"<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"


NOW = 1_767_225_600.0  # 1 January 2026, what the client takes the time to be


def date(after_s: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + after_s, UTC), usegmt=True)


BACKOFF = 5.0  # the first wait where the service does not say how long


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        pytest.param((), BACKOFF, marks=fault("S16"), id="S16-no-header"),
        pytest.param(("Retry-After: 5",), 5, marks=fault("S16"), id="S16-5"),
        pytest.param(("Retry-After:    7   ",), 7, marks=fault("S16"), id="S16-spaces"),
        pytest.param(("Retry-After: 0",), 1, marks=fault("S16"), id="S16-0"),
        pytest.param(("Retry-After: -1",), 1, marks=fault("S16"), id="S16-minus-1"),
        pytest.param(("Retry-After: 0.4",), 1, marks=fault("S16"), id="S16-fraction"),
        pytest.param(("Retry-After: 2.5",), 2.5, marks=fault("S16"), id="S16-2.5"),
        pytest.param(("Retry-After: 600",), 600, marks=fault("S16"), id="S16-600"),
        pytest.param(("Retry-After: 601",), 600, marks=fault("S16"), id="S16-601"),
        pytest.param(("Retry-After: 1000000000",), 600, marks=fault("S16"), id="S16-10^9"),
        pytest.param(("Retry-After: 1e9",), 600, marks=fault("S16"), id="S16-1e9"),
        pytest.param(("Retry-After: " + "9" * 400,), BACKOFF, marks=fault("S16"), id="S16-400-9s"),
        pytest.param(("Retry-After: soon",), BACKOFF, marks=fault("S16"), id="S16-soon"),
        pytest.param(("Retry-After:",), BACKOFF, marks=fault("S16"), id="S16-empty"),
        pytest.param(("Retry-After: nan",), BACKOFF, marks=fault("S16"), id="S16-nan"),
        pytest.param(("Retry-After: inf",), BACKOFF, marks=fault("S16"), id="S16-inf"),
        pytest.param(("Retry-After: -inf",), BACKOFF, marks=fault("S16"), id="S16-minus-inf"),
        pytest.param(("Retry-After: 5s",), BACKOFF, marks=fault("S16"), id="S16-unit"),
        pytest.param(("Retry-After: 0x10",), BACKOFF, marks=fault("S16"), id="S16-hex"),
        pytest.param(("Retry-After: \xb2",), BACKOFF, marks=fault("S16"), id="S16-superscript"),
        pytest.param((f"Retry-After: {date(30)}",), 30, marks=fault("S16"), id="S16-date"),
        pytest.param((f"Retry-After: {date(-99)}",), 1, marks=fault("S16"), id="S16-past-date"),
        pytest.param((f"Retry-After: {date(86400)}",), 600, marks=fault("S16"), id="S16-tomorrow"),
        pytest.param(
            ("Retry-After: Fri, 31 Dec 9999 23:59:59 GMT",), 600, marks=fault("S16"), id="S16-9999"
        ),
        pytest.param(
            ("Retry-After: Fri, 31 Dec 100000 23:59:59 GMT",),
            BACKOFF,
            marks=fault("S16"),
            id="S16-year-100000",
        ),
        pytest.param(
            ("Retry-After: Thursday, 01-Jan-26 00:00:40 GMT",), 40, marks=fault("S16"), id="S16-850"
        ),
        pytest.param(
            ("Retry-After: Thu, 32 Foo 2026 99:99:99 GMT",),
            BACKOFF,
            marks=fault("S16"),
            id="S16-no-date",
        ),
        pytest.param(("X-RateLimit-Reset: 15",), 15, marks=fault("S16"), id="S16-reset"),
        pytest.param(
            (f"X-RateLimit-Reset: {NOW + 20:.0f}",), 20, marks=fault("S16"), id="S16-reset-time"
        ),
        pytest.param(
            ("Retry-After: 3", "X-RateLimit-Reset: 15"), 3, marks=fault("S16"), id="S16-both"
        ),
    ],
)
@in_virtual_time
async def test_a_429_waits_as_long_as_asked_within_reason(
    headers: tuple[str, ...],
    wait_s: float,
    tmp_path: Path,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "time", SimpleNamespace(time=lambda: NOW))

    def slow_down(connection: socket.socket, request: bytes) -> None:
        lines = ["HTTP/1.1 429 Too Many Requests", "Connection: close", "Content-Length: 0"]
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode("latin-1"))

    with PaidService() as service:
        service.next["run"] = [slow_down]
        async with paid_harness(service, tmp_path, key) as harness:
            began = asyncio.get_running_loop().time()
            await harness.ask(2)
            await harness.until(lambda: harness.held_for() is HoldReason.RATE)
            assert harness.states() == [S.QUEUED, S.QUEUED]
            assert harness.hold
            assert harness.hold.until == pytest.approx(1_700_000_000 + began + wait_s)
            assert "asks to wait" in harness.problem().message
            await asyncio.sleep(wait_s - 0.01)
            assert service.charges == []
            await harness.until_states(S.SAVED, S.SAVED)
            assert len(service.charges) == 2


@pytest.mark.parametrize(
    "answer",
    [
        reply(
            "429 Busy", b'{"error": {"code": "concurrency_limit", "message": "No credits left"}}'
        ),
        reply("409 Conflict", b'{"code": "concurrency_limit"}', "X-RateLimit-Remaining: 0"),
    ],
    ids=["429", "409"],
)
@in_virtual_time
async def test_too_many_at_a_time_waits_for_one_to_end_and_nothing_else(
    answer: Answer, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.status = "processing"
        service.next["run"] = [service.receipt(), answer]
        async with paid_harness(service, tmp_path, key) as harness:
            rate = harness.engine.session.budget.per_minute
            await harness.ask(2)
            await harness.until(lambda: harness.held_for() is HoldReason.BUSY)
            assert harness.states() == [S.ACCEPTED, S.QUEUED]
            assert "no more clips at a time" in harness.problem(harness.repository.all()[1]).message
            await asyncio.sleep(5 * MINUTE)
            assert len(service.posts()) == 2
            service.status = "completed"
            await harness.until_states(S.SAVED, S.SAVED)
            assert (len(service.posts()), len(service.charges)) == (3, 2)
            assert harness.engine.session.budget.per_minute == rate


@in_virtual_time
async def test_any_other_conflict_is_in_doubt(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        said = b'{"code": "conflict", "message": "too many jobs at a time"}'
        service.next["run"] = [reply("409 Conflict", said)]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(HOUR)
            assert len(service.posts()) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("401 No", marks=fault("S21"), id="S21-401"),
        pytest.param("403 No", marks=fault("S21"), id="S21-403"),
    ],
)
@in_virtual_time
async def test_a_key_refused_in_mid_queue_keeps_every_job(
    answer: str, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.status = "processing"
        told = json.dumps({"error": {"code": "unauthorized", "message": f"Bad key {key}"}})
        refusal = reply(answer, told.encode())
        service.next["run"] = [service.receipt(), refusal]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(4)
            await harness.until(lambda: harness.held_for() is HoldReason.KEY)
            assert harness.states() == [S.ACCEPTED, S.QUEUED, S.QUEUED, S.QUEUED]
            assert harness.problem(harness.repository.all()[1]).action is Action.OPEN_KEY
            # What is under way goes on, also through a refused look.
            service.next["job"] = [refusal, refusal]
            await asyncio.sleep(MINUTE)
            service.status = "completed"
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.SAVED, S.QUEUED, S.QUEUED, S.QUEUED]
            assert len(service.posts()) == 2
            harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED, S.SAVED)
            assert len(service.charges) == 4


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param("402 Payment Required", b"{}", marks=fault("S22"), id="S22-402"),
        pytest.param("402 Payment Required", PAGE, marks=fault("S22"), id="S22-402-page"),
        pytest.param(
            "403 Forbidden",
            b'{"error": {"code": "insufficient_credits", "message": "You have 3 credits"}}',
            marks=fault("S22"),
            id="S22-403-credits",
        ),
    ],
)
@in_virtual_time
async def test_without_credits_the_queue_is_held_and_nothing_fails(
    status: str, body: bytes, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.receipt(), reply(status, body)]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(3)
            await harness.until(lambda: harness.held_for() is HoldReason.CREDITS)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.SAVED, S.QUEUED, S.QUEUED]
            wrong = harness.problem(harness.repository.all()[1])
            assert wrong.message.startswith("Not enough credits.")
            assert wrong.action is Action.BUY_CREDITS
            assert len(service.posts()) == 2
            harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED)
            assert len(service.charges) == 3


@pytest.mark.parametrize(
    ("status", "sent", "code", "field", "says"),
    [
        pytest.param(
            "400 Bad Request",
            {"errors": [{"path": "duration", "message": "must be <b>15</b> or less"}]},
            ProblemCode.INVALID, "duration", "must be <b>15</b> or less (duration).",
            marks=fault("S23"), id="S23-400-field",
        ),
        pytest.param(
            "400 Bad Request",
            {"error": {"code": "invalid_request", "message": "seed: too large",
                       "details": {"errors": [{"path": "seed", "message": "too large"}]}}},
            ProblemCode.INVALID, "seed", "seed: too large.", marks=fault("S23"), id="S23-400-nested",
        ),
        pytest.param(
            "422 Odd", {"detail": [{"loc": ["body", "style"], "msg": "no such style"}]},
            ProblemCode.INVALID, "style", "no such style.", marks=fault("S23"), id="S23-422",
        ),
        pytest.param(
            "413 Too Large", {}, ProblemCode.INVALID, None, "Try a smaller picture.",
            marks=fault("S23"), id="S23-413",
        ),
        pytest.param(
            "404 Not Found", {"error": {"code": "model_not_found", "message": "<i>gone</i>"}},
            ProblemCode.MODEL, None, "does not offer this model.", marks=fault("S23"), id="S23-404",
        ),
    ],
)  # fmt: skip
@in_virtual_time
async def test_a_refused_request_says_why_and_can_be_sent_anew(
    status: str,
    sent: dict[str, Any],
    code: ProblemCode,
    field: str | None,
    says: str,
    tmp_path: Path,
    key: str,
) -> None:
    with PaidService() as service:
        service.next["run"] = [reply(status, json.dumps(sent).encode())]
        async with paid_harness(service, tmp_path, key) as harness:
            bad, _ = await harness.ask(2)
            await harness.until_states(S.REJECTED, S.SAVED)
            wrong = harness.problem(bad)
            assert (wrong.code, wrong.field) == (code, field)
            assert wrong.message.endswith(says)
            usual = Action.SHOW_MODELS if code is ProblemCode.MODEL else Action.EDIT
            assert wrong.action is usual
            assert len(service.charges) == 1
            await harness.engine.retry(bad.id)
            await harness.until_states(S.REJECTED, S.SAVED, S.SAVED)
            assert len(service.charges) == 2


@pytest.mark.parametrize(
    ("state", "wrong"),
    [
        pytest.param(
            S.UNCONFIRMED,
            problem(ProblemCode.UNCONFIRMED, detail=f"HTTP 502\n{PAGE.decode()}"),
            marks=fault("S10"),
            id="S10-page",
        ),
        pytest.param(
            S.REJECTED,
            problem(ProblemCode.INVALID, "Refused: <img src=file:///etc/hostname> <b>no</b>."),
            marks=fault("S23"),
            id="S23-sentence",
        ),
    ],
)
def test_markup_from_the_service_is_shown_as_text(
    state: JobState, wrong: Problem, qtbot: QtBot
) -> None:
    theme.install(RESOURCES, "dark")
    card = JobCard(make_context().bridge.price)
    qtbot.addWidget(card)
    card.show_job(make_job(1, state, problem=wrong), demo_status())
    assert card.sentence.textFormat() is Qt.TextFormat.PlainText
    own = "The service's answer was lost; it may have been charged."
    said = own if state is JobState.UNCONFIRMED else wrong.message
    assert card.sentence.text().startswith(said)
    assert "<" not in card.sentence.text() or state is not JobState.UNCONFIRMED
    assert card.details.text.toPlainText() == wrong.detail
