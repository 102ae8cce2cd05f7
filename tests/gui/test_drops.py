"""Drags and pastes as other programs really offer them; a drop is a copy, always."""

from __future__ import annotations

import base64
import os
import socket
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QByteArray, QMimeData, QPoint, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QGuiApplication,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.services.frames import store_frame
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, read_offer
from pixverse_desktop.ui.library.sidebar import SidebarList
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.widgets.drops import local_paths, path_of
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME
from pixverse_desktop.ui.widgets.inputs import TextField
from tests.support.drags import drag
from tests.support.window_fakes import RealFrames

PICTURES = Path(__file__).parent.parent / "data" / "pictures"
COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT = Qt.MouseButton.LeftButton
START = FrameSlot.START
ONLY_MOVES = "It would be moved away from its place: copy it instead"


def listed(*lines: str) -> QMimeData:
    mime = QMimeData()
    mime.setData("text/uri-list", QByteArray("\r\n".join(lines).encode()))
    return mime


def offered(mime: QMimeData, **data: bytes) -> QMimeData:
    for name, value in data.items():
        mime.setData(f"application/octet-stream{name.strip('_')}", QByteArray(value))
    return mime


# --- Shift ---


def test_a_drop_with_shift_is_a_copy_wherever_it_falls(window: MainWindow, qtbot: QtBot) -> None:
    wells = window.compose.frames.wells
    picture, clip = listed("file:///a/fox.png"), listed("file:///a/fox.mp4")
    for target, mime in ((wells[START], picture), (window, picture), (window, clip)):
        assert drag(target, mime) == [COPY] * 3
    jobs = QMimeData()
    jobs.setData(JOBS_MIME, QByteArray(b"job1"))
    window.views.show_view("library")
    sidebar = SidebarList()
    qtbot.addWidget(sidebar)
    sidebar.show()
    assert drag(sidebar, jobs)[0] == COPY
    text = listed("file:///a/fox.png")
    text.setText("/a/fox.png")
    field = TextField()
    qtbot.addWidget(field)
    assert drag(field, text) == [COPY] * 3
    words = QMimeData()
    words.setText("a fox")
    assert drag(window.compose.form.prompt, words) == [COPY] * 3
    assert window.compose.form.prompt.text() == "a fox"


def test_every_line_of_text_in_the_window_answers_so(window: MainWindow) -> None:
    window.user_actions.settings_dialog.open_at("service")
    window.user_actions.job_id_dialog.ask(None)
    fields = [f for f in QApplication.allWidgets() if isinstance(f, QLineEdit) and f.acceptDrops()]
    assert len(fields) > 5
    assert [f for f in fields if not isinstance(f, TextField)] == []


def test_a_source_that_only_moves_is_refused_with_the_reason(window: MainWindow) -> None:
    well = window.compose.frames.wells[START]
    refused = [Qt.DropAction.IgnoreAction] * 3
    for target in (well, window):
        assert drag(target, listed("file:///a/fox.png"), MOVE) == refused
        assert well.accessibleDescription() == ONLY_MOVES
    assert drag(window, listed("file:///a/fox.mp4"), MOVE) == refused
    words = QMimeData()
    words.setText("a fox")
    assert drag(window.compose.form.prompt, words, MOVE) == refused
    assert window.compose.form.prompt.text() == ""
    assert window.compose.request().frames() == ()


# --- addresses of files ---


HOST = socket.gethostname()


@pytest.mark.parametrize(
    "lines",
    [
        ["# dragged from a file manager", "file:///a/fox.png", ""],
        ["file://localhost/a/fox.png"],
        [f"file://{HOST}/a/fox.png"],
        [f"file://{HOST.upper()}/a/fox.png"],
        ["file:/a/fox.png"],
        ["FILE:///a/fox.png"],
    ],
)
def test_a_file_is_found_however_its_address_is_written(
    window: MainWindow, context: UiContext, lines: list[str]
) -> None:
    assert drag(window.compose.frames.wells[START], listed(*lines)) == [COPY] * 3
    assert [source.path for source in context.commands.prepared] == ["/a/fox.png"]
    clip = listed(*(line.replace("png", "mp4") for line in lines))
    assert local_paths(clip) == ["/a/fox.mp4"]
    assert window.drops.wants(clip)


def test_a_file_of_another_computer_is_named_as_such(window: MainWindow) -> None:
    well = window.compose.frames.wells[START]
    assert COPY not in drag(well, listed("file://elsewhere.example/a/fox.png"))
    assert well.accessibleDescription() == "This file is on another computer"


