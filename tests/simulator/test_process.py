"""The process: what survives SIGKILL, and what must not survive its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pixverse_desktop.simulator import processes, state
from pixverse_desktop.simulator.faults import parse_fault
from pixverse_desktop.simulator.jsontypes import as_list, as_object, parse_object
from pixverse_desktop.simulator.settings import Settings
from tests.support.simulator_process import ROOT, SimulatorProcess
from tests.support.simulator_wire import SMALL, call, finished, made, run


def children(pid: int) -> list[int]:
    """Processes started by a process, by any of its threads."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def eventually(condition: Callable[[], bool], timeout_s: float = 30.0) -> bool:
    """Whether a condition comes true in time."""
    end_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.02)
    return True


def is_gone(pid: int) -> bool:
    """Whether a process has ended (a zombie has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_folder_has_one_simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "_LOCK_WAIT_S", 0.05)
    first = state.State(tmp_path)
    with pytest.raises(state.FolderInUse):
        state.State(tmp_path)
    first.close()
    state.State(tmp_path).close()


def test_one_that_waits_for_the_folder_can_be_ended(tmp_path: Path) -> None:
    first = state.State(tmp_path)
    command = [sys.executable, "-m", "pixverse_desktop.simulator", "--state-dir", str(tmp_path)]
    second = subprocess.Popen(command, cwd=ROOT)

    def waits() -> bool:
        held = Path(f"/proc/{second.pid}/fd").iterdir()
        return any("simulator.db" in str(one.resolve()) for one in held)

    assert eventually(waits)
    second.terminate()
    assert eventually(lambda: second.poll() is not None, 5.0)
    first.close()


def test_kill_and_restart(tmp_path: Path) -> None:
    first = SimulatorProcess(tmp_path)
    try:
        done = made(first)
        clip = call(done["output"]["video"], key=None).body
        left = [run(first, {**SMALL, "seed": seed}).json["jobId"] for seed in (2, 3)]
        ledger, balance = first.ledger(), first.state()["balance"]
        assert first.state()["jobs"].get("completed") == 1
    finally:
        first.kill()
    with SimulatorProcess(tmp_path) as second:
        assert second.ledger() == ledger
        assert second.state()["balance"] == balance == 500 - 3 * 10
        again = finished(second, done["jobId"])
        assert call(again["output"]["video"], key=None).body == clip
        # An address given out before is good for as long as it said.
        old = urlsplit(done["output"]["video"])
        answer = call(f"{second.media_url}{old.path}?{old.query}", key=None)
        assert (answer.status, answer.body) == (200, clip)
        assert [finished(second, job_id)["status"] for job_id in left] == ["completed"] * 2
        assert second.ledger() == ledger
    names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert names
    assert not [name for name in names if name.endswith(".mp4")]


def test_a_torn_ledger_is_healed(tmp_path: Path) -> None:
    with SimulatorProcess(tmp_path) as first:
        made(first)
        ledger = first.ledger()
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(path.read_bytes()[:20])
    with SimulatorProcess(tmp_path) as second:
        assert second.ledger() == ledger


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize("how", ["stdin", "SIGTERM", "SIGKILL"])
def test_nothing_outlives_it(tmp_path: Path, how: str) -> None:
    with SimulatorProcess(tmp_path) as simulator:
        long_job = {**SMALL, "duration": 15, "resolution": "1080p"}
        assert run(simulator, long_job).status == 202
        assert eventually(lambda: bool(children(simulator.pid)))
        workers = children(simulator.pid)
        assert eventually(lambda: any((tmp_path / "clips").iterdir()))
        assert simulator.process.stdin
        if how == "stdin":
            simulator.process.stdin.close()
        else:
            os.kill(simulator.pid, signal.Signals[how])
        code = simulator.process.wait(timeout=10)
        assert code == (-signal.SIGKILL if how == "SIGKILL" else 0)
        assert eventually(lambda: all(is_gone(pid) for pid in workers))


def test_the_program_starts_itself_where_there_is_no_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert processes.command("simulator") == [
        sys.executable,
        "-m",
        "pixverse_desktop.simulator.__main__",
    ]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    command = processes.command("simulator")
    assert command == [sys.executable, "--own-process", "simulator"]
    program = [sys.executable, "-m", "pixverse_desktop", *command[1:]]
    told = subprocess.run(
        [*program, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert "--until-stdin-closes" in told.stdout
    program[-1] = "renderer"
    assert subprocess.run(program, input=b"", cwd=ROOT, check=False, timeout=60).returncode == 0
    program[-1] = "pip"
    assert subprocess.run(program, cwd=ROOT, check=False, stderr=-1, timeout=60).returncode == 2


def test_a_scenario_from_a_file(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text(
        '{"settings": {"credit_cost": 3}, "credits": 8,'
        ' "faults": [{"on": "run", "kind": "status", "status": 503}]}'
    )
    with SimulatorProcess(tmp_path / "state", "--scenario", str(scenario)) as simulator:
        assert run(simulator).status == 503
        assert run(simulator).json["creditsRemaining"] == 5


def test_the_shipped_scenarios_can_be_played() -> None:
    paths = sorted((ROOT / "resources" / "demo" / "scenarios").glob("*.json"))
    assert paths
    for path in paths:
        scenario = parse_object(path.read_bytes())
        assert set(scenario) <= {"settings", "faults", "credits"}, path.name
        Settings().changed(as_object(scenario.get("settings")))
        for order in as_list(scenario.get("faults")):
            assert parse_fault(order).kind


def test_a_bad_scenario_ends_with_words(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.json"
    scenario.write_text('{"settings": {"nothing": 1}}')
    command = [sys.executable, "-m", "pixverse_desktop.simulator", "--state-dir"]
    ended = subprocess.run(
        [*command, str(tmp_path / "state"), "--scenario", str(scenario)],
        capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "nothing" in ended.stderr
