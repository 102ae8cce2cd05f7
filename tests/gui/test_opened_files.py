"""Open with: pictures, clips, tables and films, told apart by what is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PIL import Image
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.services.film_files import ReadFilm
from pixverse_desktop.services.opened_files import FileKind, look_at
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.application import DesktopApplication
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.clips import small_clip
from tests.support.factories import saved_job
from tests.support.films import chain
from tests.support.window_fakes import FakeBus, FakeCommands

DATA = Path(__file__).parent.parent / "data" / "pictures"
FILM = b'\xef\xbb\xbf {"version": 1, "shots": [{"prompt": "a"}]}'


@pytest.fixture
def said(window: MainWindow) -> list[str]:
    """What the window was told to say."""
    heard: list[str] = []
    window.user_actions.said.connect(heard.append)
    return heard


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, bytes], str]:
    """Writes a file; gives its path."""

    def write(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("picture.csv", b"\xff\xd8\xff\xe0", FileKind.PICTURE),
        ("picture", b"RIFF\0\0\0\0WEBP", FileKind.PICTURE),
        ("still.mp4", (DATA / "real.avif").read_bytes(), FileKind.PICTURE),
        ("phone.heic", (DATA / "brand_hevc.heic").read_bytes(), FileKind.PICTURE),
        ("clip", small_clip(), FileKind.CLIP),
        ("table.CSV", b"prompt,seed\na,1\n", FileKind.TABLE),
        ("excel.tsv", "prompt\nf\u00fcchse\n".encode("utf-16"), FileKind.TABLE),
        ("braces.txt", b'{a|b} fox and "shots"', FileKind.TABLE),
        ("film.json", FILM, FileKind.FILM),
        ("film", FILM, FileKind.FILM),
        ("other.json", b'{"presets": []}', FileKind.OTHER),
        ("music.wav", b"RIFF\0\0\0\0WAVEfmt ", FileKind.OTHER),
        ("program.txt", b"\x7fELF\0\0\0", FileKind.OTHER),
        ("page.html", b"<html>", FileKind.OTHER),
    ],
)
def test_told_apart_by_content(
    put: Callable[[str, bytes], str], name: str, data: bytes, kind: FileKind
) -> None:
    assert [file.kind for file in look_at([put(name, data)])] == [kind]


def test_pictures_go_to_the_form_whatever_else_is_opened(
    window: MainWindow, context: UiContext, put: Callable[[str, bytes], str], said: list[str]
) -> None:
    picture = put("one.png", b"")
    Image.new("RGB", (64, 64)).save(picture)
    window.open_files([put("notes.xyz", b"hm"), picture])
    assert [frame.label for frame in window.compose.request().frames()] == ["one.png"]
    assert said == [
        "notes.xyz cannot be opened: it is not a picture, a clip, a table, a list of prompts or a film."
    ]


def test_a_table_opens_the_sheet_of_takes(
    qtbot: QtBot, window: MainWindow, put: Callable[[str, bytes], str], said: list[str]
) -> None:
    window.come_forward(
        [put("two.csv", b"prompt\na fox\nan owl\n"), put("more.csv", b"prompt\nx\n")]
    )
    sheet = window.user_actions.takes_sheet
    assert sheet.isVisible()
    qtbot.waitUntil(lambda: len(sheet.rows.plan.cells) == 2)
    assert said == ["One table is opened at a time: more.csv was left out."]


def test_a_clip_of_ours_is_added_and_shown(
    window: MainWindow, context: UiContext, put: Callable[[str, bytes], str], said: list[str]
) -> None:
    commands, bridge = cast(FakeCommands, context.commands), cast(FakeBus, context.bridge)
    job = saved_job(3)
    commands.own_clips["ours.mp4"] = job
    shown: list[object] = []
    window.clip_actions.shown_requested.connect(shown.append)
    path = put("ours.mp4", small_clip())
    window.open_files([path])
    assert commands.calls[-1] == ("add_clips", [Path(path)])
    assert (shown, said) == ([], ["This clip is in the trash of the library."])
    bridge.jobs["another id"] = job  # the same clip, found at the service before
    window.open_files([path])
    assert shown == [job]


def test_a_clip_of_others_offers_its_last_frame(
    window: MainWindow, put: Callable[[str, bytes], str]
) -> None:
    window.open_files([put("theirs.mp4", small_clip())])
    assert [action.isEnabled() for action in window.drops.menu.actions()] == [False, True]
    window.drops.menu.hide()


def test_several_clips_join_the_library(
    window: MainWindow, context: UiContext, put: Callable[[str, bytes], str]
) -> None:
    paths = [put(name, small_clip()) for name in ("a.mp4", "b.mp4")]
    window.open_files(paths)
    added = ("add_clips", [Path(path) for path in paths])
    assert added in cast(FakeCommands, context.commands).calls


def test_a_film_waits_for_the_service_and_is_added(
    window: MainWindow,
    context: UiContext,
    put: Callable[[str, bytes], str],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bridge, shown = cast(FakeBus, context.bridge), list[str]()
    window.clip_actions.film_shown.disconnect()  # the storyboard needs a real player
    window.clip_actions.film_shown.connect(shown.append)
    files = SimpleNamespace(read=lambda path: ReadFilm(chain("one", "two")))
    monkeypatch.setattr(context.commands, "film_files", lambda: files, raising=False)
    monkeypatch.setattr(bridge, "films", lambda: None)
    window.open_files([put("film.json", FILM)])
    assert ("create_film", "A film") not in bridge.calls
    monkeypatch.undo()
    monkeypatch.setattr(context.commands, "film_files", lambda: files, raising=False)
    bridge.films_reset.emit()
    assert ("create_film", "A film") in bridge.calls
    assert said[-1].startswith("The film “A film” was added")
    assert len(shown) == 1


def test_a_film_that_cannot_be_read_says_why(
    window: MainWindow,
    context: UiContext,
    put: Callable[[str, bytes], str],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def read(_path: Path) -> None:
        raise UserError(problem(ProblemCode.INVALID, Message("film_newer")))

    files = SimpleNamespace(read=read)
    monkeypatch.setattr(context.commands, "film_files", lambda: files, raising=False)
    window.open_files([put("film.json", FILM)])
    assert "newer" in said[-1]


def test_what_is_gone_is_named(window: MainWindow, tmp_path: Path, said: list[str]) -> None:
    window.open_files([str(tmp_path / "gone.csv")])
    assert said == ["gone.csv cannot be read (No such file or directory)."]


def test_the_address_of_a_file_is_its_path(
    window: MainWindow, put: Callable[[str, bytes], str]
) -> None:
    window.open_files([Path(put("a b.csv", b"prompt\na fox\n")).as_uri()])
    assert window.user_actions.takes_sheet.isVisible()


def test_the_desktop_names_files_in_events() -> None:
    heard: list[object] = []
    # The application of these tests is a plain one; the method is the real one's.
    event = QFileOpenEvent(QUrl.fromLocalFile("/a/one.png"))
    stand_in = SimpleNamespace(files_opened=SimpleNamespace(emit=heard.append))
    assert DesktopApplication.event(cast(DesktopApplication, stand_in), event)
    assert heard == [["/a/one.png"]]
