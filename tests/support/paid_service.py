"""A paid service on loopback: it writes down every charge, and any answer can be replaced.

Clips come from a second server, as they do from the real service, which must never see the key.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.clips import small_clip
from tests.support.loops import EPOCH
from tests.support.scripted_server import Answer, ScriptedServer, Tls, reply

ETAG = '"one"'
_NOT_FOUND = reply("404 Not Found", b'{"error": {"code": "not_found"}}')


@dataclass(frozen=True)
class Charge:
    """Money taken for a job."""

    job_id: str
    sent: dict[str, Any]
    created_at: float


class PaidService:
    """Takes paid requests on loopback. Answers in ``next`` are given once, in order.

    Routes are "run", "job", "list" and "clip"; ``always`` replaces a route's usual answer.
    """

    def __init__(self, *, port: int = 0, tls: Tls | None = None) -> None:
        self.api = ScriptedServer(self._answer, port=port, tls=tls)
        self.media = ScriptedServer(self._answer_media)
        self.url = self.api.url
        self.charges: list[Charge] = []
        self.next: dict[str, list[Answer]] = {"run": [], "job": [], "list": [], "clip": []}
        self.always: dict[str, Answer] = {}
        self.status = "completed"
        self.clip = small_clip()
        self.echo = True
        self.clock_off_s = 0.0
        self._links = 0
        self._now = lambda: EPOCH

    def __enter__(self) -> PaidService:
        self.api.__enter__()
        self.media.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.media.__exit__()
        self.api.__exit__()
        for seen in self.media.requests:
            assert b"authorization" not in seen.lower()
            assert b"idempotency" not in seen.lower()
        # Every intent draws a seed of its own, so this is one charge an intent.
        seeds = [done.sent.get("seed") for done in self.charges]
        assert len(seeds) == len(set(seeds))

    def tell_time(self, now: Callable[[], float]) -> None:
        """The service's clock."""
        self._now = now

    def posts(self) -> list[dict[str, Any]]:
        """The bodies of every submission that came whole, charged or not."""
        sent = [r for r in self.api.requests if r.startswith(b"POST /api/v1/models/pixverse-v6/")]
        return [body_of(request) for request in sent]

    def looks(self) -> list[str]:
        """The addresses of every look at a job, in order."""
        lines = [r.split(b"\r\n")[0].decode() for r in self.api.requests]
        return [line.split()[1] for line in lines if line.startswith("GET /api/v1/jobs/")]

    def ranges(self) -> list[str]:
        """The Range of every download, "" where the whole was asked for."""
        return [header(request, "Range") for request in self.media.requests]

    # --- answers ---

    def charge(self, request: bytes) -> Charge:
        """Take the money for a request."""
        done = Charge(f"job_{len(self.charges) + 1}", body_of(request), self._now())
        self.charges.append(done)
        return done

    def charged(self, then: Answer) -> Answer:
        """Take the money, then answer something else."""

        def answer(connection: socket.socket, request: bytes) -> None:
            self.charge(request)
            then(connection, request)

        return answer

    def receipt(self, **changes: object) -> Answer:
        """Take the money and say so; a change to None leaves the field out."""

        def answer(connection: socket.socket, request: bytes) -> None:
            done = self.charge(request)
            body = {"jobId": done.job_id, "status": "pending", "creditCost": 10,
                    "creditsRemaining": 500 - 10 * len(self.charges), **changes}  # fmt: skip
            text = json.dumps({k: v for k, v in body.items() if v is not None})
            reply("202 Accepted", text.encode())(connection, request)

        return answer

    def view(self, done: Charge, **changes: object) -> dict[str, Any]:
        """A job as a look at it shows it."""
        self._links += 1
        shown: dict[str, Any] = {"jobId": done.job_id, "status": self.status}
        if self.status.lower() == "completed":
            link = f"{self.media.url}/{done.job_id}.mp4?link={self._links}"
            shown["output"] = {"video": link}
        return {**shown, **changes}

    def row(self, done: Charge) -> dict[str, Any]:
        """A job as the list shows it."""
        shown = self.view(done, createdAt=int((done.created_at + self.clock_off_s) * 1000))
        return {**shown, "input": done.sent} if self.echo else shown

    def shows(self, **changes: object) -> Answer:
        """One look at a job, with other fields."""

        def answer(connection: socket.socket, request: bytes) -> None:
            done = next((c for c in self.charges if c.job_id == _last_part(request)), None)
            if done is None:
                _NOT_FOUND(connection, request)
            else:
                shown = json.dumps(self.view(done, **changes)).encode()
                reply("200 OK", shown)(connection, request)

        return answer

    def lists(self, rows: Callable[[list[dict[str, Any]]], list[Any]]) -> Answer:
        """The list, made into another one by ``rows``."""

        def answer(connection: socket.socket, request: bytes) -> None:
            usual = [self.row(done) for done in reversed(self.charges)]
            start, limit = _page_of(request)
            page = rows(usual)[start : start + limit] if limit else rows(usual)
            reply("200 OK", json.dumps({"jobs": page}).encode())(connection, request)

        return answer

    # --- routes ---

    def _answer(self, connection: socket.socket, request: bytes) -> None:
        self._play(_route(request), connection, request)

    def _answer_media(self, connection: socket.socket, request: bytes) -> None:
        self._play("clip", connection, request)

    def _play(self, route: str, connection: socket.socket, request: bytes) -> None:
        waiting = self.next.get(route)
        usual = self.always.get(route, self._usual(route, request))
        (waiting.pop(0) if waiting else usual)(connection, request)

    def _usual(self, route: str, request: bytes) -> Answer:
        match route:
            case "run":
                return self.receipt()
            case "job" if any(c.job_id == _last_part(request) for c in self.charges):
                return self.shows()
            case "list":
                return self.lists(lambda rows: rows)
            case "clip":
                return serve(self.clip)
            case _:
                return _NOT_FOUND


