"""The library view: shelves, search, the grid, and news of jobs on their way to become clips."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import ClipQuery, Collection
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.job_text import short_prompt
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.library.choice import Choice
from pixverse_desktop.ui.library.chosen_actions import ChosenActions
from pixverse_desktop.ui.library.details import ClipDetails
from pixverse_desktop.ui.library.empty_page import EmptyPage
from pixverse_desktop.ui.library.filter_bar import FilterBar
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.hover_preview import HoverPreview
from pixverse_desktop.ui.library.inspector import Inspector
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.library.preview import Preview
from pixverse_desktop.ui.library.sidebar import Sidebar
from pixverse_desktop.ui.library.tile_delegate import TileDelegate
from pixverse_desktop.ui.library.trash import Trash
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip

_ROOMY = 1100  # pixels of width


class LibraryPanel(QWidget):
    """Everything ever made. ``details`` stands elsewhere, under the player."""

    sheet_requested = Signal()
    shelf_chosen = Signal()  # another collection or board is looked at
    locate_requested = Signal()
    create_requested = Signal()

    def __init__(self, context: UiContext, library: Library, actions: ClipActions) -> None:
        super().__init__()
        self._actions = actions
        self._bridge = context.bridge
        self._commands = context.commands
        self._collection, self._board = Collection.ALL, ""
        self._opened: tuple[Job, int] | None = None  # a stack, and how far the grid was scrolled
        self.setAccessibleName(self.tr("Library"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="bg")
        self.pictures = Pictures(context, self)
        self.rows = PagedClips(context, library, self)
        self.hover_preview = HoverPreview(context, self)
        self.sidebar = Sidebar(context, library)
        self.filters = FilterBar()
        self.grid = TileGrid(self.rows)
        self.preview = Preview(self.grid)
        self.details = ClipDetails()
        self.undo_strip = UndoStrip()
        self._tile = TileDelegate(self.pictures, self.grid)
        self.grid.setItemDelegate(self._tile)
        self.rows.new_clips = self._tile.new_clips = actions.new_clips
        self.choice = Choice(self.grid, self.rows, self)
        self.trash = Trash(context, library, self.choice.jobs, self)
        self.acts = ChosenActions(
            context, actions, self.choice, self.grid, self.rows, self.trash, self.pictures,
            lambda: self._board, self,
        )  # fmt: skip
        self.inspector = Inspector(
            context, library, self.choice, self.rows, self.trash, self.pictures, self.details
        )
        self._build_layout()
        self._connect()
        self.filters.set_status(self._bridge.status)
        self.filters.set_stacked(self._commands.window_state.stack_takes)
        self.look()

    @Slot()
    def look(self) -> None:
        """Show what the shelf and the filters ask for."""
        query = replace(self.filters.query, collection=self._collection, board=self._board)
        takes_of = self._opened[0].id if self._opened is not None else ""
        self.rows.show(replace(query, takes_of=takes_of))
        self.sidebar.refresh()

    def enter(self) -> None:
        """The view is shown again."""
        self.choice.enter()
        self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_in_front(self, widget: QWidget | None) -> None:
        """Show a widget beside the shelves; None brings search and tiles back."""
        self.preview.close_preview()
        if widget is not None and self._front.indexOf(widget) < 0:
            self._front.addWidget(widget)
        self._front.setCurrentWidget(widget or self._browser)
        self._fold_sidebar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_sidebar()

    def _fold_sidebar(self) -> None:
        """Another widget needs the room of the shelves in a narrow window."""
        own = self._front.currentWidget() in (self._browser, self.preview)
        self.sidebar.setVisible(own or self.width() >= pixels(_ROOMY))

    def for_sheet(self) -> tuple[list[Job], ClipQuery, str]:
        """Several chosen clips, or none and the query of what is shown, of one chosen stack its
        takes; with what they are called."""
        chosen, query = self.grid.chosen_jobs(), self.rows.query
        if len(chosen) > 1:
            return chosen, query, ""
        for job in chosen:
            if self.rows.takes(job.id) > 1:
                return [], replace(query, takes_of=job.id), short_prompt(job)
        if self._opened is not None:
            return [], query, short_prompt(self._opened[0])
        return [], query, self.sidebar.name_of(self._collection, self._board)

    def focus_search(self) -> None:
        """The keyboard goes to the search field."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    @Slot()
    def toggle_preview(self) -> None:
        """Show what is chosen, or what plays, large over the grid; or the grid again."""
        if not self.preview.is_open:
            self.choice.choose_current()
        if self.preview.is_open or self.choice.jobs():
            self.preview.toggle()

    @Slot(bool)
    def on_preview_opened(self, is_open: bool) -> None:
        self._front.setCurrentWidget(self.preview if is_open else self._browser)
        if not is_open:
            if self.isVisible():
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
            self.grid.scrollTo(self.grid.currentIndex())

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.preview.close_preview()

    # --- what came from the bus ---

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if job.state is JobState.SAVED:
            self.pictures.forget_clip(job.id)
        self.choice.take_news(job)
        self.rows.put(job)

    @Slot(object)
    def on_bridge_jobs_reset(self, _jobs: object) -> None:
        self.look()

    # --- what became of clips, here or elsewhere ---

    @Slot()
    def on_rows_marked(self) -> None:
        self.sidebar.refresh()
        self.inspector.show()

    @Slot()
    def on_boards_stored(self) -> None:
        self.sidebar.refresh()
        if self._board:
            self.rows.refresh_soon()

    @Slot(object)
    def on_trashed(self, ids: list[str]) -> None:
        self.choice.on_trashed(ids)
        if self._browser.isVisible() or self.preview.isVisible():
            self.undo_strip.add(*ids)

    # --- what the user does ---

    @Slot(object, str)
    def on_sidebar_chosen(self, collection: Collection, board: str) -> None:
        self._collection, self._board = collection, board
        self._opened = None
        self.look()
        self.shelf_chosen.emit()

    @Slot(object)
    def open_stack(self, job: Job) -> None:
        """Show the takes behind a clip alone."""
        self.preview.close_preview()
        self._opened = (job, self.grid.verticalScrollBar().value())
        self.look()

    @Slot()
    def close_stack(self) -> None:
        """All clips again, at the stack that was opened."""
        if self._opened is not None:
            job, place = self._opened
            self._opened = None
            self.choice.choose_next(job.id, place)
            self.look()

    @Slot(bool)
    def on_filters_stacked_changed(self, stacked: bool) -> None:
        self._opened = None
        state = replace(self._commands.window_state, stack_takes=stacked)
        self._commands.save_window_state(state)

    @Slot(object, str, object)
    def on_sidebar_dropped(self, collection: Collection, board: str, job_ids: list[str]) -> None:
        dropped = [job for job in self.choice.jobs() if job.id in job_ids]
        if board:
            self._actions.put_on_board(board, job_ids, True)
        elif collection is Collection.PICKED:
            self._actions.set_picked(job_ids, True)
        elif collection is Collection.TRASH:
            self._actions.trash(dropped)
        elif collection is Collection.ALL and self._collection is Collection.TRASH:
            self.trash.put_back(dropped)

    @Slot()
    def on_choice_changed(self) -> None:
        if not self.choice.jobs():
            self.preview.close_preview()  # the last one was thrown away

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
        self._repaint(key.removeprefix("clip "))

    @Slot()
    def on_rows_changed(self) -> None:
        self.sidebar.refresh()
        self.trash.button.setVisible(self._in_trash() and self.rows.rowCount() > 0)
        if self.rows.rowCount():
            self._pages.setCurrentWidget(self.grid)
            return
        if self._opened is not None and not self.filters.query.is_narrowed:
            self.close_stack()  # its last take is gone
            return
        self._empty.show_reason(
            self._collection, self._board, narrowed=self.filters.query.is_narrowed
        )
        self._pages.setCurrentWidget(self._empty)

    @Slot()
    def show_hits(self) -> None:
        """How many clips are found, and of how many, once both have been counted."""
        if self.rows.found is not None and self._opened is not None:
            self.filters.show_takes(self.rows.found, short_prompt(self._opened[0]))
        elif self.rows.found is not None:
            whole = self.sidebar.clips_on(self._collection, self._board)
            self.filters.show_hits(self.rows.found, whole)

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
        self._browser = QWidget()
        self._front = QStackedWidget()
        self._front.addWidget(self._browser)
        self._front.addWidget(self.preview)
        column = QVBoxLayout(self._browser)
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
        row.addWidget(self._front, 1)

    def _connect(self) -> None:
        bridge, grid, filters = self._bridge, self.grid, self.filters
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        bridge.status_changed.connect(filters.set_status)
        self.rows.changed.connect(self.on_rows_changed)
        self.rows.counted.connect(self.show_hits)
        self.rows.marked.connect(self.on_rows_marked)
        self.rows.failed.connect(bridge.notice)
        self.pictures.loaded.connect(self.on_pictures_loaded)
        self.hover_preview.moved.connect(self.on_hover_preview_moved)
        self.sidebar.chosen.connect(self.on_sidebar_chosen)
        self.sidebar.dropped.connect(self.on_sidebar_dropped)
        self.sidebar.counted.connect(self.show_hits)
        filters.changed.connect(self.look)
        filters.tile_width_moved.connect(grid.set_tile_width)
        filters.stacked_changed.connect(self.on_filters_stacked_changed)
        filters.back_clicked.connect(self.close_stack)
        filters.sheet_clicked.connect(self.sheet_requested)
        grid.escaped.connect(self.close_stack)
        self.acts.stack_requested.connect(self.open_stack)
        filters.left_downwards.connect(self.on_filters_left_downwards)
        grid.hovered.connect(self.on_grid_hovered)
        self.acts.serve(self.details)
        self.acts.preview_requested.connect(self.toggle_preview)
        self.preview.opened.connect(self.on_preview_opened)
        self.choice.changed.connect(self.on_choice_changed)
        self.details.locate_clicked.connect(self.locate_requested)
        self._actions.new_clips.changed.connect(grid.viewport().update)
        self._actions.boards_stored.connect(self.on_boards_stored)
        self._actions.trashed.connect(self.on_trashed)
        self.undo_strip.undo_requested.connect(self._bridge.undo_remove)
        self.undo_strip.add_key(self)
