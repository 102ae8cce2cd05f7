"""Which of the two views is shown; the library is built when it is first looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.shell.panes import Panes, View
from pixverse_desktop.ui.shell.top_bar import TopBar

if TYPE_CHECKING:
    from pixverse_desktop.ui.compare.window import CompareWindow
    from pixverse_desktop.ui.library.panel import LibraryPanel


class ViewSwitch(QObject):
    """Keeps panes and top bar at one view; what the library asks of the window are signals."""

    job_selected = Signal(object)  # Job
    locate_requested = Signal()

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
        self._window = window
        self._comparison: CompareWindow | None = None
        self._playing: Job | None = None
        self._context = context
        self._compose = compose
        self._player = player
        self._actions = actions
        self._panes = panes
        self._top_bar = top_bar
        self.library: LibraryPanel | None = None
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
        """Make clips, or choose among them."""
        view = View(name)
        if view is View.LIBRARY and self.library is None:
            self._build_library()
        if self.library is None:
            view = View.CREATE  # there is no database to look into
        self._panes.show_view(view)
        self._top_bar.show_view(view)
        if self.library is not None and view is View.LIBRARY:
            self.library.enter()
        else:
            self._compose.form.prompt.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def show_playing(self, job: Job | None) -> None:
        """What is on the stage, for the library to speak of."""
        self._playing = job
        if self.library is not None:
            self.library.show_playing(job)

    @Slot()
    def find_clips(self) -> None:
        """The keyboard goes to the library's search field."""
        self.show_view(View.LIBRARY)
        if self.library is not None:
            self.library.focus_search()

    @Slot()
    def show_create(self) -> None:
        """Back to the form, unless it is shown."""
        self._player.leave_full_screen()
        if self._panes.view is not View.CREATE:
            self.show_view(View.CREATE)
        self._panes.unfold_compose()

    @Slot(object, object)
    def compare(self, left: Job, right: Job) -> None:
        """Two clips in a window of their own."""
        from pixverse_desktop.ui.compare.window import CompareWindow

        self.close_comparison()
        self._comparison = CompareWindow(self._context, self._actions, left, right, self._window)
        self._comparison.kept.connect(self.on_comparison_kept)
        self._comparison.destroyed.connect(self.on_comparison_destroyed)
        self._player.tools.stand()
        self._comparison.show()

    @Slot()
    def on_comparison_destroyed(self) -> None:
        self._comparison = None

    @Slot(object)
    def on_comparison_kept(self, job: Job) -> None:
        """One of the two was thrown away: the other one is on the stage."""
        if self._playing is None or self._playing.id != job.id:
            self.job_selected.emit(job)

    @Slot()
    def close_comparison(self) -> None:
        """Let go of the two clips."""
        if self._comparison is not None:
            self._comparison.destroyed.disconnect(self.on_comparison_destroyed)
            self._comparison.close()
            self._comparison = None

    def _build_library(self) -> None:
        from pixverse_desktop.ui.library.panel import LibraryPanel

        if self._context.library is None:
            return
        library = self.library = LibraryPanel(self._context, self._context.library, self._actions)
        self._panes.add_library(library, library.details)
        library.show_playing(self._playing)
        library.job_selected.connect(self.job_selected)
        library.open_requested.connect(self._player.toggle_play)
        library.locate_requested.connect(self.locate_requested)
        library.create_requested.connect(self.show_create)
