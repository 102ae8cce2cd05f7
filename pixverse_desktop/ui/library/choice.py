"""Which clips are meant: those chosen in the grid, else the one on the stage."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.paged_model import PagedClips

_Flags = QItemSelectionModel.SelectionFlag


class Choice(QObject):
    """Keeps the choice when clips come and go, and at one with what the player shows."""

    changed = Signal()  # other clips, or the same ones have changed
    job_selected = Signal(object)  # Job: to be put on the stage

    def __init__(self, grid: TileGrid, rows: PagedClips, panel: QWidget) -> None:
        super().__init__(panel)
        self._panel = panel
        self._grid = grid
        self._rows = rows
        self._kept: tuple[set[str], str] = (set(), "")  # what is chosen, over a new look
        self._place = 0  # how far the grid is scrolled, likewise
        self._told = ("", False)  # the job last handed to the player, and whether it had a clip
        self._playing: Job | None = None  # what is on the stage
        self._next: tuple[str, int] | None = None  # what to choose, and how far to scroll, instead
        self._freed_row = -1  # where clips were just thrown away: the next one moves up to it
        rows.modelAboutToBeReset.connect(self.on_rows_about_to_reset)
        rows.modelReset.connect(self.on_rows_reset)
        rows.dataChanged.connect(self.on_rows_data_changed)
        grid.selectionModel().selectionChanged.connect(self.on_selection_changed)
        grid.selectionModel().currentChanged.connect(self.on_current_changed)

    def jobs(self) -> list[Job]:
        """The selected clips, the current one first; with none, the one on the stage."""
        jobs = self._grid.chosen_jobs() or ([self._playing] if self._playing else [])
        current = self._grid.currentIndex().data(JOB_ROLE)
        return sorted(jobs, key=lambda job: job != current)

    @property
    def plays(self) -> bool:
        """True when the chosen clip was handed to the player already."""
        return self._told[1]

    def enter(self) -> None:
        """The view is shown again: the player may hold another clip by now."""
        self._told = ("", False)
        self.show_playing(self._playing)

    def show_playing(self, job: Job | None) -> None:
        """The clip on the stage is the chosen one, unless several are, or it is not in sight."""
        self._playing = job
        chosen = self._grid.chosen_jobs()
        if job is not None and len(chosen) <= 1 and job.id not in {one.id for one in chosen}:
            self._told = (job.id, job.clip is not None)  # it plays already
            row = self._rows.row_of(job.id)
            index = self._rows.index(row, 0) if row >= 0 else QModelIndex()
            # With nothing chosen the arrow keys go on from it; what another place plays takes the
            # choice along, or away.
            how = _Flags.ClearAndSelect if chosen else _Flags.NoUpdate
            self._grid.selectionModel().setCurrentIndex(index, how)
            if row < 0:
                self._grid.clearSelection()
        self.changed.emit()

    def choose_current(self) -> None:
        """With nothing chosen, the clip where the keyboard is."""
        index = self._grid.currentIndex()
        if index.isValid() and not self._grid.chosen_jobs():
            self._grid.selectionModel().setCurrentIndex(index, _Flags.ClearAndSelect)

    def choose_next(self, job_id: str, place: int) -> None:
        """With the next look choose a clip and scroll that far."""
        self._next = (job_id, place)

    def take_news(self, job: Job) -> None:
        """A new snapshot, perhaps of what is on the stage."""
        if self._playing is not None and self._playing.id == job.id:
            self._playing = None if job.deleted else job

    def go_to(self, job: Job) -> None:
        """Choose a clip, wherever it is: in the grid, or only on the stage."""
        row = self._rows.row_of(job.id)
        if row >= 0:
            self._grid.setCurrentIndex(self._rows.index(row, 0))
        else:
            self.job_selected.emit(job)

    @Slot(object)
    def on_trashed(self, ids: list[str]) -> None:
        if {job.id for job in self._grid.chosen_jobs()} <= set(ids):
            rows = [row for row in map(self._rows.row_of, ids) if row >= 0]
            self._freed_row = min(rows, default=-1)

    @Slot()
    def on_selection_changed(self) -> None:
        self.changed.emit()
        self.on_current_changed()

    @Slot()
    def on_current_changed(self) -> None:
        index = self._grid.currentIndex()
        job = index.data(JOB_ROLE) if self._grid.selectionModel().isSelected(index) else None
        if not isinstance(job, Job) or not self._panel.isVisible():
            return  # clips that come or go change nothing on the stage of another view
        told = (job.id, job.clip is not None)
        if told != self._told:
            self._told = told
            self.job_selected.emit(job)

    @Slot(QModelIndex, QModelIndex)
    def on_rows_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        current = self._grid.currentIndex().row()
        if first.row() <= current <= last.row() or len(self.jobs()) > 1:
            self.on_selection_changed()  # a chosen job may have got its clip, or been fetched

    @Slot()
    def on_rows_about_to_reset(self) -> None:
        current = self._grid.currentIndex().data(JOB_ROLE)
        ids = {job.id for job in self._grid.chosen_jobs()}
        self._kept = (ids, current.id if isinstance(current, Job) else "")
        self._place = self._grid.verticalScrollBar().value()
        if self._next is not None:
            job_id, self._place = self._next
            self._kept = ({job_id}, job_id)
            self._next = None

    @Slot()
    def on_rows_reset(self) -> None:
        selection = self._grid.selectionModel()
        self._grid.verticalScrollBar().setValue(self._place)
        left = [row for row in map(self._rows.row_of, self._kept[0]) if row >= 0]
        for row in left:
            selection.select(self._rows.index(row, 0), _Flags.Select)
        row = self._rows.row_of(self._kept[1])
        if row >= 0 or left:
            row = row if row >= 0 else min(left)
            selection.setCurrentIndex(self._rows.index(row, 0), _Flags.NoUpdate)
        elif self._freed_row >= 0 and self._rows.rowCount():
            row = min(self._freed_row, self._rows.rowCount() - 1)
            selection.setCurrentIndex(self._rows.index(row, 0), _Flags.ClearAndSelect)
        self._freed_row = -1
        self._kept = (set(), "")
