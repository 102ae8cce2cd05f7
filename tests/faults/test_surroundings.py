"""Certificates and proxies of this machine: the system's are used, and what is set wrongly is said
as what it is, with where it is set. Nothing is sent then."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pixverse_desktop.api.client import Client
from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.core.errors import (
    DownloadFailed,
    NotSent,
    ProblemCode,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.route import SYSTEM, Route
from pixverse_desktop.core.service import Origin, OriginKind
from pixverse_desktop.services.settings import proxy_problem
from tests.support.certificates import Authority
from tests.support.scripted_server import ScriptedServer, reply

ACCEPTED = reply("200 OK", b'{"jobId": "j1", "status": "pending", "creditCost": 10}')
VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No certificates and proxies but those of the test; names under .test lead here."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    real = socket.getaddrinfo

    def look_up(host: str, *rest: object, **how: object) -> object:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *rest, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[ScriptedServer]:
    """Speaks TLS as service.test, signed by ``authority``."""
    with ScriptedServer(ACCEPTED, tls=authority.server("service.test")) as made:
        yield made


def client_of(server: ScriptedServer | None, key: str, route: Route = SYSTEM) -> Client:
    port = server.url.rsplit(":", 1)[-1] if server else "443"
    url = f"https://service.test:{port}"
    return Client(
        Origin(OriginKind.CUSTOM, url, f"{url}/api/v1"), key, lambda frame: b"", route=route
    )


def refusals(client: Client, tmp_path: Path) -> list[str]:
    """What is said of each sort of request; none of them may have left."""

    def fetch() -> object:
        return client.download("https://clips.test/a.mp4", tmp_path / "a", lambda done, total: None)

    said = []
    asked: list[tuple[type[UserError], Callable[[], object]]] = [
        (NotSent, lambda: client.submit(b"{}", "attempt")),
        (Unreachable, lambda: client.job("j1")),
        (DownloadFailed, fetch),
        (UserError, lambda: PictureFetcher().fetch("https://pictures.test/a.png")),
    ]  # fmt: skip
    for kind, ask in asked:
        with pytest.raises(kind) as caught:
            ask()
        said.append(caught.value.problem.message)
        if kind is NotSent:
            assert "0 reads" in caught.value.problem.detail
    return said


# --- certificates ---


def test_the_systems_certificates_are_trusted(
    authority: Authority, server: ScriptedServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotSent) as caught:
        client_of(server, key).submit(b"{}", "attempt")
    assert caught.value.problem.code is ProblemCode.CERTIFICATE
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    assert client_of(server, key).submit(b"{}", "attempt").value.remote_id == "j1"


def test_a_folder_of_the_systems_certificates_is_trusted(
    authority: Authority, server: ScriptedServer, key: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path / "certs"
    folder.mkdir()
    command = ["openssl", "x509", "-subject_hash", "-noout", "-in", str(authority.root)]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    (folder / f"{name}.0").write_bytes(authority.root.read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    assert client_of(server, key).job("j1").value.remote_id == "j1"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_the_environment_is_trusted_as_before(
    authority: Authority, server: ScriptedServer, key: str, variable: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(variable, str(authority.root))
    assert client_of(server, key).submit(b"{}", "attempt").value.remote_id == "j1"


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_missing_bundle_is_named(
    server: ScriptedServer, key: str, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "gone.pem"
    monkeypatch.setenv(variable, str(missing))
    for said in refusals(client_of(server, key), tmp_path):
        assert f"The certificate file {missing} does not exist. It is set in {variable}." in said
        assert "by itself" not in said
    assert server.requests == []


def test_a_bundle_that_is_none_is_named(
    server: ScriptedServer, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(wrong))
    with pytest.raises(NotSent) as caught:
        client_of(server, key).submit(b"{}", "attempt")
    said = caught.value.problem.message
    assert said == f"The certificate file {wrong} cannot be used. It is set in REQUESTS_CA_BUNDLE."


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_missing_certificates_of_the_system_are_named(
    server: ScriptedServer, key: str, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "gone"
    monkeypatch.setenv(variable, str(missing))
    with pytest.raises(NotSent) as caught:
        client_of(server, key).submit(b"{}", "attempt")
    assert f"{missing}, which {variable} names, does not exist." in caught.value.problem.message


# --- proxies ---


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:99999", "http://127.0.0.1:port", "ftp://127.0.0.1:21", "http://"]
)
@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
def test_what_is_no_proxy_is_named(
    key: str, tmp_path: Path, proxy: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, proxy)
    for said in refusals(client_of(None, key), tmp_path):
        assert f"is set in the environment variable {variable}. That is no address" in said
        assert proxy.rstrip("/") in said
        assert "by itself" not in said


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h", "socks"])
def test_a_proxy_that_does_not_answer_is_named_without_its_password(
    key: str, tmp_path: Path, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://user:password@{address}")
    for said in refusals(client_of(None, key), tmp_path):
        assert f"through the proxy {scheme}://{address}, which is set in" in said
        assert "ALL_PROXY" in said
        assert "password" not in said


def socks5(listener: socket.socket, target: int) -> None:
    """A SOCKS 5 proxy for one connection, to ``target`` on this machine whatever is asked for."""
    with (
        listener.accept()[0] as inside,
        socket.create_connection(("127.0.0.1", target)) as outside,
    ):
        inside.recv(64)
        inside.sendall(b"\x05\x00")
        inside.recv(512)
        inside.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")

        def pass_on() -> None:
            while data := outside.recv(65536):
                inside.sendall(data)

        back = threading.Thread(target=pass_on)
        back.start()
        while data := inside.recv(65536):
            outside.sendall(data)
        outside.shutdown(socket.SHUT_WR)
        back.join()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
def test_a_socks_proxy_of_the_environment_is_used(
    authority: Authority, server: ScriptedServer, key: str, scheme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(server.url.rsplit(":", 1)[-1])
        proxy = threading.Thread(target=socks5, args=(listener, port), daemon=True)
        proxy.start()
        monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{listener.getsockname()[1]}")
        assert client_of(server, key).submit(b"{}", "attempt").value.remote_id == "j1"
        proxy.join(10)
    assert not proxy.is_alive()


def test_the_settings_take_such_a_proxy() -> None:
    assert proxy_problem("socks5://127.0.0.1:1080") == ""
    assert proxy_problem("ftp://127.0.0.1:1080")
