"""Links to a clip that are dead or lead astray, D1, D2 and D14 to D17."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import Action, DownloadFailed
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.certificates import Authority
from tests.support.downloads import (
    CLIP,
    CUT,
    OTHER_CLIP,
    brings_the_clip,
    saved_as_sent,
)
from tests.support.engine_harness import client_of, paid_harness
from tests.support.factories import demo_status
from tests.support.loops import in_virtual_time
from tests.support.paid_service import ETAG, PaidService, header, serve
from tests.support.scripted_server import Answer, Flood, ScriptedServer, reply
from tests.support.window_fakes import RESOURCES, make_context

S = JobState


MINUTE, HOUR = 60.0, 3600.0


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("403 Forbidden", marks=fault("D1"), id="D1-403"),
        pytest.param("404 Not Found", marks=fault("D1"), id="D1-404"),
        pytest.param("410 Gone", marks=fault("D1"), id="D1-410"),
        pytest.param("401 Unauthorized", marks=fault("D1"), id="D1-401"),
    ],
)
def test_a_dead_link_is_replaced_and_the_part_goes_on(
    status: str, tmp_path: Path, key: str
) -> None:
    service = brings_the_clip(
        tmp_path, key, lambda s: [serve(CLIP, cut=CUT), reply(status, b"<Error/>"), serve(CLIP)]
    )
    links = [request.split(b" ")[1] for request in service.media.requests]
    assert links[0] == links[1] != links[2]
    assert service.ranges() == ["", f"bytes={CUT}-", f"bytes={CUT}-"]
    assert header(service.media.requests[2], "If-Range") == ETAG


@fault("D1")
def test_a_fresh_link_to_another_file_starts_over(tmp_path: Path, key: str) -> None:
    cut = serve(OTHER_CLIP, '"two"', CUT)
    service = brings_the_clip(tmp_path, key, lambda s: [cut, reply("403 No"), serve(CLIP)])
    assert service.ranges() == ["", f"bytes={CUT}-", f"bytes={CUT}-"]


@fault("D2")
@in_virtual_time
async def test_links_that_stay_dead_for_an_hour_are_told_with_all_that_support_needs(
    tmp_path: Path, key: str, qtbot: QtBot
) -> None:
    with PaidService() as service:
        service.always["clip"] = reply("410 Gone", b"<Error>Expired</Error>")
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until(lambda: harness.job().finished_at is not None)
            looked = len(service.looks())
            await asyncio.sleep(50 * MINUTE)
            assert harness.states() == [S.ACCEPTED]
            await harness.until_states(S.EXPIRED, within_s=20 * MINUTE)
            assert len(service.looks()) - looked == 5  # five fresh links
            assert len(service.media.requests) == 6
            assert harness.job().remote_id == "job_1"
            assert harness.problem().message == "The clip is no longer at the service."
            assert harness.problem().action is Action.CHECK_AGAIN
            assert "job_1" in harness.problem().detail
            theme.install(RESOURCES, "dark")
            card = JobCard(make_context().bridge.price)
            qtbot.addWidget(card)
            card.show_job(harness.job(), demo_status())
            card.details.copy_button.click()
            assert "job_1" in QGuiApplication.clipboard().text()
            assert "HTTP 410" in QGuiApplication.clipboard().text()
            # It is paid for and never forgotten: a later look may still find it.
            del service.always["clip"]
            await harness.engine.check_now(job.id)
            await harness.until_states(S.SAVED)
            assert len(service.charges) == 1


def to(location: str, status: str = "302 Found") -> Answer:
    return reply(status, b"", f"Location: {location}")


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 Other", "307 Temporary", "308 Permanent"]
)
@fault("D14")
def test_three_hops_to_other_hosts_bring_the_clip_without_the_key(
    status: str, tmp_path: Path, key: str
) -> None:
    with (
        ScriptedServer(serve(CLIP)) as last,
        ScriptedServer(lambda c, r: to(f"{last.url}/c", status)(c, r)) as third,
        ScriptedServer(lambda c, r: to(f"{third.url}/b", status)(c, r)) as second,
    ):
        brings_the_clip(tmp_path, key, lambda s: [to(f"{second.url}/a", status)])
        for server in (second, third, last):
            (request,) = server.requests
            assert b"authorization" not in request.lower()
            assert key.encode() not in request


@fault("D14")
def test_a_ninth_hop_is_refused(tmp_path: Path, key: str) -> None:
    with ScriptedServer(to("/again")) as server:
        with pytest.raises(DownloadFailed, match="too often") as caught:
            client_of(server.url, key).download(
                f"{server.url}/a", tmp_path / "a.part", lambda done, total: None
            )
        assert caught.value.refresh
        assert len(server.requests) == 9


@fault("D14")
def test_the_page_of_a_redirect_is_not_read(tmp_path: Path, key: str) -> None:
    with ScriptedServer(serve(CLIP)) as other:
        endless = Flood("302 Found", f"Location: {other.url}/a")
        brings_the_clip(tmp_path, key, lambda s: [endless])
    assert endless.taken < 32 * 2**20


UNSAFE = [
    "file:///etc/hostname", "data:video/mp4;base64,AAAA", "ftp://media.example/a.mp4", "//10.0.0.1/a",
    "//media.example/a.mp4", "javascript:alert(1)", "blob:https://media.example/1", "", "/a.mp4",
    "http://media.example/a.mp4", "https://user@media.example/a", "https://user:pw@media.example/a",
    "https://@media.example/a", "https://media.example\\@10.0.0.1/a", "https:///a.mp4",
    "https://127.0.0.1/a", "https://127.1/a", "https://2130706433/a", "https://0x7f000001/a",
    "https://0x7f.0.0.1/a", "https://0177.0.0.1/a", "https://0/a", "https://0.0.0.0/a",
    "https://10.1.2.3/a", "https://172.16.0.1/a", "https://192.168.1.1/a", "https://169.254.169.254/a",
    "https://100.64.0.1/a", "https://198.18.0.1/a", "https://255.255.255.255/a",
    "https://[::1]/a", "https://[::]/a", "https://[fe80::1]/a", "https://[fe80::1%25eth0]/a",
    "https://[fc00::1]/a", "https://[::ffff:10.0.0.1]/a", "https://[::ffff:127.0.0.1]/a",
    "https://localhost/a", "https://LOCALHOST./a", "https://a.localhost/a", "https://nas.local/a",
    "https://nas.local./a", "https://db.internal/a", "https://router/a", "https://127.0.0.1./a",
    "https://\uff11\uff12\uff17.0.0.1/a", "https://127\u30020\u30020\u30021/a",
    "https://\u2460\u2461\u2466.0.0.1/a", "https://media.example:99999999/a", "https://[::1/a",
    "https://exa\u2100mple.com/a", "https://xn--/a", "https://.media.example/a",
]  # fmt: skip


def refused(url: str, key: str, tmp_path: Path) -> DownloadFailed:
    """How a service on the internet takes such an address; it is asked nothing."""
    part = tmp_path / "a.part"
    with pytest.raises(DownloadFailed) as caught:
        client_of("https://paid.example", key).download(url, part, lambda done, total: None)
    assert not part.exists()
    return caught.value


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were looked up; none of them is found."""
    asked: list[str] = []

    def lookup(host: str, *_: object, **__: object) -> Any:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no network here")

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    monkeypatch.delenv("https_proxy", raising=False)
    return asked


