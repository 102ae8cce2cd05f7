"""What waits as one file with its pictures, and back: the same file as a film of unlinked shots."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import Problem, UserError
from pixverse_desktop.core.film.film import MOST_SHOTS, Film, Shot, new_id
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.price import Price, shape_of
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.question import Question

if TYPE_CHECKING:
    from pixverse_desktop.services.film_files import ReadFilm

_NAME_LENGTH = 60
_EXAMPLES = 3  # prompts that are shown of a file


class QueueFile(QObject):
    """``said`` tells what became of it."""

    said = Signal(str)

    def __init__(self, window: QWidget, context: UiContext) -> None:
        super().__init__(window)
        self._window = window
        self._context = context
        self._bridge = context.bridge
        self._files: QFileDialog | None = None
        self.question: Question | None = None

    # --- out ---

    def export(self) -> None:
        """Ask for a file and write what waits at the service in use, in its order."""
        film, left_out = self._waiting()
        if not film.shots:
            self.said.emit(self.tr("Nothing waits that could be exported."))
        elif len(film.shots) > MOST_SHOTS:
            text = self.tr("A file holds {most} clips; more than that wait.")
            self.said.emit(text.format(most=localised.number(MOST_SHOTS)))
        elif self._files is None:
            title = self.tr("Export waiting clips")
            dialog = FileDialog(self._window, title, Place.DocumentsLocation, saves=True)
            dialog.setNameFilter(self._filter())
            dialog.setDefaultSuffix("json")
            dialog.selectFile(f"{film.name}.json")
            dialog.fileSelected.connect(partial(self._write, film, left_out))
            self._open(dialog)

    def _waiting(self) -> tuple[Film, int]:
        """What waits, and how many are left out: those that begin on a clip still to be made."""
        origin = self._bridge.status.origin.id
        waiting = [
            job for job in self._bridge.jobs.values()
            if job.state is JobState.QUEUED and job.origin == origin
        ]  # fmt: skip
        waiting.sort(key=lambda job: (job.background, job.position, job.created_at))
        alone = [job for job in waiting if not job.parents]
        shots = tuple(
            Shot(new_id(), f"{number} {_name(job)}".strip(), job.request)
            for number, job in enumerate(alone, 1)
        )
        today = QDate.currentDate().toString("yyyy-MM-dd")
        film = Film(new_id(), self.tr("Queue {day}").format(day=today), shots)
        return film, len(waiting) - len(alone)

    def _write(self, film: Film, left_out: int, path: str) -> None:
        parts = [self.tr("%Ln waiting clips were exported.", "", len(film.shots))]
        if left_out:
            parts.append(self.tr("%Ln wait for other clips and stay.", "", left_out))
        text = " ".join(parts)
        self._context.workers.call(
            Lane.FILES, self._context.commands.film_files().write, film, Path(path),
            then=lambda _: self.said.emit(text), otherwise=self._refuse,
        )  # fmt: skip

    # --- in ---

    def take_in(self) -> None:
        """Ask for a file; nothing of it is queued before its price was seen."""
        if self._files is None:
            dialog = FileDialog(self._window, self.tr("Import clips"), Place.DocumentsLocation)
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            dialog.setNameFilter(self._filter())
            dialog.fileSelected.connect(self.read)
            self._open(dialog)

    @Slot(str)
    def read(self, path: str) -> None:
        """Read such a file, and ask."""
        self._context.workers.call(
            Lane.FILES, self._context.commands.film_files().read, Path(path),
            then=self._ask, otherwise=self._refuse,
        )  # fmt: skip

    def _ask(self, read: ReadFilm) -> None:
        film = read.film
        if not film.shots:
            self.said.emit(self.tr("There are no clips in this file."))
            return
        if any(shot.continues or shot.meets for shot in film.shots):
            text = self.tr("“{name}” is a film whose shots go on from each other.")
            self.said.emit(text.format(name=film.name))
            return
        if read.clips:
            text = self.tr("“{name}” is a film with clips that are made already.")
            self.said.emit(text.format(name=film.name))
            return
        if self.question is not None:
            return
        kinds = Counter(shape_of(shot.request) for shot in film.shots)
        prices = [(count, self._bridge.known_price(kind)) for kind, count in kinds.items()]
        low = sum((count * price.low for count, price in prices), ZERO)
        high = sum((count * price.high for count, price in prices), ZERO)
        cost = self.tr("Together they cost {n} credits.")
        told = "\n".join(f"“{one_line(s.request.prompt)}”" for s in film.shots[:_EXAMPLES])
        if len(film.shots) > _EXAMPLES:
            told += "\n…"
        self.question = Question(
            self._window,
            self.tr("Queue %Ln clips of “{name}”?", "", len(film.shots)).format(name=film.name),
            (cost.format(n=localised.price_text(Price(low, high))), told),
            {"later": self.tr("Queue in the background"), "now": self.tr("Queue")}, "now",
        )  # fmt: skip
        self.question.chosen.connect(partial(self._queue, film, high))
        self.question.finished.connect(self.on_question_finished)
        self.question.open()

    def _queue(self, film: Film, ceiling: Decimal, choice: str) -> None:
        cells = [Cell(shot.request, n, shot.name) for n, shot in enumerate(film.shots, 1)]

        def queued(found: list[Job] | Problem) -> None:
            if isinstance(found, Problem):
                self.said.emit(translated(found.message))
            else:
                self.said.emit(self.tr("%Ln clips were queued.", "", len(found)))

        self._bridge.generate_all(cells, queued, background=choice == "later", ceiling=ceiling)

    # --- inside ---

    def _filter(self) -> str:
        return self.tr("Clips and films") + " (*.json)"

    def _open(self, dialog: QFileDialog) -> None:
        self._files = dialog
        dialog.finished.connect(self.on_files_finished)
        dialog.open()

    def _refuse(self, error: UserError) -> None:
        self.said.emit(translated(error.problem.message))

    @Slot(int)
    def on_files_finished(self, _result: int) -> None:
        self._files = None

    @Slot(int)
    def on_question_finished(self, _result: int) -> None:
        self.question = None


def _name(job: Job) -> str:
    return one_line(job.label or job.request.prompt)[:_NAME_LENGTH]
