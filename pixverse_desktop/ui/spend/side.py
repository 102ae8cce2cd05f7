"""Beside the charges: what clips cost, as learned, and the user's limits."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO, read_credits
from pixverse_desktop.core.model.price import Shape
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.spend.rate_fields import RateFields
from pixverse_desktop.ui.widgets.inputs import CreditsSpin
from pixverse_desktop.ui.widgets.labels import plain_label
from pixverse_desktop.ui.widgets.scroll_area import ScrollArea

LIMITS = ("daily_limit", "weekly_limit", "monthly_limit", "clip_limit")
_WIDTH = 320
_MOST_SHARE = 0.42
_MOST = 1_000_000.0


class SpendSide(ScrollArea):
    """Limits and rate are settings like any other."""

    settings_changed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._context = context
        self.setFixedWidth(_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # With large text there is no room for all of it beside the charges.
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._inside = inside = QWidget()
        self.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(8)
        column.addWidget(plain_label(self.tr("What 5 seconds cost"), "head"))
        said = self.tr("In credits, learned from your charges.")
        column.addWidget(plain_label(said, "secondary", wrap=True))
        column.addLayout(self._build_costs())
        column.addSpacing(24)
        column.addWidget(plain_label(self.tr("Limits"), "head"))
        said = self.tr("At a limit clips wait. 0 is no limit; the demo has none.")
        column.addWidget(plain_label(said, "secondary", wrap=True))
        column.addLayout(self._build_limits())
        column.addSpacing(24)
        column.addWidget(plain_label(self.tr("Credits for money"), "head"))
        said = self.tr("With this, amounts are shown in money as well.")
        column.addWidget(plain_label(said, "secondary", wrap=True))
        self.rate = RateFields(context)
        self.rate.changed.connect(self.settings_changed)
        column.addWidget(self.rate)
        column.addStretch(1)

    def fit(self, width: int) -> None:
        """Take what large text needs of ``width`` pixels, if that is not too much of it."""
        needed = self._inside.minimumSizeHint().width() + self.verticalScrollBar().width()
        self.setFixedWidth(max(_WIDTH, min(needed, int(width * _MOST_SHARE))))

    def refresh(self) -> None:
        """Show limits and prices as they are now."""
        for name, spin in self.limits.items():
            spin.blockSignals(True)
            spin.setValue(float(getattr(self._context.commands.settings, name)))
            spin.blockSignals(False)
        bridge = self._context.bridge
        for (resolution, sound), label in self.costs.items():
            price = bridge.known_price(Shape(resolution, sound, 5))
            seen = self.tr("seen {n}×").format(n=price.seen)
            label.setText(localised.price_text(price))
            label.setToolTip(translated(price.why))
            set_style(label, role="strong" if price.seen else "muted")
            seen = seen if price.seen else self.tr("not seen yet")
            label.setAccessibleDescription(seen)
            self._seen[resolution, sound].setText(seen)

    def _set_limit(self, setting: str, value: float) -> None:
        """Only the one that was changed: the others may be finer than their fields show."""
        change: dict[str, Any] = {setting: read_credits(value) or ZERO}
        self._context.commands.apply_settings(replace(self._context.commands.settings, **change))
        self.settings_changed.emit()

    def _build_costs(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        self.costs, self._seen = {}, {}
        sounds = {False: self.tr("Silent"), True: self.tr("With sound")}
        for sound, name in sounds.items():
            grid.addWidget(plain_label(name, "muted"), 0, 1 + sound, Qt.AlignmentFlag.AlignRight)
        for line, resolution in enumerate(("360p", "540p", "720p", "1080p"), 1):
            grid.addWidget(plain_label(resolution, "muted"), line, 0)
            for sound, name in sounds.items():
                label = self.costs[resolution, sound] = plain_label("", "muted")
                label.setAccessibleName(f"{resolution}, {name}")
                seen = self._seen[resolution, sound] = plain_label("", "badge")
                cell = QVBoxLayout()
                cell.setSpacing(0)
                for part in (label, seen):
                    cell.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
                grid.addLayout(cell, line, 1 + sound)
        return grid

    def _build_limits(self) -> QGridLayout:
        names = (
            self.tr("Each day"), self.tr("Each week"), self.tr("Each month"), self.tr("One clip"),
        )  # fmt: skip
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        self.limits = {}
        for line, (setting, name) in enumerate(zip(LIMITS, names, strict=True)):
            spin = self.limits[setting] = CreditsSpin()
            spin.setRange(0, _MOST)
            spin.setDecimals(2)
            spin.setMinimumHeight(32)
            spin.setSpecialValueText(self.tr("No limit"))
            spin.setAlignment(Qt.AlignmentFlag.AlignRight)
            spin.setAccessibleName(self.tr("Limit in credits: {span}").format(span=name))
            spin.setAccessibleDescription(self.tr("0 is no limit"))
            spin.valueChanged.connect(partial(self._set_limit, setting))
            grid.addWidget(plain_label(name, "muted"), line, 0)
            grid.addWidget(spin, line, 1)
        return grid
