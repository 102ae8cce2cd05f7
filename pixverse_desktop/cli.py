"""``generate``, ``rescue`` and ``simulate``: the same engine and store as the window's, without Qt.

A composition root: it builds the parts, runs one job to its end and says how it went by exit
code, a line for people, or one line of JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from pixverse_desktop.core.capabilities import Capabilities, guess_note, violations
from pixverse_desktop.core.credits import credits_number
from pixverse_desktop.core.engine import Engine
from pixverse_desktop.core.job import Job, JobState
from pixverse_desktop.core.ports import EventSink, Lane
from pixverse_desktop.core.problems import (
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.request import ClipRequest
from pixverse_desktop.core.reuse import same_request
from pixverse_desktop.core.session import EngineConfig
from pixverse_desktop.core.status import (
    Origin,
    OriginKind,
    custom_origin,
    demo_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import assembly, logs
from pixverse_desktop.services.command_arguments import (
    NO_KEY,
    Exit,
    Stop,
    check_output,
    generate_parser,
    request_of,
    rescue_parser,
)
from pixverse_desktop.services.job_end import JobEnd, Outcome
from pixverse_desktop.services.paths import Paths, paths_below, paths_of_user
from pixverse_desktop.services.rescue_end import RescueEnd, RescueReport
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.simulator_process import DEMO_KEY, SimulatorProcess
from pixverse_desktop.services.threads import SystemClock, ThreadWorkers
from pixverse_desktop.store.files import copy_to_new
from pixverse_desktop.store.job_store import StoreError

log = logging.getLogger(__name__)

_SCHEMA_WAIT_S = 5.0


def main(argv: Sequence[str]) -> int:
    """Run a subcommand; gives the exit code."""
    if argv[0] == "simulate":
        return _simulate(argv[1:])
    as_json = "--json" in argv
    report: Report
    try:
        if argv[0] == "rescue":
            report = found = RescueReport(as_json)
            code = _rescue(argv[1:], found)
        else:
            report = made = GenerateReport(as_json)
            code = _generate(argv[1:], made)
    except Stop as stop:
        report.error = str(stop)
        code = stop.code
    except KeyboardInterrupt:
        report.error = "Interrupted."
        code = Exit.INTERRUPTED
    except Exception as error:  # command border: one line and a code, whatever happens
        log.exception("%s", argv[0])
        report.error = f"Something went wrong inside the program ({type(error).__name__})."
        code = Exit.DISK
    report.print(code)
    return int(code)


# --- what every command that works on a data folder shares ---

Work = Callable[["_Desk"], Awaitable[Exit]]


def _with_desk(options: argparse.Namespace, sink: EventSink, work: Work) -> Exit:
    """Run ``work`` with the data folder locked, the log open and a service chosen."""
    try:
        custom = custom_origin(options.api_url) if options.api_url else None
    except ValueError as error:
        raise Stop(Exit.ARGUMENTS, str(error)) from None
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    try:
        lock = assembly.lock_data_folder(paths)
        if lock is None:
            raise Stop(
                Exit.BUSY, "Another Pixverse Desktop uses this data folder. Close its window first."
            )
        log = logs.Logs(paths.logs)
    except OSError as error:
        raise Stop(Exit.DISK, f"The data folder cannot be written ({error.strerror}).") from None
    simulator = SimulatorProcess(paths.simulator) if options.demo else None
    try:
        origin = demo_origin(simulator.start()) if simulator else custom or pixeldojo_origin()
        desk = _Desk(paths, origin, sink)
        return asyncio.run(_until_interrupted(work(desk)))
    except UserError as error:
        code = Exit.DISK if error.problem.code is ProblemCode.STORE else Exit.NETWORK
        raise Stop(code, error.problem.message) from None
    except OSError as error:
        raise Stop(Exit.DISK, f"A file cannot be written ({error.strerror}).") from None
    finally:
        if simulator:
            simulator.stop()
        log.close()
        lock.release()


async def _until_interrupted(work: Awaitable[Exit]) -> Exit:
    """Cancel ``work`` on SIGINT, SIGTERM, SIGHUP; it may still end in order."""
    interrupted = asyncio.Event()
    if sys.platform != "win32":  # there the interpreter raises KeyboardInterrupt by itself
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, interrupted.set)
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(interrupted.wait())
    await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            return await task
        raise Stop(Exit.INTERRUPTED, "Interrupted.")
    return await task


class _Desk:
    """Workers, store and one engine for one service."""

    def __init__(self, paths: Paths, origin: Origin, sink: EventSink) -> None:
        self.paths = paths
        self.origin = origin
        self.run = ThreadWorkers()
        self.has_key = False
        self._runtime = Runtime(paths, self.run, SystemClock(), sink)

    @contextlib.asynccontextmanager
    async def engine(self, config: EngineConfig) -> AsyncIterator[Engine]:
        """An engine that has recovered and not started; closed with everything below it."""
        settings = load_settings(self.paths.settings)
        key = await self._key()
        self.has_key = key is not None
        repair = await self._runtime.open()
        if repair is not None:
            message = assembly.explain_repair(repair).message
            print(f"pixverse-desktop: {message}", file=sys.stderr)
        usual_s = 8.0 if self.origin.kind is OriginKind.DEMO else 60.0
        config = replace(config, refresh_delays_s=(0.0, 2.0), unknown_usual_s=usual_s)
        try:
            engine = await build_engine(
                self._runtime, self.origin, key, settings, config, remember_hold=False
            )
            try:
                yield engine
            finally:
                await engine.close()
        finally:
            await self.run(Lane.STORE, self._back_up)
            await self._runtime.close()
            self.run.close()

    def _back_up(self) -> None:
        try:
            self._runtime.store.back_up(time.strftime("%Y-%m-%d"))
        except StoreError as error:
            log.warning("the daily copy was not made: %s", error.problem.detail)

    async def _key(self) -> str | None:
        if self.origin.kind is OriginKind.DEMO:
            return DEMO_KEY
        try:
            found = await self.run(Lane.FILES, Secrets().find, self.origin)
        except ValueError as error:
            raise Stop(Exit.KEY, str(error)) from None
        return found.key if found else None


# --- generate ---


class Report(Protocol):
    """What is told at the end; under ``--json`` the one line on stdout."""

    error: str | None

    def print(self, code: Exit) -> None: ...


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


def _generate(argv: Sequence[str], report: GenerateReport) -> Exit:
    options = generate_parser().parse_args(argv)
    if not options.prompt.strip():
        raise Stop(Exit.ARGUMENTS, "The prompt is empty.")
    check_output(options.output)
    end = JobEnd(SystemClock(), None if options.json else sys.stderr.isatty())
    return _with_desk(options, end, _Generate(options, report, end).work)


class _Generate:
    """One run of ``generate``."""

    def __init__(self, options: argparse.Namespace, report: GenerateReport, end: JobEnd) -> None:
        self._options = options
        self._report = report
        self._end = end

    async def work(self, desk: _Desk) -> Exit:
        """From arguments to a saved clip. Raises Stop and StoreError."""
        limit = load_settings(desk.paths.settings).daily_limit
        config = EngineConfig(only_job="none yet", hold_on_cost=False, daily_limit=limit)
        async with desk.engine(config) as engine:
            caps = await self._rules(engine)
            request = await desk.run(Lane.FILES, request_of, self._options, caps, desk.paths, _tell)
            return await self._make(engine, request, desk)

    async def _rules(self, engine: Engine) -> Capabilities:
        """The live rules if they come within 5 s, else the remembered, else the bundled ones."""
        session = engine.session
        try:
            question = session.ask(session.service.capabilities)
            model = await asyncio.wait_for(question, _SCHEMA_WAIT_S)
        except (Unreachable, Rejected, TimeoutError):
            caps = session.status.capabilities
        else:
            caps = model.capabilities
            session.remember("schema", model.cache_text)
        session.end_hold()
        engine.use_capabilities(caps)
        return caps

    async def _make(self, engine: Engine, request: ClipRequest, desk: _Desk) -> Exit:
        caps = engine.session.status.capabilities
        if found := violations(request, caps):
            raise Stop(Exit.ARGUMENTS, found[0].message)
        if not desk.has_key:
            raise Stop(Exit.KEY, NO_KEY)
        if note := guess_note(request, caps):
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
            engine.watch_only(job.id)
            engine.start(learn=False)
            outcome = await self._end.wait_for(job.id)
        except asyncio.CancelledError:
            job, outcome = await queued, interrupted
        return await self._finish(engine, job.id, outcome, desk)

    async def _finish(self, engine: Engine, job_id: str, outcome: Outcome, desk: _Desk) -> Exit:
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


def _tell(note: str) -> None:
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


# --- rescue ---


def _rescue(argv: Sequence[str], report: RescueReport) -> Exit:
    options = rescue_parser().parse_args(argv)
    end = RescueEnd(SystemClock())

    async def work(desk: _Desk) -> Exit:
        async with desk.engine(EngineConfig()) as engine:
            if not desk.has_key:
                raise Stop(Exit.KEY, NO_KEY)
            return await end.rescue(engine, report)

    return _with_desk(options, end, work)


# --- simulate ---


def _simulate(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="pixverse-desktop simulate", description="Run the built-in demo service alone."
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="0: any free one")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep its state in DIR")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="faults to play, as JSON")
    options = parser.parse_args(argv)
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    from pixverse_desktop.simulator.__main__ import main as run_simulator

    command = ["--state-dir", str(paths.simulator), "--port", str(options.port)]
    if options.scenario:
        command += ["--scenario", str(options.scenario)]
    return run_simulator(command)
