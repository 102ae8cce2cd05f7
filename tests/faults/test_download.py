"""Faults of the download, D1 to D18: whole or not at all, from safe places only, without the key."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import download
from pixverse_desktop.core.errors import Action, DownloadFailed, ProblemCode
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Phase
from pixverse_desktop.media import probe
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.queue.card import JobCard
from tests.faults.catalogue import fault
from tests.support.certificates import Authority
from tests.support.downloads import CLIP, CUT, OTHER_CLIP, brings_the_clip, saved_as_sent
from tests.support.engine_harness import client_of, memory_harness, paid_harness
from tests.support.factories import accepted_job, demo_status
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time, soon
from tests.support.paid_service import ETAG, PaidService, header, serve
from tests.support.scripted_server import Answer, Flood, ScriptedServer, reply
from tests.support.window_fakes import RESOURCES, make_context

S = JobState
MINUTE, HOUR = 60.0, 3600.0
# --- dead links: D1, D2 ---


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


# --- cut transfers: D3-D6 ---


def chunked(data: bytes, *, whole: bool) -> Answer:
    """A chunked answer, with or without its end."""

    def answer(connection: socket.socket, request: bytes) -> None:
        head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        for at in range(0, len(data), 10_000):
            piece = data[at : at + 10_000]
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        connection.sendall(b"0\r\n\r\n" if whole else b"")

    return answer


def torn_chunk(connection: socket.socket, request: bytes) -> None:
    """A chunk that promises more than comes."""
    head = f"HTTP/1.1 200 OK\r\nETag: {ETAG}\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head.encode() + f"{len(CLIP):x}\r\n".encode() + CLIP[:CUT])


@pytest.mark.parametrize(
    ("broken", "ranges"),
    [
        pytest.param(serve(CLIP, cut=CUT), ["", f"bytes={CUT}-"], marks=fault("D3"), id="D3-cut"),
        pytest.param(
            reply("200 OK", CLIP[:CUT], "ETag: W/" + ETAG, length=len(CLIP)),
            ["", ""],
            marks=fault("D3"),
            id="D3-cut-weak-etag",
        ),
        pytest.param(
            reply("200 OK", CLIP[:CUT], length=len(CLIP)),
            ["", ""],
            marks=fault("D3"),
            id="D3-cut-no-etag",
        ),
        pytest.param(
            reply("200 OK", CLIP[:CUT], f"ETag: {ETAG}", length=-1),
            ["", ""],
            marks=fault("D4"),
            id="D4-cut-without-length",
        ),
        pytest.param(
            chunked(CLIP[:30_000], whole=False),
            ["", "bytes=30000-"],
            marks=fault("D5"),
            id="D5-between-chunks",
        ),
        pytest.param(torn_chunk, ["", f"bytes={CUT}-"], marks=fault("D5"), id="D5-within-a-chunk"),
        pytest.param(
            chunked(CLIP[:30_000], whole=True), ["", ""], marks=fault("D5"), id="D5-short-but-ended"
        ),
        pytest.param(
            reply("200 OK", CLIP, f"ETag: {ETAG}", length=CUT),
            ["", ""],
            marks=fault("D6"),
            id="D6-length-too-small",
        ),
    ],
)
def test_a_cut_clip_is_never_taken_for_a_whole_one(
    broken: Answer, ranges: list[str], tmp_path: Path, key: str
) -> None:
    service = brings_the_clip(tmp_path, key, lambda s: [broken, serve(CLIP)])
    assert service.ranges() == ranges


@fault("D3")
def test_a_transfer_cut_over_and_over_goes_on_each_time(tmp_path: Path, key: str) -> None:
    steps = [len(CLIP) * n // 8 for n in range(1, 8)]
    service = brings_the_clip(
        tmp_path, key, lambda s: [*[serve(CLIP, cut=step) for step in steps], serve(CLIP)]
    )
    assert service.ranges() == ["", *[f"bytes={step}-" for step in steps]]


@fault("D5")
def test_a_whole_chunked_clip_is_a_clip(tmp_path: Path, key: str) -> None:
    brings_the_clip(tmp_path, key, lambda s: [chunked(CLIP, whole=True)])


# --- going on: D7-D9 ---


def part_of(tmp_path: Path, data: bytes, etag: str = ETAG) -> Path:
    """What an earlier try left behind."""
    part = tmp_path / "clip.part"
    part.write_bytes(data)
    part.with_suffix(".etag").write_text(etag)
    return part


def fetched(tmp_path: Path, key: str, part: Path, *answers: Answer) -> tuple[str, list[bytes]]:
    """The hash that the last answer brings, and all requests; every earlier answer fails."""
    waiting = list(answers)

    def answer(connection: socket.socket, request: bytes) -> None:
        waiting.pop(0)(connection, request)

    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        for _ in answers[1:]:
            with pytest.raises(DownloadFailed) as caught:
                client.download(f"{server.url}/clip", part, lambda done, total: None)
            assert not caught.value.refresh
        digest = client.download(f"{server.url}/clip", part, lambda done, total: None)
        return digest, server.requests


SHA = hashlib.sha256(CLIP).hexdigest()


@pytest.mark.parametrize(
    "old",
    [
        pytest.param(CLIP[:CUT], marks=fault("D7"), id="D7-part"),
        pytest.param(OTHER_CLIP * 2, marks=fault("D7"), id="D7-longer-than-the-clip"),
    ],
)
def test_a_host_that_ignores_the_range_sends_it_anew(old: bytes, tmp_path: Path, key: str) -> None:
    part = part_of(tmp_path, old)
    digest, requests = fetched(tmp_path, key, part, reply("200 OK", CLIP, f"ETag: {ETAG}"))
    assert header(requests[0], "Range") == f"bytes={len(old)}-"
    assert part.read_bytes() == CLIP
    assert digest == SHA


REST = f"Content-Range: bytes {CUT}-{len(CLIP) - 1}/{len(CLIP)}"


def piece(data: bytes, *headers: str) -> Answer:
    return reply("206 Partial Content", data, *headers)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            piece(CLIP, f"Content-Range: bytes 0-{len(CLIP) - 1}/{len(CLIP)}", f"ETag: {ETAG}"),
            marks=fault("D8"), id="D8-from-the-start",
        ),
        pytest.param(
            piece(CLIP[CUT + 1 :], f"Content-Range: bytes {CUT + 1}-{len(CLIP) - 1}/{len(CLIP)}"),
            marks=fault("D8"), id="D8-one-too-far",
        ),
        pytest.param(
            piece(CLIP[CUT - 1 :], f"Content-Range: bytes {CUT - 1}-{len(CLIP) - 1}/{len(CLIP)}"),
            marks=fault("D8"), id="D8-one-too-few",
        ),
        pytest.param(
            piece(CLIP[CUT:], f"Content-Range: bytes {CUT}0-{len(CLIP)}0/{len(CLIP)}0"),
            marks=fault("D8"), id="D8-ten-times-as-far",
        ),
        pytest.param(piece(CLIP[CUT:]), marks=fault("D8"), id="D8-no-content-range"),
        pytest.param(piece(CLIP[CUT:], "Content-Range: bytes"), marks=fault("D8"), id="D8-empty"),
        pytest.param(
            piece(CLIP[CUT:], f"Content-Range: lines {CUT}-9/10"), marks=fault("D8"), id="D8-unit"
        ),
        pytest.param(
            piece(CLIP[CUT:], "Content-Range: bytes -5-9/10"), marks=fault("D8"), id="D8-negative"
        ),
        pytest.param(
            piece(OTHER_CLIP[CUT:], REST, 'ETag: "two"'), marks=fault("D8"), id="D8-changed-etag"
        ),
        pytest.param(
            piece(OTHER_CLIP[CUT:], REST, "ETag: W/" + ETAG), marks=fault("D8"), id="D8-weak-etag"
        ),
    ],
)  # fmt: skip
def test_another_piece_than_asked_for_starts_over(answer: Answer, tmp_path: Path, key: str) -> None:
    part = part_of(tmp_path, CLIP[:CUT])
    digest, requests = fetched(tmp_path, key, part, answer, serve(CLIP))
    assert [header(sent, "Range") for sent in requests] == [f"bytes={CUT}-", ""]
    assert part.read_bytes() == CLIP
    assert digest == SHA


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(piece(CLIP[CUT:], REST, f"ETag: {ETAG}"), marks=fault("D8"), id="D8-right"),
        pytest.param(piece(CLIP[CUT:], REST), marks=fault("D8"), id="D8-right-without-etag"),
        pytest.param(
            piece(CLIP[CUT:], f"Content-Range: bytes {CUT}-{len(CLIP) - 1}/*", f"ETag: {ETAG}"),
            marks=fault("D8"),
            id="D8-right-without-total",
        ),
    ],
)
def test_the_piece_asked_for_completes_the_part(answer: Answer, tmp_path: Path, key: str) -> None:
    part = part_of(tmp_path, CLIP[:CUT])
    digest, _ = fetched(tmp_path, key, part, answer)
    assert part.read_bytes() == CLIP
    assert digest == SHA


@fault("D8")
def test_a_piece_shorter_than_asked_is_gone_on_from(tmp_path: Path, key: str) -> None:
    part = part_of(tmp_path, CLIP[:CUT])
    short = f"Content-Range: bytes {CUT}-{CUT + 99}/{len(CLIP)}"
    first = piece(CLIP[CUT : CUT + 100], short, f"ETag: {ETAG}")
    digest, requests = fetched(tmp_path, key, part, first, serve(CLIP))
    assert header(requests[1], "Range") == f"bytes={CUT + 100}-"
    assert digest == SHA


@pytest.mark.parametrize("etag", ["W/" + ETAG, "", '"two', "plain", '"\xff"'])
@fault("D8")
def test_a_part_without_a_strong_mark_is_begun_anew(etag: str, tmp_path: Path, key: str) -> None:
    part = tmp_path / "clip.part"
    part.write_bytes(CLIP[:CUT])
    part.with_suffix(".etag").write_text(etag, encoding="latin-1")
    digest, requests = fetched(tmp_path, key, part, serve(CLIP))
    assert header(requests[0], "Range") == header(requests[0], "If-Range") == ""
    assert digest == SHA


NOT_SATISFIABLE = "416 Range Not Satisfiable"


@fault("D9")
def test_a_part_that_was_whole_already_is_looked_into_instead_of_fetched(
    tmp_path: Path, key: str
) -> None:
    part = part_of(tmp_path, CLIP)
    whole = f"Content-Range: bytes */{len(CLIP)}"
    digest, requests = fetched(tmp_path, key, part, reply(NOT_SATISFIABLE, b"<Error/>", whole))
    assert digest == SHA
    assert len(requests) == 1
    assert part.read_bytes() == CLIP


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([f"Content-Range: bytes */{len(CLIP) + 1}"], marks=fault("D9"), id="D9-larger"),
        pytest.param([f"Content-Range: bytes */{len(CLIP) - 1}"], marks=fault("D9"), id="D9-smaller"),
        pytest.param([], marks=fault("D9"), id="D9-silent"),
        pytest.param(["Content-Range: bytes */*"], marks=fault("D9"), id="D9-unknown"),
        pytest.param(
            [f"Content-Range: bytes */{len(CLIP)}", 'ETag: "two"'], marks=fault("D9"), id="D9-changed"
        ),
    ],
)  # fmt: skip
def test_a_part_of_another_size_is_begun_anew(headers: list[str], tmp_path: Path, key: str) -> None:
    part = part_of(tmp_path, OTHER_CLIP)
    refused = reply(NOT_SATISFIABLE, b"", *headers)
    digest, requests = fetched(tmp_path, key, part, refused, serve(CLIP))
    assert [header(sent, "Range") for sent in requests] == [f"bytes={len(CLIP)}-", ""]
    assert part.read_bytes() == CLIP
    assert digest == SHA


@fault("D9")
@in_virtual_time
async def test_a_whole_part_that_is_no_clip_is_not_saved(tmp_path: Path, key: str) -> None:
    """The size alone proves nothing: what lies there is looked into like any other."""

    with PaidService() as service:
        service.status = "processing"
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.ACCEPTED)
            part = harness.folder / "clips" / f".{job.id}.part"
            part.parent.mkdir(exist_ok=True)
            part.write_bytes(OTHER_CLIP)
            part.with_suffix(".etag").write_text(ETAG)
            service.status = "completed"
            await harness.until_states(S.SAVED)
            assert service.ranges() == [f"bytes={len(CLIP)}-", ""]
            saved_as_sent(harness)


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "429 Too Many Requests"])
@fault("D3")
def test_a_host_in_trouble_is_asked_again(status: str, tmp_path: Path, key: str) -> None:
    service = brings_the_clip(
        tmp_path, key, lambda s: [serve(CLIP, cut=CUT), reply(status, b"<html>"), serve(CLIP)]
    )
    kept = f"bytes={CUT}-" if status.startswith("5") else ""
    assert service.ranges() == ["", f"bytes={CUT}-", kept]


# --- something else than a clip: D10, D11 ---

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


# --- too much, too slow: D12, D13 ---


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


# --- where to: D14-D17 ---


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


# --- one writer: D18 ---


@fault("D18")
@in_virtual_time
async def test_a_clip_asked_for_again_and_again_is_fetched_once(tmp_path: Path, key: str) -> None:
    together = most = 0

    async def slowly(url: str, part: Path) -> str:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(10 * MINUTE)
        together -= 1
        return SHA

    service = FakeService()
    service.answers["download"] = slowly
    service.has("job_1")
    service.has("job_2")
    service.finish_all()
    jobs = accepted_job(1, age_s=60), accepted_job(2, age_s=60)
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        await soon(lambda: len(service.times("download")) == 2)
        for _ in range(20):
            await harness.engine.check_now("local1")
            await asyncio.sleep(11)
        await harness.until_states(S.SAVED, S.SAVED, within_s=HOUR)
        assert len(service.times("download")) == 2
        assert most == 2  # two jobs, one writer each


@fault("D18")
@in_virtual_time
async def test_at_most_four_clips_come_at_a_time(tmp_path: Path, key: str) -> None:
    together = most = 0

    async def slowly(url: str, part: Path) -> str:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(MINUTE)
        together -= 1
        return SHA

    service = FakeService()
    service.answers["download"] = slowly
    jobs = [accepted_job(n, age_s=60) for n in range(1, 11)]
    for job in jobs:
        service.has(job.remote_id or "", Phase.COMPLETED, "https://media.example/a.mp4")
    async with memory_harness(service, tmp_path, key).begin_with(*jobs) as harness:
        await harness.until(lambda: set(harness.states()) == {S.SAVED}, within_s=HOUR)
        assert len(service.times("download")) == 10
        assert most == 4


@fault("D18")
@in_virtual_time
async def test_a_saved_clip_is_fetched_again_only_when_asked(tmp_path: Path, key: str) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            (job,) = await harness.ask()
            await harness.until_states(S.SAVED)
            await harness.engine.check_now(job.id)
            await asyncio.sleep(HOUR)
            assert len(service.media.requests) == 1
            clip = harness.job().clip
            assert clip is not None
            os.unlink(clip.path)
            results = await asyncio.gather(
                *[harness.engine.fetch_again(job.id) for _ in range(3)], return_exceptions=True
            )
            assert results.count(None) == 1
            await harness.until_states(S.SAVED)
            saved_as_sent(harness)
            assert len(service.media.requests) == 2
            assert len(service.charges) == 1
