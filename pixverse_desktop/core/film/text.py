"""Shots from text: a script with ``Shot 1 (3s): …``, paragraphs, lines, or a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from pixverse_desktop.core.batch.patterns import literal
from pixverse_desktop.core.batch.table import Table, read_table
from pixverse_desktop.core.batch.table_rows import TableReader, plain_head
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.film.film import MOST_SHOTS, Shot, free_name, new_id, shown_name
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest, default_request

# Where a script names a shot: at its beginning, and at any place where a sentence may begin.
_MARK = re.compile(
    r"(?:^|(?<=\s))shot[ \t]+(?P<number>[0-9]{1,6})[ \t]*"
    r"(?:\([ \t]*(?P<seconds>[0-9]{1,4})[ \t]*s(?:ec\w*)?\.?[ \t]*\))?[ \t]*[:：]",
    re.IGNORECASE,
)
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")
_YES, _NO = frozenset({"yes", "true", "1", "x"}), frozenset({"", "no", "false", "0"})
_LINKS = ("continues", "meets")  # columns beside those of the model

Named = Callable[[int], str]


class _Written(NamedTuple):
    """What a text says of a shot; "" and None where it says nothing."""

    prompt: str
    number: int | None = None
    duration_s: int | None = None


def shots_from_text(
    text: str, base: ClipRequest, name: Named, *, continues: bool = False
) -> tuple[Shot, ...]:
    """Shots that ask for ``base`` with other prompts and durations: one at every ``Shot 1 (3s):``
    where the text begins with one, else a paragraph each, else a line each.

    Lines behind a # are left out. ``name`` calls the n-th shot something; with ``continues`` each
    goes on from the one before. Raises UserError (INVALID): nothing in it, or too much.
    """
    lines = (line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    kept = "\n".join(line for line in lines if not line.startswith("#")).strip()
    written = list(_marked(kept) if _MARK.match(kept) else _apart(kept))
    if not written:
        raise _wrong(Message("film_empty"))
    _check_number(len(written))
    shots: list[Shot] = []
    for place, one in enumerate(written, 1):
        request = base.changed(prompt=one.prompt)
        if one.duration_s is not None:
            request = request.changed(duration_s=one.duration_s)
        called = name(place if one.number is None else one.number)
        called = free_name([shot.name for shot in shots], called)
        shots.append(Shot(new_id(), called, request, continues=continues and place > 1))
    return tuple(shots)


def _marked(text: str) -> Iterator[_Written]:
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        seconds = mark["seconds"]
        prompt = " ".join(text[mark.end() : end].split())
        yield _Written(prompt, int(mark["number"]), int(seconds) if seconds else None)


def _apart(text: str) -> Iterable[_Written]:
    parts = _PARAGRAPHS.split(text) if _PARAGRAPHS.search(text) else text.split("\n")
    return [_Written(" ".join(part.split())) for part in parts if part.strip()]


def shots_from_table(
    data: bytes, model: ModelSpec, frame: Callable[[str], Frame], name: Named
) -> tuple[Shot, ...]:
    """BLOCKING where ``frame``, which makes a picture of a path or an address, is. One shot a row.

    Columns are the model's parameters by any of their names, ``name``, ``continues`` (yes, no, or
    the name of an earlier shot) and ``meets`` (yes, no). Raises UserError that names the row.
    """
    reader = TableReader(model, lambda name: None, frame)
    table = read_table(data, lambda head: plain_head(head) in _LINKS or reader.is_column(head))
    _check_number(len(table.records))
    links = {plain_head(h): n for n, h in enumerate(table.columns) if plain_head(h) in _LINKS}
    plain_table = table.without([table.columns[n] for n in links.values()])
    found = reader.read(_as_written(plain_table))
    if found.errors:
        wrong = found.errors[0]
        reason = f"{wrong.field}: {wrong.message}" if wrong.field else wrong.message
        raise _wrong(Message("shot_wrong", name=str(wrong.row), reason=reason))
    base, shots = default_request(model), list[Shot]()
    for row in found.rows:
        record = table.records[row.number - 1]
        said = {head: record[n].strip() for head, n in links.items()}
        called = shown_name(row.label) if row.label else name(row.number)
        called = free_name([shot.name for shot in shots], called)
        shot = Shot(new_id(), called, base.changed(**row.values))
        shots.append(_linked(shot, said, shots))
    if not shots:
        raise _wrong(Message("film_empty"))
    return tuple(shots)


def _as_written(table: Table) -> Table:
    """Braces in a prompt mean nothing here: a row is one shot."""
    prompts = {n for n, head in enumerate(table.columns) if plain_head(head) == "prompt"}
    records = [
        tuple(literal(cell) if n in prompts else cell for n, cell in enumerate(record))
        for record in table.records
    ]
    return Table(table.columns, tuple(records))


def _linked(shot: Shot, said: dict[str, str], before: list[Shot]) -> Shot:
    continues, meets = said.get("continues", ""), said.get("meets", "")
    if meets.lower() not in _YES | _NO:
        raise _wrong(Message("shot_meets_unreadable", name=shot.name, value=meets[:80]))
    shot = replace(shot, meets=meets.lower() in _YES)
    named = next((one.id for one in before if continues and one.name == continues), "")
    if not named and continues.lower() in _NO:
        return shot
    if not before or (not named and continues.lower() not in _YES):
        raise _wrong(Message("shot_follows_nothing", name=shot.name))
    return replace(shot, continues=True, follows=named)


def _check_number(shots: int) -> None:
    if shots > MOST_SHOTS:
        raise _wrong(Message("film_too_long", number=shots, most=MOST_SHOTS))


def _wrong(message: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, message))
