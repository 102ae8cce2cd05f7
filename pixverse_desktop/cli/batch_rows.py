"""From a file of prompts or a table, and the options beside it, to the cells of a batch."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pixverse_desktop.cli.arguments import Exit, Stop, frame_of, route_of
from pixverse_desktop.core.batch.cells import Axis, Row, combined
from pixverse_desktop.core.batch.table_rows import RowError
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import PICTURE_SUFFIXES, Frame
from pixverse_desktop.core.model.given_value import value_of
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.core.model.rules import Image
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.text import natural
from pixverse_desktop.services.batch_files import bytes_of, read_given, word_lists
from pixverse_desktop.services.named_frame import named_frame
from pixverse_desktop.services.paths import Paths


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
        self._paths = paths
        self._notify = notify
        self._batch = Batch()
        self._frame = cache(lambda text: frame_of(text, paths, notify))

    def read(self) -> Batch:
        file: Path = self._options.file
        try:
            rows = self._rows(file)
            axes = self._axes()
            self._refuse_twice(rows, axes)
            every = self._options.match == "every"
            if rows:
                base = default_request(self._model)
                self._batch.cells = combined(base, rows, axes, every=every)
        except UserError as error:
            said = error.problem.message
            named = said if file.name in said else f"{file.name}: {said}"
            raise Stop(Exit.ARGUMENTS, named) from None
        if not rows and not self._batch.errors:
            raise Stop(Exit.ARGUMENTS, f"{file.name} holds no clips.")
        self._check()
        return self._batch

    def _rows(self, file: Path) -> tuple[Row, ...]:
        lists = word_lists(self._paths)
        found = read_given(bytes_of(file), file, self._model, lists, self._picture).found
        self._batch.errors += found.errors
        return found.rows

    def _picture(self, text: str) -> Frame:
        """A picture that the table names. Raises UserError."""
        frame, note = named_frame(text, self._paths, route_of(self._paths))
        if note:
            self._notify(f"{Path(text).name}: {note}")
        return frame

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
            if given and not frames:
                raise Stop(Exit.ARGUMENTS, f"{option}: there is no picture in {given[0]}.")
            if frames and not self._model.offers(slot):
                raise Stop(Exit.ARGUMENTS, f"{option}: {Message('takes_none', label=slot)}")
            found.append(Axis(option, [{slot: frame} for frame in frames]))
        found += [self._set_axis(pair) for pair in self._options.set]
        found.append(Axis("--seeds", [{}] * (self._options.seeds or 0)))
        return found

    def _refuse_twice(self, rows: Iterable[Row], axes: Iterable[Axis]) -> None:
        """A parameter that is given in two places would make clips that nobody meant."""
        given: dict[str, str] = {}
        for row in rows:
            given |= dict.fromkeys(row.values, f"a column of {self._options.file.name}")
        for axis in axes:
            names = set().union(*axis.values) or ({"seed"} if axis.values else set())
            for name in sorted(names):
                if name in given:
                    raise Stop(Exit.ARGUMENTS, f"{axis.name}: {given[name]} gives the same.")
            given |= dict.fromkeys(names, axis.name)

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
        if not values:
            raise Stop(Exit.ARGUMENTS, f"--set {name}: there is no value in {text}.")
        return Axis(f"--set {name}", [{spec.name: value} for value in values])

    def _check(self) -> None:
        names = {spec.name: spec.wire for spec in self._model.offered()}
        for cell in self._batch.cells:
            for found in violations(cell.request, self._model):
                self._wrong(cell.row, names.get(found.field, found.field), found.message)
        self._batch.errors.sort(key=lambda error: error.row)


def _listed(text: str) -> list[str]:
    """The values of a JSON list, or those between commas."""
    if not text.startswith("["):
        return text.split(",")
    return [one if isinstance(one, str) else json.dumps(one) for one in json.loads(text)]


def _pictures(given: Iterable[Path]) -> list[Path]:
    """Files as they are given, and the pictures of a folder in the natural order of their names."""
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = (each for each in path.iterdir() if each.suffix.lower() in PICTURE_SUFFIXES)
            found += sorted(inside, key=lambda one: natural(one.name))
        else:
            found.append(path)
    return found
