"""The bundle's start beside that of the plain environment, both seen from outside.

The CPU time of the process until it has been quiet for a moment with its window shown, on a data
folder that was used before. Needs a screen, xdotool and `make bundle`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from bench.child import ROOT, ChildFailed, environment
from bench.table import Row, at_most, spread

_RUNS = 7
_QUIET_S = 0.6
_LIMIT_S = 60.0
_PROGRAM = ROOT / "dist" / "pixverse-desktop" / "pixverse-desktop"


def rows(folder: Path) -> list[Row]:
    """Both in turns; nothing where there is no bundle."""
    if not _PROGRAM.exists():
        return []
    commands = {"bundle": [str(_PROGRAM)], "plain": [sys.executable, "-m", "pixverse_desktop"]}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(_RUNS + 1):
        for name, command in commands.items():
            used_ms = _start(folder, [*command, "--data-dir", str(folder / name)])
            if run:  # the first one compiled every module and made the data folder
                taken[name].append(used_ms)
    beside = f"{spread(taken['plain'], 'ms', 0)} plain environment"
    ratio = median(taken["bundle"]) / median(taken["plain"])
    return [
        at_most("bundle: CPU of a start", spread(taken["bundle"], "ms", 0), beside, ratio, 1.15)
    ]


def _start(folder: Path, command: list[str]) -> float:
    """CPU time, in ms, of one start; it is ended afterwards."""
    env = environment(folder / "bytecode")
    process = subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(process.pid)]
        subprocess.run(search, env=env, check=True, capture_output=True, timeout=_LIMIT_S)
        end = time.monotonic() + _LIMIT_S
        used, since = _cpu_ms(process.pid), time.monotonic()
        while time.monotonic() < since + _QUIET_S:
            if time.monotonic() > end:
                raise ChildFailed(f"{command[0]} was never quiet")
            time.sleep(0.05)
            if (now := _cpu_ms(process.pid)) > used + 10:
                used, since = now, time.monotonic()
        return used
    finally:
        process.kill()
        process.wait()


def _cpu_ms(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000.0 / os.sysconf("SC_CLK_TCK")
