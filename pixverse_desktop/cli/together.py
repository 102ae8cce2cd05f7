"""Several paid jobs of one command: added as one, waited for, and what was not sent taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from pixverse_desktop.cli.arguments import Exit
from pixverse_desktop.cli.generate_outcome import JobEnds, Outcome
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.job_repository import StaleJob
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import IllegalTransition, JobState
from pixverse_desktop.core.records import record
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.services.settings import Settings

T = TypeVar("T")

# The first of these that happened is the end of the command.
_WORST = (Exit.INTERRUPTED, Exit.KEY, Exit.DISK, Exit.NETWORK, Exit.UNCONFIRMED, Exit.CREDITS)
_FAILED = {Exit.REJECTED, Exit.FAILED, Exit.EXPIRED, Exit.NO_FILE}


def config_of(settings: Settings) -> EngineConfig:
    """Nothing is sent but what the command names, within the limits of the settings."""
    return EngineConfig(
        only_jobs=frozenset(), hold_on_cost=False, limits=settings.limits,
        jobs_at_a_time=settings.jobs_at_a_time,
    )  # fmt: skip


@dataclass
class Worked:
    """What became of the jobs: the new ones, and how each that was waited for ended."""

    new: list[Job] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    interrupted: bool = False

    def outcome(self, job_id: str) -> Outcome:
        """How one ended; what did not was interrupted."""
        return self.outcomes.get(job_id, Outcome(int(Exit.INTERRUPTED), "Interrupted."))


@record
class Together:
    """One command's jobs. ``waited`` are there already, ``unsent`` those of them that are not sent
    yet; ``beside`` are looked after too, should their clips be missed."""

    engine: Engine
    ends: JobEnds
    waited: Sequence[str]
    unsent: Sequence[Job]
    beside: Sequence[str] = ()

    async def work(
        self, add: Awaitable[list[Job]], ceiling: Decimal, say: Callable[[str], None] | None
    ) -> Worked:
        """Add, send and wait. All of them may cost ``ceiling`` together at most."""
        engine, done = self.engine, Worked()
        engine.session.config = replace(engine.session.config, most_credits=ceiling)
        adding = asyncio.ensure_future(add)
        try:
            done.new = await asyncio.shield(adding)
            ids = [*self.waited, *(job.id for job in done.new)]
            for job_id in ids:
                self.ends.job_changed(engine.job(job_id))
            capped = [job.id for job in (*done.new, *self.unsent)]
            engine.watch_only([*ids, *self.beside], capped)
            await engine.waiting.go_on(self.waited)  # asked for now, whatever was paused before
            engine.start(learn=False)
            find = engine.session.repository.find
            give_up = partial(self.take_back, ids)
            done.outcomes = await self.ends.wait_for_all(ids, say, give_up, find)
        except asyncio.CancelledError:
            done.interrupted = True
            done.new = await adding
        return done

    async def take_back(self, job_ids: Iterable[str]) -> None:
        """Take back what was not sent; nothing more is from now on."""
        self.engine.session.set_status(hold=Hold(HoldReason.PAUSED))
        for job_id in job_ids:
            with suppress(StaleJob, IllegalTransition):
                if self.engine.job(job_id).state is JobState.QUEUED:
                    await self.engine.withdraw(job_id)


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Nothing may be left in the queue, and the report is owed: also when interrupted again."""
    ending = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(ending)
    except asyncio.CancelledError:
        return await ending


def end_of(codes: set[Exit]) -> Exit:
    """The exit code of a run in which these happened."""
    worst = next((code for code in _WORST if code in codes), None)
    if worst is not None:
        return worst
    return Exit.FAILED if codes & _FAILED else Exit.SAVED
