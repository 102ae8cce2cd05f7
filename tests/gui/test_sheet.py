"""Clips beside each other on one clock: what is seen of each, and what the keys do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.thumbnails import Pictures, read_clip
from pixverse_desktop.ui.sheet.panel import SheetPanel
from tests.support.clips import make_clip, write_grey_clip
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import QueueBus, level_of, make_actions, make_context

FRAME_S = 0.05  # of a grey clip


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    """A second of 20 frames, half a second of 10, and a second again."""
    folder = tmp_path_factory.mktemp("sheet")
    return [
        write_grey_clip(folder / "a.mp4"),
        write_grey_clip(folder / "b.mp4", count=10),
        write_grey_clip(folder / "c.mp4"),
    ]


@pytest.fixture
def context() -> UiContext:
    return replace(make_context(), bridge=QueueBus(demo_status()))


@pytest.fixture
def sheet(qtbot: QtBot, context: UiContext, clips: list[Clip]) -> Iterator[SheetPanel]:
    """Three clips, paused at their beginnings."""
    made = opened(qtbot, context, [make_job(n, JobState.SAVED, clip=c)
                                   for n, c in enumerate(clips, 1)])  # fmt: skip
    yield made
    made.hide()


def opened(qtbot: QtBot, context: UiContext, jobs: list[Job]) -> SheetPanel:
    context.bridge.jobs.update({job.id: job for job in jobs})
    made = SheetPanel(context, make_actions(context), Pictures(context))
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    made.canvas.setFocus()
    made.open(jobs, "Clips")
    made.clock.pause()
    made.clock.seek(0.0)
    return made


def seen(sheet: SheetPanel) -> list[int | None]:
    """The number of the picture that is seen of each clip."""
    return [sheet.canvas.shown_index(tile.job.id) for tile in sheet.canvas.tiles]


def press(sheet: SheetPanel, key: str) -> None:
    QTest.keySequence(sheet.canvas, key)


def test_all_stand_at_one_time_and_step_together(sheet: SheetPanel) -> None:
    assert seen(sheet) == [0, 0, 0]
    for _ in range(3):
        press(sheet, ".")
    assert seen(sheet) == [3, 3, 3]
    assert [level_of(image) for _, image in sheet.canvas._drawn.values()] == [3, 3, 3]
    press(sheet, ",")
    assert seen(sheet) == [2, 2, 2]
    sheet.clock.seek(0.375)
    assert seen(sheet) == [7, 7, 7]


def test_shorter_clips_begin_again_or_hold(sheet: SheetPanel) -> None:
    sheet.clock.seek(12 * FRAME_S)
    assert seen(sheet) == [12, 2, 12]
    press(sheet, "L")
    assert seen(sheet) == [12, 9, 12]
    press(sheet, "L")
    assert seen(sheet) == [12, 2, 12]


def test_the_clock_goes_by_time_and_all_begin_again(sheet: SheetPanel) -> None:
    now = [0.0]
    sheet.clock._now_ms = lambda: now[0]
    sheet.clock.seek(0.0)
    sheet.clock.play()
    for _ in range(11):
        now[0] += 50
        sheet.clock.tick()
    assert seen(sheet) == [11, 1, 11]
    sheet.set_speed(0.5)
    now[0] += 100
    sheet.clock.tick()
    assert seen(sheet) == [12, 2, 12]
    sheet.set_speed(2.0)
    for _ in range(2):
        now[0] += 100
        sheet.clock.tick()
    assert seen(sheet) == [0, 0, 0]


def test_nobody_runs_ahead_of_one_that_is_not_ready(qtbot: QtBot, clips: list[Clip]) -> None:
    context = replace(make_context(at_once=False), bridge=QueueBus(demo_status()))
    jobs = [make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(clips, 1)]
    sheet = opened(qtbot, context, jobs)
    context.workers.run_all()  # type: ignore[attr-defined]
    now = [0.0]
    sheet.clock._now_ms = lambda: now[0]
    sheet.clock.play()
    for now[0] in (250, 500, 750):  # the last is beyond what is ready of the longer two
        sheet.clock.tick()
    assert seen(sheet) == [10, 0, 10]
    while context.workers.waiting:  # type: ignore[attr-defined]
        context.workers.waiting.pop(0)()  # type: ignore[attr-defined]
        assert seen(sheet) in ([10, 0, 10], [15, 5, 15])
    assert seen(sheet) == [15, 5, 15]
    sheet.hide()


def test_until_clips_are_open_their_small_pictures_are_seen(
    qtbot: QtBot, clips: list[Clip], tmp_path: Path
) -> None:
    for clip in clips[:2]:
        read_clip(tmp_path, Path(clip.path))  # as it was seen in the library
    fakes = replace(make_context(at_once=False), bridge=QueueBus(demo_status()))
    context = replace(fakes, thumbnails=tmp_path)
    jobs = [make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(clips, 1)]
    sheet = opened(qtbot, context, jobs)

    def empty() -> list[bool]:
        image = sheet.canvas.grab().toImage()
        places = [sheet.canvas.place_of(job.id).center() for job in jobs]
        return [image.pixelColor(place) == theme.color("stage") for place in places]

    assert empty() == [True] * 3
    context.workers.waiting.pop(0)()  # type: ignore[attr-defined]
    assert empty() == [False, False, True]  # the third was never seen: it is not decoded twice
    assert seen(sheet) == [None] * 3
    context.workers.run_all()  # type: ignore[attr-defined]
    assert empty() == [False] * 3
    assert seen(sheet) == [0, 0, 0]
    sheet.hide()


def test_keys_judge_and_move_the_ring(sheet: SheetPanel, context: UiContext) -> None:
    for key in ("P", "X", "4"):
        press(sheet, key)
    marks = [call[1] for call in context.bridge.calls if call[0] == "mark"]  # type: ignore[attr-defined]
    assert marks == [
        {"job1": Mark(Verdict.PICKED)},
        {"job2": Mark(Verdict.REJECTED)},
        {"job3": Mark(stars=4)},
    ]
    assert sheet.side.message.text() == "All judged."
    press(sheet, "Left")
    press(sheet, "Shift+U")
    assert sheet.judging.focused.id == "job2"
    assert sheet.judging.focused.verdict is Verdict.NONE
    press(sheet, "Ctrl+Z")
    assert sheet.judging.focused.verdict is Verdict.REJECTED
    assert "1 picked" in sheet.side.counts.text()
    assert sheet.canvas.accessibleDescription() == "Clip 2 of 3, Clip 2, Rejected"


def test_stars_with_shift_stay_whatever_sign_the_key_has_then(sheet: SheetPanel) -> None:
    shift, kind = Qt.KeyboardModifier.ShiftModifier, QEvent.Type.KeyPress
    event = QKeyEvent(kind, Qt.Key.Key_NumberSign, shift, 12, 0x23, 0, "#")  # the key 3
    QApplication.sendEvent(sheet.canvas, event)
    assert (sheet.judging.focused.id, sheet.judging.focused.stars) == ("job1", 3)


def test_other_keys_of_the_player_do_nothing_here(sheet: SheetPanel) -> None:
    shown: list[Job] = []
    sheet._actions.shown_requested.connect(shown.append)
    for key in ("I", "J", "K", "F"):
        override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key[f"Key_{key}"],
                             Qt.KeyboardModifier.NoModifier)  # fmt: skip
        override.ignore()
        QApplication.sendEvent(sheet.canvas, override)
        assert override.isAccepted()
        press(sheet, key)
    assert seen(sheet) == [0, 0, 0]
    press(sheet, "Return")
    assert [job.id for job in shown] == ["job1"]


def test_a_frame_of_the_clip_with_the_ring_goes_on(sheet: SheetPanel) -> None:
    asked: list[tuple[str, int, str]] = []
    sheet._actions.frame_requested.connect(lambda job, at, slot: asked.append((job.id, at, slot)))
    sheet.clock.seek(4 * FRAME_S)
    press(sheet, "Right")
    for key in ("Ctrl+L", "Ctrl+["):
        press(sheet, key)
    assert asked == [("job2", -1, "start"), ("job2", 4, "start")]


def test_the_rejected_are_thrown_away_in_one_go_and_come_back(
    sheet: SheetPanel, context: UiContext
) -> None:
    assert not sheet.side.throw_button.isEnabled()
    press(sheet, "X")
    press(sheet, "X")
    assert sheet.side.throw_button.text() == "Throw away 2 rejected"
    press(sheet, "Ctrl+Del")
    removed = [call[1] for call in context.bridge.calls if call[0] == "remove"]  # type: ignore[attr-defined]
    assert removed == ["job1", "job2"]
    assert [tile.job.id for tile in sheet.canvas.tiles] == ["job3"]
    sheet.undo_strip.button.click()
    assert [tile.job.id for tile in sheet.canvas.tiles] == ["job1", "job2", "job3"]
    assert len(sheet.judging.rejected) == 2
    press(sheet, "Del")  # the one with the ring alone
    assert len(sheet.canvas.tiles) == 2
    press(sheet, "P")
    assert sheet.undo_strip.isHidden()  # it would take the pick back
    press(sheet, "Ctrl+Z")
    press(sheet, "Ctrl+Z")
    assert len(sheet.canvas.tiles) == 3


def test_one_button_rejects_the_others_and_then_throws_them_away(
    sheet: SheetPanel, context: UiContext
) -> None:
    press(sheet, "P")
    button = sheet.side.throw_button
    assert button.text() == "Reject the other 2"
    button.click()
    assert button.text() == "Throw away 2 rejected"
    button.click()
    assert [tile.job.id for tile in sheet.canvas.tiles] == ["job1"]


def test_a_click_puts_the_ring_and_a_star_is_given(qtbot: QtBot, sheet: SheetPanel) -> None:
    from pixverse_desktop.ui.sheet.tile_paint import star_places

    place = sheet.canvas.place_of("job2")
    qtbot.mouseClick(sheet.canvas, Qt.MouseButton.LeftButton, pos=place.center())
    assert sheet.judging.focused.id == "job2"
    star = star_places(place, sheet.canvas.font(), sheet.judging.focused)[2]
    qtbot.mouseClick(sheet.canvas, Qt.MouseButton.LeftButton, pos=star.center())
    assert (sheet.judging.focused.id, sheet.judging.focused.stars) == ("job2", 3)


def test_all_are_zoomed_and_moved_together(sheet: SheetPanel) -> None:
    whole = QSize(160, 90)
    place = sheet.canvas.place_of("job1")
    at = QPointF(place.left() + place.width() / 4, place.center().y())
    turned = QPoint(0, 120)
    event = QWheelEvent(
        at, at, QPoint(), turned, Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(sheet.canvas, event)
    part = sheet.canvas._source(whole)
    assert part.width() == pytest.approx(160 / 1.2)
    assert part.left() + part.width() / 4 == pytest.approx(40, abs=0.5)  # what was pointed at
    press(sheet, "0")
    assert sheet.canvas._source(whole).width() == 160
    press(sheet, "Z")
    assert sheet.transport.zoom.text() == "200 %"
    before = sheet.canvas._source(whole)
    press(sheet, "Shift+Right")
    assert sheet.canvas._source(whole).left() > before.left()
    for _ in range(30):
        press(sheet, "Shift+Right")
    assert sheet.canvas._source(whole).right() == pytest.approx(160)
    press(sheet, "Escape")
    assert sheet.canvas.zoom == 1.0


@pytest.mark.parametrize("shape", ["gone", "broken", "one frame", "variable rate"])
def test_odd_clips_hold_nobody_up(
    qtbot: QtBot, context: UiContext, clips: list[Clip], tmp_path: Path, shape: str
) -> None:
    odd = tmp_path / "odd.mp4"
    if shape == "broken":
        odd.write_bytes(b"\0" * 4000)
    elif shape != "gone":
        gaps = (1, 3, 2, 7) if shape == "variable rate" else (1,)
        make_clip(odd, frames=1 if shape == "one frame" else 8, gaps=gaps)
    clip = Clip(str(odd), 1, "x", 64, 48, 0.5, 24.0, True)
    jobs = [make_job(1, JobState.SAVED, clip=clips[0]), make_job(2, JobState.SAVED, clip=clip)]
    sheet = opened(qtbot, context, jobs)
    sheet.clock.seek(0.2)
    first, second = seen(sheet)
    assert first == 4
    # At rates that vary: pictures at 0, 1, 4, 6, 13 … twenty-fourths of a second.
    assert second == {"one frame": 0, "variable rate": 2}.get(shape)
    assert bool(sheet.canvas.tiles[1].frames.trouble) == (shape in ("gone", "broken"))
    now = [0.0]
    sheet.clock._now_ms = lambda: now[0]
    sheet.clock.seek(0.0)
    sheet.clock.play()
    now[0] = 100
    sheet.clock.tick()
    assert seen(sheet)[0] == 2
    sheet.grab()
    press(sheet, "Right")
    press(sheet, "X")
    assert sheet.judging.rejected[0].id == "job2"
    sheet.hide()


def test_a_clip_deleted_while_it_plays_is_seen_on(sheet: SheetPanel, context: UiContext) -> None:
    context.bridge.show_job(replace(context.bridge.jobs["job2"], hidden=True))
    assert len(sheet.canvas.tiles) == 2
    context.bridge.show_job(replace(context.bridge.jobs["job1"], hidden=True, deleted=True))
    context.bridge.show_job(replace(context.bridge.jobs["job3"], hidden=True))
    assert sheet.canvas.tiles == []
    sheet.clock.play()
    sheet.clock.tick()
    assert not sheet.clock.is_playing
    assert not sheet.side.export_button.isEnabled()
    sheet.grab()
    context.bridge.show_job(replace(context.bridge.jobs["job1"], hidden=False, deleted=False))
    sheet.open([context.bridge.jobs["job1"]])
    assert sheet.clock.is_playing
    assert seen(sheet) == [0]


@pytest.mark.parametrize("meanwhile", ["seek", "speed", "hold", "thrown"])
def test_what_is_no_longer_waited_for_holds_nobody_up(
    qtbot: QtBot, clips: list[Clip], meanwhile: str
) -> None:
    context = replace(make_context(at_once=False), bridge=QueueBus(demo_status()))
    jobs = [make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(clips, 1)]
    sheet = opened(qtbot, context, jobs)
    context.workers.run_all()  # type: ignore[attr-defined]
    now = [0.0]
    sheet.clock._now_ms = lambda: now[0]
    sheet.clock.play()
    for now[0] in (250, 500, 750):
        sheet.clock.tick()  # waits for the longer two
    sheet.clock._timer.stop()  # as when it rang itself
    match meanwhile:
        case "seek":
            sheet.clock.seek(0.1)
        case "speed":
            sheet.set_speed(2.0)
        case "hold":
            sheet.toggle_hold()
        case "thrown":
            context.bridge.show_job(replace(context.bridge.jobs["job3"], hidden=True))
    assert sheet.clock._timer.isActive()
    sheet.hide()


def test_it_lets_go_of_its_clips_when_it_is_left(sheet: SheetPanel) -> None:
    held = [tile.frames._clip for tile in sheet.canvas.tiles]
    sheet.clock.play()
    sheet.hide()
    assert not sheet.clock.is_playing
    assert [clip._reader for clip in held] == [None, None, None]
    sheet.show()
    sheet.open(sheet.judging.jobs)
    assert seen(sheet) == [0, 0, 0]


def test_a_champion_stays_left(sheet: SheetPanel) -> None:
    press(sheet, "B")
    tiles = [tile.job.id for tile in sheet.canvas.tiles]
    assert tiles == ["job1", "job2"]
    left, right = (sheet.canvas.place_of(job_id) for job_id in tiles)
    assert left.right() < right.left()
    assert left.top() == right.top()
    press(sheet, "P")
    assert [tile.job.id for tile in sheet.canvas.tiles] == ["job2", "job3"]


def test_the_theme_may_change(sheet: SheetPanel) -> None:
    now = theme.current()
    before = sheet.canvas.grab().toImage().pixelColor(2, 2)
    now.set_look("light", 100)
    after = sheet.canvas.grab().toImage().pixelColor(2, 2)
    now.set_look("dark", 100)
    assert before.lightness() < 60 < 200 < after.lightness()


def test_the_sound_is_of_the_one_with_the_ring(qtbot: QtBot, context: UiContext,
                                               clips: list[Clip]) -> None:  # fmt: skip
    heard = [replace(clips[0], has_audio=True), clips[1]]
    jobs = [make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(heard, 1)]
    sheet = opened(qtbot, context, jobs)
    assert sheet.canvas.heard_id == "job1"
    press(sheet, "M")
    assert sheet.canvas.heard_id == ""
    press(sheet, "M")
    press(sheet, "Right")
    assert sheet.canvas.heard_id == ""  # it has none
    sheet.hide()


def test_pictures_are_decoded_as_small_as_they_are_seen(
    qtbot: QtBot, context: UiContext, tmp_path: Path
) -> None:
    clip = write_grey_clip(tmp_path / "wide.mp4", size=(1280, 720))
    jobs = [make_job(number, JobState.SAVED, clip=clip) for number in (1, 2, 3, 4)]
    sheet = opened(qtbot, context, jobs)
    for width in (1300, 900):
        sheet.resize(width, 800)
        sheet.canvas.on_settle_timeout()
        seen_px = sheet.canvas.place_of("job1").width()
        assert seen_px < 600
        assert {image.width() for _, image in sheet.canvas._drawn.values()} == {seen_px}
    press(sheet, "Z")
    sheet.canvas.on_settle_timeout()
    assert {image.width() for _, image in sheet.canvas._drawn.values()} == {2 * seen_px}
    sheet.hide()
