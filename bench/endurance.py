"""Five hundred short jobs with faults on one in twenty: what the process holds at the end.

The engine as the window runs it, on Qt's loop and its threads, with every kind of fault in turns:
answers lost after the charge, transfers cut, dead links, "please wait", errors on polls. Resident
memory, threads and open file descriptors at rest after all jobs stand beside those after the
first fifty; the service's ledger says whether any charge went astray or was made twice.
"""

from __future__ import annotations

from pathlib import Path

from bench.table import Row, at_most
from tests.faults.endurance import Held, endure

_JOBS = 500
_FIRST = 50
_SHARE = 0.05
_MORE = 2  # threads or descriptors that may come and go


def rows(folder: Path) -> list[Row]:
    """One life of five hundred jobs."""
    life = endure(folder, _JOBS, _FIRST, share=_SHARE)
    what = f"endurance: {_JOBS} jobs, {life.faults} faults"
    mine, early = life.last.memory_kib / 1024, life.first.memory_kib / 1024
    beside = f"{early:.0f} MiB after {_FIRST}"
    states = ", ".join(f"{count} {state}" for state, count in sorted(life.states.items()))
    charges = f"{life.charges} charges, {len(life.twice)} double, {len(life.astray)} astray"
    return [
        at_most(f"{what}, memory", f"{mine:.0f} MiB", beside, mine / early, 1.15),
        _flat(f"{what}, threads", "threads", life.first, life.last),
        _flat(f"{what}, descriptors", "descriptors", life.first, life.last),
        Row(what, charges, states, None, "0, 0", not life.twice and not life.astray),
    ]


def _flat(what: str, field: str, first: Held, last: Held) -> Row:
    before, after = getattr(first, field), getattr(last, field)
    beside = f"{before} after {_FIRST}"
    return Row(what, str(after), beside, None, f"<= +{_MORE}", after <= before + _MORE)
