"""The program as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.simulator_process import ROOT, SimulatorProcess


def command(
    *arguments: str, key: str = "", stdin: int | None = None, **env: str
) -> subprocess.Popen[str]:
    """``pixverse-desktop`` as a process, without a display."""
    whole = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), **env}
    if key:
        whole["PIXELDOJO_API_KEY"] = key
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=whole,
        cwd=ROOT,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_generate(simulator: SimulatorProcess, data_dir: Path, key: str) -> subprocess.Popen[str]:
    """``generate`` as a process that is still at work."""
    return command(
        "pixverse_desktop", "generate", "--json", "--prompt", "made in spite of all",
        "--resolution", "360p", "--duration", "1", "--data-dir", str(data_dir),
        "--api-url", simulator.api_url, key=key,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[int, dict[str, Any]]:
    """Exit code and the line of JSON."""
    out, err = process.communicate(timeout=100)
    lines = out.splitlines()
    assert len(lines) == 1, out + err
    return process.returncode, json.loads(lines[0])


def run_generate(
    data_dir: Path, api_url: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """``generate`` as a process, with its output."""
    command = [sys.executable, "-m", "pixverse_desktop", "generate", "--prompt", "ocean waves"]
    command += ["--resolution", "360p", "--duration", "1", "--data-dir", str(data_dir)]
    return subprocess.run(
        [*command, "--api-url", api_url, *arguments], env={**os.environ, **environment},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
