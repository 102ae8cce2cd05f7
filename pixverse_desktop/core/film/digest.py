"""What a take was made of: two takes of the same are never paid for twice."""

from __future__ import annotations

import hashlib
import json
from typing import NamedTuple

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import asked_for


class MadeOf(NamedTuple):
    """All that makes a take: the digest of its request as it was asked for, beside the stills of
    other takes, and the ids of the jobs that those are of; "" where there is none."""

    asked: str
    after: str = ""  # it starts from the last still of this one
    meets: str = ""  # and ends on the first of this one

    @property
    def digest(self) -> str:
        """The same as a short text."""
        return hashlib.sha256(json.dumps(self).encode()).hexdigest()[:32]


def made_of(job: Job, usual: ClipRequest) -> MadeOf:
    """What a job makes, or made, its clip of; ``usual`` are the model's defaults."""
    asked = job.asked
    if not asked:  # an older version made it
        request = job.request.changed(seed=None) if job.seed_drawn else job.request
        asked = asked_for(request, usual)
    return MadeOf(asked, job.after, job.meets)
