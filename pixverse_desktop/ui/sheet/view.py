"""The sheet as a view of the window: the library with the sheet in the place of its tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.jobs.clip_actions import ClipActions

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

    from pixverse_desktop.core.jobs.library_query import ClipPage, ClipQuery
    from pixverse_desktop.ui.jobs.thumbnails import Pictures
    from pixverse_desktop.ui.sheet.panel import SheetPanel

_FIRST = 160  # clips of a collection, on ten pages
_MOST_TAKES = 400


class Asked(NamedTuple):
    """What is to be judged: these clips, or where there are none what the query finds."""

    jobs: Sequence[Job]
    query: ClipQuery | None
    title: str


class Shelves(Protocol):
    """What the sheet asks of the library's panel."""

    pictures: Pictures

    @property
    def shelf_chosen(self) -> SignalInstance:
        """Signal: another collection or board is looked at."""

    def show_in_front(self, widget: QWidget | None) -> None:
        """Show a widget in the place of the tiles; None brings these back."""

    def for_sheet(self) -> tuple[list[Job], ClipQuery, str]:
        """Several chosen clips, else none and the query of what is shown; what they are called."""


class SheetHost(Protocol):
    """What the sheet asks of the window."""

    context: UiContext
    player: Player
    actions: ClipActions
    shown: str

    def show_view(self, name: str) -> None:
        """Show the view with that id."""

    def pane(self, name: str) -> QWidget | None:
        """What the view with that id shows beside the player."""

    def build(self, name: str) -> None:
        """Have the view with that id built."""


class SheetView:
    """The best of several clips is picked, on the whole window beside the shelves."""

    id = "sheet"
    title = QT_TRANSLATE_NOOP("Commands", "Sheet: pick the best")
    keys: tuple[str, ...] = ("Ctrl+E",)
    tab = False  # a mode of the library, which has one
    panes: frozenset[Pane] = frozenset()
    commands: tuple[Command, ...] = ()

    def __init__(self, host: SheetHost) -> None:
        self._host = host
        self._given: Asked | None = None  # what was asked for by a menu or a card
        self.panel: SheetPanel | None = None
        self._shelves: Shelves | None = None
        host.actions.sheet_requested.connect(self.judge)

    def build(self) -> ViewWidgets | None:
        """The library's panel; None where there is none."""
        from pixverse_desktop.ui.sheet.panel import SheetPanel

        host = self._host
        host.build("library")
        pane = host.pane("library")
        if pane is None:
            return None
        shelves = self._shelves = cast(Shelves, pane)
        self.panel = SheetPanel(host.context, host.actions, shelves.pictures)
        self.panel.back_requested.connect(self.leave)
        shelves.shelf_chosen.connect(self.on_shelf_chosen)
        return ViewWidgets(pane, alone=True, stage=self.panel.canvas)

    def enter(self) -> None:
        """Judge what was asked for, else what is chosen in the library."""
        if self.panel is None or self._shelves is None:
            return
        self._host.player.tools.stand()
        goes_on = self.panel.isVisible() and self._given is None
        self._shelves.show_in_front(self.panel)
        self.panel.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        if not goes_on:
            asked, self._given = self._given, None
            self._open(asked or Asked(*self._shelves.for_sheet()))

    def judge(self, jobs: Sequence[Job], title: str) -> None:
        """Pick the best of these."""
        self._given = Asked(jobs, None, title)
        self._host.show_view(self.id)

    def leave(self) -> None:
        """Back to the tiles."""
        self._host.show_view("library")

    def on_shelf_chosen(self) -> None:
        """The sheet goes along to another collection; what is in the trash is not judged."""
        if self._host.shown != self.id or self._shelves is None:
            return
        asked = Asked(*self._shelves.for_sheet())
        if asked.query is not None and asked.query.can_be_judged:
            self._open(asked._replace(jobs=()))
        else:
            self.leave()

    def _open(self, asked: Asked) -> None:
        library = self._host.context.library
        if self.panel is None:
            return
        if asked.jobs or asked.query is None or library is None:
            self.panel.open(asked.jobs, asked.title)
            return

        def found(page: ClipPage) -> None:
            if self.panel is not None and self._host.shown == self.id:
                self.panel.open(page.jobs, asked.title)

        def failed(error: UserError) -> None:
            self._host.context.bridge.notice.emit(error.problem)

        most = _MOST_TAKES if asked.query.takes_of else _FIRST
        self._host.context.workers.call(
            Lane.STORE, library().find, asked.query, 0, most, then=found, otherwise=failed
        )
