"""Transfers that are cut and gone on from, D3 to D9: never a torn clip."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pixverse_desktop.core.jobs.states import JobState
from tests.faults.catalogue import fault
from tests.support.downloads import (
    CLIP,
    CUT,
    OTHER_CLIP,
    SHA,
    brings_the_clip,
    fetched,
    saved_as_sent,
)
from tests.support.engine_harness import paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import ETAG, PaidService, header, serve
from tests.support.scripted_server import Answer, reply

S = JobState


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


def part_of(tmp_path: Path, data: bytes, etag: str = ETAG) -> Path:
    """What an earlier try left behind."""
    part = tmp_path / "clip.part"
    part.write_bytes(data)
    part.with_suffix(".etag").write_text(etag)
    return part


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
