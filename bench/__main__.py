"""``python -m bench [NAME …]``: run the benchmarks and print one table.

A missed goal is shown, never an error: what counts are the ratios, since both sides of each were
measured in turns in this very run. Needs a screen for ``start``, ``bundle``, ``stall``, ``load``,
``player``, ``sheet``, ``storyboard``, ``palette``, ``expand``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import (
    bundle,
    download,
    endurance,
    expand,
    film,
    library,
    load,
    money,
    palette,
    player,
    rivals,
    sheet,
    spend,
    stall,
    start,
    storyboard,
)
from bench.table import Row, text_of

_ALL: dict[str, Callable[[Path], list[Row]]] = {
    "start": start.rows,
    "bundle": bundle.rows,
    "stall": stall.rows,
    "load": load.rows,
    "library": library.rows,
    "player": player.rows,
    "spend": spend.rows,
    "sheet": sheet.rows,
    "storyboard": storyboard.rows,
    "palette": palette.rows,
    "expand": expand.rows,
    "film": film.rows,
    "rivals": rivals.rows,
    "money": money.rows,
    "endurance": endurance.rows,
    "download": download.rows,
}


def main() -> int:
    """Run what was asked for, all of it by default."""
    parser = argparse.ArgumentParser(prog="bench", description="Benchmarks, as ratios.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_ALL))
    names = parser.parse_args().names or list(_ALL)
    unknown = [name for name in names if name not in _ALL]
    if unknown:
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    rows: list[Row] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try:
                rows += _ALL[name](Path(folder))
            except Exception as error:  # noqa: BLE001 - one must not take the others along
                print(f"{type(error).__name__}: {error}", file=sys.stderr)
                rows.append(Row(f"{name}: did not run, see above", "", "", None, "", None))
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(text_of(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