@pytest.mark.parametrize("url", UNSAFE)
@fault("D15")
def test_an_unsafe_address_is_refused_before_anybody_is_asked(
    url: str, key: str, tmp_path: Path, no_network: list[str]
) -> None:
    wrong = refused(url, key, tmp_path)
    assert wrong.refresh  # the job may tell another one
    assert no_network == []


HERE = ("127.", "localhost", "[::1]", "LOCALHOST", "2130706433", "0x7f", "0177", "//0", "[::]")


@pytest.mark.parametrize("url", [u for u in UNSAFE if "://" in u and not any(h in u for h in HERE)])
@fault("D14")
def test_an_unsafe_redirect_is_refused_like_an_address(url: str, key: str, tmp_path: Path) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        head = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
        connection.sendall(head.encode() + url.encode() + b"\r\n\r\n")

    with ScriptedServer(answer) as server, pytest.raises(DownloadFailed) as caught:
        client_of(server.url, key).download(
            f"{server.url}/a", tmp_path / "a.part", lambda done, total: None
        )
    assert caught.value.refresh
    assert not (tmp_path / "a.part").exists()


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Every name leads to this machine, where certificates of the fixture are trusted."""
    for name in ("HTTPS_PROXY", "https_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)

    def lookup(_: str, port: int, *__: object, **___: object) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    made = Authority(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(made.root))
    return made


def at_media_host(internet: Authority, answer: Answer) -> tuple[ScriptedServer, str]:
    server = ScriptedServer(answer, tls=internet.server("cdn.nobody-knows.example"))
    return server, server.url.replace("127.0.0.1", "cdn.nobody-knows.example")


@fault("D14")
def test_a_public_host_nobody_knows_is_asked_without_credentials(
    internet: Authority, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine cdn.nobody-knows.example login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server, url = at_media_host(internet, serve(CLIP))
    part = tmp_path / "a.part"
    with server:
        client_of("https://paid.example", key).download(f"{url}/a", part, lambda done, total: None)
        (request,) = server.requests
        assert b"authorization" not in request.lower()
        assert key.encode() not in request
    assert part.read_bytes() == CLIP


@pytest.mark.parametrize("scheme", ["http", "https"])
@fault("D14")
def test_a_public_host_cannot_lead_to_this_machine(
    scheme: str, internet: Authority, key: str, tmp_path: Path
) -> None:
    with ScriptedServer(serve(CLIP)) as inside:
        server, url = at_media_host(internet, to(inside.url.replace("http", scheme)))
        with server:
            assert refused(f"{url}/a", key, tmp_path).refresh
            assert len(server.requests) == 1
        assert inside.requests == []


@fault("D15")
@in_virtual_time
async def test_a_job_that_tells_an_unsafe_address_is_asked_for_another(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        unsafe = ["file:///etc/hostname", "ftp://media.example/a.mp4", "//10.0.0.1/a"]
        service.next["job"] = [service.shows(output={"video": url}) for url in unsafe]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED, within_s=HOUR)
            saved_as_sent(harness)
            assert len(service.media.requests) == 1


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../../.bashrc", marks=fault("D17"), id="D17-path"),
        pytest.param("/etc/passwd", marks=fault("D17"), id="D17-absolute"),
        pytest.param("CON", marks=fault("D17"), id="D17-device"),
        pytest.param("a" * 5000 + ".mp4", marks=fault("D17"), id="D17-5-kB"),
        pytest.param("x.mp4\\..\\y.exe", marks=fault("D17"), id="D17-backslash"),
        pytest.param("clip.mp4.desktop", marks=fault("D17"), id="D17-ending"),
    ],
)
def test_a_file_name_from_the_host_is_not_even_read(name: str, tmp_path: Path, key: str) -> None:
    told = f'Content-Disposition: attachment; filename="{name}"'
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    brings_the_clip(folder, key, lambda s: [serve(CLIP, ETAG, None, told)])
    files = {p.name for p in tmp_path.rglob("*") if p.is_file()}
    (clip,) = (n for n in files if not n.startswith(("pixverse.db", "journal")))
    assert clip.startswith("2023-11-1")
    assert " a short clip " in clip
    assert clip.endswith(".mp4")
