"""What the user thinks of clips: committed at once, then written into their own files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane

log = logging.getLogger(__name__)

_LAST_S = 10.0  # for one file on a slow disk


class ClipMarks:
    """One file is written at a time, each with what is thought of it last."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._unwritten: dict[str, None] = {}  # job ids in their order
        self._writing: asyncio.Task[None] | None = None
        self._closing = False

    async def set(self, marks: Mapping[str, Mark]) -> dict[str, Mark]:
        """Mark jobs by their ids, all of them or, with StoreError, none.

        Gives what those that changed were marked with, which brings it back.
        """
        before = await self._session.repository.mark(marks)
        self._unwritten |= dict.fromkeys(job.id for job in before)
        if self._unwritten and (self._writing is None or self._writing.done()):
            self._writing = asyncio.ensure_future(self._write())
        return {job.id: job.mark for job in before}

    async def close(self) -> None:
        """End after the file that is being written: it and its row belong together."""
        self._closing = True
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LAST_S)

    async def _write(self) -> None:
        while self._unwritten and not self._closing:
            job_id = next(iter(self._unwritten))
            del self._unwritten[job_id]
            job = self._session.repository.get(job_id)
            if job.state is JobState.SAVED and not job.deleted and job.clip is not None:
                await self._write_into(job)

    async def _write_into(self, job: Job) -> None:
        """The list and its journal hold the mark already: a file that cannot is left as it is."""
        ports, repository = self._session.ports, self._session.repository
        try:
            clip = await ports.run(Lane.FILES, ports.files.write_marks, job)
            if clip is not None:
                await repository.update(job.id, lambda now: now.clip == job.clip, clip=clip)
        except (OSError, UserError, StaleJob) as error:
            log.info("the clip of job %s does not say its mark: %s", job.id, type(error).__name__)
