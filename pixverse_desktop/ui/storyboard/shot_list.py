"""The strip of shots: chosen by mouse and keys, moved by drag, with the seams between them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView

from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.theme import color, set_style
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.shot_delegate import CARD, ShotDelegate, card_of
from pixverse_desktop.ui.storyboard.shot_rows import Index, ShotRows
from pixverse_desktop.ui.widgets.drops import accept_copy, clips_in
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME, drag_rows
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead

_WITHOUT_SHOT = ("story add", "story undo", "story redo")
_SHOTS_MIME = "application/x-pixverse-shots"  # ids, one a line


class ShotList(NoTypeAhead, QListView):
    """Arrow keys choose; all else that keys do is a command of its scope."""

    row_chosen = Signal(int)
    seam_clicked = Signal(int)  # the row of the shot that begins there
    name_wanted = Signal()  # a double click on a card
    menu_wanted = Signal(QPoint)  # on the screen
    shots_dropped = Signal(object, int)  # ids of shots, before which row
    clips_dropped = Signal(object, int)  # ids of jobs, before which row
    files_dropped = Signal(object, int)  # paths of clips from outside, before which row
    key_scopes = (Scope.STORYBOARD,)

    def __init__(
        self, rows: ShotRows, pictures: Pictures, start: Callable[[Command], object]
    ) -> None:
        super().__init__()
        self._rows = rows
        self._start = start
        self._drop_row = self._pressed_seam = -1
        self.setModel(rows)
        self.delegate = ShotDelegate(rows, pictures, self)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("Shots"))
        set_style(self, look="strip")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        pictures.loaded.connect(self.viewport().update)
        self.setFixedHeight(self.height_needed())

    def show_row(self, row: int) -> None:
        """Choose a row, in sight."""
        index = self._rows.index(row, 0)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollTo(self.currentIndex())

    def chosen_ids(self) -> list[str]:
        """The ids of the chosen shots, in the order of the film."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        found = map(self._rows.shot_at, rows)
        return [one.shot.id for one in found if one is not None]

    def height_needed(self) -> int:
        """Of the cards with their words and the scroll bar."""
        line = self.fontMetrics().height()
        return 4 + CARD.height() + 8 + 2 * line + 4 + 14

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setFixedHeight(self.height_needed())
            self.scheduleDelayedItemsLayout()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.row_chosen.emit(current.row())

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (pressed := command_pressed(event, *self.key_scopes)) is not None:
            if pressed.repeats or not event.isAutoRepeat():
                self.start(pressed)
        elif event.key() == Qt.Key.Key_Menu and self.currentIndex().isValid():
            self.ask_menu()
        else:
            super().keyPressEvent(event)

    def offers(self, known: Command) -> bool:
        """Whether there is a shot to do it with, where it needs one."""
        return self.currentIndex().isValid() or known.id in _WITHOUT_SHOT

    def start(self, known: Command) -> None:
        """Carry out a command of its scope."""
        self._start(known)

    def ask_menu(self) -> None:
        """The menu of the chosen shot."""
        card = card_of(self.visualRect(self.currentIndex()))
        self.menu_wanted.emit(self.viewport().mapToGlobal(card.center()))

    # --- mouse ---

    def seam_at(self, place: QPoint) -> int:
        """The row at whose right the seam is that lies there, -1 for none."""
        index = self.indexAt(place)
        if not index.isValid() or index.row() + 1 >= self._rows.rowCount():
            return -1
        card = card_of(self.visualRect(index))
        inside = place.x() > card.right() + 4 and place.y() < card.bottom()
        return index.row() if inside else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        seam = self.seam_at(event.position().toPoint())
        self._pressed_seam = seam if event.button() is Qt.MouseButton.LeftButton else -1
        if self._pressed_seam < 0:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed_seam = self._pressed_seam, -1
        if pressed < 0:
            super().mouseReleaseEvent(event)
        elif self.seam_at(event.position().toPoint()) == pressed:
            self.seam_clicked.emit(pressed + 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.seam_at(event.position().toPoint()) < 0 and self.currentIndex().isValid():
            self.name_wanted.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_seam < 0:
            super().mouseMoveEvent(event)
        self._hover(-1 if event.buttons() else self.seam_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.indexAt(event.pos()).isValid():
            self.menu_wanted.emit(event.globalPos())

    def _hover(self, seam: int) -> None:
        if seam != self.delegate.hovered_seam:
            self.delegate.hovered_seam = seam
            shape = Qt.CursorShape
            self.viewport().setCursor(shape.PointingHandCursor if seam >= 0 else shape.ArrowCursor)
            self.viewport().update()

    # --- dragging ---

    def startDrag(self, _actions: Qt.DropAction) -> None:
        ids = self.chosen_ids()
        if ids:
            data = QMimeData()
            data.setData(_SHOTS_MIME, QByteArray("\n".join(ids).encode()))
            drag_rows(self, data, card_of(self.visualRect(self.currentIndex())), len(ids))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        mime = event.mimeData()
        if mime.hasFormat(_SHOTS_MIME) or mime.hasFormat(JOBS_MIME):
            event.accept()
        elif not (clips_in(mime) and accept_copy(event)):
            event.ignore()
            return
        self._show_drop(self.row_before(event.position().toPoint()))

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._show_drop(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        row = self.row_before(event.position().toPoint())
        self._show_drop(-1)
        for mime, dropped in (
            (_SHOTS_MIME, self.shots_dropped), (JOBS_MIME, self.clips_dropped),
        ):  # fmt: skip
            if event.mimeData().hasFormat(mime):
                event.accept()
                text = bytes(event.mimeData().data(mime).data()).decode(errors="replace")
                dropped.emit(text.split("\n"), row)
                return
        if (paths := clips_in(event.mimeData())) and accept_copy(event):
            self.files_dropped.emit(paths, row)
        else:
            event.ignore()

    def row_before(self, place: QPoint) -> int:
        """Before which row something goes that is dropped there."""
        for row in range(self._rows.rowCount()):
            if place.x() < card_of(self.visualRect(self._rows.index(row, 0))).center().x():
                return row
        return self._rows.rowCount()

    def _show_drop(self, row: int) -> None:
        if row != self._drop_row:
            self._drop_row = row
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row < 0:
            return
        last = self._drop_row >= self._rows.rowCount()
        index = self._rows.index(self._drop_row - last, 0)
        card = card_of(self.visualRect(index)) if index.isValid() else QRect(4, 4, 0, CARD.height())
        x = card.right() + 8 if last and index.isValid() else max(2, card.left() - 6)
        with QPainter(self.viewport()) as painter:
            painter.setPen(QPen(color("accent"), 3))
            painter.drawLine(x, card.top(), x, card.bottom())
