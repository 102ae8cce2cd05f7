"""Shots from a text: one a line, a paragraph, or at every ``Shot 1 (3s):``; or from a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Shot
from pixverse_desktop.core.film.text import shots_from_text
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.toggle import Toggle, with_label

_COUNT_AFTER_MS = 150


class TextDialog(Dialog):
    """Keeps what was written until it was used."""

    accepted_shots = Signal(object)  # tuple of Shot

    def __init__(self, parent: QWidget, context: UiContext, name: Callable[[int], str]) -> None:
        super().__init__(parent)
        self._context = context
        self._name = name
        self._base = ClipRequest("")
        self._files: FileDialog | None = None
        self.setModal(True)
        self.setWindowTitle(self.tr("Shots from text"))
        self.setMinimumSize(620, 420)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("One shot a line or paragraph"))
        self.text.setPlaceholderText(
            self.tr(
                "One shot a line or paragraph, or:\n\n"
                "Shot 1 (3s): A boat leaves the harbour at dawn.\n"
                "Shot 2 (5s): Fog comes over the cliffs."
            )
        )
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self.on_text_changed)
        joined = self.tr("Each goes on from the end of the one before")
        self.joined = Toggle(joined)
        self.joined_row = with_label(self.joined, joined)
        self.joined.setChecked(True)
        self.note = plain_label("", "secondary", wrap=True)
        self.file_button = QPushButton(self.tr("From a file…"))
        self.file_button.clicked.connect(self.ask_file)
        self.add_button = QPushButton(self.tr("Add shots"))
        self.add_button.setDefault(True)
        set_style(self.add_button, kind="primary")
        self.add_button.clicked.connect(self.add)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_COUNT_AFTER_MS)
        self._timer.timeout.connect(self.count)
        self._build_layout()

    def open_for(self, base: ClipRequest) -> None:
        """Ask; the shots ask for ``base`` with other words."""
        self._base = base
        self.count()
        self.open()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def count(self) -> None:
        """Say what would come of it."""
        found = self._shots()
        self.add_button.setEnabled(bool(found))
        seconds = sum(shot.request.duration_s for shot in found)
        text = self.tr("%Ln shots, {seconds} s together", "", len(found))
        self.note.setText(text.format(seconds=seconds) if found else self.tr("Nothing yet"))

    @Slot()
    def add(self) -> None:
        """Use what is written."""
        found = self._shots()
        if found:
            self.accept()
            self.text.clear()
            self.accepted_shots.emit(found)

    @Slot()
    def ask_file(self) -> None:
        """Ask for a text or a table."""
        if self._files is not None:
            return
        title = self.tr("Shots from a file")
        dialog = FileDialog(self, title, Place.DocumentsLocation)
        dialog.setFileMode(FileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Texts and tables") + " (*.txt *.md *.csv *.tsv)")
        dialog.fileSelected.connect(self.on_file_selected)
        dialog.finished.connect(self.on_files_finished)
        self._files = dialog
        dialog.open()

    @Slot(str)
    def on_file_selected(self, path: str) -> None:
        if path:
            read = self._context.commands.film_files().shots
            model = self._context.bridge.status.model
            self._context.workers.call(
                Lane.FILES, read, Path(path), model, self._name,
                then=self._take, otherwise=self._refuse,
            )  # fmt: skip

    @Slot(int)
    def on_files_finished(self, _result: int) -> None:
        self._files = None

    @Slot()
    def on_text_changed(self) -> None:
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.add()
        else:
            super().keyPressEvent(event)

    def _take(self, shots: tuple[Shot, ...]) -> None:
        self.accept()
        self.accepted_shots.emit(shots)

    def _refuse(self, error: UserError) -> None:
        self.note.setText(translated(error.problem.message))

    def _shots(self) -> tuple[Shot, ...]:
        text = self.text.toPlainText()
        if not text.strip():
            return ()
        read = partial(shots_from_text, text, self._base, self._name)
        try:
            return read(continues=self.joined.isChecked())
        except UserError:
            return ()

    def _build_layout(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.file_button)
        line.addWidget(self.note, 1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.add_button)
        line.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Shots from text"), "title"))
        column.addWidget(self.text, 1)
        column.addWidget(self.joined_row)
        column.addLayout(line)
