"""What a parameter may be: a text, one of a list, a number, a switch, a picture, rows, or JSON.

Every rule answers the same few questions: ``default`` (None means unset), ``holds`` (is this a
value of the kind, whatever its limits), ``problem`` (why it must not be sent), ``spelled`` (how the
service writes it), ``parsed`` (the value that a text on the command line means) and ``shown`` (the
same value for people, in English).
"""

from __future__ import annotations

import json
from functools import reduce
from math import fsum, inf, isfinite

from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import is_web_address, is_writable, read_json

_SPOKEN = frozenset({"prompt", "text"})  # keys that say no more than their value
_ON = frozenset({"true", "on", "yes", "1"})
_OFF = frozenset({"false", "off", "no", "0"})


def has_odd_letter(text: str) -> bool:
    """True for a text with a NUL or half a letter, which can be stored and sent nowhere."""
    return "\0" in text or not is_writable(text)


@record
class Text:
    """Free text of at most ``max_length`` characters; with ``clip`` the address of a video."""

    max_length: int
    default: str | None = ""
    clip: bool = False

    def holds(self, value: object) -> bool:
        return isinstance(value, str)

    def problem(self, label: str, value: object) -> str:
        text = str(value)
        if (length := len(text)) > self.max_length:
            return Message("text_too_long", label=label, length=length, most=self.max_length)
        if self.clip and not is_web_address(text):
            return Message("clip_address", label=label)
        return Message("text_odd_letter", label=label) if has_odd_letter(text) else ""

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        return text

    def shown(self, value: object) -> str:
        return str(value).strip()


@record
class Choice:
    """One of a list of words; ``sent``: how the service writes each, where that is another way."""

    values: tuple[str, ...]
    default: str | None
    sent: tuple[object, ...] = ()

    def holds(self, value: object) -> bool:
        return isinstance(value, str)

    def problem(self, label: str, value: object) -> str:
        if value in self.values:
            return ""
        offered = ", ".join(self.values)
        return Message("not_offered", label=label, value=repr(value), offered=offered)

    def spelled(self, value: object) -> object:
        if self.sent and isinstance(value, str) and value in self.values:
            return self.sent[self.values.index(value)]
        return value

    def read(self, value: object) -> object:
        """The word that the service spells as ``value``; any other value as it is."""
        alike = [type(one) is type(value) and one == value for one in self.sent]
        return self.values[alike.index(True)] if True in alike else value

    def parsed(self, text: str) -> object:
        """Also as the service spells it, as a text or as JSON."""
        spelled = [str(one) for one in self.sent]
        return self.values[spelled.index(text)] if text in spelled else text

    def shown(self, value: object) -> str:
        return str(value)


@record
class IntRange:
    """A whole number from ``minimum`` to ``maximum``, both allowed.

    Where not every number between is allowed, ``allowed`` lists those that are, ascending; ``sent``
    is how the service writes each, where that is another way. ``unit`` follows it in a sentence.
    """

    minimum: int
    maximum: int
    default: int | None = None
    allowed: tuple[int, ...] = ()
    sent: tuple[object, ...] = ()
    unit: str = ""

    def holds(self, value: object) -> bool:
        return type(value) is int  # True is an int in Python, and no number of seconds

    def allows(self, value: object) -> bool:
        """Whether ``value`` may be sent."""
        if type(value) is not int:
            return False
        return self.minimum <= value <= self.maximum and (not self.allowed or value in self.allowed)

    def problem(self, label: str, value: object) -> str:
        if self.allows(value):
            return ""
        if not self.unit:
            return Message("out_of_range", label=label, allowed=self.words())
        return Message("out_of_range_unit", label=label, allowed=self.words(), unit=self.unit)

    def nearest(self, value: int) -> int:
        """The allowed number that is next to ``value``."""
        held = min(self.maximum, max(self.minimum, value))
        return min(self.allowed, key=lambda one: abs(one - value)) if self.allowed else held

    def count(self) -> int:
        """How many numbers are allowed."""
        return len(self.allowed) or self.maximum - self.minimum + 1

    def draw(self) -> int:
        """Any of the allowed numbers, by chance."""
        from secrets import choice, randbelow  # for this alone

        if self.allowed:
            return choice(self.allowed)
        return self.minimum + randbelow(self.count())

    def spelled(self, value: object) -> object:
        if self.sent and value in self.allowed:
            return self.sent[self.allowed.index(value)]
        return value

    def parsed(self, text: str) -> object:
        spelled = [str(one) for one in self.sent]
        if text in spelled:
            return self.allowed[spelled.index(text)]
        try:
            return int(text.removesuffix(".0"))  # JSON Schema's integer takes 5.0 as well
        except ValueError:
            raise ValueError(f"{text!r} is not a whole number") from None

    def shown(self, value: object) -> str:
        return f"{value} {self.unit}" if self.unit else str(value)

    def words(self) -> str:
        """What is allowed, to be read in a sentence."""
        if not self.allowed:
            return Message("range", low=self.minimum, high=self.maximum)
        numbers = map(str, self.allowed)
        return reduce(lambda first, second: Message("either", first=first, second=second), numbers)


