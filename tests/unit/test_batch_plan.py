"""What a sheet would make: counts, what is there already, what is wrong and how it is mended."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.core.batch.cells import Axis, Row
from pixverse_desktop.core.batch.plan import Asked, Mend, Outcome, Plan, Planned, plan_of
from pixverse_desktop.core.batch.table import read_table
from pixverse_desktop.core.batch.table_rows import TableReader, TableRows
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.services.batch_files import write_cells
from tests.support.factories import make_job

BASE = default_request(PIXVERSE_V6)
FRAMES = [Frame(FrameKind.FILE, f"{n}" * 64 + ".jpg", label=f"{n}.png") for n in range(3)]
STARTS = Axis("start_frame", [{"start_frame": frame} for frame in FRAMES])
STYLES = Axis("style", [{"style": "clay"}, {"style": "anime"}])
Is = Outcome


def asked(prompts: str = "", *axes: Axis, **more: object) -> Asked:
    return Asked(BASE, PIXVERSE_V6, "demo", prompts, axes=axes, **more)  # type: ignore[arg-type]


def plan(given: Asked, *jobs: Job, gone: Frame | None = None) -> Plan:
    return plan_of(given, jobs, {"self": ["__self__"]}.get, lambda frame: frame == gone)


def outcomes(found: Plan) -> list[Outcome]:
    return [one.outcome for one in found.cells]


def test_both_counts_and_every_combination() -> None:
    found = plan(asked("a {red|blue} boat\n# not this\n\nthe sea", STARTS, STYLES))
    assert (found.every, found.paired) == (3 * 3 * 2, 3)
    assert outcomes(found) == [Is.NEW] * 18
    first = found.cells[0]
    assert first.cell.request.prompt == "a red boat"
    assert first.chosen == ((2, 5),)
    assert [one.cell.row for one in found.cells] == [1] * 12 + [4] * 6
    assert len(found.kinds) == 2  # styles may matter, which picture it is does not
    assert sum(found.new_by_kind().values()) == 18


def test_a_line_that_stands_there_twice_draws_twice() -> None:
    line = "a {?" + "|".join(map(str, range(1000))) + "} boat"
    one, two = plan(asked(f"{line}\n{line}")).new()
    assert one.request.prompt != two.request.prompt
    assert plan(asked(f"\n{line}")).new()[0].request == one.request  # wherever it stands


def test_one_to_one_shows_the_holes() -> None:
    found = plan(asked("one\ntwo", STARTS, every=False))
    assert outcomes(found) == [Is.NEW, Is.NEW, Is.WRONG]
    assert "no prompt" in found.cells[2].reason
    short = plan(asked("one\ntwo\nthree\nfour", STARTS, every=False))
    assert outcomes(short) == [Is.NEW] * 3 + [Is.WRONG]
    assert "no start frame" in short.cells[3].reason


def test_the_whole_text_may_be_one_prompt() -> None:
    found = plan(asked("Shot 1\n\nShot 2", whole=True))
    assert [one.cell.request.prompt for one in found.cells] == ["Shot 1\n\nShot 2"]


def test_what_is_made_is_skipped_unless_it_is_asked_for_again() -> None:
    given = asked("one\ntwo\nthree\nfour")
    jobs = [
        replace(
            make_job(state=state, request=BASE.changed(prompt=word, seed=n)),
            id=word, seed_drawn=True, origin="demo",
        )
        for n, (word, state) in enumerate(
            [("one", JobState.SAVED), ("two", JobState.QUEUED), ("three", JobState.FAILED)]
        )
    ]  # fmt: skip
    assert outcomes(plan(given, *jobs)) == [Is.MADE, Is.UNDER_WAY, Is.IN_VAIN, Is.NEW]
    again = replace(given, again=frozenset({"one", "three"}))
    assert outcomes(plan(again, *jobs)) == [Is.NEW, Is.UNDER_WAY, Is.NEW, Is.NEW]


def test_a_sound_that_was_refused_can_be_left_out() -> None:
    job = replace(
        make_job(state=JobState.FAILED, request=BASE.changed(prompt="one", seed=1)),
        seed_drawn=True, origin="demo", problem=problem(ProblemCode.FAILED, "The audio is refused"),
    )  # fmt: skip
    (found,) = plan(asked("one"), job).cells
    assert (found.outcome, found.mend) == (Is.IN_VAIN, Mend("audio", False))


def mended(given: Asked, one: Planned) -> list[Outcome]:
    assert one.mend is not None
    change = {one.mend.name: one.mend.value} if one.mend.name else {}
    return outcomes(plan(replace(given, mended={one.key: change})))


@pytest.mark.parametrize(
    ("given", "mend"),
    [
        (asked("x" * 6000), Mend("prompt", "x" * 5000)),
        (asked("one", Axis("duration_s", [{"duration_s": 99}])), Mend("duration_s", 15)),
        (asked("one", Axis("resolution", [{"resolution": "8K"}])), Mend("resolution", "720p")),
        (asked("one", Axis("end_frame", [{"end_frame": FRAMES[0]}])), Mend("end_frame")),
        (asked("a {b"), Mend()),
        (asked("a __self__"), Mend()),
        (asked("{1-9999} {1-9999}"), Mend()),
    ],
)
def test_what_is_wrong_has_its_reason_and_one_change_that_mends_it(
    given: Asked, mend: Mend
) -> None:
    (found,) = plan(given).cells
    assert (found.outcome, found.mend) == (Is.WRONG, mend)
    assert found.reason.endswith(".")
    assert mended(given, found) == [Is.NEW]
    out = replace(given, left_out=frozenset({found.key}))
    assert outcomes(plan(out)) == [Is.LEFT_OUT]


def test_one_wrong_line_of_many_is_told_by_its_number() -> None:
    lines = [f"take {n}" for n in range(1, 41)]
    lines[16] = "x" * 6000
    found = plan(asked("\n".join(lines)))
    assert [one.cell.row for one in found.cells if one.outcome is Is.WRONG] == [17]
    assert found.number(Is.NEW) == 39


def test_a_picture_that_is_gone_is_told() -> None:
    found = plan(asked("one", STARTS), gone=FRAMES[1])
    assert outcomes(found) == [Is.NEW, Is.WRONG, Is.NEW]
    assert "gone" in found.cells[1].reason


def test_far_too_many_are_not_made() -> None:
    found = plan(asked("{1-1000}", STARTS, Axis("seed", [{"seed": None}] * 4)))
    assert (found.cells, found.every) == ([], 12_000)
    assert "12,000" in found.problem


def table_of(data: bytes) -> TableRows:
    reader = TableReader(PIXVERSE_V6, lambda name: None, lambda text: FRAMES[0])
    return reader.read(read_table(data, reader.is_column))


def test_a_table_with_a_wrong_row() -> None:
    found = plan(asked(table=table_of(b"prompt,duration\nfine,5\nodd,long\nlate,99\n")))
    assert outcomes(found) == [Is.NEW, Is.WRONG, Is.WRONG]
    assert "\u201clong\u201d" in found.cells[1].reason
    unknown = plan(asked(table=table_of(b"prompt,colour\nfine,red\n")))
    assert "colour" in unknown.cells[0].reason


def test_a_sheet_that_is_written_reads_back_as_the_same(tmp_path: Path) -> None:
    given = asked('a {red|blue} \\{boat\\}\n=1+1, "x"', STYLES, STARTS)
    cells = plan(given).new()
    write_cells(cells, PIXVERSE_V6, tmp_path, tmp_path / "takes.csv")
    reader = TableReader(PIXVERSE_V6, lambda name: None, lambda text: by_name[Path(text).name])
    by_name = {frame.value: frame for frame in FRAMES}
    table = read_table((tmp_path / "takes.csv").read_bytes(), reader.is_column)
    again = plan(asked(table=reader.read(table)))
    assert [one.request for one in again.new()] == [one.request for one in cells]


def test_rows_of_a_table_that_ask_for_the_same_are_checked_once_and_each_kept() -> None:
    rows = tuple(Row(n, {"prompt": f"take {n}", "duration_s": 5 + n % 2}) for n in range(6))
    found = plan(asked(table=TableRows(rows)))
    assert [one.kind for one in found.cells] == [0, 1, 0, 1, 0, 1]
    assert [one.cell.request.duration_s for one in found.cells] == [5, 6, 5, 6, 5, 6]
