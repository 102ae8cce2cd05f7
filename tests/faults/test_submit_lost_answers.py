"""A paid request whose answer is lost, S6 to S15 and S17 to S19: never a second charge."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.api import client as client_module
from pixverse_desktop.core.errors import (
    Action,
    Ambiguous,
    ProblemCode,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import HoldReason
from pixverse_desktop.store.job_store import JobStore, StoreError
from tests.faults.catalogue import fault
from tests.support.engine_harness import client_of, paid_harness
from tests.support.factories import accepted_job
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService, header
from tests.support.scripted_server import Answer, Flood, ScriptedServer, close, reply, reset

S = JobState


MINUTE, HOUR = 60.0, 3600.0


def silence(connection: socket.socket, request: bytes) -> None:
    """No answer until the client hangs up."""
    connection.recv(1)


PAGE = b"<html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>"


INTERNAL = b'{"error": {"code": "internal_error", "message": "<b>Oops</b>"}}'


LOST = [
    pytest.param(silence, marks=fault("S6"), id="S6-read-timeout"),
    pytest.param(reset, marks=fault("S7"), id="S7-reset"),
    pytest.param(close, marks=fault("S8"), id="S8-end-of-file"),
    pytest.param(reply("502 Bad Gateway", PAGE), marks=fault("S10"), id="S10-502"),
    pytest.param(reply("503 Busy", PAGE), marks=fault("S10"), id="S10-503"),
    pytest.param(reply("504 Late", PAGE), marks=fault("S10"), id="S10-504"),
    pytest.param(reply("500 Oops", INTERNAL), marks=fault("S11"), id="S11-500"),
    pytest.param(
        reply("200 OK", b'{"jobId": "job', length=500), marks=fault("S12"), id="S12-cut-json"
    ),
    pytest.param(reply("200 OK", b'{"status": "pending"}'), marks=fault("S13"), id="S13-no-id"),
    pytest.param(reply("200 OK", b'{"jobId": null}'), marks=fault("S13"), id="S13-null"),
    pytest.param(reply("200 OK", b'{"jobId": 12345}'), marks=fault("S13"), id="S13-number"),
    pytest.param(reply("200 OK", b'{"jobId": "../../x"}'), marks=fault("S13"), id="S13-path"),
    pytest.param(reply("200 OK", b'{"jobId": ["job_1"]}'), marks=fault("S13"), id="S13-list"),
    pytest.param(
        reply("200 OK", b'{"jobId": "' + b"j" * 2**20 + b'"}'), marks=fault("S13"), id="S13-1-MB"
    ),
    pytest.param(
        reply("200 OK", b'{"jobId": "job_1", "jobId": "job_7"}'), marks=fault("S13"), id="S13-twice"
    ),
]


@pytest.mark.parametrize("answer", LOST)
@in_virtual_time
async def test_a_lost_answer_after_the_charge_is_found_again(
    answer: Answer, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)

    with PaidService() as service:
        service.next["run"] = [service.charged(answer)]
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            order = list(dict.fromkeys(harness.sink.states[job.id]))
            assert order == [S.QUEUED, S.SUBMITTING, S.UNCONFIRMED, S.ACCEPTED, S.VERIFIED,
                             S.SAVED]  # fmt: skip
            assert harness.job().remote_id == service.charges[0].job_id
            assert len(service.charges) == len(service.posts()) == 1
            told = next(p for p in harness.sink.problems if p.code is ProblemCode.UNCONFIRMED)
            assert "may have been charged" in told.message
            assert "<" not in told.message
            assert told.action is Action.DECIDE


@pytest.mark.parametrize("answer", LOST)
@in_virtual_time
async def test_without_a_list_a_lost_answer_stays_in_sight_and_is_never_sent_again(
    answer: Answer, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)

    with PaidService() as service:
        service.next["run"] = [service.charged(answer)]
        service.always["list"] = reply("404 Not Found", b"{}")
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            harness.engine.resume()
            await harness.engine.check_now(job.id)
            await asyncio.sleep(6 * HOUR)
            assert harness.states() == [S.UNCONFIRMED]
            assert not harness.job().hidden
        # Nor does the next start send it.
        async with paid_harness(service, tmp_path, key) as harness:
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.UNCONFIRMED]
        assert len(service.posts()) == 1


@fault("S9")
def test_a_kept_connection_that_just_closed_loses_no_submission(key: str) -> None:
    def keep_then_close(connection: socket.socket, request: bytes) -> None:
        body = b'{"jobId": "job_1", "status": "pending", "creditCost": 10}'
        head = f"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    with ScriptedServer(keep_then_close) as server:
        client = client_of(server.url, key)
        client.job("job_1")
        for number in range(3):
            assert client.submit(b"{}", f"attempt {number}").value.remote_id == "job_1"
        assert len(server.requests) == 4
        assert [header(sent, "Connection") for sent in server.requests[1:]] == ["close"] * 3


@fault("S14")
@in_virtual_time
async def test_the_number_of_another_job_is_believed_by_nobody(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "processing"
        service.next["run"] = [service.receipt(), service.receipt(jobId="job_1")]
        service.always["list"] = reply("404 Not Found", b"{}")
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(3)
            await harness.until_states(S.ACCEPTED, S.UNCONFIRMED, S.QUEUED)
            one, two, _ = harness.repository.all()
            assert (one.remote_id, two.remote_id) == ("job_1", None)
            assert "job_1" in harness.problem(two).detail
            await harness.until(lambda: harness.held_for() is HoldReason.UNCERTAIN)
            assert harness.hold
            assert harness.hold.problem
            assert "number of another job" in harness.hold.problem.message
            await asyncio.sleep(HOUR)
            assert len(service.posts()) == 2
            # Once the list is there the job is found under its own number.
            del service.always["list"]
            service.status = "completed"
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED, within_s=HOUR)
            assert harness.job(two).remote_id == "job_2"
            assert harness.hold is None
            assert len(service.charges) == 3


@fault("S14")
def test_the_database_holds_no_job_number_twice(tmp_path: Path) -> None:
    database = JobStore(tmp_path)
    database.open()
    one, two = accepted_job(1), accepted_job(2, state=S.UNCONFIRMED, remote_id=None)
    database.add_jobs(one)
    database.add_jobs(two)
    with pytest.raises(StoreError):
        database.update_job(replace(two, state=S.ACCEPTED, remote_id="job_1"), S.UNCONFIRMED)
    assert [job.remote_id for job in database.load_jobs()] == ["job_1", None]
    database.close()


@pytest.mark.parametrize("place", ["same host", "other host"])
@pytest.mark.parametrize(
    "status",
    [
        pytest.param("301 Moved", marks=fault("S15"), id="S15-301"),
        pytest.param("302 Found", marks=fault("S15"), id="S15-302"),
        pytest.param("303 See Other", marks=fault("S15"), id="S15-303"),
        pytest.param("307 Temporary Redirect", marks=fault("S15"), id="S15-307"),
        pytest.param("308 Permanent Redirect", marks=fault("S15"), id="S15-308"),
    ],
)
@in_virtual_time
async def test_a_redirect_is_never_followed_with_money(
    status: str, place: str, tmp_path: Path, key: str
) -> None:
    with PaidService() as service, ScriptedServer(reply("202 Accepted")) as elsewhere:
        host = service.url if place == "same host" else elsewhere.url
        goes = f"Location: {host}/api/v1/models/pixverse-v6/run"
        service.next["run"] = [reply(status, b"", goes)]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.UNCONFIRMED]
            assert len(service.posts()) == 1
            assert service.charges == elsewhere.requests == []


@fault("S15")
def test_the_page_of_a_redirect_is_not_read_without_end(key: str) -> None:
    endless = Flood("307 Temporary Redirect", "Location: /elsewhere")
    with ScriptedServer(endless) as server:
        with pytest.raises(Ambiguous):
            client_of(server.url, key).submit(b'{"prompt": "x"}', "attempt")
        assert len(server.requests) == 1
    assert endless.taken < 32 * 2**20


@fault("S17")
@in_virtual_time
async def test_two_lost_answers_in_a_row_stop_the_queue_until_the_user_goes_on(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        down = reply("500 Oops", INTERNAL)
        service.next["run"] = [service.charged(down), down]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(5)
            await harness.until(lambda: harness.held_for() is HoldReason.UNCERTAIN)
            await asyncio.sleep(2 * MINUTE)
            # The one that was charged is proven by the list, the other never is.
            assert harness.states() == [S.SAVED, S.UNCONFIRMED, S.QUEUED, S.QUEUED, S.QUEUED]
            assert len(service.posts()) == 2
            assert harness.hold
            assert harness.hold.until is None
            assert harness.hold.problem
            assert "paused until you resume it" in harness.hold.problem.message
            harness.engine.resume()
            await harness.until_states(S.SAVED, S.UNCONFIRMED, S.SAVED, S.SAVED, S.SAVED)
            assert len(service.posts()) == 5
            assert len(service.charges) == 4


@fault("S17")
@pytest.mark.parametrize("listed", [False, True], ids=["no-list", "all-found"])
@in_virtual_time
async def test_more_than_three_lost_answers_in_ten_minutes_stop_the_queue(
    listed: bool, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        if not listed:
            service.always["list"] = reply("404 Not Found", b"{}")
        down = service.charged(reply("502 Bad Gateway", PAGE))
        fine = service.receipt()
        service.next["run"] = [down, fine, down, fine, down, fine, down]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(9)
            await harness.until(lambda: harness.held_for() is HoldReason.UNCERTAIN)
            await asyncio.sleep(HOUR)
            if listed:  # each was found: there is nothing left to warn of
                assert harness.states() == [S.SAVED] * 9
                assert harness.hold is None
            else:
                assert harness.states() == [S.UNCONFIRMED, S.SAVED] * 3 + [
                    S.UNCONFIRMED, S.QUEUED, S.QUEUED,
                ]  # fmt: skip
                assert harness.held_for() is HoldReason.UNCERTAIN
            assert len(service.charges) == len(service.posts()) == (9 if listed else 7)


@fault("S18")
def test_a_connection_that_dies_in_the_middle_of_a_large_request_is_unconfirmed(key: str) -> None:
    got = 0

    def take_some(connection: socket.socket, request: bytes) -> None:
        nonlocal got
        while got < 2**20:
            got += len(connection.recv(65536))
        reset(connection, request)

    body = b'{"prompt": "x", "start_image_url": "data:image/jpeg;base64,' + b"A" * 20 * 2**20
    with ScriptedServer(take_some, read_body=False) as server:
        with pytest.raises(Ambiguous) as caught:
            client_of(server.url, key).submit(body, "attempt")
        assert len(server.requests) == 1
    assert got < len(body)
    assert "after 0 reads" not in caught.value.problem.detail


@fault("S19")
@in_virtual_time
async def test_a_charge_half_a_minute_after_the_answer_was_lost_is_found(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)
    slow: list[bytes] = []

    def think(connection: socket.socket, request: bytes) -> None:
        slow.append(request)
        silence(connection, request)

    with PaidService() as service:
        service.next["run"] = [think]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(30)
            lists = sum(b"GET /api/v1/jobs" in request for request in service.api.requests)
            assert lists >= 2  # clean lists without the job prove nothing
            assert harness.states() == [S.UNCONFIRMED]
            service.charge(slow[0])
            await harness.until_states(S.SAVED)
            assert len(service.posts()) == 1
