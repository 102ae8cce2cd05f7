"""The films there are: another one is looked at, made, renamed, copied, read, written, removed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Film
from pixverse_desktop.core.jobs.file_name import slug
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.ui.base.commands import key_of
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor
from pixverse_desktop.ui.storyboard.name_dialog import NameDialog
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

_SUFFIX = "json"


class FilmMenu(QObject):
    """``window`` is what the dialogs stand over."""

    text_wanted = Signal()

    def __init__(
        self, editor: FilmEditor, actions: ShotActions, context: UiContext, window: QWidget
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._actions = actions
        self._context = context
        self._window = window
        self._dialog: FileDialog | None = None
        self.menu = QMenu(window)

    @Slot(QPoint)
    def popup(self, place: QPoint) -> None:
        """Open above ``place``, on the screen."""
        self.fill()
        self.menu.popup(place - QPoint(0, self.menu.sizeHint().height()))

    def fill(self) -> None:
        """The films, and what can be done with the one that is looked at."""
        menu, film = self.menu, self._film()
        menu.clear()
        for one in self._editor.films():
            action = menu.addAction(one_line(one.name).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(one.id == self._editor.film_id)
            action.triggered.connect(partial(self._editor.open, one.id))
        menu.addSeparator()
        for text, run, needs in (
            # Not "New film", which a film is called until it gets a name.
            (self.tr("Make a new film"), self.new_film, False),
            (self.tr("Shots from text…"), self.text_wanted.emit, False),
            (self.tr("Open a film…"), self.ask_file, False),
            ("", None, False),
            (self.tr("Rename…"), self.rename, True),
            (self.tr("Duplicate"), self._editor.duplicate_film, True),
            (self.tr("Save as a file…"), self.ask_target, True),
            (self.tr("Save with its clips…"), partial(self.ask_target, with_clips=True), True),
            (self.tr("Remove the film"), self.remove, True),
        ):
            if run is None:
                menu.addSeparator()
                continue
            action = menu.addAction(text)
            action.triggered.connect(partial(run))
            action.setEnabled(film is not None or not needs)

    @Slot()
    def new_film(self) -> None:
        """An empty one."""
        self._editor.create(self._actions.film_name())

    @Slot()
    def rename(self) -> None:
        """Ask what the film is called."""
        film = self._film()
        if film is not None:
            title = self.tr("Name of the film")
            NameDialog(self._window, title, film.name, self._renamed).open()

    def _renamed(self, name: str) -> None:
        self._editor.change(lambda film: replace(film, name=name))

    @Slot()
    def remove(self) -> None:
        """Take the film away, with a way back; its clips stay in the library."""
        if self._film() is not None:
            self._editor.remove_film()
            text = self.tr("The film was removed, its clips stay. {key} brings it back.")
            self._editor.said.emit(text.format(key=key_of("story undo")))

    @Slot()
    def ask_file(self) -> None:
        """Ask for a film's file."""
        dialog = self._ask(self.tr("Open a film"), saves=False)
        if dialog is not None:
            dialog.setFileMode(FileDialog.FileMode.ExistingFile)
            dialog.fileSelected.connect(self.read)
            dialog.open()

    @Slot()
    def ask_target(self, *, with_clips: bool = False) -> None:
        """Ask where the film is written to, with the takes that count in a folder beside it."""
        film = self._film()
        dialog = self._ask(self.tr("Save the film"), saves=True) if film is not None else None
        if dialog is not None and film is not None:
            dialog.setDefaultSuffix(_SUFFIX)
            dialog.selectFile(f"{slug(film.name, 60)}.{_SUFFIX}")
            dialog.fileSelected.connect(partial(self.write, with_clips=with_clips))
            dialog.open()

    @Slot(str)
    def read(self, path: str) -> None:
        """Take a film from a file, as another one."""
        if path:
            self._context.workers.call(
                Lane.FILES, self._context.commands.film_files().read, Path(path),
                then=self._editor.add_film, otherwise=self._refuse,
            )  # fmt: skip

    def write(self, path: str, *, with_clips: bool = False) -> None:
        """Write the film, with its pictures."""
        film = self._film()
        if path and film is not None:
            takes = {
                one.shot.id: one.take
                for one in self._editor.shots
                if with_clips and one.take is not None and one.take.clip is not None
            }
            self._context.workers.call(
                Lane.FILES, self._context.commands.film_files().write, film, Path(path), takes,
                then=partial(self._written, path), otherwise=self._refuse,
            )  # fmt: skip

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    def _written(self, path: str, _done: None) -> None:
        text = self.tr("Saved as “{name}” in {folder}.")
        self._editor.said.emit(text.format(name=Path(path).name, folder=Path(path).parent))

    def _refuse(self, error: UserError) -> None:
        self._editor.said.emit(translated(error.problem.message))

    def _ask(self, title: str, *, saves: bool) -> FileDialog | None:
        if self._dialog is not None:
            return None
        dialog = FileDialog(self._window, title, Place.DocumentsLocation, saves=saves)
        dialog.setNameFilter(self.tr("Films") + f" (*.{_SUFFIX})")
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        return dialog

    def _film(self) -> Film | None:
        return self._editor.plan.film if self._editor.plan is not None else None
