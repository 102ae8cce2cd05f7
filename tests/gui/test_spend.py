"""The Spend view: rows and sums, filters, limits, and the way there."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState as S
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.services.settings import Settings
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.spend.panel import SpendPanel, _export
from tests.support.factories import make_job

NOW = time.time()


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
    made = SpendPanel(context)
    qtbot.addWidget(made)
    made.resize(1300, 800)
    made.show()
    made.enter()
    return made


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
    assert "12 not explained" in panel.left_note.text()
    value, _ = next(iter(panel.sums.values()))
    assert value.text() == "100.67"  # charged, not explained, and the upper figure of what is lost


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
    _, below = panel.sums[list(panel.sums)[2]]
    assert below.text() == "of 110.5"
    assert below.property("role") == "warn"  # more than four fifths of it


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
    said = panel.left_note.text()
    assert said.endswith("2 clips kept, 34.3 credits each")
    panel.search.setText("clip 1")
    assert panel.left_note.text() == said


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
