"""What was spent: sums, a chart, every charge, what things cost, and the user's limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from time import time

from PySide6.QtCore import QLocale, QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.ledger import Ledger, Rows
from pixverse_desktop.core.jobs.library_query import Board
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.rate import rate_of
from pixverse_desktop.core.service import OriginKind
from pixverse_desktop.core.text import fold
from pixverse_desktop.services.export import replacing
from pixverse_desktop.services.ledger_table import write_csv
from pixverse_desktop.ui.base import localised, theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.spend.chart import DayChart
from pixverse_desktop.ui.spend.figures import NO_BOARD, OTHER, Choice, Figures, figures
from pixverse_desktop.ui.spend.legend import Legend
from pixverse_desktop.ui.spend.rows import AMOUNTS, CLIP, EXPECTED, MODEL, PICTURE, WHAT, LedgerRows
from pixverse_desktop.ui.spend.side import SpendSide
from pixverse_desktop.ui.spend.sums import Sums
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.inputs import QuietCombo, TextField
from pixverse_desktop.ui.widgets.labels import ElidedLabel, SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented
from pixverse_desktop.ui.widgets.table import RowTable

_ALL_FROM_WIDTH = 1200  # pixels; where there are fewer the clip's name has the room
_TABLE_HEIGHT = 140  # pixels: before there is less of the table the chart is lower
_USUAL_HEIGHT = 17  # of a line of text, in pixels
_HEADS_FROM_WIDTH = 800  # at that height; below it the controls need the room of the headings
_BOARD_WIDTH = 200  # pixels, however long a name is
_TENTH = Decimal("0.1")
_SETTLE_MS = 120  # news of many jobs is one new look


class SpendPanel(QWidget):
    """Only reads; the limits are settings like any other."""

    back_requested = Signal()
    clip_requested = Signal(object)  # Job

    def __init__(self, context: UiContext, clock: Callable[[], float] = time) -> None:
        super().__init__()
        self._context = context
        self._clock = clock  # seconds since 1970
        self._ledger = Ledger(Rows())
        self._boards: Mapping[str, Board] = {}
        self._asked = 0  # answers to an older question are not shown
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(self.tr("Spend"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self._pictures = Pictures(context, self)
        self._pictures.loaded.connect(self.on_pictures_loaded)
        self.rows = LedgerRows(self._pictures)
        self._build_head()
        self.sums = Sums()
        self.sums.unexplained_chosen.connect(self.show_unexplained)
        self._build_chart()
        self._build_table()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 16, 16)
        row.setSpacing(20)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(self._head)
        left.addWidget(self.note)
        left.addWidget(self.sums)
        left.addLayout(self._chart)
        left.addLayout(self._filters)
        left.addWidget(self.table, 1)
        row.addLayout(left, 1)
        self.side = SpendSide(context)
        self.side.settings_changed.connect(self.refresh)
        row.addWidget(self.side)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.ask)
        context.bridge.job_changed.connect(self.ask_soon)
        context.bridge.jobs_changed.connect(self.ask_soon)
        context.bridge.status_changed.connect(self.ask_soon)  # perhaps of another service

    def enter(self) -> None:
        """What clips cost is shown as it is known now; the table has the keyboard."""
        self.side.refresh()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.fit(self.width())
        roomy = self.width() * _USUAL_HEIGHT >= _HEADS_FROM_WIDTH * self.fontMetrics().height()
        for head in self._heads:
            head.setVisible(roomy)
        for column in (MODEL, WHAT, EXPECTED):
            self.table.setColumnHidden(column, self.width() < _ALL_FROM_WIDTH)

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
            self._boards,
            self._choice(),
            self._clock(),
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

    @Slot(str)
    def on_pictures_loaded(self, _key: str) -> None:
        self.table.viewport().update()

    @Slot(QModelIndex)
    def on_table_activated(self, index: QModelIndex) -> None:
        row = self.rows.row(index)
        if row is not None and row.job is not None and row.job.clip is not None:
            self.clip_requested.emit(row.job)

    @Slot()
    def show_unexplained(self) -> None:
        """The rows that no clip explains; the keyboard goes to them."""
        self.only.set_value("not explained")
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def choose_board(self, key: str) -> None:
        """The charges of one board alone, or of all with ""."""
        self.board.setCurrentIndex(max(0, self.board.findData(key)))
        self.refresh()

    def _choice(self) -> Choice:
        board = self.board.currentData() or ""
        return Choice(self.period.value(), self.only.value(), self.search.text(), board)

    def _take(self, found: Ledger | Problem) -> None:
        if isinstance(found, Problem):
            self.note.show_message(found.message, "note")
            return
        self.note.show_message("")
        self._ledger = found
        if self._context.library is None:
            self.refresh()
            return
        self._context.workers.call(
            Lane.STORE,
            self._context.library().board_of_clips,
            then=self._take_boards,
            otherwise=self._miss_boards,
        )

    def _take_boards(self, boards: Mapping[str, Board]) -> None:
        self._boards = boards
        self.refresh()

    def _miss_boards(self, error: UserError) -> None:
        self._refuse(error)
        self.refresh()

    def _show(self, asked: int, found: Figures) -> None:
        if asked != self._asked:
            return
        settings, status = self._context.commands.settings, self._context.bridge.status
        rate = rate_of(settings.rate_credits, settings.rate_money, settings.rate_currency)
        board = self._choice().board
        self._name_choices(found)
        if self._choice().board != board:
            self.refresh()  # that board is gone
            return
        self.rows.rate = rate
        self.rows.show_rows(found.rows)
        limits = None if board else settings.limits
        left = None if status.credits is None else Decimal(status.credits)
        waits = status.origin.kind is not OriginKind.DEMO
        self.sums.show_figures(found, limits, left, rate, waits)
        kept = ""
        if found.kept:
            each = found.charged / found.kept
            kept = self.tr("%Ln clips kept, {each} credits each", "", found.kept)
            kept = kept.format(each=localised.shortest(each.quantize(_TENTH)))
            if rate is not None:
                kept += " · " + localised.money(rate.money_for(each), rate.currency)
        self.kept.setText(kept)
        rest = self.tr("No board")
        others = {OTHER: self.tr("Other boards"), NO_BOARD: rest}
        names = {each.key: each.name or others[each.key] for each in found.series}
        self.legend.show_series(found.series, names, board)
        self.chart.set_limit(settings.daily_limit)
        self.chart.set_rate(rate)
        self.chart.show_figures(found, names, board)

    def _name_choices(self, found: Figures) -> None:
        """The months by their names, how many rows a filter has, the boards there are."""
        month = found.today.replace(day=1)
        self.period.set_word("month", localised.month(month))
        self.period.set_word("last", localised.month(month - timedelta(days=1)))
        names = {
            "unconfirmed": self.tr("Unconfirmed"), "not explained": self.tr("Not explained"),
        }  # fmt: skip
        for only, name in names.items():
            number = found.counts[only]
            self.only.set_word(only, f"{name} {localised.number(number)}" if number else name)
        chosen, none = self._choice().board, QIcon()
        boards = sorted(found.boards.items(), key=lambda board: fold(board[1]))
        offered: dict[str | None, tuple[QIcon, str]] = {"": (none, self.tr("All boards"))}
        offered |= {key: (none, name) for key, name in boards}
        offered[NO_BOARD] = (none, self.tr("No board"))
        self.board.offer(offered)
        for place, (_, name) in enumerate(offered.values()):
            self.board.setItemText(place, name)  # it may be called something else by now
        self.board.setCurrentIndex(max(0, self.board.findData(chosen)))
        self.board.setVisible(bool(boards))

    def _exported(self, _done: None) -> None:
        self.note.show_message(self.tr("The table was written."), "secondary")

    def _refuse(self, error: UserError) -> None:
        self.note.show_message(translated(error.problem.message), "error")

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
        self._heads: list[QWidget] = [plain_label(self.tr("Spend"), "title")]
        head.addWidget(self._heads[0])
        self.board = QuietCombo(self.tr("Board"))
        self.board.setMaximumWidth(_BOARD_WIDTH)
        self.board.addItem(self.tr("All boards"), "")
        self.board.activated.connect(self.refresh)
        self.board.hide()
        head.addStretch(1)
        head.addWidget(self.board)
        head.addWidget(self.period)
        head.addSpacing(8)
        head.addWidget(self.export_button)

    def _build_chart(self) -> None:
        self.chart, self.legend = DayChart(), Legend()
        self.legend.chosen.connect(self.choose_board)
        head = QHBoxLayout()
        head.addWidget(plain_label(self.tr("Credits a day"), "head"))
        head.addStretch(1)
        head.addWidget(self.legend)
        self._chart = QVBoxLayout()
        self._chart.setSpacing(4)
        self._chart.addLayout(head)
        self._chart.addWidget(self.chart)

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
        charges = plain_label(self.tr("Charges"), "head")
        self._filters.addWidget(charges)
        self.kept = ElidedLabel("", "secondary")
        self._heads += [charges, self.kept]
        self._filters.addSpacing(8)
        self._filters.addWidget(self.kept, 1)
        self._filters.addWidget(self.only)
        self._filters.addSpacing(8)
        self._filters.addWidget(self.search)
        self.table = RowTable(self.tr("Charges"), self.rows)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.verticalHeader().setDefaultSectionSize(38)
        self.table.setMinimumHeight(_TABLE_HEIGHT)
        self.table.setIconSize(PICTURE)
        self.table.activated.connect(self.on_table_activated)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(CLIP, QHeaderView.ResizeMode.Stretch)
        self.set_widths()
        theme.current().changed.connect(self.set_widths)

    @Slot()
    def set_widths(self) -> None:
        """From the type size, not from the rows: there may be a hundred thousand."""
        unit = self.fontMetrics().averageCharWidth()
        for column, letters in ((0, 22), (2, 16), (3, 18), (4, 12), (5, 11), (6, 18)):
            self.table.setColumnWidth(column, unit * letters + 16 * (column in AMOUNTS))


def _export(ledger: Ledger, path: Path, decimal_comma: bool) -> None:
    """BLOCKING. Replaces the file that the user chose in the dialog. Raises UserError (DISK)."""
    try:
        with replacing(path) as aside:
            write_csv(ledger, aside, decimal_comma=decimal_comma)
    except OSError as error:
        text = Message("table_not_written", reason=error.strerror or type(error).__name__)
        raise UserError(problem(ProblemCode.DISK, text, str(error))) from error
