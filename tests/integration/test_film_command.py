"""``pixverse-desktop film run`` as a user runs it: every shot once, and again only what is missing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.film.plan import Wish
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings, save_json
from tests.support.batch_runs import jobs_in
from tests.support.commands import command, ended
from tests.support.engine_harness import harness_on
from tests.support.films import ENCODED_ONCE, start_frame_error
from tests.support.loops import asynchronous
from tests.support.paid_service import PaidService
from tests.support.scripted_server import close, reply
from tests.support.simulator_process import ROOT, SimulatorProcess

SHORT = {"resolution": "360p", "duration": 1}
PICTURE = ROOT / "resources" / "examples" / "sea.jpg"
Shots = list[dict[str, Any]]


def shots(*names: str) -> Shots:
    """Each goes on from the one before."""
    found: Shots = [{"name": n, "prompt": f"shot {n}", "continues": True, **SHORT} for n in names]
    found[0].pop("continues")
    return found


def written(path: Path, wanted: Shots, **more: object) -> Path:
    whole = {"version": 1, "name": "Dawn", "shots": wanted, **more}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path / "film.json", shots("one", "two", "three"))


def start(data_dir: Path, url: str, file: Path, *more: str, key: str) -> subprocess.Popen[str]:
    return command(
        "tests.support.quick_command", "film", "run", str(file), "--json", "--data-dir", str(data_dir),
        "--api-url", url, *more, key=key,
    )  # fmt: skip


def run(
    data_dir: Path, url: str, file: Path, *more: str, key: str = ""
) -> tuple[int, dict[str, Any]]:
    """Exit code and the line of JSON."""
    return ended(start(data_dir, url, file, *more, key=key))


def test_a_film_is_made_shot_by_shot_and_then_is_there(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    url, before = simulator.api_url, len(simulator.ledger())
    code, told = run(data_dir, url, file, "--dry-run", key=key)
    assert (code, told.keys()) == (0, {"shots", "low", "high"})
    assert [(shot["name"], shot.get("continues")) for shot in told["shots"]] == [
        ("one", None), ("two", "one"), ("three", "two")
    ]  # fmt: skip
    assert {(shot["resolution"], shot["duration"]) for shot in told["shots"]} == {("360p", 1)}
    assert 0 < float(told["low"]) <= float(told["high"])
    assert len(simulator.ledger()) == before
    assert jobs_in(data_dir) == []
    code, made = run(data_dir, url, file, key=key)
    assert (code, made["out_of_date"]) == (0, [])
    assert [(one["name"], one["state"]) for one in made["shots"]] == [
        ("one", "saved"), ("two", "saved"), ("three", "saved")
    ]  # fmt: skip
    paths = [Path(one["path"]) for one in made["shots"]]
    for parent, child in zip(paths, jobs_in(data_dir)[1:], strict=False):
        frame = child.request.start_frame
        assert frame is not None
        error, allowed = start_frame_error(parent, (data_dir / "frames" / frame.value).read_bytes())
        assert error <= allowed + ENCODED_ONCE
    assert run(data_dir, url, file, key=key) == (0, made)
    written(file, shots("one", "two", "three", "four"))
    code, more = run(data_dir, url, file, key=key)
    assert (code, more["shots"][:3], more["shots"][3]["state"]) == (0, made["shots"], "saved")
    renamed = shots("first", "two", "three", "four")
    renamed[0]["prompt"] = "shot one"
    written(file, renamed)  # a new name alone costs nothing
    code, again = run(data_dir, url, file, key=key)
    assert (code, again["out_of_date"]) == (0, [])
    assert [one["path"] for one in again["shots"]] == [one["path"] for one in more["shots"]]
    assert len(simulator.ledger()) == before + 4


def test_what_changed_is_made_again_only_when_it_is_asked_for(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    url = simulator.api_url
    _, made = run(data_dir, url, file, key=key)
    before = len(simulator.ledger())
    changed = shots("one", "two", "three")
    changed[1]["prompt"] = "another text"
    written(file, changed)
    code, told = run(data_dir, url, file, key=key)
    assert (code, told["out_of_date"]) == (0, ["two", "three"])
    assert told["shots"] == made["shots"]
    code, dry = run(data_dir, url, file, "--redo", "--dry-run", key=key)
    assert [shot["name"] for shot in dry["shots"]] == ["two", "three"]
    assert len(simulator.ledger()) == before
    code, again = run(data_dir, url, file, "--redo", key=key)
    assert (code, again["out_of_date"]) == (0, [])
    assert again["shots"][0] == made["shots"][0]
    assert {one["path"] for one in again["shots"][1:]}.isdisjoint(one["path"]
        for one in made["shots"])  # fmt: skip
    written(file, shots("one", "two", "three"))  # as it was: what was paid for counts again
    assert run(data_dir, url, file, "--redo", key=key) == (0, made)
    assert len(simulator.ledger()) == before + 2


def test_nothing_is_sent_above_the_most_that_it_may_cost(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    before = len(simulator.ledger())
    code, told = run(data_dir, simulator.api_url, file, "--max-credits", "29.5", key=key)
    assert code == 4
    assert [(one["job_id"], one["path"], one["state"]) for one in told["shots"]] == [
        (None, None, "missing")
    ] * 3
    assert "29.5" in told["error"]
    assert len(simulator.ledger()) == before
    assert jobs_in(data_dir) == []


def test_a_price_that_rises_meanwhile_holds_the_rest(data_dir: Path, key: str, file: Path) -> None:
    """Ten each was announced and allowed; the first is charged 25, so the last would pass 31."""
    with PaidService() as service:
        service.always["run"] = service.receipt(creditCost=25, creditsRemaining=900)
        code, told = run(data_dir, service.url, file, "--max-credits", "31", key=key)
        assert (code, len(service.charges)) == (4, 1)
        assert [one["state"] for one in told["shots"]] == ["saved", "missing", "missing"]
        assert {job.state.value for job in jobs_in(data_dir)} == {"saved", "withdrawn"}


def test_a_failure_stops_its_branch_alone(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    url, before = simulator.api_url, len(simulator.ledger())
    file = written(tmp_path / "film.json", [*shots("one", "two"), *shots("alone")])
    save_json(paths_below(data_dir).settings, Settings(jobs_at_a_time=1))
    simulator.fault("job", "fail_job", error="content moderation")
    code, told = run(data_dir, url, file, key=key)
    assert (code, [one["state"] for one in told["shots"]]) == (6, ["failed", "missing", "saved"])
    code, again = run(data_dir, url, file, key=key)
    assert (code, again["shots"]) == (6, told["shots"])
    assert len(simulator.ledger()) == before + 2
    code, retried = run(data_dir, url, file, "--retry-failed", key=key)
    assert (code, {one["state"] for one in retried["shots"]}) == (0, {"saved"})
    assert len(simulator.ledger()) == before + 4


def test_an_answer_that_is_lost_is_never_paid_twice(data_dir: Path, key: str, file: Path) -> None:
    with PaidService() as service:
        service.echo = False
        service.always["list"] = reply("404 Not Found", b"{}")

        def lost(connection: Any, request: bytes) -> None:
            service.charge(request)
            close(connection, request)

        service.next["run"] = [service.receipt(), lost]
        for _ in range(2):
            code, told = run(data_dir, service.url, file, key=key)
            states = [one["state"] for one in told["shots"]]
            assert (code, states) == (7, ["saved", "unconfirmed", "missing"])
            assert len(service.charges) == 2


def test_what_a_kill_left_waiting_is_taken_over(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    before = len(simulator.ledger())
    file = written(tmp_path / "film.json", shots(*"abcdef"))
    process = start(data_dir, simulator.api_url, file, key=key)
    while len(simulator.ledger()) < before + 2:
        assert process.poll() is None
        time.sleep(0.05)  # a process of its own: there is no clock to turn
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    code, told = run(data_dir, simulator.api_url, file, key=key)
    assert (code, {one["state"] for one in told["shots"]}) == (0, {"saved"}), told
    assert len(simulator.ledger()) == before + 6


def test_a_new_shot_takes_along_what_it_goes_on_from(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    """ "Redo" was pressed and waits still, when the film is run with one more shot."""
    url, before = simulator.api_url, len(simulator.ledger())
    wanted = shots("one", "two")
    file = written(tmp_path / "film.json", wanted[:1])
    assert run(data_dir, url, file, key=key)[0] == 0
    wanted[0]["prompt"] = "another text"
    written(file, wanted[:1])
    assert run(data_dir, url, file, key=key)[1]["out_of_date"] == ["one"]
    press_redo(simulator, data_dir, key)
    written(file, wanted)
    code, told = run(data_dir, url, file, key=key)
    assert (code, told["out_of_date"]) == (0, [])
    assert [one["state"] for one in told["shots"]] == ["saved", "saved"]
    _, redone, child = jobs_in(data_dir)
    assert child.after == redone.id
    assert len(simulator.ledger()) == before + 3


@asynchronous
async def press_redo(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    """In a window that is paused."""
    async with harness_on(simulator, data_dir, key) as harness:
        harness.engine.pause()
        (film,) = harness.engine.films.all()
        redo = Wish(redo={film.shots[0].id})
        assert len(await harness.engine.films.make(film.id, redo)) == 1


def test_an_interrupted_film_leaves_nothing_waiting(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    before = len(simulator.ledger())
    file = written(tmp_path / "film.json", shots(*"abcdefghij"))
    process = start(data_dir, simulator.api_url, file, key=key)
    while len(simulator.ledger()) < before + 1:
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    code, told = ended(process)
    assert (code, len(told["shots"])) == (130, 10)
    assert "queued" not in {job.state.value for job in jobs_in(data_dir)}


def test_a_key_that_is_missing_or_refused(
    simulator: SimulatorProcess, data_dir: Path, file: Path
) -> None:
    assert run(data_dir, simulator.api_url, file)[0] == 3
    assert jobs_in(data_dir) == []


def test_pictures_beside_the_file_and_a_shot_that_meets_the_next(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    (tmp_path / "dawn.jpg").write_bytes(PICTURE.read_bytes())
    wanted = [*shots("one", "two"), *shots("three")]
    wanted[0] |= {"start_frame": "dawn.jpg"}
    wanted[1] |= {"continues": "one", "meets": True}
    file = written(tmp_path / "film.json", wanted)
    _, dry = run(data_dir, simulator.api_url, file, "--dry-run", key=key)
    assert [shot["name"] for shot in dry["shots"]] == ["one", "two", "three"]
    code, told = run(data_dir, simulator.api_url, file, key=key)
    assert code == 0, told
    by_name = {job.label: job for job in jobs_in(data_dir)}
    assert by_name["two"].parents == (by_name["one"].id, by_name["three"].id)
    frames = [by_name["one"].request.start_frame, by_name["two"].request.end_frame]
    assert [frame and frame.parent for frame in frames] == ["", by_name["three"].id]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": 2, "name": "x", "shots": []}', "newer version"),
        ('{"version": 1, "name": "x", "shots": []}', "no shots"),
        ('{"version": 1, "colour": "red", "shots": []}', "colour"),
        ('{"version": 1, "shots": [{"prompt": "x", "colour": "red"}]}', "colour"),
        ('{"version": 1, "shots": [{"prompt": "x", "duration": 99}]}', "Shot 1"),
        ('{"version": 1, "shots": [{"prompt": "x", "duration": "long"}]}', "Shot 1"),
        ('{"version": 1, "shots": [{"prompt": "x", "continues": true}]}', "Shot 1"),
        ('{"version": 1, "shots": [{"prompt": "x", "start_frame": "/etc/hostname"}]}', "folder"),
        ('{"version": 1, "shots": [{"prompt": "x", "start_frame": "../x.jpg"}]}', "folder"),
        ('{"version": 1, "shots": [{"prompt": "x", "start_frame": "gone.jpg"}]}', "gone.jpg"),
        ('{"version": 1, "shots": [{"prompt": "x", "take": "gone.mp4"}]}', "gone.mp4 is not there"),
        ('{"version": 1, "shots": [{"prompt": "x", "take": "../a.mp4"}]}', "folder"),
        ('{"version": 1, "shots": [{"prompt": "x", "take": "film.json"}]}', "no clip of this"),
        ('{"version": 1, "shots": [{"prompt": "x", "take": 1}]}', "take"),
        ('{"version": 1, "shots": [{"prompt": "x", "take": "x://../../a.mp4"}]}', "folder"),
        ('{"version": 1, "shots": [{"prompt": "", "name": "x"}]}', "prompt is empty"),
        ("[" * 100_000, "no film"),
        ("", "no film"),
        (json.dumps({"version": 1, "shots": [{"prompt": "x"}] * 100_000}), "100,000"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_made_is_refused(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path, text: str, said: str
) -> None:
    before = len(simulator.ledger())
    file = tmp_path / "film.json"
    file.write_text(text, encoding="utf-8")
    code, told = run(data_dir, simulator.api_url, file, key=key)
    assert (code, told["shots"], told["out_of_date"]) == (2, [], [])
    assert said in told["error"]
    assert len(simulator.ledger()) == before


def test_a_film_with_its_clips_is_there_on_another_machine_and_costs_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path, tmp_path: Path
) -> None:
    url = simulator.api_url
    _, made = run(data_dir, url, file, key=key)
    before, given = len(simulator.ledger()), shots("one", "two", "three")
    (tmp_path / "clips").mkdir()
    for one, there in zip(given[:2], made["shots"], strict=False):
        one["take"] = f"clips/{one['name']}.mp4"
        shutil.copyfile(there["path"], tmp_path / one["take"])
    elsewhere = tmp_path / "elsewhere"
    code, told = run(elsewhere, url, written(file, given), "--dry-run", key=key)
    assert (code, [one["name"] for one in told["shots"]]) == (0, ["three"])
    assert jobs_in(elsewhere) == []
    code, again = run(elsewhere, url, written(file, given), key=key)
    assert (code, again["out_of_date"]) == (0, [])
    assert [one["job_id"] for one in again["shots"][:2]] == [
        one["job_id"] for one in made["shots"][:2]
    ]
    assert again["shots"][0]["path"] == str(tmp_path / "clips" / "one.mp4")
    assert len(simulator.ledger()) == before + 1  # the third, which goes on from the second
    jobs = {job.label or job.remote_id: job for job in jobs_in(elsewhere)}
    assert jobs["three"].after == jobs[again["shots"][1]["job_id"]].id
    assert run(elsewhere, url, file, "--redo", key=key) == (0, again)


def test_a_film_that_was_removed_is_not_paid_for_again(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path
) -> None:
    url = simulator.api_url
    _, made = run(data_dir, url, file, key=key)
    before = len(simulator.ledger())
    remove_films(simulator, data_dir, key)
    assert run(data_dir, url, file, key=key) == (0, made)
    assert len(simulator.ledger()) == before
    remove_films(simulator, data_dir, key)
    changed = shots("one", "two", "three")
    for one, prompt in zip(changed[1:], ("another way", "another end"), strict=True):
        one["prompt"] = prompt
    code, again = run(data_dir, url, written(file, changed), key=key)
    assert (code, again["out_of_date"]) == (0, [])
    assert again["shots"][0] == made["shots"][0]
    assert again["shots"][1]["job_id"] != made["shots"][1]["job_id"]  # another film's clips are not
    assert len(simulator.ledger()) == before + 2


@asynchronous
async def remove_films(simulator: SimulatorProcess, data_dir: Path, key: str) -> None:
    async with harness_on(simulator, data_dir, key) as harness:
        for film in harness.engine.films.all():
            await harness.engine.films.remove(film.id)


def test_help_names_every_code() -> None:
    done = subprocess.run([sys.executable, "-m", "pixverse_desktop", "film", "--help"], cwd=ROOT,
                          capture_output=True, text=True, check=True)  # fmt: skip
    for code in (0, 2, 3, 4, 6, 7, 8, 9, 10, 130):
        assert f"  {code} " in done.stdout


def export(
    data_dir: Path, url: str, file: Path, output: Path, *more: str, key: str
) -> tuple[int, dict[str, Any]]:
    return ended(
        command(
            "pixverse_desktop", "film", "export", str(file), "--output", str(output), "--json",
            "--data-dir", str(data_dir), "--api-url", url, *more, key=key,
        )
    )  # fmt: skip


def test_what_was_made_is_exported(
    simulator: SimulatorProcess, data_dir: Path, key: str, file: Path, tmp_path: Path
) -> None:
    url, film = simulator.api_url, tmp_path / "film.mp4"
    code, told = export(data_dir, url, file, film, key=key)
    assert code == 2
    assert "Dawn" in told["error"]
    assert run(data_dir, url, file, key=key)[0] == 0
    charged = len(simulator.ledger())
    lists = {name: tmp_path / f"film.{name}" for name in ("otio", "edl", "fcpxml7")}
    options = [text for name, path in lists.items() for text in (f"--{name}", str(path))]
    code, told = export(data_dir, url, file, film, *options, key=key)
    assert code == 0, told
    assert len(told["dropped"]) == 2
    assert told["frames"] == 3 * 24 - sum(told["dropped"])
    assert Path(told["path"]) == film
    assert film.stat().st_size > 10_000
    assert all("two" in path.read_text(encoding="utf-8") for path in lists.values())
    assert len(simulator.ledger()) == charged
    before = film.read_bytes()
    assert export(data_dir, url, file, film, key=key)[0] == 2
    assert film.read_bytes() == before
    assert export(data_dir, url, file, tmp_path / "x.mp4", "--edl", str(tmp_path / "x.mp4"),
                  key=key)[0] == 2  # fmt: skip
    assert not (tmp_path / "x.mp4").exists()
