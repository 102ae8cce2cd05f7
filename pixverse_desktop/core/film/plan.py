"""What of a film is there, what is out of date and why, and what is to be made.

Pure: a film and its jobs give a plan; nothing here sends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from pixverse_desktop.core.batch.cells import is_paid_in_vain, is_under_way
from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.film.digest import MadeOf, made_of
from pixverse_desktop.core.film.film import (
    Film,
    Links,
    Shot,
    followers,
    in_order,
    links_of,
)
from pixverse_desktop.core.jobs.job import A_STILL, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import asked_for
from pixverse_desktop.core.records import record

# As ``MadeOf``, with None for a take that is not there: any will do.
_Wanted = tuple[str, str | None, str | None]

HOPS_TO_NOTE = 4  # from here on quality has fallen so far that a cut is offered


class ShotState(StrEnum):
    """How far a shot is."""

    MISSING = "missing"
    UNDER_WAY = "under_way"
    UNDECIDED = "undecided"  # nobody knows whether its only take was charged
    FAILED = "failed"  # charged, and nothing came of it
    READY = "ready"
    OUT_OF_DATE = "out_of_date"  # it has a take that was made of something else

    @property
    def has_take(self) -> bool:
        """Whether there is a clip that the film can show."""
        return self in (ShotState.READY, ShotState.OUT_OF_DATE)


@record
class ShotPlan:
    """One shot as it is. ``number`` is its place from 1; ``takes`` are the clips that are there,
    oldest first, and ``take`` the one that counts; ``coming`` is what is under way for it.
    ``tried`` is the last job for the same that came to nothing, where there is neither. ``reason``
    says why it is out of date, has failed, or cannot be made now."""

    shot: Shot
    number: int
    state: ShotState
    takes: tuple[Job, ...] = ()
    take: Job | None = None
    coming: Job | None = None
    reason: str = ""
    hops: int = 0  # how many shots in a row go on from each other, up to this one
    tried: Job | None = None
    wanted: str = ""  # the digest of what a take made now would be made of


class Parent(NamedTuple):
    """The take that gives a still: a job, or what is to be made for a shot."""

    job_id: str = ""
    shot_id: str = ""


@record
class ToMake:
    """A take that is to be paid for: it starts from the last still of ``after``, and ends on the
    first of ``meets``."""

    shot: Shot
    number: int
    request: ClipRequest
    after: Parent | None = None
    meets: Parent | None = None

    def parent_jobs(self) -> list[str]:
        """The ids of the jobs that it goes on from and that are there already."""
        return [one.job_id for one in (self.after, self.meets) if one is not None and one.job_id]

    @property
    def request_as_sent(self) -> ClipRequest:
        """The request with a picture wherever one will be."""
        frames = {}
        if self.after is not None:
            frames["start_frame"] = A_STILL
        if self.meets is not None:
            frames["end_frame"] = A_STILL
        return self.request.changed(**frames) if frames else self.request


@record
class FilmPlan:
    """The shots in the order of the film. ``to_make`` is in the order of what depends on what;
    ``stale`` waits still and is no longer what is wanted, so it is taken back before that;
    ``unchosen`` are shots whose take is no longer the one that the user chose."""

    film: Film
    shots: tuple[ShotPlan, ...] = ()
    to_make: tuple[ToMake, ...] = ()
    stale: tuple[Job, ...] = ()
    unchosen: frozenset[str] = frozenset()

    def of(self, shot_id: str) -> ShotPlan:
        """Raises KeyError."""
        return self.shots[self.film.place(shot_id)]

    @property
    def out_of_date(self) -> tuple[ShotPlan, ...]:
        """What "redo" would make again."""
        return tuple(one for one in self.shots if one.state is ShotState.OUT_OF_DATE)

    def redone_with(self, shot_id: str) -> set[str]:
        """What "redo what follows" makes again: what is out of date of a shot and of all that
        depends on it."""
        meant = {shot_id, *(shot.id for shot in followers(self.film, shot_id))}
        return {one.shot.id for one in self.out_of_date if one.shot.id in meant}

    @property
    def length_s(self) -> float:
        """How long the film is, with the shots that are not made yet as long as asked for."""
        return sum(
            one.take.clip.duration_s if one.take and one.take.clip else one.shot.request.duration_s
            for one in self.shots
        )

    def price(self, price: Callable[[ClipRequest], Price]) -> tuple[Decimal, Decimal]:
        """The least and the most that all of ``to_make`` may cost."""
        prices = [price(one.request_as_sent) for one in self.to_make]
        low = sum((one.low for one in prices), ZERO)
        return low, sum((one.high for one in prices), ZERO)

    @property
    def far_from_cut(self) -> ShotPlan | None:
        """The first shot of those so many hops from a cut that its quality has fallen."""
        return next((one for one in self.shots if one.hops >= HOPS_TO_NOTE), None)


@record
class Wish:
    """What is to be made beside what is missing: shots to ``redo`` where they are out of date,
    shots that get one more take in any case (``again``), and what was charged and failed."""

    redo: Collection[str] = frozenset()
    again: Collection[str] = frozenset()
    retry_failed: bool = False
    missing: bool = True


NOTHING = Wish(missing=False)


def plan_of(
    film: Film, jobs: Iterable[Job], usual: Callable[[str], ClipRequest], wish: Wish = NOTHING
) -> FilmPlan:
    """``jobs`` are those of the film, and those its shots name; ``usual`` gives the defaults of a
    model by its id. Raises UserError for a film whose shots wait for each other."""
    return _Planning(film, jobs, usual, wish).plan()


@dataclass
class _Planning:
    """One pass, each shot after those it depends on."""

    film: Film
    jobs: Iterable[Job]
    usual: Callable[[str], ClipRequest]
    wish: Wish
    found: dict[str, ShotPlan] = field(default_factory=dict)
    making: dict[str, ToMake] = field(default_factory=dict)
    stale: dict[str, list[Job]] = field(default_factory=dict)
    unchosen: set[str] = field(default_factory=set)
    links: dict[str, Links] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def plan(self) -> FilmPlan:
        self.links = links_of(self.film)
        self.numbers = {shot.id: n for n, shot in enumerate(self.film.shots, 1)}
        of_shot = self._by_shot()
        for shot in in_order(self.film, self.links):
            self._plan_shot(shot, of_shot[shot.id])
        shots = tuple(self.found[shot.id] for shot in self.film.shots)
        stale = tuple(job for shot_id in self.making for job in self.stale.get(shot_id, ()))
        made = tuple(self.making.values())
        return FilmPlan(self.film, shots, made, stale, frozenset(self.unchosen))

    def _by_shot(self) -> dict[str, list[Job]]:
        known = {job.id: job for job in self.jobs}
        named = {shot.id: set(shot.takes) for shot in self.film.shots}
        for job in known.values():
            if job.film == self.film.id and job.shot in named:
                named[job.shot].add(job.id)
        found = {}
        for shot_id, ids in named.items():
            there = [known[job_id] for job_id in ids if job_id in known]
            found[shot_id] = sorted(there, key=lambda job: (job.created_at, job.position, job.id))
        return found

    def _plan_shot(self, shot: Shot, jobs: list[Job]) -> None:
        usual, link = self.usual(shot.request.model), self.links[shot.id]
        asked = asked_for(link.request, usual)
        made = {job.id: made_of(job, usual) for job in jobs}
        if shot.id in self.wish.redo and shot.chosen:
            shot = replace(shot, chosen="", kept="")
            self.unchosen.add(shot.id)
        now = self._wanted(link, asked, _take_id)
        takes = tuple(job for job in jobs if job.state is JobState.SAVED and not job.deleted)
        take = _counts(shot, takes, [job for job in takes if _fits(made[job.id], now)])
        reason = self._outdated(shot, made[take.id], now) if take else ""
        coming, current = self._coming(shot, jobs, made, asked)
        hops = self.found[link.start.id].hops + 1 if link.start else 0
        state = _state(take, coming, reason)
        tried = None
        if state is ShotState.MISSING:
            tried = _last_try(jobs, made, asked)
            state, reason = _why_missing(tried, waits=shot.id in self.stale)
        elif coming is not None and coming.state is JobState.QUEUED:
            reason = reason or self._why_not(link)
        elif state is ShotState.OUT_OF_DATE:
            tried = _last_try([job for job in jobs if _fits(made[job.id], now)], made, asked)
        one = ShotPlan(
            shot,
            self.numbers[shot.id],
            state,
            takes,
            take,
            coming,
            reason,
            hops,
            tried,
            _digest(now),
        )
        if self._is_wished(one, current=current):
            if said := self._why_not(link):
                one = replace(one, reason=said)
            else:
                self._make(one, link)
        self.found[shot.id] = one

    # --- what a take should be made of ---

    def _wanted(self, link: Links, asked: str, job_of: Callable[[ShotPlan], str | None]) -> _Wanted:
        after = job_of(self.found[link.start.id]) if link.start else ""
        return asked, after, job_of(self.found[link.end.id]) if link.end else ""

    def _coming_id(self, parent: ShotPlan) -> str | None:
        """The id of the job that a child made now would go on from."""
        job = parent.take
        if parent.coming and (job is None or parent.state is ShotState.OUT_OF_DATE):
            job = parent.coming
        return job.id if job else None

    def _outdated(self, shot: Shot, take: MadeOf, now: _Wanted) -> str:
        link = self.links[shot.id]
        if not _fits(take, now) and _digest(now) != shot.kept:
            return _difference(take, now, link)
        for parent in link.parents():
            if self.found[parent.id].state is ShotState.OUT_OF_DATE:
                return Message("shot_follows_outdated", name=parent.name)
        return ""

    def _coming(
        self, shot: Shot, jobs: list[Job], made: Mapping[str, MadeOf], asked: str
    ) -> tuple[Job | None, bool]:
        """The job that is to become the take, and whether it is made of what is wanted now; what
        waits and is not is ``stale``."""
        link = self.links[shot.id]
        active = [job for job in jobs if is_under_way(job)]
        current: list[Job] = []
        if not any(parent.id in self.making for parent in link.parents()):
            wanted = self._wanted(link, asked, self._coming_id)
            current = [job for job in active if _fits(made[job.id], wanted)]
        waiting = [job for job in active if job.state is JobState.QUEUED and job not in current]
        if waiting:
            self.stale[shot.id] = waiting
        sent = [job for job in active if job.state is not JobState.QUEUED]
        return next(reversed(current or sent), None), bool(current)

    # --- what is to be made ---

    def _is_wished(self, one: ShotPlan, *, current: bool) -> bool:
        if one.shot.id in self.wish.again:
            return True
        if one.state is ShotState.OUT_OF_DATE:
            paid = one.tried is not None and is_paid_in_vain(one.tried)
            again = self.wish.retry_failed or not paid
            return one.shot.id in self.wish.redo and not current and again
        failed = one.state is ShotState.FAILED and self.wish.retry_failed
        return self.wish.missing and (failed or one.state is ShotState.MISSING)

    def _why_not(self, link: Links) -> str:
        """Why a shot cannot be made: what it goes on from will not be there by itself."""
        for parent in link.parents():
            found = self.found[parent.id]
            if parent.id in self.making or found.coming is not None:
                continue
            if found.take is None:
                return Message("shot_waits_for_failed", name=parent.name)
            if found.take.hidden:
                return Message("shot_parent_trashed", name=parent.name)
        return ""

    def _make(self, one: ShotPlan, link: Links) -> None:
        made = ToMake(
            one.shot, one.number, link.request, self._parent_id(link.start),
            self._parent_id(link.end),
        )  # fmt: skip
        self.making[one.shot.id] = made

    def _parent_id(self, parent: Shot | None) -> Parent | None:
        if parent is None:
            return None
        if parent.id in self.making:
            return Parent(shot_id=parent.id)
        return Parent(job_id=self._coming_id(self.found[parent.id]) or "")


def _digest(wanted: _Wanted) -> str:
    return MadeOf(wanted[0], wanted[1] or "", wanted[2] or "").digest


def _take_id(one: ShotPlan) -> str | None:
    return one.take.id if one.take else None


def _fits(made: MadeOf, wanted: _Wanted) -> bool:
    return all(there is None or is_ == there for is_, there in zip(made, wanted, strict=True))


def _counts(shot: Shot, takes: tuple[Job, ...], fitting: list[Job]) -> Job | None:
    """The take that counts: the chosen one, else the newest that fits, else the newest; one in the
    trash only where there is no other."""
    chosen = [job for job in takes if job.id == shot.chosen and not job.hidden]
    shown = [job for job in takes if not job.hidden]
    fitting = [job for job in fitting if not job.hidden]
    return next((some[-1] for some in (chosen, fitting, shown, takes) if some), None)


def _state(take: Job | None, coming: Job | None, reason: str) -> ShotState:
    if take is not None:
        return ShotState.OUT_OF_DATE if reason else ShotState.READY
    if coming is None:
        return ShotState.MISSING
    unsure = coming.state is JobState.UNCONFIRMED
    return ShotState.UNDECIDED if unsure else ShotState.UNDER_WAY


def _last_try(jobs: list[Job], made: Mapping[str, MadeOf], asked: str) -> Job | None:
    """The last job for the same that came to nothing; one that was charged counts before those that
    cost nothing, or a retry that was taken back would make it one that may be made again."""
    tries: list[Job] = []
    for job in reversed(jobs):
        if job.state is JobState.SAVED or is_under_way(job):
            break
        if made[job.id].asked == asked and job.state is not JobState.WITHDRAWN:
            tries.append(job)
    return next(iter([*filter(is_paid_in_vain, tries), *tries]), None)


def _why_missing(tried: Job | None, *, waits: bool) -> tuple[ShotState, str]:
    """Of a shot without a take: what was tried for it may have been charged, or refused."""
    if waits:
        return ShotState.MISSING, Message("shot_waits_changed")
    if tried is None:
        return ShotState.MISSING, ""
    state = ShotState.FAILED if is_paid_in_vain(tried) else ShotState.MISSING
    return state, tried.problem.message if tried.problem else ""


def _difference(take: MadeOf, now: _Wanted, link: Links) -> str:
    """Why a take is out of date, in the order in which people ask."""
    asked, after, meets = now
    if take.asked != asked:
        return Message("shot_changed")
    if link.start is not None and after is not None and take.after != after:
        return Message("shot_starts_elsewhere", name=link.start.name)
    if link.end is not None and meets is not None and take.meets != meets:
        return Message("shot_ends_elsewhere", name=link.end.name)
    return Message("shot_changed")
