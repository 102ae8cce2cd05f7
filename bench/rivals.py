"""Twenty jobs at twenty at a time: our engine against the polling loop of the documentation.

The rival is written plainly with requests: submit, then sleep 2 s and ask until completed, then
download; one job after the other (three are run, and the time is scaled to twenty) and in twenty
threads. Our engine runs twice in each round: on an empty data folder, and again when it has
learned how long such jobs take. All jobs of a round take the service the same time; it differs
between the rounds, for who looks at fixed times is lucky with some lengths and unlucky with others.
Times are therefore the mean over the rounds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import requests

from bench.table import Row, at_most
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceStatus, custom_origin
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.runtime import Runtime, build_engine
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.services.thread_workers import SystemClock, ThreadWorkers
from tests.support.simulator_process import SimulatorProcess

_JOBS = 20
_SERIAL_JOBS = 3
_JOB_S = (11.5, 12.2, 12.9)  # one round each
_KEY = "bench"
_LIMIT_S = 180.0


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds from the first submission to the last clip on disk; API requests in that time."""

    wall_s: float
    requests: int


def rows(folder: Path) -> list[Row]:
    """Ours and the threads in turns; the slow rival meanwhile, nearly idle, at its own service."""
    with _service(folder / "service") as service, _service(folder / "other") as other:
        other.settings(min_job_s=median(_JOB_S))
        new, learned, threads = [], [], []
        with ThreadPoolExecutor(1) as aside:
            serial = aside.submit(_counted, other, _rival, folder / "serial", 1, _SERIAL_JOBS)
            for n, seconds in enumerate(_JOB_S):
                service.settings(min_job_s=seconds)
                data_dir = folder / f"engine-{n}"
                new.append(_counted(service, _ours, data_dir))
                threads.append(_counted(service, _rival, folder / f"threads-{n}", _JOBS, _JOBS))
                learned.append(_counted(service, _ours, data_dir))
        return _compared(new, learned, threads, serial.result())


@contextmanager
def _service(folder: Path) -> Iterator[SimulatorProcess]:
    """A service that has rendered already the clip that everybody gets."""
    with SimulatorProcess(folder) as service:
        service.settings(render="cached", min_job_s=0.0)
        service.reset(100_000)
        _rival(service, folder / "first", 1, 1)
        yield service


def _compared(new: list[Run], learned: list[Run], threads: list[Run], serial: Run) -> list[Row]:
    scale = _JOBS / _SERIAL_JOBS
    found = []
    for state, ours in (("times learned", learned), ("new to the service", new)):
        wall, asked = _middle(ours)
        their_wall, their_asked = _middle(threads)
        what = f"20 jobs, {state}"
        text = _times(ours)
        beside = f"{_times(threads)} 20 threads"
        found.append(at_most(f"{what}: time", text, beside, wall / their_wall, 1.15))
        found.append(
            at_most(
                f"{what}: requests",
                f"{asked:.0f}",
                f"{their_asked:.0f} 20 threads",
                asked / their_asked,
                0.5,
            )
        )
    wall, asked = _middle(learned)
    long_s, many = serial.wall_s * scale, serial.requests * scale
    beside = f"{long_s:.0f} s one by one (3 run, x 20/3)"
    found.append(Row("20 jobs: time", f"{wall:.1f} s", beside, wall / long_s, "", None))
    beside = f"{many:.0f} one by one (3 run, x 20/3)"
    found.append(Row("20 jobs: requests", f"{asked:.0f}", beside, asked / many, "", None))
    return found


def _middle(runs: list[Run]) -> tuple[float, float]:
    return mean(run.wall_s for run in runs), mean(run.requests for run in runs)


def _times(runs: list[Run]) -> str:
    walls = [run.wall_s for run in runs]
    return f"{mean(walls):.1f} s ({min(walls):.1f}-{max(walls):.1f})"


def _counted(
    service: SimulatorProcess, work: Callable[..., float], folder: Path, *numbers: int
) -> Run:
    before = len(service.requests("api"))
    wall_s = work(service, folder, *numbers)
    return Run(wall_s, len(service.requests("api")) - before)


# --- ours ---


class _Arrivals:
    """An event sink that counts saved clips."""

    def __init__(self, wanted: int) -> None:
        self._saved: set[str] = set()
        self._wanted = wanted
        self.all_here = asyncio.Event()

    def job_changed(self, job: Job) -> None:
        """Set ``all_here`` when the last clip is saved."""
        if job.state is JobState.SAVED:
            self._saved.add(job.id)
            if len(self._saved) >= self._wanted:
                self.all_here.set()

    def film_changed(self, film_id: str) -> None: ...

    def jobs_changed(self, jobs: Sequence[Job]) -> None: ...

    def progress_changed(self, job_id: str, fraction: float) -> None:
        """Of no interest here."""

    def status_changed(self, status: ServiceStatus) -> None:
        """Of no interest here."""


def _ours(service: SimulatorProcess, data_dir: Path) -> float:
    return asyncio.run(asyncio.wait_for(_engine(service, data_dir), _LIMIT_S))


async def _engine(service: SimulatorProcess, data_dir: Path) -> float:
    """The window's engine without the window: real threads, database, downloads and checks."""
    workers, clock, arrivals = ThreadWorkers(), SystemClock(), _Arrivals(_JOBS)
    paths, origin = paths_below(data_dir), custom_origin(service.api_url)
    paths.data.mkdir(parents=True, exist_ok=True)
    runtime = Runtime(paths, workers, clock, arrivals)
    await runtime.open()
    config = EngineConfig(jobs_at_a_time=_JOBS)
    engine = await build_engine(runtime, origin, _KEY, Settings(), config)
    began = time.monotonic()
    engine.start()
    for n in range(_JOBS):
        await engine.generate(ClipRequest(prompt=f"clip {n}", resolution="360p", duration_s=1))
    await arrivals.all_here.wait()
    took = time.monotonic() - began
    await engine.close()
    await runtime.close()
    workers.close()
    return took


# --- theirs ---


def _rival(service: SimulatorProcess, folder: Path, threads: int, jobs: int) -> float:
    """The documentation's example for every job."""
    folder.mkdir(parents=True)
    began = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda n: _example(service.api_url, folder / f"{n}.mp4"), range(jobs)))
    return time.monotonic() - began


def _example(api_url: str, target: Path) -> None:
    """Submit, poll every 2 s, download."""
    headers = {"Authorization": f"Bearer {_KEY}"}
    body = {"prompt": target.stem, "resolution": "360p", "duration": 1}
    answer = requests.post(
        f"{api_url}/models/pixverse-v6/run", json=body, headers=headers, timeout=30
    )
    answer.raise_for_status()
    follow(api_url, answer.json()["jobId"], target)


def follow(api_url: str, job_id: str, target: Path, every_s: float = 2.0) -> None:
    """The example's second half: poll until the job is completed, download the clip."""
    headers = {"Authorization": f"Bearer {_KEY}"}
    while True:
        time.sleep(every_s)
        answer = requests.get(f"{api_url}/jobs/{job_id}", headers=headers, timeout=30)
        answer.raise_for_status()
        job = answer.json()
        if job["status"] == "completed":
            break
        if job["status"] == "failed":
            raise OSError(f"a job of the rival failed: {job.get('error')}")
    clip = requests.get(job["output"]["video"], timeout=30)
    clip.raise_for_status()
    target.write_bytes(clip.content)
