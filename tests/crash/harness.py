"""Plans lives and deaths from a seed, carries them out, and checks what is left."""

from __future__ import annotations

import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
import traceback
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash import invariants, mutants
from tests.crash.child import SETTLE_LIMIT_S, Task, live
from tests.crash.invariants import Server
from tests.crash.points import FILMING, NEEDS_LOST_ANSWER, POINTS, RARE, STEERING, Trap
from tests.support.simulator_process import ROOT, SimulatorProcess

KILLS_A_ROUND = 20
SHOTS = 8  # of a film, each from the last picture of the one before
LOST_ANSWERS = (
    {"on": "run", "kind": "drop_after_charge"},
    {"on": "run", "kind": "reset_after_charge"},
    {"on": "run", "kind": "status_after_charge", "status": 502},
    {"on": "run", "kind": "raw_after_charge", "body": '{"status": "pending"}'},
    {"on": "run", "kind": "redirect", "status": 307, "location": "{run}"},
)
OTHER_FAULTS = (
    {"on": "run", "kind": "delay_after_charge", "seconds": 0.2},
    {"on": "run", "kind": "status", "status": 429},
    {"on": "run", "kind": "drop"},
    {"on": "job", "kind": "status", "status": 503},
    {"on": "jobs", "kind": "status", "status": 500},
    {"on": "download", "kind": "cut"},
    {"on": "download", "kind": "cut_no_length"},
    {"on": "download", "kind": "expired_url"},
    {"on": "download", "kind": "wrong_body"},
    {"on": "download", "kind": "slow", "bytes_per_second": 200_000},
    {"on": "download", "kind": "ignore_range"},
)
_REPLACED_KEY = "pd_canary_" + "7f3e9d2b" + "c1a85046"


