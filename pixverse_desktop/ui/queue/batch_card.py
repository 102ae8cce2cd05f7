"""Batches as cards over the queue: how far each is, a cell a clip, and what can be told to all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import ACTIVE, ENDED_BADLY, IN_FLIGHT, JobState
from pixverse_desktop.core.model.price import shape_of
from pixverse_desktop.services.engine_bridge import EngineBridge
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label

_MOST_CARDS = 2
_TO_COME = ACTIVE | {JobState.UNCONFIRMED}  # what may still be charged, or was
_COLUMNS = (10, 20, 40, 60)  # the first of these that needs no more than so many lines is taken
_MOST_LINES = 3
_GAP = 3  # pixels
_HEIGHTS = {10: 18, 20: 12, 40: 8, 60: 6}  # of a cell, in pixels


class Cells(QWidget):
    """One cell a clip, in the order of the table: its picture, a cross, blue, or blank."""

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._jobs: Sequence[Job] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """Those of one batch."""
        lines, self._jobs = self._shape()[1], jobs
        if self._shape()[1] != lines:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        columns, lines = self._shape()
        return QSize(200, lines * (_HEIGHTS[columns] + _GAP) - _GAP)

    def place_of(self, number: int) -> QRect:
        """Where the cell of the ``number``-th clip is, from 0."""
        columns, _lines = self._shape()
        line, column = divmod(number, columns)
        step = (self.width() + _GAP) / columns
        left, right = round(column * step), round((column + 1) * step) - _GAP
        top = line * (_HEIGHTS[columns] + _GAP)
        return QRect(left, top, max(2, right - left), _HEIGHTS[columns])

    def _shape(self) -> tuple[int, int]:
        """Columns and lines."""
        count = max(1, len(self._jobs))
        fitting = (c for c in _COLUMNS if -(-count // c) <= _MOST_LINES)
        columns = next(fitting, _COLUMNS[-1])
        return columns, -(-count // columns)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number, job in enumerate(self._jobs):
                place = self.place_of(number)
                if place.intersects(event.rect()):
                    self._paint(painter, place, job)

    def _paint(self, painter: QPainter, place: QRect, job: Job) -> None:
        if job.state in IN_FLIGHT:
            paint.well(painter, place, "running", 2)
        elif job.state in ENDED_BADLY or job.state is JobState.UNCONFIRMED:
            tone = "error" if job.state in ENDED_BADLY else "warn"
            paint.outline(painter, place, tone, 2, 1)
            if place.height() >= 12:
                paint.glyph(painter, place, "close", tone, 10)
        else:
            paint.well(painter, place, "muted" if job.state is JobState.SAVED else "hover", 2)
            found = self._pictures.clip(job) if job.state is JobState.SAVED else None
            if found is not None and not found.pixmap.isNull():
                paint.picture(painter, place, found.pixmap, 2, fill=True)


class BatchCard(QWidget):
    """One batch, as long as anything of it waits, is under way or ended badly."""

    rows_wanted = Signal(object)  # list of Job
    done = Signal(str, object)  # a sentence, and what takes it back
    said = Signal(str)
    sheet_requested = Signal(object, str)  # list of Job to pick the best of, their name

    def __init__(self, bridge: EngineBridge, pictures: Pictures) -> None:
        super().__init__()
        self._bridge = bridge
        self.jobs: list[Job] = []
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card")
        self.title = ElidedLabel("", "")
        self.title.setMinimumHeight(24)  # its buttons come and go
        self.sums = plain_label("", "secondary", wrap=True)
        self.cells = Cells(pictures)
        self.hold = IconButton("pause", self.tr("Pause what waits"), size=24, glyph=14)
        self.hold.clicked.connect(self.on_hold_clicked)
        self.choose = IconButton("chevron-down", self.tr("Choose its rows"), size=24, glyph=14)
        self.choose.clicked.connect(self.on_choose_clicked)
        self.retry, self.cancel, self.judge = QPushButton(), QPushButton(), QPushButton()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.hold)
        head.addWidget(self.choose)
        row = QWidget()
        flow = FlowLayout(6, row)
        for button, slot, name in (
            (self.judge, self.on_judge_clicked, self.tr("Pick the best…")),
            (self.retry, self.on_retry_clicked, self.tr("Retry what failed")),
            (self.cancel, self.on_cancel_clicked, self.tr("Cancel the rest")),
        ):
            button.setAccessibleName(name)
            set_style(button, kind="small")
            button.clicked.connect(slot)
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 6, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.cells)
        column.addWidget(self.sums)
        column.addWidget(row)

    def show_jobs(self, jobs: Sequence[Job]) -> None:
        """All of the batch that the user did not take off the list, in the order of its table."""
        self.jobs = sorted(jobs, key=lambda job: (job.row, job.created_at, job.id))
        waiting, failed = self._waiting(), self._failed()
        name = self._film_name() or next((job.label for job in self.jobs if job.label), "")
        prompt = one_line(self.jobs[0].request.prompt)
        self.title.setText(name or prompt)
        self.cells.show_jobs(self.jobs)
        self.sums.setText(self._told(failed))
        self.setAccessibleName(f"{name or prompt}, {self.sums.text()}")
        paused = bool(waiting) and all(job.is_paused for job in waiting)
        word = self.tr("Let it go on") if paused else self.tr("Pause what waits")
        self.hold.set_icon("play" if paused else "pause")
        self.hold.setToolTip(word)
        self.hold.setAccessibleName(word)
        self.hold.setVisible(bool(waiting))
        self.choose.setVisible(bool(waiting))
        for button, shown, text in (
            (self.judge, len(self._made()) > 1, self.tr("Pick the best…")),
            (self.retry, failed, self._retry_text(failed)),
            (self.cancel, waiting, self.tr("Cancel the rest")),
        ):
            button.setVisible(bool(shown))
            button.setText(text)
            button.setAccessibleName(text)

    def _told(self, failed: Sequence[Job]) -> str:
        made = len(self._made())
        text = self.tr("{done} of {all} done")
        parts = [text.format(done=localised.number(made), all=localised.number(len(self.jobs)))]
        if failed:
            parts.append(self.tr("%Ln failed", "", len(failed)))
        charged = sum((job.credit_cost or ZERO for job in self.jobs), ZERO)
        open_ = (job for job in self.jobs if job.credit_cost is None and job.state in _TO_COME)
        whole = charged + self._upper(open_)
        text = self.tr("{charged} of about {all} credits")
        return " · ".join([
            *parts,
            text.format(charged=localised.shortest(charged), all=localised.shortest(whole)),
        ])  # fmt: skip

    def _retry_text(self, failed: Sequence[Job]) -> str:
        text = self.tr("Retry %n failed · {n} credits", "", len(failed))
        return text.format(n=localised.shortest(self._upper(failed)))

    def _upper(self, jobs: Iterable[Job]) -> Decimal:
        """The most that these may cost; a thousand of them are of few kinds."""
        kinds = Counter(shape_of(job.request) for job in jobs)
        price = self._bridge.known_price
        return sum((count * price(kind).high for kind, count in kinds.items()), ZERO)

    def _film_name(self) -> str:
        """Of the film that these are shots of, "" for none."""
        films = self._bridge.films()
        film = films.find(self.jobs[0].film) if films is not None else None
        return film.name if film is not None else ""

    def _made(self) -> list[Job]:
        return [job for job in self.jobs if job.state is JobState.SAVED]

    def _waiting(self) -> list[Job]:
        return [job for job in self.jobs if job.state is JobState.QUEUED]

    def _failed(self) -> list[Job]:
        return [job for job in self.jobs if job.state in ENDED_BADLY]

    @Slot()
    def on_hold_clicked(self) -> None:
        waiting = self._waiting()
        ids = [job.id for job in waiting]
        if all(job.is_paused for job in waiting):
            self._bridge.go_on(ids)
        else:
            self._bridge.pause_jobs(ids)

    @Slot()
    def on_judge_clicked(self) -> None:
        self.sheet_requested.emit(self._made(), self.title.text())

    @Slot()
    def on_retry_clicked(self) -> None:
        for job in self._failed():
            self._bridge.retry(job.id)

    @Slot()
    def on_cancel_clicked(self) -> None:
        waiting = [job.id for job in self._waiting()]

        def cancelled(found: tuple[int, int] | Problem) -> None:
            if isinstance(found, Problem):
                self.said.emit(translated(found.message))
                return
            text = self.tr("%n cancelled.", "", found[0])
            if found[1]:
                text += " " + self.tr("%n go on and are charged.", "", found[1])
            self.done.emit(text, partial(self._bring_back, waiting))

        if waiting:
            self._bridge.withdraw_batch(self.jobs[0].batch, cancelled)

    def _bring_back(self, job_ids: Sequence[str]) -> None:
        self._bridge.queue_again(job_ids)

    @Slot()
    def on_choose_clicked(self) -> None:
        self.rows_wanted.emit(self._waiting())


class BatchCards(QWidget):
    """The newest batches that are not done; nothing where there are none."""

    rows_wanted = Signal(object)  # list of Job that wait
    done = Signal(str, object)  # as of a card
    said = Signal(str)
    sheet_requested = Signal(object, str)

    def __init__(self, bridge: EngineBridge, pictures: Pictures) -> None:
        super().__init__()
        self._bridge = bridge
        self._pictures = pictures
        self._batches: dict[str, dict[str, Job]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 2, 16, 8)
        self._column.setSpacing(8)
        self.cards: list[BatchCard] = []
        pictures.loaded.connect(self.on_pictures_loaded)
        bridge.jobs_reset.connect(self.on_bridge_jobs_reset)
        bridge.job_changed.connect(self.on_bridge_job_changed)
        bridge.jobs_changed.connect(self.on_bridge_jobs_changed)
        bridge.films_reset.connect(self.on_bridge_films_reset)
        bridge.film_changed.connect(self.on_bridge_film_changed)
        self.on_bridge_jobs_reset(tuple(bridge.jobs.values()))

    @Slot(object)
    def on_bridge_jobs_reset(self, jobs: Iterable[Job]) -> None:
        self._batches.clear()
        self._take(jobs)
        self._show()

    @Slot(object)
    def on_bridge_job_changed(self, job: Job) -> None:
        if job.batch:
            self._take([job])
            self._show()

    @Slot(object)
    def on_bridge_jobs_changed(self, jobs: Iterable[Job]) -> None:
        self._take(jobs)
        self._show()

    @Slot()
    def on_bridge_films_reset(self) -> None:
        self._show()  # a film may have another name

    @Slot(str)
    def on_bridge_film_changed(self, _film_id: str) -> None:
        self._show()

    @Slot(str)
    def on_pictures_loaded(self, _key: str) -> None:
        for card in self.cards:
            card.cells.update()

    def _take(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            if not job.batch:
                continue
            batch = self._batches.setdefault(job.batch, {})
            if job.hidden:
                batch.pop(job.id, None)
            else:
                batch[job.id] = job

    def _show(self) -> None:
        live = [list(jobs.values()) for jobs in self._batches.values() if _is_live(jobs.values())]
        live.sort(key=lambda jobs: min(job.created_at for job in jobs), reverse=True)
        while len(self.cards) < min(len(live), _MOST_CARDS):
            self._add_card()
        for number, card in enumerate(self.cards):
            if number < len(live):
                card.show_jobs(live[number])
            card.setVisible(number < len(live))
        self.setVisible(bool(live))

    def _add_card(self) -> None:
        card = BatchCard(self._bridge, self._pictures)
        card.rows_wanted.connect(self.rows_wanted)
        card.done.connect(self.done)
        card.said.connect(self.said)
        card.sheet_requested.connect(self.sheet_requested)
        self._column.addWidget(card)
        self.cards.append(card)


def _is_live(jobs: Collection[Job]) -> bool:
    return len(jobs) > 1 and any(job.state is not JobState.SAVED for job in jobs)
