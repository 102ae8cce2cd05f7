"""Addresses from outside: no host holds a worker for ever, and none leads further inside."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.api import client as client_module
from pixverse_desktop.api import connections, download, http
from pixverse_desktop.api.connections import Nearness, nearness
from pixverse_desktop.api.image_fetch import CLIP, PICTURE, Fetched, PictureFetcher
from pixverse_desktop.core.errors import Ambiguous, DownloadFailed, Unreachable, UserError
from pixverse_desktop.core.route import SYSTEM
from pixverse_desktop.services import clip_length
from tests.support.certificates import Authority
from tests.support.engine_harness import client_of
from tests.support.scripted_server import Answer, ScriptedServer, reply

PNG = reply("200 OK", b"\x89PNG")
INSIDE = "::ffff:127.0.0.1"  # this machine, by another of its addresses
SURROUNDINGS = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .test lead to 127.0.0.1, inside.test to this machine by another address."""
    for name in (*SURROUNDINGS, *map(str.lower, SURROUNDINGS)):
        monkeypatch.delenv(name, raising=False)
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: object, **how: object) -> object:
        if host == "inside.test":
            return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (INSIDE, port, 0, 0))]
        return real("127.0.0.1" if str(host).endswith(".test") else host, port, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Callable[[Nearness], None]:
    """Makes 127.0.0.1 an address as near as told, for connections."""

    def stands(at: Nearness) -> None:
        monkeypatch.setattr(
            connections, "nearness", lambda a: at if a == "127.0.0.1" else nearness(a)
        )

    return stands


# --- time ---


def drip_headers(connection: socket.socket, request: bytes) -> None:
    """One byte of an endless header at a time, each well within a timeout of one read."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(500):
        connection.sendall(b"a")
        time.sleep(0.01)


def drip_chunk(connection: socket.socket, request: bytes) -> None:
    """The same within the size of a piece of the body."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;")
    for _ in range(500):
        connection.sendall(b"a")
        time.sleep(0.01)


def slow_circle(connection: socket.socket, request: bytes) -> None:
    """Leads on and on, each time just within the limit."""
    time.sleep(0.15)
    reply("302 Found", b"", "Location: /again")(connection, request)


@pytest.mark.parametrize("answer", [drip_headers, drip_chunk, slow_circle])
@pytest.mark.parametrize("kind", [PICTURE, CLIP], ids=["picture", "clip"])
def test_an_address_that_drips_is_given_up(answer: Answer, kind: Fetched) -> None:
    started = time.monotonic()
    with ScriptedServer(answer) as server, pytest.raises(UserError, match="too long to answer"):
        PictureFetcher().fetch(f"{server.url}/a.png", replace(kind, within_s=0.3))
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("answer", [drip_headers, drip_chunk])
def test_a_service_that_drips_is_given_up(
    answer: Answer, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "TOTAL_LIMIT_S", 0.2)
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)
    monkeypatch.setattr(download, "_OPEN_LIMIT_S", 0.2)
    monkeypatch.setattr(download, "TOTAL_LIMIT_S", 0.2)
    started = time.monotonic()
    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        with pytest.raises(Unreachable):
            client.job("job_1")
        with pytest.raises(Ambiguous):  # it was sent; nobody knows what became of it
            client.submit(b"{}", "attempt")
        with pytest.raises(DownloadFailed):
            client.download(f"{server.url}/a", tmp_path / "a.part", lambda done, total: None)
        assert len(server.requests) == 3
    assert time.monotonic() - started < 3


def test_a_slow_line_has_its_time_to_send(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_LIMIT_S", 0.2)
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)
    read = http.BodyTap.read

    def slowly(self: http.BodyTap, size: int = -1) -> bytes:
        time.sleep(0.15)
        return read(self, size)

    monkeypatch.setattr(http.BodyTap, "read", slowly)
    with ScriptedServer(reply("200 OK", b'{"jobId": "job_1"}')) as server:
        taken = client_of(server.url, key).submit(b" " * 60_000, "attempt")
    assert taken.value.remote_id == "job_1"


