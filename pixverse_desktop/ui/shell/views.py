"""The views of the window, and which of them is shown; each is built when it is first looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import QT_TRANSLATE_NOOP
from pixverse_desktop.ui.base import commands
from pixverse_desktop.ui.base.command import Command, Menu
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.view import Pane, View, ViewWidgets
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.library.view import LibraryView
from pixverse_desktop.ui.sheet.view import SheetView
from pixverse_desktop.ui.shell.panes import Panes
from pixverse_desktop.ui.shell.top_bar import TopBar
from pixverse_desktop.ui.spend.view import SpendView
from pixverse_desktop.ui.storyboard.view import StoryboardView

if TYPE_CHECKING:
    from pixverse_desktop.ui.compare.window import CompareWindow


class CreateView:
    """The form at the left, the queue at the right: panes that the window always has."""

    id = "create"
    title = QT_TRANSLATE_NOOP("Commands", "Create")
    keys: tuple[str, ...] = ("Ctrl+1",)
    tab = True
    panes = frozenset(Pane)
    commands: tuple[Command, ...] = ()

    def __init__(self, host: ViewSwitch) -> None:
        self._compose = host.compose

    def build(self) -> ViewWidgets:
        """Nothing of its own."""
        return ViewWidgets()

    def enter(self) -> None:
        """One begins with the prompt."""
        self._compose.form.prompt.setFocus(Qt.FocusReason.OtherFocusReason)


# In the order of their tabs; the first is shown at the start.
VIEWS: tuple[type[View], ...] = (
    CreateView, LibraryView, StoryboardView, SheetView, SpendView,
)  # fmt: skip


def all_commands() -> list[Command]:
    """The commands of the window and of its views, the ones that show a view among them."""
    shows = [
        Command(f"show {view.id}", view.title, view.keys, "views.show_view", (view.id,),
                menu=Menu.VIEW)
        for view in VIEWS
    ]  # fmt: skip
    own = [
        replace(command, run="views.ask", args=(view.id, command))
        for view in VIEWS
        for command in view.commands
    ]
    return [*commands.COMMANDS, *shows, *own, *commands.THEMES]


class ViewSwitch(QObject):
    """Keeps panes and top bar at one view; what the views ask of the window are signals."""

    job_selected = Signal(object)  # Job
    locate_requested = Signal()
    playing_changed = Signal(object)  # Job or None
    view_changed = Signal(str)  # another view is about to be shown; its id
    batch_added = Signal(object)  # list[Job] that were queued at once
    form_changed = Signal(object)  # ComposePanel: the one that commands on the form mean now

    def __init__(
        self,
        context: UiContext,
        compose: ComposePanel,
        player: Player,
        actions: ClipActions,
        panes: Panes,
        top_bar: TopBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self.context = context
        self.compose = compose
        self.forms = [compose]  # each is told of prices and models
        self._own_forms: dict[str, ComposePanel] = {}  # by the ids of the views that have one
        self.player = player
        self.actions = actions
        self.playing: Job | None = None  # what is on the stage
        self._window = window
        self._comparison: CompareWindow | None = None
        self._panes = panes
        self._top_bar = top_bar
        self._views = {view.id: view(self) for view in VIEWS}
        self._built: dict[str, ViewWidgets | None] = {}
        self._usual = next(iter(self._views))
        self.shown = self._usual  # the id of a view
        top_bar.set_views([
            (view.id, QCoreApplication.translate("Commands", view.title))
            for view in VIEWS
            if view.tab
        ])  # fmt: skip
        top_bar.view_chosen.connect(self.show_view)
        actions.compare_requested.connect(self.compare)
        for leads_here in (
            actions.play_requested,
            actions.frame_requested,
            actions.reuse_requested,
        ):
            leads_here.connect(self.close_comparison)

    @Slot(str)
    def show_view(self, name: str) -> None:
        """Show the view with that id; where it cannot be, the usual one."""
        if self._widgets_of(name) is None:
            name = self._usual
        view, widgets = self._views[name], self._widgets_of(name)
        self.shown = name
        self.view_changed.emit(name)
        self._panes.show_panes(view.panes, widgets or ViewWidgets())
        self.player.show_clip_line(widgets is None or widgets.below_player is None)
        self._top_bar.show_view(self._tab_of(name))
        self.form_changed.emit(self._own_forms.get(name, self.compose))
        view.enter()

    def new_form(self, name: str) -> ComposePanel:
        """One more form like the one of Create, for the view with that id, which has something
        else made."""
        form = self._own_forms[name] = ComposePanel(self.context)
        self.forms.append(form)
        if self.shown == name:
            self.form_changed.emit(form)
        return form

    def ask(self, name: str, command: Command) -> None:
        """Carry out a command of the view with that id."""
        command.start(self._views[name])

    def build(self, name: str) -> None:
        """Have the view with that id built, for another one that is a mode of it."""
        self._widgets_of(name)

    def pane(self, name: str) -> QWidget | None:
        """What the view with that id shows beside the player; None before it was looked at."""
        widgets = self._built.get(name)
        return None if widgets is None else widgets.pane

    @Slot(object)
    def show_playing(self, job: Job | None) -> None:
        """What is on the stage, for the views to speak of."""
        self.playing = job
        self.playing_changed.emit(job)

    @Slot()
    def show_create(self) -> None:
        """Back to the form, unless it is shown."""
        self.player.leave_full_screen()
        if self.shown != CreateView.id:
            self.show_view(CreateView.id)
        self._panes.unfold_compose()

    @Slot(object, object)
    def compare(self, left: Job, right: Job) -> None:
        """Two clips in a window of their own."""
        from pixverse_desktop.ui.compare.window import CompareWindow

        self.close_comparison()
        self._comparison = CompareWindow(self.context, self.actions, left, right, self._window)
        self._comparison.kept.connect(self.on_comparison_kept)
        self._comparison.destroyed.connect(self.on_comparison_destroyed)
        self.player.tools.stand()
        self._comparison.show()

    @Slot()
    def on_comparison_destroyed(self) -> None:
        self._comparison = None

    @Slot(object)
    def on_comparison_kept(self, job: Job) -> None:
        """One of the two was thrown away: the other one is on the stage."""
        if self.playing is None or self.playing.id != job.id:
            self.job_selected.emit(job)

    @Slot()
    def close_comparison(self) -> None:
        """Let go of the two clips."""
        if self._comparison is not None:
            self._comparison.destroyed.disconnect(self.on_comparison_destroyed)
            self._comparison.close()
            self._comparison = None

    def _tab_of(self, name: str) -> str:
        """The view with a tab that has the same pane: this one is a mode of it."""
        pane = self.pane(name)
        tabs = (view.id for view in VIEWS if view.tab and pane is not None)
        return next((tab for tab in tabs if self.pane(tab) is pane), name)

    def _widgets_of(self, name: str) -> ViewWidgets | None:
        if name not in self._built:
            self._built[name] = self._views[name].build()
        return self._built[name]
