"""Short messages over the lower stage: nothing moves when they come and go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QPainterPath, QRegion
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pixverse_desktop.ui.base.motion import Motion
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.shell.panes import Panes
from pixverse_desktop.ui.widgets.strip import Strip

_MOST = 2  # at a time; an older one makes room
_WIDEST = 560  # pixels
_RADIUS = 8  # pixels, as the style sheet has it
_MARGIN = 12  # pixels to the edges of the stage
_STAYS_MS = 8000
_RISE = 16  # pixels that the newest comes from below


class NoticeToast(Strip):
    """Goes by itself; a warning stays until it is dismissed or acted upon, and comes back after
    what was said over it."""

    def __init__(self) -> None:
        super().__init__(dismissible=True)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_STAYS_MS)
        self.timer.timeout.connect(self.on_timer_timeout)
        self._warning: tuple[str, str, str] | None = None
        self.dismissed.connect(self.on_dismissed)
        self.action_clicked.connect(self.on_dismissed)

    def show_message(self, sentence: str, action: str = "", tone: str = "") -> None:
        """See ``Strip``; the tone "warn" stays."""
        super().show_message(sentence, action, tone)
        if tone:
            self._warning = (sentence, action, tone)
            self.timer.stop()
        else:
            self.timer.start()

    @Slot()
    def on_timer_timeout(self) -> None:
        if self.underMouse():
            self.timer.start()  # somebody reads it
        elif self._warning is not None:
            self.show_message(*self._warning)
        else:
            self.hide()

    @Slot()
    def on_dismissed(self) -> None:
        self._warning = None
        self.hide()


class Toasts(QWidget):
    """Holds the strips that come and go, newest at the bottom, over ``stage`` or where ``instead``
    wants them; both lie inside ``parent``."""

    def __init__(
        self, strips: Sequence[Strip], stage: QWidget, instead: Panes, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._stage, self._instead = stage, instead
        self._order: list[QWidget] = []  # those that show, oldest first
        self._below = 0  # pixels, while they rise
        self._motion = Motion(self, self._rise)
        # Video is painted by a window of its own, over which only such another one can lie; the
        # widgets around stay what they are.
        QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_DontCreateNativeWidgetSiblings)
        self.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
        self.setAttribute(Qt.WidgetAttribute.WA_NativeWindow)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        for strip in strips:
            set_style(strip, surface="toast")
            self._column.addWidget(strip)
            strip.installEventFilter(self)
        for watched in (stage, instead, parent):
            watched.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = QEvent.Type
        if event.type() in (kind.Resize, kind.Move, kind.Show, kind.Hide, kind.LayoutRequest):
            self._place()
        elif event.type() in (kind.ShowToParent, kind.HideToParent) and isinstance(watched, Strip):
            self._put(watched, shown=event.type() is kind.ShowToParent)
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._place()  # other words need other room
        return super().event(event)

    def _put(self, strip: Strip, *, shown: bool) -> None:
        if strip in self._order:
            self._order.remove(strip)
        if shown:
            self._order.append(strip)
            self._column.removeWidget(strip)
            self._column.addWidget(strip)
        for older in self._order[:-_MOST]:
            older.hide()
        self.setVisible(bool(self._order))
        if shown:
            self._motion.start()
        else:
            self._place()

    def _rise(self, part: float) -> None:
        self._below = round(_RISE * (1 - part))
        self._place()

    def _place(self) -> None:
        if not self._order:
            return
        parent = self.parentWidget()
        stage = self._stage if self._stage.isVisible() else self._instead.message_place
        if parent is None:
            return
        stage.installEventFilter(self)  # once, however often
        width = min(_WIDEST, max(200, stage.width() - 2 * _MARGIN))
        height = self._column.heightForWidth(width)
        if height < 0:
            height = self.sizeHint().height()
        corner = stage.mapTo(parent, QPoint(0, 0))
        left = corner.x() + (stage.width() - width) // 2
        bottom = corner.y() + stage.height() - _MARGIN + self._below
        self.setGeometry(left, max(0, bottom - height), width, height)
        self._column.activate()
        for strip in self._order:
            if (inside := strip.layout()) is not None:
                inside.setGeometry(strip.rect())  # one that was hidden may be laid out as it was
        shape = QPainterPath()
        for strip in self._order:
            shape.addRoundedRect(QRectF(strip.geometry()), _RADIUS, _RADIUS)
        self.setMask(QRegion(shape.toFillPolygon().toPolygon()))
        self.raise_()
