"""What is judged on the sheet: which clips are shown, which has the ring, and what was thought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal, Slot

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.services.engine_bridge import EngineBridge

PAGE = 16  # clips at once
_KEPT = 200  # steps back


class Place(NamedTuple):
    """Where one is: comes back with an undo."""

    pool: tuple[str, ...] = ()  # ids of the clips that are gone through, of all pages
    page: int = 0
    focus: str = ""  # the one with the ring
    champion: str = ""  # the best so far, "" where all are shown
    met: frozenset[str] = frozenset()  # who has been compared with it


class Counts(NamedTuple):
    """Of all clips, on every page."""

    picked: int
    rejected: int
    starred: int  # neither, but with stars
    open: int  # neither, and without a star


class Judging(QObject):
    """Marks are shown at once; where they could not be kept, what is kept is shown again."""

    changed = Signal()

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._jobs: dict[str, Job] = {}  # in the order they were given
        self._place = Place()
        self._steps: list[tuple[dict[str, Mark], Place]] = []
        self._thrown: list[tuple[str, ...]] = []
        self.only_open = False
        self.message = ""  # what is to be said of the last step
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.notice.connect(self.on_bridge_notice)

    def begin(self, jobs: Sequence[Job], focus: str = "") -> None:
        """Go through these, which have clips; the ring is at the first, or at ``focus``."""
        self._jobs = {job.id: self._bridge.jobs.get(job.id, job) for job in jobs}
        self._steps.clear()
        self.only_open = False
        self.message = ""
        self._place = Place(tuple(self._jobs))
        first = next(iter(self._alive()), "")
        self._go(focus if focus in self._alive() else first)

    # --- what is there ---

    @property
    def jobs(self) -> list[Job]:
        """All that are gone through and not thrown away, on every page."""
        return [job for job in self._jobs.values() if is_there(job)]

    @property
    def shown(self) -> list[Job]:
        """Those of the page; with a champion it and its challenger."""
        if self._place.champion:
            pair = (self._place.champion, self.challenger)
            return [self._jobs[id] for id in pair if id]
        first = self._place.page * PAGE
        return [self._jobs[id] for id in self._alive()[first : first + PAGE]]

    @property
    def on_page(self) -> set[str]:
        """The ids of all of the page, also of those that a champion stands before."""
        first = self._place.page * PAGE
        return {*self._alive()[first : first + PAGE], *(job.id for job in self.shown)}

    @property
    def focused(self) -> Job | None:
        """The one with the ring."""
        return self._jobs.get(self._place.focus)

    @property
    def champion(self) -> str:
        """The id of the best so far; "" where all are shown."""
        return self._place.champion

    @property
    def challenger(self) -> str:
        """Who is compared with the champion; "" where nobody is left."""
        place, alive = self._place, self._alive()
        if place.focus != place.champion and place.focus in alive:
            return place.focus
        left = [id for id in alive if id != place.champion and id not in place.met]
        others = [id for id in alive if id != place.champion]
        return next(iter(left or others[-1:]), "")

    @property
    def page(self) -> int:
        """From 0."""
        return self._place.page

    @property
    def pages(self) -> int:
        """How many there are, one at least."""
        return max(1, -(-len(self._alive()) // PAGE))

    @property
    def counts(self) -> Counts:
        """Of all clips."""
        jobs = self.jobs
        picked = sum(job.is_picked for job in jobs)
        rejected = sum(job.verdict is Verdict.REJECTED for job in jobs)
        left = sum(map(is_open, jobs))
        return Counts(picked, rejected, len(jobs) - picked - rejected - left, left)

    @property
    def picked(self) -> list[Job]:
        """The best, on every page."""
        return [job for job in self.jobs if job.is_picked]

    @property
    def rejected(self) -> list[Job]:
        """Those that may be thrown away, on every page."""
        return [job for job in self.jobs if job.verdict is Verdict.REJECTED]

    # --- going about ---

    def focus_on(self, job_id: str) -> None:
        """Put the ring there."""
        if job_id in self._alive() and job_id != self._place.focus:
            self.message = ""
            self._go(job_id)

    def turn(self, by: int) -> None:
        """Another page, if there is one."""
        page = min(max(self._place.page + by, 0), self.pages - 1)
        if page != self._place.page and not self._place.champion:
            self.message = ""
            self._go(self._alive()[page * PAGE])

    def arrange(self, job_ids: Sequence[str]) -> None:
        """Go through the clips in this order from now on; those not named stay behind."""
        order = dict.fromkeys((*job_ids, *self._jobs))
        self._jobs = {job_id: self._jobs[job_id] for job_id in order if job_id in self._jobs}
        pool = tuple(job_id for job_id in self._jobs if job_id in self._place.pool)
        self._place = self._place._replace(pool=pool)
        self._go(self._place.focus)

    def toggle_only_open(self) -> None:
        """What is not judged yet alone, or all."""
        self.show_only_open(not self.only_open)

    def toggle_champion(self) -> None:
        """The best so far at the left, the others in turn at the right; or all."""
        self.crown(not self.champion)

    def show_only_open(self, wanted: bool) -> None:
        """Go through what is not judged yet alone; where that is nothing, all stay."""
        left = [job.id for job in self.jobs if is_open(job)]
        self.only_open = wanted and bool(left)
        self.message = self._all_judged() if wanted and not left else ""
        pool = tuple(left) if self.only_open else tuple(self._jobs)
        focus = self._place.focus if self._place.focus in pool else next(iter(pool), "")
        self._place = self._place._replace(pool=pool, champion="", met=frozenset())
        self._go(focus)

    def crown(self, wanted: bool) -> None:
        """Let the best so far stand beside each of the others in turn; or show all again."""
        alive = self._alive()
        if not wanted or len(alive) < 2:
            self._place = self._place._replace(champion="", met=frozenset())
            self._go(self._place.focus)
            return
        best = max(alive, key=lambda id: (*_worth(self._jobs[id]), -alive.index(id)))
        out = frozenset(id for id in alive if self._jobs[id].verdict is Verdict.REJECTED)
        self._place = self._place._replace(champion=best, met=out, focus=best)
        self._go(self.challenger)

    # --- judging ---

    def judge(self, mark: Mark, *, stay: bool = False) -> None:
        """Mark the one with the ring and no other, and go on to the next unless ``stay``."""
        job = self.focused
        if job is None or not is_there(job):
            return
        self._remember({job.id: job.mark})
        self._jobs[job.id] = job.marked(mark)
        self._bridge.mark({job.id: mark})
        self.message = ""
        if not stay:
            self._go_on(self._jobs[job.id])
        self.changed.emit()

    @Slot()
    def reject_others(self) -> None:
        """Reject all that are not judged yet, on every page; one step to take back."""
        others = [job for job in self.jobs if is_open(job)]
        if not others:
            return
        self._remember({job.id: job.mark for job in others})
        mark = Mark(Verdict.REJECTED)
        self._jobs |= {job.id: job.marked(mark) for job in others}
        self._bridge.mark({job.id: mark for job in others})
        self.message = self.tr("%n rejected.", "", len(others))
        self.changed.emit()

    @Slot()
    def undo(self) -> None:
        """Take the last step back: what was thought, and the ring."""
        if not self._steps:
            return
        before, place = self._steps.pop()
        self.message = ""
        for job_id in self._thrown.pop() if not before and self._thrown else ():
            self._bridge.undo_remove(job_id)
        if before:
            for job_id, mark in before.items():
                self._jobs[job_id] = self._jobs[job_id].marked(mark)
            self._bridge.mark(before)
        self.only_open = len(place.pool) < len(self._jobs)
        self._place = place
        self._go(place.focus)

    def remember_thrown(self, job_ids: Sequence[str]) -> None:
        """These are being thrown away together, and come back together."""
        self._remember({})
        self._thrown.append(tuple(job_ids))

    # --- what came from elsewhere ---

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        old = self._jobs.get(job.id)
        if old is None:
            return
        place = self._alive().index(job.id) if job.id in self._alive() else 0
        self._jobs[job.id] = job
        if is_there(old) and not is_there(job):
            self._leave(job.id, place)
        elif old != job:
            self.changed.emit()

    @Slot(object)
    def on_bridge_notice(self, _problem: object) -> None:
        """Something could not be kept: what is, is shown."""
        if self._jobs:
            self._jobs = {id: self._bridge.jobs.get(id, job) for id, job in self._jobs.items()}
            self.changed.emit()

    # --- inside ---

    def _alive(self) -> list[str]:
        return [id for id in self._place.pool if is_there(self._jobs[id])]

    def _remember(self, before: dict[str, Mark]) -> None:
        self._steps.append((before, self._place))
        del self._steps[:-_KEPT]

    def _go(self, job_id: str) -> None:
        """The ring goes there, and the page that it is on is shown."""
        alive = self._alive()
        at = alive.index(job_id) if job_id in alive else self._place.page * PAGE
        page = min(at // PAGE, self.pages - 1)
        self._place = self._place._replace(focus=job_id, page=page)
        self.changed.emit()

    def _go_on(self, judged: Job) -> None:
        if self._place.champion:
            self._next_challenger(judged)
            return
        alive = self._alive()
        following = alive[alive.index(judged.id) + 1 :]
        if following:
            self._go(following[0])
            return
        left = tuple(id for id in alive if is_open(self._jobs[id]))
        if self.only_open and left:  # those that were passed over
            self._place = self._place._replace(pool=left)
            self._go(left[0])
            return
        self.message = self._all_judged()

    def _next_challenger(self, judged: Job) -> None:
        place = self._place
        champion = place.champion
        if judged.id == champion:
            if judged.verdict is Verdict.REJECTED and (rival := self.challenger):
                champion = rival
        elif judged.is_picked:
            champion = judged.id
        met = place.met | {judged.id, place.champion, champion}
        left = [id for id in self._alive() if id not in met]
        self._place = place._replace(champion=champion, met=met)
        if left:
            self._go(left[0])
        else:
            self._place = self._place._replace(focus=champion)
            self.message = self.tr("All compared: the best stands at the left.")

    def _leave(self, job_id: str, place: int) -> None:
        """One is gone: the ring goes to who takes its place."""
        alive = self._alive()
        if job_id == self._place.champion:
            self._place = self._place._replace(champion="")
        if job_id == self._place.focus:
            self._go(alive[min(place, len(alive) - 1)] if alive else "")
        else:
            self._go(self._place.focus)

    def _all_judged(self) -> str:
        left = self.counts.open
        if left:
            return self.tr("The last one. %n are not judged yet.", "", left)
        return self.tr("All judged.")


def is_open(job: Job) -> bool:
    """True for one that is not judged yet."""
    return job.verdict is Verdict.NONE and not job.stars


def _worth(job: Job) -> tuple[int, int]:
    rank = {Verdict.PICKED: 2, Verdict.NONE: 1, Verdict.REJECTED: 0}
    return rank[job.verdict], job.stars


def is_there(job: Job) -> bool:
    """True for one that can be played and was not thrown away."""
    return not job.hidden and job.clip is not None and bool(job.clip.path)
