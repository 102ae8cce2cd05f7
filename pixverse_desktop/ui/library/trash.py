"""Out of the trash: back where it was, or deleted for good after a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import ClipPage, ClipQuery, Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import for_menu
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.widgets.question import Question

_ALL = 1_000_000


class Trash(QObject):
    """Asks once, with what is lost and what comes free."""

    def __init__(
        self,
        context: UiContext,
        library: Library,
        chosen: Callable[[], list[Job]],
        panel: QWidget,
    ) -> None:
        super().__init__(panel)
        self._bridge = context.bridge
        self._workers = context.workers
        self._library = library
        self._chosen = chosen
        self._panel = panel
        self.button = QPushButton(self.tr("Empty trash…"))
        self.button.setAccessibleName(self.tr("Empty the trash"))
        self.button.clicked.connect(self.empty)
        self.button.hide()
        self.question: Question | None = None

    def put_back_word(self, jobs: Sequence[Job]) -> str:
        """What putting back says; a job that was taken back before it was sent costs again."""
        waiting = [job for job in jobs if job.state is JobState.WITHDRAWN]
        if not waiting:
            return self.tr("Restore")
        here = self._bridge.status.origin.id
        prices = (
            self._bridge.price(job.request).high if job.origin == here else job.price
            for job in waiting
        )
        credits = localised.shortest(sum(prices, ZERO))
        return self.tr("Restore to the queue, {n} credits").format(n=credits)

    def fill(self, menu: QMenu, jobs: Sequence[Job]) -> None:
        """What can be done with clips in the trash."""
        menu.clear()
        menu.addAction(self.put_back_word(jobs)).triggered.connect(self.put_back_chosen)
        delete = menu.addAction(for_menu(self.tr("Delete for good…"), "trash"))
        delete.triggered.connect(partial(self.ask, jobs))

    def put_back(self, jobs: Sequence[Job]) -> None:
        """Out of the trash."""
        for job in jobs:
            self._bridge.undo_remove(job.id)

    @Slot()
    def put_back_chosen(self) -> None:
        self.put_back(self._chosen())

    @Slot()
    def empty(self) -> None:
        """Ask whether all of it may go."""
        query = ClipQuery(collection=Collection.TRASH)
        self._workers.call(Lane.STORE, self._library.find, query, 0, _ALL, then=self._ask_about)

    def _ask_about(self, found: ClipPage) -> None:
        self.ask(found.jobs)

    def ask(self, jobs: Sequence[Job]) -> None:
        """Ask whether ``jobs`` may be deleted for good."""
        going = [job for job in jobs if job.may_be_deleted]
        if self.question is not None or not jobs:
            return
        sentences = [self._loss(going)] if going else []
        if len(going) < len(jobs):
            left = len(jobs) - len(going)
            sentences.append(
                self.tr("%Ln still under way or in doubt stay in the trash.", "", left)
            )
        folders = sorted({str(Path(j.clip.path).parent) for j in going if j.clip and j.clip.path})
        if folders:
            shown = ", ".join(folders[:3]) + ("…" if len(folders) > 3 else "")
            sentences.append(self.tr("Deleted from: {folders}").format(folders=shown))
        sentences.append(self.tr("Their job ids and charges are kept. This cannot be undone."))
        choices = {"keep": self.tr("Keep")}
        if going:
            choices["delete"] = self.tr("Delete for good")
        title = self.tr("Delete for good?")
        self.question = Question(self._panel.window(), title, sentences, choices, "keep")
        self.question.chosen.connect(partial(self._answered, [job.id for job in going]))
        self.question.finished.connect(self.on_question_finished)
        self.question.open()

    def _loss(self, jobs: Sequence[Job]) -> str:
        size = sum(job.clip.size_bytes for job in jobs if job.clip is not None)
        what = self.tr("%Ln clips", "", len(jobs))
        text = self.tr("{clips}, {size} MB on the disk.") if size else self.tr("{clips}, no file.")
        return text.format(clips=what, size=localised.number(size / 1e6, 1))

    def _answered(self, job_ids: list[str], choice: str) -> None:
        if choice == "delete":
            for job_id in job_ids:
                self._bridge.delete_for_good(job_id)

    @Slot(int)
    def on_question_finished(self, _result: int) -> None:
        self.question = None
