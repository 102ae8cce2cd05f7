"""A second start hands its pictures to the first window, whatever they are called."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.shell.single_instance import FirstInstance, socket_name
from tests.simulator_process import ROOT

_SECOND = """
import json, sys
from PySide6.QtCore import QCoreApplication
app = QCoreApplication([])
from pixverse_desktop.ui.shell.single_instance import hand_over
print(hand_over(sys.argv[1], json.loads(sys.stdin.read()), 10))
"""
_FOLDER = "Изображения/Отпуск на море — Сочи и Красная Поляна/день рождения бабушки/Фотографии"


def second_start(name: str, pictures: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SECOND, name]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(pictures))
    process.stdin.close()
    process.stdin = None
    return process


def heard(qtbot: QtBot, folder: Path, pictures: list[str], busy_s: float = 0.0) -> list[object]:
    """What the first window hears, after it was ``busy_s`` seconds with something else."""
    got: list[object] = []
    parent = QObject()
    first = FirstInstance(socket_name(folder), parent)
    first.started_again.connect(got.append)
    process = second_start(socket_name(folder), pictures)
    time.sleep(busy_s)
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    assert process.communicate()[0] == "True\n"
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
