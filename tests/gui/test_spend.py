"""The Spend view: rows and sums, filters, limits, and the way there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.jobs.spending import Period
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base import localised, theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.spend.figures import NO_BOARD, OTHER
from pixverse_desktop.ui.spend.panel import SpendPanel, _export
from pixverse_desktop.ui.spend.rows import CHARGED
from tests.support.factories import make_job, saved_job

TODAY = date(2026, 11, 17)
NOW = datetime(2026, 11, 17, 12).timestamp()


def charged(number: int, cost: str | None, **changes: object) -> Job:
    return make_job(
        number, changes.pop("state", S.SAVED), submitted_at=NOW - 60 + number, attempt_id="a",  # type: ignore[arg-type]
        price=Decimal(20), credit_cost=None if cost is None else Decimal(cost),
        request=ClipRequest(f"clip {number}", seed=number), **changes,
    )  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> SpendPanel:
    bridge = context.bridge
    jobs = [
        charged(1, "1.17", credits_left=Decimal("98.83")),
        charged(2, "57.5", credits_left=Decimal("29.33")),  # 12 fell beside it
        charged(3, None, state=S.UNCONFIRMED), charged(4, "10", hidden=True),
    ]  # fmt: skip
    bridge.jobs = {job.id: job for job in jobs}
    made = SpendPanel(context, lambda: NOW)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.enter()
    return made


def test_columns_are_as_wide_as_the_type_is_large(panel: SpendPanel) -> None:
    before = panel.table.columnWidth(4)
    theme.current().set_look("dark", 150)
    assert panel.table.columnWidth(4) > 1.3 * before
    theme.current().set_look("dark", 100)
    assert panel.table.columnWidth(4) == before


def shown(panel: SpendPanel) -> list[list[str]]:
    rows = panel.rows
    return [
        [str(rows.data(rows.index(row, column)) or "") for column in range(1, 7)]
        for row in range(rows.rowCount())
    ]


def test_every_movement_has_a_row_newest_first(panel: SpendPanel) -> None:
    found = shown(panel)
    assert [row[0] for row in found] == ["clip 4", "clip 3", "Used elsewhere?", "clip 2", "clip 1"]
    assert [row[4] for row in found] == ["10", "", "12", "57.5", "1.17"]
    assert [row[5] for row in found] == [
        "Charged", "Unconfirmed", "Not explained", "Charged", "Charged",
    ]  # fmt: skip
    assert panel.sums.unexplained.text().startswith("12 not explained")
    assert (
        panel.sums.of[Period.DAY].value.text() == "88.67"
    )  # what a limit counts: charged, and the upper figure of what is lost


@pytest.mark.parametrize(
    ("only", "clips"),
    [("all", 5), ("not kept", 2), ("unconfirmed", 1), ("not explained", 1)],
)
def test_filters(panel: SpendPanel, only: str, clips: int) -> None:
    panel.only.set_value(only)
    assert len(shown(panel)) == clips


def test_search_and_periods(panel: SpendPanel) -> None:
    panel.search.setText("CLIP 2")
    assert [row[0] for row in shown(panel)] == ["clip 2"]
    panel.search.clear()
    panel.period.set_value("last")
    assert shown(panel) == []
    panel.period.set_value("all")
    assert len(shown(panel)) == 5


def test_a_limit_is_a_setting_and_is_said(panel: SpendPanel, context: UiContext) -> None:
    spin = panel.side.limits["monthly_limit"]
    spin.setValue(110.5)
    assert context.commands.settings == Settings(theme="dark", monthly_limit=Decimal("110.5"))
    month = panel.sums.of[Period.MONTH]
    assert month.note.text() == "80 % of 110.5"  # the demo does not wait there
    assert month.note.property("role") == "note"  # more than four fifths of it
    assert month.bar._share is not None
    assert panel.sums.of[Period.DAY].bar._share is None
    spin.setValue(1000)
    assert month.note.text() == "of 1,000"
    assert month.note.property("role") == "secondary"


def test_only_the_limit_that_was_changed_is_written(panel: SpendPanel, context: UiContext) -> None:
    fine = replace(context.commands.settings, daily_limit=Decimal("12.345"))
    context.commands.apply_settings(fine)
    panel.side.refresh()
    panel.side.limits["clip_limit"].setValue(60)
    assert context.commands.settings == replace(fine, clip_limit=Decimal(60))


def test_what_clips_cost_is_learned(panel: SpendPanel) -> None:
    assert panel.side.costs["720p", True].text() != ""
    assert panel.side.costs["1080p", False].text() == "10–15"
    assert panel.side.costs["1080p", False].accessibleDescription() == "not seen yet"


def test_the_table_is_written_over_what_was_chosen(panel: SpendPanel, tmp_path: Path) -> None:
    target = tmp_path / "spend.csv"
    target.write_text("old")
    _export(panel._ledger, target, False)
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 6


def test_a_table_that_cannot_be_written_leaves_the_old_one(
    panel: SpendPanel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "spend.csv"
    target.write_text("old")
    monkeypatch.setattr("csv.writer", full)
    with pytest.raises(UserError, match="No space left"):
        _export(panel._ledger, target, False)
    assert [(path, path.read_text()) for path in tmp_path.iterdir() if path.is_file()] == [
        (target, "old")
    ]


def test_what_a_kept_clip_cost_does_not_depend_on_what_is_looked_for(panel: SpendPanel) -> None:
    said = panel.kept.text()
    assert said == "2 clips kept, 34.3 credits each"
    panel.search.setText("clip 1")
    assert panel.kept.text() == said


def test_a_run_of_news_reads_the_ledger_once(
    panel: SpendPanel, context: UiContext, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(context.bridge, "ledger", asked.append)
    for job in context.bridge.jobs.values():
        context.bridge.job_changed.emit(job)
    context.bridge.status_changed.emit(context.bridge.status)  # another service, perhaps
    qtbot.waitUntil(lambda: bool(asked))
    assert len(asked) == 1
    panel.hide()
    context.bridge.status_changed.emit(context.bridge.status)
    assert not panel._settle.isActive()
    panel.show()
    assert len(asked) == 2


def test_the_balance_and_its_key_lead_there_and_back(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.top_bar.credits, Qt.MouseButton.LeftButton)
    assert window.views.shown == "spend"
    spend = window.views.pane("spend")
    assert spend is not None
    assert spend.isVisible()
    assert not window.player.isVisible()
    QTest.keySequence(spend, "Ctrl+1")
    qtbot.waitUntil(lambda: window.views.shown == "create")
    assert window.player.isVisible()
    QTest.keySequence(window.compose.form.prompt, "Ctrl+4")
    qtbot.waitUntil(spend.isVisible)


def test_a_hundred_thousand_rows_are_shown_at_once(
    qtbot: QtBot, context: UiContext, panel: SpendPanel
) -> None:
    asked: list[int] = []
    real: Callable[..., object] = panel.rows.data
    many = {f"job{n}": charged(n, "1", position=n) for n in range(5000)}
    context.bridge.jobs = many
    panel.rows.data = lambda *a: (asked.append(1), real(*a))[1]  # type: ignore[method-assign]
    panel.period.set_value("all")
    panel.hide()
    panel.show()
    qtbot.wait(50)
    assert panel.rows.rowCount() == 5000
    assert len(asked) < 5000  # only what is seen is made into words


def type_rate(panel: SpendPanel, credits: str, money: str, currency: str) -> None:
    rate = panel.side.rate
    fields = (rate.credits, rate.money, rate.currency)
    for field, text in zip(fields, (credits, money, currency), strict=True):
        field.setText(text)
    rate.currency.editingFinished.emit()


def test_with_a_rate_money_stands_beside_credits(panel: SpendPanel, context: UiContext) -> None:
    today = panel.sums.of[Period.DAY]
    assert today.money.text() == ""
    type_rate(panel, "1,000", "10", "€")
    settings = context.commands.settings
    assert (settings.rate_credits, settings.rate_money, settings.rate_currency) == (
        Decimal(1000), Decimal(10), "€",
    )  # fmt: skip
    assert today.money.text() == "€0.89"  # of 88.67 credits
    assert panel.kept.text().endswith("34.3 credits each · €0.34")
    tip = panel.rows.data(panel.rows.index(3, CHARGED), Qt.ItemDataRole.ToolTipRole)
    assert tip == "57.5 · €0.58"
    last = len(panel.chart._days) - 1
    told = [panel.chart.words_of(n) for n in range(last + 1)]
    assert any("88.67 · €0.89" in words for words in told)
    type_rate(panel, "", "", "")
    assert today.money.text() == ""


@pytest.mark.parametrize("bad", ["ten", "0", "-5", "10,00", "1000001", "NaN"])
def test_a_rate_that_is_no_amount_is_said_at_its_field(
    panel: SpendPanel, context: UiContext, bad: str
) -> None:
    type_rate(panel, "1000", "10", "EUR")
    kept = context.commands.settings
    type_rate(panel, "1000", bad, "EUR")
    rate = panel.side.rate
    assert rate.note.text() == "Write an amount above 0 and up to 1,000,000, such as 12.50."
    assert (rate.credits.property("invalid"), rate.money.property("invalid")) == (False, True)
    assert rate.money.text() == bad
    assert context.commands.settings == kept
    type_rate(panel, "1000", "", "EUR")
    assert rate.note.text() == "Money is shown when all three are filled in."
    assert rate.money.property("invalid") is False


@pytest.mark.parametrize(
    ("locale", "typed", "shown"),
    [("de_DE", "1.234,5", "1.234,50\N{NO-BREAK SPACE}€"), ("en_US", "1,234.5", "€1,234.50")],
)
def test_money_is_read_and_written_in_the_users_locale(locale: str, typed: str, shown: str) -> None:
    before = QLocale()
    QLocale.setDefault(QLocale(locale))
    try:
        assert localised.read_amount(typed) == Decimal("1234.5")
        assert localised.money(Decimal("1234.5"), "€") == shown
        assert localised.money(Decimal(1), "EUR").endswith("\N{NO-BREAK SPACE}EUR")
    finally:
        QLocale.setDefault(before)


class FakeLibrary:
    """Knows which boards clips are on."""

    def __init__(self, boards: dict[str, Board]) -> None:
        self.board_of_clips = lambda: boards


def on_boards(panel: SpendPanel, **names: str) -> None:
    """Put clips on boards, by job id, and read the ledger anew."""
    library = FakeLibrary({job: Board(name.lower(), name) for job, name in names.items()})
    panel._context = replace(panel._context, library=lambda: library)
    panel.ask()


def test_days_are_stacked_by_board_the_dearest_first(panel: SpendPanel) -> None:
    assert panel.legend.entries() == {}
    assert not panel.board.isVisible()
    on_boards(panel, job1="Night", job2="Fox")
    assert list(panel.legend.entries()) == ["fox", "night", NO_BOARD]
    assert [panel.board.itemText(n) for n in range(panel.board.count())] == [
        "All boards", "Fox", "Night", "No board",
    ]  # fmt: skip
    day = next(n for n, (_, total) in enumerate(panel.chart._days) if total > 57)
    words = panel.chart.words_of(day)
    assert all(part in words for part in ("Fox", "57.5", "Night", "1.17", "No board"))


def test_a_fourth_board_is_one_of_the_others(panel: SpendPanel) -> None:
    jobs = {f"job{n}": charged(n, str(n)) for n in range(1, 6)}
    panel._context.bridge.jobs = jobs
    on_boards(panel, job1="A", job2="B", job3="C", job4="<b>D</b>", job5="E")
    entries = panel.legend.entries()
    assert list(entries) == ["e", "<b>d</b>", "c", OTHER]
    assert not entries[OTHER].isEnabled()
    day = next(n for n, (_, total) in enumerate(panel.chart._days) if total)
    words = panel.chart.words_of(day)
    assert "&lt;b&gt;D" in words
    assert "Other boards" in words


def test_one_board_alone_by_the_legend_or_the_list(panel: SpendPanel, context: UiContext) -> None:
    on_boards(panel, job1="Night", job2="Fox")
    QTest.mouseClick(panel.legend.entries()["fox"], Qt.MouseButton.LeftButton)
    assert [row[0] for row in shown(panel)] == ["clip 2"]
    assert panel.sums.of[Period.DAY].value.text() == "57.5"
    assert panel.board.currentText() == "Fox"
    assert list(panel.legend.entries()) == ["fox", "night", NO_BOARD]
    QTest.mouseClick(panel.legend.entries()["fox"], Qt.MouseButton.LeftButton)
    assert len(shown(panel)) == 5
    panel.board.setCurrentIndex(panel.board.findData(NO_BOARD))
    panel.board.activated.emit(panel.board.currentIndex())
    assert [row[0] for row in shown(panel)] == ["clip 4", "clip 3", "Used elsewhere?"]
    assert panel.legend.entries()[NO_BOARD].isChecked()


def test_a_board_that_is_renamed_or_gone_while_it_is_looked_at(panel: SpendPanel) -> None:
    on_boards(panel, job1="Night", job2="Fox")
    panel.choose_board("fox")
    library = FakeLibrary({"job2": Board("fox", "Red fox")})
    panel._context = replace(panel._context, library=lambda: library)
    panel.ask()
    assert panel.board.currentText() == "Red fox"
    assert len(shown(panel)) == 1
    on_boards(panel, job1="Night")
    assert panel.board.currentText() == "All boards"
    assert len(shown(panel)) == 5


def test_filters_name_how_many_they_show(panel: SpendPanel) -> None:
    words = {chip.text() for chip in panel.only.focus_stops()}
    assert words == {"All", "Not kept", "Unconfirmed 1", "Not explained 1"}
    QTest.mouseClick(panel.sums.unexplained, Qt.MouseButton.LeftButton)
    assert [row[0] for row in shown(panel)] == ["Used elsewhere?"]
    tint = panel.rows.data(panel.rows.index(0, 0), Qt.ItemDataRole.BackgroundRole)
    assert tint is not None


def test_periods_bear_the_names_of_months(panel: SpendPanel) -> None:
    words = [chip.text() for chip in panel.period.focus_stops()]
    assert words == ["November", "October", "All time"]


def test_the_arrow_keys_go_from_day_to_day(panel: SpendPanel) -> None:
    today = [day for day, _ in panel.chart._days].index(TODAY)
    QTest.keyClick(panel.chart, Qt.Key.Key_Right)
    assert panel.chart._at == today
    QTest.keyClick(panel.chart, Qt.Key.Key_Left)
    assert panel.chart._at == max(0, today - 1)
    panel.refresh()
    assert panel.chart._at == max(0, today - 1)  # news leave it there
    panel.period.set_value("last")
    assert panel.chart._at == -1


def test_enter_on_a_row_shows_its_clip(window: MainWindow, context: UiContext) -> None:
    clip = saved_job(7)
    clip = replace(clip, submitted_at=NOW, attempt_id="a", credit_cost=Decimal(3))
    jobs = [clip, charged(1, "1")]
    context.bridge.jobs = {job.id: job for job in jobs}
    window.views.show_view("spend")
    spend = window.views.pane("spend")
    assert isinstance(spend, SpendPanel)
    spend.period.set_value("all")
    asked: list[Job] = []
    window.views.job_selected.connect(asked.append)
    for row in range(2):
        spend.table.setCurrentIndex(spend.rows.index(row, 0))
        QTest.keyClick(spend.table, Qt.Key.Key_Return)
    assert [job.id for job in asked] == ["job7"]
    assert window.views.shown != "spend"


@pytest.mark.parametrize("width", [1024, 1600])
def test_nothing_lies_over_anything_else(panel: SpendPanel, width: int, qtbot: QtBot) -> None:
    on_boards(panel, job1="A board with a rather long name", job2="Fox", job3="Night")
    type_rate(panel, "1000", "10", "€")
    panel.resize(width, 560)
    qtbot.wait(1)
    assert panel.width() == width  # it does not need more
    parts = [panel.sums, panel.legend, panel.chart, panel.only, panel.table]
    areas = [QRect(part.mapTo(panel, QPoint(0, 0)), part.size()) for part in parts]
    assert all(a.bottom() < b.top() for a, b in pairwise(areas))
    assert areas[-1].bottom() <= panel.height()
    inside = panel.side.widget()
    assert inside.minimumSizeHint().width() <= panel.side.viewport().width()
