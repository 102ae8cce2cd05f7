"""The line at the bottom: what is under way, where clips go and how much room is left."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Price, Shape, request_of, shape_of
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.text import writable
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs.job_text import clock
from pixverse_desktop.ui.widgets.labels import ElidedLabel, html_text, plain_label, tip_text


class FolderButton(QPushButton):
    """A path that is elided in the middle; a click reveals the folder."""

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        set_style(self, kind="link")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_path(self, path: str) -> None:
        """Show a path, the home folder as ~."""
        self._path = path
        self.setAccessibleName(self.tr("Clip folder: {path}").format(path=path))
        self.setAccessibleDescription(self.tr("Show it"))
        self.setToolTip(tip_text(self.tr("Show {path}").format(path=path)))
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = QFontMetrics(self.font()).horizontalAdvance(self._path) + 12
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(40, self.width() - 12)
        shown = self.fontMetrics().elidedText(self._path, Qt.TextElideMode.ElideMiddle, room)
        self.setText(shown.replace("&", "&&"))


class ActiveJobCounts:
    """What is under way, counted by service as single jobs change."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._active: dict[str, Job] = {}
        self._counts: Counter[str] = Counter()
        self._credits: dict[str, Decimal] = {}
        self._unsent: dict[str, tuple[str, Shape]] = {}  # their charges are not in the balance yet
        self._shapes: Counter[tuple[str, Shape]] = Counter()  # of those
        self._expiring: dict[str, Job] = {}  # made at the service and not saved yet
        for job in jobs:
            self.put(job)

    def put(self, job: Job) -> None:
        """A new snapshot of a job."""
        old = self._active.pop(job.id, None)
        self._expiring.pop(job.id, None)
        self._put_unsent(job)
        if old is not None:
            self._counts[old.origin] -= 1
            self._add(old, -_cost(old))
        if job.is_active and not job.hidden:
            self._active[job.id] = job
            self._counts[job.origin] += 1
            self._add(job, _cost(job))
            if job.finished_at and job.expires_at:
                self._expiring[job.id] = job

    def count(self, origin_id: str) -> int:
        """Jobs under way at a service."""
        return self._counts[origin_id]

    def credits(self, origin_id: str) -> Decimal:
        """What they cost."""
        return self._credits.get(origin_id, ZERO)

    def waiting(self, origin_id: str) -> int:
        """How many of them were not sent yet."""
        return sum(n for (origin, _), n in self._shapes.items() if origin == origin_id)

    def unsent(self, origin_id: str, price: Callable[[ClipRequest], Price]) -> Decimal:
        """The most that what waits to be sent may cost by ``price``."""
        return sum(
            (
                n * price(request_of(shape)).high
                for (origin, shape), n in self._shapes.items()
                if n and origin == origin_id
            ),
            ZERO,
        )

    def _put_unsent(self, job: Job) -> None:
        if before := self._unsent.pop(job.id, None):
            self._shapes[before] -= 1
        if job.state in (JobState.QUEUED, JobState.SUBMITTING):
            self._unsent[job.id] = key = (job.origin, shape_of(job.request))
            self._shapes[key] += 1

    def _add(self, job: Job, credits: Decimal) -> None:
        self._credits[job.origin] = self.credits(job.origin) + credits

    def soonest_expiry(self, origin_id: str) -> float | None:
        """When the first clip that waits to be fetched is gone (seconds since 1970)."""
        jobs = self._expiring.values()
        times = [job.expires_at for job in jobs if job.origin == origin_id and job.expires_at]
        return min(times, default=None)


def _cost(job: Job) -> Decimal:
    """What a job was charged, or may be."""
    return job.price if job.credit_cost is None else job.credit_cost


class StatusBar(QWidget):
    """28 pixels high at the usual type size."""

    folder_clicked = Signal()
    space_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="foot")
        self.setMinimumHeight(28)
        self.work = ElidedLabel("", "secondary")
        self.folder = FolderButton()
        self.folder.clicked.connect(self.folder_clicked)
        self.space = plain_label("", "secondary")
        self.awake = plain_label("· " + self.tr("Keeping this computer awake"), "secondary")
        why = self.tr(
            "Clips that are paid for are being made and fetched. Whether this computer may sleep "
            "meanwhile is a setting, on the page System."
        )
        self.awake.setToolTip(html_text(why))
        self.awake.setAccessibleDescription(why)
        self.awake.hide()
        left = QHBoxLayout()  # the word comes and goes without moving what is beside it
        left.setSpacing(4)
        left.addWidget(self.work)
        left.addWidget(self.awake)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 1, 16, 0)
        row.setSpacing(4)
        row.addLayout(left, 2)
        row.addWidget(self.folder, 2)
        row.addWidget(self.space)
        self._timer = QTimer(self)
        self._timer.setInterval(30_000)
        self._timer.timeout.connect(self.on_timer_timeout)
        self._timer.start()

    def set_work(self, work: ActiveJobCounts, origin_id: str) -> None:
        """Say what is under way at the service in use."""
        count = work.count(origin_id)
        if not count:
            self.work.setText(self.tr("Idle"))
            return
        waiting = work.waiting(origin_id)
        parts = [self.tr("%n clips being made", "", count - waiting)] if count > waiting else []
        parts += [self.tr("%n waiting", "", waiting)] if waiting else []
        words = " · ".join(parts)
        money = self.tr("{n} credits").format(n=localised.shortest(work.credits(origin_id)))
        soonest = work.soonest_expiry(origin_id)
        if soonest is not None:
            left = clock(soonest - time.time())
            money = self.tr("a finished clip expires in {time}").format(time=left)
        self.work.setText(f"{words} · {money}")

    def set_folder(self, folder: Path) -> None:
        """Where clips are saved."""
        home = str(Path.home())
        text = writable(str(folder))
        self.folder.set_path("~" + text[len(home) :] if text.startswith(home) else text)

    def set_space(self, free_bytes: int | None) -> None:
        """Free room at the clip folder; None where its file system does not tell."""
        if free_bytes is None:
            self.space.setText("· " + self.tr("free space unknown"))
            set_style(self.space, role="secondary")
            return
        gigabytes = free_bytes / 1e9
        number = localised.number(gigabytes, 0 if gigabytes >= 10 else 1)
        self.space.setText("· " + self.tr("{n} GB free").format(n=number))
        set_style(self.space, role="secondary" if gigabytes >= 1 else "note")

    def show_message(self, text: str) -> None:
        """Show something else than the work under way, such as that the program closes."""
        self.work.setText(text)

    @Slot()
    def on_timer_timeout(self) -> None:
        self.space_wanted.emit()
