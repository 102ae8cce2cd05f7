"""The rows of the queue: what is under way or ended badly, then what waits, in its order."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, Qt

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import waits_for
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.jobs.job_text import LISTED, RUNNING, RowText, row_text
from pixverse_desktop.ui.jobs.model import Index, JobRows, Key
from pixverse_desktop.ui.queue.waiting_text import QueueState, clip_wait, waiting_row, why_it_waits
from pixverse_desktop.ui.widgets.labels import html_text

_BEHIND = 1e15  # seconds: what waits stands behind all that was sent
_MADE = 0.95  # of a row's bar: what is left is for fetching, and never reached by time alone

Usual = Callable[[ClipRequest], float | None]


class QueueRows(JobRows):
    """Also counts what runs and waits, and remembers download progress and learned times.

    With ``background`` only what waits there, else everything but that.
    """

    def __init__(
        self,
        expected_s: Usual,
        now: Callable[[], float] = time.time,
        parent: QObject | None = None,
        find: Callable[[str], Job | None] = lambda job_id: None,
        *,
        background: bool = False,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._find = find
        self.queue = QueueState()
        self._ask_expected_s = expected_s
        self._now = now
        self._usual: dict[tuple[str, int], float | None] = {}
        self._progress: dict[str, float] = {}
        self._states: dict[JobState, set[str]] = {state: set() for state in LISTED}

    def accepts(self, job: Job) -> bool:
        behind = job.state is JobState.QUEUED and job.background
        return job.state in LISTED and behind is self._background

    def key_of(self, job: Job) -> Key:
        if job.state is JobState.QUEUED:
            return (_BEHIND + job.position, job.created_at, job.id)
        return (job.submitted_at or job.created_at, job.created_at, job.id)

    def lane(self) -> list[Job]:
        """What waits here, in the order in which it is sent."""
        first = bisect_left(self._keys, (_BEHIND / 2, 0.0, ""))
        return self._jobs[first:]

    def next_job(self) -> Job | None:
        """The first of those that is not passed over, of the service in use."""
        now, origin = self._now(), self.queue.origin_id
        held = self.queue.held_batches
        lane = self.lane()
        waiting = (job for job in lane if job.origin == origin and job.batch not in held)
        ready = (job for job in waiting if not (job.parents and waits_for(job, self._find)))
        return next((job for job in ready if not job.is_passed_over(now)), None)

    def why_it_waits(self, job: Job) -> str:
        """One sentence, without a full stop."""
        return why_it_waits(job, self._now(), self.queue, clip_wait(job, self._find))

    def flags(self, index: Index) -> Qt.ItemFlag:
        job = self.job_at(index.row())
        drags = job is not None and job.state is JobState.QUEUED
        return super().flags(index) | (
            Qt.ItemFlag.ItemIsDragEnabled if drags else Qt.ItemFlag.NoItemFlags
        )

    def tooltip(self, job: Job) -> str:
        if job.state is not JobState.QUEUED:
            return super().tooltip(job)
        return super().tooltip(job) + html_text(f"{self.why_it_waits(job)}.")

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
        if job.state is JobState.QUEUED:
            return waiting_row(job, self._now(), self.queue, clip_wait(job, self._find))
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
        text = self.text_of(job).spoken()
        if job.state is not JobState.QUEUED or self.why_it_waits(job) in text:
            return text
        return f"{text}, {self.why_it_waits(job)}"

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
        if not job.hidden and self.accepts(job):
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
        if job.origin != self.queue.origin_id:  # learned times belong to the service in use
            return None
        shape = (job.request.resolution, job.request.duration_s)
        if shape not in self._usual:
            self._usual[shape] = self._ask_expected_s(job.request)
        return self._usual[shape]
