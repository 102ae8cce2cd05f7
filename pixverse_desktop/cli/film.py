"""``film run``: the shots of a film's file, each after those it goes on from; run again it makes
only what is missing."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

from pixverse_desktop.cli.arguments import (
    NO_KEY,
    Exit,
    Stop,
    add_places,
    command_parser,
    credits_of,
    frame_of,
)
from pixverse_desktop.cli.batch import amount, id_of, told
from pixverse_desktop.cli.film_export import export
from pixverse_desktop.cli.generate import notify, rules
from pixverse_desktop.cli.generate_outcome import JobEnds
from pixverse_desktop.cli.price import AnswerReport
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.cli.together import Together, Worked, config_of, end_of, to_the_end
from pixverse_desktop.core.batch.cells import is_under_way
from pixverse_desktop.core.credits import ZERO, credits_plain, credits_text
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.film.film import Film, links_of
from pixverse_desktop.core.film.film_file import Data, merged, models_in
from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan, ShotState, Wish
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import ancestors
from pixverse_desktop.core.jobs.states import IN_FLIGHT, JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.services.film_files import ReadFilm, film_data_of, film_of_data
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.thread_workers import SystemClock

_CODES = """exit codes:
  0    every shot has a take, out of date or not
  2    bad arguments, or a film that cannot be made; nothing was sent
  3    the API key is missing or not accepted
  4    more than --max-credits or a limit of the settings; the rest was not sent
  6    some shots could not be made
  7    of some nobody knows whether they were charged; nothing is sent again
  8    the service could not be reached
  9    the local disk or the list of jobs cannot be written
  10   another program holds the data folder
  130  interrupted
"""
_Told = dict[str, object]


def film(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Make the shots of a film, or export it."""
    if argv[:1] == ["export"]:
        return export(argv[1:], report)
    report.answer = {"shots": [], "out_of_date": []}
    options = _parser().parse_args(argv)
    ends = JobEnds(SystemClock())
    return with_workspace(options, ends, _Run(options, report, ends).work)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("film", "Make the shots of a film.", _CODES)
    add = parser.add_argument
    add("what", choices=("run",), metavar="run", help="make what is missing of it "
        "(film export: write it; see film export --help)")  # fmt: skip
    add("file", type=Path, metavar="FILE", help="the film as JSON; a picture in it is a path "
        "beside it, or an address")  # fmt: skip
    add("--dry-run", action="store_true", help="tell what would be made and what it may cost")
    add("--max-credits", type=credits_of, metavar="N", help="what all of it may cost at most")
    add("--redo", action="store_true", help="make again what is out of date, with what follows")
    add("--retry-failed", action="store_true", help="pay again for what was charged and failed")
    add_places(parser)
    return parser


@dataclass
class _Plan:
    """The film as planned, the jobs that are waited for, and those of them not sent yet."""

    plan: FilmPlan
    low: Decimal = ZERO
    high: Decimal = ZERO
    waited: list[str] = field(default_factory=list)
    unsent: list[Job] = field(default_factory=list)


