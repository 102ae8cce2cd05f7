"""What the environment says about keys, proxies and certificates, A10."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from pixverse_desktop.api.client import Client
from pixverse_desktop.api.http import NoAuth, Sessions
from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.core.errors import (
    Ambiguous,
    NotSent,
    Rejected,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.route import SYSTEM
from pixverse_desktop.core.service import (
    Origin,
    OriginKind,
)
from tests.faults.catalogue import fault
from tests.support.scripted_server import ScriptedServer, reply


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder whose .netrc has a password for every host, and no proxies but our own."""
    lines = [f"machine {host} login evil password netrc-secret"
             for host in ("service.test", "pictures.test", "127.0.0.1", "localhost")]  # fmt: skip
    file = tmp_path / ".netrc"
    file.write_text("\n".join([*lines, "default login evil password netrc-secret"]) + "\n")
    file.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(file))
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*proxies, "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names under .test lead to this machine, so that it does not look like this machine."""
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **how: object) -> object:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def client_of(url: str, key: str | None) -> Client:
    return Client(Origin(OriginKind.CUSTOM, url, f"{url}/api/v1"), key, lambda frame: b"")


def authorizations(server: ScriptedServer) -> list[bytes]:
    """What each request said about who it is from."""
    found = []
    for request in server.requests:
        lines = request.split(b"\r\n\r\n")[0].split(b"\r\n")
        found.append(b" ".join(x for x in lines if b"authorization" in x.lower()))
    return found


@fault("A10")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "service.test"])
def test_netrc_never_replaces_the_key_nor_fills_in_for_it(
    netrc: None, names: None, key: str, host: str
) -> None:
    accepted = b'{"jobId": "j1", "status": "pending", "creditCost": 10}'
    with ScriptedServer(reply("200 OK", accepted)) as server:
        url = server.url.replace("127.0.0.1", host)
        with_key, without = client_of(url, key), client_of(url, None)
        assert with_key.submit(b"{}", "attempt").value.remote_id == "j1"
        assert with_key.job("j1").value.remote_id == "j1"
        assert without.job("j1").value.remote_id == "j1"
        with pytest.raises(Rejected):
            without.submit(b"{}", "attempt")
        bearer = f"Authorization: Bearer {key}".encode()
        assert authorizations(server) == [bearer, bearer, b""]
        assert not any(b"netrc-secret" in request for request in server.requests)


@fault("A10")
def test_media_hosts_and_pictures_get_neither_key_nor_netrc(
    netrc: None, names: None, tmp_path: Path
) -> None:
    with ScriptedServer(reply("200 OK", b"\x89PNG")) as server:
        named = server.url.replace("127.0.0.1", "pictures.test")
        assert PictureFetcher().fetch(f"{named}/a.png") == b"\x89PNG"
        Sessions(SYSTEM).get().get(f"{named}/a.mp4", auth=NoAuth()).close()
        client = client_of(server.url, "pd_any-key")
        client.download(f"{server.url}/a.mp4", tmp_path / "a.part", lambda done, total: None)
        assert authorizations(server) == [b"", b"", b""]


@fault("A10")
def test_a_proxy_of_the_environment_is_used_for_others_and_never_for_this_machine(
    netrc: None, names: None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = reply("200 OK", b'{"jobId": "j1", "status": "pending"}')
    with ScriptedServer(accepted) as server, ScriptedServer(accepted) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        client_of(server.url, key).submit(b"{}", "attempt")
        assert (len(server.requests), len(proxy.requests)) == (1, 0)
        client_of("http://service.test", key).submit(b"{}", "attempt")
        assert (len(server.requests), len(proxy.requests)) == (1, 1)
        assert authorizations(proxy) == [f"Authorization: Bearer {key}".encode()]


@fault("A10")
def test_a_proxy_is_not_shown_the_key_of_a_service_with_https(
    netrc: None, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(reply("502 Bad Gateway")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        client = client_of("https://service.test", key)
        with pytest.raises(NotSent):
            client.submit(b"{}", "attempt")
        with pytest.raises(Unreachable):
            client.job("j1")
        assert [request.split(b" ")[0] for request in proxy.requests] == [b"CONNECT", b"CONNECT"]
        assert not any(key.encode() in request for request in proxy.requests)


@fault("A10")
@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_wrong_certificate_file_means_not_sent_and_a_sentence(
    netrc: None,
    names: None,
    key: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    content: str | None,
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_text(content)
    monkeypatch.setenv(variable, str(bundle))
    with ScriptedServer(reply("200 OK", b'{"jobId": "j1", "status": "pending"}')) as server:
        url = server.url.replace("http://127.0.0.1", "https://service.test")
        client = client_of(url, key)
        asked: list[Callable[[], object]] = [
            lambda: client.submit(b"{}", "attempt"),
            lambda: client.job("j1"),
            lambda: PictureFetcher().fetch(f"{url}/a.png"),
        ]
        for ask in asked:
            with pytest.raises(UserError) as caught:
                ask()
            assert not isinstance(caught.value, Ambiguous)
            assert caught.value.problem.message.endswith(".")
            assert key not in caught.value.problem.detail
        with pytest.raises(NotSent):
            client.submit(b"{}", "attempt")
        assert not any(key.encode() in request for request in server.requests)
        # A service on this machine has no certificate to check.
        assert client_of(server.url, key).submit(b"{}", "attempt").value.remote_id == "j1"
