"""Paints one clip of the library: its picture, badges and prompt."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import DEMO_ORIGIN, clip_length, one_line, state_word
from pixverse_desktop.ui.jobs.model import JOB_ROLE
from pixverse_desktop.ui.jobs.new_clips import paint_dot
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.library.grid import CAPTION, RADIUS, TileGrid
from pixverse_desktop.ui.library.paged_model import PICKED_ROLE, TAKES_ROLE

_EDGE = 6
_STACK_GLYPH = 12
_ALL_BADGES_FROM = 190  # pixels of width; smaller tiles show the length alone


class TileDelegate(QStyledItemDelegate):
    """The grid says where, and when tiles go past too fast to be read; ``scrubbed`` is a frame to
    show instead of a clip's own picture."""

    def __init__(self, pictures: Pictures, grid: TileGrid) -> None:
        super().__init__(grid)
        self._pictures = pictures
        self._grid = grid
        self.new_clips: Container[str] = frozenset()  # job ids
        self.scrubbed: tuple[str, QPixmap, float] | None = None  # job id, frame, 0..1

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.size())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        area = QRect(option.rect).adjusted(0, 0, 0, -CAPTION)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint.picture_well(painter, area, RADIUS)
        job = index.data(JOB_ROLE)
        if isinstance(job, Job):
            self._paint_picture(painter, option, area, job)
        if isinstance(job, Job) and not self._grid.is_flying:
            self._paint_badges(painter, option, area, job, bool(index.data(PICKED_ROLE)))
            self._paint_stack(painter, option, area, index.data(TAKES_ROLE))
            self._paint_caption(painter, option, job)
        self._paint_outline(painter, option, area)
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, job: Job
    ) -> None:
        if self.scrubbed is not None and self.scrubbed[0] == job.id:
            paint.picture(painter, area, self.scrubbed[1], RADIUS, fill=False)
            line = QRect(area.left() + 8, area.bottom() - 4, area.width() - 16, 3)
            painter.fillRect(line, color("scrim"))
            line.setWidth(round(line.width() * self.scrubbed[2]))
            painter.fillRect(line, color("accent"))
            return
        if job.state is not JobState.SAVED:
            self._paint_words(painter, option, area, "clock", "running", state_word(job))
            return
        found = self._pictures.clip(job)
        if found is None:
            return
        if found.missing:
            self._paint_words(painter, option, area, "missing", "warn", self.tr("Missing"))
        elif found.pixmap.isNull():
            paint.glyph(painter, area, "film", "muted", 24)
        else:
            paint.picture(painter, area, found.pixmap, RADIUS, fill=False)

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        glyph: str,
        role: str,
        words: str,
    ) -> None:
        paint.glyph(painter, area.adjusted(0, 0, 0, -24), glyph, role, 20)
        font = paint.sized(option.font, 12)
        painter.setFont(font)
        painter.setPen(color(role))
        line = QRect(area.left() + 8, area.center().y() + 4, area.width() - 16, 20)
        painter.drawText(line, paint.ALIGN_CENTER, paint.elided(font, words, line.width()))

    def _paint_badges(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        job: Job,
        picked: bool,
    ) -> None:
        font = tabular(paint.sized(option.font, 11))
        if picked:
            star = QRect(area.left() + 6, area.top() + 6, 22, 22)
            paint.well(painter, star, "scrim", 11)
            paint.glyph(painter, star, "star", "star", 14)
        if job.id in self.new_clips:
            paint_dot(painter, area.left() + (34 if picked else 8), area.top() + 8)
        facts = [clip_length(job)]
        if area.width() >= _ALL_BADGES_FROM:
            facts.append(job.request.resolution)
            if job.clip is not None and job.clip.has_audio:
                facts.append(self.tr("sound"))
        origin = self.tr("Demo") if job.origin == DEMO_ORIGIN else ""
        paint.foot_badges(painter, area, font, facts, origin)

    def _paint_stack(
        self, painter: QPainter, option: QStyleOptionViewItem, area: QRect, takes: int
    ) -> None:
        """How many takes stand behind this one, in the corner."""
        if takes < 2:
            return
        font = tabular(paint.sized(option.font, 11))
        text = localised.number(takes)
        size = paint.badge_size(font, text) + QSize(_STACK_GLYPH + 2, 4)
        left = area.right() + 1 - size.width() - _EDGE
        place = QRect(left, area.top() + _EDGE, size.width(), size.height())
        paint.badge(painter, place, font, "")
        inside = place.adjusted(5, 0, -5, 0)
        glyph = QRect(inside.left(), inside.top(), _STACK_GLYPH, inside.height())
        paint.glyph(painter, glyph, "stack", "on_scrim", _STACK_GLYPH)
        painter.setPen(color("on_scrim"))
        painter.drawText(inside, paint.ALIGN_RIGHT, text)

    def _paint_caption(self, painter: QPainter, option: QStyleOptionViewItem, job: Job) -> None:
        font = paint.sized(option.font, 12)
        whole = QRect(option.rect)
        line = QRect(whole.left() + 2, whole.bottom() + 1 - CAPTION, whole.width() - 4, CAPTION)
        painter.setFont(font)
        painter.setPen(color("muted"))
        words = paint.elided(font, one_line(job.request.prompt), line.width())
        painter.drawText(line, paint.ALIGN_LEFT, words)

    def _paint_outline(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        state = paint.state_of(option)
        if state.chosen:
            paint.outline(painter, area.adjusted(-3, -3, 3, 3), "accent", RADIUS + 3)
            if state.focused:
                paint.outline(painter, area, "panel", RADIUS, 1)
        elif state.focused:
            paint.keyboard_outline(painter, area.adjusted(-3, -3, 3, 3), RADIUS + 3)
        elif state.pointed:
            paint.outline(painter, area, "faint", RADIUS, 1)
