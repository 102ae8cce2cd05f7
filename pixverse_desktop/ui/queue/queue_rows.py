"""The rows of the queue: everything that is not a saved clip, oldest first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.jobs.job_text import LISTED, RUNNING, RowText, row_text
from pixverse_desktop.ui.jobs.model import JobRows

_MADE = 0.95  # of a row's bar: what is left is for fetching, and never reached by time alone

Usual = Callable[[ClipRequest], float | None]


class QueueRows(JobRows):
    """Also counts what runs and waits, and remembers download progress and learned times."""

    def __init__(
        self,
        expected_s: Usual,
        now: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._ask_expected_s = expected_s
        self._now = now
        self._usual: dict[tuple[str, int], float | None] = {}
        self._progress: dict[str, float] = {}
        self._states: dict[JobState, set[str]] = {state: set() for state in LISTED}
        self.origin_id = ""  # learned times belong to the service in use

    def accepts(self, job: Job) -> bool:
        return job.state in LISTED

    def running(self) -> int:
        """How many the service works on, or are being fetched."""
        return sum(len(self._states[state]) for state in RUNNING)

    def waiting(self) -> int:
        """How many were not sent yet."""
        return len(self._states[JobState.QUEUED])

    def newest_unconfirmed(self) -> Job | None:
        """The job whose charge is in doubt and that was made last."""
        rows = [self.row_of(job_id) for job_id in self._states[JobState.UNCONFIRMED]]
        return self.job_at(max(rows)) if rows else None

    def first_running(self) -> int:
        """The row of the oldest job under way, -1 when nothing is."""
        rows = [self.row_of(job_id) for state in RUNNING for job_id in self._states[state]]
        return min(rows, default=-1)

    def text_of(self, job: Job) -> RowText:
        """The words of a row at this moment."""
        expected_s = self._expected_s(job) if job.state in RUNNING else None
        return row_text(job, self._now(), self._progress.get(job.id), expected_s)

    def progress_of(self, job: Job) -> float | None:
        """How far a clip is, 0..1: by the learned time until it is fetched; None for unknown."""
        if job.state not in RUNNING:
            return None
        if job.state is JobState.VERIFIED:
            return 1.0
        fetched = self._progress.get(job.id)
        if fetched is not None or job.finished_at is not None:
            return _MADE + (1 - _MADE) * (fetched or 0.0)
        expected_s = self._expected_s(job)
        if not expected_s or job.submitted_at is None:
            return None
        return min(_MADE, max(0.0, self._now() - job.submitted_at) / expected_s)

    def spoken(self, job: Job) -> str:
        return self.text_of(job).spoken()

    def reset(self, jobs: Iterable[Job]) -> None:
        self._usual.clear()
        self._progress.clear()
        for ids in self._states.values():
            ids.clear()
        super().reset(jobs)
        for job in self._jobs:
            self._states[job.state].add(job.id)

    def put(self, job: Job) -> None:
        for ids in self._states.values():
            ids.discard(job.id)
        if not job.hidden and job.state in LISTED:
            self._states[job.state].add(job.id)
        if job.state is not JobState.ACCEPTED:
            self._progress.pop(job.id, None)
        if job.finished_at is not None:
            self._usual.clear()
        super().put(job)

    def set_progress(self, job_id: str, fraction: float) -> None:
        """How much of a clip was fetched, 0..1; repaints only when the percent changed."""
        row = self.row_of(job_id)
        if row < 0:
            return
        before = self._progress.get(job_id)
        self._progress[job_id] = fraction
        if before is None or int(before * 100) != int(fraction * 100):
            self.row_changed(row)

    def tick(self, first: int, last: int) -> None:
        """A second passed: repaint the running rows from ``first`` to ``last``."""
        for row in range(max(0, first), min(last, len(self._jobs) - 1) + 1):
            if self._jobs[row].state in RUNNING:
                self.row_changed(row)

    def _expected_s(self, job: Job) -> float | None:
        if job.origin != self.origin_id:
            return None
        shape = (job.request.resolution, job.request.duration_s)
        if shape not in self._usual:
            self._usual[shape] = self._ask_expected_s(job.request)
        return self._usual[shape]
