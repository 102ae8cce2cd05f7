"""The stage while a clip is made: its shape, its words, its time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.job_text import RowText
from pixverse_desktop.ui.player.making_page import AwaitedClip, MakingPage
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.player.video_area import Page
from tests.support.factories import make_job
from tests.support.window_fakes import FakeBus


class Told(MakingPage):
    """Keeps what it was told last."""

    def show_words(self, words: RowText, shape: QSize, picture: QPixmap) -> None:
        super().show_words(words, shape, picture)
        self.told = (words, shape)


def test_words_and_time_follow_the_job(qtbot: QtBot, context: UiContext) -> None:
    page, now = Told(), [1000.0]
    qtbot.addWidget(page)
    page.resize(400, 300)
    page.show()
    awaited = AwaitedClip(context, page, page, now=lambda: now[0])
    request = ClipRequest("a fox", aspect_ratio="9:16", seed=1)
    awaited.show(make_job(1, JobState.ACCEPTED, request=request, submitted_at=1000.0))
    words, shape = page.told
    assert words.prompt == "a fox"
    assert words.aside == "0:00 of ~0:45"
    assert shape == QSize(720, 1280)
    now[0] = 1012.0
    awaited.refresh()
    assert page.told[0].aside == "0:12 of ~0:45"
    assert "a fox" in page.accessibleName()
    assert not page.grab().isNull()
    awaited.show(None)
    assert not awaited.timer.isActive()


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.WITHDRAWN])
def test_a_job_that_ends_without_a_clip_leaves_the_stage(
    player: PlayerPanel, bridge: FakeBus, state: JobState
) -> None:
    player.show_job(make_job(9, JobState.ACCEPTED))
    bridge.job_changed.emit(make_job(8, JobState.FAILED))
    assert player.video_area.page is Page.MAKING
    bridge.job_changed.emit(make_job(9, state))
    assert player.video_area.page is Page.EMPTY
    assert player.awaited.job is None
