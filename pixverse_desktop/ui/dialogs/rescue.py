"""Rescue my clips: what is known here and listed by the service, shown before anything is done."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.engine.rescue import Finding, RescueItem, RescueScan
from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import pixels, set_style
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.widgets.dialog import Dialog
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.table import Index, RowTable, TableRows

_WIDTH, _HEIGHT = 680, 440  # pixels, with a table


class FindingRows(TableRows[Finding]):
    """One row a job that is not simply on disk already."""

    def __init__(self) -> None:
        super().__init__()
        self._heads = (self.tr("Clip"), self.tr("Made"), self.tr("What is known"))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        finding = self._rows[index.row()]
        match index.column():
            case 0:
                return one_line(finding.prompt) or finding.remote_id or self.tr("unknown")
            case 1:
                return _day(finding)
            case _:
                return self._word(finding)

    def _word(self, finding: Finding) -> str:
        match finding.find:
            case RescueItem.TO_FETCH:
                return self.tr("Paid for, not on disk")
            case RescueItem.RUNNING:
                return self.tr("Still being made")
            case RescueItem.FAILED:
                return self.tr("The service could not make it")
            case RescueItem.UNDECIDED:
                return self.tr("Unconfirmed: it may have been charged")
            case RescueItem.ON_DISK:
                return self.tr("On disk")
            case never:
                assert_never(never)


class RescueDialog(Dialog):
    """Looks when it is opened; fetches when it is told to. Never submits."""

    job_id_wanted = Signal()

    def __init__(self, parent: QWidget, bridge: EngineBridge) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._scan: RescueScan | None = None
        self._shown: list[Finding] = []
        self._looks = 0  # an answer to an older look is not shown
        self.setWindowTitle(self.tr("Recover missing clips"))
        self.sentence = plain_label("", wrap=True)
        self.rows = FindingRows()
        self._build_table()
        self.id_button = QPushButton(self.tr("Recover by job ID…"))
        self.id_button.setAccessibleName(self.tr("Recover by job ID"))
        self.id_button.clicked.connect(self.job_id_wanted)
        self.again_button = QPushButton(self.tr("Look again"))
        self.again_button.setAccessibleName(self.tr("Look through the list again"))
        self.again_button.clicked.connect(self.look)
        self.fetch_button = QPushButton()
        set_style(self.fetch_button, kind="primary")
        self.fetch_button.clicked.connect(self.on_fetch_button_clicked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.setAccessibleName(self.tr("Close"))
        self.close_button.clicked.connect(self.reject)
        for button in (self.id_button, self.again_button, self.close_button):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.id_button)
        buttons.addStretch(1)
        for button in (self.again_button, self.close_button, self.fetch_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(plain_label(self.tr("Recover missing clips"), "title"))
        column.addWidget(self.sentence)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self._show_rows([])
        bridge.job_changed.connect(self.on_bridge_job_changed)

    def look_through(self) -> None:
        """Open and look."""
        self.open()
        self.look()

    @Slot()
    def look(self) -> None:
        self._scan = None
        self._looks += 1
        look = self._looks
        self._show_rows([])
        self.again_button.setEnabled(False)
        self._offer(0)
        self.sentence.setText(self.tr("Looking through everything known here and at the service…"))
        self._bridge.scan(lambda found: self._answered(look, found))

    @Slot()
    def on_fetch_button_clicked(self) -> None:
        if self._scan is None:
            return
        scan, self._scan = self._scan, None
        self._offer(0)
        self.close_button.setFocus()
        self._bridge.rescue(scan, partial(self._fetching, self._looks, scan))

    def _fetching(self, look: int, scan: RescueScan, taken: list[Job] | Problem) -> None:
        if look != self._looks:
            return
        if isinstance(taken, Problem):
            self.sentence.setText(translated(taken.message))
            return
        fetched = scan.to_take_up()
        gone = set(map(id, fetched))  # to compare them with each other would take seconds
        self._show_rows([finding for finding in self._shown if id(finding) not in gone])
        self.sentence.setText(
            self.tr(
                "%n clips are being fetched; they appear in the queue and among the clips.",
                "",
                len(fetched),
            )
        )

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        """What is in the library now is missing no more."""
        if job.state is JobState.SAVED:
            left = [finding for finding in self._shown if not _is_of(finding, job)]
            if len(left) < len(self._shown):
                self._show_rows(left)

    def _answered(self, look: int, found: RescueScan | Problem) -> None:
        if look != self._looks:
            return
        self.again_button.setEnabled(True)
        if isinstance(found, Problem):
            self.sentence.setText(translated(found.message))
            return
        self._scan = found
        self._show_rows([f for f in found.findings if f.find is not RescueItem.ON_DISK])
        self.sentence.setText(self._summary(found))
        self._offer(len(found.to_take_up()))

    def _show_rows(self, found: list[Finding]) -> None:
        """A table where there is something to show; the dialog is as high as it has to be."""
        self._shown = found
        self.rows.show_rows(found)
        self.table.setVisible(bool(found))
        if (layout := self.layout()) is not None:
            layout.activate()  # else the dialog may not yet be as low as it is without a table
        height = pixels(_HEIGHT) if found else self.minimumSizeHint().height()
        self.resize(pixels(_WIDTH), height)

    def _offer(self, count: int) -> None:
        self.fetch_button.setVisible(count > 0)
        words = self.tr("Fetch %n clips", "", count)
        self.fetch_button.setText(words)
        self.fetch_button.setAccessibleName(words)
        if count:
            self.fetch_button.setDefault(True)
            self.fetch_button.setFocus()

    def _summary(self, scan: RescueScan) -> str:
        found = {find: len(scan.of(find)) for find in RescueItem}
        parts = {
            RescueItem.ON_DISK: self.tr("%n on disk", "", found[RescueItem.ON_DISK]),
            RescueItem.TO_FETCH: self.tr(
                "%n paid for and not on disk", "", found[RescueItem.TO_FETCH]
            ),
            RescueItem.RUNNING: self.tr("%n still being made", "", found[RescueItem.RUNNING]),
            RescueItem.FAILED: self.tr(
                "%n the service could not make", "", found[RescueItem.FAILED]
            ),
            RescueItem.UNDECIDED: self.tr("%n unconfirmed", "", found[RescueItem.UNDECIDED]),
        }
        counted = [text for find, text in parts.items() if found[find]]
        said = ", ".join(counted) if counted else self.tr("No clip was ever made here")
        if not scan.listed:
            note = self.tr("The service's list could not be read; this is what is known here.")
        elif not scan.whole:
            note = self.tr("The service's list could not be read to its end.")
        elif not scan.of(RescueItem.TO_FETCH, RescueItem.RUNNING, RescueItem.UNDECIDED):
            note = self.tr("Nothing is missing.")
        elif not scan.to_take_up() and not scan.of(RescueItem.UNDECIDED):
            note = self.tr("What is missing is being looked after already.")
        else:
            note = self.tr("Fetching costs nothing, and nothing is ever sent again.")
        return f"{said}. {note}"

    def _build_table(self) -> None:
        self.table = RowTable(self.tr("Clips that are not on disk"), self.rows)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)


def _is_of(finding: Finding, job: Job) -> bool:
    known = finding.job is not None and finding.job.id == job.id
    return known or (job.remote_id is not None and finding.remote_id == job.remote_id)


def _day(finding: Finding) -> str:
    made = (
        finding.job.created_at if finding.job else finding.row.created_at if finding.row else None
    )
    return localised.date_and_time(made) if made else ""
