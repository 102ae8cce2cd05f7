"""What the user asks for with the chosen clips: by keys, by the details' buttons, by the menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.library.choice import Choice
from pixverse_desktop.ui.library.details import ClipDetails
from pixverse_desktop.ui.library.grid import TileGrid
from pixverse_desktop.ui.library.paged_model import PagedClips
from pixverse_desktop.ui.library.trash import Trash


class ChosenActions(QObject):
    """Hands the chosen clips to what can do it; in the trash some of it means something else."""

    open_requested = Signal()  # play or pause what was selected
    preview_requested = Signal()
    stack_requested = Signal(object)  # Job: show its takes

    def __init__(
        self,
        context: UiContext,
        actions: ClipActions,
        choice: Choice,
        grid: TileGrid,
        rows: PagedClips,
        trash: Trash,
        pictures: Pictures,
        board: Callable[[], str],
        panel: QWidget,
    ) -> None:
        super().__init__(panel)
        self._bridge = context.bridge
        self._commands = context.commands
        self._actions = actions
        self._choice = choice
        self._grid = grid
        self._rows = rows
        self._trash = trash
        self._pictures = pictures
        self._board = board  # the id of the one that is shown, or ""
        self.menu = QMenu(panel)
        grid.menu_wanted.connect(self.open_menu)
        grid.key_chosen.connect(self.on_grid_key_chosen)

    def serve(self, details: ClipDetails) -> None:
        """Do what the details are asked for."""
        details.pick_clicked.connect(self.toggle_pick)
        details.trash_clicked.connect(self.throw_away)
        details.continue_clicked.connect(self.on_continue_clicked)
        details.reuse_clicked.connect(self.on_reuse_clicked)
        details.reveal_clicked.connect(self.on_reveal_clicked)
        details.put_back_clicked.connect(self._trash.put_back_chosen)
        details.compare_clicked.connect(self.compare)
        details.fetch_clicked.connect(self.on_fetch_clicked)
        details.menu_wanted.connect(self.open_menu)

    @Slot(str)
    def on_grid_key_chosen(self, command: str) -> None:
        if command == "compare":
            self.compare()
        if command == "preview":
            self.preview_requested.emit()
        if not self._grid.chosen_jobs():
            return  # the keys of the grid are about what is chosen in it
        current = self._choice.jobs()[0]
        match command:
            case "open" if self._rows.takes(current.id) > 1:
                self.stack_requested.emit(current)
            case "open" if self._choice.plays:
                self.open_requested.emit()
            case "open":
                self._choice.on_current_changed()
            case "favourite":
                self.toggle_pick()
            case "trash":
                self.throw_away()
            case "copy":
                self._actions.copy(self._choice.jobs())
            case "reuse":
                self.on_reuse_clicked()

    @Slot()
    def toggle_pick(self) -> None:
        """The chosen clips are picked; when all of them are, no longer."""
        self._actions.toggle_pick(self._choice.jobs())

    @Slot()
    def throw_away(self) -> None:
        """Into the trash; what is there already for good, after a question."""
        jobs = self._choice.jobs()
        if jobs and jobs[0].hidden:
            self._trash.ask(jobs)
        else:
            self._actions.trash(jobs)

    @Slot()
    def compare(self) -> None:
        """Two chosen clips beside each other."""
        self._actions.compare(self._grid.chosen_jobs())

    @Slot()
    def on_continue_clicked(self) -> None:
        for job in self._first():
            self._actions.frame_requested.emit(job, -1, "start")

    @Slot()
    def on_reuse_clicked(self) -> None:
        self._actions.reuse(self._choice.jobs())

    @Slot()
    def on_reveal_clicked(self) -> None:
        for job in self._first():
            if job.clip is not None:
                self._commands.reveal(Path(job.clip.path))

    @Slot()
    def on_fetch_clicked(self) -> None:
        for job in self._first():
            self._bridge.fetch_again(job.id)

    @Slot(QPoint)
    def open_menu(self, place: QPoint) -> None:
        """The menu of the chosen clips; ``place`` is on the screen."""
        jobs = self._choice.jobs()
        if not jobs:
            return
        if jobs[0].hidden:
            self._trash.fill(self.menu, jobs)
        else:
            missing = len(jobs) == 1 and self._pictures.is_missing(jobs[0])
            self._actions.fill(self.menu, jobs, missing, self._board())
        self.menu.popup(place)

    def _first(self) -> list[Job]:
        return self._choice.jobs()[:1]
