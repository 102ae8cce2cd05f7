"""Paints one clip of the sheet: its picture, what is thought of it, the ring."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPainterPath

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import MOST_STARS, Verdict
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.base.theme import color
from pixverse_desktop.ui.jobs import paint

RADIUS = 8
_REJECTED_SHARE = 0.34  # of what a rejected clip would show
_EDGE, _PILL_PAD, _GLYPH, _STAR = 8, 8, 12, 14
_TARGET = 24  # pixels
_SMALL = 150  # pixels of width; below it a pill has no word


def verdict_word(job: Job) -> str:
    """What was thought of a clip, "" for nothing yet."""
    match job.verdict:
        case Verdict.PICKED:
            return translate("Sheet", "Picked")
        case Verdict.REJECTED:
            return translate("Sheet", "Rejected")
        case Verdict.NONE:
            return ""
        case never:
            assert_never(never)


def paint_label(painter: QPainter, text: str, place: QRect) -> None:
    """A value beside its row, on several lines where there is room, or over its column."""
    painter.setPen(color("text"))
    metrics = painter.fontMetrics()
    most = min(4, max(1, place.height() // metrics.height()))
    lines = _lines(painter.font(), text, place.width(), most)
    top = place.center().y() - len(lines) * metrics.height() // 2
    for number, line in enumerate(lines):
        row = QRect(place.left(), top, place.width(), metrics.height())
        painter.drawText(row.translated(0, number * metrics.height()), paint.ALIGN_LEFT, line)


def _lines(font: QFont, text: str, width: int, most: int) -> list[str]:
    """Text broken between its words into ``most`` lines at most, none of them too wide."""
    metrics, rest, lines = QFontMetrics(font), text.split(), list[str]()
    while rest and len(lines) < most - 1:
        line = rest.pop(0)
        while rest and metrics.horizontalAdvance(f"{line} {rest[0]}") <= width:
            line = f"{line} {rest.pop(0)}"
        lines.append(line)
    lines += [" ".join(rest)] if rest else []
    return [paint.elided(font, line, width) for line in lines]


def paint_picture(
    painter: QPainter, place: QRect, image: QImage, source: QRectF, *, rejected: bool
) -> None:
    """A part of a picture fills its place, whose corners are rounded off."""
    if rejected:
        painter.fillRect(place, color("stage"))
        painter.setOpacity(_REJECTED_SHARE)
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    same = source.size().toSize() == place.size() * painter.device().devicePixelRatioF()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not same)
    painter.drawImage(QRectF(place), image, source)
    painter.setOpacity(1.0)


def round_corners(painter: QPainter, place: QRect) -> None:
    """Cheaper than painting through a rounded mask, many times a second."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("bg"))
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    path.addRect(QRectF(place))
    path.addRoundedRect(QRectF(place), RADIUS, RADIUS)
    painter.drawPath(path)


def paint_ring(painter: QPainter, place: QRect) -> None:
    """Two pixels wide, two away."""
    paint.outline(painter, place.adjusted(-4, -4, 4, 4), "accent", RADIUS + 3)


def paint_trouble(painter: QPainter, place: QRect, font: QFont) -> None:
    """Why there is no picture."""
    paint.glyph(painter, place.adjusted(0, 0, 0, -28), "missing", "warn", 22)
    painter.setFont(paint.sized(font, 12))
    painter.setPen(color("warn"))
    words = translate("Sheet", "This clip cannot be read")
    line = QRect(place.left() + 8, place.center().y() + 4, place.width() - 16, 20)
    painter.drawText(line, paint.ALIGN_CENTER, paint.elided(painter.font(), words, line.width()))


def star_places(place: QRect, font: QFont, job: Job) -> list[QRect]:
    """What is pressed for the five stars of a tile: closer together where there is no room."""
    left = place.left() + _EDGE
    if job.verdict is not Verdict.NONE:
        left = _verdict_pill(place, font, job).right() + 7
    high = max(_TARGET, _pill_height(font))
    top = place.bottom() + 1 - _EDGE - (_pill_height(font) + high) // 2
    room = place.right() + 1 - _EDGE - left
    wide = _TARGET if room >= MOST_STARS * _TARGET else _STAR + 1
    return [QRect(left + number * wide, top, wide, high) for number in range(MOST_STARS)]


def paint_marks(painter: QPainter, place: QRect, font: QFont, job: Job, *, focused: bool) -> None:
    """The verdict, and the stars where there are some or may be given."""
    font = paint.sized(font, 12)
    if job.verdict is not Verdict.NONE:
        pill = _verdict_pill(place, font, job)
        _pill(painter, pill)
        picked = job.is_picked
        glyph = QRect(pill.left() + _PILL_PAD, pill.top(), _GLYPH, pill.height())
        role = "good_on_scrim" if picked else "bad_on_scrim"
        paint.glyph(painter, glyph, "check" if picked else "close", role, _GLYPH)
        if place.width() >= _SMALL:
            painter.setFont(font)
            painter.setPen(color(role))
            words = pill.adjusted(_PILL_PAD + _GLYPH + 4, 0, -_PILL_PAD, 0)
            painter.drawText(words, paint.ALIGN_LEFT, verdict_word(job))
    if job.stars or focused:
        stars = star_places(place, font, job)
        if stars[-1].right() > place.right() - _EDGE:
            return
        whole = stars[0].united(stars[-1])
        pill = QRect(whole.left(), 0, whole.width(), _pill_height(font))
        pill.moveCenter(whole.center())
        _pill(painter, pill)
        for number, star in enumerate(stars):
            name = "star" if number < job.stars else "star-outline"
            paint.glyph(painter, star, name, "on_scrim", _STAR)


def paint_corner(painter: QPainter, place: QRect, glyph: str) -> None:
    """A small sign at the upper right."""
    spot = QRect(place.right() - 32, place.top() + 9, 24, 22)
    paint.well(painter, spot, "scrim", 5)
    paint.glyph(painter, spot, glyph, "on_scrim", 14)


def _verdict_pill(place: QRect, font: QFont, job: Job) -> QRect:
    high = _pill_height(font)
    wide = 2 * _PILL_PAD + _GLYPH
    if place.width() >= _SMALL:
        wide += 5 + QFontMetrics(paint.sized(font, 12)).horizontalAdvance(verdict_word(job))
    return QRect(place.left() + _EDGE, place.bottom() + 1 - _EDGE - high, wide, high)


def _pill_height(font: QFont) -> int:
    return QFontMetrics(paint.sized(font, 12)).height() + 6


def _pill(painter: QPainter, area: QRect) -> None:
    paint.well(painter, area, "scrim", area.height() / 2)
