"""What a command is: its name, its keys, where they work, and what runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import combinations
from operator import attrgetter

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP


class Scope(Enum):
    """Where the keys of a command work, and what it is asked of."""

    WINDOW = "the main window"
    PLAYER = "the player: from anywhere in the window, and in the full screen"
    CLIPS = "the chosen clips of a list, the marked one while comparing, else the one that plays"
    LISTS = "the queue or the library, with all that is in it"
    GRID = "the grid of the library, which handles its keys before the player"
    COMPARE = "the compare window"
    ROW = "a row of a parameter in the form"
    FRAME = "a slot for a picture, which handles its keys itself"


_IN_WINDOW = (Scope.WINDOW, Scope.PLAYER, Scope.CLIPS, Scope.LISTS)
OVERLAPPING = frozenset(
    frozenset(pair)
    for pair in (
        *combinations(_IN_WINDOW, 2),
        *((scope, scope) for scope in Scope),
        (Scope.CLIPS, Scope.COMPARE),
        (Scope.CLIPS, Scope.GRID),
        (Scope.LISTS, Scope.GRID),
        (Scope.WINDOW, Scope.GRID),
        (Scope.WINDOW, Scope.ROW),
        (Scope.PLAYER, Scope.ROW),
        (Scope.WINDOW, Scope.FRAME),
        (Scope.PLAYER, Scope.FRAME),
    )
)


class Menu(Enum):
    """The menus of the bar, in order."""

    FILE = QT_TRANSLATE_NOOP("Commands", "&File")
    VIEW = QT_TRANSLATE_NOOP("Commands", "&View")
    CLIP = QT_TRANSLATE_NOOP("Commands", "&Clip")
    QUEUE = QT_TRANSLATE_NOOP("Commands", "&Queue")
    HELP = QT_TRANSLATE_NOOP("Commands", "&Help")

    @property
    def title(self) -> str:
        """The title in the user's language."""
        return QCoreApplication.translate("Commands", self.value)


@dataclass(frozen=True)
class Command:
    """One thing the user can ask for.

    ``run`` names a method of what the scope speaks of, dotted where a part of it has the method,
    and ``args`` what it is given. ``when`` names, likewise, what must be there for a menu to
    offer it. The text is marked for the translation extractor, in the context "Commands".
    """

    id: str
    text: str
    keys: tuple[str, ...]
    run: str
    args: tuple[object, ...] = ()
    scopes: tuple[Scope, ...] = (Scope.WINDOW,)
    menu: Menu | None = None
    first: bool = False  # of a group: a separator stands before it in the menu
    repeats: bool = False  # while the key is held down
    when: str = ""

    @property
    def title(self) -> str:
        """The text in the user's language."""
        return QCoreApplication.translate("Commands", self.text)

    @cached_property
    def sequences(self) -> list[QKeySequence]:
        """The keys as Qt knows them."""
        return [QKeySequence(key) for key in self.keys]

    def shown_keys(self) -> list[str]:
        """The keys as this system writes them."""
        native = QKeySequence.SequenceFormat.NativeText
        return [sequence.toString(native) for sequence in self.sequences]

    def start(self, target: object, *given: object) -> None:
        """Carry it out."""
        attrgetter(self.run)(target)(*self.args, *given)

    def is_possible(self, target: object) -> bool:
        """Whether there is anything to do it with."""
        return not self.when or attrgetter(self.when)(target) is not None


def clashes(commands: Iterable[Command]) -> list[tuple[str, str, str]]:
    """Two commands and the key that both of them would take in one place."""
    return [
        (one.id, other.id, one.keys[one.sequences.index(key)])
        for one, other in combinations(commands, 2)
        for key in one.sequences
        if key in other.sequences
        and any(frozenset((a, b)) in OVERLAPPING for a in one.scopes for b in other.scopes)
    ]
