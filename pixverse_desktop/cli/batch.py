"""``batch``: many clips of one file, all or nothing; run again it makes only what is missing."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pixverse_desktop.cli.arguments import (
    NO_KEY,
    Exit,
    Stop,
    add_places,
    command_parser,
    credits_of,
)
from pixverse_desktop.cli.batch_rows import Batch, read_batch
from pixverse_desktop.cli.generate import notify, rules
from pixverse_desktop.cli.generate_outcome import JobEnds
from pixverse_desktop.cli.price import AnswerReport
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.cli.together import Together, Worked, config_of, end_of, to_the_end
from pixverse_desktop.core.batch.cells import is_paid_in_vain, is_under_way, jobs_of
from pixverse_desktop.core.credits import ZERO, credits_plain, credits_text
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.thread_workers import SystemClock

_CODES = """exit codes:
  0    every clip is there
  2    bad arguments, or a row that must not be sent; nothing was sent
  3    the API key is missing or not accepted
  4    more than --max-credits or a limit of the settings; the rest was not sent
  6    some clips could not be made
  7    of some nobody knows whether they were charged; nothing is sent again
  8    the service could not be reached
  9    the local disk or the list of jobs cannot be written
  10   another program holds the data folder
  130  interrupted
A list __name__ in a prompt is the file lists/name.txt in the data folder.
"""
_MOST_SEEDS = 1000
_Told = dict[str, object]  # an entry of the report


def batch(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Make the clips of a file."""
    report.answer = {"clips": [], "low": "0", "high": "0", "errors": []}
    options = _parser().parse_args(argv)
    ends = JobEnds(SystemClock())
    return with_workspace(options, ends, _Run(options, report, ends).work)


def _parser() -> argparse.ArgumentParser:
    parser = command_parser("batch", "Make many clips from a table or a list of prompts.", _CODES)
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="a table (CSV, TSV) whose columns are parameters, "
        "start_frame, end_frame and name; or a .txt with a prompt a line")  # fmt: skip
    add("--model", metavar="ID", default=MODEL_ID, help=f"a video model (default {MODEL_ID})")
    for slot in ("start", "end"):
        add(f"--{slot}-frames", nargs="+", type=Path, metavar="PATH", help=f"{slot} frames to try, "
            "or folders of them")  # fmt: skip
    add("--seeds", type=_count, metavar="N", help="make each clip N times, with other seeds")
    add("--set", action="append", default=[], metavar="NAME=V1,V2", help="values to try of "
        "any parameter, by the service's own name; also as a JSON list; may be given "
        "again")  # fmt: skip
    add("--match", choices=("every", "one-to-one"), default="every", help="every combination "
        "(default), or the first with the first, the second with the second")  # fmt: skip
    add("--dry-run", action="store_true", help="tell what would be made and what it may cost")
    add("--max-credits", type=credits_of, metavar="N", help="what all of it may cost at most")
    add("--background", action="store_true", help="behind everything else that waits")
    add("--again", action="store_true", help="make what is there already once more")
    add("--retry-failed", action="store_true", help="pay again for what was charged and failed")
    add_places(parser)
    return parser


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_SEEDS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {_MOST_SEEDS}")
    return int(text)


@dataclass
class _Plan:
    """What of the batch is to be made, what is waited for, and what is left out."""

    new: list[Cell] = field(default_factory=list)
    waited: dict[str, int] = field(default_factory=dict)  # rows by the ids of jobs
    unsent: list[Job] = field(default_factory=list)  # of these what a batch before left waiting
    skipped: list[_Told] = field(default_factory=list)
    failed_before: bool = False

    def skip(self, row: int, reason: str) -> None:
        self.skipped.append({"row": row, "reason": reason})

    def take(self, cell: Cell, job: Job | None, *, retry: bool) -> None:
        """What becomes of a cell of which there may be a job."""
        if job is None or (is_paid_in_vain(job) and retry):
            self.new.append(cell)
        elif job.state is JobState.QUEUED and not job.batch:
            self.skip(cell.row, "waits in the queue of the window already")
        elif is_under_way(job):
            self.waited[job.id] = cell.row
            self.unsent += [job] if job.state is JobState.QUEUED else []
        elif is_paid_in_vain(job):
            said = job.problem.message if job.problem else str(job.state)
            self.skip(cell.row, f"failed before: {said} --retry-failed pays for it again.")
            self.failed_before = True
        else:
            where = "in the trash" if job.hidden else job.clip.path if job.clip else job.id
            self.skip(cell.row, f"made already: {where}")


