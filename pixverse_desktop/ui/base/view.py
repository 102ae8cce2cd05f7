"""What the window is used for at a time: making clips, choosing among them, and what comes."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple, Protocol

from PySide6.QtWidgets import QWidget

from pixverse_desktop.ui.base.command import Command


class Pane(Enum):
    """The panes that the window always has."""

    COMPOSE = "compose"
    QUEUE = "queue"


class ViewWidgets(NamedTuple):
    """What a view brings along: a pane beside the player, and what stands below the player."""

    pane: QWidget | None = None
    below_player: QWidget | None = None
    alone: bool = False  # the pane takes the room of the player, too
    left: QWidget | None = None  # in the place of the form
    right: QWidget | None = None  # in the place of the queue
    below: QWidget | None = None  # under all of it, as wide as the window
    stage: QWidget | None = None  # over which messages are shown then; None: the pane


class View(Protocol):
    """One view: its tab, its entry in the View menu and its key come from what it declares.

    ``title`` is marked for the translation extractor, in the context "Commands"; ``panes`` are the
    window's own that are shown, and ``commands``, with their keys, are asked of the view itself.
    """

    id: str
    title: str
    keys: tuple[str, ...]
    tab: bool  # whether it has one in the top bar
    panes: frozenset[Pane]
    commands: tuple[Command, ...]

    def __init__(self, host: Any) -> None:
        """``host`` is the window's switch of views; nothing is built yet."""

    def build(self) -> ViewWidgets | None:
        """What it brings along, when it is shown for the first time; None where it cannot be."""

    def enter(self) -> None:
        """It has just been shown: the keyboard goes to where one begins."""
