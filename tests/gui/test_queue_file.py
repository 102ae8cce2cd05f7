"""What waits goes into a file with its pictures, and comes back at a price that is shown first."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.services.film_files import FilmFiles
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.store.frame_folder import FrameFolder
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.commands.queue_file import QueueFile
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job
from tests.support.pictures import encoded, noise


@pytest.fixture
def queue_file(
    window: MainWindow, context: UiContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> QueueFile:
    models = SimpleNamespace(get=lambda _model: PIXVERSE_V6)
    engine = SimpleNamespace(session=SimpleNamespace(models=models))
    host = SimpleNamespace(paths=paths_below(tmp_path / "data"), settings=Settings(), engine=engine)
    monkeypatch.setattr(
        context.commands, "film_files", lambda: FilmFiles(host), raising=False  # type: ignore[arg-type]
    )  # fmt: skip
    return window.user_actions.queue_file


def waiting(number: int, **changes: object) -> Job:
    return replace(make_job(number), **changes)  # type: ignore[arg-type]


def show(context: UiContext, *jobs: Job) -> None:
    context.bridge.jobs = {job.id: job for job in jobs}


def exported(queue_file: QueueFile, path: Path) -> dict[str, object]:
    queue_file.export()
    assert queue_file._files is not None
    queue_file._files.fileSelected.emit(str(path))
    queue_file._files.reject()
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_what_waits_comes_back_as_it_was(
    context: UiContext, queue_file: QueueFile, tmp_path: Path
) -> None:
    said: list[str] = []
    queue_file.said.connect(said.append)
    picture = encoded(noise((64, 48)), "JPEG")
    frames = tmp_path / "data" / "frames"
    stored = FrameFolder(frames).save(picture)
    frame = Frame(FrameKind.FILE, stored, 64, 48, "cat.jpg")
    first, second, chained, sent = (waiting(number) for number in (1, 2, 3, 4))
    first = replace(first, request=first.request.changed(start_frame=frame, seed=7), position=9)
    second = replace(second, background=True, position=1)
    chained = replace(chained, after=first.id)
    sent = replace(sent, state=JobState.ACCEPTED)
    show(context, first, second, chained, sent)
    path = tmp_path / "queue.json"
    whole = exported(queue_file, path)
    assert len(whole["shots"]) == 2  # type: ignore[arg-type]
    assert said[-1] == "2 waiting clips were exported. 1 waits for another clip and stays."
    (frames / stored).unlink()  # it comes from elsewhere
    queue_file.read(str(path))
    question = queue_file.question
    assert question is not None
    assert "Queue 2 clips" in question.windowTitle()
    assert "credits" in question.sentences[0].text()
    assert context.bridge.calls == []  # nothing yet
    QTest.keyClick(question, Qt.Key.Key_Return)
    ((name, cells, background, ceiling),) = context.bridge.calls
    assert (name, background) == ("generate_all", False)
    assert ceiling > Decimal(0)
    assert [cell.request for cell in cells] == [first.request, second.request]
    assert (frames / stored).read_bytes() == picture


def test_into_the_background(context: UiContext, queue_file: QueueFile, tmp_path: Path) -> None:
    show(context, waiting(1))
    exported(queue_file, tmp_path / "queue.json")
    queue_file.read(str(tmp_path / "queue.json"))
    assert queue_file.question is not None
    queue_file.question.buttons["later"].click()
    assert context.bridge.calls[0][2] is True


def test_escape_queues_nothing(context: UiContext, queue_file: QueueFile, tmp_path: Path) -> None:
    show(context, waiting(1))
    exported(queue_file, tmp_path / "queue.json")
    queue_file.read(str(tmp_path / "queue.json"))
    QTest.keyClick(queue_file.question, Qt.Key.Key_Escape)
    assert context.bridge.calls == []
    queue_file.read(str(tmp_path / "queue.json"))
    assert queue_file.question is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no film"),
        ('{"version": 9, "shots": []}', "newer"),
        ('{"version": 1, "name": "A", "shots": []}', "no clips"),
        (
            '{"version": 1, "name": "A", "shots": [{"prompt": "a"},'
            ' {"prompt": "b", "continues": true}]}',
            "go on from each other",
        ),
        ('{"version": 1, "shots": [{"prompt": "a", "wings": 2}]}', "wings"),
        ('{"version": 1, "shots": [{"prompt": "a", "start_frame": "../x.png"}]}', "x.png"),
    ],
)
def test_a_file_that_cannot_be_queued_is_named(
    context: UiContext, queue_file: QueueFile, tmp_path: Path, text: str, told: str
) -> None:
    said: list[str] = []
    queue_file.said.connect(said.append)
    path = tmp_path / "given.json"
    path.write_text(text, encoding="utf-8")
    queue_file.read(str(path))
    assert queue_file.question is None
    assert told in said[-1]
    assert context.bridge.calls == []


def test_nothing_waits(context: UiContext, queue_file: QueueFile) -> None:
    said: list[str] = []
    queue_file.said.connect(said.append)
    show(context, replace(make_job(1), state=JobState.ACCEPTED))
    queue_file.export()
    assert said == ["Nothing waits that could be exported."]
    assert queue_file._files is None
