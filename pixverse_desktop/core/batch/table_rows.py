"""From a table to the rows of a batch: columns are parameters, and what is wrong is told by row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from pixverse_desktop.core.batch.cells import MOST_CLIPS, Row
from pixverse_desktop.core.batch.patterns import Lists, expand_marked, is_pattern
from pixverse_desktop.core.batch.table import Table
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.given_value import value_of
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.rules import Image, IntRange, Number

LABEL = "name"  # the column that calls a row something
_UNUSED = Random(0)  # for what leaves nothing to chance
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


class RowError(NamedTuple):
    """What is wrong with a row (from 1; 0 is the heads); ``field`` is the service's name or the
    head, "" for all of it."""

    row: int
    field: str
    message: str

    def told(self) -> dict[str, object]:
        """As it stands in the JSON."""
        return {"row": self.row, "field": self.field, "message": self.message}


class TableRows(NamedTuple):
    """The rows of a table, and every reason why some of it must not be sent."""

    rows: tuple[Row, ...] = ()
    errors: tuple[RowError, ...] = ()


class TableReader:
    """Reads tables for one model; ``frame`` makes a picture of a path or an address, or raises
    UserError, and ``lists`` are the user's lists of words."""

    def __init__(self, model: ModelSpec, lists: Lists, frame: Callable[[str], Frame]) -> None:
        self._lists = lists
        self._frame = frame
        self._specs = specs_by_column(model)
        self._errors: list[RowError] = []

    def is_column(self, head: str) -> bool:
        """Whether a head means anything."""
        return plain_head(head) == LABEL or plain_head(head) in self._specs

    def read(self, table: Table) -> TableRows:
        """BLOCKING where ``frame`` is. No rows where the heads are wrong: all would be. Raises
        UserError: there are more than MOST_CLIPS."""
        self._errors = []
        self._seen: Counter[str] = Counter()
        columns = [self._column(head, table.columns) for head in table.columns]
        rows: list[Row] = []
        for number, record in enumerate(() if self._errors else table.records, 1):
            rows += self._expanded(number, record, columns)
            if len(rows) > MOST_CLIPS:
                said = Message("batch_too_many", number=len(rows), most=MOST_CLIPS)
                raise UserError(problem(ProblemCode.INVALID, said))
        return TableRows(tuple(rows), tuple(self._errors))

    def _column(self, head: str, heads: Sequence[str]) -> ParameterSpec | None:
        """The parameter that a column gives; None for the rows' names."""
        if not self.is_column(head):
            self._wrong(0, head, Message("table_unknown_column", name=head or '""'))
        elif [plain_head(other) for other in heads].count(plain_head(head)) > 1:
            self._wrong(0, head, Message("table_column_twice", name=head))
        return self._specs.get(plain_head(head))

    def _expanded(
        self, number: int, record: Sequence[str], columns: Sequence[ParameterSpec | None]
    ) -> Iterable[Row]:
        """The rows that a record stands for; none where something in it is wrong."""
        before = len(self._errors)
        if len(record) > len(columns):
            self._wrong(number, "", Message("table_long_row"))
        values: dict[str, object] = {}
        label, prompt = "", ""
        for spec, text in zip(columns, record, strict=False):
            if not text.strip():
                continue
            if spec is None:
                label = text.strip()
            elif spec.name == "prompt":
                prompt = text
            else:
                self._take(values, number, spec, text.strip())
        try:
            occurrence = self._seen[prompt]
            self._seen[prompt] += 1
            rows = prompt_rows(number, prompt, self._lists, values, label, occurrence)
        except UserError as error:
            self._wrong(number, "prompt", error.problem.message)
        return [] if len(self._errors) > before else rows

    def _take(self, values: dict[str, object], number: int, spec: ParameterSpec, text: str) -> None:
        try:
            if isinstance(spec.rule, Image):
                frame = self._frame(text)
                values[spec.name] = (frame,) if spec.rule.several else frame
                return
            if isinstance(spec.rule, IntRange | Number) and _DECIMAL_COMMA.fullmatch(text):
                text = text.replace(",", ".")
            values[spec.name] = value_of(spec.rule, text)
        except UserError as error:
            name = text.replace("\\", "/").rpartition("/")[2]
            said = Message("named_reason", name=name, reason=error.problem.message)
            self._wrong(number, spec.wire, said)
        except (ValueError, RecursionError):
            said = Message("cell_unreadable", label=spec.label, value=text[:80])
            self._wrong(number, spec.wire, said)

    def _wrong(self, number: int, name: str, message: str) -> None:
        self._errors.append(RowError(number, name, message))


def prompt_rows(
    number: int, text: str, lists: Lists, values: Mapping[str, object] | None = None,
    label: str = "", occurrence: int = 0,
) -> list[Row]:  # fmt: skip
    """A row for each text that a prompt stands for; ``occurrence`` tells it from the same prompt
    before. Raises UserError (INVALID)."""
    given, pattern = values or {}, text if is_pattern(text) else ""
    # Its own chance for each row, the same wherever it stands; making one takes its time.
    by_chance = "?" in pattern or "__" in pattern
    chance = Random(f"{occurrence} {text}") if by_chance else _UNUSED
    texts = expand_marked(text, lists, chance)
    return [Row(number, {**given, "prompt": one.text}, label, pattern, one.chosen) for one in texts]


def specs_by_column(model: ModelSpec) -> dict[str, ParameterSpec]:
    """Parameters by every name that a column may have: the service's, the option's, ours."""
    found: dict[str, ParameterSpec] = {}
    for spec in model.offered():
        for name in (spec.wire, spec.option, spec.name):
            found.setdefault(plain_head(name), spec)
    return found


def looks_like_table(text: str, model: ModelSpec) -> bool:
    """Whether a pasted text begins with the heads of a table: at least two, all of them known."""
    line, _, rest = text.lstrip("\ufeff\n").partition("\n")
    known = {LABEL, *specs_by_column(model)}
    for delimiter in ("\t", ";", ","):
        heads = [plain_head(head.strip().strip('"')) for head in line.split(delimiter)]
        if len(heads) > 1 and rest.strip() and all(head in known for head in heads):
            return True
    return False


def plain_head(head: str) -> str:
    """A head as it is looked for, whatever its case and separators."""
    return head.strip().lower().replace(" ", "_").replace("-", "_")
