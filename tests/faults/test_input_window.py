"""What users bring along, at the window: drags, clipboards, prompts, and text from anywhere."""

from __future__ import annotations

import gzip
import json
import os
import socket
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop import app
from pixverse_desktop.api import wire
from pixverse_desktop.api.image_fetch import PictureFetcher
from pixverse_desktop.core.errors import Action, Problem, ProblemCode, UserError
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED, PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Hold, HoldReason, Origin, OriginKind
from pixverse_desktop.media.image_prepare import read_picture
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.store.job_store import JobStore, StoreError
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose import drop_offer as frame_source
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, Picture, prepare_picture, read_offer
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.close_dialog import close_sentence
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.faults.catalogue import fault
from tests.support import pictures as make
from tests.support.factories import demo_status, make_job
from tests.support.pictures import encoded
from tests.support.scripted_server import Answer, ScriptedServer, reply
from tests.support.window_fakes import (
    RESOURCES,
    FakeBus,
    FakeCommands,
    FakePlayer,
    RealFrames,
    make_context,
)


@pytest.fixture(autouse=True)
def _themed(qapp: object) -> Iterator[None]:
    theme.install(RESOURCES, "dark")
    yield
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def context(tmp_path: Path) -> UiContext:
    """Fakes, but for the frames."""
    made = make_context()
    return replace(made, commands=RealFrames(paths_below(tmp_path / "data")))


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> ComposePanel:
    made = ComposePanel(context)
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    return made


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


def said(panel: ComposePanel) -> str:
    """Everything the panel says at the moment."""
    words = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    return "\n".join([*words, panel.frames.wells[FrameSlot.START].accessibleDescription()])


def urls(*addresses: QUrl) -> QMimeData:
    mime = QMimeData()
    mime.setUrls(list(addresses))
    return mime


# --- drags ---


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
def test_of_a_thousand_files_two_are_taken_and_that_is_said(
    panel: ComposePanel, context: UiContext, tmp_path: Path
) -> None:
    for n in range(1000):
        (tmp_path / f"{n:04}.png").write_bytes(encoded(make.corners((32, 32)), "PNG"))
    listed = [QUrl.fromLocalFile(str(p)) for p in sorted(tmp_path.glob("*.png"))]
    began = time.perf_counter()
    assert dropped(panel, urls(*listed))
    assert time.perf_counter() - began < 1.0
    assert [frame.label for frame in panel.request().frames()] == ["0000.png", "0001.png"]
    assert "Only the first two pictures are used." in said(panel)
    assert len(list(context.commands.paths.frames.iterdir())) == 1  # the same picture twice


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


# --- HTML, addresses, and other programs' clipboards ---


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
        mime = urls(QUrl(f"{named.url}/fox.png?size=big"))
        mime.setHtml(f'<a href="{hidden.url}"><img src="{hidden.url}/tracker.png"></a>')
        assert dropped(panel, mime)
        panel.grab()
        assert hidden.requests == []
        (request,) = named.requests
    assert request.startswith(b"GET /fox.png?size=big HTTP/1.1")
    assert b"authorization" not in request.lower()
    assert key.encode() not in request
    frame = panel.request().start_frame
    assert frame is not None
    assert (frame.kind, frame.width, frame.label) == (FrameKind.FILE, 96, "fox.png")


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


# --- prompts ---

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467 by the sea"
RTL = "\u202eabc \u05e9\u05dc\u05d5\u05dd \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
KEPT = {
    "emoji": FAMILY,
    "right to left": RTL,
    "combining": "a" + "\u0301" * 1000,
    "composed": unicodedata.normalize("NFC", "e\u0301a\u0308"),
    "decomposed": unicodedata.normalize("NFD", "\u00e9\u00e4"),
    "fixed spaces": "1\u00a0000 pixels\u202fwide",
    "lines and tabs": "Shot 1\n\tShot 2\n\n",
    "astral": "\U0001f98a" * 2500,
    "quotes": "\"a\" 'b' \\n {0} %s </script>",
}


@fault("I13")
@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("way", ["pasted", "filled in"])
def test_a_prompt_comes_back_the_same(
    panel: ComposePanel, tmp_path: Path, name: str, way: str
) -> None:
    enter(panel, KEPT[name], way)
    request = replace(panel.request(), seed=1)
    assert request.prompt == KEPT[name]
    assert "left out" not in said(panel)
    assert stored_and_sent(request, tmp_path) == KEPT[name]


