"""``generate`` and ``simulate``: the same engine and store as the window's, without Qt.

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
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pixverse_desktop.core.capabilities import BUNDLED, Capabilities, guess_note, violations
from pixverse_desktop.core.engine import Engine
from pixverse_desktop.core.job import Job, JobState
from pixverse_desktop.core.job_book import JobBook
from pixverse_desktop.core.ports import Lane
from pixverse_desktop.core.problems import (
    ProblemCode,
    Rejected,
    Unreachable,
    UserError,
)
from pixverse_desktop.core.request import ClipRequest
from pixverse_desktop.core.session import EngineConfig, Outside
from pixverse_desktop.core.status import (
    Origin,
    OriginKind,
    custom_origin,
    demo_origin,
    pixeldojo_origin,
)
from pixverse_desktop.services import assembly, logs
from pixverse_desktop.services.generate_arguments import (
    Exit,
    Stop,
    check_output,
    generate_parser,
    request_of,
)
from pixverse_desktop.services.job_end import JobEnd, Outcome
from pixverse_desktop.services.paths import Paths, paths_below, paths_of_user
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import load_settings
from pixverse_desktop.services.simulator_process import DEMO_KEY, SimulatorProcess
from pixverse_desktop.services.threads import SystemClock, ThreadWorkers
from pixverse_desktop.store.job_store import JobStore

log = logging.getLogger(__name__)

_SCHEMA_WAIT_S = 5.0


def main(argv: Sequence[str]) -> int:
    """Run a subcommand; gives the exit code."""
    if argv[0] == "simulate":
        return _simulate(argv[1:])
    as_json = "--json" in argv
    report = Report(as_json)
    try:
        options = generate_parser().parse_args(argv[1:])
        code = _run_generate(options, report)
    except Stop as stop:
        report.error = str(stop)
        code = stop.code
    except KeyboardInterrupt:
        report.error = "Interrupted."
        code = Exit.INTERRUPTED
    except Exception as error:  # command border: one line and a code, whatever happens
        log.exception("generate")
        report.error = f"Something went wrong inside the program ({type(error).__name__})."
        code = Exit.DISK
    report.print(code)
    return int(code)


@dataclass
class Report:
    """What is told at the end; under ``--json`` the one line on stdout."""

    as_json: bool
    job: Job | None = None
    credits_remaining: int | None = None
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
                "credit_cost": job.credit_cost if job else None,
                "credits_remaining": self.credits_remaining,
                "path": self.path,
                "error": self.error,
            }
            print(json.dumps(line), flush=True)  # plain ASCII: any pipe takes it
        elif code is Exit.SAVED and self.path:
            sys.stdout.buffer.write(os.fsencode(self.path) + b"\n")
            sys.stdout.flush()
        if self.error and not self.as_json:
            print(f"pixverse-desktop: {self.error}", file=sys.stderr)


# --- generate ---


def _run_generate(options: argparse.Namespace, report: Report) -> Exit:
    if not options.prompt.strip():
        raise Stop(Exit.ARGUMENTS, "The prompt is empty.")
    try:
        custom = custom_origin(options.api_url) if options.api_url else None
    except ValueError as error:
        raise Stop(Exit.ARGUMENTS, str(error)) from None
    check_output(options.output)
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    try:
        lock = assembly.lock_data_folder(paths)
        if lock is None:
            raise Stop(Exit.BUSY, "Another Pixverse Desktop uses this data folder.")
        log = logs.Logs(paths.logs)
    except OSError as error:
        raise Stop(Exit.DISK, f"The data folder cannot be written ({error.strerror}).") from None
    simulator = SimulatorProcess(paths.simulator) if options.demo else None
    try:
        origin = demo_origin(simulator.start()) if simulator else custom or pixeldojo_origin()
        return asyncio.run(_Generate(options, report, paths, origin).run())
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


class _Generate:
    """One run of ``generate``."""

    def __init__(
        self, options: argparse.Namespace, report: Report, paths: Paths, origin: Origin
    ) -> None:
        self._options = options
        self._report = report
        self._paths = paths
        self._origin = origin
        self._run = ThreadWorkers()
        self._store = JobStore(paths.data)
        self._end = JobEnd(SystemClock(), None if options.json else _show_progress())

    async def run(self) -> Exit:
        """From arguments to a saved clip. Raises Stop and StoreError."""
        interrupted = asyncio.Event()
        if sys.platform != "win32":  # there the interpreter raises KeyboardInterrupt by itself
            for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(name, interrupted.set)
        work = asyncio.ensure_future(self._work())
        stop = asyncio.ensure_future(interrupted.wait())
        await asyncio.wait((work, stop), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not work.done():
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                return await work
            raise Stop(Exit.INTERRUPTED, "Interrupted.")
        return await work

    async def _work(self) -> Exit:
        settings = load_settings(self._paths.settings)
        key = await self._key()
        client = assembly.make_client(self._origin, key, self._paths, settings)
        await self._run(Lane.STORE, self._store.open)
        facts = dict(await self._run(Lane.STORE, self._store.facts, self._origin.id))
        files = assembly.make_clip_folder(self._paths, settings)
        outside = Outside(self._run, SystemClock(), self._end, files, self._store.save_fact)
        book = JobBook(self._store, self._run, SystemClock(), self._end)
        config = EngineConfig(
            only_job="none yet",
            refresh_delays_s=(0.0, 2.0),
            unknown_usual_s=8.0 if self._origin.kind is OriginKind.DEMO else 60.0,
            hold_on_cost=False,
        )
        engine = Engine(book, client, self._origin, outside, config)
        try:
            await book.load()
            await engine.recover()
            engine.session.recall({k: v for k, v in facts.items() if k != "paused"}, None)
            caps = await self._rules(engine, facts)
            request = await self._run(Lane.FILES, request_of, self._options, caps, self._paths)
            return await self._make(engine, request, has_key=key is not None)
        finally:
            await engine.close()
            await self._run(Lane.STORE, self._store.close)
            self._run.close()

    async def _key(self) -> str | None:
        if self._origin.kind is OriginKind.DEMO:
            return DEMO_KEY
        try:
            found = await self._run(Lane.FILES, Secrets().find, self._origin)
        except ValueError as error:
            raise Stop(Exit.KEY, str(error)) from None
        if found:
            logs.keep_out(found.key)
        return found.key if found else None

    async def _rules(self, engine: Engine, facts: dict[str, str]) -> Capabilities:
        """The live rules if they come within 5 s, else the remembered, else the bundled ones."""
        session = engine.session
        try:
            question = session.ask(session.service.capabilities)
            model = await asyncio.wait_for(question, _SCHEMA_WAIT_S)
        except (Unreachable, Rejected, TimeoutError):
            caps = assembly.remembered_rules(facts) or BUNDLED
        else:
            caps = model.capabilities
            session.remember("schema", model.cache_text)
        session.end_hold()
        engine.use_capabilities(caps)
        return caps

    async def _make(self, engine: Engine, request: ClipRequest, *, has_key: bool) -> Exit:
        caps = engine.session.status.capabilities
        if found := violations(request, caps):
            raise Stop(Exit.ARGUMENTS, found[0].message)
        if not has_key:
            raise Stop(
                Exit.KEY, "There is no API key: set PIXELDOJO_API_KEY or add one in the window."
            )
        if note := guess_note(request, caps):
            print(f"pixverse-desktop: {note}", file=sys.stderr)
        queued = asyncio.ensure_future(engine.generate(request))
        interrupted = Outcome(int(Exit.INTERRUPTED), "Interrupted.")
        try:
            job = await asyncio.shield(queued)
            engine.watch_only(job.id)
            engine.start(learn=False)
            outcome = await self._end.wait_for(job.id)
        except asyncio.CancelledError:
            job, outcome = await queued, interrupted
        return await self._finish(engine, job.id, outcome)

    async def _finish(self, engine: Engine, job_id: str, outcome: Outcome) -> Exit:
        await engine.close()
        job = engine.job(job_id)
        if job.state is JobState.QUEUED:
            # Ended unsent: nothing is left in the queue that the window would send later.
            job = await engine.withdraw(job_id)
        self._report.job = job
        self._report.credits_remaining = engine.session.status.credits
        self._report.error = outcome.message
        if job.clip is not None and job.state is JobState.SAVED:
            self._report.path = await self._run(
                Lane.FILES, _copied, Path(job.clip.path), self._options.output
            )
        return Exit(outcome.code)


def _copied(clip: Path, output: Path | None) -> str:
    """The path to tell: the copy's when there is one. Raises Stop (DISK)."""
    if output is None:
        return str(clip)
    aside = output.with_name(f".{output.name[:100]}.{os.getpid()}.tmp")
    try:
        shutil.copyfile(clip, aside)
        _name_exclusively(aside, output)
    except FileExistsError:
        raise Stop(Exit.DISK, f"{output} appeared meanwhile; the clip is {clip}.") from None
    except OSError as error:
        text = f"{output} cannot be written ({error.strerror}); the clip is {clip}."
        raise Stop(Exit.DISK, text) from None
    finally:
        aside.unlink(missing_ok=True)
    return str(output.absolute())


def _name_exclusively(aside: Path, output: Path) -> None:
    """Give ``aside`` the name ``output`` unless that exists. Raises FileExistsError, OSError."""
    try:
        os.link(aside, output)
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # no hard links on this file system
        with output.open("xb"):
            pass
        aside.replace(output)


def _show_progress() -> bool:
    return sys.stderr.isatty()


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
