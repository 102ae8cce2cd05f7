"""Behind a company's proxy: every hop that fails is named, nothing is sent, no password is told."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.api import client as client_module
from pixverse_desktop.api import surroundings
from pixverse_desktop.api.client import Client
from pixverse_desktop.api.http import NoAuth, Sessions
from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.api.surroundings import LOGINS, LoginWanted, ProxyLogins
from pixverse_desktop.api.trust import certificate_file_problem
from pixverse_desktop.cli import entry
from pixverse_desktop.core.errors import (
    Action,
    DownloadFailed,
    NotSent,
    ProblemCode,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.route import Route
from pixverse_desktop.core.service import Connection, HoldReason, Origin, OriginKind
from pixverse_desktop.services import network
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import Settings, own_proxy, save_json
from tests.support.certificates import Authority, hang_up, speak_plainly
from tests.support.engine_harness import virtual_harness
from tests.support.loops import in_virtual_time
from tests.support.proxies import ConnectProxy, SocksProxy
from tests.support.scripted_server import ScriptedServer, reply

ACCEPTED = reply(
    "200 OK",
    b'{"jobId": "j1", "status": "pending", "creditCost": 10, "models": [{"apiId": "pixverse-v6",'
    b' "modality": "video", "creditCost": 10}]}',
)
LOGIN = ("jane", "p:a@s/s wörd")
Way = Callable[[int], str]


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No certificates and proxies but those of the test; names under .test lead here."""
    LOGINS.forget()
    for name in list(os.environ):
        if name.lower().endswith(("_proxy", "_ca_bundle")) or name.startswith("SSL_CERT_"):
            monkeypatch.delenv(name)
    real = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **how: Any) -> Any:
        if str(host).endswith(".nowhere"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real("127.0.0.1" if str(host).endswith(".test") else host, *rest, **how)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[ScriptedServer]:
    with ScriptedServer(ACCEPTED, tls=authority.server("service.test")) as made:
        yield made


def port_of(server: ScriptedServer) -> int:
    return int(server.url.rsplit(":", 1)[-1])


def client_of(port: int, key: str, route: Route, host: str = "service.test") -> Client:
    url = f"https://{host}:{port}"
    return Client(
        Origin(OriginKind.CUSTOM, url, f"{url}/api/v1"), key, lambda frame: b"", route=route
    )


def route_of(kind: str, port: int, authority: Authority, login: tuple[str, str] | None) -> Route:
    """As the settings and the keyring give it, with names resolved by the proxy."""
    name, password = login or ("", "")
    host = "127.0.0.1" if kind == "socks5h" else "proxy.test"  # PySocks asks the system
    proxy = own_proxy(kind, host, port, name)
    settings = Settings(proxy_use="own", proxy=proxy, certificates=str(authority.root))
    return find_route(settings, Secrets(), password)


@pytest.mark.parametrize("login", [None, LOGIN], ids=["open", "login"])
@pytest.mark.parametrize("kind", ["http", "https", "socks5h"])
def test_a_company_proxy_is_gone_through(
    kind: str, login: tuple[str, str] | None, authority: Authority, server: ScriptedServer,
    key: str, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")  # a chosen one wins over it
    monkeypatch.setenv("NO_PROXY", "service.test")
    target = port_of(server)
    tls = authority.server("proxy.test") if kind == "https" else None
    made: Any = (
        SocksProxy(target, login=login) if kind == "socks5h"
        else ConnectProxy(target, login=login, tls=tls)
    )  # fmt: skip
    with made as proxy:
        client = client_of(target, key, route_of(kind, proxy.port, authority, login))
        assert client.submit(b"{}", "attempt").value.remote_id == "j1"
        assert client.job("j1").value.remote_id == "j1"
    asked = "service.test" if kind == "socks5h" else f"CONNECT service.test:{target} HTTP/1.1"
    assert [line.replace("HTTP/1.0", "HTTP/1.1") for line in proxy.asked] == [asked, asked]
    assert len(server.requests) == 2


def test_no_proxy_is_none_whatever_the_environment_says(
    authority: Authority, server: ScriptedServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    settings = Settings(proxy_use="none", proxy="http://h:1", certificates=str(authority.root))
    client = client_of(port_of(server), key, find_route(settings, Secrets()))
    assert client.submit(b"{}", "attempt").value.remote_id == "j1"


def test_this_machine_is_never_behind_a_proxy(key: str) -> None:
    with ScriptedServer(ACCEPTED) as demo:
        client = Client(
            Origin(OriginKind.DEMO, "demo", f"{demo.url}/api/v1"), key, lambda frame: b"",
            route=Route("http://127.0.0.1:1"),
        )  # fmt: skip
        assert client.submit(b"{}", "attempt").value.remote_id == "j1"


# --- every hop ---


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


HTTP, SOCKS, TLS = (
    "http://jane:hush@proxy.test",
    "socks5h://jane:hush@127.0.0.1",
    "https://proxy.test",
)
LOGIN_TEXT = "wants a name and a password"
# What stands on the way (given the port of the service), the proxy, what is said and tested.
HOPS: dict[str, tuple[Any, str, str, str, ProblemCode]] = {
    "proxy name": (None, "http://proxy.nowhere:1", "its name is not known", "the name of the proxy",
                   ProblemCode.OFFLINE),
    "socks name": (None, "socks5h://proxy.nowhere:1", "its name is not known",
                   "the name of the proxy", ProblemCode.OFFLINE),
    "proxy refuses": (None, HTTP, "cannot be reached through the proxy", "does not answer",
                      ProblemCode.OFFLINE),
    "socks refuses": (None, SOCKS, "cannot be reached through the proxy", "does not answer",
                      ProblemCode.OFFLINE),
    "proxy login": (lambda at: ConnectProxy(at, login=LOGIN), HTTP, LOGIN_TEXT, LOGIN_TEXT,
                    ProblemCode.PROXY),
    "socks login": (lambda at: SocksProxy(at, login=LOGIN), SOCKS, LOGIN_TEXT, LOGIN_TEXT,
                    ProblemCode.PROXY),
    "socks nobody": (lambda at: SocksProxy(at, login=LOGIN), "socks5h://127.0.0.1", LOGIN_TEXT,
                     LOGIN_TEXT, ProblemCode.PROXY),
    "proxy leads nowhere": (lambda at: ConnectProxy(at, answer=reply("502 Bad Gateway")), HTTP,
                            "answers, but does not lead there", "does not lead there",
                            ProblemCode.OFFLINE),
    "socks leads nowhere": (lambda at: SocksProxy(at, refusal=4), "socks5h://127.0.0.1",
                            "answers, but does not lead there", "does not lead there",
                            ProblemCode.OFFLINE),
    "proxy certificate": (lambda at: ConnectProxy(at, tls=speak_plainly), TLS,
                          "certificate of the proxy", "proxy's certificate",
                          ProblemCode.CERTIFICATE),
}  # fmt: skip


@pytest.mark.parametrize("hop", list(HOPS))
def test_the_hop_that_fails_is_named_and_nothing_is_sent(
    hop: str, authority: Authority, server: ScriptedServer, key: str, tmp_path: Path
) -> None:
    make, address, said, tested, code = HOPS[hop]
    target = port_of(server)
    on_the_way: AbstractContextManager[Any] = make(target) if make else nullcontext()
    with on_the_way as proxy:
        port = proxy.port if proxy else closed_port()
        url = address if address.endswith(":1") else f"{address}:{port}"
        client = client_of(target, key, Route(url, str(authority.root)))
        with pytest.raises(NotSent) as caught:
            client.submit(b"{}", "attempt")
        with pytest.raises(Unreachable) as asked:
            client.job("j1")
        with pytest.raises(DownloadFailed) as fetched:
            client.download("https://clips.test/a.mp4", tmp_path / "a", lambda done, total: None)
        with pytest.raises(UserError) as looked:
            PictureFetcher(Route(url)).fetch("http://pictures.test/a.png")
        report = client.check_connection()
    for error in (caught, asked):
        wrong = error.value.problem
        assert wrong.code is code
        assert wrong.action is Action.CHECK_NETWORK
    for other in (caught, asked, fetched):
        assert said in other.value.problem.message
        assert "Settings › Network" in other.value.problem.message
    for other in (caught, asked, fetched, looked):
        assert "hush" not in repr(other.value.problem)
    if code is not ProblemCode.OFFLINE or make is None:
        assert said in looked.value.problem.message
    assert "0 reads" in caught.value.problem.detail
    assert not report.reached
    (finding,) = report.findings
    assert tested in finding
    assert "proxy.test" not in finding
    assert "127.0.0.1" not in finding
    assert server.requests == []


def no_listener(port: int) -> int:
    return closed_port()


@pytest.mark.parametrize(
    ("host", "port", "tls", "said", "tested", "code"),
    [
        ("service.nowhere", None, None, "Its name was not found", "its name was not found",
         ProblemCode.OFFLINE),
        ("service.test", no_listener, None, "It refuses the connection", "refuses the connection",
         ProblemCode.OFFLINE),
        ("service.test", None, lambda a: a.server("service.test", own=True),
         "company's certificate file", "company's certificate file", ProblemCode.CERTIFICATE),
        ("service.test", None, lambda a: a.server("service.test", days=-1), "the clock",
         "the clock", ProblemCode.CERTIFICATE),
        ("service.test", None, lambda a: a.server("service.test", days=9, begins=3), "the clock",
         "the clock", ProblemCode.CERTIFICATE),
        ("service.test", None, lambda a: a.server("other.test"), "for another name",
         "for another name", ProblemCode.CERTIFICATE),
        ("service.test", None, lambda a: hang_up, "no certificate", "no secure connection",
         ProblemCode.CERTIFICATE),
        ("service.test", None, lambda a: speak_plainly, "no certificate", "no secure connection",
         ProblemCode.CERTIFICATE),
    ],
    ids=["name", "refused", "self-signed", "expired", "not yet", "other name", "closed", "plain"],
)  # fmt: skip
def test_without_a_proxy_the_hop_is_named_too(
    host: str, port: Any, tls: Any, said: str, tested: str, code: ProblemCode,
    authority: Authority, key: str,
) -> None:  # fmt: skip
    speak = tls(authority) if tls else authority.server("service.test")
    with ScriptedServer(ACCEPTED, tls=speak) as server:
        at = port(0) if port else port_of(server)
        client = client_of(at, key, Route("", str(authority.root)), host)
        with pytest.raises(NotSent) as caught:
            client.submit(b"{}", "attempt")
        assert said in caught.value.problem.message
        assert caught.value.problem.code is code
        if code is ProblemCode.CERTIFICATE:
            assert "certificate" in caught.value.problem.message
            assert "tried again" not in caught.value.problem.message
        (finding,) = client.check_connection().findings
        assert tested in finding
        assert server.requests == []


def test_a_service_that_does_not_answer_in_time_is_named(
    authority: Authority, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "READ_LIMIT_S", 0.2)

    def silence(connection: socket.socket, request: bytes) -> None:
        connection.recv(1)

    with ScriptedServer(silence, tls=authority.server("service.test")) as server:
        report = client_of(port_of(server), key, Route("", str(authority.root))).check_connection()
    assert report.findings == ["The service cannot be reached: it does not answer in time."]


@pytest.mark.parametrize(
    ("answer", "said"),
    [(reply("200 OK", b"<html>"), "check_no_json"), (reply("401 No", b"{}"), "check_key")],
)
def test_what_answers_oddly_or_refuses_the_key_was_reached(
    answer: Any, said: str, authority: Authority, key: str
) -> None:
    with ScriptedServer(answer, tls=authority.server("service.test")) as server:
        report = client_of(port_of(server), key, Route("", str(authority.root))).check_connection()
    assert report.reached
    assert {found.code for found in report.findings} == {said}
    assert len(server.requests) == 2
    assert not any(request.startswith(b"POST") for request in server.requests)


def test_a_key_that_is_taken_is_found_in_order(authority: Authority, key: str) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        (reply("404 No", b"{}") if b"/jobs/" in request else ACCEPTED)(connection, request)

    with ScriptedServer(answer, tls=authority.server("service.test")) as server:
        client = client_of(port_of(server), key, Route("", str(authority.root)))
        assert client.check_connection().findings == []
        assert client.check_connection().reached


@pytest.mark.parametrize("command", ["check", "generate"])
def test_the_command_line_goes_the_same_way_and_names_the_hop(
    command: str, authority: Authority, server: ScriptedServer, key: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    data = tmp_path / "data"
    url = f"https://service.test:{port_of(server)}/api/v1"
    with ConnectProxy(port_of(server), login=LOGIN) as proxy:
        settings = Settings(proxy_use="own", proxy=own_proxy("http", "proxy.test", proxy.port, ""))
        save_json(data / "settings.json", settings)
        line = [command, "--data-dir", str(data), "--api-url", url]
        line += ["--prompt", "a fox"] if command == "generate" else []
        assert entry.main(line) == 8
    assert LOGIN_TEXT in capsys.readouterr().err
    assert proxy.asked
    assert server.requests == []


@in_virtual_time
async def test_a_queue_behind_a_proxy_that_wants_a_password_waits_unpaid(
    authority: Authority, tmp_path: Path, key: str
) -> None:
    def refuse(connection: socket.socket, request: bytes) -> None:
        reply("407 Who are you", b"", 'Proxy-Authenticate: Basic realm="x"')(connection, request)

    with ScriptedServer(refuse, read_body=False) as proxy:
        url = "https://service.test:1"
        client = client_of(1, key, Route(proxy.url))
        origin = Origin(OriginKind.CUSTOM, url, f"{url}/api/v1")
        async with virtual_harness(tmp_path, client, origin, key) as harness:
            await harness.ask()
            await harness.until(lambda: harness.held_for() is HoldReason.OFFLINE)
            await asyncio.sleep(600)
            assert harness.states() == [JobState.QUEUED]
            assert harness.problem().code is ProblemCode.PROXY
            assert harness.problem().action is Action.CHECK_NETWORK
            assert harness.engine.session.status.connection is Connection.OFFLINE
        assert len(proxy.requests) < 6  # a wrong password must not lock an account
        assert not any(key.encode() in request for request in proxy.requests)


def test_a_login_that_was_refused_is_not_tried_again_at_once(
    authority: Authority, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(surroundings, "LOGINS", ProxyLogins(lambda: now[0]))
    monkeypatch.setattr(client_module, "LOGINS", surroundings.LOGINS)

    def ask(port: int, password: str) -> None:
        sessions = Sessions(Route(f"http://jane:{password}@127.0.0.1:{port}"))
        with pytest.raises(LoginWanted):
            sessions.get().get("https://service.test/x", auth=NoAuth())

    with ConnectProxy(1, login=LOGIN) as proxy:
        for wait_s, asked in ((0.0, 1), (299.0, 1), (2.0, 2), (1.0, 2)):
            now[0] += wait_s
            ask(proxy.port, "wrong")  # by whatever part of the program
            assert len(proxy.asked) == asked
        ask(proxy.port, "other")
        assert len(proxy.asked) == 3
        route = Route(f"http://jane:wrong@127.0.0.1:{proxy.port}")
        assert not client_of(1, key, route).check_connection().reached  # the user asks
        assert len(proxy.asked) > 3


def test_one_s_own_proxy_without_an_address_lets_nothing_around_it(
    server: ScriptedServer, authority: Authority, key: str
) -> None:
    route = find_route(Settings(proxy_use="own", proxy=""), Secrets())
    with pytest.raises(NotSent):
        client_of(port_of(server), key, route).submit(b"{}", "attempt")
    assert server.requests == []


# --- a certificate file of one's own ---


def test_the_usual_certificates_stay_trusted_beside_the_own_file(
    authority: Authority, server: ScriptedServer, key: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other", "Another authority")
    route = Route("", str(other.root))
    with pytest.raises(NotSent):
        client_of(port_of(server), key, route).submit(b"{}", "attempt")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.root))
    assert client_of(port_of(server), key, route).submit(b"{}", "a").value.remote_id == "j1"
    bundle_of_other = Route("", str(authority.root))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other.root))
    assert client_of(port_of(server), key, bundle_of_other).job("j1").value.remote_id == "j1"


@pytest.mark.parametrize(
    ("content", "said"), [(None, "does not exist"), (b"rubbish", "holds no certificate")]
)
def test_a_file_that_is_gone_later_sends_nothing(
    content: bytes | None, said: str, authority: Authority, server: ScriptedServer, key: str
) -> None:
    client = client_of(port_of(server), key, Route("", str(authority.root)))
    assert client.job("j1").value.remote_id == "j1"
    authority.root.unlink()
    if content is not None:
        authority.root.write_bytes(content)
    with pytest.raises(NotSent) as caught:
        client.submit(b"{}", "attempt")
    assert said in caught.value.problem.message
    assert caught.value.problem.code is ProblemCode.CERTIFICATE
    assert len(server.requests) == 1
    fresh = client_of(port_of(server), key, Route("", str(authority.root)))
    assert "the certificate file that was chosen" in fresh.check_connection().findings[0]


def test_the_file_is_checked_when_it_is_chosen(authority: Authority, tmp_path: Path) -> None:
    assert certificate_file_problem(str(authority.root)) == ""
    for content, said in (
        (b"\x30\x82\x01\x0a", "is no PEM file"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "holds no certificate"),
        (b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n", "holds no certificate"),
        (b"", "is no PEM file"),
    ):
        path = tmp_path / "chosen.pem"
        path.write_bytes(content)
        assert said in certificate_file_problem(str(path))
    assert certificate_file_problem(str(tmp_path)) != ""
    assert certificate_file_problem(str(tmp_path / "gone")) != ""


# --- the password ---


def test_a_password_is_redacted_however_it_travels(caplog: pytest.LogCaptureFixture) -> None:
    from pixverse_desktop.services.logs import redact

    settings = Settings(proxy_use="own", proxy="http://jane@proxy.test:1")
    route = find_route(settings, Secrets(), "hush/hush")
    assert route.proxy == "http://jane:hush%2Fhush@proxy.test:1"
    assert "hush" not in repr(route)
    for text in (route.proxy, "hush/hush", "Basic amFuZTpodXNoL2h1c2g=", "http://a:b@c:1"):
        told = redact(text)
        assert "hush" not in told
        assert "amFuZTpod" not in told
        assert ":b@" not in told


def test_an_address_without_a_name_gets_no_password() -> None:
    settings = Settings(proxy_use="own", proxy="http://proxy.test:1")
    assert find_route(settings, Secrets(), "hush").proxy == "http://proxy.test:1"
    assert network.proxy_parts("socks5://j%40x@[::1]:9") == ("socks5h", "::1", 9, "j@x")
