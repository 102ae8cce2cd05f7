"""What can be done with jobs that wait: by key, by menu, and by the buttons of their rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.commands import for_menu
from pixverse_desktop.ui.base.messages import translate, translated

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.waiting_jobs import Places

_EVENING, _MORNING = 22, 8  # o'clock
Lane = Callable[[bool], Sequence[Job]]


class WaitingActions(QObject):
    """``lane`` gives what waits in front (False) or in the background (True), in order."""

    edit_requested = Signal(object)  # Job
    moved = Signal(str, object)  # a sentence, and what takes it back
    said = Signal(str)

    def __init__(self, bridge: EngineBridge, lane: Lane, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._lane = lane

    # --- order and lanes ---

    def move_up(self, jobs: Sequence[Job]) -> None:
        """One place towards the front; several come together."""
        self._step(jobs, -1)

    def move_down(self, jobs: Sequence[Job]) -> None:
        """One place back."""
        self._step(jobs, 1)

    def _step(self, jobs: Sequence[Job], step: int) -> None:
        lane = self._lane_of(jobs)
        chosen = {job.id for job in jobs}
        places = [place for place, job in enumerate(lane) if job.id in chosen]
        if not places:
            return
        moved = [lane[place] for place in places]
        rest = [job for job in lane if job.id not in chosen]
        gathered = places[-1] - places[0] + 1 == len(places)
        at = places[0] + step if gathered else places[0]
        if step > 0 and not gathered:
            at = places[-1] - len(places) + 1
        if 0 <= at <= len(rest):
            self.put_before(moved, rest[at] if at < len(rest) else None)

    def to_top(self, jobs: Sequence[Job]) -> None:
        """Before all others of their lane."""
        chosen = {job.id for job in jobs}
        lane = self._lane_of(jobs)
        moved = [job for job in lane if job.id in chosen]
        first = next((job for job in lane if job.id not in chosen), None)
        if moved and first is not None:
            self.put_before(moved, first)

    def to_bottom(self, jobs: Sequence[Job]) -> None:
        """Behind all others of their lane."""
        chosen = {job.id for job in jobs}
        if moved := [job for job in self._lane_of(jobs) if job.id in chosen]:
            self.put_before(moved, None)

    def other_lane(self, jobs: Sequence[Job]) -> None:
        """To the end of the other lane."""
        waiting = _waiting(jobs)
        if waiting:
            self.put_before(waiting, None, background=not waiting[0].background)

    def put_before(
        self,
        jobs: Sequence[Job],
        before: Job | None,
        *,
        background: bool | None = None,
    ) -> None:
        """Put jobs before another one, or at the end of a lane."""
        ids = [job.id for job in _waiting(jobs)]
        if not ids:
            return
        behind = jobs[0].background if background is None else background
        changes_lane = any(job.background is not behind for job in jobs)
        text = self.tr("%n moved.", "", len(ids))
        if changes_lane and behind:
            text = self.tr("%n in the background now.", "", len(ids))
        elif changes_lane:
            text = self.tr("%n in front now.", "", len(ids))

        def done(found: Places | Problem) -> None:
            if isinstance(found, Problem):
                self.said.emit(translated(found.message))
            elif found:
                self.moved.emit(text, partial(self._bridge.put_back_waiting, found))

        self._bridge.move_waiting(ids, before.id if before else None, behind, done)

    # --- pauses ---

    def toggle_pause(self, jobs: Sequence[Job]) -> None:
        """Pause these; when all of them are, let them go on."""
        waiting = _waiting(jobs)
        ids = [job.id for job in waiting]
        if ids and all(job.is_paused for job in waiting):
            self._bridge.go_on(ids)
        elif ids:
            self._bridge.pause_jobs(ids)

    def edit(self, jobs: Sequence[Job]) -> None:
        """The first, in the form."""
        for job in jobs[:1]:
            self.edit_requested.emit(job)

    # --- the menu ---

    def fill(self, menu: QMenu, jobs: Sequence[Job]) -> None:
        """Put what applies to these, all of which wait, before what ``menu`` has already."""
        mine, one = QMenu(menu), jobs[0] if len(jobs) == 1 else None
        if one is not None:
            _add(mine, self.tr("Edit"), partial(self.edit, jobs), "edit waiting")
            mine.addSeparator()
        behind = jobs[0].background
        _add(mine, self.tr("To the top"), partial(self.to_top, jobs), "queue top")
        _add(mine, self.tr("Up"), partial(self.move_up, jobs), "queue up")
        _add(mine, self.tr("Down"), partial(self.move_down, jobs), "queue down")
        _add(mine, self.tr("To the bottom"), partial(self.to_bottom, jobs), "queue bottom")
        lane = self.tr("Now") if behind else self.tr("In the background")
        _add(mine, lane, partial(self.other_lane, jobs), "queue lane")
        mine.addSeparator()
        word = self.tr("Go on") if all(job.is_paused for job in jobs) else self.tr("Pause")
        _add(mine, word, partial(self.toggle_pause, jobs), "queue hold")
        ids = [job.id for job in jobs]
        for text, until in until_choices(time.time()):
            _add(mine, text, partial(self._bridge.pause_jobs, ids, until))
        if one is not None:
            after = _add(mine, self.tr("Pause the queue after this"), partial(self._after, one))
            after.setCheckable(True)
            after.setChecked(one.pauses_queue)
        mine.addSeparator()
        first = menu.actions()[0] if menu.actions() else None
        for action in mine.actions():
            action.setParent(menu)
            menu.insertAction(first, action)  # type: ignore[arg-type]
        mine.deleteLater()

    def _after(self, job: Job) -> None:
        self._bridge.pause_queue_after(job.id, wanted=not job.pauses_queue)

    def _lane_of(self, jobs: Sequence[Job]) -> Sequence[Job]:
        waiting = _waiting(jobs)
        return self._lane(waiting[0].background) if waiting else ()


def until_choices(now: float) -> list[tuple[str, float]]:
    """When a pause may end, in words and in seconds since 1970; ``now`` likewise."""
    here = datetime.fromtimestamp(now)
    evening = here.replace(hour=_EVENING, minute=0, second=0, microsecond=0)
    morning = (here + timedelta(days=1)).replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    choices = [(translate("WaitingActions", "Pause for an hour"), now + 3600)]
    if evening > here:
        text = translate("WaitingActions", "Pause until tonight, {time}")
        moment = evening.timestamp()
        choices.append((text.format(time=localised.time_of_day(moment)), moment))
    text, moment = translate("WaitingActions", "Pause until tomorrow, {time}"), morning.timestamp()
    return [*choices, (text.format(time=localised.time_of_day(moment)), moment)]


def _waiting(jobs: Sequence[Job]) -> list[Job]:
    return [job for job in jobs if job.state is JobState.QUEUED]


def _add(menu: QMenu, text: str, then: Callable[[], object], name: str = "") -> QAction:
    words = text.replace("&", "&&")
    action = menu.addAction(for_menu(words, name) if name else words)
    action.triggered.connect(lambda: then())
    return action
