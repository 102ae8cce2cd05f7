"""Runs one measurement in a fresh process, with a mild environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class ChildFailed(Exception):
    """A measuring process ended without a result."""


def environment(bytecode: Path) -> dict[str, str]:
    """Never the user's key or keyring; compiled modules kept, as in an installed program."""
    env = dict(os.environ)
    for name in ("PIXELDOJO_API_KEY", "PYTHONDONTWRITEBYTECODE", "WAYLAND_DISPLAY"):
        env.pop(name, None)
    env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    env["PYTHONPYCACHEPREFIX"] = str(bytecode)
    if env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "xcb"
    return env


def measure(bytecode: Path, module: str, *arguments: str, limit_s: float = 120.0) -> Any:
    """``python -m module arguments``: what it printed as JSON in its last line."""
    ended = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(bytecode),
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    try:
        return json.loads(ended.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        words = " ".join((module, *arguments))
        raise ChildFailed(f"{words} (exit {ended.returncode}): {ended.stderr[-600:]}") from None


def report(result: object) -> None:
    """Tell the parent, and leave at once: nothing after this is measured."""
    print(json.dumps(result), flush=True)
    os._exit(0)
