"""Spend as a view of the window, built when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.view import Pane, ViewWidgets

if TYPE_CHECKING:
    from pixverse_desktop.ui.jobs.clip_actions import ClipActions
    from pixverse_desktop.ui.spend.panel import SpendPanel


class SpendHost(Protocol):
    """What the view asks of the window."""

    context: UiContext
    player: Player
    actions: ClipActions

    def show_view(self, name: str) -> None:
        """Show the view with that id."""

    def show_create(self) -> None:
        """Show the form."""


class SpendView:
    """The ledger with its sums, on the whole window."""

    id = "spend"
    title = QT_TRANSLATE_NOOP("Commands", "Spend")
    keys: tuple[str, ...] = ("Ctrl+4",)
    tab = False  # the balance leads there
    panes: frozenset[Pane] = frozenset()
    commands: tuple[Command, ...] = (
        Command("weekly limit", QT_TRANSLATE_NOOP("Commands", "Limit of credits for a week"), (),
                "edit_limit", ("weekly_limit",)),
        Command("monthly limit", QT_TRANSLATE_NOOP("Commands", "Limit of credits for a month"), (),
                "edit_limit", ("monthly_limit",)),
        Command("clip limit", QT_TRANSLATE_NOOP("Commands", "Limit of credits for one clip"), (),
                "edit_limit", ("clip_limit",)),
        Command("rate", QT_TRANSLATE_NOOP("Commands", "What credits cost in money"), (),
                "edit_rate"),
    )  # fmt: skip

    def __init__(self, host: SpendHost) -> None:
        self._host = host
        self.panel: SpendPanel | None = None

    def build(self) -> ViewWidgets:
        """The panel."""
        from pixverse_desktop.ui.spend.panel import SpendPanel

        self.panel = SpendPanel(self._host.context)
        self.panel.back_requested.connect(self._host.show_create)
        self.panel.clip_requested.connect(self.show_clip)
        return ViewWidgets(self.panel, alone=True)

    def enter(self) -> None:
        """What plays stands still where nobody sees it; the figures are read anew."""
        self._host.player.tools.stand()
        if self.panel is not None:
            self.panel.enter()

    def edit_limit(self, name: str) -> None:
        """The keyboard goes to the field of a limit, named as its setting."""
        self._host.show_view(self.id)
        if self.panel is not None:
            self.panel.side.limits[name].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edit_rate(self) -> None:
        """The keyboard goes to where one says what credits cost."""
        self._host.show_view(self.id)
        if self.panel is not None:
            self.panel.side.rate.credits.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_clip(self, job: Job) -> None:
        """A clip among all the others, on the stage, with what it is below it."""
        self._host.actions.shown_requested.emit(job)
