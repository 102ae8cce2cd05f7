"""Files for the sheet: tables and lists of prompts in, the clips as a table out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from pixverse_desktop.core.batch.plan import Outcome
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.batch_files import GivenTable
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.compose.drop_offer import read_offer, tables_in
from pixverse_desktop.ui.compose.takes.cells_list import CellRows
from pixverse_desktop.ui.compose.takes.takes_form import TakesForm
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place


class _Asked(NamedTuple):
    """What is read: a file, or a text that was pasted, and the columns that are passed over."""

    path: str
    text: str | None
    without: frozenset[str] = frozenset()


class SheetTables(QObject):
    """What is read replaces a table that was there; prompts are added to those there are."""

    said = Signal(str)  # a sentence for the sheet to show

    def __init__(self, sheet: QWidget, context: UiContext, form: TakesForm, rows: CellRows) -> None:
        super().__init__(sheet)
        self._sheet = sheet
        self._context = context
        self._form = form
        self._rows = rows
        self._asked = _Asked("", None)
        self._dialog: FileDialog | None = None
        form.files_pasted.connect(self.paste)
        form.table_pasted.connect(self.read_text)

    @Slot()
    def open(self) -> None:
        """Ask for a table or a list of prompts."""
        dialog = FileDialog(self._sheet, self.tr("Open a table"), Place.DocumentsLocation)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Tables and texts") + " (*.csv *.tsv *.txt)")
        self._ask(dialog, self.read)

    @Slot()
    def export(self) -> None:
        """Ask where the clips are to be written as a table."""
        place = Place.DocumentsLocation
        dialog = FileDialog(self._sheet, self.tr("Export as a table"), place, saves=True)
        dialog.setNameFilter(self.tr("Tables") + " (*.csv)")
        dialog.setDefaultSuffix("csv")
        self._ask(dialog, self.write)

    @Slot(str)
    def read(self, path: str) -> None:
        """Read a file on a worker."""
        if path:
            self._read(_Asked(path, None))

    @Slot(str)
    def read_text(self, text: str) -> None:
        """Read a table that was pasted."""
        # A path in it is one from the home folder on.
        self._read(_Asked(str(Path.home() / self.tr("Pasted table")), text))

    def read_without(self, head: str) -> None:
        """Read the same once more, without one of its columns."""
        self._read(self._asked._replace(without=self._asked.without | {head}))

    @Slot(str)
    def write(self, path: str) -> None:
        """Write the clips that can be made, or are there, to a file."""
        if not path:
            return
        out = (Outcome.WRONG, Outcome.LEFT_OUT)
        cells = [one.cell for one in self._rows.plan.cells if one.outcome not in out]
        self._context.workers.call(
            Lane.FILES,
            self._context.commands.write_table,
            cells,
            self._context.bridge.status.model,
            path,
            then=partial(self._take_written, PurePath(path).name),
            otherwise=self._take_error,
        )

    @Slot()
    def paste(self) -> None:
        """Take the files on the clipboard."""
        self.take(QGuiApplication.clipboard().mimeData() or QMimeData())

    def takes(self, mime: QMimeData) -> bool:
        """Whether there is a table in it, or a picture."""
        return bool(tables_in(mime) or read_offer(mime, with_data=False, most=None).pictures)

    def take(self, mime: QMimeData) -> None:
        """A table, or pictures, which are start frames where nobody says otherwise."""
        if tables := tables_in(mime):
            self.read(tables[0])
            return
        offer = read_offer(mime, most=None)
        if offer.pictures:
            self._form.start.take(list(offer.pictures))
        elif offer.refusal:
            self.said.emit(offer.refusal)

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    def _ask(self, dialog: FileDialog, then: Callable[[str], None]) -> None:
        if self._dialog is not None:
            dialog.deleteLater()
            return
        self._dialog = dialog
        dialog.fileSelected.connect(then)
        dialog.finished.connect(self.on_dialog_finished)
        dialog.open()

    def _read(self, asked: _Asked) -> None:
        self._asked = asked
        self.said.emit(self.tr("Reading {name}…").format(name=PurePath(asked.path).name))
        self._context.workers.call(
            Lane.GIVEN,
            self._context.commands.read_table,
            asked.path,
            self._context.bridge.status.model,
            asked.without,
            asked.text,
            then=partial(self._take_table, asked),
            otherwise=self._take_error,
        )

    def _take_table(self, asked: _Asked, table: GivenTable) -> None:
        if asked is not self._asked:
            return
        self.said.emit("")
        if table.prompts:
            self._form.set_table(None)
            self._form.add_prompts(table.prompts)
        else:
            self._form.set_table(table)

    def _take_written(self, name: str, _done: None) -> None:
        self.said.emit(self.tr("Written to {name}.").format(name=name))

    def _take_error(self, error: UserError) -> None:
        self.said.emit(translated(error.problem.message))