@fault("I13")
@pytest.mark.parametrize("way", ["pasted", "filled in"])
@pytest.mark.parametrize("text", ["a\0b", "\0", "a\0\0b\0", "\0" * 200 + "ab"], ids=ascii)
def test_what_cannot_be_sent_is_left_out_and_said(
    panel: ComposePanel, tmp_path: Path, text: str, way: str
) -> None:
    enter(panel, text, way)
    clean = text.replace("\0", "")
    assert panel.request().prompt == clean
    assert "Characters that cannot be sent were left out." in said(panel)
    if clean:
        assert stored_and_sent(replace(panel.request(), seed=1), tmp_path) == clean


@fault("I13")
@pytest.mark.parametrize("mark", ["\ufffe", "\ufeff", "\uffff", "\0\ufffe"], ids=ascii)
def test_a_mark_at_the_start_does_not_turn_the_bytes_around(panel: ComposePanel, mark: str) -> None:
    mime = QMimeData()
    mime.setData("text/plain", f"{mark}a fox".encode())
    panel.form.prompt.insertFromMimeData(mime)
    assert panel.request().prompt == "a fox"
    panel.form.prompt.clear()
    panel.form.prompt.set_text(f"{mark}a fox")
    assert panel.request().prompt == "a fox"
    assert one_line(f"{mark}a fox") == "a fox"


@fault("I13")
def test_lone_surrogates_are_left_out_and_said_and_never_reach_the_disk(
    panel: ComposePanel, tmp_path: Path
) -> None:
    panel.form.prompt.set_text("a\ud800b\udfff")
    assert panel.request().prompt == "ab"
    assert "left out" in said(panel)
    database = JobStore(tmp_path)
    database.open()
    with pytest.raises(StoreError):  # said, not a crash; the form and the rules stop it before
        database.add_job(make_job(request=ClipRequest("a\ud800b", seed=1)))
    assert database.load_jobs() == []
    database.close()


@fault("I13")
@pytest.mark.parametrize("way", ["pasted", "filled in"])
@pytest.mark.parametrize("text", ["x" * 100_000, "x" * 1_000_000, "fox " * 250_000], ids=len)
def test_a_far_too_long_prompt_is_cut_said_and_shown_quickly(
    panel: ComposePanel, text: str, way: str
) -> None:
    began = time.perf_counter()
    enter(panel, text, way)
    panel.grab()
    assert time.perf_counter() - began < 0.5
    kept = panel.request().prompt
    assert text.startswith(kept)
    assert len(kept) == (5_000 if way == "pasted" else 20_000)
    assert "was cut" in said(panel) if way == "pasted" else "left out" in said(panel)
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.cost.button.click()
    assert len(heard) == (1 if way == "pasted" else 0)


@fault("I13")
def test_lists_show_joined_letters_whole_and_turn_nothing_around() -> None:
    assert one_line(FAMILY) == FAMILY
    assert one_line(RTL) == RTL.replace("\u202e", "")
    assert one_line("a\u2066b\u061cc\0d\ud800e") == "abcde"


def enter(panel: ComposePanel, text: str, way: str) -> None:
    """Paste a text into the prompt, or have the program fill it in."""
    if way == "filled in":
        panel.form.prompt.set_text(text)
        return
    mime = QMimeData()
    mime.setText(text)
    panel.form.prompt.insertFromMimeData(mime)


def stored_and_sent(request: ClipRequest, tmp_path: Path) -> str:
    """The prompt as it is on the wire after a stay in the database."""
    database = JobStore(tmp_path)
    database.open()
    database.add_job(make_job(request=request))
    database.close()
    database.open()
    (job,) = database.load_jobs()
    database.close()
    assert job.request == request
    body = json.dumps(wire.request_body(job.request, PIXVERSE_V6, lambda frame: b"")).encode()
    return str(json.loads(body)["prompt"])


# --- text from outside ---


@pytest.fixture
def tag(tmp_path: Path) -> str:
    """A tag that would show a red picture, were it taken for one."""
    picture = QImage(64, 48, QImage.Format.Format_RGB32)
    picture.fill(QColor("#ff0000"))
    path = tmp_path / "red.png"
    assert picture.save(str(path))
    return f'<img src="file://{path}" width="300" height="200"><b>x</b> & <a href="x">y</a>'


