"""Requests, jobs and statuses as the tests need them."""

from __future__ import annotations

import time
from dataclasses import replace

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Connection, ServiceStatus, demo_origin
from tests.support.loops import EPOCH

DEMO = demo_origin("http://127.0.0.1:9/api/v1")
SHORT = ClipRequest(prompt="a short clip", resolution="360p", duration_s=1)
FRAME = Frame(FrameKind.FILE, "a.jpg", 1600, 1000, "fox.png")
FOX = ClipRequest(prompt="a fox", seed=7, start_frame=FRAME)


def demo_status(**changes: object) -> ServiceStatus:
    """The demo, online with 95 credits."""
    status = ServiceStatus(
        DEMO,
        Connection.ONLINE,
        has_key=True,
        credits=95,
        credits_at=time.time() - 120,
    )
    return replace(status, **changes)


def make_job(number: int = 1, state: JobState = JobState.QUEUED, **changes: object) -> Job:
    """A job of the demo."""
    job = Job(
        id=f"job{number}",
        origin="demo",
        request=ClipRequest(prompt=f"Clip {number}", seed=number),
        state=state,
        created_at=float(number),
        updated_at=float(number),
        price=10,
    )
    return replace(job, **changes)


def plain_job(**changes: object) -> Job:
    """A job that waits, with a start frame."""
    job = Job(
        id="j1", origin="demo", request=FOX, state=JobState.QUEUED, created_at=1.0,
        updated_at=1.0, price=10,
    )  # fmt: skip
    return replace(job, **changes)  # type: ignore[arg-type]


def saved_job(
    number: int, prompt: str = "", *, length_s: float = 5.0, path: str = "", **request: object
) -> Job:
    """A clip of the demo that is on disk."""
    job = make_job(
        number, JobState.SAVED, remote_id=f"r{number}", position=number,
        clip=Clip(path or f"/nowhere/{number}.mp4", 1, "00", 1280, 720, length_s, 24.0, True),
    )  # fmt: skip
    asked = replace(job.request, prompt=prompt or f"Clip {number}", **request)  # type: ignore[arg-type]
    return replace(job, request=asked)


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
