"""Right of the clips: what the one with the ring is, what all differ in, how far one is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, icon, is_contrast, set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.differences import alike, told_value, varying
from pixverse_desktop.ui.jobs.value_labels import parameter_label
from pixverse_desktop.ui.sheet.axes import Table
from pixverse_desktop.ui.sheet.judging import Counts, Judging, is_open
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea
from pixverse_desktop.ui.widgets.undo_strip import UndoStrip

_LONGEST = 600  # characters of a value
_BAR, _BAR_GAP = 6, 3  # pixels, of the strip of progress


class SheetSide(QWidget):
    """Only shows and asks."""

    focus_wanted = Signal(str)  # job id
    throw_clicked = Signal()
    others_rejected = Signal()
    move_clicked = Signal()
    picture_chosen = Signal()
    film_chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="panel")
        self._facts = ScrollArea()
        self._facts.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.progress = Progress()
        self.counts = plain_label("", wrap=True)
        self.undo_strip = UndoStrip()
        self.message = SentenceLabel("good")
        self.move_button = QPushButton(self.tr("Put picks on board"))
        self.move_button.clicked.connect(self.move_clicked)
        self.export_button = QPushButton(self.tr("Export sheet"))
        set_key_tip(self.export_button, self.tr("As a picture, or as one clip"), "sheet export")
        self.export_menu = QMenu(self.export_button)
        self.export_menu.addAction(self.tr("As a picture…")).triggered.connect(self.picture_chosen)
        self._film = self.export_menu.addAction(self.tr("As one clip…"))
        self._film.triggered.connect(self.film_chosen)
        self.export_button.setMenu(self.export_menu)
        self.throw_button = QPushButton()
        self._rejects_others = False
        self.throw_button.clicked.connect(self.on_throw_button_clicked)
        self._build_layout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = max(self.move_button.sizeHint().width(), self.export_button.sizeHint().width())
        ways = QBoxLayout.Direction
        beside = 2 * widest + 40 <= self.width()
        self._pair.setDirection(ways.LeftToRight if beside else ways.TopToBottom)

    def show_judging(self, judging: Judging, table: Table | None) -> None:
        """Tell of the clips as they are judged now."""
        jobs, focused = judging.jobs, judging.focused
        self.progress.show_jobs(jobs)
        counts = judging.counts
        self.counts.setText(self._told(counts))
        self.message.show_message(judging.message)
        self._show_throw(counts)
        self.move_button.setEnabled(counts.picked > 0)
        self.export_button.setEnabled(bool(jobs))
        self._show_facts(judging.shown, jobs, focused, table)

    def _show_throw(self, counts: Counts) -> None:
        """What is rejected can go; before anything is, all but the best can be rejected."""
        rejected, others = counts.rejected, counts.open if counts.picked else 0
        self._rejects_others = bool(others and not rejected)
        button = self.throw_button
        if self._rejects_others:
            button.setText(self.tr("Reject the other %n", "", others))
            set_key_tip(button, self.tr("They are not thrown away yet"), "sheet reject others")
        else:
            some = self.tr("Throw away %n rejected", "", rejected)
            button.setText(some if rejected else self.tr("Nothing rejected"))
            set_key_tip(button, self.tr("Into the trash, from where they come back"), "sheet throw")
        button.setIcon(icon("trash", "error" if rejected else "faint"))
        set_style(button, kind="danger" if rejected else "")
        button.setEnabled(rejected > 0 or self._rejects_others)

    @Slot()
    def on_throw_button_clicked(self) -> None:
        (self.others_rejected if self._rejects_others else self.throw_clicked).emit()

    @Slot(float)
    def show_export(self, share: float) -> None:
        """How far a clip of the sheet is written; 1.0 at its end."""
        percent = localised.number(int(share * 100))
        busy = self.tr("Export: {percent} %").format(percent=percent)
        self._film.setEnabled(share >= 1)
        self.export_button.setText(busy if share < 1 else self.tr("Export sheet"))

    def _told(self, counts: Counts) -> str:
        starred = [self.tr("%Ln with stars", "", counts.starred)] if counts.starred else []
        return " · ".join([
            self.tr("%Ln picked", "", counts.picked),
            *starred,
            self.tr("%Ln rejected", "", counts.rejected),
            self.tr("%Ln to judge", "", counts.open),
        ])  # fmt: skip

    def _show_facts(
        self, shown: Sequence[Job], jobs: Sequence[Job], focused: Job | None, table: Table | None
    ) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(8)
        requests = [job.request for job in jobs]
        if focused is not None:
            head = QHBoxLayout()
            head.addWidget(plain_label(self.tr("This clip"), "strong"))
            head.addStretch(1)
            ids = [job.id for job in jobs]
            if focused.id in ids:
                place = self.tr("{number} of {count}").format(
                    number=localised.number(ids.index(focused.id) + 1),
                    count=localised.number(len(ids)),
                )
                head.addWidget(plain_label(place, "muted"))
            column.addLayout(head)
            column.addLayout(_rows(self._of_this(focused, jobs)))
        if table is not None and table.columns:
            column.addSpacing(8)
            column.addWidget(plain_label(self.tr("What differs"), "strong"))
            matrix = Matrix(table, {job.id: job for job in shown}, focused.id if focused else "")
            matrix.focus_wanted.connect(self.focus_wanted)
            column.addWidget(matrix)
        if len(requests) > 1 and (same := alike(requests)):
            column.addSpacing(8)
            column.addWidget(
                plain_label(self.tr("The same in all %n", "", len(requests)), "strong")
            )
            column.addLayout(_rows(same))
        column.addStretch(1)
        self._facts.setWidget(inside)

    def _of_this(self, job: Job, jobs: Sequence[Job]) -> list[tuple[str, str]]:
        made = localised.date_and_time(job.finished_at or job.created_at)
        if job.credit_cost is not None:
            cost = self.tr("{n} credits").format(n=localised.shortest(job.credit_cost))
            made = f"{made} · {cost}"
        differ = varying([one.request for one in jobs])
        rows = [(parameter_label(spec), told_value(spec, job.request)) for spec in differ]
        if job.clip is not None and job.clip.width:
            rows.append((self.tr("Picture"), f"{job.clip.width}×{job.clip.height}"))
        return [*rows, (self.tr("Made"), made)]

    def _build_layout(self) -> None:
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 12, 16, 14)
        foot.setSpacing(10)
        foot.addWidget(self.undo_strip)
        foot.addWidget(self.progress)
        foot.addWidget(self.counts)
        foot.addWidget(self.message)
        self._pair = QHBoxLayout()
        self._pair.setSpacing(8)
        self._pair.addWidget(self.move_button, 1)
        self._pair.addWidget(self.export_button, 1)
        foot.addLayout(self._pair)
        foot.addWidget(self.throw_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._facts, 1)
        column.addLayout(foot)


def _rows(rows: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, 68)
    grid.setColumnStretch(1, 1)
    for line, (label, text) in enumerate(rows):
        value = plain_label(text if len(text) <= _LONGEST else text[:_LONGEST] + "…", wrap=True)
        grid.addWidget(plain_label(label, "muted"), line, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(value, line, 1, Qt.AlignmentFlag.AlignTop)
    return grid


class Progress(QWidget):
    """A piece for each clip, in their order: picked, rejected, or still to be judged."""

    def __init__(self) -> None:
        super().__init__()
        self._tones: list[str] = []
        self.setFixedHeight(_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Those of all pages."""
        tones = {Verdict.PICKED: "done", Verdict.REJECTED: "error"}
        self._tones = [tones.get(job.verdict, "line" if is_open(job) else "muted") for job in jobs]
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            count = len(self._tones)
            gap = _BAR_GAP if count <= 40 else 0
            step = (self.width() + gap) / max(1, count)
            for number, tone in enumerate(self._tones):
                painter.setBrush(color(tone))
                piece = QRectF(number * step, 0, step - gap, self.height())
                if tone == "error" and is_contrast():  # half as high, so that hue is not all
                    piece.setTop(self.height() / 2)
                painter.drawRoundedRect(piece, 3 if gap else 0, 3 if gap else 0)


