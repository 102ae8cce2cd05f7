"""A hundred submissions whose answer is lost after the charge: what each way of retrying pays.

The connection ends or is reset, or a gateway answers 502 or 504, each for a quarter of them; only
the first attempt of a submission is hit, so whoever tries again succeeds. Ours is the engine with
a user who presses Resume when the queue stops. The rivals are the polling loop of the
documentation with a usual retry around the submission, and two policies as client libraries of
generation services have them; each against a service of its own. All waits are shortened alike.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.rivals import follow
from bench.table import Row
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.services.thread_workers import ThreadWorkers
from tests.support.engine_harness import scaled_harness
from tests.support.simulator_process import SimulatorProcess

_SUBMISSIONS = 100
_TIME_SCALE = 20.0  # waiting passes so many times faster
_AT_ONCE = 4
_KEY = "bench"
_LIMIT_S = 80.0
_FAULTS: tuple[dict[str, object], ...] = (
    {"kind": "drop_after_charge"},
    {"kind": "reset_after_charge"},
    {"kind": "status_after_charge", "status": 502},
    {"kind": "status_after_charge", "status": 504},
)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a policy paid, and what it got for it."""

    charges: int
    extra: int  # charges beyond the first for the same clip
    clips: int
    requests: int
    resumed: int = 0  # how often the user was asked

    def text(self) -> str:
        """In the columns' words."""
        paid = f"{self.charges} charges, {self.extra} extra"
        return f"{paid}, {self.clips} clips, {self.requests} requests"


def rows(folder: Path) -> list[Row]:
    """Ours, then each rival."""
    ours = _billed(folder / "ours", _ours)
    met = ours.extra == 0 and ours.clips == _SUBMISSIONS
    what = f"money: {_SUBMISSIONS} answers lost after the charge"
    asked = f"Resume pressed {ours.resumed} times"
    found = [Row(what, ours.text(), asked, None, f"0 extra, {_SUBMISSIONS} clips", met)]
    for name, submit in _RIVALS.items():
        bill = _billed(folder / submit.__name__, _rival(submit))
        mine, theirs = ours.charges / ours.clips, bill.charges / bill.clips
        beside = f"{theirs:.2f}: {bill.text()}"
        what = f"money: charges per clip, {name}"
        found.append(Row(what, f"{mine:.2f}", beside, mine / theirs, "", None))
    return found


def _billed(folder: Path, policy: Callable[[str, Path], tuple[int, int]]) -> Bill:
    """Run one policy against a service of its own, and read that one's ledger."""
    with SimulatorProcess(folder / "service") as service:
        service.settings(render="cached", credit_cost=10)
        service.reset(100_000)
        orders = [
            {"on": "run", "prompt_contains": _prompt(n), **_FAULTS[n % len(_FAULTS)]}
            for n in range(_SUBMISSIONS)
        ]
        service.control("faults", orders)
        clips, resumed = policy(service.api_url, folder / "clips")
        paid = Counter(charge["input"]["prompt"] for charge in service.ledger())
        requests_made = len(service.requests("api"))
    charges = sum(paid.values())
    return Bill(charges, charges - len(paid), clips, requests_made, resumed)


def _prompt(n: int) -> str:
    return f"clip {n:03}"


# --- ours ---


def _ours(api_url: str, folder: Path) -> tuple[int, int]:
    return asyncio.run(asyncio.wait_for(_engine(api_url, folder), _LIMIT_S))


async def _engine(api_url: str, folder: Path) -> tuple[int, int]:
    """Everything is queued at once; clips saved, and how often Resume was pressed."""
    workers = ThreadWorkers()
    origin = custom_origin(api_url)
    folder.mkdir(parents=True)
    try:
        async with scaled_harness(
            workers, folder, origin, _KEY, _TIME_SCALE, jobs_at_a_time=_AT_ONCE
        ) as (harness, user):
            for n in range(_SUBMISSIONS):
                request = ClipRequest(prompt=_prompt(n), resolution="360p", duration_s=1)
                await harness.engine.generate(request)
            await harness.until_settled(_LIMIT_S)
            return len(harness.in_state(JobState.SAVED)), user.resumed
    finally:
        workers.close()


# --- theirs ---


def _rival(submit: Callable[[str, str], str]) -> Callable[[str, Path], tuple[int, int]]:
    """A policy of submitting, with the documentation's loop for the rest."""

    def one(api_url: str, target: Path) -> bool:
        try:
            job_id = submit(api_url, target.stem)
            follow(api_url, job_id, target, every_s=2.0 / _TIME_SCALE)
        except (requests.RequestException, OSError):
            return False
        return True

    def all_of_them(api_url: str, folder: Path) -> tuple[int, int]:
        folder.mkdir(parents=True)
        targets = [folder / f"{_prompt(n)}.mp4" for n in range(_SUBMISSIONS)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return sum(pool.map(lambda target: one(api_url, target), targets)), 0

    return all_of_them


def _post(api_url: str, prompt: str) -> requests.Response:
    return requests.post(
        f"{api_url}/models/pixverse-v6/run",
        json={"prompt": prompt, "resolution": "360p", "duration": 1},
        headers={"Authorization": f"Bearer {_KEY}"},
        timeout=30,
    )


def _accepted(answer: requests.Response) -> str:
    answer.raise_for_status()
    return str(answer.json()["jobId"])


def three_attempts(api_url: str, prompt: str) -> str:
    """The usual wrapper: whatever goes wrong, up to three attempts, a second or two apart."""
    for attempt in range(2):
        try:
            return _accepted(_post(api_url, prompt))
        except (requests.RequestException, ValueError, KeyError):
            _pause(1.0 * 2**attempt)
    return _accepted(_post(api_url, prompt))


def two_retries(api_url: str, prompt: str) -> str:
    """Two retries with growing pauses: no connection, no answer in time, 408, 409, 429, 5xx."""
    for attempt in range(2):
        try:
            answer = _post(api_url, prompt)
        except (requests.ConnectionError, requests.Timeout):
            _pause(min(8.0, 0.5 * 2**attempt))
            continue
        if answer.status_code not in (408, 409, 429) and answer.status_code < 500:
            return _accepted(answer)
        _pause(min(8.0, 0.5 * 2**attempt))
    return _accepted(_post(api_url, prompt))


def transport_retries(api_url: str, prompt: str) -> str:
    """Up to ten attempts while the connection fails; any status is an answer."""
    for attempt in range(9):
        try:
            answer = _post(api_url, prompt)
        except (requests.ConnectionError, requests.Timeout):
            _pause(min(30.0, 0.1 * 2**attempt))
            continue
        return _accepted(answer)
    return _accepted(_post(api_url, prompt))


def _pause(seconds: float) -> None:
    time.sleep(seconds / _TIME_SCALE)


_RIVALS: dict[str, Callable[[str, str], str]] = {
    "the documentation's loop, three attempts": three_attempts,
    "two retries, also of 5xx": two_retries,
    "ten attempts on transport errors": transport_retries,
}
