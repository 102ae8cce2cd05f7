"""What is no clip, has no end or no speed, D10 to D13."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from pixverse_desktop.api import download
from pixverse_desktop.core.errors import Action, DownloadFailed, ProblemCode
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.media import probe
from tests.faults.catalogue import fault
from tests.support.downloads import (
    CLIP,
    CUT,
    SHA,
    brings_the_clip,
    fetched,
    saved_as_sent,
)
from tests.support.engine_harness import client_of, paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import ETAG, PaidService, header, serve
from tests.support.scripted_server import Answer, Flood, ScriptedServer, reply

S = JobState


MINUTE, HOUR = 60.0, 3600.0


HTML = b"<!doctype html><html><body>Access denied</body></html>"


XML = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'


SECRET = b"what lies in another file"


IMPOSTORS = [
    pytest.param(HTML, marks=fault("D10"), id="D10-html"),
    pytest.param(XML, marks=fault("D10"), id="D10-xml"),
    pytest.param(b"", marks=fault("D10"), id="D10-empty"),
    pytest.param(b"\0" * 5000, marks=fault("D10"), id="D10-zeros"),
    pytest.param(
        b"ffconcat version 1.0\nfile /etc/hostname\n", marks=fault("D11"), id="D11-ffconcat"
    ),
    pytest.param(
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n", marks=fault("D11"), id="D11-hls"
    ),
    pytest.param(
        b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
        marks=fault("D11"),
        id="D11-svg",
    ),
    pytest.param(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"x" * 999, marks=fault("D11"), id="D11-pdf"),
    pytest.param(b"\x7fELF\x02\x01\x01" + b"\0" * 999, marks=fault("D11"), id="D11-elf"),
    pytest.param(b"MZ\x90\0" + b"\0" * 999, marks=fault("D11"), id="D11-exe"),
    pytest.param(b"GIF89a" + b"\0" * 99, marks=fault("D11"), id="D11-gif"),
    pytest.param(
        b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x08moov\0\0\0\x08mdat", marks=fault("D11"), id="D11-shell"
    ),
]  # fmt: skip


@pytest.mark.parametrize("body", IMPOSTORS)
def test_what_is_no_clip_is_refused_and_the_job_is_asked_again(
    body: bytes, tmp_path: Path, key: str
) -> None:
    fake = reply("200 OK", body, "Content-Type: video/mp4", f"ETag: {ETAG}")
    service = brings_the_clip(tmp_path, key, lambda s: [fake] * 3)
    # A fresh link was asked for before the fourth try, which began anew.
    links = [request.split(b" ")[1] for request in service.media.requests]
    assert links[2] != links[3]
    assert service.ranges() == [""] * 4


@pytest.mark.parametrize("body", IMPOSTORS[:-1])
def test_what_is_no_clip_reaches_no_decoder(
    body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(probe.av, "open", lambda *args, **_: opened.append(args))
    part = tmp_path / "a.part"
    part.write_bytes(body)
    with pytest.raises(DownloadFailed) as caught:
        probe.inspect_part(part)
    assert caught.value.problem.code is ProblemCode.BAD_CLIP
    assert opened == []
    assert not part.exists()


@fault("D11")
@in_virtual_time
async def test_a_clip_that_is_never_one_ends_with_its_number_kept(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        service.always["clip"] = reply("200 OK", HTML, "Content-Type: video/mp4")
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.NO_FILE, within_s=HOUR)
            assert harness.job().remote_id == "job_1"
            assert "job_1" in harness.problem().detail
            assert "never a whole clip" in harness.problem().message
            assert harness.problem().action is Action.CHECK_AGAIN
            assert [p for p in (harness.folder / "clips").rglob("*") if p.suffix != ".etag"] == []
            assert len(service.media.requests) == 8


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Flood("200 OK", f"ETag: {ETAG}"), marks=fault("D12"), id="D12-endless"),
        pytest.param(reply("200 OK", b"x", length=5 * 10**12), marks=fault("D12"), id="D12-5-TB"),
        pytest.param(
            reply("200 OK", b"x", length=10**15 - 1), marks=fault("D12"), id="D12-a-petabyte"
        ),
    ],
)
@in_virtual_time
async def test_a_clip_without_bounds_is_given_up_at_the_limit(
    answer: Answer, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "CLIP_LIMIT_BYTES", 2**20)

    with PaidService() as service:
        service.always["clip"] = answer
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.NO_FILE)
            assert "larger than 2 GiB" in harness.problem().message
            assert harness.problem().action is Action.CHECK_AGAIN
            assert "job_1" in harness.problem().detail
            assert list((harness.folder / "clips").rglob("*.part")) == []
            assert len(service.media.requests) == 1  # gigabytes are not fetched twice unasked
            del service.always["clip"]
            monkeypatch.undo()
            await harness.engine.check_now(job.id)
            await harness.until_states(S.SAVED)
            saved_as_sent(harness)


@pytest.mark.logs_warnings
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            Flood("200 OK", f"ETag: {ETAG}", most=2**40),
            marks=fault("D12"),
            id="D12-no-room-endless",
        ),
        pytest.param(serve(CLIP), marks=fault("D12"), id="D12-no-room"),
    ],
)
@in_virtual_time
async def test_a_full_disk_is_seen_before_it_is_full_and_waited_for(
    answer: Answer, tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = SimpleNamespace(free=len(CLIP) - 1, total=2**40)
    monkeypatch.setattr(download, "shutil", SimpleNamespace(disk_usage=lambda path: room))

    with PaidService() as service:
        service.always["clip"] = answer
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until(lambda: harness.job().problem is not None)
            await asyncio.sleep(HOUR)
            assert harness.states() == [S.ACCEPTED]
            assert harness.problem().code is ProblemCode.DISK
            assert "No space left" in harness.problem().message
            assert "paid for and is tried again" in harness.problem().message
            assert harness.problem().action is Action.CHOOSE_FOLDER
            parts = list((harness.folder / "clips").rglob("*.part"))
            assert sum(part.stat().st_size for part in parts) <= 2**19
            room.free = 10**12
            service.always.clear()
            await harness.until_states(S.SAVED)
            saved_as_sent(harness)


class Pendulum:
    """A clock that goes on by a fixed step at every look."""

    def __init__(self, step_s: float) -> None:
        self.step_s = step_s
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += self.step_s
        return self.now


class Drip:
    """One byte at a time, each when the one before was taken: a busy machine joins none."""

    def __init__(self) -> None:
        self._taken = threading.Semaphore(0)

    def progress(self, done: int, total: int | None) -> None:
        self._taken.release()

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nContent-Length: {len(CLIP)}\r\n\r\n"
        connection.sendall(head.encode())
        for at in range(len(CLIP)):
            if not self._taken.acquire(timeout=1.0):
                return  # nobody takes any more
            connection.sendall(CLIP[at : at + 1])


@pytest.mark.parametrize(
    ("step_s", "limits", "says"),
    [
        pytest.param(1.0, {}, "too slow", marks=fault("D13"), id="D13-a-minute"),
        pytest.param(
            40.0, {"SLOW_BYTES_PER_S": 0}, "over an hour", marks=fault("D13"), id="D13-an-hour"
        ),
    ],
)
def test_a_drip_is_given_up_and_gone_on_from(
    step_s: float,
    limits: dict[str, int],
    says: str,
    tmp_path: Path,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(download, "time", Pendulum(step_s))
    for name, value in limits.items():
        monkeypatch.setattr(download, name, value)
    part = tmp_path / "clip.part"
    drip = Drip()
    with ScriptedServer(drip) as server, pytest.raises(DownloadFailed, match=says) as caught:
        client_of(server.url, key).download(f"{server.url}/c", part, drip.progress)
    assert not caught.value.refresh
    got = part.stat().st_size
    assert 0 < got < len(CLIP)
    digest, requests = fetched(tmp_path, key, part, serve(CLIP))
    assert header(requests[0], "Range") == f"bytes={got}-"
    assert digest == SHA


@fault("D13")
def test_a_host_that_falls_silent_is_given_up_and_gone_on_from(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_READ_LIMIT_S", 0.25)

    def stall(connection: socket.socket, request: bytes) -> None:
        serve(CLIP, cut=CUT)(connection, request)
        connection.recv(1)

    service = brings_the_clip(tmp_path, key, lambda s: [stall])
    assert service.ranges() == ["", f"bytes={CUT}-"]
