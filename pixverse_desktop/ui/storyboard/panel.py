"""The parts of the storyboard and what they have to do with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.film import edit
from pixverse_desktop.core.film.film import Shot
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.given_clips import GivenClips
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.export_dialog import ExportDialog
from pixverse_desktop.ui.storyboard.film_editor import FilmEditor
from pixverse_desktop.ui.storyboard.film_menu import FilmMenu
from pixverse_desktop.ui.storyboard.film_player import FilmPlayer
from pixverse_desktop.ui.storyboard.shot_actions import ShotActions
from pixverse_desktop.ui.storyboard.shot_form import Form, ShotForm
from pixverse_desktop.ui.storyboard.story_strip import StoryStrip
from pixverse_desktop.ui.storyboard.takes_panel import TakesPanel
from pixverse_desktop.ui.storyboard.text_dialog import TextDialog


class Storyboard(QObject):
    """``form`` is a form of its own, of the kind that Create has."""

    def __init__(
        self, context: UiContext, player: Player, clips: ClipActions, form: QWidget
    ) -> None:
        super().__init__(form)
        self._context = context
        self.editor = FilmEditor(context.bridge, self)
        pictures = Pictures(context, self)
        self.actions = ShotActions(self.editor, context.bridge, self._chosen_ids)
        self.form = ShotForm(cast(Form, form), self.editor, self.actions, context.bridge)
        self.strip = StoryStrip(self.editor, pictures, self.actions)
        self.takes = TakesPanel(self.editor, pictures, self.actions, clips)
        self.film_player = FilmPlayer(player.sequence, self.editor, pictures)
        self.takes.take_shown.connect(self.film_player.show_take)
        self.films = FilmMenu(self.editor, self.actions, context, self.strip)
        self.films.text_wanted.connect(self.ask_text)
        self.strip.films_menu_wanted.connect(self.films.popup)
        self.strip.export_requested.connect(self.export)
        self.strip.generate_requested.connect(self.generate_missing)
        self.editor.film_id = context.commands.window_state.film
        self.editor.film_opened.connect(self.on_film_opened)
        self.strip.text_requested.connect(self.ask_text)
        self.strip.film_requested.connect(self.films.ask_file)
        self.strip.clips_dropped.connect(self.on_clips_dropped)
        self.strip.files_dropped.connect(self.on_files_dropped)

    @cached_property
    def text_dialog(self) -> TextDialog:
        """Made once."""
        dialog = TextDialog(self.strip, self._context, self.actions.text_name)
        dialog.accepted_shots.connect(self.on_text_shots)
        return dialog

    @cached_property
    def export_dialog(self) -> ExportDialog:
        """Made once."""
        return ExportDialog(self.strip, self._context)

    @Slot()
    def export(self) -> None:
        """Ask in which form the film is written."""
        self.form.save()
        if self.editor.plan is not None and self.editor.shots:
            self.export_dialog.open_for(self.editor.plan)

    def set_awake(self, awake: bool) -> None:
        """Whether it is in sight."""
        self.form.set_awake(awake)
        self.editor.set_awake(awake)
        self.film_player.set_awake(awake)

    @Slot()
    def generate_missing(self) -> None:
        """Queue what is missing, at the price that is shown."""
        shown = self.editor.missing
        self.form.save()
        if shown.number:
            self.editor.make(shown)

    @Slot()
    def ask_text(self) -> None:
        """Shots from a text."""
        self.text_dialog.open_for(self.actions.base())

    @Slot(object)
    def on_text_shots(self, shots: tuple[Shot, ...]) -> None:
        if self.editor.plan is None:
            self.editor.create(self.actions.film_name(), shots)
        else:
            self.actions.insert(shots)

    @Slot(str)
    def on_film_opened(self, film_id: str) -> None:
        """It is the one that is looked at after the next start."""
        state = self._context.commands.window_state
        self._context.commands.save_window_state(replace(state, film=film_id))

    @Slot(object, int)
    def on_clips_dropped(self, ids: list[str], row: int) -> None:
        found = map(self._context.bridge.find_job, ids)
        self.add_clips([job for job in found if job is not None], row)

    @Slot(object, int)
    def on_files_dropped(self, paths: list[Path], row: int) -> None:
        self.editor.said.emit(self.tr("Looking for clips…"))
        GivenClips(self._context).take(paths, partial(self._add_given, row))

    def _add_given(self, row: int, jobs: list[Job], foreign: int) -> None:
        if foreign:
            text = self.tr(
                "%Ln were not made with this program: they cannot be shots.", "", foreign
            )
            self.editor.said.emit(text)
        else:
            self.editor.said.emit(self.tr("%Ln clips are shots now.", "", len(jobs)))
        self.add_clips(jobs, row)

    def add_clips(self, jobs: Sequence[Job], row: int | None = None) -> None:
        """Clips as shots, before a row or at the end; what is no saved clip is said."""
        saved = [job for job in jobs if job.state is JobState.SAVED and not job.deleted]
        if len(saved) < len(jobs):
            text = self.tr("%Ln of them are no saved clips.", "", len(jobs) - len(saved))
            self.editor.said.emit(text)
        if saved:
            shots = [self.actions.shot_of(job) for job in saved]
            place = len(self.editor.shots) if row is None else row
            change = partial(edit.inserted, place=place, shots=shots)
            self.editor.add_clips(change, self.actions.film_name(), shots[0].id)

    def fill_gap(self, first: Job, second: Job) -> None:
        """A film of two clips with a shot between them that is to be made."""
        start, end = self.actions.shot_of(first), self.actions.shot_of(second)
        gap = self.actions.gap_after(start)
        change = partial(edit.inserted, place=0, shots=[start, gap, end])
        self.editor.film_id = ""
        self.editor.add_clips(change, self.actions.gap_name(), gap.id)

    def _chosen_ids(self) -> list[str]:
        chosen = self.strip.list.chosen_ids()
        return chosen or [shot_id for shot_id in [self.editor.chosen] if shot_id]
