"""What this program is, and where it gets its clips from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop import __version__
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.service import DOCS_URL
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from pixverse_desktop.ui.dialogs.licences import LicencesDialog


class AboutDialog(Dialog):
    """Name, version, model, licences."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._context = context
        self.setWindowTitle(self.tr("About Pixverse Desktop"))
        self.setMinimumWidth(420)
        picture = QLabel()
        picture.setPixmap(parent.windowIcon().pixmap(56, 56))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(plain_label("Pixverse Desktop", "title"))
        version = self.tr("Version {version} · model {model}")
        words.addWidget(
            plain_label(version.format(version=__version__, model=MODEL_ID), "secondary")
        )
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        text = plain_label(
            self.tr(
                "Makes short clips with PixelDojo's Pixverse V6: prompt or picture in, clip on "
                "disk out. An independent program under the MIT license; clips are made, and "
                "paid for, at PixelDojo."
            ),
            wrap=True,
        )
        self.docs_button = QPushButton(self.tr("Documentation"))
        self.docs_button.setAccessibleName(self.tr("Open the service's documentation"))
        self.docs_button.clicked.connect(self.on_docs_button_clicked)
        self.licences_button = QPushButton(self.tr("Licenses"))
        self.licences_button.setAccessibleName(self.tr("Licenses of the parts inside"))
        self.licences_button.clicked.connect(self.on_licences_button_clicked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))
        set_style(self.close_button, kind="")
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.docs_button)
        buttons.addWidget(self.licences_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(text)
        column.addLayout(buttons)

    @cached_property
    def licences_dialog(self) -> LicencesDialog:
        """Made once."""
        from pixverse_desktop.ui.dialogs.licences import LicencesDialog

        return LicencesDialog(self, self._context)

    @Slot()
    def on_licences_button_clicked(self) -> None:
        self.licences_dialog.open()

    @Slot()
    def on_docs_button_clicked(self) -> None:
        QDesktopServices.openUrl(QUrl(DOCS_URL))
