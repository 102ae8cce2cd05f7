"""What a command is: its name, its keys, where they work, and what runs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from itertools import combinations
from operator import attrgetter

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.keys import keys_in_use


class Scope(Enum):
    """Where the keys of a command work, and what it is asked of."""

    PROGRAM = "the main window, from every window of the program"
    WINDOW = "the main window"
    PLAYER = "the player: from anywhere in the window, and in the full screen"
    CLIPS = "the chosen clips of a list, the marked one while comparing, else the one that plays"
    LISTS = "the queue or the library, with all that is in it"
    QUEUE = "the chosen jobs of the queue that wait"
    GRID = "the grid of the library, which handles its keys before the player"
    COMPARE = "the compare window"
    SHEET = "the sheet, which handles its keys, and the player's, before the player"
    STORYBOARD = "the shots of a film, which handle their keys before the player"
    ROW = "a row of a parameter in the form"
    FRAME = "a slot for a picture, which handles its keys itself"


_IN_WINDOW = (Scope.WINDOW, Scope.PLAYER, Scope.CLIPS, Scope.LISTS, Scope.QUEUE)
OVERLAPPING = frozenset(
    frozenset(pair)
    for pair in (
        *combinations(_IN_WINDOW, 2),
        *((Scope.PROGRAM, scope) for scope in Scope),
        *((scope, scope) for scope in Scope),
        (Scope.CLIPS, Scope.COMPARE),
        (Scope.CLIPS, Scope.SHEET),
        (Scope.LISTS, Scope.SHEET),
        (Scope.WINDOW, Scope.SHEET),
        (Scope.WINDOW, Scope.STORYBOARD),
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


@record
class Command:
    """One thing the user can ask for.

    ``keys`` are the usual ones: ``sequences`` are those in use. ``run`` names a method of what the
    scope speaks of, dotted where a part of it has the method, and ``args`` what it is given.
    ``when`` names, likewise, what must be there for a menu to offer it, and ``reason`` a method
    that tells why it cannot be now, "" when it can. The text is marked for the translation
    extractor, in the context "Commands".
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
    reason: str = ""
    clips: int = 1  # so many must be chosen for a command on clips
    icon: str = ""
    costs: bool = False  # it spends credits: no key that is also typed

    @property
    def title(self) -> str:
        """The text in the user's language."""
        return QCoreApplication.translate("Commands", self.text)

    @property
    def name(self) -> str:
        """The title without the dots that announce a dialog."""
        return self.title.replace("…", "")

    @property
    def keys_now(self) -> tuple[str, ...]:
        """The keys in use, portably written."""
        return keys_in_use().keys_of(self.id, self.keys)

    @property
    def sequences(self) -> list[QKeySequence]:
        """The keys in use, as Qt knows them."""
        return keys_in_use().sequences(self.keys_now)

    def shown_keys(self) -> list[str]:
        """The keys in use, as this system writes them."""
        return keys_in_use().shown(self.keys_now)

    def start(self, target: object, *given: object) -> None:
        """Carry it out."""
        attrgetter(self.run)(target)(*self.args, *given)

    def is_possible(self, target: object) -> bool:
        """Whether there is anything to do it with."""
        return not self.when or attrgetter(self.when)(target) is not None

    def meets(self, other: Command) -> bool:
        """Whether there is a place where the keys of both are heard."""
        return any(frozenset((a, b)) in OVERLAPPING for a in self.scopes for b in other.scopes)


def clashes(commands: Iterable[Command]) -> list[tuple[str, str, str]]:
    """Two commands and the key that both of them would take in one place."""
    return [
        (one.id, other.id, one.keys_now[one.sequences.index(key)])
        for one, other in combinations(commands, 2)
        for key in one.sequences
        if key in other.sequences and one.meets(other)
    ]
