"""Clips found on a disk become jobs again, by what they say about themselves."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from enum import StrEnum

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.jobs.clip_metadata import Project
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane

# With the clip at hand it is clear what became of these.
_GIVEN_UP = frozenset({
    JobState.EXPIRED, JobState.NO_FILE, JobState.FAILED, JobState.UNCONFIRMED, JobState.DROPPED,
})  # fmt: skip


class ImportResult(StrEnum):
    """What became of a clip that was found."""

    ADDED = "added"  # nothing was known of it
    LOCATED = "located"  # its job was known, its file was missing
    KNOWN = "known"  # job and file were known already


class ClipImport:
    """Adds found clips to the list of jobs; sends nothing and asks nobody."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def job_of(self, project: Project) -> Job | None:
        """The job that a clip comes from; None where nothing is known of it."""
        repository = self._session.repository
        with contextlib.suppress(KeyError):
            return repository.get(project.job_id)
        if project.remote_id is None:
            return None
        return repository.by_remote(project.origin, project.remote_id)

    def job_with(self, project: Project, clip: Clip) -> Job:
        """The job of a clip as it is once it was added; adds nothing."""
        job, now = self.job_of(project), self._session.ports.clock.time()
        if job is None:
            return project.to_job(clip, now, self._session.repository.next_position())
        if job.state in _GIVEN_UP:
            return replace(job, state=JobState.SAVED, clip=clip, hidden=False)
        return job

    async def add(self, project: Project, clip: Clip) -> ImportResult:
        """Take one clip in; ``clip`` has its path and hash. Raises StoreError."""
        repository = self._session.repository
        job = self.job_of(project)
        if job is None:
            now = self._session.ports.clock.time()
            await repository.add(project.to_job(clip, now, repository.next_position()))
            return ImportResult.ADDED
        files = self._session.ports.files
        if job.state is JobState.SAVED:
            if await self._session.ports.run(Lane.FILES, files.has_file, job):
                return ImportResult.KNOWN
            await repository.update(job.id, clip=clip, hidden=False)
            return ImportResult.LOCATED
        if job.state in _GIVEN_UP:
            # It was given up, or in doubt, and here it is: through the same steps as any other.
            remote_id = job.remote_id or project.remote_id
            if remote_id and repository.by_remote(job.origin, remote_id) not in (job, None):
                return ImportResult.KNOWN  # another job is this clip
            await repository.transition(
                job.id, JobState.ACCEPTED, problem=None, hidden=False, remote_id=remote_id
            )
            await repository.transition(job.id, JobState.VERIFIED, clip=clip)
            await repository.transition(job.id, JobState.SAVED)
            return ImportResult.LOCATED
        return ImportResult.KNOWN  # under way: it is fetched as it is
