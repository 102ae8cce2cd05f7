"""``python -m tests.crash --kills 200 --seed 1``: kill, look, and say what was found."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests.crash.harness import Tally, catches, run_seed
from tests.crash.mutants import MUTANTS

KILLS_A_SEED = 200


def main() -> int:
    """Give 0 when every invariant held and every mutant asked for was caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--seed", type=int, default=1, help=f"{KILLS_A_SEED} kills each, from here on"
    )
    parser.add_argument("--films", action="store_true", help="every life makes a film")
    parser.add_argument("--mutants", action="store_true", help="check that each mutant is caught")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the checks open damaged stores on purpose
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        ok = True
        if options.kills:
            ok = _kill(Path(name), options.seed, options.kills, films=options.films)
        if options.mutants:
            ok = _mutants(Path(name)) and ok
    print(f"took {time.monotonic() - started:.0f} s")
    return 0 if ok else 1


def _kill(folder: Path, first_seed: int, kills: int, *, films: bool) -> bool:
    whole = Tally(first_seed)
    seed = first_seed
    while whole.kills < kills and not whole.violations:
        deaths = min(KILLS_A_SEED, kills - whole.kills)
        whole.add(run_seed(folder, seed, deaths, partial(print, flush=True), films))
        seed += 1
    print(f"\nseeds {first_seed}..{seed - 1}: {whole.kills} kills, {whole.survived} lives survived")
    print(f"jobs {whole.jobs}, charges {whole.charges}, left unconfirmed {whole.stranded}")
    print(f"slowest start to rest: {whole.slowest_rest_s:.1f} s")
    for title, counted in (
        ("killed at", whole.points), ("newest jobs then", whole.states), ("lives", whole.kinds)
    ):  # fmt: skip
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in counted.most_common()))
    for violation in whole.violations:
        print(f"VIOLATION {violation}")
    print("violations: " + str(len(whole.violations)))
    return not whole.violations


def _mutants(folder: Path) -> bool:
    caught_all = True
    for mutant in MUTANTS.values():
        found = catches(folder, mutant)
        caught = any(violation.startswith(mutant.caught_by) for violation in found)
        caught_all = caught_all and caught
        print(f"mutant {mutant.name}: {'caught: ' + found[0][:110] if caught else 'NOT CAUGHT'}")
        if found and not caught:
            print(f"  only: {found[:3]}")
    return caught_all


if __name__ == "__main__":
    sys.exit(main())
