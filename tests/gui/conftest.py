"""For every window test: the theme, a context of fakes, and a player with a clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.settings import WindowState
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clips import write_grey_clip
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import (
    RESOURCES,
    FakeBus,
    FakeCommands,
    FakePlayer,
    FakeQueue,
    FakeWorkers,
    make_context,
)


@pytest.fixture(autouse=True)
def _themed(qapp: object) -> Iterator[None]:
    theme.install(RESOURCES, "dark")
    yield
    # What a test closed goes now: later tests restyle every widget that is still alive.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def context() -> UiContext:
    """Fakes whose workers answer at once."""
    return make_context()


@pytest.fixture
def window(qtbot: QtBot, context: UiContext) -> MainWindow:
    """The whole window, shown at 1600 by 1000."""
    made = MainWindow(context, FakePlayer(), FakeQueue())
    qtbot.addWidget(made)
    made.resize(1600, 1000)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


# --- the player, with a clip whose frames can be told apart by their grey ---


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """One second."""
    return write_grey_clip(tmp_path_factory.mktemp("clips") / "steps.mp4")


@pytest.fixture
def job(clip: Clip) -> Job:
    return make_job(1, JobState.SAVED, clip=clip, remote_id="remote1")


@pytest.fixture
def workers() -> FakeWorkers:
    return FakeWorkers()


@pytest.fixture
def bridge() -> FakeBus:
    return FakeBus(demo_status())


@pytest.fixture
def commands() -> FakeCommands:
    made = FakeCommands()
    made.window_state = WindowState(volume=0.5, loop=False, muted=True, speed=2.0)
    return made


@pytest.fixture
def player(
    qtbot: QtBot, bridge: FakeBus, workers: FakeWorkers, commands: FakeCommands, tmp_path: Path
) -> Iterator[PlayerPanel]:
    context = UiContext(bridge, workers, commands.settings, commands, tmp_path, RESOURCES)
    made = PlayerPanel(context)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.shutdown()
    made.shutdown()
