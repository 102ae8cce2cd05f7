"""All shots of a film on paper: their pictures with numbers, names and seconds. On a worker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.services.export import replacing
from pixverse_desktop.ui.jobs.thumbnails import read_clip

_COLUMNS, _LINES = 4, 3  # on a page
_WIDTH = 1600.0  # of the drawing, whatever it is drawn on
_MARGIN, _GAP = 48.0, 24.0
_CAPTION, _HEAD = 52.0, 64.0
_INK, _GREY, _PAPER = QColor("#1A1E23"), QColor("#5B6570"), QColor("#FFFFFF")
_EMPTY = QColor("#ECEEF1")
_PDF_DPI = 150


@record
class SheetShot:
    """A shot as it is told; ``clip`` is None where there is no take."""

    number: int
    name: str
    length: str
    clip: Path | None


@record
class ContactSheet:
    """What is drawn; ``cache`` is where small pictures are kept, ``font`` the window's."""

    title: str
    shots: Sequence[SheetShot]
    cache: Path | None
    font: QFont


def write_contact_sheet(sheet: ContactSheet, target: Path) -> None:
    """BLOCKING. A PDF where the name ends so, else a PNG. Raises UserError (DISK)."""
    data = QBuffer()
    data.open(QBuffer.OpenModeFlag.WriteOnly)
    if target.suffix.lower() == ".pdf":
        _pdf(sheet, data)
    else:
        _png(sheet, data)
    try:
        with replacing(target) as aside:
            aside.write_bytes(bytes(data.data().data()))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = Message("not_written", name=target.name, reason=reason)
        raise UserError(problem(ProblemCode.DISK, message, str(error))) from error


def page_height(lines: int) -> float:
    """Of a drawing with so many lines of shots."""
    return 2 * _MARGIN + _HEAD + lines * _line_height() - _GAP


def _png(sheet: ContactSheet, data: QBuffer) -> None:
    lines = max(1, -(-len(sheet.shots) // _COLUMNS))
    image = QImage(int(_WIDTH), int(page_height(lines)), QImage.Format.Format_RGB32)
    image.fill(_PAPER)
    with QPainter(image) as painter:
        _draw(painter, sheet, sheet.shots)
    image.save(data, "png")  # type: ignore[call-overload]


def _pdf(sheet: ContactSheet, data: QBuffer) -> None:
    writer = QPdfWriter(data)
    writer.setTitle(sheet.title)
    writer.setResolution(_PDF_DPI)
    page = QPageSize(QPageSize.PageSizeId.A4)
    none = QMarginsF(0, 0, 0, 0)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Landscape, none))
    each = _COLUMNS * _LINES
    with QPainter(writer) as painter:
        room = QSizeF(writer.width(), writer.height())
        scale = min(room.width() / _WIDTH, room.height() / page_height(_LINES))
        painter.scale(scale, scale)
        for first in range(0, max(1, len(sheet.shots)), each):
            if first:
                writer.newPage()
            _draw(painter, sheet, sheet.shots[first : first + each])


def _draw(painter: QPainter, sheet: ContactSheet, shots: Sequence[SheetShot]) -> None:
    """One page in the drawing's own units."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(_INK)
    painter.setFont(_font(sheet.font, 30, bold=True))
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    head = QRectF(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, _HEAD)
    painter.drawText(head, int(left), _elided(painter.font(), sheet.title, head.width()))
    for place, shot in enumerate(shots):
        line, column = divmod(place, _COLUMNS)
        width = _cell_width()
        area = QRectF(
            _MARGIN + column * (width + _GAP),
            _MARGIN + _HEAD + line * _line_height(),
            width,
            width * 9 / 16,
        )
        _draw_shot(painter, sheet, shot, area)


def _draw_shot(painter: QPainter, sheet: ContactSheet, shot: SheetShot, area: QRectF) -> None:
    image = read_clip(sheet.cache, shot.clip) if shot.clip is not None else QImage()
    painter.fillRect(area, _EMPTY)
    if not image.isNull():
        mode = Qt.AspectRatioMode.KeepAspectRatio
        size = QSizeF(image.size()).scaled(area.size(), mode)
        place = QRectF(area.topLeft(), size)
        place.moveCenter(area.center())
        painter.drawImage(place, image)
    else:
        painter.setPen(QPen(_GREY, 1.5, Qt.PenStyle.DashLine))
        painter.drawRect(area)
    words = QRectF(area.left(), area.bottom() + 8, area.width(), _CAPTION - 8)
    bold, plain = _font(sheet.font, 20, bold=True), _font(sheet.font, 18)
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    seconds = QFontMetricsF(plain).horizontalAdvance(shot.length) + 12
    painter.setFont(bold)
    painter.setPen(_INK)
    title = f"{shot.number}  {shot.name}"
    painter.drawText(words, flags, _elided(bold, title, words.width() - seconds))
    painter.setFont(plain)
    painter.setPen(_GREY)
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
    painter.drawText(words, right, shot.length)


def _cell_width() -> float:
    return (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) / _COLUMNS


def _line_height() -> float:
    return _cell_width() * 9 / 16 + _CAPTION + _GAP


def _font(font: QFont, size: int, *, bold: bool = False) -> QFont:
    result = QFont(font)
    result.setPixelSize(size)
    result.setBold(bold)
    return result


def _elided(font: QFont, text: str, width: float) -> str:
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, width))
