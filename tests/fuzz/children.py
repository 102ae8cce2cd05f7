"""Cases in processes of their own, so that a native crash or a hang is a failure with its seed.

``python -m tests.fuzz.children KIND FOLDER FIRST COUNT`` runs the seeds FIRST .. FIRST + COUNT - 1
of ``test_fuzz_KIND`` and writes a line before each.
"""

from __future__ import annotations

import faulthandler
import importlib
import subprocess
import sys
from pathlib import Path

from tests.fuzz.scale import CASE_LIMIT_S

PROCESSES = 2


def run_cases(kind: str, folder: Path, cases: int) -> dict[str, int]:
    """Run seeds 0 .. ``cases`` - 1; gives how often each outcome was seen. Fails with the seed."""
    share = -(-cases // PROCESSES)
    children = [
        _Child(kind, folder, first, min(share, cases - first)) for first in range(0, cases, share)
    ]
    outcomes: dict[str, int] = {}
    try:
        for child in children:
            for word in child.outcomes():
                outcomes[word] = outcomes.get(word, 0) + 1
    finally:
        for child in children:
            child.end()
    assert sum(outcomes.values()) == cases
    return outcomes


class _Child:
    """One process with its share of the seeds."""

    def __init__(self, kind: str, folder: Path, first: int, cases: int) -> None:
        self._command = ["-m", "tests.fuzz.children", kind, str(folder), str(first), str(cases)]
        # Files, not pipes: a pipe that nobody reads yet would stop the child like a hang.
        self._out, self._err = folder / f"{kind}-{first}.out", folder / f"{kind}-{first}.err"
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                [sys.executable, *self._command], stdout=out, stderr=err
            )

    def end(self) -> None:
        """Let nothing run on after a failure."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def outcomes(self) -> list[str]:
        """Wait for the end. Fails with the seed it ended at."""
        code = self._process.wait()
        lines = self._out.read_text(encoding="utf-8").splitlines()
        seed = next((x.split()[1] for x in reversed(lines) if x.startswith("seed ")), "none")
        again = " ".join(["python", *self._command[:4], seed, "1"])
        said = self._err.read_text(encoding="utf-8", errors="replace")[-4000:]
        assert code == 0, f"seed {seed} ended with {code}; again by: {again}\n{said}"
        return [x.removeprefix("outcome ") for x in lines if x.startswith("outcome ")]


def main(kind: str, folder: str, first: str, cases: str) -> int:
    """Run the seeds one after the other."""
    faulthandler.enable()
    case = importlib.import_module(f"tests.fuzz.test_fuzz_{kind}").case
    for seed in range(int(first), int(first) + int(cases)):
        print(f"seed {seed}", flush=True)
        faulthandler.dump_traceback_later(CASE_LIMIT_S, exit=True)
        print(f"outcome {case(seed, Path(folder))}", flush=True)  # an exception ends it all
    faulthandler.cancel_dump_traceback_later()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
