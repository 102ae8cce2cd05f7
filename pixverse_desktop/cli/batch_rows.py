"""From a file of prompts or a table, and the options beside it, to the cells of a batch."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from pixverse_desktop.cli.arguments import Exit, Stop, frame_of, value_of
from pixverse_desktop.core.batch.cells import Axis, Row, combined
from pixverse_desktop.core.batch.patterns import expand, is_pattern
from pixverse_desktop.core.batch.table import MOST_BYTES, Table, read_prompts, read_table
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.core.model.rules import Image, IntRange, Number
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.services.paths import Paths

LABEL = "name"  # the column that calls a row something
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif"}


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row (from 1; 0 is the heads); ``field`` is the service's name or the
    head, "" for all of it."""

    row: int
    field: str
    message: str

    def told(self) -> dict[str, object]:
        """As it stands in the JSON."""
        return {"row": self.row, "field": self.field, "message": self.message}


@dataclass
class Batch:
    """The cells, and every reason why they must not be sent."""

    cells: list[Cell] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def read_batch(
    options: argparse.Namespace, model: ModelSpec, paths: Paths, notify: Callable[[str], None]
) -> Batch:
    """BLOCKING. Everything the file and the options ask for. Raises Stop (ARGUMENTS)."""
    return _Reader(options, model, paths, notify).read()


