"""``generate``: one job to its end, told by exit code, a line for people, or one line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pixverse_desktop.cli.arguments import (
    NO_KEY,
    Exit,
    Stop,
    check_output,
    generate_parser,
    request_of,
)
from pixverse_desktop.cli.generate_outcome import JobEnd, Outcome
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.credits import credits_number, credits_text
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import (
    ProblemCode,
    Rejected,
    Unreachable,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import same_request
from pixverse_desktop.core.model.validation import guess_note, seconds_note, violations
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.thread_workers import SystemClock
from pixverse_desktop.store.durable_files import copy_to_new

_SCHEMA_WAIT_S = 5.0


@dataclass
class GenerateReport:
    """What became of the one job."""

    as_json: bool
    job: Job | None = None
    credits_remaining: Decimal | None = None
    path: str | None = None
    error: str | None = None

    def print(self, code: Exit) -> None:
        """One line: JSON, or a sentence for people."""
        if self.as_json:
            job = self.job
            line = {
                "job_id": job.remote_id if job else None,
                "state": str(job.state) if job else None,
                "seed": job.request.seed if job else None,
                "credit_cost": credits_number(job.credit_cost) if job else None,
                "credits_remaining": credits_number(self.credits_remaining),
                "path": self.path,
                "error": self.error,
            }
            print(json.dumps(line), flush=True)  # plain ASCII: any pipe takes it
        elif code is Exit.SAVED and self.path:
            sys.stdout.buffer.write(os.fsencode(self.path) + b"\n")
            sys.stdout.flush()
        if self.error and not self.as_json:
            print(f"pixverse-desktop: {self.error}", file=sys.stderr)


def generate(argv: Sequence[str], report: GenerateReport) -> Exit:
    options = generate_parser().parse_args(argv)
    if not (options.prompt or "").strip() and options.model == MODEL_ID:
        raise Stop(Exit.ARGUMENTS, "The prompt is empty: give --prompt TEXT.")
    check_output(options.output)
    end = JobEnd(SystemClock(), None if options.json else sys.stderr.isatty())
    return with_workspace(options, end, _Generate(options, report, end).work)


class _Generate:
    """One run of ``generate``."""

    def __init__(self, options: argparse.Namespace, report: GenerateReport, end: JobEnd) -> None:
        self._options = options
        self._report = report
        self._end = end

    async def work(self, desk: Workspace) -> Exit:
        """From arguments to a saved clip. Raises Stop and StoreError."""
        limits = load_settings(desk.paths.settings).limits
        config = EngineConfig(
            only_jobs=frozenset(), hold_on_cost=False, limits=limits,
            most_credits=self._options.max_credits,
        )  # fmt: skip
        async with desk.engine(config) as engine:
            caps = await rules(engine, self._options.model)
            request = await desk.run(
                Lane.FILES, request_of, self._options, caps, desk.paths, notify
            )
            return await self._make(engine, request, desk)

    async def _make(self, engine: Engine, request: ClipRequest, desk: Workspace) -> Exit:
        caps = engine.session.models.get(request.model)
        if found := violations(request, caps):
            raise Stop(Exit.ARGUMENTS, found[0].message)
        most, price = self._options.max_credits, engine.price(request)
        if most is not None and price.high > most:
            most_text = credits_text(most)
            text = f"This clip may cost {price} credits ({price.why}), more than {most_text}."
            raise Stop(Exit.CREDITS, text)
        if not desk.has_key:
            raise Stop(Exit.KEY, NO_KEY)
        for note in filter(None, (guess_note(request, caps), seconds_note(request, caps))):
            print(f"pixverse-desktop: {note}", file=sys.stderr)
        if twin := same_request(request, desk.origin.id, engine.jobs()):
            where = twin.clip.path if twin.clip else f"job {twin.remote_id or twin.id}"
            print(
                f"pixverse-desktop: You have this clip already ({where}); "
                "with the same seed a new one will be alike.",
                file=sys.stderr,
            )
        queued = asyncio.ensure_future(engine.generate(request))
        interrupted = Outcome(int(Exit.INTERRUPTED), "Interrupted.")
        try:
            job = await asyncio.shield(queued)
            engine.watch_only([job.id])
            engine.start(learn=False)
            outcome = await self._end.wait_for(job.id)
        except asyncio.CancelledError:
            job, outcome = await queued, interrupted
        return await self._finish(engine, job.id, outcome, desk)

    async def _finish(self, engine: Engine, job_id: str, outcome: Outcome, desk: Workspace) -> Exit:
        await engine.close()
        job = engine.job(job_id)
        if job.state is JobState.QUEUED:
            # Ended unsent: nothing is left in the queue that the window would send later.
            job = await engine.withdraw(job_id)
        self._report.job = job
        self._report.credits_remaining = engine.session.status.credits
        self._report.error = outcome.message
        if job.clip is not None and job.state is JobState.SAVED:
            self._report.path = await desk.run(
                Lane.FILES, _copied, Path(job.clip.path), self._options.output
            )
        return Exit(outcome.code)


async def rules(engine: Engine, model_id: str) -> ModelSpec:
    """The live rules if they come within 5 s, else the remembered, else the bundled ones.

    Raises Stop where nothing is known of the model.
    """
    session = engine.session
    try:
        model = await asyncio.wait_for(session.models.learn(model_id), _SCHEMA_WAIT_S)
    except (Unreachable, Rejected, TimeoutError) as error:
        if model_id == MODEL_ID:
            model = replace(session.models.get(model_id), schema_unread=True)
        elif known := session.models.find(model_id):
            model = known
        elif isinstance(error, Rejected) and error.problem.code is ProblemCode.KEY:
            raise Stop(Exit.KEY, error.problem.message) from None
        elif isinstance(error, Rejected):
            text = f"The service has no model {model_id!r}; see: pixverse-desktop models."
            raise Stop(Exit.ARGUMENTS, text) from None
        else:
            raise Stop(Exit.NETWORK, "The service cannot be reached, and this model is not "
                       "known here.") from None  # fmt: skip
    session.end_hold()
    engine.use_model(model)
    return model


def notify(note: str) -> None:
    print(f"pixverse-desktop: {note}", file=sys.stderr)


def _copied(clip: Path, output: Path | None) -> str:
    """The path to tell: the copy's when there is one. Raises Stop (DISK)."""
    if output is None:
        return str(clip)
    try:
        copy_to_new(clip, output)
    except FileExistsError:
        raise Stop(Exit.DISK, f"{output} appeared meanwhile; the clip is {clip}.") from None
    except OSError as error:
        text = f"{output} cannot be written ({error.strerror}); the clip is {clip}."
        raise Stop(Exit.DISK, text) from None
    return str(output.absolute())
