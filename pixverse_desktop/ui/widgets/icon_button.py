"""A small square button with an icon that follows the theme."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QWidget

from pixverse_desktop.ui.base.theme import icon


class IconButton(QToolButton):
    """``name`` is read aloud and shown as the tooltip unless another is given."""

    def __init__(
        self,
        icon_name: str,
        name: str,
        *,
        size: int = 28,
        glyph: int = 16,
        role: str = "muted",
        kind: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._usual_role = role
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFixedSize(size, size)
        self.setIconSize(QSize(glyph, glyph))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if kind:
            self.setProperty("kind", kind)
        self.set_icon(icon_name)

    def set_icon(self, icon_name: str, role: str = "") -> None:
        """Show another icon, in the button's usual colour without a ``role``."""
        self.setIcon(icon(icon_name, role or self._usual_role))


class Glyph(QWidget):
    """An icon beside words that say what it means; it follows the theme."""

    def __init__(self, icon_name: str, *, role: str = "muted", size: int = 16) -> None:
        super().__init__()
        self._icon_name, self._role = icon_name, role
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            area = QRect(0, 0, self.width(), self.height())
            icon(self._icon_name, self._role).paint(painter, area)
