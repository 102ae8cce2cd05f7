"""A service out of reach, a wrong certificate, a dead proxy, S1 to S5: nothing is sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.api import client as client_module
from pixverse_desktop.core.errors import (
    Action,
    NotSent,
    ProblemCode,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.route import Route
from pixverse_desktop.core.service import Connection, HoldReason, custom_origin
from tests.faults.catalogue import fault
from tests.support.certificates import Authority, hang_up, speak_plainly
from tests.support.engine_harness import client_of, paid_harness, virtual_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, ScriptedServer, Tls, close, reply

S = JobState


MINUTE, HOUR = 60.0, 3600.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


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
        client = client_of(
            "https://paid.invalid", key, route=Route(url if way == "setting" else None)
        )
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
        client = client_of("https://paid.invalid", key, route=Route(proxy.url))
        origin = custom_origin("https://paid.invalid/api/v1")
        async with virtual_harness(tmp_path, client, origin, key) as harness:
            await harness.ask()
            await harness.until_states(S.UNCONFIRMED)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.UNCONFIRMED]
            assert "may have been charged" in harness.problem().message
            assert len(posts) == 1
