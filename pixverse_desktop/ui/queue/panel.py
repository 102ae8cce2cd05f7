"""The right column: jobs under way, and the clips they became."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.service import ServiceStatus
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_actions import JobAction, JobActions
from pixverse_desktop.ui.jobs.new_clips import NewClips
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.queue.card import JobCard
from pixverse_desktop.ui.queue.header import QueueHeader
from pixverse_desktop.ui.queue.queue_delegate import QueueDelegate
from pixverse_desktop.ui.queue.queue_rows import QueueRows
from pixverse_desktop.ui.queue.recent_delegate import RecentDelegate
from pixverse_desktop.ui.queue.recent_rows import RecentRows
from pixverse_desktop.ui.queue.views import QueueList, RecentGrid
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip

_TICK_MS = 1000
_QUEUE_SHARE = 0.42  # of the height, until the user moves the border
_FEWEST_ROWS = 2
_CROWDED_HEIGHT = 620
_CLIPS_HEIGHT = 110  # kept for the clips while the list still has more than its fewest rows


class QueuePanel(QWidget):
    """Shows what the bus tells; ``job_selected`` carries a saved clip that is to be played."""

    job_selected = Signal(object)  # Job
    reuse_requested = Signal(object)  # Job
    job_id_wanted = Signal(object)  # Job
    copy_requested = Signal(object)  # list of Job
    favourite_requested = Signal(object)  # list of Job
    clip_menu_wanted = Signal(object, object, bool)  # QMenu, list of Job, file missing: fill it

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._bridge = context.bridge
        self._removing: set[str] = set()
        self.setAccessibleName(self.tr("Queue and recent clips"))
        self.setMinimumWidth(240)
        self.pictures = Pictures(context, self)
        self.job_actions = JobActions(context, self)
        self.rows = QueueRows(context.bridge.expected_s, parent=self)
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
        self.rows.reset(jobs)
        self.recent_rows.reset(jobs)
        self._after_change()
        first = self.rows.first_running()
        if first >= 0:
            self.list.scrollTo(self.rows.index(first, 0))

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        leaves = job.hidden or not self.rows.accepts(job)
        marked = self.list.marked_job()
        if leaves and marked is not None and marked.id == job.id and job.id not in self._removing:
            self.list.unmark()  # or the mark would jump to a neighbour nobody chose
        self._removing.discard(job.id)
        if not self.recent_rows.accepts(job) or self.recent_rows.row_of(job.id) < 0:
            self.pictures.forget_clip(job.id)
        self.rows.put(job)
        self.recent_rows.put(job)
        self._after_change()

    @Slot(object)
    def on_bridge_status_changed(self, status: ServiceStatus) -> None:
        self.header.set_hold(status.hold)
        if status.origin.id != self.rows.origin_id:
            self.rows.origin_id = status.origin.id
            if self.list.isVisible():
                self.list.viewport().update()
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
        self.clip_menu_wanted.emit(self.menu, [job], self.pictures.is_missing(job))
        self.menu.popup(place)

    @Slot(object)
    def on_clips_trashed(self, job_ids: list[str]) -> None:
        """Some were thrown away by their menu or elsewhere: the way back is offered here."""
        self._removing.update(job_id for job_id in job_ids if self.rows.row_of(job_id) >= 0)
        if self.isVisible():
            self.undo_strip.add(*job_ids)

    @Slot(str)
    def on_undo_requested(self, job_id: str) -> None:
        self._bridge.undo_remove(job_id)

    @Slot()
    def on_list_job_marked(self) -> None:
        self._show_card()

    @Slot()
    def on_timer_timeout(self) -> None:
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
        self.header.set_counts(self.rows.running(), self.rows.waiting())
        self._show_card()
        self._run_timer()
        self.recent.setCurrentWidget(self.grid if self.recent_rows.rowCount() else self.no_clips)

    def _show_card(self) -> None:
        marked = self.list.marked_job()
        self.card.show_job(marked or self.rows.newest_unconfirmed(), self._bridge.status)
        self._fit_list()

    def _run_timer(self) -> None:
        ticking = self.rows.running() > 0 or self.rows.newest_unconfirmed() is not None
        wanted = ticking and self.isVisible()
        if wanted and not self.timer.isActive():
            self.timer.start()
        elif not wanted:
            self.timer.stop()

    def _fit_list(self) -> None:
        count = self.rows.rowCount()
        self.list.setVisible(count > 0)
        self.nothing.setVisible(count == 0)
        row = self.list.row_height()
        self.list.set_heights(min(count, _FEWEST_ROWS) * row, count * row)
        # A decision about money is worth more room than a look at older clips.
        crowded = not self.card.isHidden() and self.height() < _CROWDED_HEIGHT
        self._lower.setVisible(not crowded)

    def _build_views(self) -> None:
        self.header = QueueHeader()
        self.list = QueueList(self.rows, self.tr("Queue"))
        self.list.setItemDelegate(QueueDelegate(self.rows, self.pictures, self.list))
        self.list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
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
        above.addWidget(self.list, 1)
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
        bridge.progress_changed.connect(self.rows.set_progress)
        bridge.status_changed.connect(self.on_bridge_status_changed)
        self.header.pause_requested.connect(bridge.pause)
        self.header.resume_requested.connect(bridge.resume)
        for source in (self.list, self.grid, self.card):
            source.action_chosen.connect(self.on_action_chosen)
        for view in (self.list, self.grid):
            view.menu_wanted.connect(self.on_menu_wanted)
        self.list.job_marked.connect(self.on_list_job_marked)
        self.list.details_wanted.connect(self.card.focus_first)
        self.job_actions.play_requested.connect(self.job_selected)
        self.job_actions.reuse_requested.connect(self.reuse_requested)
        self.job_actions.job_id_wanted.connect(self.job_id_wanted)
        self.job_actions.copy_requested.connect(self.copy_requested)
        self.job_actions.favourite_requested.connect(self.favourite_requested)
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
