"""A card that says what is the matter, and offers what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.labels import plain_label


class NoticeCard(QWidget):
    """Hidden until there is something to say."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card")
        self.title = plain_label("", "warn", wrap=True)
        self.text = plain_label("", "secondary", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(6)
        self._column.addWidget(self.title)
        self._column.addWidget(self.text)
        self.hide()

    def add_button(
        self, text: str, run: Callable[[], object], *, quiet: bool = False
    ) -> QPushButton:
        """One more thing to do."""
        button = QPushButton(text)
        set_style(button, kind="link" if quiet else "small")
        button.clicked.connect(lambda: run())
        side = Qt.AlignmentFlag.AlignLeft
        self._column.addWidget(button, 0, side if quiet else Qt.AlignmentFlag(0))
        return button

    def say(self, title: str, text: str) -> None:
        """Show these words."""
        self.title.setText(title)
        self.text.setText(text)
        self.show()
