"""The storyboard as a view of the window, built when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base.command import Command, Menu
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.base.view import Pane, ViewWidgets
from pixverse_desktop.ui.jobs.clip_actions import ClipActions

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance

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

    def new_form(self, name: str) -> QWidget:
        """One more form like that of Create, for the view with that id."""


_STRIP = 206  # pixels: about what the strip will take
_MISSING = Command(
    "generate missing", QT_TRANSLATE_NOOP("Commands", "Storyboard: make what is missing"),
    ("Ctrl+G",), "generate_missing", menu=Menu.QUEUE, first=True, costs=True, icon="sparkle",
)  # fmt: skip
_TEXT = Command(
    "shots from text", QT_TRANSLATE_NOOP("Commands", "Shots from text…"), ("Ctrl+T",),
    "ask_text", menu=Menu.FILE, first=True,
)  # fmt: skip
_EXPORT = Command(
    "export film", QT_TRANSLATE_NOOP("Commands", "Export film…"), ("Ctrl+Shift+F",),
    "export", menu=Menu.FILE,
)  # fmt: skip


class Place(QWidget):
    """Where a part of the view will stand."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def fill(self, part: QWidget) -> None:
        """It is here."""
        self._column.addWidget(part)
        part.show()


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
        self._places: tuple[Place, ...] = ()  # of form, takes and strip
        self._form: QWidget | None = None
        self._steps: list[Callable[[], object]] = []  # of what is still to be built
        host.actions.film_requested.connect(self.add_clips)
        host.actions.gap_requested.connect(self.fill_gap)
        host.actions.film_shown.connect(self.open_film)

    def build(self) -> ViewWidgets:
        """Places for form, takes and strip; these come one after the other, so that none of it
        holds up what the user does."""
        left, right, below = self._places = tuple(Place() for _ in range(3))
        below.setFixedHeight(_STRIP)  # until it is there: the player does not jump
        self._steps = [_load, self._make_form, self._make_board, self._wake]
        QTimer.singleShot(0, left, self.go_on)
        self._host.view_changed.connect(self.on_view_changed)
        return ViewWidgets(left=left, right=right, below=below)

    def go_on(self) -> None:
        """Build the next part."""
        if self._steps:
            self._steps.pop(0)()
            QTimer.singleShot(0, self._places[0], self.go_on)

    def when_ready(self, run: Callable[[], object]) -> None:
        """Do something once all of it is there."""
        if self._steps:
            self._steps.append(run)
        else:
            run()

    def enter(self) -> None:
        """The shots have the keyboard."""
        self._host.player.show_clip_line(False)
        self.when_ready(self._wake)

    def on_view_changed(self, name: str) -> None:
        """Out of sight, nothing is worked out, and the player shows single clips."""
        if self.board is not None and name != self.id:
            self.board.set_awake(False)

    def _make_form(self) -> None:
        self._form = self._host.new_form(self.id)
        self._places[0].fill(self._form)

    def _make_board(self) -> None:
        from pixverse_desktop.ui.storyboard.panel import Storyboard

        host = self._host
        assert self._form is not None
        board = self.board = Storyboard(host.context, host.player, host.actions, self._form)
        board.editor.made.connect(host.batch_added)
        board.editor.said.connect(host.actions.said)
        below = self._places[2]
        for place, part in zip(self._places[1:], (board.takes, board.strip), strict=True):
            place.fill(part)
        below.setMinimumHeight(0)
        below.setMaximumHeight(board.strip.maximumHeight())

    def _wake(self) -> None:
        if self.board is not None and self._host.shown == self.id:
            self.board.set_awake(True)
            self.board.strip.take_keyboard()

    def generate_missing(self) -> None:
        """Have everything made that is missing, once its price was in sight."""
        seen = self._host.shown == self.id and not self._steps
        self._host.show_view(self.id)
        if self.board is not None and seen:
            self.board.generate_missing()

    def export(self) -> None:
        """The film as a file."""
        self._ask(lambda board: board.export())

    def add_clips(self, jobs: Sequence[Job]) -> None:
        """Clips as shots at the end of the film."""
        self._ask(lambda board: board.add_clips(jobs))

    def open_film(self, film_id: str) -> None:
        """Look at this one."""
        self._ask(lambda board: board.editor.open(film_id))

    def fill_gap(self, first: Job, second: Job) -> None:
        """Two clips with a shot between them that is to be made, at the price that stands there."""
        self._ask(lambda board: board.fill_gap(first, second))

    def ask_text(self) -> None:
        """Shots from a text."""
        self._ask(lambda board: board.ask_text())

    def _ask(self, run: Callable[[Storyboard], object]) -> None:
        def asked() -> None:
            if self.board is not None:
                run(self.board)

        self._host.show_view(self.id)
        self.when_ready(asked)


def _load() -> None:
    """The modules, which the start is without."""
    import pixverse_desktop.ui.storyboard.panel  # noqa: F401
