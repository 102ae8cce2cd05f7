"""What is dropped on or pasted into the window, I11 and I12."""

from __future__ import annotations

import gzip
import os
import socket
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage

from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.model.frame import FrameKind
from pixverse_desktop.media.image_prepare import read_picture
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose import drop_offer as frame_source
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, Picture, prepare_picture, read_offer
from pixverse_desktop.ui.compose.panel import ComposePanel
from tests.faults.catalogue import fault
from tests.support import pictures as make
from tests.support.pictures import encoded
from tests.support.scripted_server import Answer, ScriptedServer, reply
from tests.support.window_fakes import (
    said,
)

pytestmark = pytest.mark.usefixtures("themed")


def dropped(panel: ComposePanel, mime: QMimeData) -> bool:
    """Drag something onto the start frame and let go, as a hand does."""
    well = panel.frames.wells[FrameSlot.START]
    actions, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), actions, mime, left, none)
    well.dragEnterEvent(entering)
    if not entering.isAccepted():
        return False
    dropping = QDropEvent(QPointF(5, 5), actions, mime, left, none)
    well.dropEvent(dropping)
    return dropping.isAccepted()


def urls(*addresses: QUrl) -> QMimeData:
    mime = QMimeData()
    mime.setUrls(list(addresses))
    return mime


def make_folder(path: Path) -> None:
    path.mkdir()


