"""All keys of the window, read from the list of its commands so that none is forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea


class ShortcutsDialog(Dialog):
    """Two columns: what it does, and the key."""

    def __init__(self, parent: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setMinimumWidth(420)
        table = QWidget()
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(8)
        listed = [command for command in commands if command.keys]
        for row, command in enumerate(listed):
            shown = "   ".join(command.shown_keys())
            words = plain_label(command.title.replace("…", ""), "muted", wrap=True)
            grid.addWidget(words, row, 0)
            grid.addWidget(plain_label(shown, "strong"), row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(plain_label(self.tr("Keyboard shortcuts"), "title"))
        column.addWidget(_scrolled(table), 1)
        note = self.tr("Single keys are off while you type.")
        column.addWidget(plain_label(note, "secondary", wrap=True))
        column.addLayout(buttons)


def _scrolled(table: QWidget) -> QScrollArea:
    """On a small screen the list scrolls instead of growing past it."""
    area = ScrollArea()
    area.setWidget(table)
    area.setAccessibleName(translate("ShortcutsDialog", "List of keys"))
    area.setMinimumHeight(min(table.sizeHint().height() + 4, 400))
    return area
