"""Asks in which form the film is written and where to, and shows how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.core.jobs.file_name import slug
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.storyboard.film_export import FilmExport, Kind, Written
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.labels import SentenceLabel, breakable, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.toggle import Toggle, with_label

_SHARES = 1000  # steps of the bar


class ExportDialog(Dialog):
    """Made once; a film that is being written goes on when it is closed."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        super().__init__(parent)
        self._commands = context.commands
        self._plan: FilmPlan | None = None
        self._files: FileDialog | None = None
        self._made: Path | None = None
        self.export = FilmExport(context, self)
        self.setModal(True)
        self.setMinimumWidth(560)
        self.kind = Segmented(self.tr("What is written"))
        self.kind.set_choices([
            (Kind.FILM, self.tr("Film")),
            (Kind.FOLDER, self.tr("Folder for editors")),
            (Kind.SHEET, self.tr("Contact sheet")),
            (Kind.LIST, self.tr("Shot list")),
        ])  # fmt: skip
        self.kind.value_changed.connect(self.refresh)
        self.title = plain_label("", "title", wrap=True)
        self.about = plain_label("", "muted", wrap=True)
        crop = self.tr("Clips of another shape fill the picture")
        self.crop = Toggle(crop)
        self.crop_row = with_label(self.crop, crop)
        self.note = SentenceLabel("secondary")
        self.bar = QProgressBar()
        self.bar.setRange(0, _SHARES)
        self.bar.setAccessibleName(self.tr("How much is written"))
        self.bar.hide()
        self.show_button = QPushButton(self.tr("Show file"))
        self.show_button.clicked.connect(self.reveal)
        self.show_button.hide()
        self.cancel_button = QPushButton(self.tr("Close"))
        self.cancel_button.clicked.connect(self.on_cancel_clicked)
        self.go_button = QPushButton(self.tr("Export…"))
        self.go_button.setDefault(True)
        set_style(self.go_button, kind="primary")
        self.go_button.clicked.connect(self.ask)
        self._build_layout()
        self.export.progressed.connect(self.on_export_progressed)
        self.export.written.connect(self.on_export_written)
        self.export.failed.connect(self.on_export_failed)
        self.export.stopped.connect(self.on_export_stopped)

    def open_for(self, plan: FilmPlan) -> None:
        """Ask about a film."""
        if not self.export.is_busy:
            self._plan = plan
            self.show_button.hide()
            self.note.show_message("")
            title = self.tr("Export “{name}”").format(name=one_line(plan.film.name))
            self.title.setText(title)
            self.setWindowTitle(title)
        self.refresh()
        self.open()
        self.go_button.setFocus()

    @Slot()
    def refresh(self) -> None:
        """What the choice means, and whether it is possible."""
        busy, kind = self.export.is_busy, Kind(self.kind.value())
        self.about.setText(self._words(kind))
        self.crop_row.setVisible(kind is Kind.FILM)
        lacking = self._lacking() if kind in (Kind.FILM, Kind.FOLDER) else 0
        if lacking and not busy:
            text = self.tr("%Ln shots have no take yet. Generate them first.", "", lacking)
            self.note.show_message(text, "note")
        elif not busy and not self.show_button.isVisible():
            self.note.show_message("")
        self.go_button.setEnabled(not busy and not lacking)
        self.kind.setEnabled(not busy)
        self.crop.setEnabled(not busy)
        self.bar.setVisible(busy)
        self.cancel_button.setText(self.tr("Cancel") if busy else self.tr("Close"))
        self._fit()

    @Slot()
    def ask(self) -> None:
        """Ask where to."""
        if self._files is not None or self._plan is None or self.export.is_busy:
            return
        kind = Kind(self.kind.value())
        film = kind in (Kind.FILM, Kind.FOLDER)
        place = Place.MoviesLocation if film else Place.DocumentsLocation
        dialog = FileDialog(self, self.title.text(), place, saves=kind is not Kind.FOLDER)
        if kind is Kind.FOLDER:
            dialog.choose_folder()
        else:
            self._name(dialog, kind, slug(self._plan.film.name, 60))
        dialog.fileSelected.connect(self.on_file_selected)
        dialog.finished.connect(self.on_files_finished)
        self._files = dialog
        dialog.open()

    @Slot(str)
    def on_file_selected(self, chosen: str) -> None:
        if chosen and self._plan is not None:
            self.show_button.hide()
            self.note.show_message("")
            kind = Kind(self.kind.value())
            self.export.write(kind, self._plan, Path(chosen), crop=self.crop.isChecked())

    @Slot(int)
    def on_files_finished(self, _result: int) -> None:
        self._files = None

    @Slot()
    def on_cancel_clicked(self) -> None:
        """Stop what is written, else close."""
        if self.export.is_busy:
            self.export.stop()
        else:
            self.reject()

    @Slot()
    def reveal(self) -> None:
        """Show what was written in the system's file manager."""
        if self._made is not None:
            self._commands.reveal(self._made)

    @Slot(float)
    def on_export_progressed(self, share: float) -> None:
        if self.bar.isHidden():
            self.refresh()
        self.bar.setValue(round(share * _SHARES))

    @Slot(object)
    def on_export_written(self, made: Written) -> None:
        self._made = made.path
        text = self.tr("Saved as “{name}” in {folder}.")
        said = text.format(name=made.path.name, folder=made.path.parent)
        self.show_button.setVisible(True)
        self.refresh()
        self.note.show_message(
            breakable(" ".join([said, *map(translated, made.notes)])), "secondary"
        )
        self._fit()
        self.show_button.setFocus()

    @Slot(str)
    def on_export_failed(self, sentence: str) -> None:
        self.refresh()
        self.note.show_message(breakable(sentence), "error")
        self._fit()

    @Slot()
    def on_export_stopped(self) -> None:
        self.refresh()
        self.note.show_message(self.tr("Stopped. Nothing was written."), "secondary")

    def _fit(self) -> None:
        """Sentences come and go; the buttons stay whole."""
        column = self.layout()
        if column is not None:
            column.activate()
            needed = column.totalHeightForWidth(self.width())
            self.resize(self.width(), max(needed, self.minimumSizeHint().height()))

    def _words(self, kind: Kind) -> str:
        match kind:
            case Kind.FILM:
                return self.tr("One MP4 of the takes that count, one after the other.")
            case Kind.FOLDER:
                return self.tr(
                    "A new folder with the clips under numbered names, and the cuts as OTIO, EDL "
                    "and XML, for DaVinci Resolve, Premiere and others."
                )
            case Kind.SHEET:
                return self.tr(
                    "Every shot with its picture, name and seconds, as PNG or, for paper, as PDF."
                )
            case Kind.LIST:
                return self.tr("A table (CSV) of the shots for a spreadsheet.")
            case never:
                assert_never(never)

    def _name(self, dialog: FileDialog, kind: Kind, name: str) -> None:
        suffix = {Kind.FILM: "mp4", Kind.SHEET: "png"}.get(kind, "csv")
        filters = [f"*.{suffix}", *(["*.pdf"] if kind is Kind.SHEET else [])]
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilters(filters)
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen[2:]))
        dialog.selectFile(f"{name}.{suffix}")

    def _lacking(self) -> int:
        shots = self._plan.shots if self._plan is not None else ()
        return sum(one.take is None for one in shots)

    def _build_layout(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.show_button)
        line.addStretch(1)
        line.addWidget(self.cancel_button)
        line.addWidget(self.go_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for widget in (self.title, self.kind, self.about, self.crop_row, self.bar, self.note):
            column.addWidget(widget)
        column.addStretch(1)
        column.addLayout(line)
