"""What credits cost in money: an amount of credits, an amount of money and a currency."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.text import plain
from pixverse_desktop.services.settings import LONGEST_CURRENCY, MOST_DAILY_LIMIT, Settings
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.inputs import TextField
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label


class RateFields(QWidget):
    """Each field is a setting; what is no amount stays in its field and is not taken."""

    changed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._commands = context.commands
        self.credits = self._field(self.tr("Credits"), localised.shortest(Decimal(1000)))
        self.money = self._field(self.tr("What they cost"), localised.number(10, 2))
        self.currency = self._field(self.tr("Currency"), "€", letters=3)
        self.credits.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.money.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.currency.setMaxLength(LONGEST_CURRENCY)
        self.note = SentenceLabel("secondary")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.credits, 3)
        row.addWidget(plain_label(self.tr("credits cost"), "muted"))
        row.addWidget(self.money, 3)
        row.addWidget(self.currency, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.note)
        self._show(context.commands.settings)

    @Slot()
    def on_editing_finished(self) -> None:
        """Take what is there, or say what is wrong with it."""
        credits, money = _read(self.credits.text()), _read(self.money.text())
        for field, value in ((self.credits, credits), (self.money, money)):
            set_style(field, invalid=value is None)
        if credits is None or money is None:
            most = localised.number(MOST_DAILY_LIMIT)
            text = self.tr("Write an amount above 0 and up to {most}, such as {example}.")
            example = localised.number(12.5, 2)
            self.note.show_message(text.format(most=most, example=example), "error")
            return
        currency = plain(self.currency.text(), LONGEST_CURRENCY).strip()
        given = [bool(credits), bool(money), bool(currency)]
        some = any(given) and not all(given)
        text = self.tr("Money is shown when all three are filled in.") if some else ""
        self.note.show_message(text, "secondary")
        settings = self._commands.settings
        wanted = replace(settings, rate_credits=credits, rate_money=money, rate_currency=currency)
        if wanted != settings:
            self._commands.apply_settings(wanted)
            self.changed.emit()

    def _show(self, settings: Settings) -> None:
        credits, money = settings.rate_credits, settings.rate_money
        self.credits.setText(localised.shortest(credits) if credits else "")
        self.money.setText(localised.money_amount(money) if money else "")
        self.currency.setText(settings.rate_currency)

    def _field(self, name: str, example: str, letters: int = 5) -> TextField:
        field = TextField()
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.setPlaceholderText(example)
        field.setMinimumWidth(field.fontMetrics().averageCharWidth() * letters + 22)
        field.editingFinished.connect(self.on_editing_finished)
        return field


def _read(text: str) -> Decimal | None:
    """0 for an empty field, None for what is no amount."""
    if not text.strip():
        return ZERO
    amount = localised.read_amount(text)
    return amount if amount is not None and ZERO < amount <= MOST_DAILY_LIMIT else None