def make_loop(path: Path) -> None:
    path.symlink_to(path)


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_huge(path: Path) -> None:
    with path.open("wb") as file:
        file.write(encoded(make.corners(), "PNG"))
        file.truncate(10 * 2**30)  # sparse: it takes no room


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@fault("I11")
@pytest.mark.parametrize(
    ("build", "words"),
    [(make_folder, "folder"), (make_loop, "cannot be read"), (make_pipe, "not a file"),
     (make_device, "not a file"), (make_huge, "20 MB"), (make_socket, "not a file")],
    ids=lambda value: getattr(value, "__name__", value),
)  # fmt: skip
def test_what_only_looks_like_a_file_is_refused_at_once(
    panel: ComposePanel,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    build: object,
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "fox.png"
    assert callable(build)
    build(Path(path.name) if build is make_socket else path)
    request.addfinalizer(lambda: path.is_dir() or path.unlink())
    began = time.perf_counter()
    assert not dropped(panel, urls(QUrl.fromLocalFile(str(path))))
    assert words in said(panel)
    with pytest.raises(UserError, match=words):
        read_picture(path)
    assert time.perf_counter() - began < 0.5
    assert panel.request().frames() == ()


@fault("I11")
def test_a_thousand_files_are_to_be_tried_and_none_is_read_here(
    panel: ComposePanel, context: UiContext, tmp_path: Path
) -> None:
    for n in range(1000):
        (tmp_path / f"{n:04}.png").write_bytes(encoded(make.corners((32, 32)), "PNG"))
    listed = [QUrl.fromLocalFile(str(p)) for p in sorted(tmp_path.glob("*.png"))]
    given: list[object] = []
    panel.frames.many_given.connect(lambda _slot, pictures: given.extend(pictures))
    began = time.perf_counter()
    assert dropped(panel, urls(*listed))
    assert time.perf_counter() - began < 1.0
    assert len(given) == 1000
    assert panel.request().frames() == ()
    assert not context.commands.paths.frames.exists()


@fault("I11")
@pytest.mark.parametrize(
    "address",
    ["ftp://example.com/a.png", "data:text/html;base64,AAAA", "smb://host/a.png", "javascript:x",
     "https:///a.png", "https://example.com/" + "a" * 9000, "about:blank"],
)  # fmt: skip
def test_odd_addresses_are_refused(panel: ComposePanel, address: str) -> None:
    assert not dropped(panel, urls(QUrl(address)))
    assert panel.request().frames() == ()


@fault("I11")
def test_a_file_that_grows_or_vanishes_while_it_is_read_is_no_crash(
    panel: ComposePanel, tmp_path: Path
) -> None:
    path = tmp_path / "fox.png"
    path.write_bytes(encoded(make.corners(), "PNG"))
    payload = read_offer(urls(QUrl.fromLocalFile(str(path))))
    path.unlink()
    panel.frames.take(FrameSlot.START, payload.pictures[0])
    assert "cannot be read" in said(panel)
    assert not panel.frames.is_reading()


def picture_reply() -> Answer:
    return reply("200 OK", encoded(make.corners(), "PNG"), "Content-Type: image/png")


@fault("I12")
@pytest.mark.parametrize("text", ["", "a fox", "see https://example.com/x.png today"])
def test_html_is_never_searched_for_pictures(panel: ComposePanel, text: str) -> None:
    with ScriptedServer(picture_reply()) as server:
        mime = QMimeData()
        mime.setHtml(f'<p>{text}<img src="{server.url}/a.png"></p>')
        if text:
            mime.setText(text)
        assert not dropped(panel, mime)
        panel.form.prompt.insertFromMimeData(mime)
        panel.grab()
        assert server.requests == []
    assert panel.request().frames() == ()
    assert panel.request().prompt == text


@fault("I12")
def test_an_explicit_address_is_fetched_once_and_without_the_key(
    panel: ComposePanel, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    with ScriptedServer(picture_reply()) as named, ScriptedServer(picture_reply()) as hidden:
        mime = urls(QUrl(f"{named.url}/red%20fox.png?size=big"))
        mime.setHtml(f'<a href="{hidden.url}"><img src="{hidden.url}/tracker.png"></a>')
        assert dropped(panel, mime)
        panel.grab()
        assert hidden.requests == []
        (request,) = named.requests
    assert request.startswith(b"GET /red%20fox.png?size=big HTTP/1.1")
    assert b"authorization" not in request.lower()
    assert key.encode() not in request
    frame = panel.request().start_frame
    assert frame is not None
    assert (frame.kind, frame.width, frame.label) == (FrameKind.FILE, 96, "red fox.png")


def endless(connection: socket.socket, request: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n")
    while True:
        connection.sendall(b"\x89PNG\r\n\x1a\n" * 131_072)


BOMB = gzip.compress(b"\0" * (64 * 2**20), 9)


@fault("I12")
@pytest.mark.parametrize(
    ("answer", "words"),
    [(endless, "larger than 20 MB"),
     (reply("200 OK", BOMB, "Content-Encoding: gzip"), "larger than 20 MB"),
     (reply("200 OK", b"<html>no</html>"), "not a JPEG"), (reply("404 Not Found"), "HTTP 404"),
     (reply("302 Found", b"", "Location: file:///etc/passwd"), "https://"),
     (reply("302 Found", b"", "Location: /again"), "redirects too often"),
     (reply("200 OK", b"\x89PNG", length=5_000_000), "could not be fetched")],
    ids=["endless", "gzip", "page", "404", "to-file", "circle", "cut"],
)  # fmt: skip
def test_whatever_an_address_answers_is_a_sentence(
    panel: ComposePanel, answer: Answer, words: str
) -> None:
    with ScriptedServer(answer) as server:
        assert dropped(panel, urls(QUrl(f"{server.url}/fox.png")))
        assert len(server.requests) <= 4
    assert words in said(panel)
    assert panel.request().frames() == ()
    assert panel.cost.button.isEnabled()


@fault("I12")
def test_the_fetcher_itself_stops_at_its_cap() -> None:
    with ScriptedServer(endless) as server, pytest.raises(UserError, match="20 MB"):
        PictureFetcher().fetch(f"{server.url}/fox.png")


class ForeignClipboard(QMimeData):
    """As the system's: raw bytes of another program, decoded by whichever reader fits."""

    def __init__(self, kind: str, data: bytes) -> None:
        super().__init__()
        self.kind, self.data_of_it, self.decoded = kind, data, 0

    def formats(self) -> list[str]:
        return [self.kind, "application/x-qt-image"]

    def hasFormat(self, kind: str) -> bool:
        return kind in self.formats()

    def retrieveData(self, kind: str, _wanted: object) -> object:
        if kind == self.kind:
            return QByteArray(self.data_of_it)
        self.decoded += 1
        return QImage.fromData(self.data_of_it)


@fault("I9", "I12")
def test_another_programs_drawing_is_never_given_to_qts_readers(panel: ComposePanel) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/hostname'/></svg>"
    clipboard = ForeignClipboard("image/svg+xml", drawing)
    assert not dropped(panel, clipboard)
    panel.frames.drops.paste(FrameSlot.START, clipboard)
    assert "This is not a picture" in said(panel)
    assert clipboard.decoded == 0
    png = ForeignClipboard("image/png", encoded(make.corners(), "PNG"))
    panel.frames.drops.paste(FrameSlot.START, png)
    assert png.decoded == 0
    assert panel.request().start_frame is not None


@fault("I12")
def test_a_system_without_a_clipboard_says_so(panel: ComposePanel) -> None:
    panel.frames.drops.paste(FrameSlot.START, None)
    assert "This is not a picture" in said(panel)


@fault("I9")
@pytest.mark.parametrize(
    "data", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"icns\0\0\0\x08", b""]
)
def test_qt_decodes_nothing_but_our_own_jpeg(
    context: UiContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    given: list[bytes] = []
    monkeypatch.setattr(frame_source, "decoded", lambda jpeg: given.append(jpeg) or QImage())
    path = tmp_path / "fox.png"
    path.write_bytes(data)
    for source in (FrameSource(path=str(path)), FrameSource(data=data or b"\0", label="x")):
        with pytest.raises(UserError):
            prepare_picture(context.commands, Picture(source))
    assert given == []
    path.write_bytes(encoded(make.corners(), "WEBP"))
    prepare_picture(context.commands, Picture(FrameSource(path=str(path))))
    assert [jpeg[:3] for jpeg in given] == [b"\xff\xd8\xff"]
