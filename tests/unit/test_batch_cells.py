"""Rows and axes: every combination or one to one; and what of it is there already."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from pixverse_desktop.core.batch.cells import MOST_CLIPS, Axis, Row, combined, jobs_of
from pixverse_desktop.core.engine.new_jobs import Cell
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from tests.support.factories import make_job

BASE = ClipRequest()
ROWS = [Row(n, {"prompt": f"row {n}"}) for n in (1, 2, 3)]
FRAMES = Axis("frames", [{"start_frame": Frame(FrameKind.FILE, f"{n}.jpg")} for n in range(3)])
SECONDS = Axis("seconds", [{"duration_s": n} for n in (1, 2, 3)])
SEEDS = Axis("seeds", [{}] * 3)
AXES = [FRAMES, SECONDS, SEEDS]


@pytest.mark.parametrize("axes", [[], [FRAMES], [SECONDS], [SEEDS], [FRAMES, SECONDS], AXES])
def test_every_combination(axes: list[Axis]) -> None:
    cells = combined(BASE, ROWS, axes, every=True)
    assert len(cells) == 3 ** (1 + len(axes))
    assert [cell.row for cell in cells] == sorted(cell.row for cell in cells)
    wanted = product(ROWS, *(axis.values for axis in axes))
    for cell, (row, *values) in zip(cells, wanted, strict=True):
        given = dict(row.values)
        for some in values:
            given |= some
        assert cell.request == BASE.changed(**given)


@pytest.mark.parametrize("axes", [[], [FRAMES], [SECONDS], [SEEDS], [FRAMES, SECONDS], AXES])
def test_one_to_one(axes: list[Axis]) -> None:
    cells = combined(BASE, ROWS, axes, every=False)
    assert [cell.row for cell in cells] == [1, 2, 3]
    for n, cell in enumerate(cells):
        given = dict(ROWS[n].values)
        for axis in axes:
            given |= axis.values[n]
        assert cell.request == BASE.changed(**given)


def test_one_value_holds_for_all() -> None:
    cells = combined(BASE, ROWS[:1], [SECONDS, Axis("style", [{"style": "clay"}])], every=False)
    assert [(c.request.duration_s, c.request.style) for c in cells] == [
        (1, "clay"), (2, "clay"), (3, "clay"),
    ]  # fmt: skip


def test_unequal_numbers_are_refused_not_guessed() -> None:
    with pytest.raises(UserError) as refused:
        combined(BASE, ROWS[:2], [FRAMES], every=False)
    assert refused.value.problem.message == "One to one: of prompt there are 2, of others 3."


def test_a_million_clips_are_refused_before_they_are_made() -> None:
    many = Axis("seeds", [{}] * 1000)
    with pytest.raises(UserError, match="1,000,000"):
        combined(BASE, ROWS[:1], [many, many], every=True)
    assert MOST_CLIPS >= 500


def job(number: int, state: JobState, **changes: object) -> Job:
    request = ClipRequest("a fox", seed=number)
    return replace(make_job(number, state), request=request, seed_drawn=True, **changes)


CELL = Cell(ClipRequest("a fox"), 1)
S = JobState


def found(cells: list[Cell], *jobs: Job) -> list[str | None]:
    origin = make_job(1).origin
    return [one.id if one else None for one in jobs_of(cells, jobs, origin, ClipRequest())]


@pytest.mark.parametrize(
    ("state", "is_there"),
    [(state, state not in (S.REJECTED, S.WITHDRAWN, S.DROPPED)) for state in JobState],
)
def test_a_job_is_there_unless_it_cost_nothing_and_made_nothing(
    state: JobState, is_there: bool
) -> None:
    made = job(1, state)
    assert found([CELL], made) == [made.id if is_there else None]


def test_the_second_of_two_equal_cells_has_the_second_job() -> None:
    jobs = [job(1, S.SAVED), job(2, S.SAVED)]
    assert found([CELL] * 3, *jobs) == [jobs[0].id, jobs[1].id, None]


def test_a_saved_clip_counts_before_a_failed_one() -> None:
    failed, saved = job(1, S.FAILED), job(2, S.SAVED)
    assert found([CELL], failed, saved) == [saved.id]


def test_a_seed_counts_only_where_it_was_given() -> None:
    drawn, given = job(1, S.SAVED), replace(job(2, S.SAVED), seed_drawn=False)
    assert found([CELL], given) == [None]
    with_seed = Cell(ClipRequest("a fox", seed=2), 1)
    assert found([CELL, with_seed], drawn, given) == [drawn.id, given.id]


def test_a_picture_is_the_same_whatever_it_is_called() -> None:
    asked = ClipRequest("a fox", start_frame=Frame(FrameKind.FILE, "x.jpg", label="b.png"))
    made = replace(
        job(1, S.SAVED),
        request=ClipRequest(
            "a fox", seed=1, start_frame=Frame(FrameKind.FILE, "x.jpg", label="a.png")
        ),
    )
    assert found([Cell(asked, 1)], made) == [made.id]


def test_another_service_has_its_own() -> None:
    assert found([CELL], replace(job(1, S.SAVED), origin="elsewhere")) == [None]
