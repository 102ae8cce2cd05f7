"""What runs in a forked child: the engine as the window runs it, on the real store and disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from qasync import QEventLoop

from pixverse_desktop.cli import entry, generate, runner
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Shot, new_id
from pixverse_desktop.core.film.plan import FilmPlan, ShotState, Wish
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import ancestors
from pixverse_desktop.core.jobs.states import ACTIVE, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.services import runtime
from pixverse_desktop.services.data_lock import lock_data_folder
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.services.thread_workers import ThreadWorkers
from tests.crash.points import Trap, set_traps, trap_service
from tests.support.loops import ScaledClock
from tests.support.sinks import NullSink

# Longer than the 90 s for which an answer that was lost may hold the queue where the list shows no
# inputs: the last life runs in real time.
SETTLE_LIMIT_S = 120.0


@dataclass(frozen=True)
class Task:
    """One life of the program."""

    data_dir: Path
    api_url: str
    key: str
    prompts: tuple[str, ...] = ()
    trap: Trap = field(default_factory=lambda: Trap(None))
    time_scale: float = 20.0  # how many times faster waiting passes
    qt: bool = False  # on Qt's loop and QThreads, as the window; else on plain asyncio
    command: bool = False  # ``generate`` instead of the window's engine
    back_up: bool = False
    until_settled: bool = False
    steers: bool = False  # the user adds many at once, moves them and edits one
    films: bool = False  # the user lets the missing shots of a film be made


def live(task: Task) -> None:
    """Run until the work is done; the process may be killed at any moment of it."""
    set_traps(task.trap, setattr)
    real = runtime.make_client
    runtime.make_client = lambda *a, **k: trap_service(real(*a, **k), task.trap)  # type: ignore[assignment]
    if task.command:
        _generate(task)
    elif task.qt:
        QCoreApplication([])
        loop = QEventLoop()
        workers = Workers()
        with loop:
            loop.run_until_complete(_work(task, workers.run))
    else:
        asyncio.run(_work(task, ThreadWorkers()))


def _generate(task: Task) -> None:
    generate.SystemClock = runner.SystemClock = lambda: ScaledClock(task.time_scale)  # type: ignore[assignment,misc]
    os.environ["PIXELDOJO_API_KEY"] = task.key
    arguments = ["--resolution", "360p", "--duration", "1", "--json"]
    places = ["--data-dir", str(task.data_dir), "--api-url", task.api_url]
    for prompt in task.prompts:
        entry.main(["generate", "--prompt", prompt, *arguments, *places])


async def _work(task: Task, run: Any) -> None:
    clock = ScaledClock(task.time_scale)
    paths = paths_below(task.data_dir)
    lock = lock_data_folder(paths)
    assert lock is not None, "the last life still holds the folder"
    runtime = Runtime(paths, run, clock, NullSink())
    await runtime.open()
    config = EngineConfig(unknown_expected_s=1.0, hold_on_cost=False, least_free_bytes=0)
    origin = custom_origin(task.api_url)
    engine = await build_engine(runtime, origin, task.key, Settings(), config)
    engine.start()
    # What was being edited when the last life ended.
    await engine.waiting.go_on([job.id for job in engine.jobs() if job.paused])
    requests = [_asked(prompt) for prompt in task.prompts]
    if task.films:
        await _film(engine, requests)
    elif task.steers:
        await _steer(engine, requests)
    else:
        for request in requests:
            await engine.generate(request)
    if task.back_up:
        await run(Lane.STORE, runtime.store.back_up, "2026-01-01")
    await _until_done(engine, task)
    await engine.close()
    await runtime.close()
    lock.close()


def _asked(prompt: str) -> ClipRequest:
    return ClipRequest(prompt=prompt, resolution="360p", duration_s=1)


async def _film(engine: Engine, requests: list[ClipRequest]) -> None:
    """Go on with the film that was begun; where there is none that goes on by itself make a new
    one, in which each shot continues the one before."""
    films = engine.films
    begun = [film for film in films.all() if _may_go_on(films.plan(film.id))]
    if begun:
        await films.change(begun[-1].id, lambda film: replace(film, name=requests[0].prompt))
    else:
        shots = [
            Shot(new_id(), request.prompt, request, continues=number > 0)
            for number, request in enumerate(requests)
        ]
        begun = [await films.create("A film", shots)]
    await films.make(begun[-1].id, Wish())


def _may_go_on(plan: FilmPlan) -> bool:
    states = {one.state for one in plan.shots}
    return ShotState.UNDECIDED not in states and not all(state.has_take for state in states)


async def _steer(engine: Engine, requests: list[ClipRequest]) -> None:
    """Turn the waiting jobs round, and edit the one that is sent last then."""
    await engine.generate_all([Cell(request, row) for row, request in enumerate(requests, 1)])
    waiting = [job.id for job in engine.jobs() if job.state is JobState.QUEUED]
    await engine.waiting.move(waiting[::-1], None)
    with contextlib.suppress(UserError):  # it may have been sent
        job = await engine.waiting.begin_edit(waiting[0])
        edited = job.request.changed(prompt=f"{job.request.prompt} edited")
        await engine.waiting.save_edit(job.id, edited)


async def _until_done(engine: Engine, task: Task) -> None:
    until = time.monotonic() + SETTLE_LIMIT_S
    held_since, held = 0.0, None
    while time.monotonic() < until:
        hold = engine.session.status.hold
        if hold is not held:
            held_since, held = time.time(), hold
        if hold is not None and hold.until is None:
            engine.resume()  # the user presses Resume
        elif hold is not None and hold.until is not None and _is_over(hold.until, held_since, task):
            engine.session.end_hold()
        jobs = engine.jobs()
        has_list = engine.session.status.has_list is not False
        lost = [job for job in jobs if job.state is JobState.UNCONFIRMED and job.list_reads < 2]
        if not any(_goes_on(engine, job) for job in jobs) and not (
            lost and has_list and task.until_settled
        ):
            return
        await asyncio.sleep(0.01)
    left = [f"{job.id} {job.state}, {job.list_reads} reads" for job in jobs if _is_left(job)]
    raise TimeoutError(f"not at rest after {SETTLE_LIMIT_S:g} s; hold: {hold}; left: {left}")


def _goes_on(engine: Engine, job: Job) -> bool:
    """Whether something happens to it by itself; what waits for a clip of which nobody knows
    whether it comes stays as it is."""
    find = engine.session.repository.find
    doubtful = any(one.state is JobState.UNCONFIRMED for one in ancestors(job, find))
    return job.state in ACTIVE and not (job.state is JobState.QUEUED and doubtful)


def _is_left(job: Job) -> bool:
    return job.state in ACTIVE or job.state is JobState.UNCONFIRMED


def _is_over(until: float, since: float, task: Task) -> bool:
    """A hold ends by the time of day, which is not made to pass faster: done here."""
    return time.time() - since >= (until - since) / task.time_scale
