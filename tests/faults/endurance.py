"""Many short jobs, a few of them with faults, through the engine as the window runs it.

Python code under Qt's loop, on QThreads, with the window's garbage collector. It stops for a
moment after the first jobs, when everything that is started once has been started, and tells
what the process holds then and at the end. ``python -m tests.faults.endurance DATA_DIR API_URL
FIRST ALL TIME_SCALE`` is one such life; ``endure`` runs it against a service and reads its ledger.
"""

from __future__ import annotations

import gc
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixverse_desktop.core.jobs.states import JobState
from tests.support.simulator_process import ROOT, SimulatorProcess

_KEY = "endurance"
_LIMIT_S = 240.0
# Where a charge may be found: saved, or in the list with what there is to do about it.
_ACCOUNTED = frozenset(
    {"saved", "accepted", "verified", "unconfirmed", "failed", "no_file", "expired"}
)
# In turns on the jobs that are hit; ``on`` the list of jobs for those that concern no single job.
KINDS: tuple[dict[str, object], ...] = (
    {"on": "run", "kind": "drop_after_charge"},
    {"on": "download", "kind": "cut"},
    {"on": "jobs", "kind": "status", "status": 500},
    {"on": "run", "kind": "status_after_charge", "status": 502},
    {"on": "download", "kind": "expired_url"},
    {"on": "run", "kind": "status", "status": 429, "code": "rate_limited"},
    {"on": "job", "kind": "status", "status": 500},
    {"on": "run", "kind": "reset_after_charge"},
    {"on": "download", "kind": "chunked_cut"},
    {"on": "jobs", "kind": "status", "status": 429, "code": "rate_limited"},
    {"on": "run", "kind": "raw_after_charge", "body": "<html>Bad gateway</html>"},
    {"on": "download", "kind": "wrong_body"},
    {"on": "job", "kind": "drop"},
    {"on": "run", "kind": "drop"},  # ended before the charge: nothing to be found
)


@dataclass(frozen=True)
class Held:
    """What a process holds: resident memory in KiB, threads, open file descriptors."""

    memory_kib: int
    threads: int
    descriptors: int


@dataclass(frozen=True)
class Outcome:
    """After the first jobs and at the end, and what became of every charge."""

    first: Held
    last: Held
    states: dict[str, int]
    charges: int
    twice: list[str]  # prompts charged more than once
    astray: list[str]  # prompts charged, and neither saved nor to be seen in the list
    faults: int  # played


def endure(
    folder: Path, jobs: int, first: int, *, share: float = 0.05, time_scale: float = 20.0
) -> Outcome:
    """Run ``jobs`` jobs with faults on a ``share`` of them; ``first`` of them before the rest."""
    with SimulatorProcess(folder / "service") as service:
        service.settings(render="cached", credit_cost=10)
        service.reset(1_000_000)
        orders = fault_orders(jobs, share)
        service.control("faults", orders)
        numbers = (str(first), str(jobs), str(time_scale))
        life = _life(folder / "data", service.api_url, *numbers)
        charged = Counter(str(c["input"]["prompt"]) for c in service.ledger())
        played = len(orders) - len(service.control("faults")["faults"])
    seen: dict[str, str] = life["seen"]
    return Outcome(
        first=Held(**life["first"]),
        last=Held(**life["last"]),
        states=dict(Counter(seen.values())),
        charges=sum(charged.values()),
        twice=[prompt for prompt, n in charged.items() if n > 1],
        astray=[prompt for prompt in charged if seen.get(prompt) not in _ACCOUNTED],
        faults=played,
    )


def fault_orders(jobs: int, share: float) -> list[dict[str, object]]:
    """One fault for every 1/``share`` jobs, of all kinds in turns, at places that never change."""
    chosen = sorted(random.Random(1).sample(range(jobs), max(1, round(jobs * share))))
    orders = []
    for turn, n in enumerate(chosen):
        order = dict(KINDS[turn % len(KINDS)])
        if order["on"] == "jobs":
            order["skip"] = turn // 2  # the list is asked for far less often than once a job
        elif order["on"] != "job":
            order["prompt_contains"] = prompt_of(n)
        orders.append(order)
    return orders


def prompt_of(n: int) -> str:
    """The prompt of job ``n``."""
    return f"job {n:04}"


def _life(data_dir: Path, api_url: str, *numbers: str) -> dict[str, Any]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    module = "tests.faults.endurance"
    ended = subprocess.run(
        [sys.executable, "-m", module, str(data_dir), api_url, *numbers],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"it ended with {ended.returncode}: {ended.stderr[-2000:]}")
    life: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return life


# --- the life itself ---


def held() -> dict[str, int]:
    """What this process holds now, garbage collected."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return {
        "memory_kib": int(status.partition("VmRSS:")[2].split()[0]),
        "threads": len(os.listdir("/proc/self/task")),
        "descriptors": len(os.listdir("/proc/self/fd")),
    }


def live(data_dir: Path, api_url: str, first: int, jobs: int, time_scale: float) -> None:
    """The first jobs, a look; the rest, a look; print both with what the list shows."""
    from PySide6.QtCore import QCoreApplication
    from qasync import QEventLoop

    from pixverse_desktop.core.model.request import ClipRequest
    from pixverse_desktop.core.service import custom_origin
    from pixverse_desktop.services.qt_workers import Workers
    from pixverse_desktop.ui.base.gc_on_main_thread import MainThreadCollector
    from tests.support.engine_harness import EngineHarness, scaled_harness

    async def make(harness: EngineHarness, numbers: range) -> dict[str, int]:
        for n in numbers:
            request = ClipRequest(prompt=prompt_of(n), resolution="360p", duration_s=1)
            await harness.engine.generate(request)
        await harness.until_settled(_LIMIT_S)
        return held()

    async def work() -> dict[str, Any]:
        origin = custom_origin(api_url)
        async with scaled_harness(
            workers.run, data_dir, origin, _KEY, time_scale, jobs_at_a_time=20
        ) as (harness, _):
            looks = {
                "first": await make(harness, range(first)),
                "last": await make(harness, range(first, jobs)),
            }
            listed = [job for job in harness.in_state(*JobState) if not job.hidden]
        await workers.drain(5.0)
        return {**looks, "seen": {job.request.prompt: str(job.state) for job in listed}}

    application = QCoreApplication([])
    loop = QEventLoop(application)
    workers = Workers()
    collector = MainThreadCollector()
    data_dir.mkdir(parents=True)
    with loop:
        result = loop.run_until_complete(work())
    workers.close()
    collector.stop()
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    place, url, *counts = sys.argv[1:]
    live(Path(place), url, int(counts[0]), int(counts[1]), float(counts[2]))
