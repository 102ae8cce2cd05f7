"""The window where something cannot be written, on a stick, on a share that sleeps, K21 to K23, K28."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.catalogue import fault
from tests.support.odd_disks import OddDisk, odd_disk_library
from tests.support.simulator_process import SimulatorProcess
from tests.support.watched_window import Home, WatchedWindow

pytestmark = pytest.mark.timeout(150)

Open = Callable[[], WatchedWindow]
READ_ONLY, FULL, SLOW = "read-only", "full", "slow"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def disk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> OddDisk:
    built = odd_disk_library(tmp_path_factory.getbasetemp())
    return OddDisk(built, tmp_path / "rules")


@pytest.fixture
def open_window(home: Home, disk: OddDisk, simulator: SimulatorProcess, key: str) -> Iterator[Open]:
    before = len(simulator.ledger())
    made: list[WatchedWindow] = []

    def start() -> WatchedWindow:
        made.append(WatchedWindow(home, simulator.api_url, key, **disk.env))
        return made[-1]

    yield start
    saved = made[-1].seen.get("states", []).count("saved")
    assert len(simulator.ledger()) == before + saved  # nothing was paid for that is not there


# --- read-only, and full ---


@fault("K22", "K28")
@pytest.mark.parametrize("how", [READ_ONLY, FULL])
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("config", "Your settings and the form are kept only until the program ends"),
        ("logs", "There is no log of what goes wrong"),
        ("cache", ""),
    ],
)
def test_what_cannot_be_kept_is_said_and_clips_are_made_all_the_same(
    home: Home, disk: OddDisk, open_window: Open, how: str, place: str, words: str
) -> None:
    disk.becomes(how, getattr(home, place))
    with open_window() as window:
        window.until_up()
        window.tell("save")
        window.tell("save")
        if words:
            told = window.until_said(words)["told"]
            assert str(getattr(home, place)) in told[0]
        window.tell("generate")
        assert window.until_states("saved")["told"] == (told if words else [])  # and said once


@fault("K22", "K28")
def test_all_of_a_home_but_the_data_is_read_only(
    home: Home, disk: OddDisk, open_window: Open
) -> None:
    disk.becomes(READ_ONLY, home.config, home.logs, home.cache, home.clips)
    with open_window() as window:
        window.until_said("There is no log")
        window.until_up()
        window.tell("save")
        window.until_said("Your settings and the form")
        window.tell("generate")
        window.until_said("The clip folder cannot be used (Permission denied)")
        assert window.seen["states"] == ["queued"]


@fault("K22", "K28")
def test_without_a_data_folder_nothing_begins_and_that_is_said(
    home: Home, disk: OddDisk, open_window: Open
) -> None:
    disk.becomes(READ_ONLY, home.data)
    with open_window() as window:
        window.until_written("cannot be written (Read-only file system)")
        window.until_written("--data-dir")


@fault("K22")
def test_a_clip_folder_that_is_read_only_stops_the_paid_request(
    home: Home, disk: OddDisk, open_window: Open
) -> None:
    disk.becomes(READ_ONLY, home.clips)
    with open_window() as window:
        window.until_up()
        window.tell("generate")
        window.until_said("The clip folder cannot be used (Permission denied), so nothing is sent.")
        assert window.seen["states"] == ["queued"]
        disk.is_well()
        window.tell("resume")
        window.until_states("saved")


@fault("K21", "K22")
@pytest.mark.parametrize("how", [READ_ONLY, FULL])
def test_a_data_folder_that_turns_so_stops_the_paid_request_and_goes_on_later(
    home: Home, disk: OddDisk, open_window: Open, how: str
) -> None:
    with open_window() as window:
        window.until_up()
        disk.becomes(how, home.data)
        window.tell("generate")
        window.until_said("The list of jobs cannot be written")
        assert window.seen["states"] == []
        disk.is_well()
        window.tell("generate")
        window.until_states("saved")


# --- a stick ---


@fault("K23")
def test_clips_on_a_stick_that_is_pulled_are_not_lost(
    home: Home, open_window: Open, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    stick, pocket = tmp_path / "stick", tmp_path / "pocket"
    stick.mkdir()
    home.settings(clip_folder=str(stick))
    with open_window() as window:
        window.until_up()
        window.tell("generate")
        window.until_states("saved")
        window.tell("play")
        window.until(lambda seen: seen["playing"])
        stick.rename(pocket)  # while it plays
        window.tell("generate")
        window.until_said("The clip folder cannot be used")
        assert window.seen["states"] == ["saved", "queued"]
        assert not stick.exists()
        pocket.rename(stick)
        simulator.settings(min_job_s=1.0)
        window.tell("resume")
        window.until_states("saved", "accepted")
        stick.rename(pocket)  # while it is made
        window.until(lambda seen: seen["problems"] == ["", "disk"])
        assert not stick.exists()
        pocket.rename(stick)
        window.until_states("saved", "saved")
        window.tell("play")
        window.until(lambda seen: seen["playing"])


# --- a share that sleeps ---


@fault("K23")
def test_a_share_that_takes_its_time_holds_up_neither_window_nor_queue(
    home: Home, disk: OddDisk, open_window: Open
) -> None:
    disk.becomes(SLOW, home.clips)
    with open_window() as window:
        window.until_up()
        window.tell("generate")
        window.tell("generate")
        window.until(lambda seen: seen["states"] in (["saved", "accepted"], ["saved", "saved"]))
        window.tell("play")
        window.until(lambda seen: seen["playing"])
        assert window.late_s < 0.5  # a single call takes longer
        disk.is_well()
        window.until_states("saved", "saved")
