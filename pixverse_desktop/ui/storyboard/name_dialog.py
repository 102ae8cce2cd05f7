"""Asks what a film is called."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import plain_label

_LONGEST = 200


class NameDialog(Dialog):
    """``then`` hears the name; an empty one is none."""

    def __init__(self, parent: QWidget, title: str, name: str, then: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._then = then
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.name = TextField()
        self.name.setAccessibleName(title)
        self.name.setMaxLength(_LONGEST)
        self.name.setText(name)
        self.name.selectAll()
        self.name.textChanged.connect(self.on_name_changed)
        self.ok = QPushButton(self.tr("Rename"))
        self.ok.setDefault(True)
        set_style(self.ok, kind="primary")
        self.ok.clicked.connect(self.take)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.reject)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(cancel)
        line.addWidget(self.ok)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(title, "title"))
        column.addWidget(self.name)
        column.addLayout(line)
        self.name.setFocus()

    @Slot(str)
    def on_name_changed(self, text: str) -> None:
        self.ok.setEnabled(bool(text.strip()))

    @Slot()
    def take(self) -> None:
        """The name is as it stands there."""
        name = self.name.text().strip()
        if name:
            self.accept()
            self._then(name)