@record
class Number:
    """A number with a fraction; ``step`` is what a control moves by."""

    minimum: float
    maximum: float
    default: float | None = None
    step: float = 0.1

    def holds(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    def problem(self, label: str, value: object) -> str:
        if self.holds(value) and self.minimum <= value <= self.maximum:  # type: ignore[operator]
            return ""
        allowed = Message("range", low=float(self.minimum), high=float(self.maximum))
        return Message("out_of_range", label=label, allowed=allowed)

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        try:
            number = float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a number") from None
        if not isfinite(number):
            raise ValueError(f"{text!r} is not a number")
        return number

    def shown(self, value: object) -> str:
        return f"{value:g}" if isinstance(value, int | float) else str(value)


@record
class Flag:
    """Yes or no."""

    default: bool | None

    def holds(self, value: object) -> bool:
        return isinstance(value, bool)

    def problem(self, label: str, value: object) -> str:
        return "" if isinstance(value, bool) else Message("not_on_off", label=label)

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        word = text.strip().lower()
        if word not in _ON | _OFF:
            raise ValueError(f"{text!r} is neither true nor false")
        return word in _ON

    def shown(self, value: object) -> str:
        return "on" if value else "off"


@record
class Image:
    """A picture (a ``Frame``), or a tuple of at most ``most`` of them where one list takes several.

    ``position`` is the place of a single picture in a list that it shares with another one.
    """

    most: int = 1
    position: int | None = None
    default: None = None

    @property
    def several(self) -> bool:
        """Whether the value is a tuple of pictures."""
        return self.most > 1

    def holds(self, value: object) -> bool:
        if not self.several:
            return isinstance(value, Frame)
        return isinstance(value, tuple) and all(isinstance(one, Frame) for one in value)

    def problem(self, label: str, value: object) -> str:
        count = len(value) if isinstance(value, tuple) else 1
        if count <= self.most:
            return ""
        return Message("too_many_pictures", label=label, count=count, most=self.most)

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        raise ValueError("a picture is given as a file or an address")

    def shown(self, value: object) -> str:
        frames = value if isinstance(value, tuple) else (value,)
        return ", ".join(frame.label or frame.value.rpartition("/")[2] for frame in frames)


@record
class Json:
    """What no control fits, as JSON of at most ``max_length`` characters."""

    max_length: int = 20_000
    default: object = None

    def holds(self, value: object) -> bool:
        return value is not None and not isinstance(value, Frame)

    def problem(self, label: str, value: object) -> str:
        try:
            length = len(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            return Message("not_json", label=label)
        return Message("json_too_long", label=label) if length > self.max_length else ""

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        try:
            return read_json(text)
        except ValueError:
            raise ValueError(f"{text[:80]!r} is not JSON") from None

    def shown(self, value: object) -> str:
        return json.dumps(value, ensure_ascii=False)


CellRule = Text | Choice | IntRange | Number | Flag


@record
class Column:
    """What every row has under one key; the empty key is that of rows which are plain values."""

    key: str
    label: str
    rule: CellRule
    help: str = ""
    required: bool = False

    def problem(self, cell: object) -> str:
        """Why such a value, spelled as the service does, must not be sent; "" for nothing."""
        value = self.rule.read(cell) if isinstance(self.rule, Choice) else cell
        if self.required and (value is None or (isinstance(value, str) and not value.strip())):
            return Message("needs_cell", label=self.label) if self.key else Message("row_empty")
        if value is None:
            return ""
        if not self.rule.holds(value) and isinstance(self.rule, Text | Choice | Flag):
            return Message("cell_odd", label=self.label)
        return self.rule.problem(self.label, value)


@record
class Rows:
    """From ``least`` to ``most`` rows of the same few values, or no row where none is required.

    The value is the list as it is sent: objects with the columns' keys, plain values where the only
    column has no key. ``seconds`` is the key of the column that tells how long a row lasts.
    """

    columns: tuple[Column, ...]
    least: int = 0
    most: int = 100
    seconds: str = ""
    default: object = None

    @property
    def plain(self) -> bool:
        """Whether a row is one value without a name."""
        return self.columns[0].key == ""

    def cells(self, row: object) -> dict[str, object]:
        """A row's values by their keys."""
        if self.plain:
            return {"": row}
        return dict(row) if isinstance(row, dict) else {}

    def row(self, cells: dict[str, object]) -> object:
        """The row that has these values."""
        return cells.get("", "") if self.plain else cells

    def total(self, value: object) -> float | None:
        """How many seconds all rows take; None where that is not said in each."""
        if not self.seconds or not self.holds(value) or not isinstance(value, list) or not value:
            return None
        told = [row.get(self.seconds) for row in value]
        counted = [n for n in told if isinstance(n, int | float) and not isinstance(n, bool)]
        try:
            return float(fsum(counted)) if len(counted) == len(told) else None
        except OverflowError:
            return inf

    def holds(self, value: object) -> bool:
        return isinstance(value, list) and all(
            not isinstance(row, dict | list) if self.plain else isinstance(row, dict)
            for row in value
        )

    def problem(self, label: str, value: object) -> str:
        if not isinstance(value, list) or not self.holds(value):
            return Message("not_rows", label=label)
        if not self.least <= len(value) <= self.most:
            allowed = Message("range", low=self.least, high=self.most)
            return Message("row_count", label=label, count=len(value), allowed=allowed)
        keys = {column.key for column in self.columns}
        for place, row in enumerate(value, 1):
            cells = self.cells(row)
            if unknown := sorted(map(str, cells.keys() - keys)):
                reason = Message("no_setting_named", name=unknown[0][:80])
                return Message("row_wrong", label=label, place=place, reason=reason)
            for column in self.columns:
                if wrong := column.problem(cells.get(column.key)):
                    return Message("row_wrong", label=label, place=place, reason=wrong)
        return ""

    def spelled(self, value: object) -> object:
        return value

    def parsed(self, text: str) -> object:
        return Json().parsed(text)

    def shown(self, value: object) -> str:
        return rows_text(value) or json.dumps(value, ensure_ascii=False)


def rows_text(value: object) -> str:
    """Rows in words: "1. a fox, duration 3; 2. …", or "a, b" of plain values; "" for no rows."""
    if not isinstance(value, list) or not value:
        return ""
    if all(isinstance(row, str | int | float) for row in value):
        return ", ".join(map(_cell_text, value))
    flat = all(
        isinstance(row, dict) and not any(isinstance(cell, dict | list) for cell in row.values())
        for row in value
    )
    if not flat:
        return ""
    told = []
    for place, row in enumerate(value, 1):
        cells = [
            _cell_text(cell) if key in _SPOKEN else f"{key.replace('_', ' ')} {_cell_text(cell)}"
            for key, cell in row.items()
        ]
        told.append(f"{place}. {', '.join(cells)}")
    return "; ".join(told)


def _cell_text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else json.dumps(cell)


Rule = Text | Choice | IntRange | Number | Flag | Image | Rows | Json