def red_in(pixmap: QPixmap) -> bool:
    """True when the picture of the tag was painted."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return b"\x00\x00\xff\xff" * 16 in bytes(image.constBits())


def hostile_jobs(tag: str) -> list[Job]:
    """One job in every state, with the tag wherever text from outside can stand."""
    wrong = Problem(ProblemCode.FAILED, tag, Action.RETRY, tag, "prompt")
    clip = Clip(f"/nowhere/{tag}.mp4", 1, "00", 640, 360, 1.0, 24.0, True)
    frame = Frame(FrameKind.URL, f"https://example.com/{tag}", 16, 9, tag)
    jobs = []
    for n, state in enumerate(JobState):
        saved = state is JobState.SAVED
        jobs.append(make_job(
            n, state, problem=None if saved else wrong, clip=clip if saved else None,
            remote_status=tag, submitted_at=1.0, remote_id=f"r{n}",
            request=ClipRequest(tag, style=tag, resolution=tag, aspect_ratio=tag,
                                negative_prompt=tag, start_frame=frame, end_frame=frame, seed=n),
        ))  # fmt: skip
    return jobs


@pytest.fixture
def hostile_window(qtbot: QtBot, tag: str) -> MainWindow:
    """The whole window with the tag in every place that shows text from outside."""
    wrong = Problem(ProblemCode.CREDITS, tag, Action.BUY_CREDITS, tag)
    origin = Origin(OriginKind.CUSTOM, "demo", f"https://{tag.replace('/', '')}/api/v1")
    status = demo_status(origin=origin, hold=Hold(HoldReason.CREDITS, wrong), trouble=tag)
    context = make_context(status)
    bridge, commands = context.bridge, context.commands
    assert isinstance(bridge, FakeBus)
    assert isinstance(commands, FakeCommands)
    commands.settings = replace(commands.settings, clip_folder=f"/nowhere/{tag}")
    commands.key_problem = UserError(wrong)
    bridge.jobs = {job.id: job for job in hostile_jobs(tag)}
    window = MainWindow(context, FakePlayer(), QueuePanel(context))
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    window.on_reuse_requested(bridge.jobs["job0"])
    window.on_bridge_notice(wrong)
    window.compose.form.focus_field("seed", tag)
    window.compose.frames.error.show_message(tag)
    window.compose.frames.wells[FrameSlot.START].set_message(tag, "refuse")
    settings = window.user_actions.settings_dialog
    settings.open_at("service")
    settings.service.key.setText("pd_wrong")
    settings.service.save_button.click()
    settings.clips.folder.setText(tag)
    window.user_actions.about_dialog.open()
    window.user_actions.shortcuts_dialog.open()
    return window


def everything(window: QWidget) -> list[QWidget]:
    return [window, *window.findChildren(QWidget)]


@fault("I14")
def test_every_label_is_plain(hostile_window: MainWindow, tag: str) -> None:
    labels = [w for w in everything(hostile_window) if isinstance(w, QLabel) and w.text()]
    assert sum(tag in label.text() for label in labels) >= 5
    plain = Qt.TextFormat.PlainText
    assert [w.text()[:40] for w in labels if w.textFormat() is not plain] == []


@fault("I14")
def test_no_tooltip_takes_tags_for_its_own(hostile_window: MainWindow, tag: str) -> None:
    queue = hostile_window.queue
    assert isinstance(queue, QueuePanel)
    tips = {w: [w.toolTip(), w.statusTip(), w.whatsThis()] for w in everything(hostile_window)}
    for model, view in ((queue.rows, queue.list), (queue.recent_rows, queue.grid)):
        rows = [model.index(row, 0) for row in range(model.rowCount())]
        tips.setdefault(view, []).extend(
            str(index.data(Qt.ItemDataRole.ToolTipRole)) for index in rows
        )
    shown = [(w, tip) for w, listed in tips.items() for tip in listed if "img" in tip]
    assert len(shown) >= 5
    assert [tip for _, tip in shown if "<img" in tip] == []
    for widget, tip in shown:
        QToolTip.showText(QPoint(10, 10), tip, widget)
        boxes = [w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel")]
        assert boxes
        assert not any(red_in(box.grab()) for box in boxes)
        QToolTip.hideText()
    # The tag itself would have been seen.
    QToolTip.showText(QPoint(10, 10), tag, hostile_window)
    boxes = [w for w in QApplication.topLevelWidgets() if w.inherits("QTipLabel")]
    assert any(red_in(box.grab()) for box in boxes)
    QToolTip.hideText()


@fault("I14")
def test_no_picture_of_a_tag_is_ever_painted(hostile_window: MainWindow, tag: str) -> None:
    queue = hostile_window.queue
    assert isinstance(queue, QueuePanel)
    for row in range(queue.rows.rowCount()):
        queue.list.setCurrentIndex(queue.rows.index(row, 0))
        queue.card.details.set_open(True)
        assert not red_in(hostile_window.grab())
    for dialog in (hostile_window.user_actions.settings_dialog,
                   hostile_window.user_actions.about_dialog):  # fmt: skip
        assert not red_in(dialog.grab())
    label = QLabel(tag)  # the test can see it
    assert red_in(label.grab())


@fault("I14")
def test_a_label_with_a_tag_is_as_large_as_its_letters(
    hostile_window: MainWindow, tag: str
) -> None:
    strip = hostile_window.notice_strip
    assert strip.label.text() == tag
    assert strip.label.sizeHint().height() < 150


@fault("I14")
def test_the_box_before_the_window_is_plain(tag: str) -> None:
    seen: list[tuple[str, Qt.TextFormat, bool]] = []

    def look() -> None:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QMessageBox):
                seen.append((box.text(), box.textFormat(), red_in(box.grab())))
                box.done(0)

    QTimer.singleShot(0, look)
    assert app._explain(f"The data folder {tag} cannot be written.", 9) == 9
    ((text, form, painted),) = seen
    assert tag in text
    assert form is Qt.TextFormat.PlainText
    assert not painted


# --- values that must not be sent ---


@fault("I16")
@pytest.mark.parametrize(
    ("field", "changes", "words"),
    [("prompt", {"prompt": "  "}, "the prompt is empty"),
     ("prompt", {"prompt": "x" * 5001}, "takes 5,000"),
     ("negative_prompt", {"negative_prompt": "x" * 2049}, "takes 2,048"),
     ("seed", {"seed": MAX_SEED + 1}, "The seed must be 0 to 2147483647."),
     ("end_frame", {"multi_clip": True, "end_frame": Frame(FrameKind.URL, "https://e.com/e.png")},
      "An end frame needs a start frame.")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_generate_points_at_the_wrong_field(
    panel: ComposePanel, field: str, changes: dict[str, object], words: str
) -> None:
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.activateWindow()
    panel.frames.load_previews()
    panel.set_request(replace(ClipRequest("a fox"), **changes))  # type: ignore[arg-type]
    panel.frames._unseen.clear()  # no preview of an address that nobody serves
    panel.cost.button.click()
    assert heard == []
    assert words in said(panel)
    marks = {
        "prompt": panel.form.prompt,
        "negative_prompt": panel.form.field("negative_prompt"),
        "seed": panel.form.seed.edit,
        "end_frame": panel.frames.wells[FrameSlot.END],
    }
    assert panel.focusWidget() is marks[field]
    if field != "end_frame":
        assert marks[field].property("invalid") is True


@fault("I16")
@pytest.mark.parametrize("duration", [0, 16, -1, 10**30, -(10**30)])
def test_a_duration_no_model_has_stays_in_the_range(panel: ComposePanel, duration: int) -> None:
    panel.set_request(ClipRequest("a fox", duration_s=duration))
    assert panel.request().duration_s == (15 if duration > 0 else 1)


@fault("I15", "I16")
def test_what_the_model_does_not_offer_stays_at_its_default(panel: ComposePanel) -> None:
    odd = ClipRequest(
        "a fox", resolution="8K", aspect_ratio="2:1", thinking="Auto", style="cyberpnk", seed=-1
    )
    panel.set_request(odd)
    assert panel.request() == ClipRequest("a fox")


# --- a whole batch ---


@fault("I18")
def test_a_thousand_queued_jobs_are_counted_with_their_price(qtbot: QtBot) -> None:
    context = make_context()
    bridge = context.bridge
    assert isinstance(bridge, FakeBus)
    bridge.jobs = {job.id: job for job in map(make_job, range(1000))}
    queue = QueuePanel(context)
    window = MainWindow(context, FakePlayer(), queue)
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    assert window.status_bar.work.text() == "1000 jobs · 10,000 credits under way"
    assert queue.header.counts.text() == "1,000 waiting"
    assert queue.rows.rowCount() == 1000
    assert close_sentence(bridge.jobs.values()) == "1000 waiting jobs stay queued here."
    bridge.show_job(replace(bridge.jobs["job0"], state=JobState.WITHDRAWN, hidden=True))
    assert window.status_bar.work.text() == "999 jobs · 9,990 credits under way"
    assert window.compose.cost.button.accessibleName() == "Generate, 10 credits"
