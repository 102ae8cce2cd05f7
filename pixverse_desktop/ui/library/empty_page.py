"""What stands where no clip does, and what to do about it."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.library_query import Collection
from pixverse_desktop.ui.widgets.labels import plain_label


class EmptyPage(QWidget):
    """A sentence, and a button where something can be done."""

    action_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.label = plain_label("", "muted", wrap=True)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton()
        self.button.hide()
        self.button.clicked.connect(self.action_clicked)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self.label)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_reason(self, collection: Collection, board: str, *, narrowed: bool) -> None:
        """``narrowed``: there may be clips, but not with these words and filters."""
        words, action = self._words(collection, board, narrowed)
        self.label.setText(words)
        self.button.setText(action)
        self.button.setVisible(bool(action))

    def _words(self, collection: Collection, board: str, narrowed: bool) -> tuple[str, str]:
        if narrowed:
            return self.tr("No clip matches the search and the filters."), self.tr("Show all clips")
        if board:
            return self.tr("This board is empty. Drag clips here from the grid."), ""
        match collection:
            case Collection.PICKED:
                return self.tr("Nothing picked yet. Press S on a clip to pick it."), ""
            case Collection.UNSAVED:
                return self.tr("Every clip that was paid for is saved."), ""
            case Collection.TRASH:
                return self.tr("The trash is empty."), ""
            case Collection.ALL:
                return self.tr("No clips yet."), self.tr("Make the first one")
            case never:
                assert_never(never)
