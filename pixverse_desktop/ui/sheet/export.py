"""Asks where the sheet is written to, as a picture or as a clip, and tells what became of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.export import Progress
from pixverse_desktop.services.qt_workers import Workers
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.sheet.picture import SheetPicture, write_film, write_picture
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

_TOLD_MS = 300


class SheetExport(QObject):
    """Writes one thing at a time; it goes on when the sheet is left."""

    said = Signal(str)
    progressed = Signal(float)  # share of a clip that is written, 1.0 at its end

    def __init__(self, workers: Workers, panel: QWidget) -> None:
        super().__init__(panel)
        self._workers = workers
        self._panel = panel
        self._dialog: FileDialog | None = None
        self._progress: Progress | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TOLD_MS)
        self._timer.timeout.connect(self.on_timer_timeout)

    @property
    def is_busy(self) -> bool:
        """While a clip is written."""
        return self._progress is not None

    def ask_picture(self, plan: SheetPicture, position_s: float, name: str) -> None:
        """Ask where to, then write what is seen at that time."""
        self._ask(self.tr("Export the sheet as a picture"), Place.PicturesLocation, f"{name}.png",
                  partial(self.write_picture, plan, position_s))  # fmt: skip

    def ask_film(self, plan: SheetPicture, name: str) -> None:
        """Ask where to, then write all clips as one."""
        self._ask(self.tr("Export the sheet as a clip"), Place.MoviesLocation, f"{name}.mp4",
                  partial(self.write_film, plan))  # fmt: skip

    def write_picture(self, plan: SheetPicture, position_s: float, target: Path) -> None:
        """What is seen at a time, to a file."""
        self._workers.call(
            Lane.DECODE, write_picture, plan, position_s, target,
            then=lambda _done: self._written(target), otherwise=self._failed,
        )  # fmt: skip

    def write_film(self, plan: SheetPicture, target: Path) -> None:
        """All clips as one, to a file."""
        if self._progress is not None:
            return
        self._progress = Progress()
        self._timer.start()
        self.on_timer_timeout()
        self._workers.call(
            Lane.DECODE, write_film, plan, self._progress, target,
            then=partial(self._film_ended, target), otherwise=self._film_failed,
        )  # fmt: skip

    def stop(self) -> None:
        """Give up what is being written; nothing of it stays."""
        if self._progress is not None:
            self._progress.stop()

    @Slot()
    def on_timer_timeout(self) -> None:
        if self._progress is not None:
            self.progressed.emit(self._progress.share)

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    def _ask(self, title: str, place: Place, name: str, write: Callable[[Path], None]) -> None:
        if self._dialog is not None:
            return
        dialog = FileDialog(self._panel, title, place, saves=True)
        suffix = Path(name).suffix
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"*{suffix}")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: write(Path(path)) if path else None)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    def _film_ended(self, target: Path, whole: bool) -> None:
        self._end_film()
        if whole:
            self._written(target)

    def _film_failed(self, error: UserError) -> None:
        self._end_film()
        self._failed(error)

    def _end_film(self) -> None:
        self._progress = None
        self._timer.stop()
        self.progressed.emit(1.0)

    def _written(self, target: Path) -> None:
        text = self.tr("Saved as “{name}” in {folder}.")
        self.said.emit(text.format(name=target.name, folder=target.parent))

    def _failed(self, error: UserError) -> None:
        self.said.emit(translated(error.problem.message))
