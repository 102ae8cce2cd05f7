"""Clips going out of the program and coming back to it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.clip_metadata import project_from_text, project_of, project_to_text
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.reuse import RequestPart, merged
from pixverse_desktop.media.metadata_tag import read_tag, write_tag
from pixverse_desktop.services.export import Export, export
from pixverse_desktop.services.frames import store_frame
from pixverse_desktop.services.own_clips import job_in_clip
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs.clip_actions import ClipActions
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.window_drops import WindowDrops
from tests.support.clips import make_clip
from tests.support.factories import make_job
from tests.support.window_fakes import FakeCommands, jpeg_bytes

OTHER = ClipRequest(
    prompt="another", resolution="1080p", duration_s=9, aspect_ratio="9:16",
    negative_prompt="blur", seed=77, audio=False, thinking="enabled", multi_clip=True,
    style="anime", start_frame=Frame(FrameKind.URL, "https://example.com/a.jpg"),
    end_frame=Frame(FrameKind.URL, "https://example.com/b.jpg"),
)  # fmt: skip


def saved_at(path: Path, number: int = 1, request: ClipRequest = OTHER) -> Job:
    clip = Clip(str(path), 1, "00", 1280, 720, 5.0, 24.0, True)
    return dataclasses.replace(
        make_job(number, JobState.SAVED, remote_id=f"r{number}", clip=clip), request=request
    )


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


@pytest.mark.parametrize("part", list(RequestPart))
def test_every_field_belongs_to_one_part(part: RequestPart) -> None:
    mine = ClipRequest(prompt="mine", seed=1)
    taken = merged(mine, OTHER, part)
    names = {spec.name for spec in PIXVERSE_V6.parameters}
    assert {name for name in names if taken.get(name) != mine.get(name)} == {
        RequestPart.ALL: names,
        RequestPart.PROMPT: {"prompt", "negative_prompt"},
        RequestPart.FRAMES: {"start_frame", "end_frame"},
        RequestPart.SEED: {"seed"},
        RequestPart.PARAMETERS: {
            "resolution", "duration_s", "aspect_ratio", "audio", "thinking", "multi_clip", "style",
        },
    }[part]  # fmt: skip


def test_reusing_a_part_can_be_undone(window: MainWindow) -> None:
    before = window.compose.request()
    window.reuse(saved_at(Path("/a.mp4")), RequestPart.SEED)
    assert window.compose.request() == dataclasses.replace(before, seed=77)
    assert "another" in window.undo_strip.label.text()
    window.undo_strip.on_action_clicked()
    assert window.compose.request() == before


def test_taking_twice_still_leads_back_to_the_own_form(window: MainWindow) -> None:
    window.compose.form.prompt.setPlainText("my own words")
    before = window.compose.request()
    for _ in range(2):
        window.reuse(saved_at(Path("/a.mp4")), RequestPart.ALL)
    window.undo_strip.on_action_clicked()
    assert window.compose.request() == before


def test_no_clip_leaves_the_clipboard_alone(window: MainWindow) -> None:
    QGuiApplication.clipboard().setText("mine")
    window.clip_actions.copy_files([])
    assert QGuiApplication.clipboard().text() == "mine"


def test_a_long_name_of_wide_letters_can_be_written(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    make_clip(clip)
    target = tmp_path / ("夜" * 83 + ".mp4")
    export(saved_at(clip), target, Export.COPY)
    assert target.read_bytes() == clip.read_bytes()


def test_exports(tmp_path: Path) -> None:
    clip, plain = tmp_path / "a.mp4", tmp_path / "plain.mp4"
    make_clip(plain, tags={"comment": "the service's"})
    job = saved_at(clip)
    write_tag(plain, clip, project_to_text(project_of(job, "test", {})))
    export(job, tmp_path / "copy.mp4", Export.COPY)
    assert (tmp_path / "copy.mp4").read_bytes() == clip.read_bytes()
    export(job, tmp_path / "clean.mp4", Export.CLEAN)
    assert read_tag(tmp_path / "clean.mp4") is None
    assert b"the service's" not in (tmp_path / "clean.mp4").read_bytes()
    export(job, tmp_path / "ü.json", Export.SETTINGS)
    text = (tmp_path / "ü.json").read_text(encoding="utf-8")
    assert project_from_text(text).request == OTHER
    assert json.loads(text)["request"]["seed"] == 77
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".json", *[".mp4"] * 4]


@pytest.mark.parametrize("kind", list(Export))
def test_an_export_that_fails_keeps_what_was_there(tmp_path: Path, kind: Export) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "kept").touch()
    clip = tmp_path / "a.mp4"
    make_clip(clip)
    with pytest.raises(UserError, match="could not be written"):
        export(saved_at(clip), target, kind)
    assert (target / "kept").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", "folder"]


def test_a_clip_is_never_written_over_itself(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    make_clip(clip)
    before = clip.read_bytes()
    with pytest.raises(UserError, match="the clip itself"):
        export(saved_at(clip), clip, Export.CLEAN)
    assert clip.read_bytes() == before
    damaged = tmp_path / "b.mp4"
    damaged.write_bytes(before[:200])
    with pytest.raises(UserError, match="damaged"):
        export(saved_at(damaged), tmp_path / "c.mp4", Export.CLEAN)
    with pytest.raises(UserError, match="no longer where"):
        export(saved_at(tmp_path / "gone.mp4"), tmp_path / "c.mp4", Export.COPY)
    assert not (tmp_path / "c.mp4").exists()


def test_the_menu_offers_what_fits_the_number_of_clips(window: MainWindow) -> None:
    menu = QMenu(window)
    jobs = [saved_at(Path("/a.mp4")), saved_at(Path("/b.mp4"), 2)]
    window.clip_actions.fill(menu, jobs)
    assert texts(menu) == [
        "Make final…",
        "Pick\tS",
        "Compare\tC",
        "Fill the gap",
        "Pick the best…",
        "Add to the film",
        "Copy 2 files\tCtrl+C",
        "Move to trash\tDel",
    ]
    menu.actions()[[a.text() for a in menu.actions()].index("Copy 2 files\tCtrl+C")].trigger()
    mime = QGuiApplication.clipboard().mimeData()
    assert mime is not None
    assert [url.toLocalFile() for url in mime.urls()] == ["/a.mp4", "/b.mp4"]
    assert "2 files" in window.notice_strip.label.text()
    window.clip_actions.fill(menu, [make_job(3)])
    assert texts(menu) == [
        "Reuse settings\tR", "Reuse only", "Pick\tS", "Copy prompt\tCtrl+C", "Cancel (not charged)\tDel",
    ]  # fmt: skip


def test_the_end_of_an_export_is_said(window: MainWindow, context: UiContext) -> None:
    commands = cast(FakeCommands, context.commands)
    actions: ClipActions = window.clip_actions
    job = saved_at(Path("/a.mp4"))
    actions.ask_target(job, Export.CLEAN)
    assert actions._dialog is not None
    assert Path(actions._dialog.selectedFiles()[0]).name == "a clean.mp4"
    actions._dialog.fileSelected.emit("/tmp/x.mp4")
    assert commands.calls[-1] == ("export_clip", "job1", Path("/tmp/x.mp4"), Export.CLEAN)
    assert window.notice_strip.label.text() == "Saved as “x.mp4” in /tmp."
    actions._dialog.close()
    assert actions._dialog is None
    commands.export_problem = UserError(problem(ProblemCode.DISK, "No room."))
    actions.write(job, Export.COPY, Path("/tmp/y.mp4"))
    assert window.notice_strip.label.text() == "No room."


def drop_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def test_a_dropped_clip_offers_what_it_holds(
    window: MainWindow, context: UiContext, qtbot: QtBot
) -> None:
    commands, drop = cast(FakeCommands, context.commands), window.drops
    commands.own_clips["ours.mp4"] = saved_at(Path("/ours.mp4"))
    assert WindowDrops.wants(drop_of(Path("/ours.mp4"), Path("/b.MP4")))
    assert not WindowDrops.wants(drop_of(Path("/ours.mp4"), Path("/b.jpg")))
    assert not WindowDrops.wants(QMimeData())
    drop.take(drop_of(Path("/ours.mp4")), QPoint(5, 5))
    words = ["Restore its settings", "Use its last frame as start frame", "Add it to the library"]
    assert texts(drop.menu) == words
    drop.menu.actions()[0].trigger()
    assert window.compose.request() == OTHER
    drop.menu.actions()[2].trigger()
    assert commands.calls[-1] == ("add_clips", [Path("/ours.mp4")])
    drop.menu.hide()
    drop.take(drop_of(Path("/theirs.mp4")), QPoint(5, 5))
    assert [a.isEnabled() for a in drop.menu.actions()] == [False, True]
    drop.menu.actions()[1].trigger()
    qtbot.waitUntil(lambda: bool(commands.prepared))
    assert (commands.prepared[-1].clip, commands.prepared[-1].index) == ("/theirs.mp4", -1)
    drop.menu.hide()
    drop.take(drop_of(Path("/a.mp4"), Path("/b.mp4")), QPoint(5, 5))
    assert commands.calls[-1] == ("add_clips", [Path("/a.mp4"), Path("/b.mp4")])


def test_a_real_clip_gives_every_setting_back(tmp_path: Path, window: MainWindow) -> None:
    paths = paths_below(tmp_path / "data")
    paths.frames.mkdir(parents=True)
    frame, *_ = store_frame(jpeg_bytes(640, 360), "fox.png", paths)
    request = dataclasses.replace(OTHER, start_frame=frame, prompt='Füchse "x" 日本 🎬')
    plain, ours = tmp_path / "plain.mp4", tmp_path / "ours.mp4"
    make_clip(plain)
    write_tag(plain, ours, project_to_text(project_of(saved_at(ours, 1, request), "test", {})))
    job = job_in_clip(ours, paths)
    assert job is not None
    window.reuse(job, RequestPart.ALL)
    restored = window.compose.request()
    for field in dataclasses.fields(ClipRequest):
        assert getattr(restored, field.name) == getattr(request, field.name), field.name
    assert job_in_clip(plain, paths) is None
