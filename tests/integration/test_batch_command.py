"""``pixverse-desktop batch`` as a user runs it: all or nothing, and again only what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.simulator.samples import EXAMPLES
from tests.support.batch_runs import SHORT, batch, jobs_in, start
from tests.support.paid_service import PaidService
from tests.support.scripted_server import close, reply
from tests.support.simulator_process import ROOT, SimulatorProcess


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.txt"
    path.write_text("# three clips\na {red|blue} boat\n\nthe sea\n", encoding="utf-8")
    return path


def test_a_file_is_made_and_then_is_there(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    url, before = simulator.api_url, len(simulator.ledger())
    code, told, _ = batch(data_dir, url, file, *SHORT, "--dry-run", key=key)
    assert (code, told["errors"]) == (0, [])
    assert [clip["prompt"] for clip in told["clips"]] == ["a red boat", "a blue boat", "the sea"]
    assert {(clip["resolution"], clip["duration"]) for clip in told["clips"]} == {("360p", 1)}
    assert float(told["low"]) <= float(told["high"])
    assert len(simulator.ledger()) == before
    code, made, _ = batch(data_dir, url, file, *SHORT, key=key)
    assert (code, made["failed"], made["skipped"]) == (0, [], [])
    assert [clip["row"] for clip in made["saved"]] == [1, 1, 2]
    assert all(Path(clip["path"]).is_file() for clip in made["saved"])
    assert [job.pattern for job in jobs_in(data_dir)] == ["a {red|blue} boat"] * 2 + [""]
    code, again, _ = batch(data_dir, url, file, *SHORT, key=key)
    assert (code, again["saved"], len(again["skipped"])) == (0, [], 3)
    assert "made already" in again["skipped"][0]["reason"]
    file.write_text(file.read_text() + "one more\n", encoding="utf-8")
    code, more, _ = batch(data_dir, url, file, *SHORT, key=key)
    assert (code, [clip["row"] for clip in more["saved"]]) == (0, [3])
    assert len(simulator.ledger()) == before + 4
    code, anew, _ = batch(data_dir, url, file, *SHORT, "--again", "--dry-run", key=key)
    assert len(anew["clips"]) == 4


def test_one_bad_row_stops_the_whole(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    before = len(simulator.ledger())
    table = tmp_path / "table.csv"
    table.write_text(
        "prompt;duration;start_frame\nfine;5;\nlong;99;\n;5;gone.png\n{a;1;\n", encoding="utf-16"
    )
    code, told, _ = batch(data_dir, simulator.api_url, table, key=key)
    assert code == 2
    wrong = {(error["row"], error["field"]) for error in told["errors"]}
    assert {(2, "duration"), (4, "prompt")} <= wrong
    assert {row for row, _ in wrong} == {2, 3, 4}
    assert all(error["message"] for error in told["errors"])
    assert len(simulator.ledger()) == before
    assert jobs_in(data_dir) == []


def test_an_unknown_column_is_named(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    table = tmp_path / "table.tsv"
    table.write_text("prompt\tcolour\nfine\tred\n", encoding="utf-8")
    code, told, _ = batch(data_dir, simulator.api_url, table, key=key)
    assert (code, [error["field"] for error in told["errors"]]) == (2, ["colour"])


def test_pictures_seeds_and_values_are_combined(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    pictures = [str(ROOT / "resources" / "examples" / f"{name}.jpg") for name in EXAMPLES]
    axes = ("--start-frames", *pictures, "--seeds", "2", "--set", "duration=1,3")
    code, told, _ = batch(data_dir, simulator.api_url, file, *axes, "--dry-run", key=key)
    assert (code, len(told["clips"])) == (0, 3 * 3 * 2 * 2)
    assert {clip["duration"] for clip in told["clips"]} == {1, 3}
    one = ("--start-frames", *pictures, "--match", "one-to-one")
    code, told, _ = batch(data_dir, simulator.api_url, file, *one, "--dry-run", key=key)
    assert (code, len(told["clips"])) == (0, 3)
    code, told, _ = batch(
        data_dir, simulator.api_url, file, *one, "--seeds", "2", "--dry-run", key=key
    )
    assert code == 2
    assert "One to one" in told["error"]


def test_nothing_is_sent_above_the_ceiling(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    before = len(simulator.ledger())
    code, told, _ = batch(data_dir, simulator.api_url, file, "--max-credits", "29.5", key=key)
    assert (code, told["saved"], len(told["skipped"])) == (4, [], 3)
    assert len(simulator.ledger()) == before
    said = subprocess.run(
        [sys.executable, "-m", "pixverse_desktop", "batch", str(file), "--max-credits", "29.5",
         "--data-dir", str(data_dir), "--api-url", simulator.api_url],
        env={**os.environ, "PIXELDOJO_API_KEY": key}, cwd=ROOT, capture_output=True,
        text=True, check=False, timeout=60,
    )  # fmt: skip
    assert said.returncode == 4
    assert said.stderr.count("more than 29.5") == 1  # not for each row as well


def test_a_price_that_rises_meanwhile_holds_the_rest(
    data_dir: Path, key: str, tmp_path: Path
) -> None:
    """Ten each was announced and allowed; the first is charged 25, so the last would pass 40."""
    file = tmp_path / "prompts.txt"
    file.write_text("one\ntwo\nthree\nfour\n", encoding="utf-8")
    with PaidService() as service:
        service.always["run"] = dear(service)
        code, told, _ = batch(data_dir, service.url, file, "--max-credits", "41", key=key)
        assert code == 4
        assert len(service.charges) == 1
        assert len(told["saved"]) == 1
        assert len(told["skipped"]) == 3
        assert {job.state.value for job in jobs_in(data_dir)} == {"saved", "withdrawn"}


def dear(service: PaidService) -> Any:
    def answer(connection: Any, request: bytes) -> None:
        done = service.charge(request)
        receipt = {"jobId": done.job_id, "status": "pending", "creditCost": 25,
                   "creditsRemaining": 900}  # fmt: skip
        reply("202 Accepted", json.dumps(receipt).encode())(connection, request)

    return answer


def test_an_answer_that_is_lost_is_never_paid_twice(data_dir: Path, key: str, file: Path) -> None:
    with PaidService() as service:
        service.echo = False
        service.always["list"] = reply("404 Not Found", b"{}")

        def lost(connection: Any, request: bytes) -> None:
            service.charge(request)
            close(connection, request)

        service.next["run"] = [lost]
        code, told, _ = batch(data_dir, service.url, file, key=key)
        assert code == 7
        assert len(told["failed"]) == 1
        assert len(told["saved"]) == 2
        code, told, _ = batch(data_dir, service.url, file, key=key)
        assert (code, len(told["failed"]), len(told["skipped"])) == (7, 1, 2)
        assert len(service.charges) == 3


def test_what_a_kill_left_waiting_is_taken_over(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    before = len(simulator.ledger())
    file = tmp_path / "prompts.txt"
    file.write_text("a boat {1-12}\n", encoding="utf-8")
    process = start(data_dir, simulator.api_url, file, *SHORT, key=key)
    while len(simulator.ledger()) < before + 2:
        assert process.poll() is None
        time.sleep(0.05)  # a process of its own: there is no clock to turn
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    code, told, err = batch(data_dir, simulator.api_url, file, *SHORT, key=key)
    # The kill may have come before a request left: then nobody knows, and it is not sent again.
    in_doubt = len(told["failed"])
    assert (code, in_doubt) in ((0, 0), (7, 1)), (told, err)
    assert len(told["saved"]) + len(told["skipped"]) + in_doubt == 12
    charges = simulator.ledger()[before:]
    assert len(charges) == 12 - in_doubt
    assert len({charge["jobId"] for charge in charges}) == len(charges)


def test_an_interrupted_batch_leaves_nothing_waiting(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    before = len(simulator.ledger())
    file = tmp_path / "prompts.txt"
    file.write_text("a boat {1-40}\n", encoding="utf-8")
    process = start(data_dir, simulator.api_url, file, *SHORT, key=key)
    while len(simulator.ledger()) < before + 1:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    told = json.loads(out)
    assert len(told["saved"]) + len(told["failed"]) + len(told["skipped"]) == 40
    assert "queued" not in {job.state.value for job in jobs_in(data_dir)}


def test_help_names_every_code() -> None:
    done = subprocess.run([sys.executable, "-m", "pixverse_desktop", "batch", "--help"], cwd=ROOT,
                          capture_output=True, text=True, check=True)  # fmt: skip
    for code in (0, 2, 3, 4, 6, 7, 8, 9, 10, 130):
        assert f"  {code} " in done.stdout
