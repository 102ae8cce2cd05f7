"""Paints a saved clip in the grid: its picture, length, and where it comes from."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import DEMO_ORIGIN, clip_length
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.new_clips import paint_dot
from pixverse_desktop.ui.jobs.thumbnails import Pictures

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionViewItem

CELL_GAP = 4  # around every picture, so that neighbours are twice as far apart
_RADIUS = 6


class RecentDelegate(QStyledItemDelegate):
    """The view says how large a cell is; every cell is alike."""

    def __init__(self, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.cell = QSize(160, 94)
        self.new_clips: Container[str] = frozenset()  # job ids
        self.playing = ""  # the id of the job on the stage

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return self.cell

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        job = index.data(JOB_ROLE)
        if not isinstance(job, Job):
            return
        area = option.rect.adjusted(CELL_GAP, CELL_GAP, -CELL_GAP, -CELL_GAP)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.picture_well(painter, area, _RADIUS)
        missing = self._paint_picture(painter, option, area, job)
        font = tabular(paint.sized(option.font, 11))
        origin = self.tr("Demo") if job.origin == DEMO_ORIGIN else ""
        paint.foot_badges(painter, area, font, [] if missing else [clip_length(job)], origin)
        if job.id in self.new_clips:
            paint_dot(painter, area.left() + 6, area.top() + 6)
        self._paint_outline(painter, option, area, plays=job.id == self.playing)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, job: Job
    ) -> bool:
        found = self._pictures.clip(job)
        if found is None:
            return False
        if not found.missing:
            if found.pixmap.isNull():
                paint.glyph(painter, area, "film", "muted", 20)
            else:
                paint.picture(painter, area, found.pixmap, _RADIUS, fill=False)
            return False
        font = paint.sized(option.font, 12)
        painter.setFont(font)
        painter.setPen(color("warn"))
        line = QRect(area.left() + 4, area.center().y() + 2, area.width() - 8, 20)
        painter.drawText(line, paint.ALIGN_CENTER, self.tr("Missing"))
        paint.glyph(painter, area.adjusted(0, 0, 0, -area.height() // 3), "missing", "warn", 18)
        return True

    def _paint_outline(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, *, plays: bool
    ) -> None:
        """The ring is on what plays; the keyboard's place is in the text's colour."""
        state = paint.state_of(option)
        if plays:
            paint.outline(painter, area.adjusted(-2, -2, 2, 2), "accent", _RADIUS + 2)
            if state.focused:
                paint.outline(painter, area, "text", _RADIUS, 1)
        elif state.focused:
            paint.keyboard_outline(painter, area.adjusted(-2, -2, 2, 2), _RADIUS + 2)
        elif state.pointed:
            paint.outline(painter, area.adjusted(-1, -1, 1, 1), "muted", _RADIUS + 1, 1)
