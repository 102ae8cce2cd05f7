"""What a sheet of several takes would make: every clip, what is there already, what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from pixverse_desktop.core.batch.cells import (
    MOST_CLIPS,
    Axis,
    Match,
    Row,
    cell_of,
    count,
    is_paid_in_vain,
    is_under_way,
    jobs_of,
    matches,
)
from pixverse_desktop.core.batch.patterns import Lists, literal
from pixverse_desktop.core.batch.table_rows import RowError, TableRows, prompt_rows
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job, refused_for_sound
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.price import Shape, shape_of
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import Choice, IntRange, Text
from pixverse_desktop.core.model.validation import Violation, value_problem, violations
from pixverse_desktop.core.records import record

COLUMN = "column"  # the name of a mend that reads a table without one of its columns


class Outcome(Enum):
    """What becomes of a clip of the sheet."""

    NEW = auto()
    MADE = auto()
    UNDER_WAY = auto()
    IN_VAIN = auto()  # charged once, and nothing came of it
    WRONG = auto()
    LEFT_OUT = auto()  # by the user


class Mend(NamedTuple):
    """One change that would make a wrong clip a right one; no name: its prompt as it is written."""

    name: str = ""
    value: object = None


class Planned(NamedTuple):
    """A clip of the sheet. ``kind`` is its place in ``Plan.kinds``; ``chosen`` as in ``Row``.

    ``key`` is what decisions about it are known by: its request as it was before any of them, or
    what is wrong with the row of a table that asks for nothing.
    """

    key: Hashable
    cell: Cell
    outcome: Outcome
    kind: int = 0
    chosen: tuple[tuple[int, int], ...] = ()
    reason: str = ""
    mend: Mend | None = None
    job: Job | None = None


@record
class Asked:
    """What stands in a sheet, and what the user decided of single clips.

    ``table`` stands for the prompts where there is one. ``left_out`` and ``mended`` know a clip by
    ``Planned.key``; ``again`` are ids of jobs that do not count as made.
    """

    base: ClipRequest
    model: ModelSpec
    origin: str
    prompts: str = ""
    whole: bool = False  # all of the text is one prompt
    table: TableRows | None = None
    axes: tuple[Axis, ...] = ()
    every: bool = True
    left_out: frozenset[Hashable] = frozenset()
    mended: Mapping[Hashable, Mapping[str, object]] = field(default_factory=dict)
    again: frozenset[str] = frozenset()


@dataclass
class Plan:
    """The clips in their order; ``kinds`` has a request of each kind that may differ in price."""

    cells: list[Planned] = field(default_factory=list)
    kinds: list[ClipRequest] = field(default_factory=list)
    every: int = 0  # clips that every combination would make
    paired: int = 0  # and one to one
    texts: int = 0  # that the prompts stand for
    problem: str = ""  # why nothing can be made at all

    def number(self, *outcomes: Outcome) -> int:
        """How many clips are of these outcomes."""
        return sum(one.outcome in outcomes for one in self.cells)

    def new(self) -> list[Cell]:
        """What is to be made."""
        return [one.cell for one in self.cells if one.outcome is Outcome.NEW]

    def new_by_kind(self) -> Counter[int]:
        """How many clips of each kind are to be made."""
        return Counter(one.kind for one in self.cells if one.outcome is Outcome.NEW)


def plan_of(
    asked: Asked,
    jobs: Iterable[Job],
    lists: Lists,
    is_gone: Callable[[Frame], bool] = lambda frame: False,
) -> Plan:
    """BLOCKING where ``lists`` and ``is_gone`` are. Never raises for what a user may enter."""
    return _Planning(asked, jobs, lists, is_gone).plan()


class _Planning:
    """One pass. Clips that differ in their prompt alone are checked once, all but the prompt."""

    def __init__(
        self,
        asked: Asked,
        jobs: Iterable[Job],
        lists: Lists,
        is_gone: Callable[[Frame], bool],
    ) -> None:
        self._asked = asked
        self._jobs = [job for job in jobs if job.id not in asked.again]
        self._lists = lists
        self._is_gone = is_gone
        self._gone: dict[Frame, bool] = {}
        self._plan = Plan()
        self._kinds: dict[Shape, int] = {}
        self._checked: dict[tuple[object, ...], tuple[list[Violation], int]] = {}
        self._no_row = Row(1, {"prompt": None})  # of clips for which there is no prompt
        self._prompt = asked.model.get("prompt")

    def plan(self) -> Plan:
        asked, plan = self._asked, self._plan
        axes = [axis for axis in asked.axes if axis.values]
        wrong: list[Planned] = []
        rows = list(self._rows(wrong))
        plan.texts = len(rows)
        self._no_row = Row(rows[-1].number + 1 if rows else 1, {"prompt": None})
        if rows:
            plan.every = count(rows, axes, every=True)
            plan.paired = count(rows, axes, every=False)
        number = plan.every if asked.every else plan.paired
        if number > MOST_CLIPS:
            plan.problem = Message("batch_too_many", number=number, most=MOST_CLIPS)
            return plan
        if rows:
            found = [self._judged(match, axes) for match in matches(rows, axes, every=asked.every)]
            plan.cells = self._with_jobs(found)
        plan.cells += wrong
        if wrong:
            plan.cells.sort(key=lambda one: one.cell.row)
        return plan

    def _rows(self, wrong: list[Planned]) -> Iterator[Row]:
        """The rows; those of which nothing can be made go to ``wrong``."""
        asked = self._asked
        if asked.table is not None:
            yield from asked.table.rows
            wrong += [self._unreadable(error) for error in asked.table.errors]
            return
        if not asked.model.offers("prompt"):
            yield Row(1, {})
            return
        seen: Counter[str] = Counter()
        for number, text in numbered_prompts(asked.prompts, whole=asked.whole):
            try:
                yield from prompt_rows(number, text, self._lists, occurrence=seen[text])
                seen[text] += 1
            except UserError as error:
                request = asked.base.changed(prompt=text)
                if request in asked.mended:
                    yield from prompt_rows(number, literal(text), self._lists)
                    continue
                cell = Cell(request, number)
                wrong.append(self._wrong(request, cell, error.problem.message, Mend()))

    def _unreadable(self, error: RowError) -> Planned:
        cell = Cell(self._asked.base.changed(prompt=None), error.row, error.field)
        mend = None if error.row else Mend(COLUMN, error.field)
        return self._wrong(error, cell, error.message, mend)

    def _wrong(
        self, key: Hashable, cell: Cell, reason: str, mend: Mend | None, kind: int = 0
    ) -> Planned:
        out = key in self._asked.left_out
        outcome = Outcome.LEFT_OUT if out else Outcome.WRONG
        return Planned(key, cell, outcome, kind, (), reason, None if out else mend)

    def _judged(self, match: Match, axes: list[Axis]) -> Planned:
        asked, row = self._asked, match.row or self._no_row
        cell = cell_of(asked.base, row, match.values)
        key = cell.request
        change = asked.mended.get(key) if asked.mended else None
        found, kind = self._check(match, cell, change)
        missing: list[str] = []
        if None in match.values:
            pairs = zip(axes, match.values, strict=True)
            missing = [axis.name for axis, value in pairs if value is None]
        if match.row is None or missing:
            name = "prompt" if match.row is None else missing[0]
            return self._wrong(key, cell, self._hole(name), None, kind)
        if asked.left_out and key in asked.left_out:
            return Planned(key, cell, Outcome.LEFT_OUT, kind, row.chosen)
        if change:
            cell = Cell(cell.request.changed(**change), cell.row, cell.label, cell.pattern)
        wrong = self._wrong_of(cell.request, found)
        if wrong is not None:
            judged = self._wrong(key, cell, wrong.message, self._mend(wrong, cell.request), kind)
            return judged._replace(chosen=row.chosen)
        return Planned(key, cell, Outcome.NEW, kind, row.chosen if not change else ())

    def _check(
        self, match: Match, cell: Cell, change: Mapping[str, object] | None
    ) -> tuple[list[Violation], int]:
        """What is wrong but for the prompt, and the kind."""
        key = (_apart(match.row), *map(id, match.values), id(change) if change else 0)
        known = self._checked.get(key)
        if known is None:
            request = cell.request.changed(**change) if change else cell.request
            found = [w for w in violations(request, self._asked.model) if w.field != "prompt"]
            found += [
                Violation(name, Message("stored_picture_gone"))
                for name, frame in request.named_frames()
                if self._is_lost(frame)
            ]
            shape = shape_of(request)
            kind = self._kinds.setdefault(shape, len(self._kinds))
            if kind == len(self._plan.kinds):
                self._plan.kinds.append(request)
            known = self._checked[key] = found, kind
        return known

    def _is_lost(self, frame: Frame) -> bool:
        if frame not in self._gone:
            self._gone[frame] = self._is_gone(frame)
        return self._gone[frame]

    def _wrong_of(self, request: ClipRequest, rest: list[Violation]) -> Violation | None:
        text = "" if self._prompt is None else value_problem(self._prompt, request)
        return Violation("prompt", text) if text else next(iter(rest), None)

    def _hole(self, name: str) -> str:
        spec = self._asked.model.get(name)
        return Message("list_too_short", label=spec.label if spec is not None else name)

    def _mend(self, wrong: Violation, request: ClipRequest) -> Mend | None:
        spec, value = self._asked.model.get(wrong.field), request.get(wrong.field)
        if value is None:
            return None
        if spec is None or not spec.offered or wrong.field == "end_frame":
            return Mend(wrong.field)
        rule = spec.rule
        match rule:
            case Text() if len(str(value)) > rule.max_length:
                return Mend(wrong.field, str(value)[: rule.max_length])
            case IntRange() if isinstance(value, int) and rule.count() > 0:
                return Mend(wrong.field, rule.nearest(value))
            case Choice() if rule.default is not None:
                return Mend(wrong.field, rule.default)
            case _:
                return None

    def _with_jobs(self, found: list[Planned]) -> list[Planned]:
        """The same, with what is there already."""
        places = [n for n, one in enumerate(found) if one.outcome is Outcome.NEW]
        usual = default_request(self._asked.model)
        known = jobs_of([found[n].cell for n in places], self._jobs, self._asked.origin, usual)
        for n, job in zip(places, known, strict=True):
            if job is None:
                continue
            mend = None
            if is_under_way(job):
                outcome = Outcome.UNDER_WAY
            elif is_paid_in_vain(job):
                outcome = Outcome.IN_VAIN
                mend = Mend("audio", False) if refused_for_sound(job) else None
            else:
                outcome = Outcome.MADE
            reason = job.problem.message if job.problem and outcome is Outcome.IN_VAIN else ""
            found[n] = found[n]._replace(outcome=outcome, job=job, reason=reason, mend=mend)
        return found


def _apart(row: Row | None) -> object:
    """What a row gives beside its prompt, for comparing; what cannot be compared is its own."""
    if row is None:
        return None
    values = row.values
    given = tuple(item for item in values.items() if item[0] != "prompt") if len(values) > 1 else ()
    try:
        hash(given)
    except TypeError:
        return id(row)
    return given


def numbered_prompts(text: str, *, whole: bool) -> list[tuple[int, str]]:
    """The prompts in a text with the line each stands in, from 1; ``whole``: all of it is one.

    Empty lines and remarks are left out, as in a file of prompts.
    """
    if whole:
        return [(1, text.strip())] if text.strip() else []
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        kept = line.strip()
        if kept and not kept.startswith("#"):
            found.append((number, kept.removeprefix("\\") if kept[:2] == "\\#" else kept))
    return found
