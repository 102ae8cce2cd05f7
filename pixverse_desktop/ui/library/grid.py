"""A grid of tiles of one size; its geometry is arithmetic: 100,000 cost what ten do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.motion import Motion
from pixverse_desktop.ui.base.theme import color, set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.widgets.file_drag import drag_clips
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead

MOST_CHOSEN = 500  # clips one command is carried out on
GAP = 12
MARGIN = 16
CAPTION = 26  # pixels below the picture
RADIUS = 8  # of the picture's corners
_SETTLE_MS = 100  # without another line going past
NARROWEST, USUAL_TILE, WIDEST = 120, 232, 480

_Index = QModelIndex | QPersistentModelIndex


class TileGrid(NoTypeAhead, QListView):
    """A QListView to the model, the keyboard and assistive technology; it never lays out rows."""

    hovered = Signal(int, float)  # row (-1: none), how far across the picture, 0..1
    menu_wanted = Signal(QPoint)  # on the screen, for the selection
    key_chosen = Signal(str)  # the id of a command on clips
    escaped = Signal()
    key_scopes = (Scope.CLIPS, Scope.GRID)  # all other keys still play and step

    def __init__(self, rows: PagedClips) -> None:
        super().__init__()
        self._rows = rows
        self._wanted_width = USUAL_TILE
        self.setAccessibleName(self.tr("Clips"))
        set_style(self, look="grid")
        self.setModel(rows)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self._before: dict[str, QRect] = {}  # where tiles stood before the list changed, by job id
        self._part = 1.0  # of their way from there
        self.is_flying = False  # tiles go past in pictures alone
        self._is_racing = False  # they are gone before a picture could be read from the disk
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLE_MS)
        self._settling.timeout.connect(self.on_settled)
        self._motion = Motion(self, self._move_tiles, self._before.clear)
        rows.modelAboutToBeReset.connect(self.on_rows_about_to_be_reset)
        rows.modelReset.connect(self.updateGeometries)
        rows.modelReset.connect(self.on_rows_reset)
        rows.rowsInserted.connect(self.updateGeometries)

    # --- geometry ---

    def set_tile_width(self, width: int) -> None:
        """About how wide a tile is, in pixels; what is in the middle stays in sight."""
        middle = self._row_near(QPoint(0, self.viewport().height() // 2))
        self._wanted_width = max(NARROWEST, min(WIDEST, width))
        self.updateGeometries()
        if middle >= 0 and self.verticalScrollBar().value():
            hint = QAbstractItemView.ScrollHint.PositionAtCenter
            self.scrollTo(self._rows.index(middle, 0), hint)
        self.viewport().update()

    def columns(self) -> int:
        """Tiles side by side."""
        room = self.viewport().width() - 2 * MARGIN + GAP
        return max(1, round(room / (self._wanted_width + GAP)))

    def tile_size(self) -> QSize:
        """Of one tile with its caption; the tiles fill the width."""
        columns = self.columns()
        width = (self.viewport().width() - 2 * MARGIN - GAP * (columns - 1)) // columns
        return QSize(max(60, width), max(60, width) * 9 // 16 + CAPTION)

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid():
            return QRect()
        return self._place(index.row(), self.tile_size(), self.columns())

    def _place(self, row: int, size: QSize, columns: int) -> QRect:
        line, column = divmod(row, columns)
        left = MARGIN + column * (size.width() + GAP)
        top = GAP + line * (size.height() + GAP) - self.verticalScrollBar().value()
        return QRect(QPoint(left, top), size)

    def indexAt(self, place: QPoint) -> QModelIndex:
        row = self._row_near(place)
        index = self._rows.index(row, 0) if 0 <= row < self._rows.rowCount() else QModelIndex()
        return (
            index if index.isValid() and self.visualRect(index).contains(place) else QModelIndex()
        )

    def _row_near(self, place: QPoint) -> int:
        size, columns = self.tile_size(), self.columns()
        line = (place.y() + self.verticalScrollBar().value() - GAP) // (size.height() + GAP)
        column = (place.x() - MARGIN) // (size.width() + GAP)
        row = max(0, line) * columns + min(max(0, column), columns - 1)
        return min(row, self._rows.rowCount() - 1)

    def rows_in_sight(self) -> range:
        """The rows of which something can be seen."""
        first = max(0, self._row_near(QPoint(0, 0)))
        area = self.viewport().rect()
        return range(first, self._row_near(QPoint(area.right(), area.bottom())) + 1)

    def updateGeometries(self) -> None:
        size, bar = self.tile_size(), self.verticalScrollBar()
        lines = -(-self._rows.rowCount() // self.columns())
        height = GAP + lines * (size.height() + GAP)
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setEnabled(bar.maximum() > 0)  # it keeps its room, but shows nothing to be moved
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep((size.height() + GAP) // 3)

    def doItemsLayout(self) -> None:
        # QListView's own walks all rows.
        self.updateGeometries()
        self.viewport().update()

    def dataChanged(self, first: _Index, last: _Index, roles: Sequence[int] = ()) -> None:
        QAbstractItemView.dataChanged(self, first, last, list(roles))

    def scrollTo(
        self,
        index: _Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        place, bar = self.visualRect(index), self.verticalScrollBar()
        if not index.isValid():
            return
        height = self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + place.center().y() - height // 2)
        elif place.top() < GAP:
            bar.setValue(bar.value() + place.top() - GAP)
        elif place.bottom() > height - GAP:
            bar.setValue(bar.value() + place.bottom() - height + GAP)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if abs(dy) > self.tile_size().height():  # faster than anything can be read
            self.is_flying = self._settling.isActive()  # not by one jump: by several in a row
            self._settling.start()
        # A tile is in sight for less than three frames then.
        self._is_racing = self.is_flying and abs(dy) > self.viewport().height() // 3
        # A jump over several lines left tiles of before where QListView thought that none stand.
        self.viewport().update()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: _Index) -> bool:
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        first = self._row_near(QPoint(0, GAP))
        QAbstractItemView.resizeEvent(self, event)
        self.updateGeometries()
        if first > 0 and event.oldSize().width() != event.size().width():
            self.scrollTo(self._rows.index(first, 0))

    # --- moving and selecting ---

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        actions, last = QAbstractItemView.CursorAction, self._rows.rowCount() - 1
        if last < 0:
            return QModelIndex()
        row, columns = self.currentIndex().row(), self.columns()
        if row < 0:
            return self._rows.index(last if action is actions.MoveEnd else 0, 0)
        page = columns * max(1, self.viewport().height() // (self.tile_size().height() + GAP))
        steps = {
            actions.MoveLeft: -1, actions.MovePrevious: -1, actions.MoveRight: 1,
            actions.MoveNext: 1, actions.MoveUp: -columns, actions.MoveDown: columns,
            actions.MovePageUp: -page, actions.MovePageDown: page,
            actions.MoveHome: -row, actions.MoveEnd: last - row,
        }  # fmt: skip
        wanted = row + steps.get(action, 0)
        if not 0 <= wanted <= last and abs(steps.get(action, 0)) == columns:
            same_line = wanted < 0 or row // columns == last // columns
            wanted = row if same_line else last
        return self._rows.index(min(max(0, wanted), last), 0)

    def setSelection(self, area: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """From one tile to another in reading order, as a file manager does it."""
        chosen = QItemSelection()
        if area.width() > 1 or self.indexAt(area.topLeft()).isValid():
            ends = sorted(map(self._row_near, (area.topLeft(), area.bottomRight())))
            if ends[0] >= 0:
                chosen.select(self._rows.index(ends[0], 0), self._rows.index(ends[1], 0))
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region, seen = QRegion(), self.rows_in_sight()
        for part in (selection.at(number) for number in range(selection.count())):
            for row in range(max(part.top(), seen.start), min(part.bottom() + 1, seen.stop)):
                region += self.visualRect(self._rows.index(row, 0)).adjusted(-4, -4, 4, 4)
        return region

    def selectAll(self) -> None:
        """The first ``MOST_CHOSEN``: what is marked is what a command is carried out on."""
        last = min(self._rows.rowCount(), MOST_CHOSEN) - 1
        if last >= 0:
            self._rows.want(last)
            whole = QItemSelection(self._rows.index(0, 0), self._rows.index(last, 0))
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().select(whole, flags.ClearAndSelect)

    def chosen_jobs(self) -> list[Job]:
        """The selected clips that are fetched, in order, up to ``MOST_CHOSEN``."""
        selection = self.selectionModel().selection()
        parts = [
            (part.top(), part.bottom()) for part in map(selection.at, range(selection.count()))
        ]
        found = (job for top, bottom in sorted(parts) for job in self._rows.fetched(top, bottom))
        return list(islice(found, MOST_CHOSEN))

    @Slot()
    def on_settled(self) -> None:
        if self.is_flying:
            self.is_flying = self._is_racing = False
            self.viewport().update()

    # --- tiles into place ---

    @Slot()
    def on_rows_about_to_be_reset(self) -> None:
        seen = {row: self._rows.job_in(row) for row in self.rows_in_sight()}
        size, columns = self.tile_size(), self.columns()
        places = {
            job.id: self._painted_at(row, size, columns)
            for row, job in seen.items()
            if job is not None
        }
        self._before.clear()
        self._before.update(places)

    @Slot()
    def on_rows_reset(self) -> None:
        rows = {job_id: self._rows.row_of(job_id) for job_id in self._before}
        here = {job_id: self.visualRect(self._rows.index(row, 0)) for job_id, row in rows.items()}
        if any(place.isValid() and place != self._before[job_id] for job_id, place in here.items()):
            self._motion.start()
        else:
            self._before.clear()

    def _painted_at(self, row: int, size: QSize, columns: int) -> QRect:
        """Where a tile is painted: for a moment on its way from where it stood before."""
        place = self._place(row, size, columns)
        job = self._rows.job_in(row) if self._before else None
        before = self._before.get(job.id) if job is not None else None
        if before is not None:
            away = before.topLeft() - place.topLeft()
            place.translate(away * (1 - self._part))
        return place

    def _move_tiles(self, part: float) -> None:
        self._part = part
        self.viewport().update()

    # --- painting ---

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        for index in (current, previous):  # with the ring around it, which Qt knows nothing of
            self.viewport().update(self.visualRect(index).adjusted(-4, -4, 4, 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            size, columns = self.tile_size(), self.columns()
            painter.fillRect(event.rect(), color("bg"))
            if self._is_racing:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                for row in self.rows_in_sight():
                    place = self._place(row, size, columns).adjusted(0, 0, 0, -CAPTION)
                    paint.well(painter, place, "stage", RADIUS)
                return
            option = QStyleOptionViewItem()
            self.initViewItemOption(option)
            usual, states = option.state, QStyle.StateFlag
            under = self._under_mouse()
            for row in self.rows_in_sight():
                index = self._rows.index(row, 0)
                area = self._painted_at(row, size, columns)
                if not area.adjusted(-4, -4, 4, 4).intersects(event.rect()):
                    continue
                option.rect = area
                state = usual & ~states.State_HasFocus & ~states.State_MouseOver
                if self.selectionModel().isSelected(index):
                    state |= states.State_Selected
                if index == self.currentIndex() and self.hasFocus():
                    state |= states.State_HasFocus
                if index == under:
                    state |= states.State_MouseOver
                option.state = state
                self.itemDelegate().paint(painter, option, index)

    def _under_mouse(self) -> QModelIndex:
        if self.is_flying or not self.viewport().underMouse():
            return QModelIndex()
        return self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos()))

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.buttons() or not index.isValid():
            self.hovered.emit(-1, 0.0)
            return
        area = self.visualRect(index)
        across = (event.position().x() - area.left()) / max(1, area.width())
        self.hovered.emit(index.row(), min(max(across, 0.0), 1.0))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.hovered.emit(-1, 0.0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.key_chosen.emit("open")

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self._rows.rowCount():
            self.selectionModel().setCurrentIndex(
                self._rows.index(0, 0), QItemSelectionModel.SelectionFlag.NoUpdate
            )
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        menu_key = event.key() == Qt.Key.Key_Menu or (
            event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if (pressed := command_pressed(event, *self.key_scopes)) is not None:
            if pressed.repeats or not event.isAutoRepeat():
                self.start(pressed)
        elif menu_key:
            self._ask_menu()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def offers(self, known: Command) -> bool:
        """Whether enough clips are chosen."""
        chosen = len(self.chosen_jobs())
        return chosen == known.clips if known.clips > 1 else chosen > 0

    def start(self, known: Command) -> None:
        """Carry out a command on the chosen clips."""
        self.key_chosen.emit(known.id)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu()
        elif self.indexAt(event.pos()).isValid():
            self.menu_wanted.emit(event.globalPos())

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """The chosen clips go out as files."""
        area = self.visualRect(self.currentIndex()).adjusted(0, 0, 0, -CAPTION)
        drag_clips(self, self.chosen_jobs(), area)

    def _ask_menu(self) -> None:
        if self.currentIndex().isValid():
            place = self.visualRect(self.currentIndex()).center()
            self.menu_wanted.emit(self.viewport().mapToGlobal(place))
