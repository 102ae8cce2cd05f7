"""The player with real clips: exact steps, what is remembered, and trouble that is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.settings import WindowState
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.playback.seek_bar import SeekBar, clock_text
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.player.video_area import Page
from tests.support.clips import COUNT
from tests.support.factories import make_job
from tests.support.window_fakes import FakeBus, FakeCommands, FakeWorkers, shown_index


def test_nothing_loaded_says_how_to_begin(player: PlayerPanel) -> None:
    assert player.video_area.page is Page.EMPTY
    assert player.video_area.empty.title.text() == "Your clips play here"
    assert player.transport.media_player is None
    assert player.is_idle()
    assert player.current_job is None
    for widget in (player.controls.play, player.controls.seek, player.controls.line.reuse):
        assert not widget.isEnabled()
    player.toggle_play()
    player.step(1)
    player.toggle_full_screen()
    assert player.video_area.page is Page.EMPTY


def test_a_shown_clip_stands_on_its_first_frame(player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    assert player.video_area.page is Page.STILL
    assert shown_index(player) == 0
    assert player.controls.time.text() == "0:00.0 / 0:01.0"
    assert player.controls.mute.accessibleName() == "This clip has no sound"
    assert not player.controls.mute.isEnabled()
    assert player.current_job == job
    assert player.is_idle()  # nobody has touched it: another clip may take its place
    player.step(1)
    assert not player.is_idle()
    player.show_job(None)
    assert player.video_area.page is Page.EMPTY
    assert player.is_idle()


@pytest.mark.parametrize("name", ["rot90", "sar2", "coverfirst"])
def test_a_clip_that_the_list_holds_lying_or_narrow_is_not_squashed(
    player: PlayerPanel, name: str
) -> None:
    path = Path(__file__).parent.parent / "data" / "clips" / f"{name}.mp4"
    clip = Clip(str(path), 1, "x", 160, 180, 1.0, 24.0)
    player.show_job(make_job(1, JobState.SAVED, clip=clip), autoplay=False)
    place, shape = player.video_area.still.place(), player.video_area.still.image.size()
    wanted = 180 / 320 if name == "rot90" else 320 / 180
    assert place.width() / place.height() == pytest.approx(wanted, rel=0.01)
    assert shape.width() / shape.height() == pytest.approx(wanted, rel=0.01)


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (JobState.ACCEPTED, Page.MAKING), (JobState.UNCONFIRMED, Page.MAKING),
        (JobState.FAILED, Page.EMPTY),
    ],
)  # fmt: skip
def test_a_job_without_a_clip_takes_the_other_clip_away(
    player: PlayerPanel, job: Job, state: JobState, page: Page
) -> None:
    player.show_job(job, autoplay=False)
    player.show_job(make_job(9, state))
    assert player.video_area.page is page
    assert player.current_job is None
    player.show_job(None)
    assert player.video_area.empty.title.text() == "Your clips play here"


def test_a_clip_that_began_again_untouched_makes_room(
    qtbot: QtBot, player: PlayerPanel, job: Job
) -> None:
    player.transport.set_loop(True)
    player.show_job(job)
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    assert not player.is_idle()
    qtbot.waitUntil(player.is_idle, timeout=8000)
    player.show_job(job)
    player.toggle_play()
    player.toggle_play()  # somebody looks at it
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    qtbot.wait(1500)
    assert not player.is_idle()


def test_it_plays_to_the_end_and_again(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.transport.set_speed(1.0)
    player.show_job(job)
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    qtbot.waitUntil(lambda: player.transport.at_end, timeout=5000)
    assert player.video_area.page is Page.STILL
    assert shown_index(player) == COUNT - 1
    assert player.is_idle()
    player.toggle_play()
    assert not player.is_idle()
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    assert player.transport.position_ms < 900
    player.toggle_play()
    assert not player.transport.is_playing


def test_another_clip_at_once_is_no_trouble(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    for _ in range(6):
        player.show_job(job)
    qtbot.wait(300)
    assert player.video_area.page in (Page.STILL, Page.VIDEO)
    player.show_job(None)
    qtbot.wait(100)
    assert player.video_area.page is Page.EMPTY


@pytest.mark.parametrize("index", [1, 6, 7, 8, 13, 19])
def test_a_step_shows_exactly_that_frame(player: PlayerPanel, job: Job, index: int) -> None:
    player.show_job(job, autoplay=False)
    player.step(index)
    assert shown_index(player) == index
    player.step(-1)
    assert shown_index(player) == index - 1


def test_steps_stay_inside_the_clip(player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    player.step(-3)
    assert shown_index(player) == 0
    player.step(500)
    assert shown_index(player) == COUNT - 1


def test_a_burst_of_steps_decodes_the_last(
    player: PlayerPanel, job: Job, workers: FakeWorkers
) -> None:
    player.show_job(job, autoplay=False)
    workers.at_once = False
    before = len(workers.lanes)
    for _ in range(12):
        player.step(1)
    workers.run_all()
    assert len(workers.lanes) - before == 2  # the first, and what had become of the wish
    assert shown_index(player) == 12
    assert player.controls.time.text().startswith("0:00.6")


def test_playback_goes_on_from_a_step(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.transport.set_speed(0.25)
    player.show_job(job, autoplay=False)
    player.step(10)
    player.toggle_play()
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    assert 480 <= player.transport.position_ms < 900
    player.step(1)
    assert player.video_area.page is Page.STILL
    assert shown_index(player) >= 10


def test_scrubbing_shows_frames_and_plays_on(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    seek = player.controls.seek
    middle = QPoint(seek.width() // 2, seek.height() // 2)
    qtbot.mousePress(seek, Qt.MouseButton.LeftButton, pos=middle)
    assert shown_index(player) in (9, 10)
    qtbot.mouseRelease(seek, Qt.MouseButton.LeftButton, pos=middle)
    assert not player.transport.is_playing
    qtbot.keyClick(seek, Qt.Key.Key_Home)
    assert shown_index(player) == 0
    qtbot.keyClick(seek, Qt.Key.Key_Right)
    assert shown_index(player) == 10


def test_a_screen_reader_hears_of_a_place_only_when_the_user_goes_there(qtbot: QtBot) -> None:
    """Qt tells it at every change of a slider's value, which would be all the time."""
    seek = SeekBar()
    qtbot.addWidget(seek)
    seek.resize(400, 44)
    with qtbot.waitExposed(seek):
        seek.show()
    told: list[int] = []
    sought: list[int] = []
    seek.valueChanged.connect(told.append)
    seek.sought.connect(sought.append)
    seek.set_length(5000)
    for played_ms in range(0, 2000, 40):
        seek.show_ms(played_ms)
    seek.set_length(4000)
    assert (seek.sliderPosition(), told) == (1960, [])
    middle = seek.grab().toImage().pixelColor(round(seek.width() * 1960 / 4000), 22)
    assert middle == theme.color("accent")
    qtbot.keyClick(seek, Qt.Key.Key_Right)
    assert sought == [2460]  # from where it stood
    assert told[-1] == 2460
    assert seek.accessibleDescription() == "0:02.4 of 0:04.0"
    seek.show_ms(3000)
    place = QPoint(seek.width() // 2, 22)
    qtbot.mousePress(seek, Qt.MouseButton.LeftButton, pos=place)
    seek.show_ms(3100)  # it is held
    qtbot.mouseRelease(seek, Qt.MouseButton.LeftButton, pos=place)
    assert seek.value() == seek.sliderPosition() == sought[-1]
    assert abs(sought[-1] - 2000) < 20
    seek.show_ms(3000)
    sought.clear()
    seek.setEnabled(False)
    assert sought == []


def test_loop_mute_speed_and_volume_are_remembered(
    player: PlayerPanel, commands: FakeCommands
) -> None:
    assert not player.controls.loop.isChecked()
    assert player.controls.speed.text() == "2×"
    assert player.controls.volume.value() == 50
    player.toggle_loop()
    player.toggle_mute()
    player.controls.volume.setValue(80)
    player.controls.speed_chosen.emit(0.5)
    player.playback_settings.save()
    assert commands.window_state == WindowState(volume=0.8, loop=True, muted=False, speed=0.5)
    assert player.controls.loop.isChecked()


def test_a_missing_file_can_be_fetched_again(
    player: PlayerPanel, job: Job, bridge: FakeBus, clip: Clip, qtbot: QtBot
) -> None:
    gone = replace(job, clip=replace(clip, path=clip.path + ".gone"))
    player.show_job(gone)
    assert player.video_area.page is Page.PROBLEM
    text = player.video_area.problem.title.text()
    assert text == "The file of this clip is no longer where it was saved."
    assert player.is_idle()
    with qtbot.assertNotEmitted(player.frame_requested):
        player.use_last_frame()  # there is none
    player.video_area.fetch_button.click()
    assert bridge.calls == [("fetch_again", "job1")]
    bridge.show_job(replace(gone, state=JobState.ACCEPTED, clip=None))
    bridge.show_job(job)
    assert player.video_area.page in (Page.STILL, Page.VIDEO)


def test_a_clip_that_was_deleted_leaves_the_stage(
    player: PlayerPanel, job: Job, bridge: FakeBus, qtbot: QtBot
) -> None:
    player.show_job(job)
    with qtbot.waitSignal(player.job_shown, check_params_cb=lambda shown: shown is None):
        bridge.show_job(replace(job, hidden=True, deleted=True))
    assert player.video_area.page is Page.EMPTY


def test_a_damaged_file_is_told(
    player: PlayerPanel, job: Job, commands: FakeCommands, tmp_path: Path, clip: Clip
) -> None:
    path = tmp_path / "broken.mp4"
    path.write_bytes(b"this is no clip at all" * 50)
    player.show_job(replace(job, clip=replace(clip, path=str(path))))
    assert player.video_area.page is Page.PROBLEM
    assert player.video_area.problem.title.text() == "This clip cannot be played here."
    player.video_area.reveal_button.click()
    assert commands.calls == [("reveal", path)]


def test_actions_of_the_clip(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    with qtbot.waitSignal(player.reuse_requested) as seen:
        player.controls.line.reuse.click()
    assert seen.args == [job]
    with qtbot.waitSignal(player.pick_requested) as marked:
        player.controls.line.star.click()
    assert marked.args == [[job]]
    with qtbot.waitSignal(player.frame_requested) as going_on:
        player.controls.line.go_on.click()
    assert going_on.args == [job, -1, "start"]
    with qtbot.waitSignal(player.clip_menu_wanted) as asked:
        player.controls.more.click()
    assert asked.args == [player.menu, [job], False]
    player.menu.close()


def test_full_screen_and_back(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    player.toggle_full_screen()
    shell = player.video_area.window()
    assert shell is not player.window()
    assert shell.isFullScreen()
    assert not player.is_idle()
    qtbot.keyClick(shell, Qt.Key.Key_Period)
    assert shown_index(player) == 1
    qtbot.waitUntil(player.controls.isHidden, timeout=4000)
    qtbot.keyClick(shell, Qt.Key.Key_Escape)
    assert player.video_area.window() is player.window()
    assert player.controls.isVisible()
    assert player.video_area.isVisible()


def test_clicks_on_the_stage(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    qtbot.mouseClick(player.video_area, Qt.MouseButton.LeftButton)
    assert player.transport.is_playing
    qtbot.mouseClick(player.video_area, Qt.MouseButton.LeftButton)
    assert not player.transport.is_playing
    qtbot.mouseDClick(player.video_area, Qt.MouseButton.LeftButton)
    assert player.video_area.window().isFullScreen()
    player.toggle_full_screen()


@pytest.mark.parametrize("width", [320, 480, 640, 900])
def test_controls_fit_at_every_width(
    qtbot: QtBot, player: PlayerPanel, job: Job, width: int
) -> None:
    player.show_job(job, autoplay=False)
    player.resize(width, 500)
    qtbot.wait(20)
    assert player.controls.minimumSizeHint().width() <= 320
    for widget in (player.controls.play, player.controls.time, player.controls.full_screen):
        assert widget.isVisible()
        assert widget.geometry().right() <= width - 24
        assert widget.width() >= widget.sizeHint().width()


def test_nothing_is_said_of_clips_before_it_is_known_whether_there_are_any(
    qtbot: QtBot, context: UiContext, job: Job
) -> None:
    bus: FakeBus = context.bridge  # type: ignore[assignment]
    for clip in (None, job):
        bus.jobs_known = False
        made = PlayerPanel(context)
        qtbot.addWidget(made)
        assert made.video_area.empty.title.text() == ""
        assert made.video_area.examples.isHidden()
        bus.jobs_known = True
        bus.jobs_reset.emit(())
        assert made.video_area.empty.title.text() == "Your clips play here"
        if clip is not None:
            made.show_job(clip, autoplay=False)  # and words do not wait for its picture
            assert made.video_area.empty.title.text() == ""
        made.shutdown()


def test_with_large_type_in_a_narrow_place_nothing_covers_the_time(
    qtbot: QtBot, player: PlayerPanel, job: Job
) -> None:
    theme.current().set_look("dark", 150)
    player.show_job(job, autoplay=False)
    player.resize(320, 500)
    qtbot.wait(20)
    controls = player.controls
    time, loop = (
        QRect(w.mapTo(controls, QPoint()), w.size()) for w in (controls.time, controls.loop)
    )
    assert not time.intersects(loop)
    assert controls.time.width() >= controls.time.sizeHint().width()
    menu = QMenu()
    controls.add_folded(menu)
    assert any(action.text().startswith("Actual size") for action in menu.actions())


def test_after_shutdown_nothing_plays(player: PlayerPanel, job: Job) -> None:
    player.show_job(job)
    player.shutdown()
    player.shutdown()
    player.show_job(job)
    player.toggle_play()
    assert player.transport.media_player is None
    assert player.video_area.page is Page.EMPTY


def test_times_as_they_are_read() -> None:
    assert clock_text(3149) == "0:03.1"
    assert clock_text(61_000) == "1:01.0"
    assert clock_text(-5) == "0:00.0"
