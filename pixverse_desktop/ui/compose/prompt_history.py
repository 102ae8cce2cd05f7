"""Earlier prompts, newest first, with a search line: a popup over the prompt."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPoint, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import fold
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import plain_label

MOST = 2000  # prompts listed
_SIZE = (420, 320)


class PromptHistory(QFrame):
    """Enter takes the marked prompt, Esc closes; nothing changes until one is taken."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Earlier prompts"))
        set_style(self, surface="card")
        self._prompts: dict[str, str] = {}  # and each as it is searched, once that is asked for
        self._found = QStringListModel(self)
        self.search = _Search()
        self.search.setPlaceholderText(self.tr("Search earlier prompts"))
        self.search.setAccessibleName(self.tr("Search earlier prompts"))
        self.search.textChanged.connect(self.on_search_text_changed)
        self.search.moved.connect(self.on_search_moved)
        self.search.taken.connect(self.on_search_taken)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Earlier prompts"))
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

    def open_below(self, place: QPoint, jobs: Iterable[Job]) -> None:
        """Show the prompts of ``jobs`` (oldest first), each once; ``place`` is on the screen."""
        prompts: dict[str, None] = {}
        for job in reversed(list(jobs)):
            if len(prompts) == MOST:
                break  # older ones are found in the library
            if job.request.prompt.strip():
                prompts[job.request.prompt] = None
        self._prompts = dict.fromkeys(prompts, "")
        self.search.clear()
        self.on_search_text_changed("")
        self.move(place)
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    @Slot(str)
    def on_search_text_changed(self, text: str) -> None:
        wanted = fold(text.strip())
        if wanted and not all(self._prompts.values()):
            self._prompts = {prompt: fold(prompt) for prompt in self._prompts}
        self._found.setStringList([p for p, folded in self._prompts.items() if wanted in folded])
        self.list.setCurrentIndex(self._found.index(0, 0))
        some = self._found.rowCount() > 0
        none_at_all = not self._prompts
        self.empty.setText(
            self.tr("Your prompts will be listed here.")
            if none_at_all
            else self.tr("No earlier prompt holds this.")
        )
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
            self.chosen.emit(index.data())


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
