"""``price`` and ``models``: what a clip will cost, and of what models. They spend nothing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from pixverse_desktop.cli.arguments import (
    Exit,
    Stop,
    add_places,
    command_parser,
    request_of,
    request_parser,
)
from pixverse_desktop.cli.generate import notify, rules
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.credits import credits_plain
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.service import ServiceStatus


class Silent:
    """A sink for commands that only ask."""

    def job_changed(self, job: Job) -> None: ...

    def film_changed(self, film_id: str) -> None: ...

    def jobs_changed(self, jobs: Sequence[Job]) -> None: ...

    def progress_changed(self, job_id: str, fraction: float) -> None: ...

    def status_changed(self, status: ServiceStatus) -> None: ...


@dataclass
class AnswerReport:
    """An answer as JSON on one line, or as lines for people; on failure its error."""

    as_json: bool
    error: str | None = None
    answer: object = None
    lines: list[str] = field(default_factory=list)

    def print(self, code: Exit) -> None:
        if self.error and not self.as_json:
            print(f"pixverse-desktop: {self.error}", file=sys.stderr)
        elif self.as_json:
            told = self.answer if isinstance(self.answer, dict) else {}
            line = {**told, "error": self.error} if self.error else self.answer
            print(json.dumps(line), flush=True)
        else:
            for line in self.lines:
                print(line, flush=True)


def price(argv: Sequence[str], report: AnswerReport) -> Exit:
    """What the described clip will cost, and why."""
    parser = request_parser("price", "Tell what a clip will cost. Spends nothing.")
    add_places(parser)
    options = parser.parse_args(argv)

    async def work(desk: Workspace) -> Exit:
        async with desk.engine(EngineConfig()) as engine:
            model = await rules(engine, options.model)
            request = await desk.run(Lane.FILES, request_of, options, model, desk.paths, notify)
            wrong = [v for v in violations(request, model) if v.field != "prompt" or request.prompt]
            if wrong:
                raise Stop(Exit.ARGUMENTS, wrong[0].message)
            found = engine.price(request)
        report.answer = {
            "low": credits_plain(found.low), "high": credits_plain(found.high),
            "reason": found.why, "seen": found.seen,
        }  # fmt: skip
        report.lines = [f"{found} credits ({found.why})"]
        return Exit.SAVED

    return with_workspace(options, Silent(), work)


def models(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Every video model of the service."""
    options = _options("models", "List the video models of the service.", argv)

    async def work(desk: Workspace) -> Exit:
        async with desk.engine(EngineConfig()) as engine:
            try:
                found = await engine.list_models()
            except Unreachable as error:
                raise Stop(Exit.NETWORK, error.problem.message) from None
            except Rejected as error:
                bad_key = error.problem.code is ProblemCode.KEY
                code = Exit.KEY if bad_key else Exit.REJECTED
                raise Stop(code, error.problem.message) from None
        rows = [(m.id, m.name, str(m.price) if m.price else "price unknown") for m in found]
        report.answer = [{"id": i, "name": name, "price": cost} for i, name, cost in rows]
        report.lines = [f"{i:28} {name:32} {cost}" for i, name, cost in rows]
        return Exit.SAVED

    return with_workspace(options, Silent(), work)


def _options(command: str, does: str, argv: Sequence[str]) -> argparse.Namespace:
    parser = command_parser(command, does)
    add_places(parser)
    return parser.parse_args(argv)
