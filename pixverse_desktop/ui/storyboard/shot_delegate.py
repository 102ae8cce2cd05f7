"""Paints a shot as a card with its name and state, and the seam to the next one."""

from __future__ import annotations

import time

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from pixverse_desktop.core.film.film import Shot
from pixverse_desktop.core.film.plan import FilmPlan, ShotPlan
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.jobs.job_text import one_line
from pixverse_desktop.ui.jobs.thumbnails import Pictures
from pixverse_desktop.ui.storyboard.shot_rows import SHOT_ROLE, ShotRows
from pixverse_desktop.ui.storyboard.shot_text import cut_word, seam_words, shot_words

CARD = QSize(134, 76)
SEAM = 62
TOP = 4  # room for the outline of the chosen one
_RADIUS = 8
_ECHO = 0.22  # how much is seen of the shot before on a card without a take


class ShotDelegate(QStyledItemDelegate):
    """Cards are alike in size; the seam stands at the right of its card."""

    def __init__(self, rows: ShotRows, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._pictures = pictures
        self.hovered_seam = -1  # the row at whose right the pointer is

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        line = option.fontMetrics.height()
        return QSize(CARD.width() + SEAM, TOP + CARD.height() + 8 + 2 * line + 4)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        one, plan = index.data(SHOT_ROLE), self._rows.plan
        if not isinstance(one, ShotPlan) or plan is None:
            return
        card = card_of(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_card(painter, card, one, plan, option.font)
        self._paint_words(painter, card, one, option)
        after = self._rows.shot_at(index.row() + 1)
        if after is not None:
            hovered = index.row() == self.hovered_seam
            self._paint_seam(painter, card, (one.shot, after.shot), plan, option.font, hovered)
        state = paint.state_of(option)
        if state.chosen:
            paint.outline(painter, card.adjusted(-3, -3, 3, 3), "accent", _RADIUS + 2)
            if state.focused:
                paint.outline(painter, card, "text", _RADIUS, 1)
        elif state.focused:
            paint.keyboard_outline(painter, card.adjusted(-3, -3, 3, 3), _RADIUS + 2)
        elif state.pointed and self.hovered_seam < 0:
            paint.outline(painter, card.adjusted(-1, -1, 1, 1), "muted", _RADIUS, 1)
        painter.restore()

    def _paint_card(
        self, painter: QPainter, card: QRect, one: ShotPlan, plan: FilmPlan, font: QFont
    ) -> None:
        paint.well(painter, card, "raised", _RADIUS)
        found = self._pictures.clip(one.take) if one.take is not None else None
        gone = found is not None and found.missing
        if found is not None and not gone and not found.pixmap.isNull():
            paint.picture(painter, card, found.pixmap, _RADIUS, fill=True)
        elif one.take is None:
            self._paint_empty(painter, card, one, plan)
        if gone:
            paint.glyph(painter, card, "missing", "warn", 20)
        small = tabular(paint.sized(font, 11))
        number = str(one.number)
        size = paint.badge_size(small, number)
        place = QRect(card.left() + 6, card.top() + 6, max(size.width(), 18), size.height())
        paint.badge(painter, place, small, number)
        clip = one.take.clip if one.take is not None else None
        seconds = round(clip.duration_s) if clip is not None else one.shot.request.duration_s
        words = self.tr("{n} s").format(n=seconds)
        size = paint.badge_size(small, words)
        place = QRect(0, 0, size.width(), size.height())
        place.moveBottomRight(card.bottomRight() - QPoint(6, 6))
        paint.badge(painter, place, small, words)

    def _paint_empty(self, painter: QPainter, card: QRect, one: ShotPlan, plan: FilmPlan) -> None:
        """What it begins on, faintly, in a dashed frame."""
        frame = one.shot.request.start_frame
        before = plan.shots[one.number - 2] if one.number > 1 else None
        picture = None
        if one.shot.continues and before is not None and before.take is not None:
            picture = self._pictures.clip(before.take)
        elif not one.shot.continues and frame is not None:
            picture = self._pictures.frame(frame)
        if picture is not None and not picture.pixmap.isNull():
            painter.setOpacity(_ECHO if one.shot.continues else 0.6)
            paint.picture(painter, card, picture.pixmap, _RADIUS, fill=True)
            painter.setOpacity(1)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color("faint"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        paint.glyph(painter, card, "sparkle", "muted", 18)

    def _paint_words(
        self, painter: QPainter, card: QRect, one: ShotPlan, option: QStyleOptionViewItem
    ) -> None:
        line = option.fontMetrics.height()
        width = card.width() + SEAM // 2
        name = QRect(card.left(), card.bottom() + 7, width, line)
        painter.setFont(option.font)
        painter.setPen(color("text"))
        text = paint.elided(option.font, one_line(one.shot.name), name.width())
        painter.drawText(name, paint.ALIGN_LEFT, text)
        words = shot_words(one, time.time())
        place = name.translated(0, line + 2)
        if words.glyph:
            mark = QRect(place.left(), place.top(), 14, line)
            paint.glyph(painter, mark, words.glyph, words.tone, 13)
            place.setLeft(place.left() + 18)
        small = tabular(paint.sized(option.font, 12))
        painter.setFont(small)
        painter.setPen(color(words.tone))
        painter.drawText(place, paint.ALIGN_LEFT, paint.elided(small, words.text, place.width()))

    def _paint_seam(
        self,
        painter: QPainter,
        card: QRect,
        shots: tuple[Shot, Shot],
        plan: FilmPlan,
        font: QFont,
        hovered: bool,
    ) -> None:
        before, shot = shots
        area = QRect(card.right() + 1, card.top(), SEAM, card.height())
        middle = area.center().y() - 8
        if shot.continues or before.meets:
            painter.setPen(QPen(color("muted"), 2))
            painter.drawLine(area.left() + 4, middle, area.right() - 4, middle)
        icon = "link" if shot.continues or before.meets else "scissors"
        pill = QRect(0, 0, 28, 22)
        pill.moveCenter(area.center())
        pill.moveTop(middle - 11)
        if shot.continues or before.meets or hovered:
            painter.setPen(QPen(color("text" if hovered else "line"), 1))
            painter.setBrush(color("hover" if hovered else "raised"))
            painter.drawRoundedRect(QRectF(pill).adjusted(0.5, 0.5, -0.5, -0.5), 10.5, 10.5)
        paint.glyph(painter, pill, icon, "text" if hovered else "muted", 14)
        small = paint.sized(font, 11)
        painter.setFont(small)
        painter.setPen(color("muted"))
        text = paint.elided(small, seam_words(plan.film, shot, before) or cut_word(), SEAM - 2)
        place = QRect(area.left(), pill.bottom() + 3, SEAM, 16)
        painter.drawText(place, paint.ALIGN_CENTER, text)


def card_of(item: QRect) -> QRect:
    """Where the picture stands in an item."""
    return QRect(item.left() + 4, item.top() + TOP, CARD.width(), CARD.height())
