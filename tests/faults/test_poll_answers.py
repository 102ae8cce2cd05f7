"""Answers about a job that make no sense or have no end, P7 and P8."""

from __future__ import annotations

import gzip
import json
import socket
import tracemalloc
import zlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from pixverse_desktop.api import connections, http
from pixverse_desktop.core.errors import Unreachable
from pixverse_desktop.core.jobs.states import JobState
from tests.faults.catalogue import fault
from tests.support.engine_harness import (
    client_of,
    paid_harness,
)
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, Flood, ScriptedServer, reply

S = JobState


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
    monkeypatch.setattr(
        connections, "time", SimpleNamespace(monotonic=lambda: float(next(seconds)))
    )

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b" ")

    with ScriptedServer(drip) as server, pytest.raises(Unreachable):
        client_of(server.url, key).job("job_1")
    assert next(seconds) <= 33  # of the thousand looks at the clock that it would have taken
