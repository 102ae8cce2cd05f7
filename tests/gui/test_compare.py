"""Two takes in step, and what they differ in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compare.window import CompareWindow
from pixverse_desktop.ui.jobs.differences import differences
from tests.support.clips import write_grey_clip
from tests.support.factories import make_job
from tests.support.window_fakes import level_of, make_actions, make_context


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Clip]:
    """A second of 20 frames, and three quarters of a second of 15 at twice the size."""
    folder = tmp_path_factory.mktemp("compare")
    return (
        write_grey_clip(folder / "a.mp4"),
        write_grey_clip(folder / "b.mp4", count=15, size=(320, 180)),
    )


@pytest.fixture
def window(qtbot: QtBot, clips: tuple[Clip, Clip]) -> Iterator[CompareWindow]:
    made = comparison(make_context(), *jobs_of(clips))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()


def comparison(context: UiContext, left: Job, right: Job) -> CompareWindow:
    return CompareWindow(context, make_actions(context), left, right)


def jobs_of(clips: tuple[Clip, Clip]) -> tuple[Job, Job]:
    return (
        make_job(1, JobState.SAVED, clip=clips[0]),
        make_job(2, JobState.SAVED, clip=clips[1]),
    )


def levels(window: CompareWindow) -> list[int]:
    return [level_of(image) for image in window.view.images()]


def words(window: CompareWindow) -> list[str]:
    return [label.text() for label in window.table.widget().findChildren(QLabel)]


def test_both_begin_at_once_and_step_together(qtbot: QtBot, window: CompareWindow) -> None:
    assert levels(window) == [0, 0]
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Period)
    assert levels(window) == [3, 3]
    qtbot.keyClick(window, Qt.Key.Key_Comma)
    assert levels(window) == [2, 2]
    window.step(-1)
    window.step(-1)
    window.step(-1)
    assert window.frames() == (0, 0)


def test_clips_that_the_list_holds_lying_are_not_squashed(qtbot: QtBot) -> None:
    path = Path(__file__).parent.parent / "data" / "clips" / "rot90.mp4"
    clip = Clip(str(path), 1, "x", 320, 180, 1.0, 24.0)
    made = comparison(make_context(), *jobs_of((clip, clip)))
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    for place in made.view.places():
        assert place.width() / place.height() == pytest.approx(180 / 320, rel=0.01)
    made.close()


def test_the_shorter_stays_on_its_last_and_both_begin_again(window: CompareWindow) -> None:
    for _ in range(18):
        window.advance(50.0)
    assert levels(window) == [18, 14]
    window.advance(50.0)
    window.advance(50.0)
    assert levels(window) == [0, 0]


def test_space_plays_and_a_step_stands_still(qtbot: QtBot, window: CompareWindow) -> None:
    window.view.setFocus()
    qtbot.keyClick(window.view, Qt.Key.Key_Space)
    assert window.is_playing
    qtbot.waitUntil(lambda: window.position_ms > 200, timeout=4000)
    assert levels(window)[0] == levels(window)[1]
    window.step(1)
    assert not window.is_playing
    qtbot.mouseClick(window.view, Qt.MouseButton.LeftButton)
    assert window.is_playing


def test_neither_runs_ahead_of_the_other(qtbot: QtBot, clips: tuple[Clip, Clip]) -> None:
    context = make_context(at_once=False)
    window = comparison(context, *jobs_of(clips))
    qtbot.addWidget(window)
    window.advance(50.0)
    assert window.position_ms == 0
    assert len(context.workers.waiting) == 3  # type: ignore[attr-defined]  # and the strip
    context.workers.run_all()  # type: ignore[attr-defined]
    window.advance(50.0)
    assert levels(window) == [1, 1]
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    window.close()


def test_the_divider_follows_keys_and_the_mouse(qtbot: QtBot, window: CompareWindow) -> None:
    view = window.view
    before = view.divider
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.divider == before  # side by side there is none
    qtbot.keyClick(window, Qt.Key.Key_W)
    assert view.wipes
    assert window.mode.text() == "Side by side"
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.divider == pytest.approx(0.52)
    place, _ = view.places()
    at = QPoint(place.left() + round(place.width() * view.divider), place.center().y())
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(view, QPoint(place.left() + place.width() // 4, at.y()))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at)
    assert view.divider == pytest.approx(0.25, abs=0.01)
    assert not window.is_playing
    assert view.accessibleDescription() == "Divider at 25 %"


def test_a_wipe_shows_the_left_clip_left_and_the_right_one_right(window: CompareWindow) -> None:
    for _ in range(17):
        window.advance(50.0)
    window.toggle_wipe()
    picture = window.view.grab().toImage()
    place, _ = window.view.places()
    y = place.top() + place.height() * 4 // 5
    seen = [picture.pixelColor(place.left() + place.width() * n // 4, y).green() for n in (1, 3)]
    assert [round((level - 10) / 12) for level in seen] == [17, 14]
    window.swap()
    picture = window.view.grab().toImage()
    seen = [picture.pixelColor(place.left() + place.width() * n // 4, y).green() for n in (1, 3)]
    assert [round((level - 10) / 12) for level in seen] == [14, 17]


def test_what_differs_is_listed_and_swapped(window: CompareWindow) -> None:
    assert words(window) == [
        "Differences", "A", "B", "Prompt", "Clip 1", "Clip 2", "Seed", "1", "2",
    ]  # fmt: skip
    window.swap()
    assert words(window)[:6] == ["Differences", "B", "A", "Prompt", "Clip 2", "Clip 1"]


def test_the_strip_is_the_left_clips(window: CompareWindow) -> None:
    last = window.seek.maximum()
    picture = window.seek.picture_at(last)
    assert picture is not None
    assert level_of(picture) == 19
    window.swap()
    picture = window.seek.picture_at(last)
    assert picture is not None
    assert level_of(picture) == 14


def test_same_settings_are_told(qtbot: QtBot, clips: tuple[Clip, Clip]) -> None:
    one, _ = jobs_of(clips)
    window = comparison(make_context(), one, one)
    qtbot.addWidget(window)
    assert words(window) == ["Both were made with the same settings."]


def test_a_clip_that_is_gone_is_told(
    qtbot: QtBot, clips: tuple[Clip, Clip], tmp_path: Path
) -> None:
    one, other = jobs_of(clips)
    gone = replace(other, clip=replace(clips[1], path=str(tmp_path / "gone.mp4")))
    window = comparison(make_context(), one, gone)
    qtbot.addWidget(window)
    window.show()
    assert window.trouble.text() == "One of the clips cannot be read."
    assert window.trouble.isVisible()


def test_every_control_has_a_name_and_esc_closes(qtbot: QtBot, window: CompareWindow) -> None:
    for button in window.findChildren(QAbstractButton):
        assert button.accessibleName(), button
    for widget in (window.view, window.seek, window.table):
        assert widget.accessibleName()
    with qtbot.waitSignal(window.stopped):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_differences_are_in_the_forms_order_and_in_words() -> None:
    left = ClipRequest("a fox", seed=1)
    frame = Frame(FrameKind.FILE, "abc.jpg", label="fox.png")
    right = ClipRequest(
        "a fox ", resolution="1080p", duration_s=8, style="clay", audio=False, seed=None,
        start_frame=frame,
    )  # fmt: skip
    assert differences(left, right) == [
        ("Start frame", "None", "fox.png (abc.jp)"),
        ("Resolution", "720p", "1080p"),
        ("Duration", "5 s", "8 s"),
        ("Style", "None", "Clay"),
        ("Sound", "On", "Off"),
        ("Seed", "1", "Random"),
    ]
    assert differences(left, left) == []
