"""Brings finished clips to disk: fetch to a part, check, commit, rename, commit.

A dead link is refreshed through the job; only a job whose fresh links stay dead is EXPIRED. A
full disk or a lost network never ends a job: the clip is paid for and is tried again.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable

from pixverse_desktop.core.engine.border import failure_of
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import (
    DownloadFailed,
    Problem,
    ProblemCode,
    Rejected,
    Unreachable,
    problem,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.ports import Phase, RemoteJob

log = logging.getLogger(__name__)

_AT_ONCE = 4
_RETRY_FIRST_S = 1.0
_RETRY_MOST_S = 60.0
_DISK_RETRY_S = 30.0
_PROGRESS_EVERY_S = 0.1


class ClipDownloader:
    """Downloads, at most four at a time. ``done`` is called with a job id when one ended."""

    def __init__(self, session: Session, done: Callable[[str], None]) -> None:
        self._session = session
        self._done = done
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self.tasks: set[asyncio.Task[None]] = set()

    def start(self, job: Job, row: RemoteJob | None) -> None:
        """Fetch the clip of ``job`` in a task of its own; one writer per job."""
        task = asyncio.ensure_future(self._guarded(job.id, row))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _guarded(self, job_id: str, row: RemoteJob | None) -> None:
        try:
            early = row is not None and row.phase is Phase.RUNNING
            work = self._fetch(job_id, row.video_url if row else None, once=early)
            # The job stays as committed and is looked at again.
            if await failure_of(work, log, f"fetching the clip of job {job_id}") is not None:
                await self._session.ports.clock.sleep(_RETRY_MOST_S)
        finally:
            self._done(job_id)

    async def _fetch(self, job_id: str, url: str | None, *, once: bool = False) -> None:
        """Until it is saved or given up; ``once``: the service may not be done with it yet."""
        refreshes = failures = bad_clips = 0
        session = self._session
        older: str | None = None  # a link that was not dead, should the job tell none any more
        while session.repository.get(job_id).state is JobState.ACCEPTED:
            try:
                if await self._is_back(job_id):
                    break
                if url is None:
                    url = await self._fresh_url(job_id) or older
                    if url is None:
                        return
                async with self._slots:  # held while bytes come, never while waiting
                    await self._verify(job_id, await self._download(job_id, url))
            except DownloadFailed as error:
                if once:
                    log.info("job %s has a link but no clip yet: %s", job_id, error.problem.code)
                    return
                bad_clips += error.problem.code is ProblemCode.BAD_CLIP
                if error.fatal or bad_clips >= session.config.bad_clips_most:
                    text = error.problem.message if error.fatal else Message("never_whole")
                    wrong = problem(ProblemCode.NO_FILE, text, error.problem.detail)
                    await self._give_up(job_id, JobState.NO_FILE, wrong)
                    return
                if error.refresh:
                    url = older = None
                    if refreshes >= len(session.config.refresh_delays_s):
                        text = f"{error.problem.message}\n{error.problem.detail}".strip()
                        wrong = problem(ProblemCode.EXPIRED, detail=text)
                        await self._give_up(job_id, JobState.EXPIRED, wrong)
                        return
                    await self._tell(job_id, error)
                    await session.ports.clock.sleep(session.config.refresh_delays_s[refreshes])
                    refreshes += 1
                else:
                    failures += 1
                    await self._tell(job_id, error)
                    await session.ports.clock.sleep(_backoff_s(failures))
                    older = url or older
                    url = url if failures % 3 else None
            except OSError as error:
                await self._disk_trouble(job_id, error)
        await self.publish(job_id)

    async def _is_back(self, job_id: str) -> bool:
        """A clip that was saved once and missed: its drive may have been away, no more."""
        session, job = self._session, self._session.repository.get(job_id)
        if job.clip is None or not await session.ports.run(
            Lane.FILES, session.ports.files.has_file, job
        ):
            return False
        await session.repository.transition(
            job_id, JobState.VERIFIED
        )  # ``publish`` compares its hash
        return True

    async def _download(self, job_id: str, url: str) -> str:
        session = self._session
        loop = asyncio.get_running_loop()
        last = 0.0

        def progress(done: int, total: int | None) -> None:
            # Runs on the worker: throttled there, told on the loop.
            nonlocal last
            if session.closing:
                raise DownloadFailed(problem(ProblemCode.OFFLINE))
            now = time.monotonic()
            if total and now - last >= _PROGRESS_EVERY_S and not loop.is_closed():
                last = now
                loop.call_soon_threadsafe(
                    session.ports.events.progress_changed, job_id, min(1.0, done / total)
                )

        job = session.repository.get(job_id)
        part = await session.ports.run(Lane.FILES, session.ports.files.part_path, job)
        fetch = session.service.download
        return await session.ports.run(Lane.DOWNLOAD, fetch, url, part, progress)

    async def _verify(self, job_id: str, sha256: str) -> None:
        session = self._session
        job = session.repository.get(job_id)
        clip = await session.ports.run(Lane.DOWNLOAD, session.ports.files.verify, job, sha256)
        done = job.finished_at or session.ports.clock.time()
        await session.repository.transition(
            job_id, JobState.VERIFIED, clip=clip, problem=_standing(job), finished_at=done
        )

    async def publish(self, job_id: str) -> None:
        """VERIFIED -> SAVED: the rename, then the commit; safe to repeat after a crash."""
        session = self._session
        while session.repository.get(job_id).state is JobState.VERIFIED:
            job = session.repository.get(job_id)
            try:
                await session.ports.run(Lane.FILES, session.ports.files.publish, job)
            except FileNotFoundError:
                # Neither part nor clip: it is fetched again, free of charge.
                await session.repository.transition(job_id, JobState.ACCEPTED, clip=None)
                return
            except OSError as error:
                await self._disk_trouble(job_id, error)
                continue
            await session.repository.transition(job_id, JobState.SAVED, problem=_standing(job))
            session.submit_wake.set()

    async def _fresh_url(self, job_id: str) -> str | None:
        """Ask the job for its link; None when the job is no longer one to fetch."""
        session = self._session
        remote_id = session.repository.get(job_id).remote_id
        try:
            row = await session.ask(session.service.job, remote_id)
        except Rejected as error:
            if error.problem.code is ProblemCode.JOB_UNKNOWN:
                raise DownloadFailed(error.problem, refresh=True) from error
            raise DownloadFailed(error.problem) from error
        except Unreachable as error:
            raise DownloadFailed(error.problem) from error
        if row.phase is not Phase.FAILED and row.video_url:
            return row.video_url
        if row.phase is Phase.FAILED:
            wrong = problem(ProblemCode.EXPIRED, detail=row.error)
            raise DownloadFailed(wrong, refresh=True)
        return None

    async def _tell(self, job_id: str, error: DownloadFailed) -> None:
        job = self._session.repository.get(job_id)
        if job.problem != error.problem:
            await self._session.repository.update(job_id, problem=error.problem)

    async def _give_up(self, job_id: str, state: JobState, wrong: Problem) -> None:
        """The clip is not tried for any longer; what support needs to find it is in the detail."""
        remote_id = self._session.repository.get(job_id).remote_id
        detail = f"Job {remote_id}\n{wrong.detail}".strip()
        told = dataclasses.replace(wrong, detail=detail)
        await self._session.repository.transition(job_id, state, problem=told)
        self._session.submit_wake.set()

    async def _disk_trouble(self, job_id: str, error: OSError) -> None:
        log.warning("the clip of job %s cannot be written: %s", job_id, error)
        text = Message("clip_unwritable", reason=error.strerror or Message("unknown_reason"))
        await self._session.repository.update(
            job_id, problem=problem(ProblemCode.DISK, text, str(error))
        )
        await self._session.ports.clock.sleep(_DISK_RETRY_S)


def _standing(job: Job) -> Problem | None:
    """What a saved clip still has to say: that it was matched by its time alone."""
    return problem(ProblemCode.MATCHED) if job.matched_by_time else None


def _backoff_s(failures: int) -> float:
    return min(_RETRY_MOST_S, _RETRY_FIRST_S * 2.0 ** min(failures - 1, 10))
