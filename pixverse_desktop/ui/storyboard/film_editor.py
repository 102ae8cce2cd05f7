"""The film that is looked at, the chosen shot, and every change of it with its way back.

Commands are carried out one after the other, so that what is paid for is always made of the last
change, and undo puts back the very version before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError
from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan, Wish
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base.messages import translated

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.films import Films
    from pixverse_desktop.services.film_files import ReadFilm

_SETTLE_MS = 60  # news of many jobs is one new look
_MOST_STEPS = 100  # ways back that are kept, of all films together

Change = Callable[[Film], Film]


class Offer(NamedTuple):
    """What a press would make: how many takes, for what."""

    wish: Wish
    number: int = 0
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)

    @property
    def price(self) -> Price:
        """The same as a price."""
        return Price(self.low, self.high)


class _Step(NamedTuple):
    before: Film
    after: Film | None  # None: the film was removed
    tag: str  # steps of one tag in a row are one


class FilmEditor(QObject):
    """Knows no widgets. ``plan`` is None while there is no film to look at."""

    changed = Signal()  # the film, its jobs, or another film
    shot_chosen = Signal(str)  # the id of the chosen shot, "" for none
    film_opened = Signal(str)  # the id of the film that is looked at from now on
    said = Signal(str)
    made = Signal(object)  # list[Job] that were queued

    def __init__(self, bridge: EngineBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._lock = asyncio.Lock()
        self._undo: list[_Step] = []
        self._redo: list[_Step] = []
        self.film_id = ""
        self.chosen = ""
        self.plan: FilmPlan | None = None
        self.missing = Offer(Wish())
        self._offers: dict[Wish, Offer] = {}  # of the film as it was looked at last
        self._awake = False  # somebody looks
        self._told_film = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self.refresh)
        bridge.films_reset.connect(self.on_bridge_films_reset)
        bridge.film_changed.connect(self.on_bridge_film_changed)
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        bridge.jobs_reset.connect(self.refresh_soon)
        bridge.status_changed.connect(self.refresh_soon)

    # --- what there is ---

    def films(self) -> list[Film]:
        """Every film, oldest first."""
        found = self._bridge.films()
        return found.all() if found is not None else []

    @property
    def shots(self) -> tuple[ShotPlan, ...]:
        """The shots as they are."""
        return self.plan.shots if self.plan is not None else ()

    @property
    def chosen_shot(self) -> ShotPlan | None:
        """The one that is chosen."""
        return next((one for one in self.shots if one.shot.id == self.chosen), None)

    def place_of(self, shot_id: str) -> int:
        """Where a shot stands, from 0; -1 for none."""
        ids = [one.shot.id for one in self.shots]
        return ids.index(shot_id) if shot_id in ids else -1

    def offer(self, wish: Wish) -> Offer:
        """What making that would cost now."""
        films = self._bridge.films()
        if films is None or self.plan is None:
            return Offer(wish)
        if wish not in self._offers:
            try:
                plan = films.plan(self.film_id, wish)
            except UserError:
                return Offer(wish)
            self._offers[wish] = Offer(wish, len(plan.to_make), *films.price(plan))
        return self._offers[wish]

    def set_awake(self, awake: bool) -> None:
        """Whether anybody looks; else nothing is worked out."""
        self._awake = awake
        if awake:
            self.refresh()
        else:
            self._timer.stop()

    @Slot()
    def refresh_soon(self) -> None:
        """Look at the film anew, once for a run of news."""
        if self._awake and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def refresh(self) -> None:
        """Look at the film anew."""
        self._timer.stop()
        films = self._bridge.films()
        film = films.find(self.film_id) if films is not None else None
        if films is not None and film is None:
            known = films.all()
            film = known[-1] if known else None
            self.film_id = film.id if film else ""
        self.plan = None
        self._offers.clear()
        if films is not None and film is not None:
            try:
                self.plan = films.plan_for(film)
            except UserError as error:
                self.said.emit(translated(error.problem.message))
        if self.film_id != self._told_film:
            self._told_film = self.film_id
            self.film_opened.emit(self.film_id)
        self.missing = self.offer(Wish())
        if self.chosen_shot is None:
            self.choose(self.shots[0].shot.id if self.shots else "", look=False)
        self.changed.emit()

    # --- which ---

    def open(self, film_id: str) -> None:
        """Look at another film."""
        if film_id != self.film_id:
            self.film_id, self.chosen = film_id, ""
            self.refresh()

    def choose(self, shot_id: str, *, look: bool = True) -> None:
        """Another shot is meant."""
        if shot_id != self.chosen:
            self.chosen = shot_id
            self.shot_chosen.emit(shot_id)
            if look:
                self.changed.emit()

    def step(self, by: int) -> None:
        """The shot before, or the next."""
        place = self.place_of(self.chosen) + by
        if 0 <= place < len(self.shots):
            self.choose(self.shots[place].shot.id)

    # --- changes ---

    def create(
        self,
        name: str,
        shots: Sequence[Shot] = (),
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """A new film, which is looked at; then ``then`` is called."""

        def made(film: Film) -> None:
            self._opened(film)
            then()

        self._run(lambda films: films.create(name, shots), made)

    def add_film(self, read: ReadFilm) -> None:
        """A film that was read from a file, with the clips beside it."""
        film = read.film
        self._run(lambda films: films.create(film.name, film.shots, read.clips), self._opened)

    def duplicate_film(self) -> None:
        """The same film once more; costs nothing."""
        self._run(lambda films: films.duplicate(self.film_id), self._opened)

    def remove_film(self) -> None:
        """Take the film away, never a clip; undo brings it back."""
        film_id = self.film_id
        self._run(lambda films: films.remove(film_id), self._removed)

    def _removed(self, film: Film) -> None:
        self._undo.append(_Step(film, None, ""))
        self._redo.clear()
        self.refresh()

    def change(
        self,
        change: Change,
        *,
        tag: str = "",
        choose: str = "",
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """Another version of the film, which can be undone; then ``choose`` is the chosen shot, and
        ``then`` is called."""
        film_id = self.film_id
        self._edit(film_id, lambda films: films.change(film_id, change), tag, choose, then)

    def add_clips(self, change: Change, name: str, choose: str) -> None:
        """Shots whose takes are clips that are there already, and stay as they are; without a film
        one that is called ``name``."""
        film_id = self.film_id

        async def add(films: Films) -> _Step:
            made = film_id if films.find(film_id) else (await films.create(name)).id
            before = films.get(made)
            film = await films.change(made, change)
            old = {shot.id for shot in before.shots}
            for one in films.plan(made).out_of_date:
                if one.shot.id not in old:
                    film = await films.keep(made, one.shot.id)
            return _Step(before, film, "")

        def added(step: _Step) -> None:
            self.film_id = step.before.id
            self._remember(choose, lambda: None, step)

        self._run(add, added)

    def choose_take(self, shot_id: str, job_id: str) -> None:
        """The take that counts."""
        film_id = self.film_id
        self._edit(film_id, lambda films: films.choose(film_id, shot_id, job_id))

    def keep(self, shot_ids: Iterable[str]) -> None:
        """These takes stay as they are."""
        film_id, kept = self.film_id, list(shot_ids)

        async def keep_all(films: Films) -> Film:
            for shot_id in kept:
                film = await films.keep(film_id, shot_id)
            return film

        self._edit(film_id, keep_all)

    def make(self, offer: Offer) -> None:
        """Queue what was offered, at no more than was said."""
        film_id = self.film_id

        async def make(films: Films) -> list[Job]:
            return await films.make(film_id, offer.wish, ceiling=offer.high)

        self._run(make, partial(self._queued, offer.wish))

    def undo(self) -> None:
        """The version before."""
        self._go(self._undo, self._redo, back=True)

    def redo(self) -> None:
        """The version that was undone."""
        self._go(self._redo, self._undo, back=False)

    def _go(self, source: list[_Step], target: list[_Step], *, back: bool) -> None:
        if not source:
            return
        step = source.pop()
        target.append(step)
        film = step.before if back else step.after
        if film is not None:
            self._run(lambda films: films.put_back(film), self._shown)
        else:
            self._run(lambda films: films.remove(step.before.id), self._shown)

    def _shown(self, film: Film) -> None:
        self.film_id = film.id
        self.refresh()

    def _edit(
        self,
        film_id: str,
        command: Callable[[Films], Coroutine[Any, Any, Film]],
        tag: str = "",
        choose: str = "",
        then: Callable[[], object] = lambda: None,
    ) -> None:
        async def edited(films: Films) -> _Step:
            before = films.get(film_id)
            return _Step(before, await command(films), tag)

        self._run(edited, partial(self._remember, choose, then))

    def _remember(self, choose: str, then: Callable[[], object], step: _Step) -> None:
        if step.before != step.after:
            last = self._undo[-1] if self._undo else None
            if last is not None and step.tag and last.tag == step.tag and last.after == step.before:
                self._undo[-1] = last._replace(after=step.after)
            else:
                self._undo = [*self._undo, step][-_MOST_STEPS:]
            self._redo.clear()
        if choose:
            self.chosen = choose
        self.refresh()
        if choose:
            self.shot_chosen.emit(self.chosen)
            then()

    def _opened(self, film: Film) -> None:
        self.film_id, self.chosen = film.id, ""
        self.refresh()

    def _queued(self, wish: Wish, jobs: list[Job]) -> None:
        self.refresh()
        if jobs:
            self.made.emit(jobs)
        elif films := self._bridge.films():
            wished = {*wish.redo, *wish.again}
            shots = films.plan(self.film_id, wish).shots
            reasons = [one.reason for one in shots if one.shot.id in wished and one.reason]
            said = translated(reasons[0]) if reasons else self.tr("All of it is under way already.")
            self.said.emit(said)

    def _run(
        self, command: Callable[[Films], Coroutine[Any, Any, Any]], then: Callable[[Any], None]
    ) -> None:
        async def in_turn(films: Films) -> object:
            async with self._lock:
                return await command(films)

        def answered(found: object) -> None:
            if isinstance(found, Problem):
                self.refresh()
                self._tell(found)
            else:
                then(found)

        self._bridge.change_films(in_turn, answered)

    def _tell(self, problem: Problem) -> None:
        if problem.code is ProblemCode.INVALID:
            self.said.emit(translated(problem.message))
        else:
            self._bridge.notice.emit(problem)

    # --- news ---

    @Slot()
    def on_bridge_films_reset(self) -> None:
        self._undo.clear()
        self._redo.clear()
        self.refresh_soon()

    @Slot(str)
    def on_bridge_film_changed(self, _film_id: str) -> None:
        self.refresh_soon()

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        self.on_bridge_jobs_changed([job])

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Sequence[Job]) -> None:
        takes = {take.id for one in self.shots for take in one.takes}
        if any(job.film == self.film_id or job.id in takes for job in jobs):
            self.refresh_soon()
