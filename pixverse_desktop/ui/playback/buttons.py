"""The round play button, and buttons that keep their outline while they are on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from pixverse_desktop.ui.base.commands import command
from pixverse_desktop.ui.base.theme import color, icon, set_style
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip

_SIDE = 36


class PlayButton(QAbstractButton):
    """Play and pause in one."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._playing = True
        self.set_playing(False)

    def set_playing(self, playing: bool) -> None:
        """Show what a click would do."""
        if playing == self._playing:
            return
        self._playing = playing
        name = self.tr("Pause") if playing else self.tr("Play")
        self.setAccessibleName(name)
        set_key_tip(self, name, "play")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_SIDE + 6, _SIDE + 6)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            disc = QRectF(3, 3, _SIDE, _SIDE)
            painter.setPen(Qt.PenStyle.NoPen)
            fill = color("text" if self.isEnabled() else "hover")
            if self.isEnabled() and (self.underMouse() or self.isDown()):
                fill.setAlpha(200 if self.isDown() else 225)
            painter.setBrush(fill)
            painter.drawEllipse(disc)
            glyph = QRect(0, 0, 18, 18)
            glyph.moveCenter(self.rect().center())
            name = "pause" if self._playing else "play"
            # The triangle's weight lies left of its middle.
            if not self._playing:
                glyph.translate(1, 0)
            icon(name, "panel" if self.isEnabled() else "faint").paint(painter, glyph)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(color("accent"), 2))
                painter.drawEllipse(disc.adjusted(-2, -2, 2, 2))


class OnOffButton(IconButton):
    """Outlined while it is on."""

    def __init__(self, icon_name: str, name: str) -> None:
        super().__init__(icon_name, name, size=32, glyph=18)
        self._icon_name = icon_name
        self.setCheckable(True)

    def set_on(self, on: bool) -> None:
        """Show whether it is on."""
        self.setChecked(on)
        set_style(self, kind="boxed" if on else "")
        self.set_icon(self._icon_name, "text" if on else "muted")


def step_back_button() -> IconButton:
    """The button to the frame before."""
    return _step_button("step-back", "step back")


def step_forward_button() -> IconButton:
    """The button to the next frame."""
    return _step_button("step-forward", "step forward")


def _step_button(icon_name: str, name: str) -> IconButton:
    button = IconButton(icon_name, command(name).title, size=32, glyph=18)
    set_key_tip(button, button.accessibleName(), name)
    return button
