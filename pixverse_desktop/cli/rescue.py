"""The work of ``rescue``: survey, wait out the grace, fetch, and tell how it ended.

Exit codes are those of ``rescue --help``. Nothing here, and nothing it calls, submits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from pixverse_desktop.cli.arguments import (
    NO_KEY,
    Exit,
    Stop,
    rescue_parser,
)
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.engine.engine import Engine
from pixverse_desktop.core.engine.rescue import RescueItem, RescueScan
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.errors import (
    ProblemCode,
    Rejected,
)
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.ports import Clock
from pixverse_desktop.core.service import (
    ServiceStatus,
)
from pixverse_desktop.services.thread_workers import SystemClock

GRACE_S = 65.0  # the submission's read timeout and 5 s: until then a charge may still appear
_GRACE_MOST_S = 90.0
_GRACE_LOOK_S = 10.0
_LIST_TRIES = 3
_LIST_AGAIN_S = 5.0
_STILL_S = 60.0  # without any news a clip cannot be fetched now
_TICK_S = 0.2


@dataclass
class RescueReport:
    """What became of every job. Ids are the service's; unconfirmed jobs have only a seed."""

    as_json: bool
    error: str | None = None
    listed: int | None = None
    on_disk: int = 0
    fetched: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    not_fetched: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    unconfirmed: list[dict[str, object]] = field(default_factory=list)

    def print(self, code: Exit) -> None:
        """One line of JSON, or a few lines for people."""
        if self.as_json:
            line = {name: value for name, value in vars(self).items() if name != "as_json"}
            print(json.dumps(line), flush=True)
            return
        for path in self.fetched:
            print(path)
        for text in self._sentences():
            print(f"pixverse-desktop: {text}", file=sys.stderr)

    def _sentences(self) -> list[str]:
        said = [
            (len(self.fetched), "fetched"),
            (self.on_disk, "on disk already"),
            (len(self.running), "still running at the service"),
            (len(self.not_fetched), "could not be fetched now"),
            (len(self.expired), "expired at the service"),
            (len(self.failed), "could not be made by the service"),
            (len(self.unconfirmed), "unconfirmed: they may have been charged"),
        ]
        lines = [f"{count} {what}" for count, what in said if count]
        return [*lines, *([self.error] if self.error else [])]


class RescueEnd:
    """The event sink of ``rescue``, and its steps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._news_at = 0.0

    # --- core.ports.EventSink ---

    def job_changed(self, job: Job) -> None:
        """Something moved."""
        self._news_at = self._clock.monotonic()

    def film_changed(self, film_id: str) -> None:
        """This command changes none."""

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        """Not news of a clip."""

    def status_changed(self, status: ServiceStatus) -> None:
        """Not news of a clip."""

    def progress_changed(self, job_id: str, fraction: float) -> None:
        """Bytes are coming."""
        self._news_at = self._clock.monotonic()

    async def rescue(self, engine: Engine, report: RescueReport) -> Exit:
        """Fetch what is paid for. Raises Stop, StoreError."""
        scan = await self._scan(engine)
        scan = await self._after_grace(engine, scan)
        report.listed = sum(f.row is not None for f in scan.findings) if scan.listed else None
        report.on_disk = len(scan.of(RescueItem.ON_DISK))
        report.running = [f.remote_id or "" for f in scan.of(RescueItem.RUNNING)]
        report.failed = [f.remote_id or "" for f in scan.of(RescueItem.FAILED)]
        taken = await engine.rescue.recover(scan)
        engine.start(learn=False, send=False)
        running = set(report.running)
        wanted = [job.id for job in taken if job.remote_id not in running]
        await self._wait(engine, wanted)
        await engine.close()
        self._tell(engine, report, wanted)
        return _exit(scan, report, [engine.job(job_id) for job_id in wanted])

    async def _scan(self, engine: Engine) -> RescueScan:
        """The list, tried a few times: one broken answer is no reason to give up."""
        for attempt in range(_LIST_TRIES):
            if attempt:
                await self._clock.sleep(_LIST_AGAIN_S)
            try:
                scan = await engine.rescue.scan()
            except Rejected as error:
                code = Exit.KEY if error.problem.code is ProblemCode.KEY else Exit.NETWORK
                raise Stop(code, error.problem.message) from None
            if scan.listed or engine.session.status.has_list is False:
                break
        return scan

    async def _after_grace(self, engine: Engine, scan: RescueScan) -> RescueScan:
        """What was sent a moment ago may still turn up: look again until the grace is over."""
        until = self._clock.monotonic() + _GRACE_MOST_S
        while scan.listed and self._clock.monotonic() < until:
            sent = [(f.job.submitted_at or 0.0) for f in scan.of(RescueItem.UNDECIDED) if f.job]
            left_s = max(sent, default=0.0) + GRACE_S - self._clock.time()
            if left_s <= 0:
                break
            await self._clock.sleep(min(left_s, _GRACE_LOOK_S))
            scan = await self._scan(engine)
        return scan

    async def _wait(self, engine: Engine, wanted: list[str]) -> None:
        """Until each clip has an end, or nothing has moved for a minute."""
        self._news_at = self._clock.monotonic()
        under_way = (JobState.ACCEPTED, JobState.VERIFIED)
        while any(engine.job(job_id).state in under_way for job_id in wanted):
            if self._clock.monotonic() - self._news_at > _STILL_S:
                return
            await self._clock.sleep(_TICK_S)

    @staticmethod
    def _tell(engine: Engine, report: RescueReport, wanted: list[str]) -> None:
        for job in map(engine.job, wanted):
            if job.state is JobState.SAVED and job.clip is not None:
                report.fetched.append(job.clip.path)
            elif job.state is JobState.EXPIRED:
                report.expired.append(job.remote_id or "")
            elif job.state is JobState.FAILED:
                report.failed.append(job.remote_id or "")  # there is no clip
            else:
                report.not_fetched.append(job.remote_id or "")
        origin = engine.session.origin.id
        report.unconfirmed = [
            {
                "seed": job.request.seed,
                "submitted_at": job.submitted_at,
                "prompt": job.request.prompt,
            }
            for job in engine.jobs()
            if job.origin == origin and job.state is JobState.UNCONFIRMED
        ]


def _exit(scan: RescueScan, report: RescueReport, jobs: list[Job]) -> Exit:
    disk = [job for job in jobs if job.problem and job.problem.code is ProblemCode.DISK]
    if disk and disk[0].problem:
        report.error = disk[0].problem.message
        return Exit.DISK
    if not scan.listed:
        report.error = "The service's list of jobs could not be read."
        return Exit.UNCONFIRMED
    if not scan.whole:
        report.error = "The service's list of jobs could not be read to its end."
        return Exit.NETWORK
    if report.running or report.not_fetched:
        return Exit.NETWORK
    return Exit.EXPIRED if report.expired else Exit.SAVED


def rescue(argv: Sequence[str], report: RescueReport) -> Exit:
    options = rescue_parser().parse_args(argv)
    end = RescueEnd(SystemClock())

    async def work(desk: Workspace) -> Exit:
        async with desk.engine(EngineConfig()) as engine:
            if not desk.has_key:
                raise Stop(Exit.KEY, NO_KEY)
            return await end.rescue(engine, report)

    return with_workspace(options, end, work)
