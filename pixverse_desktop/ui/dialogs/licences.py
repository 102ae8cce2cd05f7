"""What a bundle of the program carries, and under which licences."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.licences import Licences, read_licences
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

_HEIGHT = 320


class LicencesDialog(Dialog):
    """A row for each part; the texts themselves are files in a folder."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._commands = context.commands
        self._texts: Path | None = None
        self.setWindowTitle(self.tr("Licenses"))
        self.setMinimumWidth(560)
        self.area = ScrollArea()
        self.area.setAccessibleName(self.tr("Parts and their licenses"))
        self.area.setMinimumHeight(_HEIGHT)
        self.texts_button = QPushButton(self.tr("Show their texts"))
        self.texts_button.setAccessibleName(self.tr("Show the folder with the license texts"))
        self.texts_button.setAutoDefault(False)
        self.texts_button.setEnabled(False)
        self.texts_button.clicked.connect(self.on_texts_button_clicked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.texts_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        text = self.tr(
            "Pixverse Desktop itself is under the MIT license. A bundle of it, with all that it "
            "carries, is under the GNU General Public License, version 3 or later."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(plain_label(self.tr("Licenses"), "title"))
        column.addWidget(plain_label(text, wrap=True))
        column.addWidget(self.area, 1)
        column.addLayout(buttons)
        context.workers.call(Lane.FILES, read_licences, context.resources, then=self._show)

    @Slot()
    def on_texts_button_clicked(self) -> None:
        if self._texts is not None:
            self._commands.reveal(self._texts)

    def _show(self, found: Licences) -> None:
        table = QWidget()
        set_style(table, surface="panel")
        grid = QGridLayout(table)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        top = Qt.AlignmentFlag.AlignTop
        for line, (part, licence) in enumerate(found.parts):
            grid.addWidget(plain_label(part, wrap=True), line, 0, top)
            grid.addWidget(plain_label(licence, "muted", wrap=True), line, 1, top)
        self.area.setWidget(table)
        self._texts = found.texts
        self.texts_button.setEnabled(True)
