"""What moves, for how long, and that nothing does where the system wants none of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pixverse_desktop.services import system_motion
from pixverse_desktop.ui.base import motion
from pixverse_desktop.ui.player.video_area import StillPage
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.fold_out import FoldOut
from tests.support.window_fakes import FakeWorkers


@pytest.fixture
def moving() -> Iterator[None]:
    motion.allow(True)
    yield
    motion.allow(False)


@pytest.fixture
def fold(qtbot: QtBot) -> FoldOut:
    made = FoldOut("More", "what is inside", QLabel("inside"))
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_fold_out_appears_and_is_itself_again(qtbot: QtBot, fold: FoldOut, moving: None) -> None:
    fold.set_open(True)
    content = fold.findChildren(QLabel)[-1]
    assert content.isVisible()
    assert content.graphicsEffect() is not None
    qtbot.waitUntil(lambda: content.graphicsEffect() is None)


def test_without_motion_it_is_there_at_once(fold: FoldOut) -> None:
    fold.set_open(True)
    content = fold.findChildren(QLabel)[-1]
    assert content.isVisible()
    assert content.graphicsEffect() is None


def test_a_toast_rises_to_its_place(qtbot: QtBot, window: MainWindow, moving: None) -> None:
    window.user_actions.said.emit("Looking for clips…")
    began = window.toasts.y()
    qtbot.waitUntil(lambda: window.toasts.y() == began - 16)


def picture(colour: str) -> QImage:
    image = QImage(64, 36, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def shown(page: StillPage) -> str:
    return page.grab().toImage().pixelColor(page.rect().center()).name()


def test_the_stage_fades_from_one_clip_to_the_next_and_not_between_frames(
    qtbot: QtBot, moving: None
) -> None:
    page = StillPage()
    qtbot.addWidget(page)
    page.resize(200, 120)
    page.show()
    page.set_shape(QSize(64, 36))
    page.set_image(picture("#ff0000"))
    qtbot.waitUntil(lambda: shown(page) == "#ff0000")
    page.set_image(picture("#00ff00"))  # the next frame of the same clip
    assert shown(page) == "#00ff00"
    page.set_shape(QSize(64, 36))
    page.set_image(picture("#0000ff"))
    assert shown(page) != "#0000ff"
    qtbot.waitUntil(lambda: shown(page) == "#0000ff")


def test_it_lasts_as_long_as_was_agreed() -> None:
    assert 120 <= motion.MILLISECONDS <= 180


@pytest.mark.parametrize(("said", "less"), [("false", True), ("true", False), ("", False)])
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="asks its desktop otherwise")
def test_gnome_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, less: bool
) -> None:
    asked = tmp_path / "asked"
    program = tmp_path / "gsettings"
    program.write_text(f'#!/bin/sh\necho "$@" > {asked}\necho {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert system_motion.wants_less_motion() is less
    assert "enable-animations" in asked.read_text()
    motion.follow_system(FakeWorkers())
    parts: list[float] = []
    owner = QObject()
    movement = motion.Motion(owner, parts.append)
    movement.start()
    motion.allow(False)
    assert parts == [1.0 if less else 0.0]


def test_a_desktop_that_cannot_be_asked_wants_motion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError):
        subprocess.run(["gsettings"], check=False)
    assert not system_motion.wants_less_motion()
