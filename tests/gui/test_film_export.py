"""The film in its other forms: what the dialog offers, and what lies on the disk afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.film.plan import FilmPlan
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.storyboard.contact_sheet import page_height
from pixverse_desktop.ui.storyboard.export_dialog import ExportDialog
from pixverse_desktop.ui.storyboard.film_export import FilmExport, Kind
from tests.support.clips import write_grey_clip
from tests.support.films import chain, planned, take_of
from tests.support.window_fakes import FakeWorkers


def plan_of(folder: Path, *without: str) -> FilmPlan:
    """Five shots of a second, those named without a take."""
    film = chain(*"abcde")
    jobs = []
    for number, shot in enumerate(film.shots, 1):
        if shot.name not in without:
            clip = write_grey_clip(folder / f"{shot.name}.mp4")
            jobs.append(replace(take_of(film, shot.name, number), clip=clip))
    return planned(film, jobs)


@pytest.fixture
def dialog(qtbot: QtBot, context: UiContext) -> Iterator[ExportDialog]:
    owner = QWidget()
    qtbot.addWidget(owner)
    owner.show()
    yield ExportDialog(owner, context)
    owner.hide()


def written(dialog: ExportDialog, kind: Kind, target: Path) -> str:
    dialog.kind.set_value(kind)
    dialog.on_file_selected(str(target))
    return dialog.note.text().replace("\u200b", "")


def test_each_form_is_written_and_said(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.open_for(plan_of(tmp_path))
    said = written(dialog, Kind.FILM, tmp_path / "film.mp4")
    assert said.startswith(f"Saved as “film.mp4” in {tmp_path}. The pictures were ")
    written(dialog, Kind.SHEET, tmp_path / "sheet.png")
    image = QImage(str(tmp_path / "sheet.png"))
    assert (image.width(), image.height()) == (1600, int(page_height(2)))
    written(dialog, Kind.SHEET, tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    written(dialog, Kind.LIST, tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig").count("\n") == 6
    assert "A film" in written(dialog, Kind.FOLDER, tmp_path)
    assert (tmp_path / "A film" / "media" / "05 e.mp4").is_file()
    assert dialog.show_button.isVisible()


def test_what_lacks_takes_is_no_film_but_a_list(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.open_for(plan_of(tmp_path, "b"))
    assert not dialog.go_button.isEnabled()
    assert "have no take yet" in dialog.note.text() or "has no take yet" in dialog.note.text()
    dialog.kind.set_value(Kind.LIST)
    assert dialog.go_button.isEnabled()
    assert dialog.note.text() == ""


def test_a_film_takes_the_place_of_none_of_its_clips(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.open_for(plan_of(tmp_path))
    before = (tmp_path / "a.mp4").read_bytes()
    said = written(dialog, Kind.FILM, tmp_path / "a.mp4")
    assert "Saved as" not in said
    assert said
    assert (tmp_path / "a.mp4").read_bytes() == before


def test_a_stopped_film_leaves_nothing(qtbot: QtBot, context: UiContext, tmp_path: Path) -> None:
    workers = FakeWorkers(at_once=False)
    owner = QWidget()
    qtbot.addWidget(owner)
    export = FilmExport(replace(context, workers=workers), owner)
    ended: list[str] = []
    export.stopped.connect(lambda: ended.append("stopped"))
    export.write(Kind.FILM, plan_of(tmp_path), tmp_path / "film.mp4")
    assert export.is_busy
    export.stop()
    workers.run_all()
    assert ended == ["stopped"]
    assert not export.is_busy
    assert not [path for path in tmp_path.iterdir() if path.name[0] not in "abcde"]