def serve(clip: bytes, etag: str = ETAG, cut: int | None = None, *headers: str) -> Answer:
    """A media host that honours Range with If-Range; ``cut`` ends the body early."""

    def answer(connection: socket.socket, request: bytes) -> None:
        start = 0
        if header(request, "If-Range") == etag:
            start = int(header(request, "Range").removeprefix("bytes=").rstrip("-") or 0)
        if start >= len(clip):
            whole = f"Content-Range: bytes */{len(clip)}"
            reply("416 Range Not Satisfiable", b"", whole, f"ETag: {etag}")(connection, request)
            return
        body, left = clip[start:cut], len(clip) - start
        if start:
            piece = f"Content-Range: bytes {start}-{len(clip) - 1}/{len(clip)}"
            kind, extra = "206 Partial Content", (piece, f"ETag: {etag}", *headers)
        else:
            kind, extra = "200 OK", (f"ETag: {etag}", *headers)
        reply(kind, body, *extra, length=left)(connection, request)

    return answer


def body_of(request: bytes) -> dict[str, Any]:
    """The JSON of a request; empty when it did not come whole."""
    try:
        found = json.loads(request.partition(b"\r\n\r\n")[2])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def header(request: bytes, name: str) -> str:
    """One header of a raw request, "" when it is not there."""
    for line in request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return ""


def _last_part(request: bytes) -> str:
    target = request.split(b" ", 2)[1].decode()
    return target.split("?")[0].rsplit("/", 1)[-1]


def _page_of(request: bytes) -> tuple[int, int]:
    """Start and length of the page that was asked for; a length of 0 means everything."""
    query = request.split(b" ", 2)[1].decode().partition("?")[2]
    asked = dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)
    limit = int(asked.get("limit", 0))
    return int(asked.get("offset", (int(asked.get("page", 1)) - 1) * limit)), limit


def _route(request: bytes) -> str:
    if request.count(b" ") < 2:
        return ""
    method, target, _ = request.split(b" ", 2)
    path = target.split(b"?")[0].removeprefix(b"/api/v1")
    if method == b"POST":
        return "run" if path == b"/models/pixverse-v6/run" else ""
    if path == b"/jobs":
        return "list"
    return "job" if path.startswith(b"/jobs/") else ""
