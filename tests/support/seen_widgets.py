"""What of a window can be seen, for tests that measure and that read."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QWidget


def visible(parent: QWidget, *kinds: type[QWidget]) -> list[QWidget]:
    """Widgets of these kinds that can be seen, without the inner parts of others."""
    return [
        widget
        for widget in parent.findChildren(QWidget)
        if isinstance(widget, kinds)
        and widget.isVisible()
        and widget.window() is parent.window()
        and not isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox | QLineEdit)
        and not widget.objectName().startswith("qt_")
    ]