@dataclass
class Tally:
    """What a run did and found."""

    seed: int
    kills: int = 0
    survived: int = 0
    jobs: int = 0
    charges: int = 0
    points: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    stranded: int = 0
    slowest_rest_s: float = 0.0

    def add(self, other: Tally) -> None:
        """Sum up."""
        for name in ("kills", "survived", "jobs", "charges", "stranded"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("points", "states", "kinds"):
            getattr(self, name).update(getattr(other, name))
        self.violations += other.violations
        self.slowest_rest_s = max(self.slowest_rest_s, other.slowest_rest_s)


class Round:
    """One data folder against one simulator: lives, deaths, and then rest."""

    def __init__(
        self, folder: Path, rng: random.Random, list_mode: str,
        mutant: mutants.Mutant | None = None, films: bool = False,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.data_dir = folder / "data"
        self.data_dir.mkdir(parents=True)
        self.rng = rng
        self.list_mode = list_mode
        self.mutant = mutant
        self.films = films or (mutant is not None and mutant.films)  # every life makes one
        self.tally = Tally(0)
        self.key = _REPLACED_KEY
        self.service = SimulatorProcess(folder / "service")
        self.service.settings(render="cached", list_mode=list_mode, billing="metered")
        self.service.reset(1_000_000)

    def close(self) -> None:
        """End the simulator and remove the folder."""
        self.service.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, deaths: int, points: list[str | None]) -> Tally:
        """``deaths`` lives that end badly, then rest; ``points`` are taken in their order."""
        for number in range(deaths):
            point = points[number % len(points)] if points else None
            self._one_death(number, point)
            if self.tally.violations:
                return self.tally
        self._rest()
        return self.tally

    # --- one life ---

    def _one_death(self, number: int, point: str | None) -> None:
        rng = self.rng
        self.service.control("faults", method="DELETE")
        for order in self._faults(point):
            location = f"{self.service.api_url}/models/pixverse-v6/run"
            whole = {**order, "location": location} if order.get("location") else order
            self.service.control("faults", [whole])
        if self.mutant.elsewhere if self.mutant else rng.random() < 0.2:
            self._job_from_elsewhere(number)
        prompts = tuple(f"job {number}.{n}" for n in range(rng.choice((0, 1, 1, 1, 2))))
        if point is not None or self.mutant:
            prompts = prompts or (f"job {number}.0",)
        films = point in FILMING or self.films
        if films or (point is None and self.mutant is None and rng.random() < 0.3):
            films, prompts = True, tuple(f"job {number}.{n}" for n in range(SHOTS))
        steers = point in STEERING
        if steers or (point is None and self.mutant is None and not films and rng.random() < 0.2):
            steers, prompts = True, tuple(f"job {number}.{n}" for n in range(5))
        delay_s = rng.uniform(0.005, 0.6)
        as_command = point is None and rng.random() < 0.4 and self.mutant is None
        as_command = as_command and not steers and not films
        started_at = time.time()
        if as_command:
            kind, killed = self._real_command(prompts, delay_s)
        else:
            task = Task(
                self.data_dir, self.service.api_url, self.key, prompts,
                trap=Trap(point), qt=rng.random() < 0.4,
                command=self.list_mode == "echo" and rng.random() < 0.25 and not self.mutant
                and not steers and not films,
                steers=steers,
                films=films,
                back_up=point == "mid_backup" or rng.random() < 0.1,
            )  # fmt: skip
            if point == "mid_backup":
                shutil.rmtree(self.data_dir / "backups", ignore_errors=True)
            kind = "generate" if task.command else "qt" if task.qt else "asyncio"
            kind = f"film, {kind}" if films else kind
            life_s = delay_s if self.mutant is None else mutants.LIFE_S
            killed = self._forked(task, None if point else life_s)
        self.tally.kinds[kind] += 1
        self.tally.kills += killed
        self.tally.survived += not killed
        if killed:
            self.tally.points[point or "random"] += 1
        self._check(started_at, f"{kind} killed at {point or f'{delay_s:.3f} s'}")

    def _faults(self, point: str | None) -> list[dict[str, object]]:
        if self.mutant is not None:
            return list(self.mutant.faults)
        found: list[dict[str, object]] = []
        if point in NEEDS_LOST_ANSWER or self.rng.random() < 0.25:
            found.append(dict(self.rng.choice(LOST_ANSWERS[:4] if point else LOST_ANSWERS)))
        if self.rng.random() < 0.4 and point not in NEEDS_LOST_ANSWER:
            found.append(dict(self.rng.choice(OTHER_FAULTS)))
        return found

    def _job_from_elsewhere(self, number: int) -> None:
        """The same account is used from another place."""
        body = {
            "prompt": f"elsewhere {number}",
            "resolution": "360p",
            "duration": 1,
            "seed": number,
        }
        headers = {"Authorization": "Bearer elsewhere", "Content-Type": "application/json"}
        url = f"{self.service.api_url}/models/pixverse-v6/run"
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(request, timeout=30).close()
        except OSError:
            return  # a fault meant for the program was played here

    def _forked(self, task: Task, kill_after_s: float | None) -> bool:
        """True when the child died by SIGKILL. A child that neither ends nor dies is a finding."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            self._live_and_exit(task)
        os.close(writer)
        limit_s = SETTLE_LIMIT_S + 20.0 if kill_after_s is None else kill_after_s
        ended = bool(select.select([reader], [], [], limit_s)[0])  # readable when it has ended
        os.close(reader)
        if not ended:
            os.kill(child, signal.SIGKILL)
            if kill_after_s is None:
                self.tally.violations.append(f"the program hung ({task.trap.point})")
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            if os.WTERMSIG(status) != signal.SIGKILL:
                self.tally.violations.append(f"the program crashed: signal {os.WTERMSIG(status)}")
            return True
        if os.WEXITSTATUS(status):
            text = (self.folder / "error.txt").read_text(errors="replace")
            self.tally.violations.append(f"the program failed: {text[-1500:]}")
        return False

    def _live_and_exit(self, task: Task) -> None:
        code = 1
        try:
            with (self.folder / "output.txt").open("ab") as out:
                os.dup2(out.fileno(), 1)
                os.dup2(out.fileno(), 2)
            mutants.watch_order(self.folder)
            if self.mutant is not None:
                self.mutant.spoil()
            live(task)
            code = 0
        except BaseException:  # noqa: BLE001 - told to the parent
            (self.folder / "error.txt").write_text(traceback.format_exc())
        finally:
            os._exit(code)

    def _real_command(self, prompts: tuple[str, ...], delay_s: float) -> tuple[str, bool]:
        """``generate`` or ``rescue`` as a user starts it, killed from outside."""
        places = ["--data-dir", str(self.data_dir), "--api-url", self.service.api_url, "--json"]
        arguments = ["rescue"]
        if prompts:
            arguments = [
                "generate",
                "--prompt",
                prompts[0],
                "--resolution",
                "360p",
                "--duration",
                "1",
            ]
        process = subprocess.Popen(
            [sys.executable, "-m", "pixverse_desktop", *arguments, *places],
            env={**os.environ, "PIXELDOJO_API_KEY": self.key, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(0.3 + delay_s * 3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        return f"command {arguments[0]}", process.returncode == -signal.SIGKILL

    # --- looking ---

    def _server(self) -> Server:
        return Server(self.service.ledger(), self.service.requests())

    def _check(self, started_at: float, what: str) -> None:
        found = invariants.after_kill(self.data_dir, self._server(), self.key, started_at)
        unwatched = self.mutant.unwatched if self.mutant else ""
        self.tally.violations += [
            f"{violation} ({what})"
            for violation in found
            if not unwatched or not violation.startswith(unwatched)
        ]
        for job in invariants.Disk(self.data_dir).jobs[-2:]:
            self.tally.states[str(job.state)] += 1

    def _rest(self) -> None:
        """A last life without any fault, in real time; and one more, which changes nothing."""
        self.service.control("faults", method="DELETE")
        self.service.wait_until_no_jobs_run()
        task = Task(
            self.data_dir,
            self.service.api_url,
            self.key,
            time_scale=1.0,
            qt=True,
            back_up=True,
            until_settled=True,
        )
        started = time.monotonic()
        self._last_life(task)
        self.tally.slowest_rest_s = time.monotonic() - started
        before = invariants.states_of(self.data_dir)
        self._check(0.0, "at rest")
        self.tally.violations += invariants.after_rest(
            self.data_dir, self._server(), self.list_mode
        )
        charges = len(self.service.ledger())
        self._last_life(task)
        if invariants.states_of(self.data_dir) != before or len(self.service.ledger()) != charges:
            self.tally.violations.append("I13 a second start changed something")
        jobs = invariants.Disk(self.data_dir).jobs
        self.tally.jobs = len(jobs)
        self.tally.charges = len(self._server().of_app())
        self.tally.stranded = sum(job.state == "unconfirmed" for job in jobs)

    def _last_life(self, task: Task) -> None:
        if self._forked(task, None):
            self.tally.violations.append("the program was killed at rest")


def run_seed(
    folder: Path, seed: int, kills: int, show_message: Callable[[str], None] = lambda line: None,
    films: bool = False,
) -> Tally:  # fmt: skip
    """``kills`` deaths planned from ``seed``, in rounds of 20; stops at the first violation.

    With ``films`` every life makes a film.
    """
    rng = random.Random(seed)
    whole = Tally(seed)
    # Every named point comes in turn, and now and then a random moment.
    order: list[str | None] = []
    named = [point for point in POINTS + RARE if not (films and point in STEERING)]
    for point in rng.sample(named, len(named)):
        order += [point] if len(order) % 3 else [None, point]
    number = at = 0
    while whole.kills < kills and not whole.violations:
        list_mode = rng.choice(("echo", "echo", "echo", "bare", "none"))
        round_ = Round(folder / f"seed{seed}-round{number}", rng, list_mode, films=films)
        try:
            deaths = min(KILLS_A_ROUND, kills - whole.kills)
            points = [order[(at + n) % len(order)] for n in range(deaths)]
            if list_mode == "none":
                points = [None if p in ("before_adopt", "after_adopt") else p for p in points]
            at += deaths
            tally = round_.run(deaths, points)
        finally:
            round_.close()
        tally.violations = [
            f"seed {seed}, round {number}, {list_mode}: {v}" for v in tally.violations
        ]
        whole.add(tally)
        number += 1
        rest = f"at rest in {tally.slowest_rest_s:.1f} s"
        show_message(f"seed {seed} round {number} ({list_mode}): {whole.kills} kills, {rest}")
    return whole


def catches(folder: Path, mutant: mutants.Mutant, seed: int = 1, most: int = 24) -> list[str]:
    """The violations by which the harness catches a mutant; empty when it does not."""
    rng = random.Random(seed)
    round_ = Round(folder / mutant.name, rng, "echo", mutant)
    try:
        return round_.run(most, list(mutant.points)).violations
    finally:
        round_.close()
