"""While clips are made the window says that it keeps the computer awake; the setting ends that."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.desktop import Desktop
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job
from tests.support.fake_inhibitor import FakeInhibitor

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems keep awake otherwise"
)


@pytest.fixture
def inhibitor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeInhibitor:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return FakeInhibitor(tmp_path)


def test_it_follows_the_jobs_and_the_setting(
    qtbot: QtBot, window: MainWindow, context: UiContext, inhibitor: FakeInhibitor
) -> None:
    desktop, word = Desktop(context, window), window.status_bar.awake
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    context.bridge.show_job(make_job(2, JobState.ACCEPTED))
    qtbot.waitUntil(word.isVisible)
    assert inhibitor.events() == ["start"]
    context.bridge.show_job(make_job(1, JobState.SAVED))
    desktop.awake.look()
    assert word.isVisible()
    window.user_actions.open_settings()
    page = window.user_actions.settings_dialog.system
    page.awake.click()
    assert not word.isVisible()
    assert inhibitor.events() == ["start", "end"]
    page.awake.click()
    assert word.isVisible()
    context.bridge.show_job(make_job(2, JobState.SAVED))
    qtbot.waitUntil(word.isHidden)
    assert inhibitor.events() == ["start", "end"] * 2


def test_the_newest_wish_is_carried_out_after_a_slow_answer(
    window: MainWindow, context: UiContext, inhibitor: FakeInhibitor
) -> None:
    workers = context.workers
    workers.at_once = False
    desktop = Desktop(context, window)
    context.bridge.show_job(make_job(1, JobState.ACCEPTED))
    desktop.awake.look()
    context.bridge.show_job(make_job(1, JobState.SAVED))
    desktop.awake.look()
    assert len(workers.waiting) == 1
    workers.run_all()
    assert inhibitor.events() == ["start", "end"]
    assert not window.status_bar.awake.isVisible()
