"""A lane of the queue: rows as wide as the panel, several of which are chosen, dragged and told
what to do by key, and by the buttons that a row has while the pointer is on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QByteArray,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QToolTip

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.queue.queue_delegate import QueueDelegate
from pixverse_desktop.ui.queue.queue_rows import QueueRows
from pixverse_desktop.ui.queue.row_buttons import RowButton, button_label, buttons_of
from pixverse_desktop.ui.queue.views import JobView
from pixverse_desktop.ui.widgets.file_drag import drag_rows
from pixverse_desktop.ui.widgets.labels import tip_text

_WAITING_MIME = "application/x-pixverse-waiting"  # job ids, one a line
_LINE = 2  # pixels, of the mark where dragged rows would go


class QueueList(JobView):
    """``background`` says which lane it is."""

    details_wanted = Signal()
    removal_wanted = Signal(object)  # list of Job
    waiting_command = Signal(object, object)  # Command, list of Job that wait
    button_clicked = Signal(object, object)  # RowButton, Job
    dropped = Signal(object, object, bool)  # job ids, the Job they go before or None, background
    key_scopes = (Scope.QUEUE, *JobView.key_scopes)

    def __init__(self, model: QueueRows, name: str, *, background: bool = False) -> None:
        super().__init__(model, name, None)
        self._rows: QueueRows = model
        self._background = background
        self._wanted_height = 0
        self._pressed: tuple[RowButton, str] | None = None  # with the id of its job
        self._drop_row = -1  # dragged rows would go before it
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.doubleClicked.connect(self.on_double_clicked)

    def chosen(self) -> list[Job]:
        """What is selected, from the top."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [job for row in rows if (job := self._rows.job_at(row)) is not None]

    def choose(self, job_ids: Sequence[str], *, focus: bool = True) -> None:
        """Select these, as far as they are here; with ``focus`` the keyboard is with them."""
        places = [index for job_id in job_ids if (index := self._rows.index_of(job_id)).isValid()]
        if not places:
            return
        flags, chosen = QItemSelectionModel.SelectionFlag, QItemSelection()
        for index in places:
            chosen.select(index, index)
        self.selectionModel().setCurrentIndex(places[0], flags.NoUpdate)
        self.selectionModel().select(chosen, flags.ClearAndSelect)
        self.scrollTo(places[0])
        if focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def show_marked(self) -> None:
        """Scroll to the marked row."""
        self.scrollTo(self.currentIndex())

    def chosen_waiting(self) -> list[Job]:
        """Of those what was not sent yet."""
        return [job for job in self.chosen() if job.state is JobState.QUEUED]

    def set_heights(self, least: int, wanted: int) -> None:
        """Pixels; between the two the panel's layout decides."""
        if (least, wanted) != (self.minimumHeight(), self._wanted_height):
            self._wanted_height = wanted
            self.setMinimumHeight(least)
            self.setMaximumHeight(wanted)
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.marked_job() is not None:
            self.scrollTo(self.currentIndex())  # its card must not push it out of sight

    def sizeHint(self) -> QSize:
        return QSize(240, self._wanted_height)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.minimumHeight())

    def on_enter(self, job: Job) -> None:
        self.details_wanted.emit()

    @Slot(QModelIndex)
    def on_double_clicked(self, index: QModelIndex) -> None:
        job = index.data(JOB_ROLE)
        if isinstance(job, Job) and job.state is JobState.QUEUED:
            self.button_clicked.emit(RowButton.EDIT, job)

    def row_height(self) -> int:
        """Pixels."""
        delegate = self.itemDelegate()
        if not isinstance(delegate, QueueDelegate):
            return 54
        return delegate.sizeHint(QStyleOptionViewItem(), QModelIndex()).height()

    def visible_rows(self) -> tuple[int, int]:
        """First and last row in sight; the first is behind the last when there is none."""
        area = self.viewport().rect()
        first = self.indexAt(QPoint(4, 1))
        if not first.isValid():
            return 0, -1
        last = self.indexAt(QPoint(4, area.bottom()))
        return first.row(), last.row() if last.isValid() else self.model().rowCount() - 1

    # --- keys ---

    def offers(self, known: Command) -> bool:
        if Scope.QUEUE in known.scopes:
            return bool(self.chosen_waiting())
        return super().offers(known)

    def start(self, known: Command) -> None:
        if Scope.QUEUE in known.scopes:
            self.waiting_command.emit(known, self.chosen_waiting())
        elif known.id == "trash" and len(self.chosen()) > 1:
            self.removal_wanted.emit(self.chosen())
        else:
            super().start(known)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = command_pressed(event, Scope.QUEUE)
        if pressed is not None and self.offers(pressed):
            self.start(pressed)
            event.accept()
        else:
            super().keyPressEvent(event)

    # --- the buttons of a row ---

    def _button_at(self, place: QPoint) -> tuple[RowButton, Job, QRect] | None:
        index = self.indexAt(place)
        job, delegate = index.data(JOB_ROLE), self.itemDelegate()
        if not isinstance(job, Job) or not isinstance(delegate, QueueDelegate):
            return None
        area = delegate.button_area(self.visualRect(index), self)
        for button, rect in buttons_of(job, area):
            if rect.contains(place):
                return button, job, rect
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._button_at(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = (found[0], found[1].id) if found is not None and left else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        found = self._button_at(event.position().toPoint())
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif found is not None and (found[0], found[1].id) == pressed:
            self.button_clicked.emit(found[0], found[1])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_at(event.position().toPoint()) is None:
            super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            super().mouseMoveEvent(event)
        self._point_at(event.position().toPoint())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point_at(QPoint(-1, -1))

    def _point_at(self, place: QPoint) -> None:
        delegate, found = self.itemDelegate(), self._button_at(place)
        pointed = None if found is None else (found[0], found[1].id)
        if isinstance(delegate, QueueDelegate) and delegate.pointed != pointed:
            delegate.pointed = pointed
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._button_at(event.pos())
            if found is not None:
                text = tip_text(button_label(found[0], found[1]))
                QToolTip.showText(event.globalPos(), text, self.viewport(), found[2])
                return True
        return super().viewportEvent(event)

    # --- dragging rows ---

    def startDrag(self, _actions: Qt.DropAction) -> None:
        jobs = self.chosen_waiting()
        if not jobs:
            return
        data = QMimeData()
        data.setData(_WAITING_MIME, QByteArray("\n".join(job.id for job in jobs).encode()))
        drag_rows(self, data, self.visualRect(self._rows.index_of(jobs[0].id)), len(jobs))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._hover_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # which scrolls at the edges
        self._hover_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self._mark_drop(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        row = self._row_for(event)
        self._mark_drop(-1)
        if row < 0:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        text = bytes(event.mimeData().data(_WAITING_MIME).data()).decode("ascii", "ignore")
        self.dropped.emit(text.split(), self._rows.job_at(row), self._background)

    def _hover_drag(self, event: QDragMoveEvent) -> None:
        row = self._row_for(event)
        self._mark_drop(row)
        event.setAccepted(row >= 0)

    def _row_for(self, event: QDropEvent) -> int:
        """The row that dragged ones would go before; -1 for what is none of ours."""
        if not event.mimeData().hasFormat(_WAITING_MIME):
            return -1
        count, first = self._rows.rowCount(), self._rows.rowCount() - len(self._rows.lane())
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return count
        rect = self.visualRect(index)
        below = event.position().toPoint().y() > rect.center().y()
        return max(first, index.row() + below)

    def _mark_drop(self, row: int) -> None:
        if row != self._drop_row:
            self._drop_row = row
            delegate = self.itemDelegate()
            if isinstance(delegate, QueueDelegate):
                delegate.dragging = row >= 0
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row < 0:
            return
        last = self.visualRect(self._rows.index(self._rows.rowCount() - 1, 0))
        row = self.visualRect(self._rows.index(self._drop_row, 0))
        top = row.top() if row.isValid() else last.bottom() + 1
        with QPainter(self.viewport()) as painter:
            place = QRect(8, max(0, top - _LINE // 2), self.viewport().width() - 16, _LINE)
            painter.fillRect(place, color("text"))
