"""A short run of the harness, and the proof that it can fail. The long run is ``make crash``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.mutants import MUTANTS
from tests.crash.points import POINTS
from tests.faults.catalogue import fault

ROOT = Path(__file__).parents[2]


def crash(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The harness in a process of its own: it forks, which a test runner with threads must not."""
    command = [sys.executable, "-m", "tests.crash", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=580, check=False
    )


@fault("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12", "K13")
@pytest.mark.timeout(600)
def test_a_hundred_kills_lose_and_double_nothing() -> None:
    done = crash("--kills", "100", "--seed", "1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "violations: 0" in done.stdout
    killed_at = next(line for line in done.stdout.splitlines() if line.startswith("killed at"))
    reached = [point for point in (*POINTS, "random") if f"{point} " in killed_at]
    assert set(POINTS) - set(reached) <= {"before_adopt", "after_adopt"}  # rare in a short run


@pytest.mark.timeout(300)
def test_every_mutant_is_caught() -> None:
    done = crash("--kills", "0", "--mutants")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert done.stdout.count(": caught: ") == len(MUTANTS) >= 8
