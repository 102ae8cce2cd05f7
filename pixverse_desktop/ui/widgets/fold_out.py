"""A heading that opens and closes what stands under it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.motion import FadeIn
from pixverse_desktop.ui.base.theme import icon
from pixverse_desktop.ui.widgets.labels import ElidedLabel


class FoldOut(QWidget):
    """``title`` is the button; ``hint`` says beside it what is inside while it is closed."""

    opened_changed = Signal(bool)

    def __init__(self, title: str, hint: str, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self._fade_in = FadeIn(content)
        self.button = QPushButton(title)
        self.button.setCheckable(True)
        self.button.setProperty("kind", "fold")
        self.button.setIconSize(QSize(12, 12))
        self.button.setAccessibleName(title)
        self.button.setAccessibleDescription(hint)
        self.button.toggled.connect(self.on_button_toggled)
        self._hint = ElidedLabel(hint, "secondary")
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(12)
        head.addWidget(self.button)
        head.addWidget(self._hint, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(content)
        content.hide()
        self._turn_chevron()

    def is_open(self) -> bool:
        """True while the content shows."""
        return self.button.isChecked()

    def set_open(self, opened: bool) -> None:
        """Open or close it."""
        self.button.setChecked(opened)

    def set_hint(self, hint: str) -> None:
        """Say something else while closed."""
        self._hint.setText(hint)
        self.button.setAccessibleDescription(hint)

    @Slot(bool)
    def on_button_toggled(self, opened: bool) -> None:
        self._content.setVisible(opened)
        if opened:
            self._fade_in.start()
        self._hint.setVisible(not opened)
        self._turn_chevron()
        self.opened_changed.emit(opened)

    def _turn_chevron(self) -> None:
        self.button.setIcon(icon("chevron-down" if self.is_open() else "chevron-right", "muted"))
