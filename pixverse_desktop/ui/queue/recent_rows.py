"""The saved clips, newest first."""

from __future__ import annotations

from pixverse_desktop.core.job import Job, JobState
from pixverse_desktop.ui.queue.model import JobRows, Key
from pixverse_desktop.ui.queue.row_text import clock, one_line


class RecentRows(JobRows):
    """A clip stands where the moment it was finished puts it, also after it was put back."""

    def accepts(self, job: Job) -> bool:
        return job.state is JobState.SAVED and job.clip is not None

    def key_of(self, job: Job) -> Key:
        finished = job.finished_at if job.finished_at is not None else job.created_at
        return (-finished, -job.created_at, job.id)

    def spoken(self, job: Job) -> str:
        return f"{one_line(job.request.prompt)}, {clip_length(job)}"


def clip_length(job: Job) -> str:
    """The real length of a clip, as 0:05."""
    length_s = job.clip.duration_s if job.clip else 0.0
    return clock(round(length_s or job.request.duration_s))
