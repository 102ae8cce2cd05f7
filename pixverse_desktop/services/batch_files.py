"""Tables, lists of prompts and lists of words on the disk, for the command line and the window."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pixverse_desktop.core.batch.patterns import Lists, literal
from pixverse_desktop.core.batch.table import MOST_BYTES, Table, read_prompts, read_table
from pixverse_desktop.core.batch.table_rows import LABEL, TableReader, TableRows
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.services.export import replacing
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.store.frame_folder import FrameFolder


class GivenTable(NamedTuple):
    """A file as it was read: its heads, how many records it has, and what they ask for."""

    name: str
    columns: tuple[str, ...]
    records: int
    found: TableRows
    prompts: str = ""  # of a text: one a line, as it is written there


def word_lists(paths: Paths) -> Lists:
    """The user's own lists: ``lists/NAME.txt`` in the data folder. BLOCKING when called."""

    @cache
    def lines(name: str) -> Sequence[str] | None:
        try:
            return read_prompts(bytes_of(paths.data / "lists" / f"{name}.txt"))
        except UserError:
            return None

    return lines


def bytes_of(path: Path) -> bytes:
    """BLOCKING. A file that may be a table. Raises UserError (DISK)."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        said = Message("named_unreadable_because", name=path.name, reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error


def read_given(
    data: bytes,
    path: Path,
    model: ModelSpec,
    lists: Lists,
    frame: Callable[[str], Frame],
    without: Collection[str] = (),
) -> GivenTable:
    """BLOCKING. The table in ``data``; a path in it is one beside ``path``, where it was found.

    A text has a prompt a line. Columns whose heads are in ``without`` are passed over. Raises
    UserError (INVALID) for what is neither.
    """
    reader = TableReader(model, lists, cache(lambda text: frame(beside(text, path))))
    prompts = ""
    if path.suffix.lower() == ".txt":
        lines = read_prompts(data)
        table = Table(("prompt",), tuple((line,) for line in lines))
        prompts = "\n".join(f"\\{line}" if line.startswith("#") else line for line in lines)
    else:
        table = read_table(data, reader.is_column).without(without)
    found = reader.read(table)
    return GivenTable(path.name, table.columns, len(table.records), found, prompts)


def beside(text: str, path: Path) -> str:
    """A path is beside the file, an address is what it is."""
    return text if "://" in text else str(path.parent / text)


def write_cells(cells: Iterable[Cell], model: ModelSpec, frames: Path, target: Path) -> None:
    """BLOCKING. Clips as a table (CSV) that reads back as the same ones; ``frames`` is the folder
    of the pictures that are kept. Raises UserError (DISK)."""
    kept = list(cells)
    specs = [
        spec for spec in model.offered() if any(spec.name in one.request.values for one in kept)
    ]
    heads = [spec.wire for spec in specs]
    if any(cell.label for cell in kept):
        heads.append(LABEL)
    try:
        with replacing(target) as aside, aside.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(heads)
            for cell in kept:
                row = [_text(spec, cell.request.get(spec.name), frames) for spec in specs]
                table.writerow([*row, cell.label][: len(heads)])
    except OSError as error:
        said = Message("table_not_written", reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error


def _text(spec: ParameterSpec, value: object, frames: Path) -> str:
    if isinstance(value, tuple):
        value = next(iter(value), None)
    if isinstance(value, Frame):
        return value.value if value.kind is FrameKind.URL else str(frames / value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and spec.name == "prompt":
        return literal(value)
    return "" if value is None else str(spec.rule.spelled(value))


def frame_is_gone(paths: Paths, frame: Frame) -> bool:
    """BLOCKING. Whether a kept picture is no longer there."""
    return frame.kind is FrameKind.FILE and not FrameFolder(paths.frames).has(frame.value)