@pytest.fixture
def real(window: MainWindow, context: UiContext, tmp_path: Path) -> RealFrames:
    """The window reads real files."""
    made = RealFrames(paths_below(tmp_path / "data"))
    for name in ("prepare_frame", "check_frame_file"):
        setattr(context.commands, name, getattr(made, name))
    return made


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are letters there")
def test_a_name_that_is_not_utf8_is_dropped_and_given(
    window: MainWindow, real: RealFrames, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    Image.new("RGB", (640, 360), (200, 90, 40)).save(path, "JPEG")
    uri = f"file://{tmp_path}/caf%E9.jpg"
    assert path_of(uri.encode()) == str(path)
    assert drag(window.compose.frames.wells[START], listed(uri)) == [COPY] * 3
    window.open_files([str(path)])
    for frame in window.compose.request().frames():
        assert (frame.width, frame.label) == (640, "caf\ufffd.jpg")
        assert frame.label.encode()


def test_an_address_of_a_file_given_at_the_start(window: MainWindow, context: UiContext) -> None:
    window.open_files(["file:///a/fox%20one.png", "https://example.com/b.png"])
    first, second = context.commands.prepared
    assert (first.path, second.url) == ("/a/fox one.png", "https://example.com/b.png")


# --- browsers ---


AVIF = (PICTURES / "real.avif").read_bytes()
DATA = "data:image/avif;base64," + base64.b64encode(AVIF).decode()
OCTETS = "application/octet-stream"


def browser(address: str, kind: str = OCTETS, html: str = "<img>") -> QMimeData:
    """As Chromium hands over a picture: its address, some HTML, and its bytes."""
    mime = listed(address)
    mime.setHtml(html)
    mime.setText(address)
    if kind:
        mime.setData(kind, QByteArray(AVIF))
    return mime


@pytest.mark.parametrize(
    ("mime", "label"),
    [
        (browser(DATA), "Pasted picture"),
        (browser(DATA, ""), "Pasted picture"),
        (browser("blob:https://example.com/2f7c"), "Pasted picture"),
        (browser("blob:https://example.com/2f7c", "image/png"), "Pasted picture"),
        (browser("https://example.com/a/fox.avif"), "fox.avif"),
        (browser("https://example.com/a/fox.avif", OCTETS + ';name="fox.avif"'), "fox.avif"),
        (
            browser("https://example.com/wiki/File:Fox.jpg", html="<a href><img></a>"),
            "File:Fox.jpg",
        ),
        (browser("https://example.com/article", html="<a href><img></a>"), "Pasted picture"),
    ],
)
def test_a_browsers_picture_is_its_bytes(
    window: MainWindow, real: RealFrames, mime: QMimeData, label: str
) -> None:
    assert drag(window.compose.frames.wells[START], mime) == [COPY] * 3
    frame = window.compose.request().start_frame
    assert isinstance(frame, Frame)
    assert (frame.width, frame.height, frame.label) == (320, 180, label)


def test_a_picture_that_a_browser_keeps_is_refused_in_words(window: MainWindow) -> None:
    well = window.compose.frames.wells[START]
    assert COPY not in drag(well, browser("blob:https://example.com/2f7c", ""))
    assert well.accessibleDescription() == (
        "The browser keeps this picture to itself: save it first"
    )


def test_bytes_that_never_come_leave_the_address() -> None:
    mime = listed("https://example.com/fox.png")
    mime.setData(OCTETS, QByteArray())
    (picture,) = read_offer(mime).pictures
    assert picture.source == FrameSource(url="https://example.com/fox.png", label="fox.png")


@pytest.mark.parametrize("text", ["data:image/png;base64,AAAA", "data:image/png;base64,A"])
def test_a_data_address_without_a_picture_ends_in_a_sentence(
    window: MainWindow, real: RealFrames, text: str
) -> None:
    drag(window.compose.frames.wells[START], listed(text))
    assert window.compose.frames.error.text()
    assert window.compose.request().frames() == ()


# --- the clipboard ---


@pytest.mark.parametrize("name", ["prompt", "negative_prompt"])
def test_a_copied_file_pasted_into_a_text_becomes_a_frame(
    window: MainWindow, context: UiContext, name: str, qtbot: QtBot
) -> None:
    window.compose.form.more.set_open(True)
    form = window.compose.form
    field = form.prompt if name == "prompt" else form.field(name)
    before = field.text()
    copied = listed("file:///a/fox.png")
    copied.setText("/a/fox.png")
    copied.setData("x-special/gnome-copied-files", QByteArray(b"copy\nfile:///a/fox.png"))
    QGuiApplication.clipboard().setMimeData(copied)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keySequence(field, "Ctrl+V")
    assert field.text() == before
    assert [source.path for source in context.commands.prepared] == ["/a/fox.png"]
    copied_pdf = listed("file:///a/report.pdf")
    QGuiApplication.clipboard().setMimeData(copied_pdf)
    QTest.keySequence(field, "Ctrl+V")
    assert field.text() == before


def test_a_copied_address_is_text_in_the_prompt(window: MainWindow, context: UiContext) -> None:
    link = listed("https://example.com/fox.png")
    link.setText("https://example.com/fox.png")
    window.compose.form.prompt.insertFromMimeData(link)
    assert window.compose.form.prompt.text() == "https://example.com/fox.png"
    assert context.commands.prepared == []


def test_a_label_from_anywhere_can_be_written(tmp_path: Path) -> None:
    paths = paths_below(tmp_path)
    frame, _, _ = store_frame(AVIF, "caf\udce9 \u202efox\x00", paths)
    assert replace(frame).label == "caf\ufffd fox"


# --- what is refused, and what is only noted ---


def test_a_refusal_replaces_the_sentence_before_and_goes_with_the_next_picture(
    window: MainWindow, context: UiContext
) -> None:
    frames = window.compose.frames
    context.commands.bad_files["/a/broken.png"] = "This picture is damaged."
    context.commands.bad_files["/a/false.png"] = "A PDF is not a picture; use JPEG, PNG or WebP."
    frames.take_source(START, FrameSource(path="/a/broken.png"))
    assert frames.error.text() == "This picture is damaged."
    drag(frames.wells[START], listed("file:///a/report.pdf"))
    assert frames.error.text() == "A PDF is not a picture"
    drag(frames.wells[START], listed("file:///a/false.png"))
    frames.wells[START].dragLeaveEvent(QDragLeaveEvent())  # as when the button goes up
    assert frames.error.text() == "A PDF is not a picture; use JPEG, PNG or WebP."
    assert frames.error.isVisible()
    drag(frames.wells[START], listed("file:///a/fox.png"))
    assert frames.error.text() == ""
    words = QMimeData()
    words.setText("only passing by")
    drag(window, words)
    assert frames.error.text() == ""
    QGuiApplication.clipboard().setText("words")
    frames.paste()
    assert frames.error.text() == "This is not a picture"


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        ((60, 60), None, "The start frame has only 60 × 60 pixels and will be enlarged."),
        ((640, 360), None, ""),
        ((1280, 720), (1280, 716), ""),
        (
            (1280, 720), (800, 800),
            "The end frame (1:1) has another shape than the start frame (16:9).",
        ),
        (
            (1280, 720), (96, 54),
            "The end frame has only 96 × 54 pixels and will be enlarged.",
        ),
        ((0, 0), (800, 800), ""),
    ],
)  # fmt: skip
def test_an_odd_picture_is_taken_with_a_quiet_note(
    window: MainWindow,
    context: UiContext,
    start: tuple[int, int],
    end: tuple[int, int] | None,
    note: str,
) -> None:
    frames = window.compose.frames
    for slot, size in zip(FrameSlot, (start, end), strict=True):
        if size is not None:
            context.commands.size = size
            frames.take_source(slot, FrameSource(path="/a/fox.png"))
    assert frames.note.text() == note
    assert frames.error.text() == ""
    assert len(window.compose.request().frames()) == 1 + (end is not None)


def test_a_note_follows_the_resolution(window: MainWindow, context: UiContext) -> None:
    context.commands.size = (640, 360)
    window.compose.frames.take_source(START, FrameSource(path="/a/fox.png"))
    assert window.compose.frames.note.text() == ""
    window.compose.form.field("resolution").set_value("1080p")
    assert "640 × 360" in window.compose.frames.note.text()


def test_our_own_clips_pass_over_the_window_without_a_word(window: MainWindow) -> None:
    clips = listed("file:///clips/fox.mp4")
    clips.setData(JOBS_MIME, QByteArray(b"job1"))
    event = QDragEnterEvent(QPoint(5, 5), COPY, clips, LEFT, Qt.KeyboardModifier.NoModifier)
    window.dragEnterEvent(event)
    assert not event.isAccepted()
    assert window.compose.frames.error.text() == ""
