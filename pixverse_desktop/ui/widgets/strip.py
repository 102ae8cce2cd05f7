"""A quiet line across the window: a sentence, at most one action, and a way to dismiss it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from pixverse_desktop.ui.base.announce import announce
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import breakable, plain_label


class Strip(QWidget):
    """Hidden until it has something to say."""

    action_clicked = Signal()
    dismissed = Signal()

    def __init__(self, dismissible: bool) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="strip")
        self.label: QLabel = plain_label("", wrap=True)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.aside: QLabel = plain_label("", "muted")
        self.aside.hide()
        self.button = QPushButton()
        self.button.setAccessibleName(self.tr("What to do about it"))
        self.button.setProperty("kind", "small")
        self.button.clicked.connect(self.action_clicked)
        self.close_button = IconButton("close", self.tr("Dismiss"), size=24, glyph=14)
        self.close_button.clicked.connect(self.dismissed)
        self.row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 12, 6)
        row.setSpacing(12)
        row.addWidget(self.label, 1)
        row.addWidget(self.aside)
        row.addWidget(self.button)
        row.addWidget(self.close_button)
        self.close_button.setVisible(dismissible)  # not before: alone it would be a window
        self._told = ""
        self.setMinimumHeight(38)
        self.hide()

    def show_message(self, sentence: str, action: str = "", tone: str = "") -> None:
        """Show a sentence and, if ``action`` is set, its button."""
        set_style(self.label, role=tone)
        self.label.setText(breakable(sentence))
        self.button.setText(action)
        if action:
            self.button.setAccessibleName(action)
        self.button.setVisible(bool(action))
        fresh = self.isHidden() or sentence != self._told
        self._told = sentence
        self.show()
        if fresh:
            announce(self, sentence)

    def show_secondary(self, text: str) -> None:
        """Show a short text at the right, such as a countdown."""
        self.aside.setText(text)
        self.aside.setVisible(bool(text))
