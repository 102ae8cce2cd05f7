"""One well: shows a start or end picture in its real shape and takes another one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.ui.base.command import Command, Scope
from pixverse_desktop.ui.base.commands import command_pressed
from pixverse_desktop.ui.base.theme import color, icon, is_contrast, pixels, stroke
from pixverse_desktop.ui.compose.drop_offer import SLOT_MIME, FrameSlot
from pixverse_desktop.ui.compose.frame_drops import FrameDrops
from pixverse_desktop.ui.jobs.value_labels import shape_of
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import tip_text

_RADIUS = 6.0


class FrameWell(QAbstractButton):
    """A click or Space opens a file, as its commands do; drags go to FrameDrops."""

    pick_requested = Signal(str)
    clear_requested = Signal(str)
    paste_requested = Signal(str)
    key_scopes = (Scope.FRAME,)

    def __init__(self, slot: FrameSlot, title: str, short: str, drops: FrameDrops) -> None:
        super().__init__()
        self.slot = slot
        self._title = title
        self._short = short
        self._drops = drops
        self._frame: Frame | None = None
        self._pixmap = QPixmap()
        self._message = ""  # what stands in the well while something happens
        self._tone = ""  # "", "accept" or "refuse"
        self._closed = ""
        self._pressed_at: QPoint | None = None
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clear_button = IconButton(
            "close", "", size=24, glyph=12, role="on_scrim", kind="scrim", parent=self
        )
        self.clear_button.clicked.connect(self.on_clear_button_clicked)
        self.clicked.connect(self.on_clicked)
        self._refresh()

    def set_frame(self, frame: Frame | None, pixmap: QPixmap | None = None) -> None:
        """Show a frame, or the empty well for None."""
        self._frame = frame
        self._pixmap = pixmap if pixmap is not None else QPixmap()
        self._refresh()

    def set_message(self, message: str, tone: str = "") -> None:
        """Cover the well with a short text; "" uncovers it."""
        self._message, self._tone = message, tone
        self._refresh()

    def set_closed(self, sentence: str) -> None:
        """Disable the well with the reason in it; "" opens it again."""
        self._closed = sentence
        self.setEnabled(not sentence)
        self._refresh()

    def sizeHint(self) -> QSize:
        return QSize(138, max(86, self.fontMetrics().height() * 5))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    @Slot()
    def on_clicked(self) -> None:
        self.pick_requested.emit(str(self.slot))

    @Slot()
    def on_clear_button_clicked(self) -> None:
        self.clear_requested.emit(str(self.slot))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (pressed := command_pressed(event, *self.key_scopes)) is not None:
            self.start(pressed)
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.pick()
        else:
            super().keyPressEvent(event)

    def offers(self, known: Command) -> bool:
        """All of its scope, but nothing can be taken out of an empty one."""
        return self._frame is not None or known.id != "remove frame"

    def start(self, known: Command) -> None:
        """Carry out a command of its scope."""
        known.start(self)

    def pick(self) -> None:
        """Ask for a picture."""
        self.click()

    def clear(self) -> None:
        """Be empty again."""
        self.clear_requested.emit(str(self.slot))

    def paste(self) -> None:
        """Take the picture on the clipboard."""
        self.paste_requested.emit(str(self.slot))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or self._frame is None:
            return
        moved = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if moved >= QApplication.startDragDistance():
            self._pressed_at = None
            self._start_drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if self._pressed_at is not None and inside:
            self.click()
        self._pressed_at = None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drops.enter(self.slot, event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drops.move(self.slot, event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        event.accept()
        self._drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drops.drop(self.slot, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.clear_button.move(self.width() - self.clear_button.width() - 5, 5)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            outline = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
            path = QPainterPath()
            path.addRoundedRect(outline, _RADIUS, _RADIUS)
            if self._frame is None:
                painter.fillPath(path, color("hover" if self.underMouse() else "panel"))
            else:
                painter.fillPath(path, color("stage"))
                painter.setClipPath(path)
                self._paint_picture(painter)
                painter.setClipping(False)
            text = self._message or self._closed
            if text:
                self._paint_message(painter, path, text)
            elif self._frame is None:
                self._paint_invitation(painter)
            self._paint_outline(painter, path)

    def _paint_picture(self, painter: QPainter) -> None:
        if self._pixmap.isNull():
            self._paint_text(
                painter, self.rect().adjusted(10, 20, -10, -22), self._label(), "muted"
            )
        else:
            shown = self._pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), shown)
            place.moveCenter(self.rect().center())
            painter.drawPixmap(place, self._pixmap)
        painter.setFont(self._font(11))
        metrics = painter.fontMetrics()
        caption = self._short
        shape = shape_of(self._frame.width, self._frame.height) if self._frame else ""
        if shape:
            caption = f"{self._short} · {shape}"
        caption = metrics.elidedText(caption, Qt.TextElideMode.ElideRight, self.width() - 24)
        badge = QRectF(6, self.height() - metrics.height() - 8, 0, metrics.height() + 2)
        badge.setWidth(metrics.horizontalAdvance(caption) + 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("scrim"))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(color("on_scrim"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, caption)

    def _paint_message(self, painter: QPainter, path: QPainterPath, text: str) -> None:
        veil = color("panel")
        veil.setAlpha(255 if is_contrast() else 232)
        painter.fillPath(path, veil)
        role = {"refuse": "error", "accept": "text"}.get(self._tone, "muted")
        self._paint_text(painter, self.rect().adjusted(8, 6, -8, -6), text, role)

    def _paint_invitation(self, painter: QPainter) -> None:
        painter.setFont(self._font(12))
        line = painter.fontMetrics().height()
        top = (self.height() - 18 - 6 - line) // 2
        glyph = QRect((self.width() - 18) // 2, top, 18, 18)
        icon("plus", "muted").paint(painter, glyph)
        painter.setPen(color("muted"))
        painter.drawText(
            QRect(4, top + 24, self.width() - 8, line + 2),
            Qt.AlignmentFlag.AlignCenter,
            self._title,
        )

    def _paint_outline(self, painter: QPainter, path: QPainterPath) -> None:
        pen = QPen(color("line"), stroke(1))
        if self._frame is None:
            pen = QPen(color("faint"), stroke(1), Qt.PenStyle.DashLine)
        if self._tone == "refuse":
            pen = QPen(color("error"), 2)
        elif self._tone == "accept" or self.hasFocus():
            pen = QPen(color("accent"), 2)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)

    def _paint_text(self, painter: QPainter, area: QRect, text: str, role: str) -> None:
        painter.setFont(self._font(12))
        painter.setPen(color(role))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(area, int(flags), text)

    def _font(self, size: int) -> QFont:
        font = self.font()
        font.setPixelSize(pixels(size))
        return font

    def _label(self) -> str:
        return self._frame.label or self._frame.value if self._frame else ""

    def _refresh(self) -> None:
        name = self._title
        self.setAccessibleName(name)
        hint = self.tr("Drop a picture or an address here, paste one, or click to choose a file.")
        if self._frame is not None:
            size = ""
            if self._frame.width:
                size = f", {self._frame.width} × {self._frame.height}"
            hint = f"{self._label()}{size}"
        self.setAccessibleDescription(self._message or self._closed or hint)
        self.setToolTip(tip_text(self._closed or hint))
        remove = self.tr("Remove the {frame}").format(frame=name.lower())
        self.clear_button.setAccessibleName(remove)
        self.clear_button.setToolTip(remove)
        self.clear_button.setVisible(self._frame is not None and not self._message)
        self.update()

    def _start_drag(self) -> None:
        mime = QMimeData()
        mime.setData(SLOT_MIME, str(self.slot).encode("ascii"))
        drag = QDrag(self)
        drag.setMimeData(mime)
        if not self._pixmap.isNull():
            drag.setPixmap(
                self._pixmap.scaled(
                    96,
                    96,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        drag.exec(Qt.DropAction.CopyAction)
