"""A player with a clip whose frames can be told apart by their grey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.settings import WindowState
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.player.panel import PlayerPanel
from tests.gui.fakes import RESOURCES, FakeBus, FakeCommands, FakeWorkers, demo_status, make_job

FPS = 20
COUNT = 20


class FetchBus(FakeBus):
    def fetch_again(self, job_id: str) -> None:
        self.calls.append(("fetch_again", job_id))


@pytest.fixture(autouse=True)
def _no_qt_warnings() -> None:
    """No message handler in Python where a clip may play.

    QtMultimedia's threads log while the main thread waits for them with the interpreter's lock
    held: such a handler can then wait for ever.
    """


def write_grey_clip(
    path: Path, *, count: int = COUNT, fps: int = FPS, size: tuple[int, int] = (160, 90)
) -> Clip:
    """Grey that grows lighter by twelve with every frame."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "5", "g": "7"}
        for number in range(count):
            image = QImage(width, height, QImage.Format.Format_RGB888)
            level = 10 + number * 12
            image.fill(level << 16 | level << 8 | level)
            frame = av.VideoFrame(width, height, "rgb24")
            frame.planes[0].update(bytes(image.constBits())[: frame.planes[0].buffer_size])
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    size_bytes = path.stat().st_size
    return Clip(str(path), size_bytes, "x", width, height, count / fps, float(fps), False)


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
def bridge() -> FetchBus:
    return FetchBus(demo_status())


@pytest.fixture
def commands() -> FakeCommands:
    made = FakeCommands()
    made.window_state = WindowState(volume=0.5, loop=False, muted=True, speed=2.0)
    return made


@pytest.fixture
def player(
    qtbot: QtBot, bridge: FetchBus, workers: FakeWorkers, commands: FakeCommands, tmp_path: Path
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


def level_of(image: QImage) -> int:
    """Which frame a picture is, by its grey."""
    level = image.pixelColor(image.width() // 2, image.height() // 2).green()
    return round((level - 10) / 12)


def shown_index(player: PlayerPanel) -> int:
    """Which frame the still on the stage is."""
    return level_of(player.video_area.still.image)