class _Reader:
    """Reads one file; each picture is prepared once."""

    def __init__(
        self,
        options: argparse.Namespace,
        model: ModelSpec,
        paths: Paths,
        notify: Callable[[str], None],
    ) -> None:
        self._options = options
        self._model = model
        self._lists = paths.data / "lists"
        self._batch = Batch()
        self._frame = cache(lambda text: frame_of(text, paths, notify))
        self._specs = _specs_by_column(model)

    def read(self) -> Batch:
        file: Path = self._options.file
        try:
            rows = self._rows(_bytes_of(file), file)
            axes = self._axes()
            if any("seed" in row.values for row in rows) and self._options.seeds:
                raise Stop(Exit.ARGUMENTS, f"{file.name} gives seeds; leave out --seeds.")
            every = self._options.match == "every"
            if rows:
                base = default_request(self._model)
                self._batch.cells = combined(base, rows, axes, every=every)
        except UserError as error:
            raise Stop(Exit.ARGUMENTS, f"{file.name}: {error.problem.message}") from None
        if not rows and not self._batch.errors:
            raise Stop(Exit.ARGUMENTS, f"{file.name} holds no clips.")
        self._check()
        return self._batch

    def _rows(self, data: bytes, file: Path) -> list[Row]:
        if file.suffix.lower() == ".txt":
            table = Table(("prompt",), tuple((line,) for line in read_prompts(data)))
        else:
            table = read_table(data, self._is_column)
        columns = [self._column(head, table.columns) for head in table.columns]
        rows: list[Row] = []
        if self._batch.errors:
            return []  # of heads; the rows would all be wrong in the same way
        for number, record in enumerate(table.records, 1):
            rows += self._expanded(number, record, columns)
        return rows

    def _is_column(self, head: str) -> bool:
        return _plain(head) == LABEL or _plain(head) in self._specs

    def _column(self, head: str, heads: Sequence[str]) -> ParameterSpec | None:
        """The parameter that a column gives; None for the rows' names."""
        if not self._is_column(head):
            self._wrong(0, head, Message("table_unknown_column", name=head or '""'))
        elif [_plain(other) for other in heads].count(_plain(head)) > 1:
            self._wrong(0, head, Message("table_column_twice", name=head))
        return self._specs.get(_plain(head))

    def _expanded(
        self, number: int, record: Sequence[str], columns: Sequence[ParameterSpec | None]
    ) -> Iterable[Row]:
        """The rows that a record stands for; none where something in it is wrong."""
        before = len(self._batch.errors)
        if len(record) > len(columns):
            self._wrong(number, "", Message("table_long_row"))
        values: dict[str, object] = {}
        label, prompts, pattern = "", [""], ""
        for spec, text in zip(columns, record, strict=False):
            if not text.strip():
                continue
            if spec is None:
                label = text.strip()
            elif spec.name == "prompt":
                pattern = text if is_pattern(text) else ""
                prompts = self._prompts(number, text)
            else:
                self._take(values, number, spec, text.strip())
        if len(self._batch.errors) > before:
            return []
        return [Row(number, {**values, "prompt": text}, label, pattern) for text in prompts]

    def _prompts(self, number: int, text: str) -> list[str]:
        try:
            # Its own chance for each row, the same whenever the file is read.
            return expand(text, self._list, Random(f"{number} {text}"))
        except UserError as error:
            self._wrong(number, "prompt", error.problem.message)
            return []

    def _list(self, name: str) -> Sequence[str] | None:
        """The lines of the user's own list ``NAME.txt`` in the folder ``lists``."""
        path = self._lists / f"{name}.txt"
        try:
            return read_prompts(_bytes_of(path))
        except Stop:
            return None

    def _take(self, values: dict[str, object], number: int, spec: ParameterSpec, text: str) -> None:
        try:
            if isinstance(spec.rule, Image):
                frame = self._frame(self._beside(text))
                values[spec.name] = (frame,) if spec.rule.several else frame
                return
            if isinstance(spec.rule, IntRange | Number) and _DECIMAL_COMMA.fullmatch(text):
                text = text.replace(",", ".")
            values[spec.name] = value_of(spec.rule, text)
        except Stop as stop:
            self._wrong(number, spec.wire, str(stop))
        except (ValueError, RecursionError) as error:
            self._wrong(number, spec.wire, f"{error}.")

    def _beside(self, text: str) -> str:
        """A path is beside the file, an address is what it is."""
        return text if "://" in text else str(self._options.file.parent / text)

    def _wrong(self, number: int, name: str, message: str) -> None:
        error = RowError(number, name, message)
        if error not in self._batch.errors:
            self._batch.errors.append(error)

    def _axes(self) -> list[Axis]:
        """What the options ask to be tried; a seed that is drawn differs each time."""
        found = []
        for slot in ("start_frame", "end_frame"):
            given = getattr(self._options, f"{slot}s") or []
            frames = [self._frame(str(path)) for path in _pictures(given)]
            option = f"--{slot.replace('_', '-')}s"
            if frames and not self._model.offers(slot):
                raise Stop(Exit.ARGUMENTS, f"{option}: {Message('takes_none', label=slot)}")
            found.append(Axis(option, [{slot: frame} for frame in frames]))
        found += [self._set_axis(pair) for pair in self._options.set]
        found.append(Axis("--seeds", [{}] * (self._options.seeds or 0)))
        return found

    def _set_axis(self, pair: str) -> Axis:
        name, equals, text = pair.partition("=")
        spec = next((spec for spec in self._model.offered() if spec.wire == name), None)
        if not equals or spec is None:
            known = ", ".join(dict.fromkeys(spec.wire for spec in self._model.offered()))
            raise Stop(Exit.ARGUMENTS, f"--set {pair}: give NAME=V1,V2 with one of {known}.")
        try:
            texts = _listed(text)
            if isinstance(spec.rule, Image):
                values: list[object] = [self._frame(one) for one in texts]
            else:
                values = [value_of(spec.rule, one) for one in texts]
        except (ValueError, RecursionError) as error:
            raise Stop(Exit.ARGUMENTS, f"--set {name}: {error}.") from None
        return Axis(f"--set {name}", [{spec.name: value} for value in values])

    def _check(self) -> None:
        names = {spec.name: spec.wire for spec in self._model.offered()}
        for cell in self._batch.cells:
            for found in violations(cell.request, self._model):
                self._wrong(cell.row, names.get(found.field, found.field), found.message)
        self._batch.errors.sort(key=lambda error: error.row)


def _specs_by_column(model: ModelSpec) -> dict[str, ParameterSpec]:
    """Parameters by every name that a column may have: the service's, the option's, ours."""
    found: dict[str, ParameterSpec] = {}
    for spec in model.offered():
        for name in (spec.wire, spec.option, spec.name):
            found.setdefault(_plain(name), spec)
    return found


def _plain(head: str) -> str:
    return head.strip().lower().replace(" ", "_").replace("-", "_")


def _listed(text: str) -> list[str]:
    """The values of a JSON list, or those between commas."""
    if not text.startswith("["):
        return text.split(",")
    return [one if isinstance(one, str) else json.dumps(one) for one in json.loads(text)]


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Stop(Exit.ARGUMENTS, f"{path} cannot be read ({error.strerror}).") from None


def _pictures(given: Iterable[Path]) -> list[Path]:
    """Files as they are given, and the pictures of a folder in the natural order of their names."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = (each for each in path.iterdir() if each.suffix.lower() in _PICTURES)
            found += sorted(inside, key=_natural)
        else:
            found.append(path)
    return found


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """So that 2 comes before 10."""
    parts = re.split(r"([0-9]+)", path.name.casefold())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts if part]
