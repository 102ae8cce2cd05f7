"""The two lanes of the queue: what is under way or waits, and below it what waits behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.queue.header import LaneHead
from pixverse_desktop.ui.queue.queue_delegate import QueueDelegate
from pixverse_desktop.ui.queue.queue_list import QueueList
from pixverse_desktop.ui.queue.queue_rows import QueueRows
from pixverse_desktop.ui.queue.waiting_text import QueueState

_FEWEST_ROWS = 2


class Lanes(QWidget):
    """Takes no room for a lane that is empty; there is one mark in both."""

    marked = Signal()  # another job, or none

    def __init__(self, context: UiContext, pictures: Pictures) -> None:
        super().__init__()
        self._settings = context.commands
        usual, find = context.bridge.expected_s, context.bridge.find_job
        self.rows = QueueRows(usual, parent=self, find=find)
        self.later_rows = QueueRows(usual, parent=self, find=find, background=True)
        self.list = QueueList(self.rows, self.tr("Queue"))
        self.later_list = QueueList(self.later_rows, self.tr("In the background"), background=True)
        self.later_head = LaneHead()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for rows, view in self:
            view.setItemDelegate(QueueDelegate(rows, pictures, view))
            view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            view.job_marked.connect(self.on_job_marked)
        column.addWidget(self.list, 1)
        column.addWidget(self.later_head)
        column.addWidget(self.later_list, 1)
        column.addStretch(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def __iter__(self) -> Iterator[tuple[QueueRows, QueueList]]:
        yield self.rows, self.list
        yield self.later_rows, self.later_list

    def lane(self, background: bool) -> list[Job]:
        """What waits there, in order."""
        return (self.later_rows if background else self.rows).lane()

    def waiting(self) -> int:
        """How many were not sent yet."""
        return self.rows.waiting() + self.later_rows.waiting()

    def marked_job(self) -> Job | None:
        """The one that the card is about."""
        return self.list.marked_job() or self.later_list.marked_job()

    def chosen(self) -> list[Job]:
        """All that is selected."""
        return [*self.list.chosen(), *self.later_list.chosen()]

    def choose(self, jobs: Iterable[Job]) -> None:
        """Select these."""
        ids = [job.id for job in jobs]
        for _rows, view in self:
            view.choose(ids)

    def reset(self, jobs: Iterable[Job]) -> None:
        """All rows anew."""
        for rows, _view in self:
            rows.reset(jobs)

    def put(self, job: Job, *, keeps_mark: bool) -> None:
        """A new snapshot; where its row goes, only with ``keeps_mark`` a neighbour is marked."""
        with self._choice_kept([job]):
            for rows, view in self:
                leaves, marked = job.hidden or not rows.accepts(job), view.marked_job()
                if leaves and marked is not None and marked.id == job.id and not keeps_mark:
                    view.unmark()
                rows.put(job)

    def rearrange(self, jobs: tuple[Job, ...]) -> None:
        """Many at other places, in one go."""
        with self._choice_kept(jobs):
            for rows, view in self:
                kept = view.marked_job()
                rows.rearrange(jobs)
                if kept is not None and view.marked_job() is None:
                    view.setCurrentIndex(rows.index_of(kept.id))

    @contextmanager
    def _choice_kept(self, jobs: Sequence[Job]) -> Iterator[None]:
        """Where all that was chosen in a lane is put into the other one, it is chosen there, and
        the keyboard is with it if it was in a lane. What goes there because it is sent now takes
        no choice along: a key for what still waits must not mean it."""
        put = {job.id for job in jobs if job.state is JobState.QUEUED}
        before = [(view, [job.id for job in view.chosen()]) for _rows, view in self]
        focused = any(view.hasFocus() for _rows, view in self)
        yield
        for rows, view in self:
            for left, chosen in before:
                came = left is not view and put.issuperset(chosen)
                if came and chosen and all(rows.row_of(one) >= 0 for one in chosen):
                    self.fit()  # a lane that was empty is not shown yet
                    view.choose(chosen, focus=focused)

    def tell_state(self, status: ServiceStatus) -> None:
        """Both lanes learn what decides about all that wait."""
        most = self._settings.settings.jobs_at_a_time
        base = QueueState(
            status.origin.id, status.hold, self.rows.running(), most,
            held_batches=status.held_batches,
        )  # fmt: skip
        front: Job | None = None
        for rows, view in self:
            before, rows.queue = rows.queue, base
            found = rows.next_job()
            front = front or found
            waits = rows is self.later_rows and front is not None and front is not found
            next_id = front.id if front is not None else ""
            rows.queue = base._replace(next_id=next_id, front_waits=waits)
            if rows.queue != before and view.isVisible():
                view.viewport().update()

    def fit(self) -> None:
        """Ask for the height that the rows need."""
        for rows, view in self:
            count, height = rows.rowCount(), view.row_height()
            view.setVisible(count > 0)
            view.set_heights(min(count, _FEWEST_ROWS) * height, count * height)
        later = self.later_rows.rowCount()
        self.later_head.setVisible(later > 0)
        self.setVisible(self.rows.rowCount() + later > 0)

    @Slot(object)
    def on_job_marked(self, job: Job | None) -> None:
        for _rows, view in self:
            if job is not None and view is not self.sender():
                view.unmark()
        self.marked.emit()
