"""The window: compose, player and queue side by side, with what frames them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QIcon,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import Action, Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.request import ClipRequest, request_from_json, request_to_json
from pixverse_desktop.core.model.reuse import RequestPart
from pixverse_desktop.core.service import OriginKind, ServiceStatus
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.composing import finish_composing
from pixverse_desktop.ui.base.context import Player, UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.commands.menus import wants_key
from pixverse_desktop.ui.commands.window_commands import WindowActions
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, source_of_frame
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.dialogs.same_request import SameRequestCheck
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.shell.batch_toast import BatchToast
from pixverse_desktop.ui.shell.hold_banner import HoldBanner
from pixverse_desktop.ui.shell.panes import Panes
from pixverse_desktop.ui.shell.reading_order import ReadingOrder
from pixverse_desktop.ui.shell.ready_banner import ReadyBanner
from pixverse_desktop.ui.shell.reuse_banner import ReuseBanner
from pixverse_desktop.ui.shell.status_bar import ActiveJobCounts, StatusBar
from pixverse_desktop.ui.shell.toasts import NoticeToast, Toasts
from pixverse_desktop.ui.shell.top_bar import TopBar
from pixverse_desktop.ui.shell.views import ViewSwitch, all_commands
from pixverse_desktop.ui.shell.window_drops import WindowDrops
from pixverse_desktop.ui.shell.window_size import geometry_of, open_at
from pixverse_desktop.ui.widgets.problem_view import action_word
from pixverse_desktop.ui.widgets.strip import Strip

if TYPE_CHECKING:
    from pixverse_desktop.ui.shell.close_dialog import CloseDialog

_SAVE_FORM_AFTER_MS = 1500


class MainWindow(QMainWindow):
    """Shows snapshots from the bus and turns what the user does into its commands."""

    def __init__(self, context: UiContext, player: QWidget, queue: QWidget) -> None:
        super().__init__()
        self._context = context
        self._bridge = context.bridge
        self._commands = context.commands
        self.player = player
        self._player = cast(Player, player)
        self.queue = queue
        self._work = ActiveJobCounts()
        self._notice_action = Action.NONE
        self._closing = self._session_ends = False
        self._sheet: CloseDialog | None = None
        self.setWindowTitle("Pixverse Desktop")
        self.setWindowIcon(QIcon(str(context.resources / "icons" / "app.svg")))
        self.setAcceptDrops(True)
        self._build_panels()
        self.clip_actions = ClipActions(context, self)
        self.drops = WindowDrops(context, self.compose, self)
        self.user_actions = WindowActions(
            self, context, self.compose, self._player, self.clip_actions, all_commands()
        )
        self._build_layout()
        self._save_timer = QTimer(self, singleShot=True, interval=_SAVE_FORM_AFTER_MS)
        self._save_timer.timeout.connect(self.save_state)
        self._connect_panels()
        self._connect_bridge()
        self._restore()

    # --- what came from the bus ---

    @Slot(object)
    def on_bridge_status_changed(self, status: ServiceStatus) -> None:
        for form in self.views.forms:
            form.set_status(status)
        self.top_bar.set_status(status, self._commands.has_key())
        self.hold_banner.set_status(status)
        self.status_bar.setVisible(status.hold is None)
        demo = status.origin.kind is OriginKind.DEMO
        quiet = self._commands.settings.strip_dismissed or self._commands.has_key()
        self.demo_strip.setVisible(demo and not quiet)
        self.user_actions.set_status(status)
        self._show_work()
        self.status_bar.set_folder(self._commands.clip_folder())

    @Slot(object)
    def on_bridge_jobs_reset(self, jobs: tuple[Job, ...]) -> None:
        self._work = ActiveJobCounts(jobs)
        self._show_work()
        self.ready.restore(jobs, self.queue.newest_clip())  # type: ignore[attr-defined]

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        self.on_bridge_jobs_changed([job])

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self._work.put(job)
            if self.ready.take(job) is None and job.request.seed is not None:
                self.compose.remember_seed(job.request.seed)
        self._show_work()
        if self._sheet is not None and self._sheet.isVisible():
            self._sheet.show_jobs(self._bridge.jobs.values())

    @Slot(object)
    def on_bridge_notice(self, problem: Problem) -> None:
        self._notice_action = problem.action
        demo = self._bridge.status.origin.kind is OriginKind.DEMO
        self.notice_strip.show_message(
            translated(problem.message), action_word(problem.action, demo=demo), "warn"
        )

    # --- what came from the panels ---

    @Slot(object)
    def on_compose_generate_requested(self, request: ClipRequest) -> None:
        self.undo_strip.forget()
        self._same_request.generate(request)

    @Slot(object)
    def open_files(self, names: list[str]) -> None:
        """Open what was named at the start, by the desktop or by a later start."""
        if names:
            self.user_actions.opened_files.take(names)

    @Slot(object)
    def come_forward(self, names: list[str]) -> None:
        """The program was started once more: here is its window, with the files named there."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.open_files(names)

    @Slot(object, int, str)
    def on_player_frame_requested(self, job: Job, index: int, slot: str) -> None:
        """A frame of a clip goes on as a picture of the next one."""
        self.views.show_create()
        if job.clip is not None:
            source = source_of_frame(job, job.clip, index)
            self.compose.set_frame_source(slot, source)
            self.notice_strip.show_message(self.compose.frame_note(slot, source.label))

    @Slot(object)
    def take_start_frame(self, source: FrameSource) -> None:
        """A picture for the start slot, from wherever."""
        self.views.show_create()
        self.compose.set_frame_source(FrameSlot.START, source)

    @Slot(object)
    def on_reuse_requested(self, job: Job) -> None:
        self.reuse(job, RequestPart.ALL)

    @Slot(object, str)
    def reuse(self, job: Job, part: str) -> None:
        """Take settings into the form; Undo brings the old form back."""
        self.views.show_create()
        self.undo_strip.take(job, RequestPart(part))

    @Slot()
    def on_demo_strip_dismissed(self) -> None:
        self.demo_strip.hide()
        self._commands.apply_settings(replace(self._commands.settings, strip_dismissed=True))

    @Slot()
    def on_notice_strip_action_clicked(self) -> None:
        self.notice_strip.hide()
        self.user_actions.do_action(self._notice_action)

    @Slot()
    def measure_space(self) -> None:
        """Show how much room there is for clips."""
        self._commands.free_space(self.status_bar.set_space)

    @Slot()
    def on_settings_changed(self) -> None:
        self.on_bridge_status_changed(self._bridge.status)
        self.measure_space()

    # --- closing ---

    @Slot()
    def end_with_session(self) -> None:
        """The user logs out: the window closes without a question."""
        self._session_ends = True
        self.on_close_agreed()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self._session_ends)
        if self._closing:
            return
        from pixverse_desktop.ui.shell.close_dialog import CloseDialog, close_sentence

        if not close_sentence(self._bridge.jobs.values()):
            self.on_close_agreed()
            return
        if self._sheet is None:
            self._sheet = CloseDialog(self)
            self._sheet.agreed.connect(self.on_close_agreed)
        self._sheet.show_jobs(self._bridge.jobs.values())
        self._sheet.open()

    @Slot()
    def on_close_agreed(self) -> None:
        finish_composing()
        self._closing = True
        self.views.close_comparison()
        self.save_state()
        self.status_bar.show_message(self.tr("Closing…"))
        self.notice_strip.show_message(self.tr("Closing…"))
        self.notice_strip.close_button.hide()
        self.panes.setEnabled(False)
        self._commands.request_close()

    @Slot()
    def save_state(self) -> None:
        """Hand the window's memory over to be saved."""
        self._save_timer.stop()
        state = replace(
            self._commands.window_state,
            geometry=geometry_of(self),
            splitter=self.panes.widths,
            player_width=self.panes.side_width,
            queue_split=self.queue.split,  # type: ignore[attr-defined]
            form=request_to_json(self.compose.request()),
        )
        self._commands.save_window_state(state)

    # --- drags over the window, outside of the wells ---

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drops.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        event.accept()
        self.drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.drop(event)

    # --- keys ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What is open over the form, or a list with a mark, has taken its own Esc before.
        edit = self.compose.edit
        if event.key() == Qt.Key.Key_Escape and edit.isVisible() and not event.isAutoRepeat():
            edit.cancel()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panes.make_room(self.width())

    def event(self, event: QEvent) -> bool:
        # Single keys belong to the focused field or button before they belong to the player.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and wants_key(QApplication.focusWidget(), event)
        ):
            event.accept()
            return True
        return super().event(event)

    # --- inside ---

    def _show_work(self) -> None:
        if not self._closing:
            origin = self._bridge.status.origin.id
            self.status_bar.set_work(self._work, origin)
            credits = self._work.unsent(origin, self._bridge.price)
            for form in self.views.forms:
                form.set_waiting(credits)
            self.hold_banner.set_unsent(self._work.waiting(origin), credits)

    def _build_panels(self) -> None:
        self.compose = ComposePanel(self._context)
        self._same_request = SameRequestCheck(self._bridge, self)
        self.hold_banner = HoldBanner()
        self.demo_strip = Strip(dismissible=True)
        self.notice_strip = NoticeToast()
        self.ready = ReadyBanner(self._player)
        self.undo_strip = ReuseBanner(self.compose)
        self.status_bar = StatusBar()

    def _build_layout(self) -> None:
        bar = self.user_actions.menus.bar
        native = bar.isNativeMenuBar()
        if native:
            self.setMenuBar(bar)
        self.top_bar = TopBar(None if native else bar)
        self.panes = Panes(self.compose, self.player, self.queue)
        self.views = ViewSwitch(
            self._context, self.compose, self._player, self.clip_actions, self.panes,
            self.top_bar, self,
        )  # fmt: skip
        centre = ReadingOrder()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.demo_strip)
        column.addWidget(self.panes, 1)
        column.addLayout(self.panes.strips)
        self.foot = QWidget()  # what blocks the queue stands where its state is told
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.status_bar)
        foot.addWidget(self.hold_banner)
        column.addWidget(self.foot)
        self.setCentralWidget(centre)
        text = self.tr(
            "You are on the built-in demo service: clips are simulated and free. "
            "Add your API key to make real ones."
        )
        self.demo_strip.show_message(text, self.tr("Add API key"))
        self.batch_toast = BatchToast(self._bridge, self.user_actions.batch_added)
        messages = (self.notice_strip, self.batch_toast, self.ready, self.undo_strip)
        self.toasts = Toasts(messages, self._player.stage, self.panes, centre)

    def _connect_panels(self) -> None:
        does = self.user_actions
        does.settings_changed.connect(self.on_settings_changed)
        does.said.connect(self.notice_strip.show_message)
        clips = self.clip_actions
        clips.said.connect(self.notice_strip.show_message)
        clips.job_actions.job_id_wanted.connect(does.enter_job_id)
        clips.play_requested.connect(self.ready.pick)
        self.ready.unseen_wanted.connect(clips.shown_requested)
        clips.reuse_requested.connect(self.reuse)
        clips.frame_requested.connect(self.on_player_frame_requested)
        clips.serve(self.queue, self.player)
        self.drops.restore_requested.connect(self.on_reuse_requested)
        self.drops.frame_given.connect(self.take_start_frame)
        self.drops.add_requested.connect(does.add_clips)
        self.drops.said.connect(self.notice_strip.show_message)
        self.drops.form_filled.connect(self.views.show_create)
        does.other_clip_given.connect(self.drops.offer_frame)
        self.compose.generate_requested.connect(self.on_compose_generate_requested)
        self.compose.changed.connect(self._save_timer.start)
        self.queue.edit_requested.connect(self.compose.edit.begin)  # type: ignore[attr-defined]
        self.views.form_changed.connect(does.use_form)
        self.views.form_changed.connect(self.drops.use_form)
        self.views.batch_added.connect(does.batch_added)
        self.compose.edit.began.connect(self.views.show_create)
        self.compose.edit.began.connect(self.undo_strip.forget)
        self.compose.edit.copied.connect(self.on_reuse_requested)
        self.compose.edit.said.connect(self.notice_strip.show_message)
        self._same_request.new_seed_chosen.connect(self.compose.draw_seeds)
        self._same_request.show_wanted.connect(self.ready.pick)
        self.queue.job_selected.connect(self.ready.pick)  # type: ignore[attr-defined]
        self.queue.job_id_wanted.connect(does.enter_job_id)  # type: ignore[attr-defined]
        self.player.frame_requested.connect(  # type: ignore[attr-defined]
            self.on_player_frame_requested
        )
        self.player.example_chosen.connect(does.take_prompt)  # type: ignore[attr-defined]
        self.player.job_shown.connect(self.queue.show_playing)  # type: ignore[attr-defined]
        self.player.job_shown.connect(self.views.show_playing)  # type: ignore[attr-defined]
        for panel in (self.queue, self.player):
            panel.reuse_requested.connect(self.on_reuse_requested)  # type: ignore[attr-defined]
        does.form_wanted.connect(self.views.show_create)
        self.views.job_selected.connect(self.ready.pick)
        self.views.locate_requested.connect(does.pick_clip_folder)
        self.top_bar.key_requested.connect(does.open_key_settings)
        self.top_bar.refill_requested.connect(self._commands.refill_demo)
        self.top_bar.settings_requested.connect(does.open_settings)
        self.top_bar.palette_requested.connect(does.open_palette)
        self.demo_strip.action_clicked.connect(does.open_key_settings)
        self.demo_strip.dismissed.connect(self.on_demo_strip_dismissed)
        self.hold_banner.resume_requested.connect(self._bridge.resume)
        self.hold_banner.pause_requested.connect(self._bridge.pause)
        self.hold_banner.problem_action_requested.connect(self.user_actions.do_action)
        self.notice_strip.action_clicked.connect(self.on_notice_strip_action_clicked)
        self.status_bar.folder_clicked.connect(does.reveal_folder)
        self.status_bar.space_wanted.connect(self.measure_space)

    def _connect_bridge(self) -> None:
        self._bridge.status_changed.connect(self.on_bridge_status_changed)
        self._bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        self._bridge.job_changed.connect(self.on_bridge_job_changed)
        self._bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        self._bridge.notice.connect(self.on_bridge_notice)
        self.on_bridge_jobs_reset(tuple(self._bridge.jobs.values()))
        self.on_bridge_status_changed(self._bridge.status)

    def _restore(self) -> None:
        state = self._commands.window_state
        open_at(self, state.geometry)
        self.panes.set_widths(state.splitter, state.player_width)
        self.queue.set_split(state.queue_split)  # type: ignore[attr-defined]
        if state.form is not None:
            with suppress(ValueError):  # an older program's form: the defaults stand there already
                self.compose.set_request(request_from_json(state.form))
        self._save_timer.stop()
        self.compose.form.prompt.document().clearUndoRedoStacks()
        self.compose.form.prompt.setFocus()
