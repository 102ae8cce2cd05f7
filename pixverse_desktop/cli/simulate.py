"""``simulate``: the built-in demo service alone."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pixverse_desktop.services.paths import paths_below, paths_of_user


def simulate(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="pixverse-desktop simulate", description="Run the built-in demo service alone."
    )
    parser.add_argument("--port", type=int, default=0, metavar="N", help="0: any free one")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep its state in DIR")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="faults to play, as JSON")
    options = parser.parse_args(argv)
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    from pixverse_desktop.simulator.__main__ import main as run_simulator

    command = ["--state-dir", str(paths.simulator), "--port", str(options.port)]
    if options.scenario:
        command += ["--scenario", str(options.scenario)]
    return run_simulator(command)
