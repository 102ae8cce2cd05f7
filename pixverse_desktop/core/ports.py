"""What the engine needs from the world outside: protocols of blocking parts, a clock, a sink.

Blocking methods are called through ``RunBlocking`` on a lane's worker thread, never on the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import RunBlocking
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.records import record
from pixverse_desktop.core.service import ServiceReport, ServiceStatus

T = TypeVar("T")


class Clock(Protocol):
    """Time, injectable so that tests never sleep."""

    def time(self) -> float: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class EventSink(Protocol):
    """Receives frozen snapshots on the loop's thread; must return at once."""

    def job_changed(self, job: Job) -> None: ...

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        """Many in one go, none of which was sent: new ones, or such as wait at other places,
        are paused, taken back or queued again."""

    def progress_changed(self, job_id: str, fraction: float) -> None: ...

    def status_changed(self, status: ServiceStatus) -> None: ...

    def film_changed(self, film_id: str) -> None:
        """A film was added, removed, or is another version now."""


@record
class Reply(Generic[T]):
    """A parsed answer together with what it said about the request rate."""

    value: T
    rate: RateHint = field(default_factory=RateHint)


@record
class Submission:
    """The service accepted a job. Costs in credits, None where the reply was silent."""

    remote_id: str
    credit_cost: Decimal | None = None
    credits_remaining: Decimal | None = None


class Phase(StrEnum):
    """What a status word of the service means to us."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@record
class RemoteJob:
    """A job as the service tells it. ``seed``, ``prompt`` and ``request`` only where inputs are
    echoed (``echoed`` names the fields of ``request`` that are), ``model`` only where it is named.
    """

    remote_id: str
    status: str
    phase: Phase
    video_url: str | None = None
    error: str = ""
    credit_cost: Decimal | None = None
    credits_remaining: Decimal | None = None
    expires_at: float | None = None
    created_at: float | None = None
    seed: int | None = None
    prompt: str | None = None
    request: ClipRequest | None = None
    echoed: frozenset[str] = frozenset()
    model: str | None = None


@record
class JobsPage:
    """A part of the service's list of jobs, newest first; ``more`` when older ones may follow."""

    rows: tuple[RemoteJob, ...]
    more: bool = False


@record
class LiveModel:
    """What the live schema says, and the text by which it is remembered for offline use."""

    model: ModelSpec
    cache_text: str


@record
class ListedModel:
    """A model in the service's list; ``price`` None where none could be read."""

    id: str
    name: str
    price: PriceRule | None


class Service(Protocol):
    """The service of one origin. Every method blocks and raises the errors of ``problems``."""

    def encode(self, request: ClipRequest, caps: ModelSpec) -> bytes:
        """The request body; reads frame files. Raises UserError (FRAME)."""

    def submit(self, body: bytes, attempt_id: str, model_id: str = MODEL_ID) -> Reply[Submission]:
        """POST once, never repeated. Raises NotSent, Rejected or Ambiguous."""

    def job(self, remote_id: str) -> Reply[RemoteJob]:
        """Raises Unreachable, or Rejected with KEY or JOB_UNKNOWN."""

    def jobs(self, page: int | None = None) -> Reply[JobsPage]:
        """The recent jobs, or one page of all of them, from 1 on.

        Raises Unreachable, or Rejected where there is no such list.
        """

    def model(self, model_id: str = MODEL_ID) -> Reply[LiveModel]:
        """What a model's live schema says. Raises Unreachable or Rejected."""

    def models(self) -> Reply[tuple[ListedModel, ...]]:
        """Every video model of the service. Raises Unreachable or Rejected."""

    def check(self) -> ServiceReport:
        """Ask all that costs nothing; what differs from what this program assumes."""

    def download(self, url: str, part: Path, progress: Callable[[int, int | None], None]) -> str:
        """Fetch ``url`` into ``part``, resuming; gives the SHA-256 of the whole in hex.

        Raises DownloadFailed, OSError.
        """

    def key_fingerprint(self) -> str | None:
        """First 8 hex digits of the key's SHA-256; None without a key."""


class Store(Protocol):
    """The database. Every method blocks, commits before it returns, and raises StoreError."""

    def load_jobs(self) -> list[Job]: ...

    def add_jobs(self, *jobs: Job) -> None:
        """Insert new jobs, all of them or none."""

    def update_job(self, job: Job, expected: JobState) -> bool:
        """Write ``job`` if the row is still in ``expected``; False when it is not."""

    def change_jobs(self, jobs: Sequence[Job], expected: JobState | None = None) -> list[Job]:
        """Write those whose rows are still in that state (None: in their own), as one; gives
        them. With an error none of them."""

    def facts(self, origin: str) -> Mapping[str, str]:
        """Small remembered values about a service: balance, request budget, pause."""

    def save_fact(self, origin: str, name: str, value: str) -> None: ...


class MakeStill(Protocol):
    """BLOCKING. A picture of a job's saved clip as a frame that remembers its parent."""

    def __call__(self, job: Job, index: int) -> Frame:
        """The ``index``-th picture, -1 for the last, as it was decoded and encoded once; durable
        when this returns.

        Raises FileNotFoundError where the file is not there or is another one now, UserError
        (FRAME) for a clip without that picture and (DISK) where it cannot be kept.
        """


class FilmStore(Protocol):
    """The films of the data folder. Every method blocks, commits, and raises StoreError."""

    def load(self) -> list[Film]: ...

    def save(self, film: Film) -> None:
        """A new film, or another version of one."""

    def remove(self, film_id: str) -> None: ...


class ClipFiles(Protocol):
    """The clip folder. Every method blocks and raises OSError, or DownloadFailed (BAD_CLIP)."""

    def part_path(self, job: Job) -> Path: ...

    def verify(self, job: Job, sha256: str) -> Clip:
        """Check and sync the part; the clip's final path is chosen here."""

    def publish(self, job: Job) -> None:
        """Give the verified part its final name; does nothing if that happened before."""

    def has_file(self, job: Job) -> bool: ...

    def delete(self, job: Job) -> bool:
        """Remove the saved clip; False when another file lies in its place, which is left."""

    def write_marks(self, job: Job) -> Clip | None:
        """Let the saved clip say what is thought of it; the clip as it is then, None when that is
        not possible."""

    def free_bytes(self) -> int | None:
        """Free space for the next clip; None where the file system does not tell."""


@record
class EngineDependencies:
    """The world outside, as given by a composition root."""

    run: RunBlocking
    clock: Clock
    events: EventSink
    files: ClipFiles
    still: MakeStill
    save_fact: Callable[[str, str, str], None]  # blocking: origin, name, value
