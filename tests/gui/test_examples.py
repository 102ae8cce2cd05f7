"""Example prompts on the empty stage: into the form, as many as fit, never over a clip."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job
from tests.support.window_fakes import RESOURCES, FakeWorkers


def test_one_is_chosen_by_the_keyboard(player: PlayerPanel, workers: FakeWorkers) -> None:
    examples, chosen = player.video_area.examples, []
    examples.load(workers, RESOURCES)
    examples.chosen.connect(chosen.append)
    card = examples.cards["city"]
    assert not card._picture.isNull()
    QTest.keyClick(card, Qt.Key.Key_Space)
    assert chosen == [card.prompt]
    assert "neon city" in card.prompt


@pytest.mark.parametrize(
    ("room", "shown"), [((900, 600), 3), ((440, 600), 2), ((900, 250), 0), ((170, 400), 1)]
)
def test_as_many_are_shown_as_fit(player: PlayerPanel, room: tuple[int, int], shown: int) -> None:
    examples = player.video_area.examples
    examples.make_room(QSize(*room))
    assert [not card.isHidden() for card in examples.cards.values()].count(True) == shown


def test_a_job_without_a_clip_offers_none(player: PlayerPanel) -> None:
    assert player.video_area.examples.isVisible()
    player.show_job(make_job(1, JobState.FAILED))
    assert not player.video_area.examples.isVisible()


def test_the_prompt_goes_into_the_form(window: MainWindow) -> None:
    window.player.example_chosen.emit("A sea")  # type: ignore[attr-defined]
    assert window.compose.request().prompt == "A sea"
    assert window.compose.form.prompt.hasFocus()
