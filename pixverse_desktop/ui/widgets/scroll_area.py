"""A part that may be higher than its room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea


class ScrollArea(QScrollArea):
    """Scrolls down only and has no frame; what is in it is as wide as it is itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)


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
