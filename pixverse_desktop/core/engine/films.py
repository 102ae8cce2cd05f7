"""What the user does with films: shots, takes, and making what is missing as one commit.

Nothing is paid for but by ``make``; what is there, under way or in doubt is never made again by it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import chain
from typing import NamedTuple

from pixverse_desktop.core.engine.clip_import import ClipImport
from pixverse_desktop.core.engine.film_repository import FilmRepository
from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.new_jobs import Cell, check, new_batch
from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.digest import made_of
from pixverse_desktop.core.film.film import (
    Film,
    Shot,
    duplicate,
    free_name,
    links_of,
    new_id,
)
from pixverse_desktop.core.film.plan import (
    NOTHING,
    FilmPlan,
    Parent,
    ShotPlan,
    ToMake,
    Wish,
    plan_of,
)
from pixverse_desktop.core.jobs.clip_metadata import Project
from pixverse_desktop.core.jobs.job import A_STILL, Clip, Job
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.reuse import asked_for
from pixverse_desktop.core.model.validation import violations

OwnClip = tuple[Project, Clip]  # what a clip says of itself, and its file


class ShotProblem(NamedTuple):
    """Why a shot must not be sent; ``field`` is the parameter's name."""

    shot_id: str
    field: str
    message: str


class Films:
    """Commands on the films of the data folder, for the service in use. Raise UserError."""

    def __init__(self, session: Session, films: FilmRepository) -> None:
        self._session = session
        self._films = films
        self._making = asyncio.Lock()  # a second press finds what the first one queued

    # --- films ---

    def all(self) -> list[Film]:
        """Every film, oldest first."""
        return self._films.all()

    def get(self, film_id: str) -> Film:
        """The latest version."""
        return self._films.get(film_id)

    def find(self, film_id: str) -> Film | None:
        """The same; None for a film that is not there."""
        return self._films.find(film_id)

    async def create(
        self, name: str, shots: Sequence[Shot] = (), clips: Iterable[OwnClip] = ()
    ) -> Film:
        """A new film, under the first free name like ``name``; ``clips`` as for ``with_clips``."""
        names = [film.name for film in self.all()]
        now = self._session.ports.clock.time()
        film, _ = self.with_clips(
            Film(new_id(), free_name(names, name), tuple(shots), now), clips := list(clips)
        )
        await self.take_in(clips)
        return await self._films.put(film)

    def with_clips(self, film: Film, clips: Iterable[OwnClip]) -> tuple[Film, list[Job]]:
        """The film with those clips, which its shots name as takes by what they say of themselves,
        and the jobs that they are once ``take_in`` has had them; they stay as they are, whatever
        they were made of. Changes nothing."""
        imports = ClipImport(self._session)
        jobs = {project.job_id: imports.job_with(project, clip) for project, clip in clips}
        shots = [
            replace(shot, chosen=jobs[shot.chosen].id,
                    takes=tuple(jobs[take].id if take in jobs else take for take in shot.takes))
            if shot.chosen in jobs else shot
            for shot in film.shots
        ]  # fmt: skip
        film, found = replace(film, shots=tuple(shots)), list(jobs.values())
        ids = {job.id for job in found}
        for one in self.plan_for(film, clips=found).out_of_date if found else ():
            if one.shot.chosen in ids:
                film = film.with_shot(one.shot.id, kept=one.wanted)
        return film, found

    async def take_in(self, clips: Iterable[OwnClip]) -> None:
        """Put clips that lie on the disk into the list of jobs. Raises StoreError."""
        imports = ClipImport(self._session)
        for project, clip in clips:
            await imports.add(project, clip)

    async def change(self, film_id: str, change: Callable[[Film], Film]) -> Film:
        """Another version of a film: shots added, moved, renamed, changed. What is under way goes
        on. Changes nothing where the new version cannot be: a name twice, shots in a circle."""
        return await self._films.change(film_id, change)

    async def remove(self, film_id: str) -> Film:
        """Take a film away, never a clip; what ``put_back`` takes."""
        return await self._films.remove(film_id)

    async def put_back(self, film: Film) -> Film:
        """Undo ``remove``."""
        return await self._films.put(film)

    async def duplicate(self, film_id: str) -> Film:
        """The same shots with the same takes under another name; costs nothing."""
        plan = self.plan(film_id)
        takes = {one.shot.id: tuple(job.id for job in one.takes) for one in plan.shots}
        names = [film.name for film in self.all()]
        copy = duplicate(plan.film, names, lambda shot: takes[shot.id])
        return await self._films.put(replace(copy, created_at=self._session.ports.clock.time()))

    # --- what is there ---

    def dropped_from(self, film: Film) -> dict[str, str]:
        """The ids of shots that jobs were made for and that are in the film no longer, by name."""
        there = {shot.id for shot in film.shots}
        jobs = sorted(self._session.repository.of_film(film.id), key=lambda job: job.created_at)
        return {job.label: job.shot for job in jobs if job.label and job.shot not in there}

    def removed_like(self, film: Film) -> tuple[str, dict[str, str]]:
        """The id of the film that was taken away and that ``film`` is again, "" where there is
        none: the newest with jobs for the same, under the same names; and the ids of the shots that
        those jobs were made for, by name."""
        asked = {
            shot.name: asked_for(link.request, self._usual(shot.request.model))
            for shot, link in zip(film.shots, links_of(film).values(), strict=True)
        }
        like = [
            job
            for job in self._session.repository.all()
            if job.film and self.find(job.film) is None
            and asked.get(job.label) == made_of(job, self._usual(job.request.model)).asked
        ]  # fmt: skip
        found = like[-1].film if like else ""
        return found, {job.label: job.shot for job in like if job.film == found}

    def jobs_of(self, film: Film) -> list[Job]:
        """What was made for its shots at this service, and the clips that were put into them."""
        repository, origin = self._session.repository, self._session.origin.id
        named = map(repository.find, chain.from_iterable(shot.takes for shot in film.shots))
        made = [job for job in repository.of_film(film.id) if job.origin == origin]
        return made + [job for job in named if job is not None]

    def plan(self, film_id: str, wish: Wish = NOTHING) -> FilmPlan:
        """What is there, what is out of date, and what ``make`` with this wish would make."""
        return self.plan_for(self.get(film_id), wish)

    def plan_for(self, film: Film, wish: Wish = NOTHING, clips: Sequence[Job] = ()) -> FilmPlan:
        """The same for a version of a film that is not kept yet, with ``clips`` that are not in the
        list of jobs yet."""
        return plan_of(film, [*self.jobs_of(film), *clips], self._usual, wish)

    def price(self, plan: FilmPlan) -> tuple[Decimal, Decimal]:
        """The least and the most that what is to be made may cost."""
        return plan.price(self._session.price)

    def problems(self, film: Film) -> list[ShotProblem]:
        """Why shots must not be sent; empty when all of them may."""
        found = []
        for shot_id, request in _requests_as_sent(film):
            model = self._session.models.get(request.model)
            wrong = violations(request, model)
            found += [ShotProblem(shot_id, one.field, one.message) for one in wrong]
        return found

    def _usual(self, model_id: str) -> ClipRequest:
        return default_request(self._session.models.get(model_id))

    # --- takes ---

    async def choose(self, film_id: str, shot_id: str, job_id: str) -> Film:
        """The take that counts from now on; "": the newest that fits."""
        takes = [job.id for job in self._shot(film_id, shot_id).takes]
        if job_id and job_id not in takes:
            raise UserError(problem(ProblemCode.INVALID, Message("take_not_in_shot")))
        return await self.change(film_id, lambda film: film.with_shot(shot_id, chosen=job_id))

    async def add_take(self, film_id: str, shot_id: str, job_id: str) -> Film:
        """Put a clip that is there already into a shot, as the take that counts."""
        job = self._session.repository.find(job_id)
        if job is None or job.state is not JobState.SAVED or job.deleted:
            raise UserError(problem(ProblemCode.INVALID, Message("take_not_saved")))

        def added(film: Film) -> Film:
            takes = dict.fromkeys((*film.shot(shot_id).takes, job_id))
            return film.with_shot(shot_id, takes=tuple(takes), chosen=job_id)

        await self.change(film_id, added)
        return await self.keep(film_id, shot_id)

    async def keep(self, film_id: str, shot_id: str) -> Film:
        """The take stays as it is, although something else would be made now."""
        wanted = self._shot(film_id, shot_id).wanted
        return await self.change(film_id, lambda film: film.with_shot(shot_id, kept=wanted))

    def _shot(self, film_id: str, shot_id: str) -> ShotPlan:
        try:
            return self.plan(film_id).of(shot_id)
        except KeyError:
            raise UserError(problem(ProblemCode.INVALID, Message("shot_gone"))) from None

    # --- making ---

    async def make(
        self, film_id: str, wish: Wish, *, ceiling: Decimal | None = None, background: bool = False
    ) -> list[Job]:
        """Queue what is wished for: all of it as one commit or, with UserError, nothing.

        ``ceiling`` is the most that was agreed to; nothing is queued where it may cost more now,
        and what is left is held before it could. None: as much as it may cost now.
        """
        async with self._making:
            plan = await self._checked(film_id, wish, ceiling)
            if not plan.to_make:
                return []
            most = self.price(plan)[1] if ceiling is None else ceiling
            jobs = self._jobs(plan, most, background=background)
            await self._session.repository.add(*jobs)
            self._session.queue_changed()
            return jobs

    async def _checked(self, film_id: str, wish: Wish, ceiling: Decimal | None) -> FilmPlan:
        """The plan as it is at this moment, all of it fit to be sent and below the ceiling; only
        then what waits and is no longer wanted is taken back. What was sent meanwhile is under
        way, and planned for as such."""
        checked: tuple[ToMake, ...] = ()
        while True:
            plan = self.plan(film_id, wish)
            high = self.price(plan)[1]
            if ceiling is not None and high > ceiling:
                said = Message("film_passed", price=high, most=ceiling)
                raise UserError(problem(ProblemCode.LIMIT, said))
            if plan.to_make == checked and not plan.stale and not plan.unchosen:
                return plan
            models = {one.request.model for one in plan.to_make}
            specs = {model_id: self._session.models.get(model_id) for model_id in models}
            await self._session.ports.run(Lane.FILES, _check, plan.to_make, specs)
            for job in plan.stale:
                with contextlib.suppress(StaleJob, IllegalTransition):
                    await self._session.repository.transition(
                        job.id, JobState.WITHDRAWN, hidden=True
                    )
            if plan.unchosen:
                await self.change(film_id, partial(_without_choice, plan.unchosen))
            checked = plan.to_make

    def _jobs(self, plan: FilmPlan, ceiling: Decimal, *, background: bool) -> list[Job]:
        session, film = self._session, plan.film
        cells = [Cell(made.request, made.number, made.shot.name) for made in plan.to_make]
        position = session.repository.next_position()
        new = new_batch(session, cells, position, background=background, ceiling=ceiling)
        ids = {made.shot.id: job.id for made, job in zip(plan.to_make, new, strict=True)}

        def job_id(parent: Parent | None) -> str:
            return "" if parent is None else parent.job_id or ids[parent.shot_id]

        found = []
        for made, job in zip(plan.to_make, new, strict=True):
            price = session.price(made.request_as_sent)
            found.append(
                replace(
                    job, film=film.id, shot=made.shot.id, after=job_id(made.after),
                    meets=job_id(made.meets), price=price.high, price_low=price.low,
                )
            )  # fmt: skip
        return found

    # --- a take that waits for another ---

    async def go_on_from(self, job_id: str, parent_id: str) -> None:
        """Let a waiting take start from another clip; "": with a cut. Its shot does so as well."""
        job, parent = self._session.repository.get(job_id), None
        if parent_id:
            parent = self._session.repository.find(parent_id)
            if parent is None or job_id in (parent_id, *self._ancestors(parent_id)):
                raise UserError(problem(ProblemCode.INVALID, Message("take_not_in_shot")))

        def moved(old: Job) -> Job:
            request = old.request.changed(start_frame=None)
            return replace(old, after=parent_id, request=request, problem=None)

        if not await self._session.repository.change_all([job_id], moved):
            raise UserError(problem(ProblemCode.INVALID, Message("job_not_waiting")))
        film = self._films.find(job.film)
        if film is not None and any(shot.id == job.shot for shot in film.shots):
            await self.change(film.id, partial(_going_on, job, parent))
        self._session.queue_changed()

    def _ancestors(self, job_id: str) -> set[str]:
        found: set[str] = set()
        left = [job_id]
        while left:
            job = self._session.repository.find(left.pop())
            new = set(job.parents) - found if job is not None else set()
            found |= new
            left += new
        return found


