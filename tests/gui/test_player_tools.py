"""Judging a take: loop ranges, J K L, actual size, the strip, and frames as pictures."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.ui.playback import media_player
from pixverse_desktop.ui.playback.filmstrip import FilmstripMaker
from pixverse_desktop.ui.playback.frame_decoder import OpenClip
from pixverse_desktop.ui.playback.media_player import NoPlayback
from pixverse_desktop.ui.player.frame_export import name_of, save_frame
from pixverse_desktop.ui.player.loop_range import LoopRange
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.player.video_area import Page
from tests.support.clips import COUNT, write_grey_clip
from tests.support.window_fakes import FakeWorkers, level_of, shown_index


def test_a_range_keeps_its_order() -> None:
    assert LoopRange().with_first(5).with_last(9) == LoopRange(5, 9)
    assert LoopRange(5, 9).with_first(9) == LoopRange(9, None)
    assert LoopRange(5, 9).with_last(3) == LoopRange(None, 3)
    assert LoopRange(5, 9).with_first(None).with_last(None) == LoopRange()
    assert [LoopRange(5, None).holds(index, 20) for index in (4, 5, 19)] == [False, True, True]


def test_in_and_out_are_shown_and_cleared(player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    player.step(5)
    player.tools.set_in()
    player.step(5)
    player.tools.set_out()
    assert player.transport.range == LoopRange(5, 10)
    assert player.transport.range_ms() == (250, 550)
    player.tools.clear_in()
    assert player.transport.range == LoopRange(None, 10)
    player.tools.clear_out()
    assert player.transport.range_ms() is None
    player.tools.set_in()
    player.tools.clear_range()
    assert not player.transport.range.is_set
    player.tools.set_in()
    player.show_job(job, autoplay=False)
    assert not player.transport.range.is_set


def test_playing_stays_inside_the_range(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.transport.set_loop(True)
    player.transport.set_speed(1.0)
    player.show_job(job, autoplay=False)
    player.transport.set_range(LoopRange(5, 12))
    seen: list[int] = []
    player.transport.changed.connect(lambda: seen.append(player.transport.position_ms))
    player.toggle_play()  # from frame 0, which lies outside
    qtbot.waitUntil(lambda: player.transport.rounds >= 0 and len(seen) > 25, timeout=8000)
    assert min(seen) >= 250
    assert max(seen) <= 650 + 120  # a deck tells where it is every tenth of a second
    assert sum(later < earlier for earlier, later in itertools.pairwise(seen)) >= 2


def test_without_looping_it_stops_at_the_end_of_the_range(
    qtbot: QtBot, player: PlayerPanel, job: Job
) -> None:
    player.transport.set_speed(1.0)
    player.show_job(job, autoplay=False)
    player.transport.set_range(LoopRange(2, 8))
    player.toggle_play()
    qtbot.waitUntil(lambda: player.transport.at_end, timeout=5000)
    assert shown_index(player) == 8
    player.toggle_play()
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    assert player.transport.position_ms < 450


def test_backwards_frame_by_frame_and_faster(player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    player.step(15)
    shuttle = player.tools.shuttle
    player.tools.run_back()
    assert shown_index(player) == 14
    shuttle.on_timer_timeout()
    assert shown_index(player) == 13
    player.tools.run_back()
    assert shuttle.pace == -2
    shuttle.on_timer_timeout()
    assert shown_index(player) == 10
    for _ in range(20):
        shuttle.on_timer_timeout()
    assert shown_index(player) == 0
    assert not shuttle.runs  # it does not loop
    player.tools.run_back()
    player.tools.stand()
    assert shuttle.pace == 0


def test_backwards_around_the_corner_of_a_looped_range(player: PlayerPanel, job: Job) -> None:
    player.transport.set_loop(True)
    player.show_job(job, autoplay=False)
    player.transport.set_range(LoopRange(4, 9))
    player.step(5)
    player.tools.run_back()
    player.tools.shuttle.on_timer_timeout()
    assert shown_index(player) == 9
    assert player.tools.shuttle.runs
    player.toggle_play()  # what looks like pause is pause
    assert not player.tools.shuttle.runs
    assert not player.transport.is_playing


def test_a_slow_decoder_is_not_waited_for(
    player: PlayerPanel, job: Job, workers: FakeWorkers
) -> None:
    player.show_job(job, autoplay=False)
    player.step(15)
    workers.at_once = False
    player.tools.run_back()
    for _ in range(4):
        player.tools.shuttle.on_timer_timeout()
    assert len(workers.waiting) == 1
    workers.run_all()
    player.tools.shuttle.on_timer_timeout()
    workers.run_all()
    assert shown_index(player) == 9


def test_forwards_faster_and_back_to_the_usual_speed(player: PlayerPanel, job: Job) -> None:
    player.transport.set_speed(0.5)
    player.show_job(job, autoplay=False)
    rates = []
    for _ in range(4):
        player.tools.run_forward()
        rates.append(player.transport.rate)
    assert rates == [1.0, 2.0, 4.0, 4.0]
    assert player.controls.speed.text() == "4×"
    assert player.transport.is_playing
    player.tools.stand()
    assert player.transport.rate == 0.5
    assert player.controls.speed.text() == "0.5×"
    assert not player.transport.is_playing


def test_the_frame_is_told_where_it_fits(player: PlayerPanel, job: Job) -> None:
    player.resize(1200, 600)
    player.show_job(job, autoplay=False)
    assert player.controls.frame.text() == f"1/{COUNT}"
    player.step(74)
    assert player.controls.frame.text() == f"{COUNT}/{COUNT}"
    assert player.controls.frame.isVisible()
    player.show_job(None)
    assert player.controls.frame.text() == ""


def test_actual_size_can_be_moved_about(
    qtbot: QtBot, player: PlayerPanel, job: Job, tmp_path: Path
) -> None:
    large = write_grey_clip(tmp_path / "large.mp4", count=3, size=(1920, 1080))
    player.show_job(replace(job, clip=large), autoplay=False)
    assert player.video_area.still.image.width() <= 900
    player.tools.show_actual_size()
    page = player.video_area.still
    assert page.image.width() == 1920  # decoded again, sharp
    assert (page.place().width(), page.place().height()) == (1920, 1080)
    assert page.is_larger
    before = page.place()
    qtbot.mousePress(player.video_area, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    qtbot.mouseMove(player.video_area, QPoint(350, 230))
    qtbot.mouseRelease(player.video_area, Qt.MouseButton.LeftButton, pos=QPoint(350, 230))
    assert page.place().topLeft() - before.topLeft() == QPoint(50, 30)
    assert not player.transport.is_playing  # moved, not clicked
    page.move_by(QPoint(9000, 9000))
    assert page.place().topLeft() == QPoint(0, 0)
    player.controls.zoom.click()
    assert not page.is_larger
    assert page.place().width() <= 900


def test_the_strip_shows_the_clip_and_the_frame_under_the_pointer(
    qtbot: QtBot, player: PlayerPanel, job: Job
) -> None:
    player.show_job(job, autoplay=False)
    seek = player.controls.seek
    levels = [level_of(seek.picture_at(ms)) for ms in (0, 300, 520, 999)]
    assert levels == [0, 6, 10, 19]
    qtbot.mouseMove(seek, QPoint(seek.width() // 2, 10))
    preview = seek.findChild(type(seek._preview))
    assert preview.isVisible()
    assert preview.text == "0:00.5"
    assert level_of(preview.image) in (9, 10)
    seek.hide()
    assert not preview.isVisible()
    player.show_job(None)
    assert seek.picture_at(0) is None


def test_the_strip_of_a_clip_that_left_is_not_made(
    qtbot: QtBot, workers: FakeWorkers, clip: Clip, player: PlayerPanel
) -> None:
    workers.at_once = False
    made: list[list[QImage]] = []
    maker = FilmstripMaker(workers, player)
    maker.made.connect(made.append)
    maker.want(Path(clip.path), 4)
    maker.want(Path(clip.path), 6)
    workers.run_all()
    assert [len(images) for images in made] == [6]


def test_the_shown_frame_is_copied_whole(player: PlayerPanel, job: Job) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    player.resize(330, 400)
    player.show_job(job, autoplay=False)
    player.step(7)
    player.tools.copy_frame()
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (160, 90)
    assert level_of(image) == 7
    assert said == ["The frame is on the clipboard."]


def test_the_shown_frame_is_saved_as_it_was_when_asked(
    player: PlayerPanel, job: Job, tmp_path: Path
) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    player.show_job(job, autoplay=False)
    player.step(7)
    player.tools.save_frame()
    dialog = player.tools.frame_export.dialog
    assert dialog is not None
    assert dialog.isVisible()
    player.step(3)
    target = tmp_path / "frame.png"
    player.tools.frame_export.on_dialog_file_selected(str(target))
    dialog.reject()
    assert level_of(QImage(str(target))) == 7
    assert said == [f"The frame was saved as “frame.png” in {tmp_path}."]
    assert list(tmp_path.glob("*.part")) == []
    assert player.tools.frame_export.dialog is None
    assert name_of(Path("/a/fox.mp4"), 7) == "fox frame 0008.png"


def test_a_picture_that_cannot_be_saved_is_told(
    player: PlayerPanel, job: Job, tmp_path: Path
) -> None:
    said: list[str] = []
    player.said.connect(said.append)
    player.show_job(job, autoplay=False)
    player.tools.save_frame()
    player.tools.frame_export.on_dialog_file_selected(str(tmp_path / "no folder" / "frame.png"))
    player.tools.frame_export.dialog.reject()
    assert said == ["The picture could not be saved there."]


def test_a_picture_never_takes_the_place_of_a_clip(clip: Clip, tmp_path: Path) -> None:
    path = Path(clip.path)
    before = path.read_bytes()
    with pytest.raises(UserError, match="place of a clip"):
        save_frame(path, 0, path)
    assert path.read_bytes() == before
    beside = tmp_path / "x.png.part"
    beside.write_text("mine")
    save_frame(path, 0, tmp_path / "x.png")
    assert beside.read_text() == "mine"


def test_without_a_way_to_play_frames_are_still_shown(
    player: PlayerPanel, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_parent: object) -> None:
        raise NoPlayback("no multimedia backend")

    monkeypatch.setattr(media_player, "MediaPlayer", none)
    player.show_job(job)
    assert player.video_area.page is Page.STILL
    assert player.note.isVisible()
    assert "no way to play video" in player.note.text()
    player.step(4)
    assert shown_index(player) == 4
    player.toggle_play()  # frame by frame, without sound
    assert shown_index(player) == 5
    player.tools.shuttle.on_timer_timeout()
    assert shown_index(player) == 6
    player.toggle_play()
    assert not player.tools.shuttle.runs
    player.tools.copy_frame()
    assert level_of(QGuiApplication.clipboard().image()) == 6
    assert player.controls.seek.picture_at(0) is not None
    assert player.is_idle() is False
    player.show_job(None)
    assert not player.note.isVisible()


def test_the_next_clip_replaces_the_picture_and_never_an_empty_stage(
    qtbot: QtBot, player: PlayerPanel, job: Job, workers: FakeWorkers
) -> None:
    pages: list[Page] = []
    player.show_job(job)
    qtbot.waitUntil(lambda: player.video_area.page is Page.VIDEO, timeout=5000)
    workers.at_once = False
    player.transport.changed.connect(lambda: pages.append(player.video_area.page))
    player.show_job(replace(job, id="job2"))
    assert player.video_area.page is Page.VIDEO  # the last picture, standing
    assert not player.transport.is_playing
    workers.run_all()
    assert player.video_area.page is Page.STILL
    assert Page.EMPTY not in pages


def test_a_closed_clip_can_be_asked_and_stays_closed(clip: Clip) -> None:
    opened = OpenClip(Path(clip.path))
    assert opened.find(3, 100).index == 3
    opened.close()
    assert [still.index for still in opened.run(18, 9, 100)] == [18, 19]
    assert opened._reader is None


def test_keys_on_the_whole_screen(qtbot: QtBot, player: PlayerPanel, job: Job) -> None:
    player.show_job(job, autoplay=False)
    player.toggle_full_screen()
    shell = player.video_area.window()
    player.step(3)
    qtbot.keyClick(shell, Qt.Key.Key_I)
    assert player.transport.range == LoopRange(3, None)
    qtbot.keyClick(shell, Qt.Key.Key_I, Qt.KeyboardModifier.ShiftModifier)
    assert not player.transport.range.is_set
    qtbot.keyClick(shell, Qt.Key.Key_P)
    assert player.transport.loop
    player.toggle_full_screen()
