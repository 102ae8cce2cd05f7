"""The parts of the storyboard and what they have to do with each other."""

from __future__ import annotations

from functools import cached_property
from typing import cast

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.thumbnails import Pictures
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
        self.films.removed.connect(self.on_films_removed)
        self.strip.films_menu_wanted.connect(self.films.popup)
        self.strip.generate_requested.connect(self.generate_missing)
        self._removed: Film | None = None

    @cached_property
    def text_dialog(self) -> TextDialog:
        """Made once."""
        dialog = TextDialog(self.strip, self._context, self.actions.shot_name)
        dialog.accepted_shots.connect(self.on_text_shots)
        return dialog

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

    @Slot(object)
    def on_films_removed(self, film: Film) -> None:
        self._removed = film
        self.editor.refresh()

    def _chosen_ids(self) -> list[str]:
        chosen = self.strip.list.chosen_ids()
        return chosen or [shot_id for shot_id in [self.editor.chosen] if shot_id]
