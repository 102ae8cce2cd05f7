"""A question over the window: what it is about, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label


class Question(Dialog):
    """``chosen`` tells the key of the button that was pressed; Escape chooses nothing.

    Enter presses ``default`` until another has the keyboard. None has it at first: the next
    Ctrl+Enter of a key that is held down would press it.
    """

    chosen = Signal(str)

    def __init__(
        self,
        parent: QWidget,
        title: str,
        sentences: Sequence[str],
        choices: Mapping[str, str],
        default: str,
    ) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(460)
        self.sentences = [plain_label(text, wrap=True) for text in sentences]
        self.buttons = {key: QPushButton(text) for key, text in choices.items()}
        line = QHBoxLayout()
        line.addStretch(1)
        for key, button in self.buttons.items():
            button.setAccessibleName(button.text())
            button.setAutoDefault(True)  # Enter presses the one that has the keyboard
            button.setDefault(key == default)
            set_style(button, kind="primary" if key == default else "")
            button.clicked.connect(self.accept)
            button.clicked.connect(partial(self.chosen.emit, key))
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(title, "title"))
        for place, label in enumerate(self.sentences):
            set_style(label, role="muted" if place else "")
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(line)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()
