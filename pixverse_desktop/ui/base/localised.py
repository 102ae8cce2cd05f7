"""The user's language: its texts, and numbers, amounts, dates and times as it writes them.

A language is a file ``resources/translations/pixverse_<language>.qm``. The English one holds
nothing but the forms of what is counted ("1 clip", "2 clips").
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale, QObject, QTranslator

from pixverse_desktop.core.credits import credits_plain, read_credits
from pixverse_desktop.core.model.price import Price

if TYPE_CHECKING:
    from pixverse_desktop.core.rate import Rate


def install_languages(resources: Path) -> None:
    """English, and over it the system's language where there is a file for it."""
    if QLocale().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale("en_US"))
    for language in (QLocale("en"), QLocale()):
        translator = QTranslator(QCoreApplication.instance())
        if translator.load(language, "pixverse", "_", str(resources / "translations")):
            QCoreApplication.installTranslator(translator)


def number(value: int | float, decimals: int = 0) -> str:
    """``1,234`` or ``12.5``; in German ``1.234`` and ``12,5``."""
    return QLocale().toString(float(value), "f", decimals)


def shortest(value: int | float | Decimal) -> str:
    """A number with the decimals it has, such as a speed or an amount of credits."""
    text = credits_plain(value) if isinstance(value, Decimal) else f"{value:g}"
    return number(float(value), len(text.partition(".")[2]))


def typed(value: float) -> str:
    """A number as one types it: whole, and without anything between the thousands."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(value, "g", 15)


def price_text(price: Price) -> str:
    """A price, or the range it is in."""
    low, high = shortest(price.low), shortest(price.high)
    return high if low == high else f"{low}–{high}"


def money_amount(value: Decimal) -> str:
    """An amount of money: with two decimals, or with those it has."""
    return number(float(value), max(2, len(credits_plain(value).partition(".")[2])))


def money(value: Decimal, currency: str) -> str:
    """``€12.50`` or ``12,50 €``; a currency in letters stands behind the amount."""
    if any(letter.isalnum() for letter in currency):
        return f"{money_amount(value)}\N{NO-BREAK SPACE}{currency}"
    return QLocale().toCurrencyString(float(value), currency, 2)


def credits_and_money(credits: Decimal, rate: Rate | None) -> str:
    """An amount of credits, with what it costs where that is known."""
    amount = shortest(credits)
    return amount if rate is None else f"{amount} · {money(rate.money_for(credits), rate.currency)}"


def read_amount(text: str) -> Decimal | None:
    """An amount as the user's language writes it; None when it is none."""
    value, whole = QLocale().toDouble(text.strip())
    return read_credits(value) if whole else None


def date_and_time(seconds: float) -> str:
    """A moment (seconds since 1970), to the minute; of today and yesterday in words."""
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    clock = QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    match moment.date().daysTo(QDate.currentDate()):
        case 0:
            return QCoreApplication.translate("Moment", "Today, {time}").format(time=clock)
        case 1:
            return QCoreApplication.translate("Moment", "Yesterday, {time}").format(time=clock)
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


class Age(QObject):
    """How long ago something was; an object, since what is counted goes through ``tr``."""

    def text(self, seconds: float) -> str:
        """To the minute, the hour or the day."""
        minutes = int(max(0.0, seconds) // 60)
        if minutes < 1:
            return self.tr("just now")
        if minutes < 60:
            return self.tr("%n min ago", "", minutes)
        if minutes < 48 * 60:
            return self.tr("%n h ago", "", minutes // 60)
        return self.tr("%n days ago", "", minutes // 1440)


def age(seconds: float) -> str:
    """As ``Age`` says it."""
    return Age().text(seconds)


def time_of_day(seconds: float) -> str:
    """The time of a moment (seconds since 1970), to the minute."""
    moment = QDateTime.fromSecsSinceEpoch(int(seconds))
    return QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)


def day(moment: date) -> str:
    """A day with its weekday and its year."""
    return QLocale().toString(_qt(moment), QLocale.FormatType.LongFormat)


def short_day(moment: date) -> str:
    """A day in figures."""
    return QLocale().toString(_qt(moment), QLocale.FormatType.ShortFormat)


def month(moment: date) -> str:
    """The name of a month by itself."""
    return QLocale().standaloneMonthName(moment.month)


def _qt(moment: date) -> QDate:
    return QDate(moment.year, moment.month, moment.day)
