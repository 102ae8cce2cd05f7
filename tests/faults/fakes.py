"""Time that passes only when nothing else can happen, work done in place, a service in memory.

On a `VirtualLoop` hours take no time and every run is the same: the loop's clock jumps to the next
timer as soon as nothing is left to do, and blocking work runs inside the loop's own thread.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import io
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable, problem
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import (
    JobsPage,
    Lane,
    LiveModel,
    Phase,
    RemoteJob,
    Reply,
    Submission,
)
from pixverse_desktop.core.service import demo_origin

EPOCH = 1_700_000_000.0  # what the virtual wall clock shows at the virtual second 0
SHORT = ClipRequest(prompt="a short clip", resolution="360p", duration_s=1)


class _JumpingSelector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Instead of waiting until the next timer, makes it that time."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> Any:
        assert timeout is not None, "nothing is left that could ever happen"
        self.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps over every wait."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def play(work: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(work)


class VirtualClock:
    """The loop's own time. Implements ``core.ports.Clock``."""

    def time(self) -> float:
        return EPOCH + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def in_place(lane: Lane, fn: Callable[..., Any], *args: object) -> Any:
    """Implements ``core.ports.RunBlocking``; what a fake answers may also be awaited."""
    await asyncio.sleep(0)
    value = fn(*args)
    return await value if inspect.isawaitable(value) else value


class FakeService:
    """A service in memory. Implements ``core.ports.Service``; counts every call with its time.

    ``answers`` replaces the usual answer of a call by its name; it may raise, or be a coroutine.
    """

    def __init__(self, key: str = "another key") -> None:
        self.calls: list[tuple[float, str]] = []
        self.rows: dict[str, RemoteJob] = {}
        self.attempts: list[str] = []
        self.answers: dict[str, Callable[..., Any]] = {}
        self.key = key

    def times(self, *names: str) -> list[float]:
        """When these calls came, in seconds of the loop."""
        return [when for when, name in self.calls if name in names]

    def has(self, remote_id: str, phase: Phase = Phase.RUNNING, url: str | None = None) -> None:
        """The job is there, with that status."""
        self.rows[remote_id] = RemoteJob(remote_id, str(phase), phase, video_url=url)

    def finish_all(self) -> None:
        """Every job is done."""
        for remote_id in self.rows:
            self.has(remote_id, Phase.COMPLETED, f"https://media.example/{remote_id}.mp4")

    def _count(self, name: str, *args: object) -> Any:
        self.calls.append((asyncio.get_running_loop().time(), name))
        return self.answers[name](*args) if name in self.answers else None

    def encode(self, request: ClipRequest, caps: ModelSpec) -> bytes:
        return request.prompt.encode()

    def submit(self, body: bytes, attempt_id: str) -> Any:
        self.attempts.append(attempt_id)
        answer = self._count("submit", body, attempt_id)
        if answer is not None:
            return answer
        remote_id = f"job_{len(self.attempts)}"
        self.has(remote_id)
        return Reply(Submission(remote_id, 10, 90))

    def job(self, remote_id: str) -> Any:
        answer = self._count("job", remote_id)
        if answer is not None:
            return answer
        if remote_id not in self.rows:
            raise Rejected(problem(ProblemCode.JOB_UNKNOWN))
        return Reply(self.rows[remote_id])

    def jobs(self, *_: object, **__: object) -> Any:
        answer = self._count("jobs")
        return Reply(JobsPage(tuple(self.rows.values()))) if answer is None else answer

    def model(self) -> Reply[LiveModel]:
        raise Unreachable(problem(ProblemCode.SERVICE))

    def download(self, url: str, part: Path, progress: Callable[..., None]) -> Any:
        answer = self._count("download", url, part)
        return "0" * 64 if answer is None else answer

    def key_fingerprint(self) -> str | None:
        return self.key[:8]


def offline(*_: object) -> None:
    """No answer at all."""
    raise Unreachable(problem(ProblemCode.OFFLINE))


def limited(*_: object) -> None:
    """Too many requests, with no word on how long to wait."""
    raise Unreachable(problem(ProblemCode.RATE), RateHint(limited=True))


def no_list(*_: object) -> None:
    """This service has no list of jobs."""
    raise Rejected(problem(ProblemCode.JOB_UNKNOWN))


class FakeFiles:
    """A clip folder in memory. Implements ``core.ports.ClipFiles``."""

    def part_path(self, job: Job) -> Path:
        return Path("/nowhere") / f".{job.id}.part"

    def verify(self, job: Job, sha256: str) -> Clip:
        return Clip(f"/nowhere/{job.id}.mp4", 1, sha256)

    def publish(self, job: Job) -> None:
        assert job.clip is not None

    def has_file(self, job: Job) -> bool:
        return True

    def delete(self, job: Job) -> bool:
        return True

    def free_bytes(self) -> int:
        return 2**40


class MemoryStore:
    """A database in memory. Implements ``core.ports.Store``; shared by books, like a file."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def open(self) -> None:
        return None

    def close(self) -> None:
        return None

    def load_jobs(self) -> list[Job]:
        return list(self.jobs.values())

    def add_job(self, job: Job) -> None:
        self.jobs[job.id] = job

    def update_job(self, job: Job, expected: JobState) -> bool:
        if self.jobs[job.id].state is not expected:
            return False
        self.jobs[job.id] = job
        return True

    def facts(self, origin: str) -> dict[str, str]:
        return {}

    def save_fact(self, origin: str, name: str, value: str) -> None:
        return None


DEMO = demo_origin("http://127.0.0.1:9/api/v1")


def accepted_job(number: int, age_s: float = 0.0, **changes: object) -> Job:
    """A job that the service works on since ``age_s`` seconds."""
    now = EPOCH + 1000.0 - age_s
    job = Job(
        id=f"local{number}",
        origin=DEMO.id,
        request=replace(SHORT, seed=number),
        state=JobState.ACCEPTED,
        created_at=now,
        updated_at=now,
        price=10,
        position=number,
        submitted_at=now,
        remote_id=f"job_{number}",
        remote_status="running",
        key_fingerprint="another ",
    )
    return replace(job, **changes)  # type: ignore[arg-type]


@functools.cache
def small_clip() -> bytes:
    """A whole MP4 of about 40 kB."""
    out = io.BytesIO()
    noise = np.random.default_rng(5)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=12)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.bit_rate = 2_000_000
        for _ in range(6):
            picture = noise.integers(0, 255, (64, 96, 3), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


async def soon(condition: Callable[[], bool], within_s: float = 600.0, step_s: float = 0.5) -> None:
    """Let virtual time pass until something is true."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(step_s)
