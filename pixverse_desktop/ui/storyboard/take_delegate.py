"""Paints a take of a shot: its picture, which it is, when it was made, for how much."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import clip_length
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.thumbnails import Pictures

PICTURE = QSize(132, 74)
_SMALL, _NARROW = QSize(96, 54), 320  # where there is less room than that
_GAP = 6
_RADIUS = 6
_STARS = 5


class TakeDelegate(QStyledItemDelegate):
    """``in_film`` is the id of the take that counts."""

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.in_film = ""
        self.numbers: dict[str, int] = {}  # of the takes, by the ids of their jobs

    @property
    def height(self) -> int:
        """Of one take, in pixels."""
        return PICTURE.height() + 2 * _GAP

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(200, self.height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        job = index.data(JOB_ROLE)
        if not isinstance(job, Job):
            return
        state = paint.state_of(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state.chosen or state.pointed:
            painter.fillRect(option.rect, color("hover"))
            if state.chosen:
                paint.row_ground(painter, option.rect, 0, chosen=True)
        area = QRect(option.rect.left() + 16, option.rect.top() + _GAP, 0, 0)
        narrow = option.rect.width() < _NARROW
        area.setSize(_SMALL if narrow else PICTURE)
        self._paint_picture(painter, area, job, option)
        if job.id == self.in_film:
            paint.outline(painter, area.adjusted(-3, -3, 3, 3), "text", _RADIUS + 2)
        if state.focused:
            paint.outline(painter, option.rect.adjusted(4, 1, -4, -1), "accent", 4, 1)
        left = area.right() + 14
        room = QRect(left, area.top() + 4, option.rect.right() - 12 - left, 20)
        self._paint_words(painter, room, job, option)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, area: QRect, job: Job, option: QStyleOptionViewItem
    ) -> None:
        paint.picture_well(painter, area, _RADIUS)
        found = self._pictures.clip(job)
        if found is not None and found.missing:
            paint.glyph(painter, area, "missing", "warn", 18)
            return
        if found is not None and not found.pixmap.isNull():
            paint.picture(painter, area, found.pixmap, _RADIUS, fill=True)
        font = tabular(paint.sized(option.font, 11))
        text = clip_length(job)
        size = paint.badge_size(font, text)
        place = QRect(0, 0, size.width(), size.height())
        place.moveBottomRight(area.bottomRight() - QPoint(5, 5))
        paint.badge(painter, place, font, text)

    def _paint_words(
        self, painter: QPainter, room: QRect, job: Job, option: QStyleOptionViewItem
    ) -> None:
        painter.setFont(option.font)
        painter.setPen(color("text"))
        title = take_title(self.numbers.get(job.id, 0))
        painter.drawText(room, paint.ALIGN_LEFT, title)
        small = tabular(paint.sized(option.font, 12))
        if job.id == self.in_film:
            beside = room.adjusted(option.fontMetrics.horizontalAdvance(title) + 10, 0, 0, 0)
            paint.glyph(painter, QRect(beside.left(), beside.top(), 14, 20), "check", "done", 13)
            painter.setFont(small)
            painter.setPen(color("muted"))
            words, beside = self.tr("in the film"), beside.adjusted(18, 0, 0, 0)
            if QFontMetrics(small).horizontalAdvance(words) <= beside.width():
                painter.drawText(beside, paint.ALIGN_LEFT, words)  # else the tick says it
        painter.setFont(small)
        painter.setPen(color("muted"))
        line = room.translated(0, 22)
        facts = take_facts(job)
        if not job.stars and QFontMetrics(small).horizontalAdvance(facts) > line.width():
            facts, _, more = facts.partition(" · ")  # the stars' line is free
            below = paint.elided(small, more, line.width())
            painter.drawText(line.translated(0, 22), paint.ALIGN_LEFT, below)
        painter.drawText(line, paint.ALIGN_LEFT, paint.elided(small, facts, line.width()))
        if job.stars:
            for star in range(_STARS):
                place = QRect(line.left() + star * 17, line.bottom() + 5, 14, 14)
                name = "star" if star < job.stars else "star-outline"
                paint.glyph(painter, place, name, "muted", 13)


def take_title(number: int) -> str:
    """What a take is called."""
    return translate("Shot", "Take {number}").format(number=number)


def take_facts(job: Job) -> str:
    """When it was made, how large, and for how much."""
    parts = [localised.date_and_time(job.finished_at or job.created_at)]
    if job.request.resolution:
        parts.append(plain(job.request.resolution, 12))
    if job.credit_cost is not None:
        text = translate("Shot", "{n} credits")
        parts.append(text.format(n=localised.shortest(job.credit_cost)))
    return " · ".join(parts)
