"""The saved clips, newest first."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import Qt

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.jobs.job_text import clip_spoken
from pixverse_desktop.ui.jobs.model import Index, JobRows, Key


class RecentRows(JobRows):
    """A clip stands where the moment it was finished puts it, also after it was put back."""

    new_clips: Container[str] = frozenset()  # job ids

    def accepts(self, job: Job) -> bool:
        return job.state is JobState.SAVED and job.clip is not None

    def key_of(self, job: Job) -> Key:
        finished = job.finished_at if job.finished_at is not None else job.created_at
        return (-finished, -job.created_at, job.id)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def spoken(self, job: Job) -> str:
        new = [self.tr("new")] if job.id in self.new_clips else []
        return clip_spoken(job, *new)
