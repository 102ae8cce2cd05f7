"""Several takes: what is entered becomes clips that are seen, counted and added all at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.batch.plan import Outcome
from pixverse_desktop.core.errors import Action, ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.drop_offer import FrameSlot, Picture
from pixverse_desktop.ui.compose.takes.sheet import TakesSheet
from pixverse_desktop.ui.shell.main_window import MainWindow
from tests.support.factories import make_job

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def sheet(qtbot: QtBot, window: MainWindow) -> TakesSheet:
    window.user_actions.open_takes()
    made = window.user_actions.takes_sheet
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def write(sheet: TakesSheet) -> Callable[[str], None]:
    """Type prompts, and wait for no timer."""

    def typed(text: str) -> None:
        sheet.form.lines.set_text(text)
        sheet.make_out()

    return typed


def pictures(*names: str) -> list[Picture]:
    return [Picture(FrameSource(path=f"/p/{name}", label=name)) for name in names]


def outcomes(sheet: TakesSheet) -> list[Outcome]:
    return [one.outcome for one in sheet.rows.plan.cells]


def spoken(sheet: TakesSheet) -> list[str]:
    return [sheet.rows.spoken(n) for n in range(sheet.rows.rowCount())]


def sent(context: UiContext) -> list[tuple[object, ...]]:
    return [call for call in context.bridge.calls if call[0] == "generate_all"]


def test_it_opens_by_its_key_with_what_the_form_says_and_keeps_it(
    qtbot: QtBot, window: MainWindow, context: UiContext
) -> None:
    window.compose.form.prompt.set_text("a {red|blue} boat")
    window.compose.form.prompt.setFocus()
    QTest.keyClick(window.compose.form.prompt, Qt.Key.Key_Return, CTRL | SHIFT)
    sheet = window.user_actions.takes_sheet
    qtbot.waitExposed(sheet)
    assert sheet.form.lines.text() == "a {red|blue} boat"
    assert sheet.foot.button.text().startswith("Generate 2")
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_Return)
    QTest.keyClicks(sheet.form.lines, "the sea")
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    window.compose.cost.takes_button.click()
    assert sheet.isVisible()
    assert sheet.form.lines.text() == "a {red|blue} boat\nthe sea"
    window.user_actions.open_takes()  # once more is the same one
    assert window.user_actions.takes_sheet is sheet
    assert sent(context) == []


def test_what_is_varied_is_shown_counted_and_summed(
    sheet: TakesSheet, write: Callable[[str], None]
) -> None:
    write("a {red|blue} boat\nthe sea")
    sheet.form.start.take(pictures("10.png", "2.png", "1.png"))
    sheet.form.vary.vary("style")
    sheet.form.vary.rows["style"].chips["anime"].click()
    sheet.form.seeds.set_value(2)
    sheet.make_out()
    assert sheet.rows.rowCount() == 3 * 3 * 2 * 2
    first = sheet.rows.plan.cells[0].cell.request
    assert first.start_frame is not None
    assert first.start_frame.label == "1.png"  # then 2, then 10
    assert "Every combination 36" in sheet.form.match._group.button(0).text()
    assert "One to one 3" in sheet.form.match._group.button(1).text()
    assert sheet.totals.clips == 36
    assert sheet.totals.low == sum(sheet.rows.prices[n.kind].low for n in sheet.rows.plan.cells)
    assert "Anime" in spoken(sheet)[2]
    sheet.form.match.set_value("paired")
    sheet.make_out()
    assert outcomes(sheet).count(Outcome.WRONG) == 1  # two styles for three prompts
    assert not sheet.foot.button.isEnabled()
    assert "1 row" in sheet.foot.reason.text()


def test_generate_adds_all_of_it_once_with_the_sum_as_ceiling(
    sheet: TakesSheet, write: Callable[[str], None], context: UiContext, window: MainWindow
) -> None:
    write("one\ntwo\nthree")
    high = sheet.totals.high
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_Return, CTRL)
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_Return, CTRL)
    sheet.foot.button.click()
    (call,) = sent(context)
    _, cells, background, ceiling = call
    assert [cell.request.prompt for cell in cells] == ["one", "two", "three"]  # type: ignore[attr-defined]
    assert (background, ceiling) == (False, high)
    assert not sheet.foot.button.isEnabled()
    jobs = [replace(make_job(n, JobState.QUEUED), batch="b1") for n in range(3)]
    context.bridge.answers[-1](jobs)
    assert not sheet.isVisible()
    for job, state in zip(jobs, (JobState.QUEUED, JobState.ACCEPTED, JobState.SAVED), strict=True):
        context.bridge.jobs[job.id] = replace(job, state=state)
    toast = window.batch_toast
    assert toast.isVisible()
    toast.button.click()
    assert context.bridge.calls[-1] == ("withdraw_batch", "b1")
    assert toast.label.text().startswith("1 clip")
    assert "1 was sent already: it goes on and is billed." in toast.label.text()


def test_a_second_press_that_lands_on_the_form_asks_for_nothing(
    sheet: TakesSheet, write: Callable[[str], None], context: UiContext, window: MainWindow
) -> None:
    window.compose.form.prompt.set_text("one")
    write("one\ntwo")
    sheet.generate()
    context.bridge.answers[-1]([make_job(1, JobState.QUEUED)])
    window.user_actions.generate()
    assert [call for call in context.bridge.calls if call[0] == "generate"] == []
    assert "moment ago" in window.compose.cost.note.text()


def test_a_list_that_gets_the_keyboard_shows_where_it_is(
    sheet: TakesSheet, write: Callable[[str], None]
) -> None:
    write("one\ntwo")
    sheet.list.setFocus()
    assert sheet.list.currentIndex().row() == 0
    QTest.keyClick(sheet.list, Qt.Key.Key_Delete)
    assert outcomes(sheet) == [Outcome.LEFT_OUT, Outcome.NEW]
    assert sheet.list.currentIndex().row() == 0
    QTest.keyClick(sheet.list, Qt.Key.Key_Return)
    assert outcomes(sheet) == [Outcome.NEW] * 2
    QTest.keyClick(sheet.list, Qt.Key.Key_Tab)
    assert not sheet.list.hasFocus()


def test_what_cannot_be_added_is_told_and_nothing_is_lost(
    sheet: TakesSheet, write: Callable[[str], None], context: UiContext
) -> None:
    write("one\ntwo")
    sheet.generate()
    context.bridge.answers[-1](problem(ProblemCode.STORE, Message("store_unwritable")))
    assert sheet.isVisible()
    assert "cannot be written" in sheet.foot.reason.text()
    assert sheet.form.lines.text() == "one\ntwo"
    sheet.generate()
    assert len(sent(context)) == 2


def test_nothing_is_sent_that_was_not_shown(
    sheet: TakesSheet, write: Callable[[str], None], context: UiContext
) -> None:
    write("one\ntwo")
    QTest.keyClicks(sheet.form.lines, " {a|b}")
    sheet.generate()  # the number on the button is still that of before
    assert sent(context) == []
    assert sheet.foot.reason.text() != ""
    sheet.form.start.take(pictures("a.png"))
    sheet.make_out()
    context.commands.gone_frames.add("frame1.jpg")
    sheet.generate()  # a picture vanished meanwhile
    assert sent(context) == []
    assert outcomes(sheet) == [Outcome.WRONG] * 3
    assert not sheet.foot.button.isEnabled()


def test_what_is_made_already_is_skipped_or_made_again(
    sheet: TakesSheet, write: Callable[[str], None], context: UiContext
) -> None:
    job = make_job(1, JobState.SAVED, request=sheet.form.asked("demo").base.changed(prompt="one"))  # type: ignore[union-attr]
    context.bridge.jobs[job.id] = replace(job, seed_drawn=True, origin="demo")
    write("one")
    assert "Already made, skipped, Make again" in spoken(sheet)[0]
    assert "nothing new" in sheet.foot.reason.text()
    sheet.list.setFocus()
    sheet.list.setCurrentIndex(sheet.rows.index(0, 0))
    QTest.keyClick(sheet.list, Qt.Key.Key_Return)
    assert outcomes(sheet) == [Outcome.NEW]
    assert sheet.foot.button.isEnabled()


def test_wrong_rows_are_mended_or_left_out_at_once(
    sheet: TakesSheet, write: Callable[[str], None]
) -> None:
    write("fine\n" + "x" * 6000 + "\na {b\n{1-9999} {1-999}")
    assert outcomes(sheet) == [Outcome.NEW] + [Outcome.WRONG] * 3
    assert "6,000" in spoken(sheet)[1]
    assert "Cut it to fit" in spoken(sheet)[1]
    sheet.on_action_requested(sheet.rows.plan.cells[1])
    assert outcomes(sheet) == [Outcome.NEW] * 2 + [Outcome.WRONG] * 2
    sheet.foot.leave_out.click()
    assert outcomes(sheet) == [Outcome.NEW] * 2 + [Outcome.LEFT_OUT] * 2
    assert sheet.foot.button.isEnabled()
    sheet.on_action_requested(sheet.rows.plan.cells[2])
    assert outcomes(sheet)[2] is Outcome.WRONG


def test_numbers_that_cannot_be_read_are_told(
    sheet: TakesSheet, write: Callable[[str], None]
) -> None:
    write("one")
    sheet.form.vary.vary("duration_s")
    row = sheet.form.vary.rows["duration_s"]
    row.line.setText("3, 5 8")  # type: ignore[union-attr]
    sheet.make_out()
    assert sheet.rows.rowCount() == 3
    row.line.setText("3, five")  # type: ignore[union-attr]
    sheet.make_out()
    assert "five" in row.error.text()
    assert not sheet.foot.button.isEnabled()


@pytest.mark.parametrize(
    "text",
    [
        "prompt\tduration\nA fox\t3\nAn owl\t5\n",
        "prompt;duration\nA fox;3\nAn owl;5",
        'prompt,duration\n"A fox",3\nAn owl,5',
    ],
)
def test_a_pasted_table_is_a_table(sheet: TakesSheet, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    sheet.form.lines.setFocus()
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_V, CTRL)
    assert sheet.form.table is not None
    assert sheet.form.lines.text() == ""
    sheet.make_out()
    cells = [one.cell.request for one in sheet.rows.plan.cells]
    assert [(cell.prompt, cell.duration_s) for cell in cells] == [("A fox", 3), ("An owl", 5)]


@pytest.mark.parametrize("text", ["A fox, an owl\nA bear, a bee", "prompt, duration", "One line"])
def test_pasted_prompts_stay_prompts(sheet: TakesSheet, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    sheet.form.lines.setFocus()
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_V, CTRL)
    assert sheet.form.table is None
    assert sheet.form.lines.text() == text


def test_a_table_is_shown_and_its_unknown_column_can_be_passed_over(
    sheet: TakesSheet, tmp_path: Path
) -> None:
    path = tmp_path / "shots.csv"
    path.write_text("prompt;duration;colour\none;5;red\ntwo;8;blue\n", encoding="utf-8")
    sheet.take_file(str(path))
    sheet.make_out()
    assert "colour" in spoken(sheet)[0]
    assert sheet.form.lines.isHidden() or not sheet.form.lines.isVisible()
    sheet.on_action_requested(sheet.rows.plan.cells[0])
    sheet.make_out()
    assert [one.cell.request.duration_s for one in sheet.rows.plan.cells] == [5, 8]
    sheet.tables.write(str(tmp_path / "again.csv"))
    assert "again.csv" in sheet.foot.reason.text()
    sheet.form.table_close.click()
    sheet.take_file(str(tmp_path / "again.csv"))
    sheet.make_out()
    assert [one.cell.request.prompt for one in sheet.rows.plan.cells] == ["one", "two"]


def test_a_list_of_prompts_is_added_to_those_there_are(
    sheet: TakesSheet, write: Callable[[str], None], tmp_path: Path
) -> None:
    path = tmp_path / "more.txt"
    path.write_text("# a remark\ntwo\nbroken {\n", encoding="utf-8")
    write("one")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    QGuiApplication.clipboard().setMimeData(mime)
    QTest.keyClick(sheet.form.lines, Qt.Key.Key_V, CTRL)
    assert sheet.form.lines.text() == "one\ntwo\nbroken {"
    sheet.take_file(str(tmp_path / "gone.txt"))
    assert "gone.txt" in sheet.foot.reason.text()


def test_many_pictures_on_a_well_become_an_axis(window: MainWindow) -> None:
    window.compose.frames.many_given.emit(FrameSlot.END, pictures("b.png", "a.png", "c.png"))
    sheet = window.user_actions.takes_sheet
    assert sheet.isVisible()
    assert [v["end_frame"].label for v in sheet.form.end.axis().values] == [  # type: ignore[attr-defined]
        "a.png", "b.png", "c.png",
    ]  # fmt: skip


def test_a_picture_is_removed_by_its_key_and_a_bad_one_is_named(
    sheet: TakesSheet, context: UiContext
) -> None:
    context.commands.bad_files["/p/b.png"] = "This picture is damaged."
    sheet.form.start.take(pictures("a.png", "b.png", "c.png"))
    assert sheet.form.start.note.text() == "b.png: This picture is damaged."
    tiles = sheet.form.start._tiles()
    assert len(tiles) == 2
    tiles[0].setFocus()
    QTest.keyClick(tiles[0], Qt.Key.Key_Delete)
    assert [v["start_frame"].label for v in sheet.form.start.axis().values] == ["c.png"]  # type: ignore[attr-defined]
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(sheet.form.start._tiles()[0], Qt.Key.Key_V, CTRL)
    assert len(sheet.form.start.axis().values) == 2


def test_a_screen_reader_hears_what_a_row_is(
    sheet: TakesSheet, write: Callable[[str], None]
) -> None:
    write("a boat")
    assert spoken(sheet) == ["1, a boat, 10 credits"]
    assert sheet.totals.low == Decimal(10)
    for widget in (sheet.list, sheet.form.lines, sheet.foot.background, sheet.close_button,
                   sheet.form.start.add_button, sheet.form.seeds.spin):  # fmt: skip
        assert widget.accessibleName()


def test_a_batch_that_is_held_goes_on_by_one_press(window: MainWindow, context: UiContext) -> None:
    said = Message("batch_passed", price=Decimal(100), most=Decimal(40))
    wrong = replace(problem(ProblemCode.LIMIT, said), action=Action.RETRY)
    hold = Hold(HoldReason.LIMIT, wrong)
    context.bridge.show_status(replace(context.bridge.status, hold=hold))
    banner = window.hold_banner
    assert "100" in banner.label.text()
    assert "40" in banner.label.text()
    assert banner.button.text() == "Resume"
    banner.button.click()
    assert context.bridge.calls[-1] == ("resume",)
