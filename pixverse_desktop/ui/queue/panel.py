"""The right column: jobs under way, and the clips they became."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import assert_never

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_actions import JobAction, JobActions
from pixverse_desktop.ui.jobs.new_clips import NewClips
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.queue.batch_card import BatchCards
from pixverse_desktop.ui.queue.card import JobCard
from pixverse_desktop.ui.queue.header import QueueHeader
from pixverse_desktop.ui.queue.lanes import Lanes
from pixverse_desktop.ui.queue.recent_delegate import RecentDelegate
from pixverse_desktop.ui.queue.recent_rows import RecentRows
from pixverse_desktop.ui.queue.row_buttons import RowButton
from pixverse_desktop.ui.queue.views import RecentGrid
from pixverse_desktop.ui.queue.waiting_actions import WaitingActions
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.tab_order import tab_through
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip

_TICK_MS = 1000
_QUEUE_SHARE = 0.42  # of the height, until the user moves the border
_CROWDED_HEIGHT = 620
_CLIPS_HEIGHT = 110  # kept for the clips while the list still has more than its fewest rows


class QueuePanel(QWidget):
    """Shows what the bus tells; ``job_selected`` carries a saved clip that is to be played."""

    job_selected = Signal(object)  # Job
    reuse_requested = Signal(object)  # Job
    edit_requested = Signal(object)  # Job that waits
    job_id_wanted = Signal(object)  # Job
    said = Signal(str)  # a sentence for the window to show
    copy_requested = Signal(object)  # list of Job
    pick_requested = Signal(object)  # list of Job
    sheet_requested = Signal(object, str)  # list of Job to pick the best of, their name
    clip_menu_wanted = Signal(object, object, bool)  # QMenu, list of Job, file missing: fill it

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._bridge = context.bridge
        self._removing: set[str] = set()
        self.setAccessibleName(self.tr("Queue and recent clips"))
        self.setMinimumWidth(240)
        self.pictures = Pictures(context, self)
        self.job_actions = JobActions(context, self)
        self.lanes = Lanes(context, self.pictures)
        self.rows, self.later_rows = self.lanes.rows, self.lanes.later_rows
        self.list, self.later_list = self.lanes.list, self.lanes.later_list
        self.waiting = WaitingActions(context.bridge, self.lanes.lane, self)
        self.recent_rows = RecentRows(self)
        self._build_views()
        self._build_layout()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")  # only now: restyling asks the list to fit again
        self._connect()
        self.on_bridge_status_changed(self._bridge.status)
        self.on_bridge_jobs_reset(tuple(self._bridge.jobs.values()))

    def show_new(self, new_clips: NewClips) -> None:
        """Mark the clips that were never played."""
        self.recent_rows.new_clips = self._recent_tile.new_clips = new_clips
        # Not the viewport itself: asked for it first, PySide6 makes every enum of its classes.
        new_clips.changed.connect(self.on_new_clips_changed)

    @Slot(str, object)
    def on_waiting_moved(self, sentence: str, undo: Callable[[], None]) -> None:
        """What was moved stays in sight, when the offer to undo it has taken its room."""
        self.undo_strip.offer(sentence, undo)
        for lane in (self.list, self.later_list):
            if lane.marked_job() is not None:
                QTimer.singleShot(0, lane, lane.show_marked)

    @Slot()
    def on_new_clips_changed(self) -> None:
        self.grid.viewport().update()

    @property
    def split(self) -> tuple[int, ...]:
        """Heights of queue and recent clips, in pixels."""
        return tuple(self._split.sizes())

    def set_split(self, heights: Sequence[int]) -> None:
        """Take heights that were remembered; another number of them is not used."""
        if len(heights) == self._split.count() and all(heights):
            self._split.setSizes(heights)

    def newest_clip(self) -> Job | None:
        """The clip that was finished last."""
        return self.recent_rows.job_at(0) if self.recent_rows.rowCount() else None

    # --- what came from the bus ---

    @Slot(object)
    def on_bridge_jobs_reset(self, jobs: tuple[Job, ...]) -> None:
        self.lanes.reset(jobs)
        self.recent_rows.reset(jobs)
        self._after_change()
        first = self.rows.first_running()
        if first >= 0:
            self.list.scrollTo(self.rows.index(first, 0))

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        removed = job.id in self._removing
        self._removing.discard(job.id)
        if not self.recent_rows.accepts(job) or self.recent_rows.row_of(job.id) < 0:
            self.pictures.forget_clip(job.id)
        self.lanes.put(job, keeps_mark=removed)
        self.recent_rows.put(job)
        self._after_change()

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: tuple[Job, ...]) -> None:
        self.lanes.rearrange(jobs)
        self._after_change()

    @Slot(object)
    def on_bridge_status_changed(self, status: ServiceStatus) -> None:
        self.header.set_hold(status.hold)
        self.lanes.tell_state(self._bridge.status)
        self._show_card()

    @Slot(object)
    def show_playing(self, job: Job | None) -> None:
        """The ring is on the clip that is on the stage."""
        self._recent_tile.playing = job.id if job is not None else ""
        self.grid.viewport().update()

    # --- what the user does ---

    @Slot(object, object)
    def on_action_chosen(self, action: JobAction, job: Job) -> None:
        if action is JobAction.REMOVE:
            self._removing.add(job.id)
        self.job_actions.do(action, job)

    @Slot(object, QPoint)
    def on_menu_wanted(self, job: Job, place: QPoint) -> None:
        """Open the menu of one job."""
        chosen = self.lanes.chosen()
        jobs = chosen if any(found.id == job.id for found in chosen) else [job]
        missing = len(jobs) == 1 and self.pictures.is_missing(job)
        self.clip_menu_wanted.emit(self.menu, jobs, missing)
        if all(found.state is JobState.QUEUED for found in jobs):
            self.waiting.fill(self.menu, jobs)
        self.menu.popup(place)

    @Slot(object, object)
    def on_button_clicked(self, button: RowButton, job: Job) -> None:
        match button:
            case RowButton.EDIT:
                self.edit_requested.emit(job)
            case RowButton.TOP:
                self.waiting.to_top([job])
            case RowButton.LANE:
                self.waiting.other_lane([job])
            case RowButton.CANCEL:
                self.on_action_chosen(JobAction.REMOVE, job)
            case never:
                assert_never(never)

    @Slot(object, object)
    def on_waiting_command(self, pressed: Command, jobs: list[Job]) -> None:
        pressed.start(self.waiting, jobs)

    @Slot(object, object, bool)
    def on_dropped(self, job_ids: list[str], before: Job | None, background: bool) -> None:
        jobs = [job for job_id in job_ids if (job := self._bridge.jobs.get(job_id)) is not None]
        if before is None or before.id not in job_ids:
            self.waiting.put_before(jobs, before, background=background)

    @Slot(object)
    def on_clips_trashed(self, job_ids: list[str]) -> None:
        """Some were thrown away by their menu or elsewhere: the way back is offered here."""
        self._removing.update(job_id for job_id in job_ids if self.rows.row_of(job_id) >= 0)
        if self.isVisible():
            self.undo_strip.add(*job_ids)

    @Slot(object)
    def on_removal_wanted(self, jobs: list[Job]) -> None:
        """Several go together, and come back together."""
        if len(jobs) > 1 and all(job.state is JobState.QUEUED for job in jobs):
            self._bridge.take_back([job.id for job in jobs], self._tell_taken_back)
            return
        self.on_clips_trashed([job.id for job in jobs])
        for job in jobs:
            self._bridge.remove(job.id)

    def _tell_taken_back(self, found: list[str] | Problem) -> None:
        if isinstance(found, Problem):
            self.said.emit(translated(found.message))
        elif found:
            text = self.tr("%n cancelled.", "", len(found))
            self.undo_strip.offer(text, partial(self._bridge.queue_again, found))

    @Slot(str)
    def on_undo_requested(self, job_id: str) -> None:
        self._bridge.undo_remove(job_id)

    @Slot()
    def on_lanes_marked(self) -> None:
        self._show_card()

    @Slot()
    def on_timer_timeout(self) -> None:
        self.lanes.tell_state(self._bridge.status)
        self.rows.tick(*self.list.visible_rows())
        self._show_card()

    @Slot(str)
    def on_pictures_loaded(self, key: str) -> None:
        (self.grid if key.startswith("clip ") else self.list).viewport().update()

    def minimumSizeHint(self) -> QSize:
        # A long card must not make the window grow.
        return QSize(240, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_list()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.list.scheduleDelayedItemsLayout()
            self._fit_list()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_timer()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.timer.stop()

    # --- inside ---

    def _after_change(self) -> None:
        self.lanes.tell_state(self._bridge.status)
        self.header.set_counts(self.rows.running(), self.lanes.waiting())
        self._show_card()
        self._run_timer()
        none = self._bridge.jobs_known and not self.recent_rows.rowCount()
        self.recent.setCurrentWidget(self.no_clips if none else self.grid)

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Cards are built when there is something to show on them.
        upper = (self.header, self.batches, self.lanes, self.card, self.undo_strip)
        tab_through((*upper, self.recent))
        return super().focusNextPrevChild(forward)

    def _show_card(self) -> None:
        shown = self.lanes.marked_job() or self.rows.newest_unconfirmed()
        waits = shown is not None and shown.state is JobState.QUEUED
        why = self.rows.why_it_waits(shown) if shown is not None and waits else ""
        self.card.show_job(shown, self._bridge.status, why)
        self._fit_list()

    def _run_timer(self) -> None:
        ticking = (
            self.rows.running() > 0
            or self.rows.newest_unconfirmed() is not None
            or any(job.not_before for job in (*self.lanes.lane(False), *self.lanes.lane(True)))
        )
        wanted = ticking and self.isVisible()
        if wanted and not self.timer.isActive():
            self.timer.start()
        elif not wanted:
            self.timer.stop()

    def _fit_list(self) -> None:
        self.lanes.fit()
        self.nothing.setVisible(self._bridge.jobs_known and self.lanes.isHidden())
        # A decision about money is worth more room than a look at older clips.
        decides = not (self.card.isHidden() and self.batches.isHidden())
        crowded = decides and self.height() < _CROWDED_HEIGHT
        self._lower.setVisible(not crowded)

    def _build_views(self) -> None:
        self.header = QueueHeader()
        self.batches = BatchCards(self._bridge, self.pictures)
        self.nothing = _empty(self.tr("Nothing waiting. Press Generate to make a clip."))
        self.card = JobCard(self._bridge.price)
        self.undo_strip = UndoStrip()
        self.grid = RecentGrid(self.recent_rows, self.tr("Recent clips"))
        self._recent_tile = RecentDelegate(self.pictures, self.grid)
        self.grid.setItemDelegate(self._recent_tile)
        self.no_clips = _empty(self.tr("Finished clips appear here."))
        self.no_clips.setContentsMargins(4, 4, 16, 8)
        self.recent = QStackedWidget()
        self.recent.addWidget(self.grid)
        self.recent.addWidget(self.no_clips)
        self.recent.setMinimumHeight(_CLIPS_HEIGHT)
        self.menu = QMenu(self)
        self.timer = QTimer(self)
        self.timer.setInterval(_TICK_MS)

    def _build_layout(self) -> None:
        aside = QVBoxLayout()
        aside.setContentsMargins(16, 8, 16, 0)
        aside.setSpacing(8)
        aside.addWidget(self.card)
        aside.addWidget(self.undo_strip)
        upper = QWidget()
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 8)
        above.setSpacing(0)
        above.addWidget(self.header)
        above.addWidget(self.batches)
        above.addWidget(self.lanes, 1)
        above.addWidget(self.nothing)
        above.addLayout(aside)
        above.addStretch(0)
        recent_head = plain_label(self.tr("Recent"), "head")
        self._lower = QWidget()
        below = QVBoxLayout(self._lower)
        below.setContentsMargins(12, 0, 0, 8)
        below.setSpacing(0)
        recent_head.setContentsMargins(4, 10, 16, 6)
        below.addWidget(recent_head)
        below.addWidget(self.recent, 1)
        # A border that stays where it is: a clip that is finished moves nothing below it.
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        for part, share in ((upper, _QUEUE_SHARE), (self._lower, 1 - _QUEUE_SHARE)):
            self._split.addWidget(part)
            self._split.setStretchFactor(self._split.count() - 1, round(share * 100))
        self._split.setSizes([round(_QUEUE_SHARE * 1000), round((1 - _QUEUE_SHARE) * 1000)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._split)

    def _connect(self) -> None:
        bridge = self._bridge
        bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        bridge.progress_changed.connect(self.rows.set_progress)
        bridge.status_changed.connect(self.on_bridge_status_changed)
        self.header.pause_requested.connect(bridge.pause)
        self.header.resume_requested.connect(bridge.resume)
        self.header.pause_until_requested.connect(bridge.pause)
        for source in (self.list, self.later_list, self.grid, self.card):
            source.action_chosen.connect(self.on_action_chosen)
        for view in (self.list, self.later_list, self.grid):
            view.menu_wanted.connect(self.on_menu_wanted)
        for lane in (self.list, self.later_list):
            lane.details_wanted.connect(self.card.focus_first)
            lane.button_clicked.connect(self.on_button_clicked)
            lane.removal_wanted.connect(self.on_removal_wanted)
            lane.waiting_command.connect(self.on_waiting_command)
            lane.dropped.connect(self.on_dropped)
        self.lanes.marked.connect(self.on_lanes_marked)
        self.batches.rows_wanted.connect(self.lanes.choose)
        self.batches.done.connect(self.undo_strip.offer)
        self.batches.said.connect(self.said)
        self.batches.sheet_requested.connect(self.sheet_requested)
        self.waiting.edit_requested.connect(self.edit_requested)
        self.waiting.moved.connect(self.on_waiting_moved)
        self.waiting.said.connect(self.said)
        self.job_actions.edit_requested.connect(self.edit_requested)
        self.job_actions.play_requested.connect(self.job_selected)
        self.job_actions.reuse_requested.connect(self.reuse_requested)
        self.job_actions.job_id_wanted.connect(self.job_id_wanted)
        self.job_actions.copy_requested.connect(self.copy_requested)
        self.job_actions.pick_requested.connect(self.pick_requested)
        self.job_actions.removed.connect(self.undo_strip.add)
        self.undo_strip.undo_requested.connect(self.on_undo_requested)
        self.pictures.loaded.connect(self.on_pictures_loaded)
        self.timer.timeout.connect(self.on_timer_timeout)
        self.undo_strip.add_key(self)


def _empty(text: str) -> QLabel:
    label = plain_label(text, "muted", wrap=True)
    label.setContentsMargins(16, 4, 16, 8)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    return label
