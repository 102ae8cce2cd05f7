"""Which finished clips were never played: they have a dot until they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Signal, Slot
from PySide6.QtGui import QPainter, QPen

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color

if TYPE_CHECKING:
    from pixverse_desktop.core.errors import UserError

_DOT, _RING = 8, 2  # pixels: across, and the dark ring around it, for any picture


class NewClips(QObject):
    """``job_id in new_clips``; the database remembers, and is asked on its own lane."""

    changed = Signal()

    def __init__(self, context: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._workers = context.workers
        self._library = context.library
        self._ids: frozenset[str] = frozenset()
        self._played: set[str] = set()  # since the start: an older answer brings none of them back
        self._asking = self._again = False
        context.bridge.jobs_reset.connect(self.look)
        context.bridge.job_changed.connect(self.on_bridge_job_changed)

    def __contains__(self, job_id: object) -> bool:
        return job_id in self._ids

    @Slot()
    def look(self) -> None:
        """Ask which there are; news that come meanwhile are one further question."""
        if self._library is None:
            return
        if self._asking:
            self._again = True
            return
        self._asking = True
        self._workers.call(
            Lane.STORE, self._library().unplayed, then=self._take, otherwise=self._give_up
        )

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if job.state is JobState.SAVED and job.id not in self._played:
            self.look()

    @Slot(object)
    def mark_played(self, job: Job) -> None:
        """A clip runs on the stage."""
        self._played.add(job.id)
        if job.id in self._ids and self._library is not None:
            self._show(self._ids)
            store = self._library().mark_played
            self._workers.call(Lane.STORE, store, job.id, then=self._stored)

    def _take(self, ids: frozenset[str]) -> None:
        self._asking = False
        # What was played before it was known to be new is still to be remembered.
        for job_id in ids & self._played:
            if self._library is not None:
                store = self._library().mark_played
                self._workers.call(Lane.STORE, store, job_id, then=self._stored)
        self._show(ids)
        self._ask_again()

    def _give_up(self, _error: UserError) -> None:
        self._asking = False  # the list itself tells of a database that cannot be read
        self._ask_again()

    def _ask_again(self) -> None:
        if self._again:
            self._again = False
            self.look()

    def _show(self, ids: frozenset[str]) -> None:
        left = ids - self._played
        if left != self._ids:
            self._ids = left
            self.changed.emit()

    def _stored(self, _: None) -> None:
        """Nothing is to be shown anew."""


def paint_dot(painter: QPainter, left: int, top: int) -> None:
    """A dot that is seen on any picture."""
    painter.setBrush(color("new"))
    painter.setPen(QPen(color("scrim"), _RING))
    painter.drawEllipse(QRectF(left, top, _DOT + _RING, _DOT + _RING))
