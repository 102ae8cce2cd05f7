"""The paid request and downloads against a scripted server: every outcome, classified."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pixverse_desktop.api import client as client_module
from pixverse_desktop.api import http
from pixverse_desktop.api.client import Client
from pixverse_desktop.core.errors import (
    Ambiguous,
    DownloadFailed,
    NotSent,
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.service import custom_origin
from tests.support.scripted_server import Answer, ScriptedServer, close, reply, reset

ACCEPTED = json.dumps({"jobId": "job_1", "status": "pending", "creditCost": 10,
                       "creditsRemaining": 90}).encode()  # fmt: skip


def no_frames(frame: Frame) -> bytes:
    raise AssertionError("no frame is sent here")


def client_of(url: str, key: str | None) -> Client:
    return Client(custom_origin(f"{url}/api/v1"), key, no_frames)


def submitted(answer: Answer, key: str) -> tuple[object, list[bytes]]:
    """What a submission gives or raises, and the requests the server saw."""
    with ScriptedServer(answer) as server:
        try:
            return client_of(server.url, key).submit(b'{"prompt": "x"}', "attempt").value, [
                *server.requests
            ]
        except UserError as error:
            return error, [*server.requests]


def test_an_accepted_job(key: str) -> None:
    value, requests = submitted(reply("202 Accepted", ACCEPTED), key)
    assert (value.remote_id, value.credit_cost, value.credits_remaining) == ("job_1", 10, 90)  # type: ignore[attr-defined]
    (sent,) = requests
    assert sent.startswith(b"POST /api/v1/models/pixverse-v6/run HTTP/1.1\r\n")
    assert f"Authorization: Bearer {key}".encode() in sent
    assert b"Idempotency-Key: attempt" in sent
    assert b"Connection: close" in sent
    assert sent.endswith(b'{"prompt": "x"}')


@pytest.mark.parametrize(
    "answer",
    [close, reset, reply("200 OK", b"{", length=500), reply("200 OK", b"<html>"),
     reply("200 OK", b'{"status": "pending"}'), reply("200 OK", b'{"jobId": null}'),
     reply("200 OK", b'{"jobId": "../../x"}'), reply("200 OK", b'{"jobId": "' + b"x" * 10**6 + b'"}'),
     reply("200 OK", b" " * (5 * 2**20)), reply("500 Oops", b'{"error": "internal_error"}'),
     reply("502 Bad Gateway", b"<html>"), reply("503 Busy"), reply("504 Late"), reply("408 Slow"),
     reply("409 Conflict"), reply("307 Moved", b"", "Location: http://127.0.0.1:1/steal"),
     reply("308 Moved", b"", "Location: /api/v1/models/pixverse-v6/run"), reply("301 Moved")],
)  # fmt: skip
def test_an_unclear_outcome_is_ambiguous_and_sent_once(answer: Answer, key: str) -> None:
    value, requests = submitted(answer, key)
    assert isinstance(value, Ambiguous)
    assert len(requests) == 1
    assert key not in str(value) + value.problem.detail


def test_a_silent_server_is_ambiguous(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.2)

    def silence(connection: socket.socket, request: bytes) -> None:
        connection.recv(1)

    value, requests = submitted(silence, key)
    assert isinstance(value, Ambiguous)
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [("400 Bad", ProblemCode.INVALID), ("401 No", ProblemCode.KEY), ("402 Pay", ProblemCode.CREDITS),
     ("403 No", ProblemCode.KEY), ("404 Gone", ProblemCode.MODEL), ("405 No", ProblemCode.INVALID),
     ("413 Big", ProblemCode.INVALID), ("415 No", ProblemCode.INVALID),
     ("422 Odd", ProblemCode.INVALID), ("429 Slow", ProblemCode.RATE)],
)  # fmt: skip
def test_a_clear_no_is_rejected(status: str, code: ProblemCode, key: str) -> None:
    value, _ = submitted(reply(status, b"{}", "Retry-After: 7"), key)
    assert isinstance(value, Rejected)
    assert value.problem.code is code
    if code is ProblemCode.RATE:
        assert (value.rate.limited, value.rate.wait_s) == (True, 7)


def test_nobody_there_is_not_sent(key: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(NotSent) as caught:
            client_of(url, key).submit(b"{}", "a")
    assert caught.value.problem.code is ProblemCode.OFFLINE


def test_no_such_host_is_not_sent(key: str) -> None:
    with pytest.raises(NotSent):
        client_of("https://nonexistent.invalid", key).submit(b"{}", "a")


def test_plain_http_behind_https_is_a_certificate_problem(key: str) -> None:
    with ScriptedServer(reply("200 OK", ACCEPTED), read_body=False) as server:
        url = server.url.replace("http:", "https:")
        with pytest.raises(NotSent) as caught:
            client_of(url, key).submit(b"{}", "a")
    assert caught.value.problem.code is ProblemCode.CERTIFICATE


def test_a_key_quoted_by_the_service_is_not_kept(key: str) -> None:
    body = json.dumps({"error": {"code": "unauthorized", "message": f"bad key {key}"}}).encode()
    value, _ = submitted(reply("401 No", body), key)
    assert isinstance(value, Rejected)
    assert key not in value.problem.detail + value.problem.message
    assert "bad key ***" in value.problem.detail


def test_a_dripping_answer_is_given_up(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_LIMIT_S", 0.2)
    monkeypatch.setattr(client_module, "SUBMIT_READ_LIMIT_S", 0.1)

    def drip(connection: socket.socket, request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        for _ in range(500):
            connection.sendall(b" ")
            time.sleep(0.01)

    started = time.monotonic()
    value, _ = submitted(drip, key)
    assert isinstance(value, Ambiguous)
    assert time.monotonic() - started < 3


def test_without_a_key_nothing_leaves() -> None:
    with ScriptedServer(reply("202 OK", ACCEPTED)) as server:
        with pytest.raises(Rejected) as caught:
            client_of(server.url, None).submit(b"{}", "a")
        assert server.requests == []
    assert caught.value.problem.code is ProblemCode.KEY


def test_netrc_and_proxy_variables_change_nothing(
    key: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    _, (sent,) = submitted(reply("202 Accepted", ACCEPTED), key)
    assert f"Authorization: Bearer {key}".encode() in sent


def asked(answer: Answer, key: str, ask: Callable[[Client], object]) -> object:
    with ScriptedServer(answer) as server:
        try:
            return ask(client_of(server.url, key))
        except UserError as error:
            return error


@pytest.mark.parametrize(
    "answer",
    [close, reset, reply("500 Oops"), reply("503 Busy"), reply("200 OK", b"<html>"),
     reply("200 OK", b"null"), reply("200 OK", b"[1]"), reply("200 OK", b"[" * 200_000),
     reply("200 OK", b" " * (5 * 2**20)), reply("302 Found", b"", "Location: /x"),
     reply("200 OK", b'{"jobId": "job_2", "status": "completed"}')],
)  # fmt: skip
def test_trouble_while_polling_is_never_a_failed_job(answer: Answer, key: str) -> None:
    assert isinstance(asked(answer, key, lambda c: c.job("job_1")), Unreachable)


def test_polling_understands_404_and_401(key: str) -> None:
    unknown = asked(reply("404 Not Found", b"{}"), key, lambda c: c.job("job_1"))
    assert isinstance(unknown, Rejected)
    assert unknown.problem.code is ProblemCode.JOB_UNKNOWN
    refused = asked(reply("401 No", b"{}"), key, lambda c: c.job("job_1"))
    assert isinstance(refused, Rejected)
    assert refused.problem.code is ProblemCode.KEY


def test_a_status_url_elsewhere_is_never_followed(key: str) -> None:
    body = b'{"jobId": "job_1", "status": "pending", "statusUrl": "http://evil.invalid/steal"}'
    value, requests = submitted(reply("202 Accepted", body), key)
    assert value.remote_id == "job_1"  # type: ignore[attr-defined]
    assert len(requests) == 1


@pytest.mark.parametrize(
    "listed",
    [{"models": [{"apiId": "kling", "creditCost": 12}]}, {"data": [{"id": "kling", "creditCost": 12}]},
     [{"id": "veo", "creditCost": 90}, {"id": "kling", "creditCost": 12}]],
)  # fmt: skip
def test_a_price_that_only_the_list_names_is_found_in_every_shape_of_it(
    listed: object, key: str
) -> None:
    page = {"schema": {"properties": {"prompt": {"type": "string"}}}}

    def answer(connection: socket.socket, request: bytes) -> None:
        told = listed if b"detailed" in request.splitlines()[0] else page
        reply("200 OK", json.dumps(told).encode())(connection, request)

    with ScriptedServer(answer) as server:
        found = client_of(server.url, key).model("kling").value.model
    assert found.price.amount == 12


# --- downloads ---

CLIP = bytes(range(256)) * 4000


def fetch(
    server_url: str, key: str, part: Path, path: str = "/clip"
) -> list[tuple[int, int | None]]:
    seen: list[tuple[int, int | None]] = []
    client_of(server_url, key).download(
        server_url + path, part, lambda done, total: seen.append((done, total))
    )
    return seen


def test_a_download_carries_no_key(key: str, tmp_path: Path) -> None:
    with ScriptedServer(reply("200 OK", CLIP)) as server:
        seen = fetch(server.url, key, tmp_path / "a.part")
        assert b"Authorization" not in server.requests[0]
    assert (tmp_path / "a.part").read_bytes() == CLIP
    assert seen[-1] == (len(CLIP), len(CLIP))


def ranged(etag: str, cut: int) -> Answer:
    """A host that cuts the first answer and honours Range afterwards."""

    def answer(connection: socket.socket, request: bytes) -> None:
        start = 0
        for line in request.split(b"\r\n"):
            if line.startswith(b"Range: bytes="):
                start = int(line[13:].rstrip(b"-"))
        if start:
            whole = f"Content-Range: bytes {start}-{len(CLIP) - 1}/{len(CLIP)}"
            reply("206 Partial", CLIP[start:], whole, f"ETag: {etag}")(connection, request)
        else:
            reply("200 OK", CLIP[:cut], f"ETag: {etag}", length=len(CLIP))(connection, request)

    return answer


def test_a_cut_download_goes_on_where_it_stopped(key: str, tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    with ScriptedServer(ranged('"v1"', 600_000)) as server:
        with pytest.raises(DownloadFailed) as caught:
            fetch(server.url, key, part)
        assert not caught.value.refresh
        assert part.stat().st_size == 600_000
        fetch(server.url, key, part)
        assert b"Range: bytes=600000-" in server.requests[1]
        assert b'If-Range: "v1"' in server.requests[1]
    assert part.read_bytes() == CLIP


def test_a_weak_etag_starts_over(key: str, tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    with ScriptedServer(ranged('W/"v1"', 600_000)) as server:
        for _ in range(2):
            with pytest.raises(DownloadFailed):
                fetch(server.url, key, part)
        assert b"Range:" not in server.requests[1]


@pytest.mark.parametrize(
    "answer",
    [reply("206 Partial", b"xx", "Content-Range: bytes 5-6/7"), reply("206 Partial", b"xx"),
     reply("416 No", b"")],
)  # fmt: skip
def test_another_piece_than_asked_starts_over(answer: Answer, key: str, tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    part.write_bytes(b"old")
    part.with_suffix(".etag").write_text('"v1"')
    with ScriptedServer(answer) as server, pytest.raises(DownloadFailed) as caught:
        fetch(server.url, key, part)
    assert not caught.value.refresh
    assert not part.exists()


def test_an_ignored_range_truncates(key: str, tmp_path: Path) -> None:
    part = tmp_path / "a.part"
    part.write_bytes(CLIP + b"longer than the clip")
    part.with_suffix(".etag").write_text('"v1"')
    with ScriptedServer(reply("200 OK", CLIP)) as server:
        fetch(server.url, key, part)
    assert part.read_bytes() == CLIP


@pytest.mark.parametrize("status", ["403 No", "404 Gone", "410 Gone"])
def test_a_dead_link_asks_for_a_fresh_one(status: str, key: str, tmp_path: Path) -> None:
    with ScriptedServer(reply(status)) as server, pytest.raises(DownloadFailed) as caught:
        fetch(server.url, key, tmp_path / "a.part")
    assert caught.value.refresh


@pytest.mark.parametrize(
    "location",
    ["file:///etc/hostname", "http://example.com/a", "https://10.0.0.1/a", "https://169.254.1.1/",
     "https://user:pw@example.com/", "ftp://127.0.0.1/", "//10.1.1.1/a", "https://[fe80::1]/a"],
)  # fmt: skip
def test_redirects_are_judged_like_addresses(location: str, key: str, tmp_path: Path) -> None:
    answer = reply("302 Found", b"", f"Location: {location}")
    with ScriptedServer(answer) as server, pytest.raises(DownloadFailed) as caught:
        fetch(server.url, key, tmp_path / "a.part")
    assert caught.value.refresh
    assert not (tmp_path / "a.part").exists()


def test_redirects_end(key: str, tmp_path: Path) -> None:
    with ScriptedServer(reply("302 Found", b"", "Location: /again")) as server:
        with pytest.raises(DownloadFailed, match="too often"):
            fetch(server.url, key, tmp_path / "a.part")
        assert len(server.requests) == 9


def test_loopback_is_refused_for_a_service_elsewhere(key: str, tmp_path: Path) -> None:
    with ScriptedServer(reply("200 OK", CLIP)) as server:
        elsewhere = client_of("https://example.com", key)
        with pytest.raises(DownloadFailed):
            elsewhere.download(server.url, tmp_path / "a.part", lambda done, total: None)
        assert server.requests == []


def test_a_clip_larger_than_the_limit_is_not_fetched(key: str, tmp_path: Path) -> None:
    answer = reply("200 OK", b"x", length=5 * 10**12)
    with ScriptedServer(answer) as server, pytest.raises(DownloadFailed, match="2 GiB"):
        fetch(server.url, key, tmp_path / "a.part")
