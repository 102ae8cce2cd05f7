"""What support needs to know, shown before it is saved or copied."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import PySide6
from PySide6.QtCore import Qt, Slot, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

_FILE = "pixverse-desktop-diagnostics.txt"


class DiagnosticsDialog(Dialog):
    """Gathers anew whenever it is opened; what is shown is what is saved and copied."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._context = context
        self._dialog: QFileDialog | None = None
        self.setWindowTitle(self.tr("Diagnostics"))
        self.resize(pixels(760), pixels(560))
        hint = self.tr(
            "What support needs to know. Your prompts, keys and passwords are not in it, nor is "
            "your user name. Nothing is sent: save or copy it, and read it before you hand it on."
        )
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Diagnostics"))
        set_style(self.text, look="detail")
        self.state = SentenceLabel("secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Diagnostics"), "title"))
        column.addWidget(plain_label(hint, "secondary", wrap=True))
        column.addWidget(self.text, 1)
        column.addWidget(self.state)
        column.addLayout(self._build_buttons())

    def gather(self, report: ServiceReport | None) -> None:
        """Open, and look at everything anew; ``report`` is that of a check of the service."""
        self.open()
        self.text.setPlainText("")
        self._enable(False)
        self.state.show_message(self.tr("Looking…"), "secondary")
        work = partial(self._context.commands.diagnose, list(window_lines()), report)
        self._context.workers.call(Lane.FILES, work, then=self._show, otherwise=self._failed)

    def _show(self, text: str) -> None:
        self.text.setPlainText(text)
        self.state.show_message("")
        self._enable(True)
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def on_copy_button_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.state.show_message(self.tr("Copied."), "good")

    @Slot()
    def on_save_button_clicked(self) -> None:
        if self._dialog is not None:
            return
        title = self.tr("Save the diagnostics")
        dialog = FileDialog(self, title, Place.DocumentsLocation, saves=True)
        dialog.selectFile(_FILE)
        dialog.setDefaultSuffix("txt")
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        from pixverse_desktop.services.diagnostics import save_diagnostics

        if not path:
            return

        def saved(_: None) -> None:
            self.state.show_message(self.tr("Saved."), "good")

        text = self.text.toPlainText()
        self._context.workers.call(
            Lane.FILES, save_diagnostics, Path(path), text, then=saved, otherwise=self._failed
        )

    def _failed(self, error: UserError) -> None:
        self.state.show_message(translated(error.problem.message), "error")

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    def _enable(self, ready: bool) -> None:
        self.save_button.setEnabled(ready)
        self.copy_button.setEnabled(ready)

    def _build_buttons(self) -> QHBoxLayout:
        self.save_button = QPushButton(self.tr("Save…"))
        self.copy_button = QPushButton(self.tr("Copy"))
        self.close_button = QPushButton(self.tr("Close"))
        row = QHBoxLayout()
        row.addStretch(1)
        for button, slot in (
            (self.save_button, self.on_save_button_clicked),
            (self.copy_button, self.on_copy_button_clicked),
            (self.close_button, self.accept),
        ):
            button.setAccessibleName(button.text())
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            row.addWidget(button)
        return row


def window_lines() -> Iterator[str]:
    """Qt, its platform and the screens."""
    yield f"PySide6 {PySide6.__version__}, Qt {qVersion()}"
    yield f"platform {QGuiApplication.platformName()}"
    for place, screen in enumerate(QGuiApplication.screens(), 1):
        size = screen.size()
        yield (
            f"screen {place}: {size.width()} × {size.height()}, scale "
            f"{screen.devicePixelRatio():g}, {screen.logicalDotsPerInch():.0f} dpi, "
            f"{screen.refreshRate():.0f} Hz"
        )
