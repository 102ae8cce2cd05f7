"""A popup with a search line over a list: Enter takes the marked entry, Esc closes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from pixverse_desktop.core.text import fold
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.inputs import NoTypeAhead, TextField
from pixverse_desktop.ui.widgets.labels import plain_label

_SIZE = (420, 320)
_VALUE = Qt.ItemDataRole.UserRole


class SearchPopup(QFrame):
    """Nothing changes until an entry is taken; ``chosen`` carries its value."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, name: str, search: str, none: str, nothing: str) -> None:
        """``none`` is said while there are no entries at all, ``nothing`` when none is found."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(name)
        set_style(self, surface="card")
        self._none, self._nothing = none, nothing
        self._entries: dict[str, str] = {}  # value to the shown text
        self._folded: dict[str, str] = {}  # to the text as it is searched, once that is asked for
        self._found = QStandardItemModel(self)
        self.search = _Search()
        self.search.setPlaceholderText(search)
        self.search.setAccessibleName(search)
        self.search.textChanged.connect(self.on_search_text_changed)
        self.search.moved.connect(self.on_search_moved)
        self.search.taken.connect(self.on_search_taken)
        self.list = _List()
        self.list.setAccessibleName(name)
        self.list.setModel(self._found)
        self.list.setUniformItemSizes(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.activated.connect(self.on_list_activated)
        self.list.clicked.connect(self.on_list_activated)
        set_style(self.list, look="nav")
        self.empty = plain_label("", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.empty)
        column.addWidget(self.list, 1)
        self.resize(*_SIZE)

    def set_entries(self, entries: Mapping[str, str]) -> None:
        """Show other entries, by value; what is searched for stays."""
        self._entries = dict(entries)
        self._folded = {}
        self.on_search_text_changed(self.search.text())

    def open_at(self, place: QPoint, entries: Mapping[str, str]) -> None:
        """Open at a place on the screen."""
        self.search.clear()
        self.set_entries(entries)
        self.move(place)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def on_search_text_changed(self, text: str) -> None:
        wanted = fold(text.strip())
        if wanted and not self._folded:
            self._folded = {value: fold(shown) for value, shown in self._entries.items()}
        self._found.clear()
        for value, shown in self._entries.items():
            if not wanted or wanted in self._folded[value]:
                item = QStandardItem(shown)
                item.setData(value, _VALUE)
                self._found.appendRow(item)
        self.list.setCurrentIndex(self._found.index(0, 0))
        some = self._found.rowCount() > 0
        self.empty.setText(self._nothing if self._entries else self._none)
        self.empty.setVisible(not some)
        self.list.setVisible(some)

    @Slot(int)
    def on_search_moved(self, rows: int) -> None:
        row = self.list.currentIndex().row() + rows
        row = max(0, min(row, self._found.rowCount() - 1))
        self.list.setCurrentIndex(self._found.index(row, 0))

    @Slot()
    def on_search_taken(self) -> None:
        self.on_list_activated(self.list.currentIndex())

    @Slot(QModelIndex)
    def on_list_activated(self, index: QModelIndex) -> None:
        if index.isValid():
            self.hide()
            self.chosen.emit(index.data(_VALUE))


class _List(NoTypeAhead, QListView):
    """Letters belong to the search line."""


class _Search(TextField):
    moved = Signal(int)  # rows down
    taken = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8,
        }  # fmt: skip
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif Qt.Key(event.key()) in steps:
            self.moved.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
