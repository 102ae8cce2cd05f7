"""A part that may be higher than its room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class ScrollArea(QScrollArea):
    """Scrolls down only and has no frame; what is in it is as wide as it is itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


def bring_into_sight(widget: QWidget) -> None:
    """Scroll what ``widget`` lies in, as far as needed; it moves nothing where that is in sight."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if around is not None:
        around.ensureWidgetVisible(widget, 0, 8)


class WideArea(ScrollArea):
    """Never narrower than its content needs, whatever the text size."""

    def minimumSizeHint(self) -> QSize:
        content, least = self.widget(), super().minimumSizeHint()
        if content is None:
            return least
        width = max(content.minimumWidth(), content.minimumSizeHint().width())
        bar = self.verticalScrollBar()
        return QSize(width + bool(bar.maximum()) * bar.sizeHint().width(), least.height())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().viewportEvent(event)
