"""Make final: clips once more at another resolution, each asked for once, at the price shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.finer import Finer
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.dialogs.make_final import FinalDialog
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import saved_job

DRAFTS = [saved_job(n, f"draft {n}", resolution="360p", duration_s=3, seed=n) for n in (1, 2)]


@pytest.fixture
def dialog(window: MainWindow) -> FinalDialog:
    return window.user_actions.final_dialog


def asked(context: UiContext) -> list[ClipRequest]:
    return [call[1] for call in context.bridge.calls if call[0] == "generate"]


def entry(window: MainWindow, jobs: list[Job]) -> bool:
    menu = QMenu()
    window.clip_actions.fill(menu, jobs)
    return "Make final…" in [action.text() for action in menu.actions()]


def test_as_it_was_changes_the_resolution_alone(
    window: MainWindow, context: UiContext, dialog: FinalDialog
) -> None:
    window.user_actions.make_final(DRAFTS)
    assert dialog.resolution.value() == "1080p"
    assert dialog.make_button.text() == "Generate 2 clips"
    assert "credits" in dialog.price.text()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert asked(context) == [job.request.changed(resolution="1080p") for job in DRAFTS]
    assert not dialog.isVisible()


@pytest.mark.parametrize(("way", "indices"), [(Finer.FIRST, [0]), (Finer.BETWEEN, [0, -1])])
def test_its_own_frames_are_taken(
    window: MainWindow, context: UiContext, dialog: FinalDialog, way: Finer, indices: list[int]
) -> None:
    window.user_actions.make_final(DRAFTS[:1])
    dialog.way.set_value(str(way))
    dialog.resolution.set_value("720p")
    dialog.make_button.click()
    (request,) = asked(context)
    assert request.resolution == "720p"
    assert request.start_frame is not None
    assert (request.end_frame is not None) is (way is Finer.BETWEEN)
    clip = DRAFTS[0].clip
    assert clip is not None
    taken = [(source.clip, source.index) for source in context.commands.prepared]
    assert taken == [(clip.path, index) for index in indices]


def test_nothing_is_sent_when_it_is_closed(
    window: MainWindow, context: UiContext, dialog: FinalDialog
) -> None:
    window.user_actions.make_final(DRAFTS)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert asked(context) == []


def test_it_is_offered_for_clips_of_the_model_in_use(window: MainWindow) -> None:
    other = replace(DRAFTS[0], request=ClipRequest("x", model="elsewhere"))
    waiting = replace(DRAFTS[0], clip=None)
    assert entry(window, DRAFTS)
    assert not entry(window, [DRAFTS[0], other])
    assert not entry(window, [waiting])