class Matrix(QWidget):
    """Rows and columns of the sheet in small, with what was thought of each."""

    focus_wanted = Signal(str)  # job id

    def __init__(self, table: Table, jobs: dict[str, Job], focus: str) -> None:
        super().__init__()
        self._table, self._jobs, self._focus = table, jobs, focus
        self._line = self.fontMetrics().height() + 14
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What differs"))

    def sizeHint(self) -> QSize:
        return QSize(200, (len(self._table.rows) + 1) * (self._line + 6))

    def cell(self, row: int, column: int) -> QRect:
        """Where a clip is; row and column -1 are the labels'."""
        label = min(96, self.width() // 3)
        wide = (self.width() - label + 6) // max(1, len(self._table.columns))
        left = 0 if column < 0 else label + column * wide
        top = (row + 1) * (self._line + 6)
        return QRect(left, top, (label if column < 0 else wide) - 6, self._line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for job_id, (row, column) in self._table.places.items():
            if self.cell(row, column).contains(event.position().toPoint()):
                self.focus_wanted.emit(job_id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(paint.sized(self.font(), 12))
            for column, text in enumerate(self._table.columns):
                self._label(painter, self.cell(-1, column), text, "muted", paint.ALIGN_CENTER)
            for row, text in enumerate(self._table.rows):
                self._label(painter, self.cell(row, -1), text, "text", paint.ALIGN_LEFT)
            for job_id, (row, column) in self._table.places.items():
                if job_id in self._jobs:
                    self._paint(painter, self.cell(row, column), self._jobs[job_id])

    @staticmethod
    def _label(painter: QPainter, place: QRect, text: str, role: str, flags: int) -> None:
        painter.setPen(color(role))
        painter.drawText(place, flags, paint.elided(painter.font(), text, place.width()))

    def _paint(self, painter: QPainter, place: QRect, job: Job) -> None:
        paint.well(painter, place, "raised", 5)
        if job.verdict is Verdict.PICKED:
            paint.glyph(painter, place, "check", "done", 14)
        elif job.verdict is Verdict.REJECTED:
            paint.glyph(painter, place, "close", "error", 14)
        else:
            text = "★" * job.stars if job.stars else self.tr("to judge")
            if painter.fontMetrics().horizontalAdvance(text) > place.width() - 4:
                text = localised.number(job.stars) if job.stars else ""
            self._label(painter, place, text, "muted", paint.ALIGN_CENTER)
        if job.id == self._focus:
            paint.outline(painter, place, "accent", 5)
