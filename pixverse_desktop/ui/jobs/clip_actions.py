"""What can be done with clips wherever they are shown: one menu, and what its entries do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.reuse import RequestPart
from pixverse_desktop.ui.base.commands import add_keys, command, for_menu
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.jobs.job_actions import (
    JobAction,
    JobActions,
    action_label,
    asked_by,
    card_actions,
    removal_label,
)
from pixverse_desktop.ui.jobs.new_clips import NewClips
from pixverse_desktop.ui.widgets.file_drag import clip_mime, file_url

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from pixverse_desktop.core.jobs.library_query import Board
    from pixverse_desktop.services.export import Export

NO_FRAME = -2  # -1 is the last one


class ClipActions(QObject):
    """Fills menus and carries their entries out; disk and database work happens on workers."""

    play_requested = Signal(object)  # Job
    frame_requested = Signal(object, int, str)  # Job, frame (-1: the last), "start" or "end"
    shown_frame_requested = Signal(str)  # "start" or "end"
    reuse_requested = Signal(object, str)  # Job, a core.model.reuse.Part
    final_requested = Signal(object)  # list of Job, of the model in use
    compare_requested = Signal(object, object)  # Job, Job
    sheet_requested = Signal(object, str)  # jobs to pick the best of, what they are called
    film_requested = Signal(object)  # list of Job: they become shots of the film
    film_shown = Signal(str)  # the id of a film that is to be looked at
    gap_requested = Signal(object, object)  # Job, Job: a clip from the end of one to the other
    shown_requested = Signal(object)  # Job, to be shown in the library
    collection_requested = Signal(object, str)  # Collection, board id or ""
    playing_picked = Signal(bool)  # whether what is on the stage is one of the best
    boards_stored = Signal()
    trashed = Signal(object)  # list of job ids; told before the bus tells of each
    said = Signal(str)  # a sentence for the window to show

    def __init__(self, context: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = context.bridge
        self._workers = context.workers
        self._commands = context.commands
        self._library = context.library
        self.job_actions = JobActions(context, self)  # for what is no clip yet
        self.new_clips = NewClips(context, self)
        self._playing: Job | None = None  # what is on the stage
        self._dialog: QFileDialog | None = None
        self._pending: tuple[Job, Export] | None = None
        self._bridge.job_changed.connect(self.on_bridge_job_changed)

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if self._playing is not None and self._playing.id == job.id:
            self._playing = job
            self.playing_picked.emit(job.is_picked)

    @Slot(object)
    def show_playing(self, job: Job | None) -> None:
        """What is on the stage; a frame of it can be shown, and it need not be played."""
        self._playing = job
        self.playing_picked.emit(job is not None and self._now(job).is_picked)

    def playing(self) -> list[Job]:
        """The clip on the stage, or none."""
        return [] if self._playing is None else [self._playing]

    def serve(self, queue: QWidget, player: QWidget) -> None:
        """Do what the clips of these panels are asked for."""
        for panel in (queue, player):
            panel.clip_menu_wanted.connect(self.fill)  # type: ignore[attr-defined]
        queue.copy_requested.connect(self.copy_files)  # type: ignore[attr-defined]
        queue.pick_requested.connect(self.toggle_pick)  # type: ignore[attr-defined]
        queue.said.connect(self.said)  # type: ignore[attr-defined]
        queue.sheet_requested.connect(self.sheet_requested)  # type: ignore[attr-defined]
        self.trashed.connect(queue.on_clips_trashed)  # type: ignore[attr-defined]
        player.job_shown.connect(self.show_playing)  # type: ignore[attr-defined]
        queue.show_new(self.new_clips)  # type: ignore[attr-defined]
        player.clip_played.connect(self.new_clips.mark_played)  # type: ignore[attr-defined]
        self.playing_picked.connect(player.set_picked)  # type: ignore[attr-defined]
        player.pick_requested.connect(self.toggle_pick)  # type: ignore[attr-defined]
        self.shown_frame_requested.connect(player.use_shown_frame)  # type: ignore[attr-defined]
        self.add_keys(player, self.playing, "trash", "copy")

    # --- the menu ---

    @Slot(object, object, bool)
    def fill(
        self,
        menu: QMenu,
        jobs: Sequence[Job],
        missing: bool = False,
        board: str = "",
        frame: int = NO_FRAME,
    ) -> None:
        """Fill ``menu`` with what can be done with ``jobs``: alike wherever clips are shown.

        What does not apply is left out. ``missing``: the file of the one clip is gone; ``board``:
        the id of the board they are shown on; ``frame``: the one of the one clip that is seen
        there, where that is not the stage.
        """
        menu.clear()
        for old in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            old.deleteLater()
        clips = [job for job in jobs if job.clip is not None and not missing]
        one = jobs[0] if len(jobs) == 1 else None
        if missing:
            gone = menu.addAction(self.tr("The file is no longer where it was saved"))
            gone.setEnabled(False)
            menu.addSeparator()
        if one is not None:
            if one.clip is None and one.state is not JobState.QUEUED:
                self._fill_decisions(menu, one)
            if clips:
                self._fill_ways_on(menu, one, frame)
            self._fill_reuse(menu, one)
        self._fill_final(menu, clips)
        self._fill_marks(menu, jobs, board)
        if len(clips) == len(jobs) == 2:
            _add(menu, self.tr("Compare"), partial(self.compare, jobs), "compare")
            gap = sorted(clips, key=lambda job: job.created_at)
            _add(menu, self.tr("Fill the gap"), partial(self.gap_requested.emit, *gap))
        if len(clips) == len(jobs) > 1:
            judge = partial(self.sheet_requested.emit, jobs, "")
            _add(menu, self.tr("Pick the best…"), judge)
        elif clips and clips[0].batch:
            _add(menu, self.tr("Pick the best of its batch…"), partial(self.judge_batch, clips[0]))
        if clips:
            _add(menu, self.tr("Add to the film"), partial(self.film_requested.emit, clips))
        menu.addSeparator()
        if clips:
            word = self.tr("Copy %n files", "", len(clips))
            _add(menu, word, partial(self.copy_files, clips), "copy")
        if one is not None:
            self._fill_file(menu, one, missing)
        menu.addSeparator()
        if not all(job.hidden for job in jobs):
            alike = one is not None or all(job.state is JobState.QUEUED for job in jobs)
            word = removal_label(jobs[0]) if alike else self.tr("Move to trash")
            _add(menu, word, partial(self.trash, jobs), "trash")

    def _fill_decisions(self, menu: QMenu, job: Job) -> None:
        """What a job under way, in doubt or ended badly can be told, before anything else."""
        status = self._bridge.status
        for action in card_actions(job, status):
            price = self._bridge.price(asked_by(action, job))
            word = action_label(action, job, status, price)
            _add(menu, word, partial(self.job_actions.do, action, job))
        if not menu.isEmpty():
            menu.addSeparator()

    def _fill_ways_on(self, menu: QMenu, job: Job, frame: int) -> None:
        on_stage = self._playing is not None and self._playing.id == job.id
        plays = on_stage or frame != NO_FRAME
        if not plays:
            _add(menu, self.tr("Play"), partial(self.play, [job]), "open")
        # The keys take a frame of what plays, whatever clip a menu is about.
        go_on = partial(self.frame_requested.emit, job, -1, "start")
        _add(menu, self.tr("Continue from here"), go_on, "last frame" if plays else "")
        if plays:
            for slot, name, text in (
                ("start", "frame as start", self.tr("Shown frame as start frame")),
                ("end", "frame as end", self.tr("Shown frame as end frame")),
            ):
                take = partial(self.frame_requested.emit, job, frame, slot)
                if frame == NO_FRAME:
                    take = partial(self.shown_frame_requested.emit, slot)
                _add(menu, text, take, name)
        menu.addSeparator()

    def _fill_reuse(self, menu: QMenu, job: Job) -> None:
        _add(menu, self.tr("Reuse settings"), partial(self.reuse, [job]), "reuse")
        part_menu = menu.addMenu(self.tr("Reuse only"))
        for part, text in (
            (RequestPart.PROMPT, self.tr("The prompt")),
            (RequestPart.PARAMETERS, self.tr("The parameters")),
            (RequestPart.FRAMES, self.tr("The frames")),
            (RequestPart.SEED, self.tr("The seed")),
        ):
            _add(part_menu, text, partial(self.reuse_requested.emit, job, str(part)))
        menu.addSeparator()
        if job.clip is not None:
            price = self._bridge.price(job.request)
            word = action_label(JobAction.RETRY, job, self._bridge.status, price)
            _add(menu, word, partial(self._bridge.retry, job.id))

    def _fill_final(self, menu: QMenu, clips: Sequence[Job]) -> None:
        """Once more at another resolution, where the model in use is theirs and has several."""
        model = self._bridge.status.model
        ours = [job for job in clips if job.request.model == model.id]
        if ours and len(ours) == len(clips) and model.offers("resolution"):
            _add(menu, self.tr("Make final…"), partial(self.final_requested.emit, ours))
        if not menu.isEmpty() and not menu.actions()[-1].isSeparator():
            menu.addSeparator()

    def _fill_marks(self, menu: QMenu, jobs: Sequence[Job], board: str) -> None:
        picked = all(self._now(job).is_picked for job in jobs)
        pick = self.tr("No longer picked") if picked else self.tr("Pick")
        _add(menu, pick, partial(self.toggle_pick, jobs), "favourite")
        if self._library is None:
            return
        ids = [job.id for job in jobs]
        boards = menu.addMenu(self.tr("Put on board"))
        if board:
            word = self.tr("Take off this board")
            _add(menu, word, partial(self.put_on_board, board, ids, False))
        shown = partial(self._show_boards, ids, boards)
        self._workers.call(Lane.STORE, self._library().boards, then=shown)

    def _show_boards(self, ids: list[str], boards: QMenu, known: tuple[Board, ...]) -> None:
        """The menu may be open already, or gone; nothing in it moves."""
        if not isValid(boards):
            return
        for board in known:
            _add(boards, board.name, partial(self.put_on_board, board.id, ids, True))
        if not known:
            boards.addAction(self.tr("No board yet: the library has a + for one")).setEnabled(False)

    def _fill_file(self, menu: QMenu, job: Job, missing: bool) -> None:
        from pixverse_desktop.services.export import Export

        prompt = partial(QGuiApplication.clipboard().setText, job.request.prompt)
        if job.request.prompt:
            _add(menu, self.tr("Copy prompt"), prompt, "copy" if job.clip is None else "")
        if job.clip is None:
            return
        if not missing:
            path = partial(QGuiApplication.clipboard().setText, job.clip.path)
            _add(menu, self.tr("Copy file path"), path)
            menu.addSeparator()
            reveal = partial(self._commands.reveal, Path(job.clip.path))
            _add(menu, self.tr("Show file"), reveal)
            _add(menu, self.tr("Open in another program"), partial(self.open_with, job))
        for kind, text in (
            (Export.COPY, self.tr("Save a copy as…")),
            (Export.CLEAN, self.tr("Export a clean copy…")),
            (Export.SETTINGS, self.tr("Export the settings…")),
        ):
            if kind is Export.SETTINGS or not missing:
                _add(menu, text, partial(self.ask_target, job, kind))
        if missing and job.remote_id:
            menu.addSeparator()
            _add(menu, self.tr("Fetch again"), partial(self._bridge.fetch_again, job.id))

    def add_keys(self, widget: QWidget, jobs: Callable[[], Sequence[Job]], *ids: str) -> None:
        """Let the commands with these ids work on ``jobs`` while the keyboard is in ``widget``."""
        add_keys(widget, map(command, ids), lambda pressed: pressed.start(self, jobs()))

    # --- what the entries do ---

    def play(self, jobs: Sequence[Job]) -> None:
        """Put the first on the stage."""
        for job in jobs[:1]:
            self.play_requested.emit(job)

    @Slot(object)
    def reuse(self, jobs: Sequence[Job]) -> None:
        """Take the settings of the first into the form."""
        for job in jobs[:1]:
            self.reuse_requested.emit(job, str(RequestPart.ALL))

    @Slot(object)
    def compare(self, jobs: Sequence[Job]) -> None:
        """Two clips beside each other; any other choice is told what it needs."""
        if len(jobs) == 2 and all(job.clip is not None for job in jobs):
            self.compare_requested.emit(*jobs)
        else:
            self.said.emit(self.tr("Choose two clips to compare them."))

    def judge_batch(self, job: Job) -> None:
        """Pick the best of all that were added together with this one."""
        batch = [one for one in self._bridge.jobs.values() if one.batch == job.batch]
        batch.sort(key=lambda one: (one.row, one.created_at, one.id))
        self.sheet_requested.emit(batch, batch[0].label if batch else "")

    @Slot(object)
    def toggle_pick(self, jobs: Sequence[Job]) -> None:
        """They are picked; when all of them are, no longer."""
        picked = all(self._now(job).is_picked for job in jobs)
        self.set_picked([job.id for job in jobs], not picked)

    def set_picked(self, ids: list[str], picked: bool) -> None:
        """Pick clips as the best, or no longer."""
        mark = Mark(Verdict.PICKED if picked else Verdict.NONE)
        if ids:
            self._bridge.mark(dict.fromkeys(ids, mark))

    def _now(self, job: Job) -> Job:
        """The latest snapshot: a list may hold an earlier one."""
        return self._bridge.jobs.get(job.id, job)

    def put_on_board(self, board: str, ids: list[str], on_it: bool) -> None:
        """Onto the board with this id, or off it."""
        if self._library is not None:
            store = self._library().put_on_board
            self._workers.call(Lane.STORE, store, board, ids, on_it, then=self._stored)

    def _stored(self, _: None) -> None:
        self.boards_stored.emit()

    @Slot(object)
    def trash(self, jobs: Sequence[Job]) -> None:
        """Into the trash, from where they come back; what is there already stays."""
        ids = [job.id for job in jobs if not job.hidden]
        if ids:
            self.trashed.emit(ids)
            for job_id in ids:
                self._bridge.remove(job_id)

    @Slot(object)
    def copy_files(self, jobs: Sequence[Job]) -> None:
        """Put the files on the clipboard, for a file manager or another program."""
        if not jobs:
            return  # what is on the clipboard stays
        QGuiApplication.clipboard().setMimeData(clip_mime(jobs))
        self.said.emit(self.tr("%n files are on the clipboard.", "", len(jobs)))

    def copy(self, jobs: Sequence[Job]) -> None:
        """The files of clips; of one job that is none yet, its prompt."""
        if len(jobs) == 1 and jobs[0].clip is None:
            QGuiApplication.clipboard().setText(jobs[0].request.prompt)
        else:
            self.copy_files([job for job in jobs if job.clip is not None])

    @Slot()
    def open_with(self, job: Job) -> None:
        """Let the system's own program for videos open the clip."""
        if job.clip is not None:
            QDesktopServices.openUrl(file_url(job.clip.path))

    @Slot()
    def ask_target(self, job: Job, kind: Export) -> None:
        """Ask where to; the dialog asks too before something is replaced."""
        from pixverse_desktop.services.export import Export

        if self._dialog is not None or job.clip is None:
            return
        titles = {
            Export.COPY: self.tr("Save a copy"),
            Export.CLEAN: self.tr("Export a copy without settings and tags"),
            Export.SETTINGS: self.tr("Export the settings"),
        }
        name = Path(job.clip.path)
        suffix = ".json" if kind is Export.SETTINGS else ".mp4"
        end = {Export.COPY: " copy", Export.CLEAN: " clean", Export.SETTINGS: ""}[kind]
        from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place

        dialog = FileDialog(self._window, titles[kind], Place.MoviesLocation, saves=True)
        dialog.setDefaultSuffix(suffix)
        dialog.setNameFilter(f"*{suffix}")
        dialog.selectFile(f"{name.stem}{end}{suffix}")
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog, self._pending = dialog, (job, kind)
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, path: str) -> None:
        if path and self._pending is not None:
            self.write(*self._pending, Path(path))

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = self._pending = None

    def write(self, job: Job, kind: Export, target: Path) -> None:
        """Write ``target`` on a worker, and say what became of it."""
        self._commands.export_clip(job, target, kind, partial(self._written, target))

    def _written(self, target: Path, error: UserError | None) -> None:
        if error is None:
            text = self.tr("Saved as “{name}” in {folder}.")
            self.said.emit(text.format(name=target.name, folder=target.parent))
        else:
            self.said.emit(translated(error.problem.message))


def _add(menu: QMenu, text: str, then: Callable[[], object], name: str = "") -> QAction:
    """One entry, with the key of the command ``name``: it works where such a menu opens."""
    words = text.replace("&", "&&")
    action = menu.addAction(for_menu(words, name) if name else words)
    action.triggered.connect(lambda: then())
    return action
