"""Faults of the paid request, S1 to S25: never a second charge, never a silent loss."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import client as client_module
from pixverse_desktop.core.errors import (
    Action,
    Ambiguous,
    NotSent,
    Problem,
    ProblemCode,
    problem,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import Reply, Submission
from pixverse_desktop.core.service import Connection, HoldReason, custom_origin
from pixverse_desktop.store.job_store import JobStore, StoreError
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.queue.card import JobCard
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.faults.catalogue import fault
from tests.support.certificates import Authority, hang_up, speak_plainly
from tests.support.engine_harness import client_of, memory_harness, paid_harness, virtual_harness
from tests.support.factories import accepted_job, demo_status, make_job
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time, soon
from tests.support.paid_service import PaidService, header
from tests.support.scripted_server import Answer, Flood, ScriptedServer, Tls, close, reply, reset
from tests.support.window_fakes import RESOURCES, FakePlayer, FakeQueue, make_context

S = JobState
MINUTE, HOUR = 60.0, 3600.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def silence(connection: socket.socket, request: bytes) -> None:
    """No answer until the client hangs up."""
    connection.recv(1)


# --- not sent: S1-S5 ---


@contextlib.contextmanager
def no_such_host(port: int, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name has no address until the context ends."""
    asked: list[str] = []

    def nobody(host: str, *_: object, **__: object) -> Any:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with patch.context() as patched:
        patched.setattr(socket, "getaddrinfo", nobody)
        yield f"http://localhost:{port}"
    assert set(asked) == {"localhost"}

    def found(_: str, asked_port: int, *__: object, **___: object) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", asked_port))]

    patch.setattr(socket, "getaddrinfo", found)


@contextlib.contextmanager
def nobody_listens(port: int, _: pytest.MonkeyPatch) -> Iterator[str]:
    yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def nobody_accepts(port: int, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The connection is never made: others fill the server's queue."""
    patch.setattr(client_module, "CONNECT_LIMIT_S", 0.1)
    with contextlib.ExitStack() as open_ones:
        listener = open_ones.enter_context(socket.socket())
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(0)
        for _ in range(4):
            other = open_ones.enter_context(socket.socket())
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                other.connect(("127.0.0.1", port))
        yield f"http://127.0.0.1:{port}"
    patch.setattr(client_module, "CONNECT_LIMIT_S", 5.0)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(no_such_host, marks=fault("S1"), id="S1-no-such-host"),
        pytest.param(nobody_listens, marks=fault("S2"), id="S2-refused"),
        pytest.param(nobody_accepts, marks=fault("S3"), id="S3-connect-timeout"),
    ],
)
@in_virtual_time
async def test_a_service_out_of_reach_is_waited_for_and_paid_once(
    trouble: Any, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()

    async with contextlib.AsyncExitStack() as later:
        with trouble(port, monkeypatch) as url:
            client, origin = client_of(url, key), custom_origin(f"{url}/api/v1")
            harness = await later.enter_async_context(
                virtual_harness(tmp_path, client, origin, key)
            )
            await harness.ask()
            await harness.until(lambda: harness.held_for() is HoldReason.OFFLINE)
            await asyncio.sleep(30)
            assert harness.states() == [S.QUEUED]
            assert harness.problem().code is ProblemCode.OFFLINE
            assert harness.problem().message.startswith("The service cannot be reached.")
            assert harness.problem().action is Action.CHECK_NETWORK
            assert harness.hold
            assert harness.hold.until is not None
            assert harness.engine.session.status.connection is Connection.OFFLINE
        service = later.enter_context(PaidService(port=port))
        await harness.until_states(S.SAVED)
        assert len(service.charges) == len(service.posts()) == 1
        assert harness.hold is None


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that the client trusts."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    made = Authority(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(made.root))
    return made


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(lambda authority: hang_up, marks=fault("S4"), id="S4-handshake-closed"),
        pytest.param(lambda authority: speak_plainly, marks=fault("S4"), id="S4-plain-http"),
        pytest.param(
            lambda authority: authority.server("127.0.0.1", own=True),
            marks=fault("S4"),
            id="S4-self-signed",
        ),
        pytest.param(
            lambda authority: authority.server("127.0.0.1", days=-1),
            marks=fault("S4"),
            id="S4-expired",
        ),
        pytest.param(
            lambda authority: authority.server("somebody.example"),
            marks=fault("S4"),
            id="S4-other-name",
        ),
    ],
)
@in_virtual_time
async def test_a_certificate_that_proves_nothing_gets_nothing(
    server: Callable[[Authority], Tls], authority: Authority, tmp_path: Path, key: str
) -> None:
    with PaidService(tls=server(authority)) as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until(lambda: harness.held_for() is HoldReason.OFFLINE)
            await asyncio.sleep(10)
            assert harness.states() == [S.QUEUED]
            wrong = harness.problem()
            assert wrong.code is ProblemCode.CERTIFICATE
            assert "certificate" in wrong.message
            # All that is offered is the page of the proxy; checks cannot be turned off.
            assert wrong.action is Action.CHECK_NETWORK
            assert service.charges == service.posts() == []
            assert not any(key.encode() in request for request in service.api.requests)