class _Run:
    """One run of ``batch``."""

    def __init__(self, options: argparse.Namespace, report: AnswerReport, ends: JobEnds) -> None:
        self._options = options
        self._report = report
        self._ends = ends

    async def work(self, desk: Workspace) -> Exit:
        """From the file to saved clips. Raises Stop and StoreError."""
        async with desk.engine(config_of(load_settings(desk.paths.settings))) as engine:
            model = await rules(engine, self._options.model)
            read = await desk.run(Lane.FILES, read_batch, self._options, model, desk.paths, notify)
            plan, usual = _Plan(), default_request(model)
            known = [] if self._options.again else engine.jobs()
            jobs = jobs_of(read.cells, known, desk.origin.id, usual)
            for cell, job in zip(read.cells, jobs, strict=True):
                plan.take(cell, job, retry=self._options.retry_failed)
            high = self._tell_plan(engine, model, plan, read)
            if self._options.dry_run:
                return Exit.SAVED
            if (plan.new or plan.waited) and not desk.has_key:
                raise Stop(Exit.KEY, NO_KEY)
            # What was announced is what is agreed to, where nothing else was.
            ceiling = high if self._options.max_credits is None else self._options.max_credits
            return await self._make(engine, plan, ceiling)

    def _tell_plan(self, engine: Engine, model: ModelSpec, plan: _Plan, read: Batch) -> Decimal:
        """Put clips, price and errors into the report; gives the most that may be charged.

        Raises Stop where a row is wrong, or that is above --max-credits.
        """
        requests = [cell.request for cell in plan.new] + [job.request for job in plan.unsent]
        prices = [engine.price(request) for request in requests]
        low = sum((price.low for price in prices), ZERO)
        high = sum((price.high for price in prices[: len(plan.new)]), ZERO)
        high += sum(map(engine.session.upper_price, plan.unsent), ZERO)
        self._report.answer = {
            "clips": [told(request, model) for request in requests],
            "low": credits_plain(low),
            "high": credits_plain(high),
            "errors": [error.told() for error in read.errors],
        }
        self._report.lines = [f"{len(requests)} clips, {amount(low, high)} credits"]
        self._report.lines += [f"row {n['row']}: {n['reason']}" for n in plan.skipped]
        if read.errors:
            lines = [f"row {e.row}: {e.field + ': ' if e.field else ''}{e.message}"
                     for e in read.errors]  # fmt: skip
            raise Stop(Exit.ARGUMENTS, "Nothing was sent. " + "; ".join(lines))
        most = self._options.max_credits
        if most is not None and high > most:
            allowed = credits_text(most)
            text = f"These clips may cost {amount(low, high)} credits, more than {allowed}."
            if not self._options.dry_run:
                for row in [cell.row for cell in plan.new] + list(plan.waited.values()):
                    plan.skip(row, text)
                self._tell_end(plan, [], [], error=text)
            raise Stop(Exit.CREDITS, text)
        return high

    async def _make(self, engine: Engine, plan: _Plan, ceiling: Decimal) -> Exit:
        together = Together(engine, self._ends, list(plan.waited), plan.unsent)
        add = engine.generate_all(plan.new, background=self._options.background, ceiling=ceiling)
        done = await together.work(add, ceiling, None if self._report.as_json else notify)
        return await to_the_end(self._end(together, plan, done))

    async def _end(self, together: Together, plan: _Plan, done: Worked) -> Exit:
        engine, rows = together.engine, plan.waited | {job.id: job.row for job in done.new}
        await engine.close()
        await together.take_back(rows)
        codes = {Exit.INTERRUPTED} if done.interrupted else set()
        codes |= {Exit.FAILED} if plan.failed_before else set()
        saved: list[_Told] = []
        failed: list[_Told] = []
        for job_id, row in rows.items():
            outcome, job = done.outcome(job_id), engine.job(job_id)
            if job.state is JobState.WITHDRAWN:
                plan.skip(row, outcome.message or "Not sent.")
                codes.add(Exit(outcome.code))
            elif job.state is JobState.SAVED and job.clip is not None:
                saved.append({"row": row, "job_id": id_of(job), "path": job.clip.path})
            else:
                failed.append({"row": row, "job_id": id_of(job), "error": outcome.message})
                codes.add(Exit(outcome.code))
        self._tell_end(plan, saved, failed)
        return end_of(codes)

    def _tell_end(
        self, plan: _Plan, saved: list[_Told], failed: list[_Told], *, error: str = ""
    ) -> None:
        """``error`` is why the command ends: told at its end for all rows, not for each."""
        report, skipped = self._report, plan.skipped
        for told in (saved, failed, skipped):
            told.sort(key=lambda one: int(str(one["row"])))
        report.answer = {"saved": saved, "failed": failed, "skipped": skipped}
        report.lines = [str(one["path"]) for one in saved]
        if not report.as_json:
            for one in (*failed, *skipped):
                reason = one.get("error") or one.get("reason")
                if reason != error:
                    notify(f"row {one['row']}: {reason}")


def amount(low: Decimal, high: Decimal) -> str:
    return credits_text(high) if low == high else f"{credits_text(low)}-{credits_text(high)}"


def id_of(job: Job) -> str:
    return job.remote_id or job.id


def told(request: ClipRequest, model: ModelSpec) -> dict[str, object]:
    """The parameters of a clip by the service's names; a picture by its address or file name."""
    found: dict[str, object] = {}
    for spec in model.offered():
        value = request.get(spec.name)
        if value is None:
            continue
        if isinstance(value, Frame):
            value = value.value if value.kind is FrameKind.URL else value.label
        elif isinstance(value, tuple) and all(isinstance(one, Frame) for one in value):
            value = [one.value if one.kind is FrameKind.URL else one.label for one in value]
        else:
            value = spec.rule.spelled(value)
        found[spec.wire] = [found[spec.wire], value] if spec.wire in found else value
    return found
