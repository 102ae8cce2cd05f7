"""On the stage while a clip is made: its start frame or its shape, dimmed, with words and time."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.output_size import output_size
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import color, is_contrast
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import RowText, row_text
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.playback.fitted import fitted

_MARGIN = 24
_RADIUS = 8
_DIMMED = 0.32
_TICK_MS = 1000
_USUAL_SHAPE = QSize(16, 9)


class MakingPage(QWidget):
    """Paints what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self._words = RowText("", "", "", "muted", "")
        self._shape = _USUAL_SHAPE
        self._picture = QPixmap()

    def show_words(self, words: RowText, shape: QSize, picture: QPixmap) -> None:
        """What is made, how far it is, the clip's shape and its start frame, null for none."""
        self._words, self._shape, self._picture = words, shape, picture
        self.setAccessibleName(words.spoken())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        place = fitted(self._shape, self.rect(), _MARGIN)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("raised"))
            painter.drawRoundedRect(place, _RADIUS, _RADIUS)
            if not (self._picture.isNull() or is_contrast()):
                painter.setOpacity(_DIMMED)
                painter.drawPixmap(place, self._picture)
                painter.setOpacity(1.0)
            self._paint_words(painter, place)

    def _paint_words(self, painter: QPainter, place: QRect) -> None:
        line = self.fontMetrics().height() + 6
        room = QRect(place.left() + 16, 0, place.width() - 32, line)
        room.moveTop(place.center().y() - line * 3 // 2)
        strong = paint.sized(self.font(), 15)
        strong.setBold(True)
        for words, font, role in (
            (self._words.prompt, strong, "text"),
            (self._words.line, self.font(), "muted"),
            (self._words.aside, self.font(), self._words.tone),
        ):
            painter.setFont(font)
            painter.setPen(color(role))
            painter.drawText(room, paint.ALIGN_CENTER, paint.elided(font, words, room.width()))
            room.translate(0, line)


class AwaitedClip(QObject):
    """Keeps the page of one job under way up to date, for as long as it is ``awaited``."""

    def __init__(
        self,
        context: UiContext,
        page: MakingPage,
        parent: QObject,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._bridge = context.bridge
        self._page = page
        self._now = now
        self.job: Job | None = None
        self._pictures = Pictures(context, self)
        self._pictures.loaded.connect(self.refresh)
        self.timer = QTimer(self)
        self.timer.setInterval(_TICK_MS)
        self.timer.timeout.connect(self.refresh)

    def show(self, job: Job | None) -> None:
        """Tell of ``job``, or of none any more."""
        self.job = job
        if job is None:
            self.timer.stop()
        else:
            self.refresh()
            self.timer.start()

    @Slot()
    def refresh(self) -> None:
        """What is known at this moment."""
        job = self.job
        if job is None:
            return
        request = job.request
        words = row_text(job, self._now(), None, self._bridge.expected_s(request))
        width, height = output_size(request) or (0, 0)
        picture = self._pictures.start_frame(job)
        shape = QSize(width, height) if width and height else _USUAL_SHAPE
        self._page.show_words(words, shape, picture.pixmap if picture else QPixmap())
