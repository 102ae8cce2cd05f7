"""What was spent: sums, a chart, every charge, what things cost, and the user's limits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import time

from PySide6.QtCore import QLocale, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.ledger import Ledger
from pixverse_desktop.core.jobs.spending import NOTICE_AT, Period
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.services.export import replacing
from pixverse_desktop.services.ledger_table import write_csv
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.spend.chart import DayChart
from pixverse_desktop.ui.spend.figures import Figures, figures
from pixverse_desktop.ui.spend.rows import AMOUNTS, LedgerRows
from pixverse_desktop.ui.spend.side import LIMITS, SpendSide
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.table import RowTable

_MODELS_FROM_WIDTH = 1200  # pixels; where there are fewer the model makes room
_TENTH = Decimal("0.1")
_SETTLE_MS = 120  # news of many jobs is one new look


class SpendPanel(QWidget):
    """Only reads; the limits are settings like any other."""

    back_requested = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self._ledger = Ledger(())
        self._asked = 0  # answers to an older question are not shown
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(self.tr("Spend"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self.rows = LedgerRows()
        self._build_head()
        self._build_figures()
        self.chart = DayChart()
        self._build_table()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 16, 24, 16)
        row.setSpacing(32)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(self._head)
        left.addWidget(self.note)
        left.addLayout(self._sums)
        left.addWidget(self.chart)
        left.addLayout(self._filters)
        left.addWidget(self.table, 1)
        row.addLayout(left, 1)
        self.side = SpendSide(context)
        self.side.limits_changed.connect(self.refresh)
        row.addWidget(self.side)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.ask)
        context.bridge.job_changed.connect(self.ask_soon)
        context.bridge.status_changed.connect(self.ask_soon)  # perhaps of another service

    def enter(self) -> None:
        """What clips cost is shown as it is known now; the table has the keyboard."""
        self.side.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.table.setColumnHidden(2, self.width() < _MODELS_FROM_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def refresh(self) -> None:
        """Choose and sum the rows anew."""
        self._asked += 1
        self._context.workers.call(
            Lane.FILES,
            figures,
            self._ledger,
            self.period.value(),
            self.only.value(),
            self.search.text(),
            time(),
            then=partial(self._show, self._asked),
        )

    @Slot()
    def export(self) -> None:
        """Ask where to, and write the table."""
        if self._dialog is not None:
            return
        title = self.tr("Export the charges")
        dialog = FileDialog(self.window(), title, Place.DocumentsLocation, saves=True)
        dialog.setNameFilter(self.tr("Tables") + " (*.csv)")
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(self.tr("Spend") + f" {date.today().isoformat()}.csv")
        dialog.fileSelected.connect(self.on_dialog_file_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot(str)
    def on_dialog_file_selected(self, chosen: str) -> None:
        if not chosen:
            return
        self._context.workers.call(
            Lane.FILES,
            _export,
            self._ledger,
            Path(chosen),
            QLocale().decimalPoint() == ",",
            then=self._exported,
            otherwise=self._refuse,
        )

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def ask_soon(self) -> None:
        """Read the ledger anew, once for a run of news; out of sight, when it is shown again."""
        if self.isVisible() and not self._settle.isActive():
            self._settle.start()

    @Slot()
    def ask(self) -> None:
        """Read the ledger anew."""
        self._context.bridge.ledger(self._take)

    def _take(self, found: Ledger | Problem) -> None:
        if isinstance(found, Problem):
            self.note.show_message(found.message, "note")
            return
        self.note.show_message("")
        self._ledger = found
        self.refresh()

    def _show(self, asked: int, found: Figures) -> None:
        if asked != self._asked:
            return
        self.rows.show_rows(found.rows)
        settings = self._context.commands.settings
        limits = dict(zip(Period, LIMITS, strict=False))
        for period, (value, below) in self.sums.items():
            spent, limit = found.spent[period], getattr(settings, limits[period])
            value.setText(localised.shortest(spent))
            near = bool(limit) and spent >= limit * NOTICE_AT
            set_style(below, role="warn" if near else "secondary")
            words = self.tr("of {limit}").format(limit=localised.shortest(limit))
            below.setText(words if limit else "")
        left = self._context.bridge.status.credits
        self.left.setText(self.tr("not known") if left is None else localised.shortest(left))
        notes = []
        if found.unexplained:
            amount = localised.shortest(found.unexplained)
            notes.append(self.tr("{n} not explained: used elsewhere?").format(n=amount))
        if found.kept:
            each = localised.shortest((found.charged / found.kept).quantize(_TENTH))
            kept = self.tr("%Ln clips kept, {each} credits each", "", found.kept)
            notes.append(kept.format(each=each))
        self.left_note.setText(" · ".join(notes))
        set_style(self.left_note, role="warn" if found.unexplained else "secondary")
        self.chart.set_limit(settings.daily_limit)
        self.chart.show_days(found.days, found.first, date.today())

    def _exported(self, _done: None) -> None:
        self.note.show_message(self.tr("The table was written."), "secondary")

    def _refuse(self, error: UserError) -> None:
        self.note.show_message(error.problem.message, "error")

    def _build_head(self) -> None:
        self.note = SentenceLabel("note")
        self.period = Segmented(self.tr("Period"))
        self.period.set_choices(
            [("month", self.tr("This month")), ("last", self.tr("Last month")),
             ("all", self.tr("All time"))]
        )  # fmt: skip
        self.period.value_changed.connect(self.refresh)
        self.export_button = QPushButton(self.tr("Export CSV…"))
        self.export_button.clicked.connect(self.export)
        self.back_button = QPushButton(self.tr("Back"))
        set_style(self.back_button, kind="quiet")
        self.back_button.clicked.connect(self.back_requested)
        self._head = head = QHBoxLayout()
        head.addWidget(self.back_button)
        head.addWidget(plain_label(self.tr("Spend"), "title"))
        head.addStretch(1)
        head.addWidget(self.period)
        head.addSpacing(8)
        head.addWidget(self.export_button)

    def _build_figures(self) -> None:
        names = {
            Period.DAY: self.tr("Today"), Period.WEEK: self.tr("This week"),
            Period.MONTH: self.tr("This month"),
        }  # fmt: skip
        self._sums = grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        self.sums = {}
        for column, (period, name) in enumerate(names.items()):
            value, below = plain_label("0", "title"), plain_label("", "secondary")
            value.setAccessibleDescription(name)
            self.sums[period] = (value, below)
            for line, label in enumerate((plain_label(name, "muted"), value, below)):
                grid.addWidget(label, line, column)
            grid.setColumnStretch(column, 1)
        self.left, self.left_note = plain_label("", "title"), plain_label("", "secondary")
        for line, label in enumerate((plain_label(self.tr("Left"), "muted"), self.left)):
            grid.addWidget(label, line, 3)
        grid.addWidget(self.left_note, 2, 3)
        grid.setColumnStretch(3, 2)

    def _build_table(self) -> None:
        self.only = Segmented(self.tr("Show"))
        self.only.set_choices(
            [("all", self.tr("All")), ("not kept", self.tr("Not kept")),
             ("unconfirmed", self.tr("Unconfirmed")), ("not explained", self.tr("Not explained"))]
        )  # fmt: skip
        self.only.value_changed.connect(self.refresh)
        self.search = TextField()
        self.search.setPlaceholderText(self.tr("Find a clip"))
        self.search.setAccessibleName(self.tr("Find a clip"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(220)
        self.search.textChanged.connect(self.refresh)
        self._filters = QHBoxLayout()
        self._filters.addWidget(plain_label(self.tr("Charges"), "head"))
        self._filters.addStretch(1)
        self._filters.addWidget(self.only)
        self._filters.addSpacing(8)
        self._filters.addWidget(self.search)
        self.table = RowTable(self.tr("Charges"), self.rows)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(34)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        # Widths from the type size, not from the rows: there may be a hundred thousand.
        unit = self.fontMetrics().averageCharWidth()
        for column, letters in ((0, 20), (2, 20), (3, 20), (4, 12), (5, 11), (6, 15)):
            self.table.setColumnWidth(column, unit * letters + 16 * (column in AMOUNTS))


def _export(ledger: Ledger, path: Path, decimal_comma: bool) -> None:
    """BLOCKING. Replaces the file that the user chose in the dialog. Raises UserError (DISK)."""
    try:
        with replacing(path) as aside:
            write_csv(ledger, aside, decimal_comma=decimal_comma)
    except OSError as error:
        text = Message("table_not_written", reason=error.strerror or type(error).__name__)
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