@fault("S4")
@in_virtual_time
async def test_the_same_certificate_in_order_is_trusted(
    authority: Authority, tmp_path: Path, key: str
) -> None:
    with PaidService(tls=authority.server("127.0.0.1")) as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(None, marks=fault("S5"), id="S5-dead-proxy"),
        pytest.param(close, marks=fault("S5"), id="S5-proxy-hangs-up"),
        pytest.param(
            reply("200 OK", b"<html>Welcome to the hotel"), marks=fault("S5"), id="S5-captive-200"
        ),
        pytest.param(
            reply("302 Found", b"", "Location: http://hotel.example/"),
            marks=fault("S5"),
            id="S5-captive-302",
        ),
        pytest.param(
            reply("407 Proxy Authentication Required", b"<html>"), marks=fault("S5"), id="S5-407"
        ),
    ],
)
@pytest.mark.parametrize("way", ["setting", "environment"])
def test_a_proxy_that_leads_nowhere_sends_nothing(
    answer: Answer | None, way: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with ScriptedServer(answer or close, read_body=False) as proxy:
        url = proxy.url if answer else f"http://127.0.0.1:{free_port()}"
        if way == "environment":
            monkeypatch.setenv("HTTPS_PROXY", url)
        client = client_of("https://paid.invalid", key, proxy=url if way == "setting" else "")
        with pytest.raises(NotSent) as caught:
            client.submit(b'{"prompt": "x"}', "attempt")
        assert bool(proxy.requests) == bool(answer)
        for asked in proxy.requests:
            assert asked.startswith(b"CONNECT paid.invalid:443")
            assert key.encode() not in asked
    assert "0 reads" in caught.value.problem.detail
    assert caught.value.problem.action is Action.CHECK_NETWORK


@fault("S5")
@in_virtual_time
async def test_a_portal_inside_the_connection_leaves_it_unconfirmed(
    authority: Authority, tmp_path: Path, key: str
) -> None:
    """Who answers in the service's name with a page may or may not have passed it on."""
    speak = authority.server("paid.invalid")
    posts: list[bytes] = []

    def portal(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with speak(connection) as inside:
            request = inside.recv(65536)
            if request.startswith(b"POST"):
                posts.append(request)
                while b"seed" not in posts[-1]:
                    posts[-1] += inside.recv(65536)
            reply("200 OK", b"<html><h1>Please log in</h1>")(inside, request)

    with ScriptedServer(portal, read_body=False) as proxy:
        client = client_of("https://paid.invalid", key, proxy=proxy.url)
        origin = custom_origin("https://paid.invalid/api/v1")
        async with virtual_harness(tmp_path, client, origin, key) as harness:
            await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.UNCONFIRMED]
            assert "may have been charged" in harness.problem().message
            assert len(posts) == 1


# --- the answer is lost, whatever it was: S6-S15 ---

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
    database.add_job(one)
    database.add_job(two)
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


# --- asked to wait: S16 ---

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


# --- trouble that lasts: S17-S19 ---


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
            assert "nothing more is sent until you go on" in harness.hold.problem.message
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


# --- one press, one job: S20 ---


@fault("S20")
@in_virtual_time
async def test_two_programs_on_one_queue_send_a_job_once(tmp_path: Path, key: str) -> None:
    """The lock keeps a second program out; the row itself keeps the second request in."""

    service = FakeService()
    async with memory_harness(service, tmp_path, key) as one:
        one.engine.pause()
        await one.ask(3)
        async with memory_harness(service, tmp_path, key) as two:
            one.engine.resume()
            two.engine.resume()
            await soon(lambda: len(service.attempts) >= 3)
            await asyncio.sleep(HOUR)
            assert len(service.attempts) == 3
            assert S.QUEUED not in one.states() + two.states()
            # Neither stands still for it.
            await two.ask()
            await soon(lambda: len(service.attempts) == 4)


@fault("S20")
@in_virtual_time
async def test_resume_pressed_again_and_again_sends_each_job_once(tmp_path: Path, key: str) -> None:
    async def slowly(body: bytes, attempt: str) -> Reply[Submission]:
        await asyncio.sleep(20)
        return Reply(Submission("job_" + attempt[:8], 10, 90))

    service = FakeService()
    service.answers["submit"] = slowly
    async with memory_harness(service, tmp_path, key) as harness:
        harness.engine.pause()
        await harness.ask(2)
        for _ in range(3):
            harness.engine.resume()
        await asyncio.sleep(5)
        for _ in range(3):
            harness.engine.resume()
        await asyncio.sleep(5 * MINUTE)
        assert len(service.attempts) == 2
        # One at a time: the second only after the first was answered.
        first, second = service.times("submit")
        assert second - first >= 20


@pytest.fixture
def context() -> UiContext:
    """Fakes around the window; its bus writes down what is asked for."""
    return make_context()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """The whole window, on fakes."""
    theme.install(RESOURCES, "dark")
    made = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.compose.set_request(ClipRequest("A fox"))
    return made


def clips_asked_for(context: UiContext) -> int:
    calls: list[tuple[object, ...]] = context.bridge.calls
    return [call[0] for call in calls].count("generate")


@fault("S20")
def test_a_double_click_asks_for_one_clip(window: MainWindow, context: UiContext) -> None:
    button = window.compose.cost.button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert clips_asked_for(context) == 1


@pytest.mark.parametrize(
    ("where", "held", "modifiers"),
    [
        pytest.param("prompt", Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-return"),
        pytest.param("prompt", Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-enter"),
        pytest.param("button", Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier,
                     marks=fault("S20"), id="S20-space"),
        pytest.param("button", Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier,
                     marks=fault("S20"), id="S20-ctrl-return-on-button"),
    ],
)  # fmt: skip
def test_a_key_held_down_asks_for_one_clip(
    window: MainWindow,
    context: UiContext,
    where: str,
    held: Qt.Key,
    modifiers: Qt.KeyboardModifier,
) -> None:
    widget = window.compose.form.prompt if where == "prompt" else window.compose.cost.button
    text = " " if held == Qt.Key.Key_Space else ""
    widget.setFocus()
    for number in range(40):
        QTest.simulateEvent(widget, True, int(held), modifiers, text, number > 0)
    QTest.simulateEvent(widget, False, int(held), modifiers, text, False)
    assert clips_asked_for(context) == 1


@fault("S20")
def test_a_held_return_on_the_button_asks_for_one_clip_at_most(
    window: MainWindow, context: UiContext
) -> None:
    button = window.compose.cost.button
    button.setFocus()
    none = Qt.KeyboardModifier.NoModifier
    for number in range(40):
        QTest.simulateEvent(button, True, int(Qt.Key.Key_Return), none, "\r", number > 0)
    QTest.simulateEvent(button, False, int(Qt.Key.Key_Return), none, "\r", False)
    assert clips_asked_for(context) <= 1


# --- refused in the middle of the queue: S21-S23 ---


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


# --- odd receipts: S24, S25 ---


@pytest.mark.parametrize(
    ("changes", "charged", "balance", "says"),
    [
        pytest.param({"creditCost": 40}, 40, 490, "charged 40 credits instead of 10",
                     marks=fault("S24"), id="S24-40"),
        pytest.param({"creditCost": 0}, 0, 490, "",
                     marks=fault("S24"), id="S24-0"),
        pytest.param({"creditCost": None}, None, 490, "did not say what it charged",
                     marks=fault("S24"), id="S24-missing"),
        pytest.param({"creditCost": "10"}, 10, 490, "",
                     marks=fault("S24"), id="S24-text"),
        pytest.param({"creditCost": -40}, None, 490, "did not say what it charged",
                     marks=fault("S24"), id="S24-negative"),
        pytest.param({"creditsRemaining": -5}, 10, None, "", marks=fault("S24"), id="S24-left-neg"),
        pytest.param({"creditsRemaining": "95"}, 10, None, "", marks=fault("S24"), id="S24-left-text"),
        pytest.param({"creditsRemaining": True}, 10, None, "", marks=fault("S24"), id="S24-left-true"),
        pytest.param({"creditsRemaining": None}, 10, None, "", marks=fault("S24"), id="S24-left-none"),
    ],
)  # fmt: skip
@in_virtual_time
async def test_an_odd_price_is_accepted_and_stops_the_queue(
    changes: dict[str, object],
    charged: int | None,
    balance: int | None,
    says: str,
    tmp_path: Path,
    key: str,
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.receipt(**changes)]
        async with paid_harness(service, tmp_path, key) as harness:
            first, _ = await harness.ask(2)
            await harness.until(lambda: harness.job(first).state is S.SAVED)
            assert harness.job(first).credit_cost == charged
            if says:
                assert harness.engine.session.status.credits == balance
                assert harness.held_for() is HoldReason.COST
                assert harness.hold
                assert harness.hold.problem
                assert says in harness.hold.problem.message
                await asyncio.sleep(HOUR)
                assert harness.states() == [S.SAVED, S.QUEUED]
                harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED)
            assert len(service.charges) == 2
            assert harness.engine.session.status.credits == 480


@fault("S24")
@in_virtual_time
async def test_a_service_that_never_names_its_price_is_told_of_once(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=None)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask(3)
            await harness.until(lambda: harness.held_for() is HoldReason.COST)
            harness.engine.resume()
            await harness.until_states(S.SAVED, S.SAVED, S.SAVED)
            assert harness.hold is None


@fault("S24")
@in_virtual_time
async def test_an_odd_balance_is_not_shown(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.status = "processing"
        service.always["run"] = service.receipt(creditsRemaining=-5)
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            service.next["job"] = [service.shows(creditsRemaining="-1", creditCost=-3)]
            await asyncio.sleep(MINUTE)
            assert harness.engine.session.status.credits is None
            assert harness.job().credit_cost == 10


@fault("S25")
@in_virtual_time
async def test_a_status_address_elsewhere_is_never_visited(tmp_path: Path, key: str) -> None:
    with PaidService() as service, ScriptedServer(reply("200 OK", b"{}")) as evil:
        steal = f"{evil.url}/steal"
        service.next["run"] = [service.receipt(statusUrl=steal)]
        service.next["job"] = [service.shows(status="processing", statusUrl=steal)]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
        assert set(service.looks()) == {"/api/v1/jobs/job_1"}
        assert evil.requests == []