def test_a_host_with_many_dead_addresses_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def never(address: tuple[str, int], timeout: float, **how: object) -> socket.socket:
        tried.append(address[0])
        assert timeout <= 0.25
        time.sleep(min(timeout, 0.1))
        raise TimeoutError

    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda host, port, *rest, **how: [(2, 1, 6, "", (f"192.0.2.{n}", port)) for n in range(99)],
    )  # fmt: skip
    monkeypatch.setattr("urllib3.util.connection.create_connection", never)
    with pytest.raises(UserError, match="too long to answer"):
        PictureFetcher().fetch("http://many.test/a.png", replace(PICTURE, within_s=0.25))
    assert tried == ["192.0.2.0", "192.0.2.1", "192.0.2.2"]


# --- place ---


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", 2), ("127.9.9.9", 2), ("::1", 2), (INSIDE, 2), ("0.0.0.0", 2), ("::", 2),
     ("10.1.2.3", 1), ("192.168.0.9", 1), ("169.254.169.254", 1), ("fe80::1", 1), ("fd00::1", 1),
     ("::ffff:10.0.0.1", 1), ("100.64.0.1", 1), ("93.184.216.34", 0), ("2606:4700::1111", 0)],
)  # fmt: skip
def test_how_near_an_address_is(address: str, expected: int) -> None:
    assert nearness(address) == expected


@pytest.mark.parametrize(
    ("at", "host"),
    [(Nearness.PUBLIC, "127.0.0.1"), (Nearness.PUBLIC, "localhost"), (Nearness.PUBLIC, "[::1]"),
     (Nearness.PUBLIC, "10.1.2.3"), (Nearness.PUBLIC, "printer.local"),
     (Nearness.PUBLIC, "inside.test"), (Nearness.PRIVATE, "inside.test"),
     (Nearness.PRIVATE, "[::1]"), (Nearness.PRIVATE, "[::ffff:127.0.0.1]")],
)  # fmt: skip
def test_a_redirect_from_outside_leads_no_further_inside(
    outside: Callable[[Nearness], None], at: Nearness, host: str
) -> None:
    outside(at)
    with ScriptedServer(PNG) as admin:
        port = admin.url.rsplit(":", 1)[-1]
        there = reply("302 Found", b"", f"Location: http://{host}:{port}/admin")
        with ScriptedServer(there) as server:
            url = server.url.replace("127.0.0.1", "pictures.test")
            with pytest.raises(UserError, match="into this computer or its network"):
                PictureFetcher().fetch(f"{url}/a.png")
        assert admin.requests == []


@pytest.mark.parametrize("at", [Nearness.PUBLIC, Nearness.PRIVATE])
def test_a_redirect_among_equals_is_followed(
    outside: Callable[[Nearness], None], at: Nearness
) -> None:
    outside(at)
    with ScriptedServer(PNG) as other:
        port = other.url.rsplit(":", 1)[-1]
        there = reply("302 Found", b"", f"Location: http://other.test:{port}/a.png")
        with ScriptedServer(there) as server:
            url = server.url.replace("127.0.0.1", "pictures.test")
            assert PictureFetcher().fetch(f"{url}/a.png") == b"\x89PNG"


def test_the_users_own_address_on_this_machine_may_lead_on_there() -> None:
    with ScriptedServer(PNG) as other:
        there = reply("302 Found", b"", f"Location: {other.url}/a.png")
        with ScriptedServer(there) as server:
            assert PictureFetcher().fetch(f"{server.url}/a.png") == b"\x89PNG"


def test_no_redirect_leads_from_https_to_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with ScriptedServer(PNG) as plain:
        port = plain.url.rsplit(":", 1)[-1]
        there = reply("302 Found", b"", f"Location: http://pictures.test:{port}/a.png")
        with ScriptedServer(there, tls=authority.server("pictures.test")) as server:
            url = server.url.replace("127.0.0.1", "pictures.test")
            with pytest.raises(UserError, match="from https on to http"):
                PictureFetcher().fetch(f"{url}/a.png")
        assert plain.requests == []


# --- size ---


def test_a_large_clip_is_called_a_clip_with_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert CLIP.most_bytes == 100 * 2**20
    monkeypatch.setattr("pixverse_desktop.api.image_fetch.CLIP", replace(CLIP, most_bytes=99))
    with ScriptedServer(reply("200 OK", bytes(100))) as server, pytest.raises(UserError) as caught:
        clip_length.seconds_at(f"{server.url}/a.mp4", SYSTEM)
    assert caught.value.problem.detail == (
        "This clip is larger than 100 MB, too large to be measured."
    )
