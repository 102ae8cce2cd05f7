"""A second start hands its pictures to the first window, whatever they are called."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.single_instance import (
    FirstInstance,
    keep_address,
    kept_address,
    socket_name,
)
from tests.support.simulator_process import ROOT

_SECOND = """
import json, sys
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from pixverse_desktop.ui.shell.single_instance import hand_over
print(hand_over(sys.argv[1], json.loads(sys.stdin.read()), 10, *sys.argv[2:]).name)
"""
_FOLDER = "Изображения/Отпуск на море — Сочи и Красная Поляна/день рождения бабушки/Фотографии"


def second_start(name: str, pictures: list[str], service: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SECOND, name, service]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(pictures))
    process.stdin.close()
    process.stdin = None
    return process


def heard(
    qtbot: QtBot,
    folder: Path,
    pictures: list[str],
    busy_s: float = 0.0,
    service: str = "",
    answer: str = "TAKEN",
) -> list[object]:
    """What the first window, on the demo, hears after ``busy_s`` seconds with something else."""
    got: list[object] = []
    parent = QObject()
    first = FirstInstance(socket_name(folder), parent, lambda: "demo")
    first.started_again.connect(got.append)
    process = second_start(socket_name(folder), pictures, service)
    time.sleep(busy_s)
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    assert process.communicate()[0] == f"{answer}\n"
    qtbot.wait(200)
    first.close()
    return got


def test_a_hundred_pictures_with_long_names(qtbot: QtBot, tmp_path: Path) -> None:
    names = [f"/home/user/{_FOLDER}/{_FOLDER}/IMG_{n:04} копия.jpg" for n in range(100)]
    assert heard(qtbot, tmp_path, names) == [names]


def test_a_busy_first_window_hears_of_it_once(qtbot: QtBot, tmp_path: Path) -> None:
    assert heard(qtbot, tmp_path, ["/a.png"], busy_s=2.5) == [["/a.png"]]


def test_addresses_stay_as_they_are(qtbot: QtBot, tmp_path: Path) -> None:
    pictures = ["https://example.com/a.jpg", "b.png"]
    assert heard(qtbot, tmp_path, pictures) == [[pictures[0], str(ROOT / "b.png")]]


def test_a_start_for_the_windows_own_service_is_taken(qtbot: QtBot, tmp_path: Path) -> None:
    assert heard(qtbot, tmp_path, ["/a.png"], service="demo") == [["/a.png"]]


def test_a_start_for_another_service_is_told_so_and_leaves_the_form_alone(
    qtbot: QtBot, tmp_path: Path
) -> None:
    url = "https://example.com/api/v1"
    assert heard(qtbot, tmp_path, ["/a.png"], service=url, answer="OTHER_SERVICE") == [[]]


@pytest.fixture
def full(window: MainWindow) -> MainWindow:
    """A window with both frames set."""
    window.open_files(["/a/one.png", "/a/two.png"])
    return window


def labels(window: MainWindow) -> list[str]:
    return [frame.label for frame in window.compose.request().frames()]


def choose(window: MainWindow, text: str) -> None:
    assert window.user_actions.given_pictures.sheet is not None
    (button,) = [
        b
        for b in window.user_actions.given_pictures.sheet.findChildren(QPushButton)
        if b.text() == text
    ]
    button.click()


def test_a_later_picture_fills_the_free_slot(window: MainWindow) -> None:
    window.come_forward(["/a/one.png"])
    window.come_forward(["/a/two.png"])
    assert window.user_actions.given_pictures.sheet is None
    assert labels(window) == ["one.png", "two.png"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("Keep mine", ["one.png", "two.png"]),
        ("Replace the start frame", ["three.png", "two.png"]),
        ("Replace the end frame", ["one.png", "three.png"]),
    ],
)
def test_where_no_slot_is_free_it_asks(full: MainWindow, answer: str, left: list[str]) -> None:
    full.come_forward(["/a/three.png"])
    assert labels(full) == ["one.png", "two.png"]
    choose(full, answer)
    assert labels(full) == left
    assert full.user_actions.given_pictures.sheet is None


def test_two_pictures_replace_both_or_none(full: MainWindow) -> None:
    full.come_forward(["/a/three.png", "/a/four.png"])
    choose(full, "Replace both frames")
    assert labels(full) == ["three.png", "four.png"]


def test_pictures_of_later_starts_wait_for_the_answer(full: MainWindow) -> None:
    full.come_forward(["/a/three.png"])
    full.come_forward(["/a/four.png"])
    choose(full, "Keep mine")
    choose(full, "Replace the end frame")
    assert labels(full) == ["one.png", "four.png"]


def test_only_frames_that_the_model_takes_are_offered(full: MainWindow) -> None:
    full.compose.set_model(PIXVERSE_V6.without("end_frame"))
    full.come_forward(["/a/three.png"])
    assert full.user_actions.given_pictures.sheet is not None
    assert list(full.user_actions.given_pictures.sheet.buttons) == ["start", "keep"]
    choose(full, "Keep mine")


def places(folder: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path) -> list[object]:
    """What the first window hears that has ``temporary`` for its temporary files."""
    got: list[object] = []
    monkeypatch.setenv("TMPDIR", str(temporary))
    parent = QObject()
    first = FirstInstance(socket_name(folder), parent, lambda: "demo")
    first.started_again.connect(got.append)
    keep_address(folder / "instance.socket", first.address)
    monkeypatch.setenv("TMPDIR", str(folder))
    loop = QEventLoop()
    first.started_again.connect(lambda _: QTimer.singleShot(300, loop.quit))
    QTimer.singleShot(15_000, loop.quit)
    process = second_start(kept_address(folder / "instance.socket", folder), ["/a.png"], "")
    loop.exec()
    assert process.communicate(timeout=20)[0] == "TAKEN\n"
    first.close()
    return got


@pytest.mark.parametrize("name", ["elsewhere", "gone", "x" * 120])
def test_a_start_with_another_folder_for_temporary_files(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name != "gone":
        (tmp_path / name).mkdir()
    assert places(tmp_path, monkeypatch, tmp_path / name) == [["/a.png"]]


def test_the_window_of_an_older_version_is_found_as_before(tmp_path: Path) -> None:
    place = tmp_path / "instance.socket"
    assert kept_address(place, tmp_path) == socket_name(tmp_path)
    for written in (b"", b"\xff\xfe"):
        place.write_bytes(written)
        assert kept_address(place, tmp_path) == socket_name(tmp_path)
