"""Text from outside is shown as text, I14."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop import app
from pixverse_desktop.core.errors import Action, Problem, ProblemCode, UserError
from pixverse_desktop.core.jobs.job import Clip, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import Hold, HoldReason, Origin, OriginKind
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.faults.catalogue import fault
from tests.support.factories import demo_status, make_job
from tests.support.window_fakes import (
    FakeBus,
    FakeCommands,
    FakePlayer,
    make_context,
)

pytestmark = pytest.mark.usefixtures("themed")


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
    assert strip.label.text().replace("\u200b", "") == tag  # long words may be broken
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
