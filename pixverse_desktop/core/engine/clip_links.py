"""Addresses of our own clips at the service, given to a model that goes on from a clip.

They last for a while only. So it is remembered whose each is, and just before one is sent for
money the service is asked, free of charge, where it has that clip now.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pixverse_desktop.core.errors import ProblemCode, Rejected, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.request import ClipRequest

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.session import Session

FACT = "clip_links"
_KEPT = 200


class ClipLinks:
    """The addresses that were handed out for one service, each with the id of its job."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._jobs: dict[str, str] = {}

    def recall(self, stored: str) -> None:
        """What an earlier run handed out; what cannot be read is forgotten."""
        try:
            found = json.loads(stored or "{}")
        except ValueError:
            return
        if isinstance(found, dict):
            self._jobs = {str(link): str(job_id) for link, job_id in found.items()}

    async def link_of(self, job_id: str) -> str:
        """Where the service has a clip now; asking is free. Raises UserError: it has it no more."""
        session = self._session
        row, gone = None, problem(ProblemCode.EXPIRED, Message("clip_link_gone"))
        if remote_id := session.repository.get(job_id).remote_id:
            try:
                row = await session.ask(session.service.job, remote_id)
            except Rejected as error:
                raise UserError(gone) from error
        now = session.ports.clock.time()
        if row is None or row.video_url is None or (row.expires_at or now + 1) <= now:
            raise UserError(gone)
        self._jobs.pop(row.video_url, None)
        self._jobs[row.video_url] = job_id
        self._jobs = dict(list(self._jobs.items())[-_KEPT:])
        session.remember(FACT, json.dumps(self._jobs))
        return row.video_url

    async def renewed(self, request: ClipRequest) -> ClipRequest:
        """The request with addresses that hold now. Raises UserError, as ``link_of``."""
        changes = {}
        for name, value in request.values.items():
            job_id = self._jobs.get(value) if isinstance(value, str) else None
            if job_id is not None and (link := await self.link_of(job_id)) != value:
                changes[name] = link
        return request.changed(**changes) if changes else request
