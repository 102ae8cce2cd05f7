"""The library view: shelves, search, the grid, and news of jobs on their way to become clips."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import ClipPage, Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.library.details import ClipDetails
from pixverse_desktop.ui.library.empty_page import EmptyPage
from pixverse_desktop.ui.library.filter_bar import FilterBar
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.hover_preview import HoverPreview
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.library.sidebar import Sidebar
from pixverse_desktop.ui.library.tile_delegate import TileDelegate
from pixverse_desktop.ui.library.trash import Trash
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip


class LibraryPanel(QWidget):
    """Everything ever made. ``details`` stands elsewhere, under the player."""

    job_selected = Signal(object)  # Job
    open_requested = Signal()  # play or pause what was selected
    locate_requested = Signal()
    create_requested = Signal()

    def __init__(self, context: UiContext, library: Library, actions: ClipActions) -> None:
        super().__init__()
        self._actions = actions
        self._bridge = context.bridge
        self._workers = context.workers
        self._library = library
        self._kept: tuple[set[str], str] = (set(), "")  # what is chosen, over a new look
        self._collection, self._board, self._place = Collection.ALL, "", 0
        self._told = ("", False)  # the job last handed to the player, and whether it had a clip
        self._playing: Job | None = None  # what is on the stage
        self._freed_row = -1  # where clips were just thrown away: the next one moves up to it
        self.setAccessibleName(self.tr("Library"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="bg")
        self.pictures = Pictures(context, self)
        self.rows = PagedClips(context, library, self)
        self.hover_preview = HoverPreview(context, self)
        self.sidebar = Sidebar(context, library)
        self.filters = FilterBar()
        self.grid = TileGrid(self.rows)
        self.details = ClipDetails()
        self.undo_strip = UndoStrip()
        self._tile = TileDelegate(self.pictures, self.grid)
        self.grid.setItemDelegate(self._tile)
        self.menu = QMenu(self)
        self.trash = Trash(context, library, self.chosen, self)
        self._build_layout()
        self._connect()
        self.filters.set_status(self._bridge.status)
        self.look()

    def look(self) -> None:
        """Show what the shelf and the filters ask for."""
        self.rows.show(replace(self.filters.query, collection=self._collection, board=self._board))
        self.sidebar.refresh()

    def enter(self) -> None:
        """The view is shown again: the player may hold another clip by now."""
        self._told = ("", False)
        self.show_playing(self._playing)
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_playing(self, job: Job | None) -> None:
        """The clip on the stage is the chosen one, unless several are, or it is not in sight."""
        self._playing = job
        chosen = self.grid.chosen_jobs()
        if job is not None and len(chosen) <= 1 and job.id not in {one.id for one in chosen}:
            self._told = (job.id, job.clip is not None)  # it plays already
            flags, row = QItemSelectionModel.SelectionFlag, self.rows.row_of(job.id)
            index = self.rows.index(row, 0) if row >= 0 else QModelIndex()
            # With nothing chosen the arrow keys go on from it; what another place plays takes the
            # choice along, or away.
            how = flags.ClearAndSelect if chosen else flags.NoUpdate
            self.grid.selectionModel().setCurrentIndex(index, how)
            if row < 0:
                self.grid.clearSelection()
        self._show_details()

    def focus_search(self) -> None:
        """The keyboard goes to the search field."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def chosen(self) -> list[Job]:
        """The selected clips, the current one first; with none, the one on the stage."""
        jobs = self.grid.chosen_jobs() or ([self._playing] if self._playing else [])
        current = self.grid.currentIndex().data(JOB_ROLE)
        return sorted(jobs, key=lambda job: job != current)

    # --- what came from the bus ---

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if job.state is JobState.SAVED:
            self.pictures.forget_clip(job.id)
        if self._playing is not None and self._playing.id == job.id:
            self._playing = None if job.deleted else job
        self.rows.put(job)

    @Slot(object)
    def on_bridge_jobs_reset(self, _jobs: object) -> None:
        self.look()

    # --- what became of clips, here or elsewhere ---

    @Slot(object, bool)
    def on_favourites_changed(self, ids: list[str], favourite: bool) -> None:
        self.rows.set_favourite(ids, favourite)
        self._show_details()

    @Slot()
    def on_marks_stored(self) -> None:
        self.sidebar.refresh()
        if self._board or self._collection is Collection.FAVOURITES or self.filters.query.favourite:
            self.rows.refresh_soon()

    @Slot(object)
    def on_trashed(self, ids: list[str]) -> None:
        if {job.id for job in self.grid.chosen_jobs()} <= set(ids):
            rows = [row for row in map(self.rows.row_of, ids) if row >= 0]
            self._freed_row = min(rows, default=-1)
        if self.isVisible():
            self.undo_strip.add(*ids)

    # --- what the user does ---

    @Slot(object, str)
    def on_sidebar_chosen(self, collection: Collection, board: str) -> None:
        self._collection, self._board = collection, board
        self.look()

    @Slot(object, str, object)
    def on_sidebar_dropped(self, collection: Collection, board: str, job_ids: list[str]) -> None:
        if board:
            self._actions.put_on_board(board, job_ids, True)
        elif collection is Collection.FAVOURITES:
            self._actions.set_favourite(job_ids, True)
        elif collection is Collection.TRASH:
            self._actions.trash([job for job in self.chosen() if job.id in job_ids])
        elif collection is Collection.ALL and self._collection is Collection.TRASH:
            self.trash.put_back([job for job in self.chosen() if job.id in job_ids])

    @Slot(str)
    def on_grid_key_chosen(self, command: str) -> None:
        if command == "compare":
            self.on_compare_clicked()
        if not self.grid.chosen_jobs():
            return  # the keys of the grid are about what is chosen in it
        match command:
            case "open" if self._told[1]:
                self.open_requested.emit()
            case "open":
                self.on_current_changed()
            case "favourite":
                self.toggle_favourite()
            case "trash":
                self.on_trash_clicked()
            case "copy":
                self._actions.copy_files([job for job in self.chosen() if job.clip is not None])
            case "reuse":
                self._actions.reuse(self.chosen())

    @Slot()
    def toggle_favourite(self) -> None:
        """The chosen clips become favourites; when all of them are, no longer."""
        ids = [job.id for job in self.chosen()]
        if ids:
            self._actions.set_favourite(ids, not all(map(self.rows.is_favourite, ids)))

    @Slot()
    def on_trash_clicked(self) -> None:
        jobs = self.chosen()
        if jobs and jobs[0].hidden:
            self.trash.ask(jobs)
        else:
            self._actions.trash(jobs)

    @Slot()
    def on_continue_clicked(self) -> None:
        for job in self.chosen()[:1]:
            self._actions.frame_requested.emit(job, -1, "start")

    @Slot()
    def on_reuse_clicked(self) -> None:
        self._actions.reuse(self.chosen())

    @Slot()
    def on_compare_clicked(self) -> None:
        self._actions.compare(self.grid.chosen_jobs())

    @Slot()
    def on_fetch_clicked(self) -> None:
        for job in self.chosen()[:1]:
            self._bridge.fetch_again(job.id)

    @Slot()
    def on_more_clicked(self) -> None:
        button = self.details.more
        self.on_grid_menu_wanted(button.mapToGlobal(QPoint(0, button.height())))

    @Slot(QPoint)
    def on_grid_menu_wanted(self, place: QPoint) -> None:
        jobs = self.chosen()
        if not jobs:
            return
        if jobs[0].hidden:
            self.trash.fill(self.menu, jobs)
        else:
            missing = len(jobs) == 1 and self.pictures.is_missing(jobs[0])
            self._actions.fill(self.menu, jobs, missing, self._board)
        self.menu.popup(place)

    @Slot(str)
    def on_parent_clicked(self, job_id: str) -> None:
        self._workers.call(Lane.STORE, self._library.get, [job_id], then=self._show_parent)

    @Slot(int, float)
    def on_grid_hovered(self, row: int, across: float) -> None:
        job = self.rows.index(row, 0).data(JOB_ROLE) if row >= 0 else None
        self.hover_preview.point(job if isinstance(job, Job) else None, across)

    @Slot()
    def on_hover_preview_moved(self) -> None:
        before, self._tile.scrubbed = self._tile.scrubbed, self.hover_preview.shown
        for shown in (before, self._tile.scrubbed):
            if shown is not None:
                self._repaint(shown[0])

    @Slot(str)
    def on_pictures_loaded(self, key: str) -> None:
        job_id = key.removeprefix("clip ")
        self._repaint(job_id)
        if any(job.id == job_id for job in self.chosen()[:1]):
            self._show_details()

    @Slot()
    def on_selection_changed(self) -> None:
        self._show_details()
        self.on_current_changed()

    @Slot()
    def on_current_changed(self) -> None:
        index = self.grid.currentIndex()
        job = index.data(JOB_ROLE) if self.grid.selectionModel().isSelected(index) else None
        if not isinstance(job, Job):
            return
        told = (job.id, job.clip is not None)
        if told != self._told:
            self._told = told
            self.job_selected.emit(job)

    @Slot(QModelIndex, QModelIndex)
    def on_rows_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        current = self.grid.currentIndex().row()
        if first.row() <= current <= last.row() or len(self.chosen()) > 1:
            self.on_selection_changed()  # a chosen job may have got its clip, or been fetched

    @Slot()
    def on_rows_about_to_reset(self) -> None:
        current = self.grid.currentIndex().data(JOB_ROLE)
        ids = {job.id for job in self.grid.chosen_jobs()}
        self._kept = (ids, current.id if isinstance(current, Job) else "")
        self._place = self.grid.verticalScrollBar().value()

    @Slot()
    def on_rows_reset(self) -> None:
        flags, selection = QItemSelectionModel.SelectionFlag, self.grid.selectionModel()
        self.grid.verticalScrollBar().setValue(self._place)
        left = [row for row in map(self.rows.row_of, self._kept[0]) if row >= 0]
        for row in left:
            selection.select(self.rows.index(row, 0), flags.Select)
        row = self.rows.row_of(self._kept[1])
        if row >= 0 or left:
            row = row if row >= 0 else min(left)
            selection.setCurrentIndex(self.rows.index(row, 0), flags.NoUpdate)
        elif self._freed_row >= 0 and self.rows.rowCount():
            row = min(self._freed_row, self.rows.rowCount() - 1)
            selection.setCurrentIndex(self.rows.index(row, 0), flags.ClearAndSelect)
        self._freed_row = -1
        self._kept = (set(), "")

    @Slot()
    def on_rows_changed(self) -> None:
        self.sidebar.refresh()
        self._show_details()
        self.trash.button.setVisible(self._in_trash() and self.rows.rowCount() > 0)
        if self.rows.rowCount():
            self._pages.setCurrentWidget(self.grid)
            return
        self._empty.show_reason(
            self._collection, self._board, narrowed=self.filters.query.is_narrowed
        )
        self._pages.setCurrentWidget(self._empty)

    @Slot()
    def on_empty_action_clicked(self) -> None:
        if self.filters.query.is_narrowed:
            self.filters.clear()
        else:
            self.create_requested.emit()

    @Slot()
    def on_filters_left_downwards(self) -> None:
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- inside ---

    def _show_details(self) -> None:
        jobs = self.chosen()
        missing = bool(jobs) and self.pictures.is_missing(jobs[0])
        loved = bool(jobs) and all(self.rows.is_favourite(job.id) for job in jobs)
        word = self.trash.put_back_word(jobs) if jobs and jobs[0].hidden else ""
        self.details.show_jobs(jobs, favourite=loved, missing=missing, put_back=word)
        if len(jobs) == 1:
            self._workers.call(
                Lane.STORE, self._library.children, jobs[0].id,
                then=partial(self._show_children, jobs[0].id),
            )  # fmt: skip

    def _show_children(self, job_id: str, count: int) -> None:
        if [job.id for job in self.chosen()] == [job_id]:
            self.details.show_children(count)

    def _show_parent(self, found: ClipPage) -> None:
        for job in found.jobs:
            row = self.rows.row_of(job.id)
            if row >= 0:
                self.grid.setCurrentIndex(self.rows.index(row, 0))
            else:
                self.job_selected.emit(job)

    def _in_trash(self) -> bool:
        return self._collection is Collection.TRASH and not self._board

    def _repaint(self, job_id: str) -> None:
        row = self.rows.row_of(job_id)
        if row >= 0:
            area = self.grid.visualRect(self.rows.index(row, 0))
            self.grid.viewport().update(area.adjusted(-4, -4, 4, 4))

    def _build_layout(self) -> None:
        self.sidebar.setFixedWidth(184)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.grid)
        self._empty = EmptyPage()
        self._empty.action_clicked.connect(self.on_empty_action_clicked)
        self._pages.addWidget(self._empty)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.filters)
        column.addWidget(self._pages, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 8)
        foot.addWidget(self.undo_strip, 1)
        foot.addWidget(self.trash.button, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(column, 1)

    def _connect(self) -> None:
        bridge, grid, details, filters = self._bridge, self.grid, self.details, self.filters
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        bridge.status_changed.connect(filters.set_status)
        self.rows.modelAboutToBeReset.connect(self.on_rows_about_to_reset)
        self.rows.modelReset.connect(self.on_rows_reset)
        self.rows.dataChanged.connect(self.on_rows_data_changed)
        self.rows.changed.connect(self.on_rows_changed)
        self.rows.failed.connect(bridge.notice)
        self.pictures.loaded.connect(self.on_pictures_loaded)
        self.hover_preview.moved.connect(self.on_hover_preview_moved)
        self.sidebar.chosen.connect(self.on_sidebar_chosen)
        self.sidebar.dropped.connect(self.on_sidebar_dropped)
        filters.changed.connect(self.look)
        filters.tile_width_moved.connect(grid.set_tile_width)
        filters.left_downwards.connect(self.on_filters_left_downwards)
        grid.hovered.connect(self.on_grid_hovered)
        grid.menu_wanted.connect(self.on_grid_menu_wanted)
        grid.key_chosen.connect(self.on_grid_key_chosen)
        grid.selectionModel().selectionChanged.connect(self.on_selection_changed)
        grid.selectionModel().currentChanged.connect(self.on_current_changed)
        details.favourite_clicked.connect(self.toggle_favourite)
        details.trash_clicked.connect(self.on_trash_clicked)
        details.continue_clicked.connect(self.on_continue_clicked)
        details.reuse_clicked.connect(self.on_reuse_clicked)
        details.put_back_clicked.connect(self.trash.put_back_chosen)
        details.compare_clicked.connect(self.on_compare_clicked)
        details.fetch_clicked.connect(self.on_fetch_clicked)
        details.locate_clicked.connect(self.locate_requested)
        details.parent_clicked.connect(self.on_parent_clicked)
        details.more_clicked.connect(self.on_more_clicked)
        self._actions.favourites_changed.connect(self.on_favourites_changed)
        self._actions.marks_stored.connect(self.on_marks_stored)
        self._actions.trashed.connect(self.on_trashed)
        self.undo_strip.undo_requested.connect(self._bridge.undo_remove)
        self.undo_strip.add_key(self)
