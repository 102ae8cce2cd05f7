"""The row under the stage stands still, keeps everything in reach, and tells which clip plays."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.ui.player.controls import Controls
from pixverse_desktop.ui.player.panel import PlayerPanel

WIDTHS = [320, 372, 410, 480, 560, 640, 900, 1400]


@pytest.fixture
def loud(job: Job, clip: Clip) -> Job:
    """The clip of the player, told to have a sound."""
    return replace(job, clip=replace(clip, has_audio=True))


def places(player: PlayerPanel) -> dict[str, QRect]:
    """Where the buttons of the row are."""
    controls = player.controls
    named = {
        "loop": controls.loop, "back": controls.back, "play": controls.play,
        "forward": controls.forward, "speed": controls.speed, "mute": controls.mute,
        "zoom": controls.zoom, "full screen": controls.full_screen, "more": controls.more,
    }  # fmt: skip
    return {
        name: QRect(widget.mapTo(controls, QPoint(0, 0)), widget.size())
        for name, widget in named.items()
        if widget.isVisible()
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_play_is_in_the_middle_and_no_number_moves_it(
    qtbot: QtBot, player: PlayerPanel, loud: Job, width: int
) -> None:
    player.resize(width, 600)
    player.show_job(loud, autoplay=False)
    qtbot.wait(10)
    before = places(player)
    # Where it is narrow the row is in the middle, which Play is not quite.
    assert before["play"].center().x() == pytest.approx(width / 2, abs=2 if width >= 460 else 16)
    assert {"loop", "speed", "zoom", "full screen", "more"} <= set(before)
    assert before["zoom"].left() == player.controls.side
    for speed in (0.25, 1.5, 4.0):
        player.controls.set_speed(speed)
        player.step(7)
        player.playback_settings.toggle_mute()
        qtbot.wait(5)
        assert places(player) == before


def test_a_clip_without_sound_leaves_the_speaker_in_its_place(
    qtbot: QtBot, player: PlayerPanel, job: Job, loud: Job
) -> None:
    player.show_job(loud, autoplay=False)
    qtbot.wait(10)
    before = places(player)
    player.show_job(job, autoplay=False)
    qtbot.wait(10)
    assert places(player) == before
    player.change_volume(0.1)
    assert not player.controls.mute.popup.isVisible()


@pytest.mark.parametrize("width", WIDTHS)
def test_what_has_no_room_is_in_the_menu(
    qtbot: QtBot, player: PlayerPanel, loud: Job, width: int
) -> None:
    player.resize(width, 600)
    player.show_job(loud, autoplay=False)
    qtbot.wait(10)
    controls = player.controls
    controls.more.click()
    words = {action.text().split("\t")[0] for action in player.menu.actions()}
    player.menu.close()
    for widget, word in (
        (controls.back, "Previous frame"), (controls.forward, "Next frame"),
        (controls.mute, "Mute"), (controls.mute, "Louder"), (controls.full_screen, "Full screen"),
    ):  # fmt: skip
        assert widget.isVisible() != (word in words)
    told = any("Frame 1 of" in word for word in words)
    assert controls.frame.isVisible() != told
    rights = [place.right() for place in places(player).values()]
    assert max(rights) < width


def test_an_entry_for_what_has_no_room_does_what_its_button_does(
    player: PlayerPanel, loud: Job
) -> None:
    player.resize(330, 600)
    player.show_job(loud, autoplay=False)
    player.controls.more.click()
    entries = {action.text().split("\t")[0]: action for action in player.menu.actions()}
    entries["Next frame"].trigger()
    assert player.transport.shown_index == 1
    entries["Louder"].trigger()
    assert player.controls.volume.value() == 60
    player.menu.close()


def test_a_longer_time_and_count_find_their_room_beforehand(qtbot: QtBot) -> None:
    controls = Controls()
    qtbot.addWidget(controls)
    controls.resize(900, 120)
    controls.set_clip(True, True)
    controls.show()

    def shown(index: int) -> list[QRect]:
        controls.set_time(index * 100, 600_000)
        controls.set_frame(index, 6000)
        qtbot.wait(10)
        return [widget.geometry() for widget in controls.findChildren(QWidget)]

    before = shown(0)
    assert shown(5999) == before
    assert controls.time.text() == "9:59.9 / 10:00.0"


def test_the_volume_by_keys_and_by_the_speakers_slider(
    qtbot: QtBot, player: PlayerPanel, loud: Job
) -> None:
    player.show_job(loud, autoplay=False)
    speaker = player.controls.mute
    assert speaker.accessibleName() == "Unmute"  # as it was remembered
    player.change_volume(-0.1)
    assert player.controls.volume.value() == 50  # silent already
    player.change_volume(0.1)
    assert speaker.accessibleName() == "Mute"
    assert player.controls.volume.value() == 60
    assert speaker.popup.isVisible()
    QTest.keyClick(speaker, Qt.Key.Key_Down)
    assert player.controls.volume.value() == 50
    for _ in range(9):
        player.change_volume(0.1)
    assert player.controls.volume.value() == 100
    speaker.popup.hide()
    place = QPointF(speaker.rect().center())
    QApplication.sendEvent(speaker, QEnterEvent(place, place, place))
    assert speaker.popup.isVisible()
    assert speaker.popup.geometry().bottom() <= speaker.mapToGlobal(QPoint(0, 0)).y()
    QApplication.sendEvent(speaker, QEvent(QEvent.Type.Leave))
    QApplication.sendEvent(speaker.popup, QEnterEvent(place, place, place))
    qtbot.wait(450)
    assert speaker.popup.isVisible()  # the pointer went on to the slider
    QApplication.sendEvent(speaker.popup, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not speaker.popup.isVisible(), timeout=2000)


def test_the_line_tells_of_the_clip_and_the_whole_prompt(player: PlayerPanel, loud: Job) -> None:
    line = player.controls.line
    assert (line.prompt.text(), line.facts.text()) == ("", "")
    assert not line.star.isEnabled()
    prompt = "A fox & <b>snow</b>, " * 20 + "at last"
    made = replace(
        loud, request=loud.request.changed(prompt=prompt, style="anime", seed=1234),
        finished_at=time.time() - 7200,
    )  # fmt: skip
    player.show_job(made, autoplay=False)
    assert "at last" in line.prompt.toolTip()
    assert "&lt;b&gt;" in line.prompt.toolTip()
    assert line.facts.text() == "Anime · 16:9 · Seed 1234 · 2 h ago"
    player.set_picked(True)
    assert line.star.accessibleName() == "No longer picked"
    before = player.video_area.geometry()
    player.show_job(None)
    assert player.video_area.geometry() == before  # nothing jumps
