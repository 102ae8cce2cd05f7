"""The two lists of jobs: keys, clicks and context menus turned into verbs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_actions import JobAction
from pixverse_desktop.ui.jobs.model import JOB_ROLE, Index, JobRows
from pixverse_desktop.ui.queue.recent_delegate import CELL_GAP, RecentDelegate
from pixverse_desktop.ui.widgets.file_drag import drag_clips
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead

_WIDEST_CELL = 260
_ACTIONS = {
    "favourite": JobAction.PICK,
    "reuse": JobAction.REUSE,
    "trash": JobAction.REMOVE,
}  # by the id of the command
_HEARD = frozenset({*_ACTIONS, "copy", "open"})
_MOST_ROWS_AT_ONCE = 5000  # about 20 ms; with fewer, a long list would jump at every change


class JobView(NoTypeAhead, QListView):
    """A list of jobs without frames of its own."""

    action_chosen = Signal(object, object)  # Verb, Job
    menu_wanted = Signal(object, QPoint)  # Job, where on the screen
    job_marked = Signal(object)  # Job or None
    key_scopes: tuple[Scope, ...] = (Scope.CLIPS,)  # all other keys still play and step

    def __init__(self, model: JobRows, name: str, enter: JobAction | None) -> None:
        super().__init__()
        self._rows = model
        self._enter = enter
        self.setAccessibleName(name)
        set_style(self, look="nav")
        self.setModel(model)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(_MOST_ROWS_AT_ONCE)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.selectionModel().selectionChanged.connect(self.on_selection_changed)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        # Not QListView's: it lays every row out anew, and a row never changes its size here.
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def marked_job(self) -> Job | None:
        """The selected job."""
        index = self.currentIndex()
        job = index.data(JOB_ROLE) if index.isValid() else None
        return job if isinstance(job, Job) and self.selectionModel().isSelected(index) else None

    def unmark(self) -> None:
        """Select nothing."""
        self.clearSelection()
        self.setCurrentIndex(QModelIndex())

    @Slot()
    def on_selection_changed(self) -> None:
        self.job_marked.emit(self.marked_job())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        job = self.marked_job()
        if job is None or not self._took_key(event, job):
            super().keyPressEvent(event)
        else:
            event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reasons = Qt.FocusReason
        by_key = event.reason() in (reasons.TabFocusReason, reasons.BacktabFocusReason)
        if by_key and self.marked_job() is None and self.currentIndex().isValid():
            self.selectionModel().select(
                self.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu_at_mark()
            return
        job = self.indexAt(event.pos()).data(JOB_ROLE)
        if isinstance(job, Job):
            self.menu_wanted.emit(job, event.globalPos())

    def _took_key(self, event: QKeyEvent, job: Job) -> bool:
        key = event.key()
        pressed = command_pressed(event, *self.key_scopes)
        if pressed is not None and self.offers(pressed):
            self.start(pressed)
        elif key == Qt.Key.Key_Escape:
            self.unmark()
        elif key == Qt.Key.Key_Menu or (
            key == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        ):
            self._ask_menu_at_mark()
        else:
            return False
        return True

    def offers(self, known: Command) -> bool:
        """Whether it can be done with the marked job."""
        return self.marked_job() is not None and known.id in _HEARD

    def start(self, known: Command) -> None:
        """Carry out a command on the marked job."""
        job = self.marked_job()
        if job is None:
            return
        if known.id == "copy":
            copied = JobAction.COPY_PROMPT if job.clip is None else JobAction.COPY_FILE
            self.action_chosen.emit(copied, job)
        elif known.id == "open":
            self.on_enter(job)
        else:
            self.action_chosen.emit(_ACTIONS[known.id], job)

    def on_enter(self, job: Job) -> None:
        """The usual thing to do with a job."""
        if self._enter is not None:
            self.action_chosen.emit(self._enter, job)

    def _ask_menu_at_mark(self) -> None:
        job = self.marked_job()
        if job is not None:
            place = self.visualRect(self.currentIndex()).center()
            self.menu_wanted.emit(job, self.viewport().mapToGlobal(place))


class RecentGrid(JobView):
    """Cells of one size, as many side by side as fit, at least two."""

    def __init__(self, model: JobRows, name: str) -> None:
        super().__init__(model, name, JobAction.PLAY)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setDragEnabled(True)  # after setMovement, which turns it off
        self.setSpacing(0)
        self.clicked.connect(self.on_clicked)

    @Slot(QModelIndex)
    def on_clicked(self, index: QModelIndex) -> None:
        job = index.data(JOB_ROLE)
        if isinstance(job, Job):
            self.action_chosen.emit(JobAction.PLAY, job)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """The clip goes out as a file."""
        job = self.marked_job()
        if job is not None:
            area = self.visualRect(self.currentIndex())
            drag_clips(self, [job], area.adjusted(CELL_GAP, CELL_GAP, -CELL_GAP, -CELL_GAP))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_cells()
        super().resizeEvent(event)

    def _fit_cells(self) -> None:
        delegate = self.itemDelegate()
        if not isinstance(delegate, RecentDelegate):
            return
        # The scroll bar's room is kept free, or its coming would move every clip.
        bar = self.verticalScrollBar().sizeHint().width()
        room = self.width() - bar - 1
        columns = max(2, -(-room // _WIDEST_CELL))
        width = max(60, room // columns)
        height = round((width - 2 * CELL_GAP) * 9 / 16) + 2 * CELL_GAP
        if delegate.cell != QSize(width, height):
            delegate.cell = QSize(width, height)
            self.setGridSize(delegate.cell)
