"""The shape of the clip, each drawn beside its name."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPen

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.output_size import pixel_size
from pixverse_desktop.core.model.rules import Choice
from pixverse_desktop.ui.base.theme import current
from pixverse_desktop.ui.jobs.value_labels import shape_of
from pixverse_desktop.ui.widgets.inputs import QuietCombo


class AspectField(QuietCombo):
    """The shape of the clip; with a start frame it follows the picture and says so."""

    value_changed = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._value = ""
        self._follows = False
        self.setIconSize(QSize(18, 18))
        self.currentIndexChanged.connect(self.on_current_index_changed)

    def set_rule(self, rule: Choice) -> None:
        """Offer the model's shapes."""
        self.offer({value: (_shape_icon(value), value) for value in rule.values})
        self._value = self._value if self._value in rule.values else rule.default or ""
        self._show()

    def value(self) -> str | None:
        """The chosen shape; kept while a start frame decides."""
        return self._value or None

    def set_value(self, value: str) -> None:
        """Choose a shape; one that is not offered changes nothing."""
        if self.findData(value) >= 0:
            self._value = value
            self._show()

    def follow(self, frame: Frame | None) -> None:
        """Let the start frame decide, or nobody for None."""
        self._follows = frame is not None
        self.setEnabled(not self._follows)
        shape = shape_of(frame.width, frame.height) if frame else ""
        text = self.tr("{shape}, from the start frame") if shape else self.tr("The start frame's")
        self.setPlaceholderText(text.format(shape=shape))
        self._show()

    @Slot(int)
    def on_current_index_changed(self, index: int) -> None:
        if index >= 0 and not self._follows:
            self._value = str(self.itemData(index))
            self.value_changed.emit(self._value)

    def _show(self) -> None:
        self.setCurrentIndex(-1 if self._follows else self.findData(self._value))


def _shape_icon(aspect_ratio: str) -> QIcon:
    shape = pixel_size("1080p", aspect_ratio)
    if shape is None:
        return QIcon()
    across, down = shape
    roles = {QIcon.Mode.Normal: "muted", QIcon.Mode.Selected: "text"}
    return current().drawn_icon(partial(_draw_shape, across / down), roles)


def _draw_shape(ratio: float, painter: QPainter, place: QRectF, tint: QColor) -> None:
    unit = place.width() / 36
    outline = QRectF(0, 0, 28 * unit * min(ratio, 1.0), 28 * unit / max(ratio, 1.0))
    outline.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tint, 3 * unit))
    painter.drawRoundedRect(outline, 3 * unit, 3 * unit)
