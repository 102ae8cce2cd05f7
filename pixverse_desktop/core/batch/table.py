"""Tables and lists of prompts as people save them: delimiter, encoding and quotes are found out."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message

MOST_BYTES = 20 * 2**20
_MOST_COLUMNS = 200
_LONGEST_CELL = 1_000_000  # characters
_LONGEST_HEAD = 100_000  # characters of the first line that tell the delimiter
_LINE_END = re.compile(r"\r\n|\n|\r")  # others are letters of a prompt
_DELIMITERS = ",;\t|"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before the one it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Table(NamedTuple):
    """Texts by row and column; ``records`` are as long as ``columns``, empty ones left out."""

    columns: tuple[str, ...]
    records: tuple[tuple[str, ...], ...]

    def without(self, heads: Collection[str]) -> Table:
        """The table without the columns of these heads; what has no head stays."""
        if not heads:
            return self
        gone = {n for n, head in enumerate(self.columns) if head in heads}
        records = [tuple(c for n, c in enumerate(row) if n not in gone) for row in self.records]
        return Table(tuple(h for h in self.columns if h not in heads), tuple(records))


def read_table(data: bytes, is_column: Callable[[str], bool]) -> Table:
    """A table with a row of heads; ``is_column`` tells heads that mean something.

    Raises UserError (INVALID): too large, not a text, quotes that do not end, no or unusual heads.
    """
    text = decoded(data)
    if not text.strip():
        raise _wrong(Message("table_empty"))
    delimiter = _delimiter(text, is_column)
    before = csv.field_size_limit(_LONGEST_CELL)
    try:
        lines = [line for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter,
                                             strict=True) if any(map(str.strip, line))]  # fmt: skip
    except csv.Error as error:
        raise _wrong(Message("table_quotes", reason=str(error))) from None
    finally:
        csv.field_size_limit(before)
    if not lines:
        raise _wrong(Message("table_empty"))
    columns = tuple(head.strip() for head in lines[0])
    if len(columns) > _MOST_COLUMNS:
        raise _wrong(Message("table_columns", number=len(columns), most=_MOST_COLUMNS))
    return Table(columns, tuple(_whole(line, len(columns)) for line in lines[1:]))


def read_prompts(data: bytes) -> tuple[str, ...]:
    """A prompt a line; empty lines and those behind a # are left out, ``\\#`` keeps one.

    Raises UserError (INVALID): too large, or not a text.
    """
    lines = (line.strip() for line in _LINE_END.split(decoded(data)))
    kept = (line for line in lines if line and not line.startswith("#"))
    return tuple(line[1:] if line.startswith("\\#") else line for line in kept)


def decoded(data: bytes) -> str:
    """The text in UTF-8, UTF-16, UTF-32 or, where it is none of these, Windows-1252."""
    if len(data) > MOST_BYTES:
        raise _wrong(Message("table_large", most=MOST_BYTES // 2**20))
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), None)
    if encoding is None and (zeros := data.count(0)):
        encoding = _utf_16_without_mark(data, zeros)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding is not None:
            raise _wrong(Message("table_no_text")) from None
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise _wrong(Message("table_no_text"))
    return text


def _utf_16_without_mark(data: bytes, zeros: int) -> str:
    odd = data[1::2].count(0)
    little, big = odd, zeros - odd
    if len(data) % 2 or max(little, big) < len(data) / 4 or min(little, big) > len(data) / 50:
        raise _wrong(Message("table_no_text"))
    return "utf-16-le" if little > big else "utf-16-be"


def _delimiter(text: str, is_column: Callable[[str], bool]) -> str:
    """What makes the most sense of the first line that holds anything."""
    first = next(line for line in _LINE_END.split(text) if line.strip())[:_LONGEST_HEAD]

    def sense(delimiter: str) -> tuple[int, int]:
        heads = next(csv.reader([first], delimiter=delimiter), [])
        return sum(is_column(head.strip()) for head in heads), len(heads)

    return max(_DELIMITERS, key=sense)


def _whole(line: Sequence[str], width: int) -> tuple[str, ...]:
    """As many cells as there are heads; more than that stay, to be told of."""
    return (*line, *[""] * (width - len(line)))


def _wrong(message: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, message))
