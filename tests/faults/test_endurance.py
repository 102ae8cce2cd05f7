"""A long day in short: every kind of fault among many jobs, and nothing grows or is paid twice."""

from __future__ import annotations

from pathlib import Path

from tests.faults.endurance import KINDS, endure

JOBS = 60
WARM = 20  # by then every thread and connection there will be has been made


def test_many_jobs_leave_nothing_behind(tmp_path: Path) -> None:
    life = endure(tmp_path, JOBS, WARM, share=len(KINDS) / JOBS)
    assert life.faults > len(KINDS) / 2
    assert life.twice == []
    assert life.astray == []
    # Only what the service never charged may be left undecided.
    assert life.states.pop("unconfirmed", 0) == JOBS - life.charges
    assert life.states == {"saved": life.charges}
    assert life.last.threads <= life.first.threads
    assert life.last.descriptors <= life.first.descriptors + 2
