"""Names that are not UTF-8 in the window: shown, played, opened and handed over."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.ui.jobs.thumbnails import read_clip
from pixverse_desktop.ui.playback.media_player import MediaPlayer
from pixverse_desktop.ui.shell.single_instance import (
    FirstInstance,
    HandOver,
    hand_over,
    socket_name,
)
from pixverse_desktop.ui.widgets.file_drag import file_url
from pixverse_desktop.ui.widgets.labels import ElidedLabel
from tests.support.clips import write_grey_clip

FOLDER = os.fsdecode(b"d\xe9p\xf4t")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    write_grey_clip(tmp_path / "plain.mp4")
    return (tmp_path / "plain.mp4").rename(tmp_path / FOLDER / "clip.mp4")


def test_such_a_clip_plays(qtbot: QtBot, clip: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    media_player = MediaPlayer(window)
    lengths: list[int] = []
    media_player.duration_changed.connect(lengths.append)
    media_player.open(str(clip))
    qtbot.waitUntil(lambda: 1000 in lengths, timeout=10_000)
    media_player.close()
    assert media_player._held is None


def test_its_picture_is_made_kept_and_read_again(qtbot: QtBot, clip: Path, tmp_path: Path) -> None:
    cache = tmp_path / FOLDER / "cache"
    assert not read_clip(cache, clip).isNull()
    assert len(list(cache.rglob("*.jpg"))) == 1
    assert not read_clip(cache, clip).isNull()


def test_its_address_names_its_bytes(clip: Path) -> None:
    address = bytes(file_url(str(clip)).toEncoded().data())
    assert address.endswith(b"/d%E9p%F4t/clip.mp4")


def test_a_path_is_shown_with_a_mark_where_a_letter_is_not_one(qtbot: QtBot) -> None:
    label = ElidedLabel(FOLDER)
    qtbot.addWidget(label)
    assert label.text() == "d\ufffdp\ufffdt"


def test_such_a_picture_is_handed_over(qtbot: QtBot, tmp_path: Path) -> None:
    parent, got = QObject(), []
    first = FirstInstance(socket_name(tmp_path / FOLDER), parent, lambda: "demo")
    first.started_again.connect(got.append)
    picture = str(tmp_path / os.fsdecode(b"caf\xe9.jpg"))
    pid = os.fork()
    if not pid:
        os._exit(hand_over(socket_name(tmp_path / FOLDER), [picture], 5) is not HandOver.TAKEN)
    until = time.monotonic() + 10
    while not got and time.monotonic() < until:
        loop = QEventLoop()
        QTimer.singleShot(20, loop.quit)
        loop.exec()
    os.waitpid(pid, 0)
    first.close()
    assert got == [[picture]]
