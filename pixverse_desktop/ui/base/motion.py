"""Short movements that show where something came from; none where the system wants none.

Off until the system was asked, so that what stands still in a test, or at the start, stands still.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.qt_workers import Workers

if TYPE_CHECKING:
    from PySide6.QtCore import QVariantAnimation
    from PySide6.QtWidgets import QWidget

MILLISECONDS = 150

_allowed = [False]


def follow_system(workers: Workers) -> None:
    """Ask the system, and move from then on unless it wants none of that."""
    from pixverse_desktop.services.system_motion import wants_less_motion

    workers.call(Lane.FILES, wants_less_motion, then=lambda less: allow(not less))


def allow(wanted: bool) -> None:
    """Whether anything moves."""
    _allowed[0] = wanted


class Motion(QObject):
    """One movement of one thing: ``step`` gets values from 0.0 to 1.0, ``ended`` is called last.

    Started anew it begins anew; where nothing moves, both are called at once.
    """

    def __init__(
        self, owner: QObject, step: Callable[[float], None], ended: Callable[[], None] | None = None
    ) -> None:
        super().__init__(owner)
        self._step, self._ended = step, ended or (lambda: None)
        self._animation: QVariantAnimation | None = None  # made when something moves first

    def start(self) -> None:
        """From the beginning."""
        if not _allowed[0]:
            if self._animation is not None:
                self._animation.stop()
            self._step(1.0)
            self._ended()
            return
        if self._animation is None:
            self._animation = self._made()
        self._animation.stop()
        self._step(0.0)
        self._animation.start()

    def _made(self) -> QVariantAnimation:
        from PySide6.QtCore import QEasingCurve, QVariantAnimation  # the start is without

        animation = QVariantAnimation(self)
        animation.setDuration(MILLISECONDS)
        animation.setStartValue(0.0)
        animation.setEndValue(1.0)
        animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        animation.valueChanged.connect(self._step)
        animation.finished.connect(self._ended)
        return animation


class FadeIn(Motion):
    """A widget without windows of its own, out of nothing."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, self._show, self._end)
        self._widget = widget

    def _show(self, part: float) -> None:
        from PySide6.QtWidgets import QGraphicsOpacityEffect

        effect = self._widget.graphicsEffect()
        if part < 1 and not isinstance(effect, QGraphicsOpacityEffect):
            effect = QGraphicsOpacityEffect(self._widget)
            self._widget.setGraphicsEffect(effect)
        if isinstance(effect, QGraphicsOpacityEffect):
            effect.setOpacity(part)

    def _end(self) -> None:
        self._widget.setGraphicsEffect(None)  # type: ignore[arg-type]
