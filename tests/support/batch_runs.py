"""``pixverse-desktop batch`` as a process, and what it left in the data folder."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.store.job_store import JobStore
from tests.support.commands import command

SHORT = ("--set", "resolution=360p", "--set", "duration=1")


def batch(
    data_dir: Path, url: str, file: Path, *more: str, key: str = ""
) -> tuple[int, dict[str, Any], str]:
    """Exit code, the line of JSON, and what was told beside it."""
    process = start(data_dir, url, file, *more, key=key)
    out, err = process.communicate(timeout=110)
    lines = out.splitlines()
    assert len(lines) == 1, out + err
    assert not key or key not in out + err
    return process.returncode, json.loads(lines[0]), err


def start(data_dir: Path, url: str, file: Path, *more: str, key: str = "") -> subprocess.Popen[str]:
    return command(
        "tests.support.quick_command", "batch", str(file), "--json", "--data-dir", str(data_dir),
        "--api-url", url, *more, key=key,
    )  # fmt: skip


def jobs_in(data_dir: Path) -> list[Job]:
    store = JobStore(data_dir)
    store.open()
    try:
        return store.load_jobs()
    finally:
        store.close()
