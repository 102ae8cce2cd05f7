"""Pictures on their way in: drags, drops, pastes, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.services.frames import frame_from_file
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import SLOT_MIME, FrameSlot, read_offer
from pixverse_desktop.ui.compose.frame_well import FrameWell
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.value_labels import shape_of
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.window_fakes import FakeCommands, make_context

ACTIONS = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
START, END = FrameSlot.START, FrameSlot.END


@pytest.fixture
def slow() -> UiContext:
    """Workers that answer when they are told to."""
    return make_context(at_once=False)


@pytest.fixture
def panel(qtbot: QtBot, slow: UiContext) -> ComposePanel:
    made = ComposePanel(slow)
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    return made


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def enter(widget: QWidget, mime: QMimeData) -> bool:
    event = QDragEnterEvent(
        QPoint(5, 5), ACTIONS, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    widget.dragEnterEvent(event)
    return event.isAccepted()


def move(widget: QWidget, mime: QMimeData) -> bool:
    event = QDragMoveEvent(
        QPoint(5, 5), ACTIONS, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.accept()
    widget.dragMoveEvent(event)
    return event.isAccepted()


def drop(widget: QWidget, mime: QMimeData) -> bool:
    event = QDropEvent(
        QPointF(5, 5), ACTIONS, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    widget.dropEvent(event)
    return event.isAccepted()


def said(well: FrameWell) -> str:
    return well.accessibleDescription()


def test_a_dropped_file_is_read_by_a_worker_and_shown(panel: ComposePanel, slow: UiContext) -> None:
    well, mime = panel.frames.wells[START], files("/pictures/fox.png")
    assert enter(well, mime)
    assert drop(well, mime)
    assert said(well) == "Reading…"
    slow.workers.run_all()
    frame = panel.request().start_frame
    assert frame == Frame(FrameKind.FILE, "frame1.jpg", 1920, 1200, "fox.png")
    assert said(well) == "fox.png, 1920 × 1200"
    assert slow.workers.lanes == ["files", "given"]  # judged while dragged, and then read


@pytest.mark.parametrize(
    ("mime", "reason"),
    [
        (files("/a/report.PDF"), "A PDF is not a picture"),
        (files("/a/clip.mp4"), "A video is not a picture"),
        (files("/a/scan.tiff"), "Not JPEG, PNG, WebP, AVIF or GIF"),
        (files("/a/fox.png", "/a/report.pdf"), "A PDF is not a picture"),
        (files("/a/folder/"), "A folder cannot be used"),
    ],
)
def test_names_are_refused_at_once(panel: ComposePanel, mime: QMimeData, reason: str) -> None:
    well = panel.frames.wells[END]
    assert not enter(well, mime)
    assert said(well) == reason
    assert not move(well, mime)
    assert not drop(well, mime)
    assert panel.request().frames() == ()


@pytest.mark.parametrize("name", ["real.avif", "jpeg_named.heic", "base_cut_last2.jpg"])
def test_what_is_a_picture_is_taken_whatever_its_name_says(
    panel: ComposePanel, slow: UiContext, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepare_frame(source: FrameSource) -> tuple[Frame, bytes, str]:
        return frame_from_file(Path(source.path), paths_below(tmp_path))

    monkeypatch.setattr(slow.commands, "prepare_frame", prepare_frame)
    path = Path(__file__).parent.parent / "data" / "pictures" / name
    well, mime = panel.frames.wells[START], files(str(path))
    assert enter(well, mime)
    assert drop(well, mime)
    slow.workers.run_all()
    frame = panel.request().start_frame
    assert frame is not None
    assert (frame.width, frame.height) == (320, 180)
    noted = "The end of its file is missing; the picture is all there." if "cut" in name else ""
    assert panel.frames.error.text() == noted


def test_the_bytes_of_an_avif_are_taken(panel: ComposePanel, slow: UiContext) -> None:
    mime = QMimeData()
    mime.setData("image/avif", QByteArray(b"avif bytes"))
    assert drop(panel.frames.wells[START], mime)
    slow.workers.run_all()
    assert slow.commands.prepared[-1].data == b"avif bytes"


def test_text_and_odd_addresses_are_refused(panel: ComposePanel) -> None:
    well = panel.frames.wells[START]
    text = QMimeData()
    text.setText("just words about https://example.com")
    assert not enter(well, text)
    assert said(well) == "This is not a picture"
    odd = QMimeData()
    odd.setUrls([QUrl("ftp://example.com/a.png")])
    assert not enter(well, odd)
    page = QMimeData()
    page.setHtml('<img src="https://example.com/a.png">')
    assert not enter(well, page)


def test_a_worker_refuses_while_the_drag_lasts(panel: ComposePanel, slow: UiContext) -> None:
    slow.commands.bad_files["/a/empty.png"] = "This file is empty"
    well, mime = panel.frames.wells[START], files("/a/empty.png")
    assert enter(well, mime)
    assert move(well, mime)
    slow.workers.run_all()
    assert said(well) == "This file is empty"
    assert not move(well, mime)
    assert not drop(well, mime)
    well.dragLeaveEvent(QDragLeaveEvent())
    assert "Drop a picture" in said(well)


def test_a_late_answer_about_an_earlier_drag_is_ignored(
    panel: ComposePanel, slow: UiContext
) -> None:
    slow.commands.bad_files["/a/empty.png"] = "This file is empty"
    well = panel.frames.wells[START]
    enter(well, files("/a/empty.png"))
    well.dragLeaveEvent(QDragLeaveEvent())
    good = files("/a/fox.png")
    enter(well, good)
    slow.workers.run_all()
    assert move(well, good)


def test_a_drop_before_the_answer_still_ends_in_the_sentence(
    panel: ComposePanel, slow: UiContext
) -> None:
    slow.commands.bad_files["/a/huge.png"] = "This picture is larger than 20 MB."
    well, mime = panel.frames.wells[START], files("/a/huge.png")
    enter(well, mime)
    assert drop(well, mime)
    slow.workers.run_all()
    assert panel.frames.error.text() == "huge.png: This picture is larger than 20 MB."
    assert panel.request().start_frame is None
    assert panel.cost.button.isEnabled()


def test_a_failed_replacement_leaves_the_well_unchanged(
    panel: ComposePanel, slow: UiContext
) -> None:
    well = panel.frames.wells[START]
    drop(well, files("/a/fox.png"))
    slow.workers.run_all()
    before = panel.request().start_frame
    slow.commands.bad_files["/a/bad.png"] = "This picture is damaged."
    drop(well, files("/a/bad.png"))
    slow.workers.run_all()
    assert panel.request().start_frame == before
    drop(well, files("/a/other.png"))
    slow.workers.run_all()
    assert panel.request().start_frame.label == "other.png"


def test_two_files_are_start_and_end(panel: ComposePanel, slow: UiContext) -> None:
    drop(panel.frames.wells[END], files("/a/one.png", "/a/two.jpg"))
    slow.workers.run_all()
    request = panel.request()
    assert [frame.label for frame in request.frames()] == ["one.png", "two.jpg"]


def test_more_files_than_slots_are_to_be_tried(panel: ComposePanel, slow: UiContext) -> None:
    given: list[tuple[str, list[str]]] = []
    panel.frames.many_given.connect(
        lambda slot, pictures: given.append((slot, [one.source.label for one in pictures]))
    )
    drop(panel.frames.wells[END], files("/a/one.png", "/a/two.jpg", "/a/three.jpg"))
    slow.workers.run_all()
    assert given == [("end", ["one.png", "two.jpg", "three.jpg"])]
    assert panel.request().frames() == ()


@pytest.mark.parametrize("name", ["shots.csv", "shots.TSV", "prompts.txt"])
def test_a_table_is_opened_wherever_it_is_dropped(
    name: str, panel: ComposePanel, slow: UiContext
) -> None:
    given: list[str] = []
    panel.frames.table_given.connect(given.append)
    drop(panel.frames.wells[END], files(f"/a/{name}"))
    panel.frames.drops.paste(START, files(f"/a/{name}"))
    assert given == [f"/a/{name}"] * 2
    assert panel.frames.error.text() == ""


def test_addresses_as_list_and_as_text(panel: ComposePanel, slow: UiContext) -> None:
    listed = QMimeData()
    listed.setUrls([QUrl("https://example.com/fox.jpg?x=1")])
    assert drop(panel.frames.wells[START], listed)
    typed = QMimeData()
    typed.setText(" https://example.com/end.webp\n")
    assert drop(panel.frames.wells[END], typed)
    slow.workers.run_all()
    values = [frame.value for frame in panel.request().frames()]
    assert values == ["https://example.com/fox.jpg?x=1", "https://example.com/end.webp"]
    assert panel.request().start_frame.kind is FrameKind.URL


def test_a_linked_image_from_a_browser_is_its_data_not_the_page(
    panel: ComposePanel, slow: UiContext
) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.com/article")])
    mime.setData("image/png", b"\x89PNG raw")
    assert drop(panel.frames.wells[START], mime)
    slow.workers.run_all()
    assert slow.commands.prepared[0].data == b"\x89PNG raw"


def test_paste_into_a_well(panel: ComposePanel, slow: UiContext) -> None:
    image = QImage(6, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    QGuiApplication.clipboard().setImage(image)
    well = panel.frames.wells[END]
    well.setFocus()
    QTest.keySequence(well, "Ctrl+V")
    slow.workers.run_all()
    assert panel.request().end_frame is not None
    QGuiApplication.clipboard().setText("words")
    QTest.keySequence(well, "Ctrl+V")
    assert said(well) == "This is not a picture"


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_keys_clear_a_well(panel: ComposePanel, slow: UiContext, key: Qt.Key) -> None:
    well = panel.frames.wells[START]
    drop(well, files("/a/fox.png"))
    slow.workers.run_all()
    QTest.keyClick(well, key)
    assert panel.request().start_frame is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_open_a_file_without_stopping_the_program(
    panel: ComposePanel, slow: UiContext, key: Qt.Key
) -> None:
    QTest.keyClick(panel.frames.wells[START], key)
    dialog = panel.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit("/a/fox.png")
    dialog.reject()
    slow.workers.run_all()
    assert panel.request().start_frame.label == "fox.png"


def test_a_picture_cleared_while_it_is_read_stays_away(
    panel: ComposePanel, slow: UiContext
) -> None:
    well = panel.frames.wells[START]
    drop(well, files("/a/fox.png"))
    QTest.keyClick(well, Qt.Key.Key_Delete)
    slow.workers.run_all()
    assert panel.request().start_frame is None
    assert "Drop a picture" in said(well)


def test_from_well_to_well_and_swap(panel: ComposePanel, slow: UiContext) -> None:
    drop(panel.frames.wells[START], files("/a/fox.png"))
    slow.workers.run_all()
    mime = QMimeData()
    mime.setData(SLOT_MIME, b"start")
    assert enter(panel.frames.wells[END], mime)
    assert drop(panel.frames.wells[END], mime)
    request = panel.request()
    assert request.start_frame is None
    assert request.end_frame.label == "fox.png"
    panel.frames.swap_button.click()
    assert panel.request().start_frame.label == "fox.png"
    drop(panel.frames.wells[START], mime)
    assert panel.request().start_frame.label == "fox.png"


def test_an_end_frame_alone_is_pointed_out(panel: ComposePanel, slow: UiContext) -> None:
    panel.form.prompt.set_text("A fox")
    drop(panel.frames.wells[END], files("/a/fox.png"))
    slow.workers.run_all()
    panel.activateWindow()
    panel.cost.button.click()
    assert panel.frames.error.text() == "An end frame needs a start frame."


def test_a_closed_well_refuses(panel: ComposePanel) -> None:
    panel.set_model(PIXVERSE_V6.without("start_frame", "end_frame"))
    assert not enter(panel.frames.wells[START], files("/a/fox.png"))


def test_anywhere_on_the_window_start_then_end(window: MainWindow, context: UiContext) -> None:
    commands = context.commands
    assert isinstance(commands, FakeCommands)
    for name in ("/a/one.png", "/a/two.png", "/a/three.png"):
        mime = files(name)
        assert enter(window, mime)
        assert drop(window, mime)
    labels = [frame.label for frame in window.compose.request().frames()]
    assert labels == ["one.png", "three.png"]
    pdf = files("/a/report.pdf")
    assert not enter(window, pdf)
    assert said(window.compose.frames.wells[END]) == "A PDF is not a picture"


def test_the_prompt_lets_pictures_pass_to_the_window(window: MainWindow) -> None:
    prompt = window.compose.form.prompt
    assert not prompt.canInsertFromMimeData(files("/a/one.png"))
    text = QMimeData()
    text.setText("words")
    assert prompt.canInsertFromMimeData(text)


def test_reading_an_offer_never_copies_bytes_while_dragging() -> None:
    mime = QMimeData()
    mime.setData("image/png", b"x" * 100)
    assert read_offer(mime, with_data=False).pictures[0].source.data == b""
    assert read_offer(mime).pictures[0].source.data == b"x" * 100


def test_the_preview_keeps_its_shape(panel: ComposePanel, slow: UiContext) -> None:
    slow.commands.size = (1080, 1920)
    well = panel.frames.wells[START]
    drop(well, files("/a/tall.png"))
    slow.workers.run_all()
    picture = well.grab().toImage()
    scale = picture.devicePixelRatio()
    middle = picture.pixelColor(int(well.width() * scale / 2), int(well.height() * scale / 2))
    side = picture.pixelColor(int(well.width() * scale * 0.1), int(well.height() * scale / 2))
    assert middle.name() != side.name()
    assert abs(middle.blue() - 0x99) < 12


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((1920, 1200), "16:10"),
        ((1080, 1920), "9:16"),
        ((1000, 1000), "1:1"),
        ((3000, 1000), "3:1"),
        ((1777, 777), "2.29:1"),
        ((777, 1777), "1:2.29"),
        ((0, 0), ""),
    ],
)
def test_shapes_in_words(size: tuple[int, int], words: str) -> None:
    assert shape_of(*size) == words


def test_wells_repaint_for_every_state(panel: ComposePanel) -> None:
    well = panel.frames.wells[START]
    for message, tone in (("", ""), ("Drop to use it here", "accept"), ("No", "refuse")):
        well.set_message(message, tone)
        assert not well.grab().isNull()
    QApplication.sendEvent(well, QEvent(QEvent.Type.PaletteChange))


def test_a_stored_frames_preview_comes_from_a_worker(
    panel: ComposePanel, slow: UiContext, qtbot: QtBot
) -> None:
    frame = Frame(FrameKind.FILE, "fox.jpg", 1920, 1200, "fox.png")
    panel.frames.set_frames(frame, None)
    assert panel.request().start_frame == frame
    assert slow.workers.waiting == []
    qtbot.waitUntil(lambda: len(slow.workers.waiting) == 1)
    panel.frames.take_source(START, FrameSource(path="/a/new.png", label="new.png"))
    slow.workers.run_all()
    assert panel.request().start_frame.label == "new.png"
