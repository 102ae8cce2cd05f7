"""The library as a view of the window, built when it is first looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command, Menu
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.widgets.key_tip import set_key_tip

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from pixverse_desktop.core.jobs.library_query import Collection
    from pixverse_desktop.ui.library.panel import LibraryPanel

_FIND = Command(
    "find",
    QT_TRANSLATE_NOOP("Commands", "Find clips"),
    ("Ctrl+F",),
    "find_clips",
    menu=Menu.VIEW,
    icon="search",
)


class LibraryHost(Protocol):
    """What the library asks of the window."""

    context: UiContext
    player: Player
    actions: ClipActions
    playing: Job | None

    @property
    def playing_changed(self) -> SignalInstance:
        """Signal: a Job or None is on the stage now."""

    @property
    def job_selected(self) -> SignalInstance:
        """Signal: put a Job on the stage."""

    @property
    def locate_requested(self) -> SignalInstance:
        """Signal: ask for the folder of a missing clip."""

    def show_view(self, name: str) -> None:
        """Show the view with that id."""

    def show_create(self) -> None:
        """Show the form."""


class LibraryView:
    """Everything ever made, beside the player, with what the chosen clip is below it."""

    id = "library"
    title = QT_TRANSLATE_NOOP("Commands", "Library")
    keys: tuple[str, ...] = ("Ctrl+2",)
    tab = True
    panes: frozenset[Pane] = frozenset()
    commands: tuple[Command, ...] = (_FIND,)

    def __init__(self, host: LibraryHost) -> None:
        self._host = host
        self.panel: LibraryPanel | None = None
        host.actions.collection_requested.connect(self.show_collection)
        host.actions.shown_requested.connect(self.show_clip)

    def build(self) -> ViewWidgets | None:
        """The panel; None where there is no database to look into."""
        from pixverse_desktop.ui.library.panel import LibraryPanel

        host = self._host
        if host.context.library is None:
            return None
        panel = self.panel = LibraryPanel(host.context, host.context.library(), host.actions)
        set_key_tip(panel.filters.search, "", _FIND)
        panel.choice.show_playing(host.playing)
        host.playing_changed.connect(panel.choice.show_playing)
        panel.choice.job_selected.connect(host.job_selected)
        panel.acts.open_requested.connect(host.player.toggle_play)
        panel.preview.lent.connect(host.player.lend_stage)
        panel.sheet_requested.connect(partial(host.show_view, "sheet"))
        panel.locate_requested.connect(host.locate_requested)
        panel.create_requested.connect(host.show_create)
        return ViewWidgets(panel, panel.details)

    def enter(self) -> None:
        """The grid has the keyboard."""
        if self.panel is not None:
            self.panel.show_in_front(None)
            self.panel.enter()

    def show_collection(self, collection: Collection, board_id: str) -> None:
        """Go to a shelf, or to the board with that id."""
        self._host.show_view(self.id)
        if self.panel is not None:
            self.panel.sidebar.choose(collection, board_id)

    def show_clip(self, job: Job) -> None:
        """A clip among all the others."""
        from pixverse_desktop.core.jobs.library_query import Collection  # the start is without

        self.show_collection(Collection.ALL, "")
        self._host.job_selected.emit(job)

    def find_clips(self) -> None:
        """The keyboard goes to the search field."""
        self._host.show_view(self.id)
        if self.panel is not None:
            self.panel.focus_search()