def _going_on(job: Job, parent: Job | None, film: Film) -> Film:
    """The shot of ``job`` begins as the job does."""
    if parent is None:
        request = film.shot(job.shot).request.changed(start_frame=None)
        return film.with_shot(job.shot, continues=False, follows="", request=request)
    places = {shot.id: place for place, shot in enumerate(film.shots)}
    if parent.film != film.id or places.get(parent.shot, len(places)) >= places[job.shot]:
        return film  # a clip from elsewhere: the shot is as it was, and this take is another
    return film.with_shot(job.shot, continues=True, follows=parent.shot)


def _without_choice(shot_ids: Iterable[str], film: Film) -> Film:
    for shot_id in shot_ids:
        film = film.with_shot(shot_id, chosen="", kept="")
    return film


def _check(made: Sequence[ToMake], models: Mapping[str, ModelSpec]) -> None:
    for one in made:
        try:
            check(one.request_as_sent, models[one.request.model])
        except UserError as error:
            wrong = error.problem
            said = Message("shot_wrong", name=one.shot.name, reason=wrong.message)
            raise UserError(problem(ProblemCode.INVALID, said, field=wrong.field)) from None


def _requests_as_sent(film: Film) -> Iterable[tuple[str, ClipRequest]]:
    """By the ids of the shots, with a picture wherever there will be one."""
    for shot_id, link in links_of(film).items():
        frames = {}
        if link.start is not None:
            frames["start_frame"] = A_STILL
        if link.end is not None:
            frames["end_frame"] = A_STILL
        yield shot_id, link.request.changed(**frames) if frames else link.request
