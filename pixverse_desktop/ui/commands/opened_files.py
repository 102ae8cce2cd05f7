"""Files that the program was asked to open: at its start, by a later one, or by the desktop."""

from __future__ import annotations

import os
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import Problem, UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.opened_files import FileKind, OpenedFile, look_at
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.widgets.drops import path_of

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.films import Films
    from pixverse_desktop.core.film.film import Film
    from pixverse_desktop.services.application import AddedClips
    from pixverse_desktop.services.film_files import ReadFilm
    from pixverse_desktop.ui.commands.window_commands import WindowActions
    from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.given_clips import job_here


class OpenedFiles(QObject):
    """Tells the files apart on a worker. Pictures go on at once; what needs the list of jobs or
    the service's models waits for them, as it must at a start."""

    def __init__(
        self, window: QWidget, context: UiContext, clips: ClipActions, does: WindowActions
    ) -> None:
        super().__init__(window)
        self._context = context
        self._clips = clips
        self._does = does
        self._waiting: list[OpenedFile] = []
        context.bridge.films_reset.connect(self.on_bridge_films_reset)

    def take(self, names: list[str]) -> None:
        """Open these, paths or addresses."""
        plain = [path_of(os.fsencode(name)) or name for name in names]
        self._context.workers.call(Lane.FILES, look_at, plain, then=self._sort)

    @Slot()
    def on_bridge_films_reset(self) -> None:
        """An engine is there, or gone."""
        self._open_waiting()

    def open_film(self, path: Path) -> None:
        """Add the film in a file to those known here, and show it; nothing of it is made."""
        read = self._context.commands.film_files().read
        self._context.workers.call(
            Lane.FILES, read, path, then=self._add_film, otherwise=self._say_error
        )

    def _sort(self, files: list[OpenedFile]) -> None:
        pictures = [file.name for file in files if file.kind is FileKind.PICTURE]
        if pictures:
            self._does.given_pictures.take(pictures)
        self._waiting += [file for file in files if file.kind is not FileKind.PICTURE]
        self._open_waiting()

    def _open_waiting(self) -> None:
        if not self._waiting or self._context.bridge.films() is None:
            return
        files, self._waiting = self._waiting, []
        clips = [Path(file.name) for file in files if file.kind is FileKind.CLIP]
        if len(clips) == 1:
            self._context.commands.read_clip(clips[0], partial(self._show_clip, clips[0]))
        elif clips:
            self._does.add_clips(clips)
        tables = [file for file in files if file.kind is FileKind.TABLE]
        if tables:
            self._does.on_table_given(tables[0].name)
        for file in files:
            if file.kind is FileKind.FILM:
                self.open_film(Path(file.name))
        left = [file for file in files if file.kind is FileKind.OTHER] + tables[1:]
        if left:
            self._does.said.emit(self._why_not(left[0]))

    def _why_not(self, file: OpenedFile) -> str:
        if file.reason is not None:
            return translated(file.reason)
        name = Path(file.name).name
        if file.kind is FileKind.TABLE:
            return self.tr("One table is opened at a time: {name} was left out.").format(name=name)
        return self.tr(
            "{name} cannot be opened: it is not a picture, a clip, a table, a list of prompts or "
            "a film."
        ).format(name=name)

    def _show_clip(self, path: Path, job: Job | None) -> None:
        if job is None:
            self._does.other_clip_given.emit(path)
        else:
            self._context.commands.add_clips([path], partial(self._show_added, job))

    def _show_added(self, told: Job, _count: AddedClips) -> None:
        job = job_here(self._context.bridge, told)
        if job is None or job.hidden:
            self._does.said.emit(self.tr("This clip is in the trash of the library."))
        else:
            self._clips.shown_requested.emit(job)

    def _add_film(self, read: ReadFilm) -> None:
        def create(films: Films) -> Coroutine[Any, Any, Film]:
            return films.create(read.film.name, read.film.shots, read.clips)

        self._context.bridge.change_films(create, self._film_added)

    def _film_added(self, added: Film | Problem) -> None:
        if isinstance(added, Problem):
            self._does.said.emit(translated(added.message))
        else:
            text = self.tr("The film “{film}” was added, with %n shots.", "", len(added.shots))
            self._does.said.emit(text.format(film=added.name))
            self._clips.film_shown.emit(added.id)

    def _say_error(self, error: UserError) -> None:
        self._does.said.emit(translated(error.problem.message))