class _Run:
    """One run of ``film``."""

    def __init__(self, options: argparse.Namespace, report: AnswerReport, ends: JobEnds) -> None:
        self._options = options
        self._report = report
        self._ends = ends

    async def work(self, desk: Workspace) -> Exit:
        """From the file to saved clips. Raises Stop and StoreError."""
        async with desk.engine(config_of(load_settings(desk.paths.settings))) as engine:
            read = await self._read(engine, desk)
            film, clips = engine.films.with_clips(self._known(engine, read.film), read.clips)
            wish = self._wish(engine, film, clips)
            plan = self._planned(engine, film, wish, clips)
            self._tell_plan(engine, plan)
            if self._options.dry_run:
                return Exit.SAVED
            if (plan.plan.to_make or plan.waited) and not desk.has_key:
                raise Stop(Exit.KEY, NO_KEY)
            await engine.films.take_in(read.clips)
            await engine.films.put_back(film)
            # What was announced is what is agreed to, where nothing else was.
            most = self._options.max_credits
            return await self._make(engine, film, wish, plan, plan.high if most is None else most)

    # --- the file ---

    async def _read(self, engine: Engine, desk: Workspace) -> ReadFilm:
        try:
            data = await desk.run(Lane.FILES, film_data_of, self._options.file)
            found = {name: await rules(engine, name) for name in sorted(models_in(data))}
            read = partial(_film, data, self._options.file, found, desk.paths)
            whole = await desk.run(Lane.FILES, read)
        except UserError as error:
            disk = error.problem.code is ProblemCode.DISK
            raise Stop(Exit.DISK if disk else Exit.ARGUMENTS, error.problem.message) from None
        film = whole.film
        if not film.shots:
            raise Stop(Exit.ARGUMENTS, Message("film_empty"))
        names = {shot.id: shot.name for shot in film.shots}
        wrong = [
            str(Message("shot_wrong", name=names[one.shot_id], reason=one.message))
            for one in engine.films.problems(film)
        ]
        if wrong:
            raise Stop(Exit.ARGUMENTS, "Nothing was sent. " + " ".join(wrong))
        return whole

    def _known(self, engine: Engine, read: Film) -> Film:
        """The film of that name as it is to be from now on."""
        stored = next((one for one in engine.films.all() if one.name == read.name), None)
        if stored is not None:
            return merged(stored, read, engine.films.dropped_from(stored))
        removed, shots = engine.films.removed_like(read)
        film = replace(read, id=removed or read.id, created_at=time.time())
        return merged(replace(film, shots=()), read, shots)

    def _wish(self, engine: Engine, film: Film, clips: list[Job]) -> Wish:
        redo = self._options.redo
        outdated = engine.films.plan_for(film, clips=clips).out_of_date if redo else ()
        shots = frozenset(one.shot.id for one in outdated)
        return Wish(redo=shots, retry_failed=self._options.retry_failed)

    def _planned(self, engine: Engine, film: Film, wish: Wish, clips: list[Job]) -> _Plan:
        plan = engine.films.plan_for(film, wish, clips)
        low, high = engine.films.price(plan)
        found = _Plan(plan, low, high)
        for job in self._waited(engine, plan, wish):
            found.waited.append(job.id)
            if job.state is JobState.QUEUED:
                found.unsent.append(job)
                found.low += engine.price(job.request_as_sent).low
                found.high += engine.session.upper_price(job)
        return found

    def _waited(self, engine: Engine, plan: FilmPlan, wish: Wish) -> list[Job]:
        """What is under way already and wished for, or goes on from it, or is paid for."""
        find = engine.session.repository.find
        made = {one.shot.id for one in plan.to_make}
        jobs: dict[str, Job] = {}
        for one in plan.shots:
            wanted = not one.state.has_take or one.shot.id in wish.redo
            job = one.coming
            if job is not None and (job.state in IN_FLIGHT or (wanted and one.shot.id not in made)):
                jobs[job.id] = job
        needed = [job for made in plan.to_make for job in map(find, made.parent_jobs()) if job]
        for job in [*needed, *jobs.values()]:
            for other in (job, *ancestors(job, find)):
                if is_under_way(other):
                    jobs.setdefault(other.id, other)
        return [job for job in jobs.values() if job not in plan.stale]

    # --- what is told ---

    def _tell_plan(self, engine: Engine, found: _Plan) -> None:
        """Put shots and price into the report. Raises Stop above --max-credits."""
        asked = [(one.number, one.shot.name, one.request) for one in found.plan.to_make]
        asked += [(job.row, job.label, job.request) for job in found.unsent]
        asked.sort(key=lambda one: one[0])
        starts = {
            one.shot.name: link.start.name
            for one, link in zip(found.plan.shots, links_of(found.plan.film).values(), strict=True)
            if link.start is not None
        }
        shots = [
            {"name": name, **({"continues": starts[name]} if name in starts else {}),
             **told(request, engine.session.models.get(request.model))}
            for _, name, request in asked
        ]  # fmt: skip
        price = f"{amount(found.low, found.high)} credits"
        self._report.answer = {
            "shots": shots, "low": credits_plain(found.low), "high": credits_plain(found.high)
        }  # fmt: skip
        self._report.lines = [
            f"{len(shots)} shots, {price}",
            *(f"  {name}" for _, name, _ in asked),
        ]
        far = found.plan.far_from_cut
        if far is not None:
            notify(Message("shot_many_hops", name=far.shot.name, hops=far.hops))
        most = self._options.max_credits
        if most is not None and found.high > most:
            if not self._options.dry_run:
                self._tell_shots(found.plan)
            text = f"These shots may cost {price}, more than {credits_text(most)}."
            raise Stop(Exit.CREDITS, text)

    def _tell_shots(self, plan: FilmPlan) -> None:
        shots, report = [_told_shot(one) for one in plan.shots], self._report
        outdated = [one.shot.name for one in plan.out_of_date]
        report.answer = {"shots": shots, "out_of_date": outdated}
        report.lines = [str(one["path"]) for one in shots if one["path"]]
        if not report.as_json:
            for one in plan.shots:
                if one.reason or not one.state.has_take:
                    said = one.reason or str(one.state).replace("_", " ")
                    notify(f"{one.number} {one.shot.name}: {said}")

    # --- making ---

    async def _make(
        self, engine: Engine, film: Film, wish: Wish, found: _Plan, ceiling: Decimal
    ) -> Exit:
        beside = [job.id for one in found.plan.shots for job in one.takes]
        together = Together(engine, self._ends, found.waited, found.unsent, beside)
        add = engine.films.make(film.id, wish, ceiling=ceiling)
        done = await together.work(add, ceiling, None if self._report.as_json else notify)
        return await to_the_end(self._end(together, film, done))

    async def _end(self, together: Together, film: Film, done: Worked) -> Exit:
        engine = together.engine
        ids = [*together.waited, *(job.id for job in done.new)]
        await engine.close()
        await together.take_back(ids)
        codes = {Exit.INTERRUPTED} if done.interrupted else set()
        codes |= {
            Exit(done.outcome(job_id).code) for job_id in ids if not _is_saved(engine, job_id)
        }
        plan = engine.films.plan(film.id)
        if any(not one.state.has_take for one in plan.shots):
            undecided = any(one.state is ShotState.UNDECIDED for one in plan.shots)
            codes.add(Exit.UNCONFIRMED if undecided else Exit.FAILED)
        self._tell_shots(plan)
        return end_of(codes)


def _film(data: Data, path: Path, models: dict[str, ModelSpec], paths: Paths) -> ReadFilm:
    """BLOCKING. The film in the file. Raises UserError and Stop."""

    def picture(text: str) -> Frame:
        found = frame_of(text, paths, notify)
        assert found is not None
        return found

    return film_of_data(data, path, models, picture, paths)


def _is_saved(engine: Engine, job_id: str) -> bool:
    return engine.job(job_id).state is JobState.SAVED


def _told_shot(one: ShotPlan) -> _Told:
    job = one.take or one.coming or one.tried
    path = job.clip.path if job and job.state is JobState.SAVED and job.clip else None
    state = str(job.state) if job else str(ShotState.MISSING)
    return {"name": one.shot.name, "job_id": id_of(job) if job else None, "path": path,
            "state": state}  # fmt: skip
