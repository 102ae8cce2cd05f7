"""Feeds the details under the player: facts at once, relatives when the database has told them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import ClipPage, Family
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.job_text import short_prompt
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec
from pixverse_desktop.ui.library.choice import Choice
from pixverse_desktop.ui.library.details import ClipDetails
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.library.picture_row import Shown
from pixverse_desktop.ui.library.trash import Trash

CHILDREN = 12  # shown; the heading says how many there are


class Inspector(QObject):
    """Keeps the details at what is chosen."""

    def __init__(
        self,
        context: UiContext,
        library: Library,
        choice: Choice,
        rows: PagedClips,
        trash: Trash,
        pictures: Pictures,
        details: ClipDetails,
    ) -> None:
        super().__init__(details)
        self._workers = context.workers
        self._library = library
        self._choice = choice
        self._rows = rows
        self._trash = trash
        self._pictures = pictures
        self._details = details
        self._asked = ""  # the job whose relatives are shown, or asked for
        choice.changed.connect(self.show)
        rows.changed.connect(self.on_rows_changed)
        pictures.loaded.connect(self.on_pictures_loaded)
        details.relative_clicked.connect(self.on_relative_clicked)

    @Slot()
    def show(self) -> None:
        """Tell of what is chosen now."""
        jobs = self._choice.jobs()
        missing = bool(jobs) and self._pictures.is_missing(jobs[0])
        picked = bool(jobs) and all(job.is_picked for job in jobs)
        word = self._trash.put_back_word(jobs) if jobs and jobs[0].hidden else ""
        self._details.show_jobs(jobs, picked=picked, missing=missing, put_back=word)
        single = jobs[0] if len(jobs) == 1 else None
        if single is None:
            self._asked = ""
        elif single.id != self._asked:
            self._asked = single.id
            self._details.frames.show_pictures(self.tr("Frames"), self._frames_of(single))
            for row in (self._details.parents, self._details.children_row):
                row.show_pictures("", ())
            parents = list(dict.fromkeys(f.parent for f in single.request.frames() if f.parent))
            self._workers.call(
                Lane.STORE, self._library.family, single.id, parents, CHILDREN,
                then=partial(self._show_family, single.id),
            )  # fmt: skip

    @Slot()
    def on_rows_changed(self) -> None:
        self._asked = ""  # there may be more relatives by now
        self.show()

    @Slot(str)
    def on_pictures_loaded(self, key: str) -> None:
        jobs = self._choice.jobs()[:1]
        if any(key == f"clip {job.id}" and self._pictures.is_missing(job) for job in jobs):
            self.show()
        for row in (self._details.frames, self._details.parents, self._details.children_row):
            for tile in row.tiles:
                tile.update()

    @Slot(str)
    def on_relative_clicked(self, job_id: str) -> None:
        self._workers.call(Lane.STORE, self._library.get, [job_id], then=self._go_to)

    def _go_to(self, found: ClipPage) -> None:
        for job in found.jobs:
            self._choice.go_to(job)

    def _show_family(self, job_id: str, family: Family) -> None:
        if self._asked != job_id:
            return
        self._details.parents.show_pictures(
            self.tr("Goes on from"), [self._clip(job) for job in family.parents]
        )
        self._details.children_row.show_pictures(
            self.tr("Led to %Ln clips", "", family.count), [self._clip(j) for j in family.children]
        )

    def _clip(self, job: Job) -> Shown:
        prompt = short_prompt(job)
        return Shown(prompt, prompt, partial(self._pictures.clip, job), job.id)

    def _frames_of(self, job: Job) -> Sequence[Shown]:
        return [self._frame(name, frame) for name, frame in job.request.named_frames()]

    def _frame(self, name: str, frame: Frame) -> Shown:
        label = parameter_label(parameter_spec(name))
        return Shown(label, frame.label, partial(self._pictures.frame, frame), frame.parent)
