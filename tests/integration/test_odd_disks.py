"""Disks that cannot sync, count or lock: what was paid for is saved, and what is said is true."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.odd_disks import odd_disk_library
from tests.support.simulator_process import SimulatorProcess


@pytest.fixture(scope="session")
def odd_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that answers as such a disk does."""
    return odd_disk_library(tmp_path_factory.mktemp("odd_disk"))


def run(
    odd_disk: Path, data: Path, *more: str, key: str = "", **answers: int
) -> tuple[int, dict[str, Any], str]:
    """Run ``generate --json`` there: exit code, line, stderr."""
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--json", "--prompt", "waves"]
    command += ["--data-dir", str(data), "--resolution", "360p", "--duration", "1", *more]
    numbers = {name: str(number) for name, number in answers.items()}
    env = {**os.environ, "PIXELDOJO_API_KEY": key, "LD_PRELOAD": str(odd_disk), **numbers}
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=110, check=False
    )
    return done.returncode, json.loads(done.stdout), done.stderr


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_disk_that_cannot_sync_or_count(
    odd_disk: Path, simulator: SimulatorProcess, data_dir: Path, key: str, number: int
) -> None:
    url = ("--api-url", simulator.api_url)
    before, first_day = len(simulator.ledger()), time.strftime("%Y-%m-%d")
    for round_ in (1, 2):  # the second start reads what the first one wrote
        code, line, said = run(odd_disk, data_dir, *url, key=key, ODD_SYNC=number)
        assert (code, line["error"], said) == (0, None, "")
        assert len(list((data_dir / "clips").glob("*.mp4"))) == round_
    assert len(simulator.ledger()) == before + 2
    copies = {path.name for path in (data_dir / "backups").glob("jobs-*.db")}
    days = {first_day, time.strftime("%Y-%m-%d")}  # two, where midnight was meanwhile
    assert copies
    assert copies <= {f"jobs-{day}.db" for day in days}


def test_the_demo_service_works_there_too(odd_disk: Path, data_dir: Path) -> None:
    code, line, _ = run(odd_disk, data_dir, "--demo", ODD_SYNC=errno.EINVAL)
    assert (code, line["error"]) == (0, None)


def test_an_error_of_the_disk_stays_one(
    odd_disk: Path, simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    url = ("--api-url", simulator.api_url)
    before = len(simulator.ledger())
    code, line, _ = run(odd_disk, data_dir, *url, key=key, ODD_SYNC=errno.EIO)
    assert (code, line["error"]) == (9, "The list of jobs cannot be written.")
    assert len(simulator.ledger()) == before


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP])
def test_a_disk_without_locks_is_named(
    odd_disk: Path, simulator: SimulatorProcess, data_dir: Path, key: str, number: int
) -> None:
    url = ("--api-url", simulator.api_url)
    code, line, _ = run(odd_disk, data_dir, *url, key=key, ODD_LOCK=number)
    assert code == 9
    assert f"The disk of the data folder {data_dir} has no file locks" in line["error"]
    assert "--data-dir" in line["error"]
