"""The computer is kept awake by a child that never outlives us, and only for what goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.jobs.unattended import goes_on_by_itself
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.services.awake import Awake
from pixverse_desktop.services.secrets import ENVIRONMENT_VARIABLE
from tests.support.factories import demo_status, make_job
from tests.support.fake_inhibitor import FakeInhibitor

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems keep awake otherwise")
S = JobState
NOW = 10_000.0


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeInhibitor:
    made = FakeInhibitor(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return made


@linux
def test_it_starts_once_and_ends(
    inhibitor: FakeInhibitor, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, key)
    awake = Awake()
    assert not awake.release()
    assert awake.keep("a reason")
    assert awake.keep("a reason")
    assert inhibitor.events() == ["start"]
    assert not awake.release()
    assert inhibitor.events() == ["start", "end"]
    told = inhibitor.notes()[0]
    assert {"--what=sleep:idle", "--mode=block", "--why=a reason"} <= set(told["arguments"])
    assert key not in str(told)
    assert awake.keep("again")
    awake.release()
    assert inhibitor.events() == ["start", "end"] * 2


@linux
def test_it_ends_with_us_even_when_we_are_killed(inhibitor: FakeInhibitor) -> None:
    code = (
        "import time\nfrom pixverse_desktop.services.awake import Awake\n"
        "awake = Awake()\nprint(awake.keep('why'), flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as ours:
        assert ours.stdout is not None
        assert ours.stdout.readline() == b"True\n"
        assert inhibitor.events() == ["start"]
        ours.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while inhibitor.events() != ["start", "end"] and time.monotonic() < until:
        time.sleep(0.01)
    assert inhibitor.events() == ["start", "end"]


@linux
def test_a_system_that_refuses_or_lacks_it_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeInhibitor(tmp_path, refuses=True)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert not Awake().keep("why")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    awake = Awake()
    assert not awake.keep("why")
    assert not awake.release()


def held(reason: HoldReason) -> Hold:
    return Hold(reason, problem(ProblemCode.LIMIT))


WAITS = make_job(1)
DOUBTFUL = make_job(1, S.UNCONFIRMED, submitted_at=NOW - 60)
CHILD = make_job(1, after="job2")


@pytest.mark.parametrize(
    ("job", "hold", "expected"),
    [
        (make_job(1, S.SUBMITTING), None, True),
        (make_job(1, S.ACCEPTED), held(HoldReason.CREDITS), True),
        (make_job(1, S.VERIFIED), held(HoldReason.PAUSED), True),
        (make_job(1, S.ACCEPTED), held(HoldReason.KEY), False),  # nothing can be fetched
        (make_job(1, S.VERIFIED), held(HoldReason.DISK), False),
        (make_job(1, S.ACCEPTED, submitted_at=NOW - 1799), None, True),
        (make_job(1, S.ACCEPTED, submitted_at=NOW - 1800), None, False),  # it may never be made
        (make_job(1, S.ACCEPTED, hidden=True), None, True),  # it was paid for all the same
        (make_job(1, S.ACCEPTED, origin="https://pixeldojo.ai"), None, False),
        (make_job(1, S.SAVED), None, False),
        (make_job(1, S.FAILED), None, False),
        (DOUBTFUL, None, True),
        (replace(DOUBTFUL, submitted_at=NOW - 1800), None, False),  # the user decides
        (WAITS, None, True),
        (WAITS, held(HoldReason.RATE), True),
        (WAITS, held(HoldReason.BUSY), True),
        (WAITS, held(HoldReason.PAUSED), False),
        (WAITS, held(HoldReason.CREDITS), False),
        (replace(WAITS, paused=True), None, False),
        (replace(WAITS, being_edited=True), None, False),
        (replace(WAITS, batch="dear"), None, False),
        (CHILD, None, True),
        (replace(CHILD, after="job3"), None, False),
    ],
)  # fmt: skip
def test_what_goes_on_by_itself(job: Job, hold: Hold | None, expected: bool) -> None:
    status = demo_status(hold=hold, held_batches=frozenset({"dear"}))
    others = {"job2": make_job(2, S.ACCEPTED), "job3": make_job(3, S.FAILED)}
    assert goes_on_by_itself(job, status, others.get, NOW) is expected
