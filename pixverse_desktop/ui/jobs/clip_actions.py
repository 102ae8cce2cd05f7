"""What can be done with saved clips wherever they are shown: one set of menu entries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.reuse import Part
from pixverse_desktop.services.export import Export
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.file_drag import clip_mime, file_url


class ClipActions(QObject):
    """Adds entries to menus and carries them out; disk work happens on workers."""

    reuse_requested = Signal(object, str)  # Job, a core.model.reuse.Part
    said = Signal(str)  # a sentence for the window to show

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._commands = context.commands
        self._dialog: QFileDialog | None = None
        self._pending: tuple[Job, Export] | None = None

    @Slot(object, object)
    def fill(self, menu: QMenu, jobs: Sequence[Job]) -> None:
        """Add what can be done with ``jobs``, all of them saved clips."""
        saved = [job for job in jobs if job.clip is not None]
        if not saved:
            return
        many = len(saved) > 1
        copy = self.tr("Copy {n} files").format(n=len(saved)) if many else self.tr("Copy file")
        if not many:
            self._fill_reuse(menu, saved[0])
            menu.addSeparator()
        menu.addAction(copy).triggered.connect(partial(self.copy_files, saved))
        if many:
            return
        job = saved[0]
        add = menu.addAction
        add(self.tr("Open in another program")).triggered.connect(partial(self.open_with, job))
        for kind, text in (
            (Export.COPY, self.tr("Save a copy as…")),
            (Export.CLEAN, self.tr("Export a clean copy…")),
            (Export.SETTINGS, self.tr("Export the settings…")),
        ):
            add(text).triggered.connect(partial(self.ask_target, job, kind))

    @Slot(object)
    def copy_files(self, jobs: Sequence[Job]) -> None:
        """Put the files on the clipboard, for a file manager or another program."""
        if not jobs:
            return  # what is on the clipboard stays
        QGuiApplication.clipboard().setMimeData(clip_mime(jobs))
        count = len(jobs)
        one = self.tr("The file is on the clipboard.")
        many = self.tr("{n} files are on the clipboard.").format(n=count)
        self.said.emit(one if count == 1 else many)

    @Slot()
    def open_with(self, job: Job) -> None:
        """Let the system's own program for videos open the clip."""
        if job.clip is not None:
            QDesktopServices.openUrl(file_url(job.clip.path))

    @Slot()
    def ask_target(self, job: Job, kind: Export) -> None:
        """Ask where to; the dialog asks too before something is replaced."""
        if self._dialog is not None or job.clip is None:
            return
        titles = {
            Export.COPY: self.tr("Save a copy"),
            Export.CLEAN: self.tr("Export a copy without settings and tags"),
            Export.SETTINGS: self.tr("Export the settings"),
        }
        name = Path(job.clip.path)
        suffix = ".json" if kind is Export.SETTINGS else ".mp4"
        end = {Export.COPY: " copy", Export.CLEAN: " clean", Export.SETTINGS: ""}[kind]
        dialog = FileDialog(self._window, titles[kind], Place.MoviesLocation, saves=True)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"*{suffix}")
        dialog.selectFile(f"{name.stem}{end}{suffix}")
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog, self._pending = dialog, (job, kind)
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        if path and self._pending is not None:
            self.write(*self._pending, Path(path))

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = self._pending = None

    def write(self, job: Job, kind: Export, target: Path) -> None:
        """Write ``target`` on a worker, and say what became of it."""
        self._commands.export_clip(job, target, kind, partial(self._written, target))

    def _written(self, target: Path, error: UserError | None) -> None:
        if error is None:
            text = self.tr("Saved as “{name}” in {folder}.")
            self.said.emit(text.format(name=target.name, folder=target.parent))
        else:
            self.said.emit(error.problem.message)

    def _fill_reuse(self, menu: QMenu, job: Job) -> None:
        part_menu = menu.addMenu(self.tr("Reuse only"))
        for part, text in (
            (Part.PROMPT, self.tr("The prompt")),
            (Part.PARAMETERS, self.tr("The parameters")),
            (Part.FRAMES, self.tr("The frames")),
            (Part.SEED, self.tr("The seed")),
        ):
            action = part_menu.addAction(text)
            action.triggered.connect(partial(self.reuse_requested.emit, job, str(part)))
