"""The sheet as a picture and as a clip: whole, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.export import Progress
from pixverse_desktop.ui.sheet.export import SheetExport
from pixverse_desktop.ui.sheet.picture import (
    SIZE,
    SheetPicture,
    plan_of,
    write_film,
    write_picture,
)
from tests.support.clips import write_grey_clip
from tests.support.factories import make_job
from tests.support.window_fakes import FakeWorkers, level_of

SHAPE = QSize(160, 90)


@pytest.fixture
def plan(qtbot: QtBot, tmp_path: Path) -> SheetPicture:
    """A second and half a second; the third is rejected."""
    lengths = (20, 10, 20)
    clips = [write_grey_clip(tmp_path / f"{n}.mp4", count=c) for n, c in enumerate(lengths)]
    return plan_of_clips(clips)


def plan_of_clips(clips: list[Clip], *, loops: bool = True) -> SheetPicture:
    jobs = [make_job(n, JobState.SAVED, clip=clip) for n, clip in enumerate(clips)]
    if len(jobs) > 2:
        jobs[2] = replace(jobs[2], verdict=Verdict.REJECTED)
    return plan_of(jobs, [SHAPE] * len(jobs), None, QFont(), loops=loops)


def levels(plan: SheetPicture, image: QImage) -> list[int]:
    """Which picture of each clip is seen on the whole."""
    return [level_of(image.copy(tile.place)) for tile in plan.tiles]


def test_the_picture_is_what_is_seen_at_that_time(plan: SheetPicture, tmp_path: Path) -> None:
    target = tmp_path / "sheet.png"
    target.write_bytes(b"an earlier one")
    write_picture(plan, 0.6, target)
    image = QImage(str(target))
    assert image.size() == SIZE
    first, second, rejected = levels(plan, image)
    assert (first, second) == (12, 2)
    assert rejected < 8  # darker than it is
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".mp4"] * 3 + [".png"]


def test_the_clip_has_all_of_the_longest(plan: SheetPicture, tmp_path: Path) -> None:
    progress, target = Progress(), tmp_path / "sheet.mp4"
    assert write_film(plan, progress, target)
    assert progress.share == 1.0
    with av.open(str(target)) as made:
        stream = made.streams.video[0]
        assert (stream.average_rate, stream.width, stream.height) == (20, 1920, 1080)
        frames = [frame.to_image() for frame in made.decode(stream)]
    assert len(frames) == 20
    frames[13].save(tmp_path / "13.png")
    found = levels(plan, QImage(str(tmp_path / "13.png")))
    assert found[0] == pytest.approx(13, abs=1)
    assert found[1] == pytest.approx(3, abs=1)


def test_the_shorter_hold_where_they_do_on_the_sheet(plan: SheetPicture, tmp_path: Path) -> None:
    target = tmp_path / "sheet.png"
    write_picture(replace(plan, loops=False), 0.9, target)
    assert levels(plan, QImage(str(target)))[:2] == [18, 9]


def test_a_clip_that_was_stopped_leaves_nothing(plan: SheetPicture, tmp_path: Path) -> None:
    progress, target = Progress(), tmp_path / "sheet.mp4"
    progress.stop()
    before = sorted(tmp_path.iterdir())
    assert not write_film(plan, progress, target)
    assert sorted(tmp_path.iterdir()) == before


def test_a_clip_is_never_written_over(plan: SheetPicture) -> None:
    target = plan.tiles[0].path
    before = target.read_bytes()
    with pytest.raises(UserError) as refused:
        write_film(plan, Progress(), target)
    assert refused.value.problem.message.code == "clip_itself"
    assert target.read_bytes() == before


def test_what_cannot_be_read_stays_dark_and_all_of_it_is_told(
    plan: SheetPicture, tmp_path: Path
) -> None:
    target = tmp_path / "sheet.png"
    plan.tiles[0].path.write_bytes(b"\0" * 3000)
    write_picture(plan, 0.1, target)
    assert levels(plan, QImage(str(target)))[1] == 2
    for tile in plan.tiles:
        tile.path.unlink(missing_ok=True)
    target.unlink()
    for write in (
        lambda: write_picture(plan, 0.1, target),
        lambda: write_film(plan, Progress(), target),
    ):
        with pytest.raises(UserError) as refused:
            write()
        assert refused.value.problem.message.code == "no_clip_readable"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(plan: SheetPicture, tmp_path: Path) -> None:
    said: list[str] = []
    panel = QWidget()
    export = SheetExport(FakeWorkers(), panel)  # type: ignore[arg-type]
    export.said.connect(said.append)
    for write in (export.write_picture, export.write_film):
        given = (plan, 0.0) if write == export.write_picture else (plan,)
        write(*given, tmp_path / "not there" / "sheet.mp4")  # type: ignore[arg-type]
    assert len(said) == 2
    assert all(sentence.startswith("sheet.mp4 could not be written") for sentence in said)
    assert not export.is_busy
    export.write_film(plan, tmp_path / "sheet.mp4")
    assert said[-1] == f"Saved as “sheet.mp4” in {tmp_path}."
