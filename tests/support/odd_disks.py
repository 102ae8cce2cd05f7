"""Disks in trouble for processes of their own: read-only, full or slow while they run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.support.simulator_process import ROOT


@cache
def odd_disk_library(folder: Path) -> Path:
    """The library to preload, built in ``folder``; skips the test where that cannot be done."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler on Linux")
    made = folder / "odd_disk.so"
    source = str(ROOT / "tests" / "odd_disk.c")
    command = [compiler, "-shared", "-fPIC", "-o", str(made), source, "-ldl"]
    subprocess.run(command, check=True, timeout=60)
    return made


class OddDisk:
    """Folders on a disk that is as it is told to be. ``env`` is for the processes that meet it."""

    def __init__(self, library: Path, rules: Path) -> None:
        rules.mkdir()
        self._rules = rules
        self.env = {"LD_PRELOAD": str(library), "ODD_RULES": str(rules)}

    def becomes(self, what: str, *folders: Path) -> None:
        """``what``: read-only, full or slow."""
        aside = self._rules / "aside"
        aside.write_text("\n".join(map(str, folders)))
        aside.replace(self._rules / what)

    def is_well(self) -> None:
        """All of it is as other disks."""
        for rule in self._rules.iterdir():
            rule.unlink()
