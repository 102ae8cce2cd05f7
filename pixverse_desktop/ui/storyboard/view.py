"""The storyboard as a view of the window, built when it is first looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command, Menu
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.jobs.clip_actions import ClipActions

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

    from pixverse_desktop.ui.storyboard.panel import Storyboard


class StoryboardHost(Protocol):
    """What the storyboard asks of the window."""

    context: UiContext
    player: Player
    actions: ClipActions
    shown: str

    @property
    def view_changed(self) -> SignalInstance:
        """Signal: another view is about to be shown; its id."""

    @property
    def batch_added(self) -> SignalInstance:
        """Signal: jobs were queued at once."""

    def show_view(self, name: str) -> None:
        """Show the view with that id."""

    def new_form(self) -> QWidget:
        """One more form like that of Create."""


_MISSING = Command(
    "generate missing", QT_TRANSLATE_NOOP("Commands", "Generate missing shots"), ("Ctrl+G",),
    "generate_missing", menu=Menu.QUEUE, first=True, costs=True, icon="sparkle",
)  # fmt: skip
_TEXT = Command(
    "shots from text", QT_TRANSLATE_NOOP("Commands", "Shots from text…"), ("Ctrl+T",),
    "ask_text", menu=Menu.FILE, first=True,
)  # fmt: skip
_EXPORT = Command(
    "export film", QT_TRANSLATE_NOOP("Commands", "Export film…"), ("Ctrl+Shift+F",),
    "export", menu=Menu.FILE,
)  # fmt: skip


class StoryboardView:
    """A film as a strip of shots: its form left, the film in the player, the takes right."""

    id = "storyboard"
    title = QT_TRANSLATE_NOOP("Commands", "Storyboard")
    keys: tuple[str, ...] = ("Ctrl+3",)
    tab = True
    panes: frozenset[Pane] = frozenset()
    commands: tuple[Command, ...] = (_TEXT, _EXPORT, _MISSING)

    def __init__(self, host: StoryboardHost) -> None:
        self._host = host
        self.board: Storyboard | None = None
        host.actions.film_requested.connect(self.add_clips)
        host.actions.gap_requested.connect(self.fill_gap)

    def build(self) -> ViewWidgets:
        """Form, takes and strip."""
        from pixverse_desktop.ui.storyboard.panel import Storyboard

        host = self._host
        form = host.new_form()
        board = self.board = Storyboard(host.context, host.player, host.actions, form)
        board.editor.made.connect(host.batch_added)
        board.editor.said.connect(host.actions.said)
        host.view_changed.connect(self.on_view_changed)
        return ViewWidgets(left=form, right=board.takes, below=board.strip)

    def enter(self) -> None:
        """The shots have the keyboard."""
        if self.board is not None:
            self._host.player.show_clip_line(False)
            self.board.set_awake(True)
            self.board.strip.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def on_view_changed(self, name: str) -> None:
        """Out of sight, nothing is worked out, and the player shows single clips."""
        if self.board is not None and name != self.id:
            self.board.set_awake(False)

    def generate_missing(self) -> None:
        """Have everything made that is missing, once its price was in sight."""
        seen = self._host.shown == self.id
        self._host.show_view(self.id)
        if self.board is not None and seen:
            self.board.generate_missing()

    def export(self) -> None:
        """The film as a file."""
        self._host.show_view(self.id)
        if self.board is not None:
            self.board.export()

    def add_clips(self, jobs: Sequence[Job]) -> None:
        """Clips as shots at the end of the film."""
        self._host.show_view(self.id)
        if self.board is not None:
            self.board.add_clips(jobs)

    def fill_gap(self, first: Job, second: Job) -> None:
        """Two clips with a shot between them that is to be made, at the price that stands there."""
        self._host.show_view(self.id)
        if self.board is not None:
            self.board.fill_gap(first, second)

    def ask_text(self) -> None:
        """Shots from a text."""
        self._host.show_view(self.id)
        if self.board is not None:
            self.board.ask_text()
