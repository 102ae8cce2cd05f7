"""An engine in virtual time over the real client, database and clip folder, and its paid service.

The service is a scripted one on loopback: it writes down every charge, and each of its answers can
be replaced by any other, down to cut connections. Clips come from a second server, as they do from
the real service, which must never see the key.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixverse_desktop.api.client import Client
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import Problem, plain
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import ClipFiles, Service, Store
from pixverse_desktop.core.service import Hold, HoldReason, Origin, ServiceStatus, custom_origin
from pixverse_desktop.media.probe import inspect_part
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.clip_folder import ClipFolder
from pixverse_desktop.store.job_store import JobStore
from tests.faults.fakes import (
    DEMO,
    EPOCH,
    SHORT,
    FakeFiles,
    VirtualClock,
    in_place,
    small_clip,
)
from tests.scripted_server import Answer, ScriptedServer, Tls, reply

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


class Witness:
    """An event sink that keeps what it was told, and every sentence the user could have read."""

    def __init__(self) -> None:
        self.states: dict[str, list[JobState]] = {}
        self.problems: list[Problem] = []
        self.status: ServiceStatus | None = None
        self.changed = asyncio.Event()

    def job_changed(self, job: Job) -> None:
        self.states.setdefault(job.id, []).append(job.state)
        self._read(job.problem)

    def progress_changed(self, job_id: str, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def status_changed(self, status: ServiceStatus) -> None:
        self.status = status
        self._read(status.hold.problem if status.hold else None)

    def _read(self, problem: Problem | None) -> None:
        if problem is not None:
            self.problems.append(problem)
        self.changed.set()

    def check(self, key: str) -> None:
        """Every sentence is one: short, plain, no page of markup, no key."""
        for problem in self.problems:
            assert problem.message[0].isupper()
            assert plain(problem.message) == problem.message
            assert "<html" not in problem.message.lower()
            assert key not in problem.message + problem.detail


class Rig:
    """An engine in virtual time, as a context manager."""

    def __init__(
        self,
        folder: Path,
        service: Service,
        origin: Origin,
        key: str,
        *,
        files: ClipFiles | None = None,
        store: Store | None = None,
        **config: Any,
    ) -> None:
        self.folder = folder
        self.seen = Witness()
        self._key = key
        self._start_jobs: list[Job] = []
        held: Any = store
        self._runtime = Runtime(paths_below(folder), in_place, VirtualClock(), self.seen, held)
        self.repository = self._runtime.repository
        self.origin = origin
        self._service = service
        self._files = files or ClipFolder(folder / "clips", inspect_part)
        self._config = EngineConfig(**config)

    def begin_with(self, *jobs: Job) -> Rig:
        """Jobs of an earlier run."""
        self._start_jobs += jobs
        return self

    async def __aenter__(self) -> Rig:
        await self._runtime.open()
        for job in self._start_jobs:
            await self.repository.add(job)
        self.engine = await build_engine(
            self._runtime, self.origin, self._key, Settings(), self._config,
            service=self._service, files=self._files,
        )  # fmt: skip
        self.engine.start(learn=False)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.engine.close()
        await self._runtime.close()
        self.seen.check(self._key)

    @property
    def store(self) -> JobStore:
        """The database."""
        return self._runtime.store

    @property
    def hold(self) -> Hold | None:
        """Why nothing is sent."""
        return self.engine.session.status.hold

    def held_for(self) -> HoldReason | None:
        """The reason why nothing is sent."""
        return self.hold.reason if self.hold else None

    async def ask(self, count: int = 1, request: ClipRequest = SHORT) -> list[Job]:
        """Press Generate so many times."""
        return [await self.engine.generate(request) for _ in range(count)]

    def states(self) -> list[JobState]:
        """The states of all jobs, oldest first."""
        return [job.state for job in self.repository.all()]

    def job(self, which: Job | None = None) -> Job:
        """A job as it stands; the oldest by default."""
        return self.repository.get(which.id) if which else self.repository.all()[0]

    def problem(self, which: Job | None = None) -> Problem:
        """What the user reads about a job."""
        found = self.job(which).problem
        assert found is not None
        return found

    async def until(self, condition: Callable[[], bool], within_s: float = 600.0) -> None:
        """Let time pass until something is true; looked at after every piece of news."""
        async with asyncio.timeout(within_s):
            while not condition():
                self.seen.changed.clear()
                await self.seen.changed.wait()

    async def until_states(self, *states: JobState, within_s: float = 600.0) -> None:
        """Let time pass until the jobs are in these states, oldest first."""
        await self.until(lambda: self.states() == list(states), within_s)


def no_frames(frame: Frame) -> bytes:
    raise AssertionError("no frame is sent here")


def client_of(url: str, key: str | None, **options: Any) -> Client:
    """A client of the service at ``url``."""
    return Client(custom_origin(f"{url}/api/v1"), key, no_frames, **options)


def rig_of(service: PaidService, folder: Path, key: str, url: str = "", **config: Any) -> Rig:
    """An engine for a scripted service on loopback, or for one that is reached by ``url``."""
    loop = asyncio.get_running_loop()
    service.tell_time(lambda: EPOCH + loop.time())
    url = url or service.url
    return Rig(folder, client_of(url, key), custom_origin(f"{url}/api/v1"), key, **config)


def memory_rig(service: Service, folder: Path, key: str, **config: Any) -> Rig:
    """An engine for a service in memory, with files in memory too."""
    return Rig(folder, service, DEMO, key, files=FakeFiles(), **config)
