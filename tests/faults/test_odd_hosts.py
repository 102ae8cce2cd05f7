"""Clips that any browser gets: packed, in one unasked piece, behind odd redirects, under odd links."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import socket
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.api import coding, download
from pixverse_desktop.api.http import JSON_LIMIT_BYTES
from pixverse_desktop.core.errors import DownloadFailed, ProblemCode, Unreachable
from pixverse_desktop.core.jobs.states import JobState
from tests.support.clips import small_clip
from tests.support.downloads import brings_the_clip
from tests.support.engine_harness import client_of, paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import ETAG, PaidService, header, serve
from tests.support.scripted_server import Answer, ScriptedServer, reply

S = JobState
CLIP = small_clip()
DATA = Path(__file__).parent.parent / "data"
ZIPPED = gzip.compress(CLIP)
STREAM = zlib.compressobj(wbits=-15)
RAW_DEFLATED = STREAM.compress(CLIP) + STREAM.flush()


def replayed(name: str, body: bytes) -> Answer:
    """A recorded head, its sizes made those of the clip, and a body."""
    head = (DATA / name).read_bytes().partition(b"\r\n\r\n")[0]
    head = head.replace(b"82850", str(len(CLIP)).encode()).replace(
        b"82849", str(len(CLIP) - 1).encode()
    )

    def answer(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head + b"\r\n\r\n" + body)

    return answer


def said(status: str, body: bytes, *headers: str) -> Answer:
    return reply(status, body, *headers)


PACKED = {
    "gzip, recorded": replayed("gzip.http", ZIPPED),
    "gzip": said("200 OK", ZIPPED, "Content-Encoding: gzip", f"ETag: {ETAG}"),
    "x-gzip in two parts": said(
        "200 OK", gzip.compress(CLIP[:99]) + gzip.compress(CLIP[99:]), "Content-Encoding: X-GZIP"
    ),
    "gzip and a rest": said("200 OK", ZIPPED + b"\0" * 64, "Content-Encoding: gzip"),
    "deflate": said("200 OK", zlib.compress(CLIP), "Content-Encoding: deflate"),
    "raw deflate": said("200 OK", RAW_DEFLATED, "Content-Encoding: deflate"),
    "says gzip, is plain": said("200 OK", CLIP, "Content-Encoding: gzip", f"ETag: {ETAG}"),
    "says deflate, is plain": said("200 OK", CLIP, "Content-Encoding: deflate"),
    "says br, is plain": said("200 OK", CLIP, "Content-Encoding: br"),
}
LAST = len(CLIP) - 1
WHOLE_PIECES = {
    "206, recorded": replayed("partial.http", CLIP),
    "206": said("206 Partial Content", CLIP, f"Content-Range: bytes 0-{LAST}/{len(CLIP)}"),
    "206 of *": said("206 Partial Content", CLIP, f"Content-Range: bytes 0-{LAST}/*"),
    "206, no range": said("206 Partial Content", CLIP),
    "206, packed": said(
        "206 Partial Content", ZIPPED, "Content-Encoding: gzip",
        f"Content-Range: bytes 0-{len(ZIPPED) - 1}/{len(ZIPPED)}",
    ),
    "203": said("203 Non-Authoritative Information", CLIP),
}  # fmt: skip


@pytest.mark.parametrize(
    "answer", [*PACKED.values(), *WHOLE_PIECES.values()], ids=[*PACKED, *WHOLE_PIECES]
)
def test_the_clip_is_saved_at_the_first_go(answer: Answer, tmp_path: Path, key: str) -> None:
    service = brings_the_clip(tmp_path, key, lambda s: [answer])
    assert service.ranges() == [""]


def test_a_cut_packed_clip_is_begun_anew(tmp_path: Path, key: str) -> None:
    headers = ("Content-Encoding: gzip", f"ETag: {ETAG}")
    cut = reply("200 OK", ZIPPED[: len(ZIPPED) // 2], *headers, length=-1)
    broken = reply("200 OK", ZIPPED[:999] + b"\0" * 999 + ZIPPED[1998:], *headers)
    service = brings_the_clip(tmp_path, key, lambda s: [cut, broken, serve(CLIP)])
    assert service.ranges() == ["", "", ""]


def test_a_plain_clip_that_says_gzip_is_gone_on_from(tmp_path: Path, key: str) -> None:
    cut = len(CLIP) // 2
    lying = serve(CLIP, ETAG, cut, "Content-Encoding: gzip")
    rest = serve(CLIP, ETAG, None, "Content-Encoding: gzip")
    service = brings_the_clip(tmp_path, key, lambda s: [lying, rest])
    assert service.ranges() == ["", f"bytes={cut}-"]


def test_what_a_small_body_unpacks_to_is_bounded(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "CLIP_LIMIT_BYTES", 8 * 2**20)
    bomb = gzip.compress(bytes(256 * 2**20), 9)
    part = tmp_path / "a.part"
    with ScriptedServer(said("200 OK", bomb, "Content-Encoding: gzip")) as server:
        tracemalloc.start()
        with pytest.raises(DownloadFailed) as caught:
            client_of(server.url, key).download(f"{server.url}/a", part, lambda done, total: None)
        with pytest.raises(Unreachable):
            client_of(server.url, key).job("job_1")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert caught.value.fatal
    assert not part.exists()
    assert peak < 3 * JSON_LIMIT_BYTES


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, bytes], ids=["gzip", "zlib", "plain"]
)
def test_an_answer_of_the_service_is_read_packed_and_plain(
    pack: Callable[[bytes], bytes], key: str
) -> None:
    coding_name = "deflate" if pack is zlib.compress else "gzip"
    answer = said("200 OK", pack(b'{"jobId": "job_1"}'), f"Content-Encoding: {coding_name}")
    with ScriptedServer(answer) as server:
        assert client_of(server.url, key).job("job_1").value.remote_id == "job_1"


# --- redirects ---


@pytest.mark.parametrize(
    "location", ["/clips/café.mp4".encode(), "/clips/café.mp4".encode("latin-1")]
)
def test_a_redirect_in_raw_letters_is_followed(location: bytes, tmp_path: Path, key: str) -> None:
    recorded = (DATA / "location.http").read_bytes()

    def answer(connection: socket.socket, request: bytes) -> None:
        if b"GET /a " in request:
            connection.sendall(re.sub(rb"/clips/.*mp4", lambda _: location, recorded))
        else:
            serve(CLIP)(connection, request)

    part = tmp_path / "a.part"
    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        digest = client.download(f"{server.url}/a", part, lambda done, total: None)
        path = "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in location)
        assert server.requests[1].split(b" ")[1] == path.encode()
    assert digest == hashlib.sha256(CLIP).hexdigest()


def test_eight_redirects_are_followed_without_the_key(tmp_path: Path, key: str) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        at = int(request.split(b" ")[1].strip(b"/"))
        after = serve(CLIP) if at == 8 else reply("302 Found", b"", f"Location: /{at + 1}")
        after(connection, request)

    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        client.download(f"{server.url}/0", tmp_path / "a.part", lambda done, total: None)
        assert len(server.requests) == 9
        assert not any(header(request, "Authorization") for request in server.requests)


# --- links ---


@pytest.mark.parametrize("link", ["/clips/a.mp4", "clips/a.mp4", "//{host}/a.mp4", "{host}/a.mp4"])
@pytest.mark.parametrize("wrap", [str, lambda url: [url], lambda url: [{"url": url}]])
@in_virtual_time
async def test_a_link_is_completed_and_fetched_without_the_key(
    link: str, wrap: Callable[[str], Any], tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        host = service.url.removeprefix("http://")
        service.always[""] = serve(CLIP)
        service.always["job"] = service.shows(output={"video": wrap(link.format(host=host))})
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
        (sent,) = [r for r in service.api.requests if b"a.mp4" in r.split(b"\r\n")[0]]
        assert header(sent, "Authorization") == ""


# --- a word nobody knows, and a link ---


@in_virtual_time
async def test_a_link_beside_an_unknown_word_is_fetched_and_then_it_is_saved(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        link = f"{service.media.url}/a.mp4"
        service.always["job"] = service.shows(status="wrapped", output={"video": link})
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            assert harness.job().finished_at is not None
            assert harness.job().problem is None
            assert len(service.charges) == len(service.media.requests) == 1


@pytest.mark.parametrize(
    "answer", [reply("404 Not Found"), reply("200 OK", b"<html>soon</html>"), reply("503 Busy")]
)
@in_virtual_time
async def test_where_it_cannot_be_fetched_the_polling_goes_on(
    answer: Answer, tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        link = f"{service.media.url}/a.mp4"
        service.always["job"] = service.shows(status="wrapping", output={"video": link})
        service.always["clip"] = answer
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await asyncio.sleep(1200)
            assert harness.states() == [S.ACCEPTED]
            assert harness.problem().code is ProblemCode.SLOW
            assert len(service.media.requests) < 12 < len(service.looks())
            del service.always["job"], service.always["clip"]
            await harness.until_states(S.SAVED)
            assert len(service.charges) == 1


def test_the_head_of_a_body_is_read_in_drips() -> None:
    class Drip:
        def __init__(self, body: bytes) -> None:
            self.headers = {"Content-Encoding": "gzip"}
            self.raw = self
            self._left = body

        def read1(self, size: int) -> bytes:
            piece, self._left = self._left[:1], self._left[1:]
            return piece

    for packed in (gzip.compress(b"hello"), b"hello", b"", b"\x1f"):
        body = coding.Body(Drip(packed), 64)  # type: ignore[arg-type]
        if packed == b"\x1f":
            with pytest.raises(ValueError):
                list(body)
        else:
            assert b"".join(body) in (b"hello", b"")
