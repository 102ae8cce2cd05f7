"""The left column: shelves and boards, with how many clips stand on each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QMenu,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.library_query import Board, Collection, CollectionCounts
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.store.clip_search import Library
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color, icon, set_style, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.collection_labels import collection_label
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.drops import accept_copy
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME, job_ids_of
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead

_NAME_LENGTH = 60
_COUNT = Qt.ItemDataRole.UserRole
_COLLECTION = _COUNT + 1
_BOARD = _COUNT + 2
_NUMBERED = 4  # shelves come first
_MOST_BATCHES = 8

_Index = QModelIndex | QPersistentModelIndex


class Sidebar(QWidget):
    """Says which shelf or board was chosen, and takes clips that are dropped on one."""

    chosen = Signal(object, str)  # Shelf, board id or ""
    dropped = Signal(object, str, object)  # Shelf, board id or "", list of job ids
    counted = Signal()  # how many clips stand on each

    def __init__(self, context: UiContext, library: Library) -> None:
        super().__init__()
        self._workers = context.workers
        self._library = library
        self._boards: tuple[Board, ...] = ()  # and behind them the newest batches
        self._wanted = ""  # a board to go to when it has been read
        self._editing = ""  # a board just made, named as soon as it is shown
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self.list = SidebarList()
        self.list.setItemDelegate(_SidebarDelegate(self.list))
        self.list.itemDelegate().closeEditor.connect(self.on_editor_closed)
        self.add_button = QPushButton(self.tr("New board"))
        set_style(self.add_button, kind="quiet")
        self.add_button.setIcon(icon("plus"))
        self.add_button.clicked.connect(self.on_add_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        column.addWidget(self.list, 1)
        column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._build_rows()
        self.list.selectionModel().currentChanged.connect(self.on_list_current_changed)
        self.list.clips_dropped.connect(self.on_list_clips_dropped)
        self.list.rename_wanted.connect(self.rename)
        self.list.remove_wanted.connect(self.remove)
        self.list.model().dataChanged.connect(self.on_model_data_changed)

    def refresh(self) -> None:
        """Count anew, and look which boards there are."""
        self._workers.call(Lane.STORE, _read, self._library, then=self._show)

    def clips_on(self, collection: Collection, board: str) -> int:
        """How many clips stand there, as last counted."""
        for known in self._boards:
            if known.id == board:
                return known.clips
        row = list(Collection).index(collection)
        return int(self._model.index(row, 0).data(_COUNT) or 0)

    def name_of(self, collection: Collection, board: str) -> str:
        """What a collection, or the board with that id, is called."""
        names = (known.name for known in self._boards if known.id == board)
        return next(names, collection_label(collection))

    def boards(self) -> tuple[Board, ...]:
        """The boards as last read."""
        return tuple(board for board in self._boards if not board.is_batch)

    @Slot()
    def on_add_clicked(self) -> None:
        name = self.tr("New board")
        self._workers.call(Lane.STORE, self._library.add_board, name, then=self._added)

    @Slot()
    def on_list_current_changed(self) -> None:
        index = self.list.currentIndex()
        collection = index.data(_COLLECTION)
        if isinstance(collection, str):
            self.chosen.emit(Collection(collection), index.data(_BOARD) or "")

    @Slot(QModelIndex, object)
    def on_list_clips_dropped(self, index: QModelIndex, job_ids: list[str]) -> None:
        self.dropped.emit(Collection(index.data(_COLLECTION)), index.data(_BOARD) or "", job_ids)

    @Slot(QModelIndex)
    def rename(self, index: QModelIndex) -> None:
        """Let the user type another name."""
        self.list.edit(index)

    @Slot(QModelIndex)
    def remove(self, index: QModelIndex) -> None:
        """Forget a board; its clips stay."""
        board_id = index.data(_BOARD)
        if index == self.list.currentIndex():
            self.choose(Collection.ALL)
        self._workers.call(Lane.STORE, self._library.remove_board, board_id, then=self._changed)

    @Slot(QModelIndex, QModelIndex, "QList<int>")
    def on_model_data_changed(
        self, first: QModelIndex, _last: QModelIndex, roles: list[int]
    ) -> None:
        board_id = first.data(_BOARD)
        if not board_id or (roles and Qt.ItemDataRole.EditRole not in roles):
            return
        old = next((board.name for board in self._boards if board.id == board_id), "")
        name = " ".join(str(first.data()).split())[:_NAME_LENGTH]
        if name and name != old:
            self._workers.call(
                Lane.STORE, self._library.rename_board, board_id, name, then=self._changed
            )
        elif not name:
            self._model.setData(first, old)

    @Slot()
    def on_editor_closed(self) -> None:
        self.refresh()

    def choose(self, collection: Collection, board_id: str = "") -> None:
        """Go to a shelf, or to a board; one that is not read yet as soon as it is."""
        row = list(Collection).index(collection)
        if board_id:
            row = self._row_of(board_id)
        self._wanted = board_id if row < 0 else ""
        if row >= 0:
            self.list.setCurrentIndex(self._model.index(row, 0))

    # --- inside ---

    def _build_rows(self) -> None:
        self._model = QStandardItemModel(self)
        for collection in Collection:
            self._model.appendRow(_row(collection_label(collection), collection))
        self._add_head(self.tr("Boards"))
        self.list.setModel(self._model)
        self.list.setCurrentIndex(self._model.index(0, 0))

    def _row_of(self, board_id: str) -> int:
        rows = range(_NUMBERED + 1, self._model.rowCount())
        return next((r for r in rows if self._model.index(r, 0).data(_BOARD) == board_id), -1)

    def _add_head(self, name: str) -> None:
        head = QStandardItem(name)
        head.setFlags(Qt.ItemFlag.NoItemFlags)
        self._model.appendRow(head)

    def _show(self, found: tuple[CollectionCounts, tuple[Board, ...]]) -> None:
        counts, boards = found
        numbers = (counts.all, counts.picked, counts.unsaved, counts.trash)
        for row, number in enumerate(numbers):
            _set_count(self._model, self._model.index(row, 0), number)
        if self.list.is_editing():
            return  # the name being typed is worth more than a number
        chosen = self.list.currentIndex().data(_BOARD)
        same = [board.id for board in boards] == [board.id for board in self._boards]
        self._boards = boards
        if not same:
            self._model.removeRows(_NUMBERED + 1, self._model.rowCount() - _NUMBERED - 1)
            for before, board in zip((None, *boards), boards, strict=False):
                if board.is_batch and not (before and before.is_batch):
                    self._add_head(self.tr("Batches"))
                self._model.appendRow(_row(_name(board), Collection.ALL, board))
        for board in boards:
            index = self._model.index(self._row_of(board.id), 0)
            if index.data() != _name(board):
                self._model.setData(index, _name(board))
            _set_count(self._model, index, board.clips)
            if board.id == chosen and not same:
                quiet = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.list.selectionModel().setCurrentIndex(index, quiet)
            if board.id == self._editing:
                self._editing = ""
                self.list.edit(index)
        if self._wanted:
            wanted, self._wanted = self._wanted, ""
            self.choose(Collection.ALL, wanted)
        self.counted.emit()

    def _added(self, board_id: str) -> None:
        self._editing = board_id
        self.refresh()

    def _changed(self, _: None) -> None:
        self.refresh()


class SidebarList(NoTypeAhead, QListView):
    """Rows one can choose, name and drop clips on."""

    clips_dropped = Signal(QModelIndex, object)  # list of job ids
    rename_wanted = Signal(QModelIndex)
    remove_wanted = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        set_style(self, look="nav")
        self.setAccessibleName(self.tr("Shelves and boards"))
        self.setAcceptDrops(True)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self._menu = QMenu(self)
        self._over = QPersistentModelIndex()

    def is_editing(self) -> bool:
        """True while a name is typed."""
        return self.state() == QAbstractItemView.State.EditingState

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        if _is_own(index):
            self._menu.clear()
            rename = self._menu.addAction(self.tr("Rename") + "\tF2")
            rename.triggered.connect(partial(self.rename_wanted.emit, index))
            remove = self._menu.addAction(self.tr("Remove this board; its clips stay"))
            remove.triggered.connect(partial(self.remove_wanted.emit, index))
            below = QPoint(24, self.visualRect(index).height())
            self._menu.popup(self.viewport().mapToGlobal(self.visualRect(index).topLeft() + below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and _is_own(self.currentIndex()):
            self.remove_wanted.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._answer(event, True)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        shelf = index.data(_COLLECTION) not in (None, Collection.UNSAVED)
        takes = index.isValid() and shelf and (not index.data(_BOARD) or _is_own(index))
        self._answer(event, takes)
        self._mark(index if takes else QModelIndex())

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._mark(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        self._mark(QModelIndex())
        index = self.indexAt(event.position().toPoint())
        own = not index.data(_BOARD) or _is_own(index)
        if index.isValid() and own and (job_ids := job_ids_of(event.mimeData())):
            accept_copy(event)
            self.clips_dropped.emit(index, job_ids)

    @staticmethod
    def _answer(event: QDropEvent, takes: bool) -> None:
        if not (takes and event.mimeData().hasFormat(JOBS_MIME) and accept_copy(event)):
            event.ignore()

    def is_dropped_on(self, index: _Index) -> bool:
        """True while clips are held over this row."""
        return self._over.isValid() and self._over.row() == index.row()

    def _mark(self, index: QModelIndex) -> None:
        self._over = QPersistentModelIndex(index)
        self.viewport().update()


class _SidebarDelegate(QStyledItemDelegate):
    def __init__(self, view: SidebarList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        height = option.fontMetrics.height()
        return QSize(100, height + (28 if index.data(_COLLECTION) is None else 16))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area, state = QRect(option.rect), paint.state_of(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(_COLLECTION) is None:
            painter.setFont(paint.sized(option.font, 12))
            painter.setPen(color("muted"))
            painter.drawText(area.adjusted(10, 12, 0, 0), paint.ALIGN_LEFT, str(index.data()))
            painter.restore()
            return
        if state.chosen or state.pointed:
            paint.row_ground(painter, area.adjusted(0, 1, 0, -1), 6, chosen=state.chosen)
        if self._view.is_dropped_on(index):
            paint.outline(painter, area.adjusted(0, 1, 0, -1), "accent", 6)
        elif state.focused and self._view.hasFocus():
            paint.outline(painter, area.adjusted(0, 1, 0, -1), "accent", 6, 1)
        count = index.data(_COUNT)
        number = localised.number(count) if isinstance(count, int) else ""
        painter.setFont(tabular(option.font))
        waiting = index.data(_COLLECTION) == Collection.UNSAVED and bool(count)
        painter.setPen(color("warn" if waiting else "muted"))
        inner = area.adjusted(10, 0, -10, 0)
        painter.drawText(inner, paint.ALIGN_RIGHT, number)
        room = inner.width() - painter.fontMetrics().horizontalAdvance(number) - 8
        painter.setFont(option.font)
        painter.setPen(color("text" if state.chosen else "muted"))
        painter.drawText(
            inner, paint.ALIGN_LEFT, paint.elided(option.font, str(index.data()), room)
        )
        painter.restore()


def _set_count(model: QStandardItemModel, index: QModelIndex, count: int) -> None:
    """Shown at the right, and read after the name."""
    model.setData(index, count, _COUNT)
    spoken = f"{index.data()}, {localised.number(count)}"
    model.setData(index, spoken, Qt.ItemDataRole.AccessibleTextRole)


def _row(name: str, collection: Collection, board: Board | None = None) -> QStandardItem:
    item = QStandardItem(name)
    item.setData(str(collection), _COLLECTION)
    item.setData(board.id if board else "", _BOARD)
    item.setEditable(board is not None and not board.is_batch)
    return item


def _name(board: Board) -> str:
    return one_line(board.name)[:_NAME_LENGTH] if board.is_batch else board.name


def _is_own(index: _Index) -> bool:
    """True for a board, which the user named."""
    return bool(index.data(_BOARD)) and bool(index.flags() & Qt.ItemFlag.ItemIsEditable)


def _read(library: Library) -> tuple[CollectionCounts, tuple[Board, ...]]:
    """BLOCKING."""
    return library.counts(), (*library.boards(), *library.batches(_MOST_BATCHES))
