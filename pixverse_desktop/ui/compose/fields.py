"""The form's values, each a widget with ``value``, ``set_value`` and a signal when it changed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pixverse_desktop.core.model.output_size import pixel_size
from pixverse_desktop.core.model.parameters import BUNDLED, Choice, IntRange
from pixverse_desktop.core.model.request import Frame
from pixverse_desktop.ui.base.theme import color, tabular
from pixverse_desktop.ui.jobs.value_labels import label_for, shape_of
from pixverse_desktop.ui.widgets.inputs import QuietCombo, QuietSlider
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.segmented import Segmented


class ChipField(Segmented):
    """A choice of few words."""

    def set_rule(self, rule: Choice) -> None:
        """Offer what the model offers; the choice falls back to the default when it is gone."""
        before = self.value()
        if rule.values != self.values():
            self.set_choices((value, label_for(value)) for value in rule.values)
        if before not in rule.values:
            self.set_value(rule.default)


class ComboField(QuietCombo):
    """A choice of many words."""

    value_changed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.currentIndexChanged.connect(self.on_current_index_changed)

    def set_rule(self, rule: Choice) -> None:
        """Offer what the model offers; the choice falls back to the default when it is gone."""
        before = self.value()
        offered = tuple(self.itemData(i) for i in range(self.count()))
        if offered != rule.values:
            self.blockSignals(True)
            self.clear()
            for value in rule.values:
                self.addItem(label_for(value), value)
            self.blockSignals(False)
        self.set_value(before if before in rule.values else rule.default)

    def value(self) -> str:
        """The chosen value."""
        return str(self.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose a value; one that is not offered changes nothing."""
        index = self.findData(value)
        if index >= 0:
            self.setCurrentIndex(index)

    @Slot(int)
    def on_current_index_changed(self, index: int) -> None:
        if index >= 0:
            self.value_changed.emit(self.value())


class AspectField(QuietCombo):
    """The shape of the clip; with a start frame it follows the picture and says so."""

    value_changed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._value = ""
        self._follows = False
        self.setIconSize(QSize(18, 18))
        self.currentIndexChanged.connect(self.on_current_index_changed)

    def set_rule(self, rule: Choice) -> None:
        """Offer the model's shapes."""
        offered = tuple(self.itemData(i) for i in range(self.count()))
        if offered != rule.values:
            self.blockSignals(True)
            self.clear()
            for value in rule.values:
                self.addItem(_shape_icon(value), value, value)
            self.blockSignals(False)
        self._value = self._value if self._value in rule.values else rule.default
        self._show()

    def value(self) -> str:
        """The chosen shape; kept while a start frame decides."""
        return self._value

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
        text = self.tr("Start frame's")
        self.setPlaceholderText(f"{text}, {shape}" if shape else text)
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for index in range(self.count()):
                self.setItemIcon(index, _shape_icon(str(self.itemData(index))))

    @Slot(int)
    def on_current_index_changed(self, index: int) -> None:
        if index >= 0 and not self._follows:
            self._value = str(self.itemData(index))
            self.value_changed.emit(self._value)

    def _show(self) -> None:
        self.setCurrentIndex(-1 if self._follows else self.findData(self._value))


class DurationField(QWidget):
    """Seconds on a slider, with the number beside it."""

    value_changed = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._rule = BUNDLED.duration_s
        self.slider = QuietSlider(name)
        self.slider.valueChanged.connect(self.on_slider_value_changed)
        self._label = plain_label("", "strong")
        self._label.setFont(tabular(self._label.font()))
        self._label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.slider, 1)
        row.addWidget(self._label)

    def focus_stops(self) -> list[QWidget]:
        """What Tab stops at."""
        return [self.slider]

    def set_rule(self, rule: IntRange) -> None:
        """Another range; the value is kept where it is legal."""
        before, self._rule = self.value(), rule
        # Where not every number is allowed, the slider stands on their places in the list.
        self.slider.blockSignals(True)
        low, high = (0, len(rule.allowed) - 1) if rule.allowed else (rule.minimum, rule.maximum)
        self.slider.setRange(low, high)
        self.slider.setPageStep(1 if rule.allowed else 5)
        self.slider.blockSignals(False)
        widest = self.tr("{seconds} s").format(seconds=rule.maximum)
        self._label.setMinimumWidth(self._label.fontMetrics().horizontalAdvance(widest) + 6)
        self.set_value(before)
        self.on_slider_value_changed(self.slider.value())

    def value(self) -> int:
        """Seconds."""
        at = self.slider.value()
        return self._rule.allowed[at] if self._rule.allowed else at

    def set_value(self, value: int) -> None:
        """Show another duration, or the allowed one next to it."""
        nearest = self._rule.nearest(value)
        allowed = self._rule.allowed
        self.slider.setValue(allowed.index(nearest) if allowed else nearest)

    @Slot(int)
    def on_slider_value_changed(self, _at: int) -> None:
        self._label.setText(self.tr("{seconds} s").format(seconds=self.value()))
        self.value_changed.emit(self.value())


def _shape_icon(aspect_ratio: str) -> QIcon:
    shape = pixel_size("1080p", aspect_ratio)
    if shape is None:
        return QIcon()
    across, down = shape
    long = 28.0
    size = (long, long * down / across) if across >= down else (long * across / down, long)
    result = QIcon()
    for mode, role in ((QIcon.Mode.Normal, "muted"), (QIcon.Mode.Selected, "text")):
        pixmap = QPixmap(36, 36)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color(role), 3))
            painter.drawRoundedRect(
                QRectF((36 - size[0]) / 2, (36 - size[1]) / 2, size[0], size[1]), 3, 3
            )
        result.addPixmap(pixmap, mode)
    return result
