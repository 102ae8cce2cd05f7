"""Rows and columns by what clips differ in, and where each of them stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QSize

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.jobs.differences import alike, varying
from pixverse_desktop.ui.sheet.axes import NO_ROWS, row_choices, table_of
from pixverse_desktop.ui.sheet.layout import lay_out
from tests.support.factories import saved_job

ROOM = QRect(0, 0, 1000, 700)
WIDE = QSize(1280, 720)


def take(number: int, **request: object) -> Job:
    return saved_job(number, "A lake", **request)


def grid() -> list[Job]:
    """Three styles, each with two seeds."""
    styles = ("none", "anime", "clay")
    return [
        take(2 * row + column, style=style, seed=10 + column)
        for row, style in enumerate(styles)
        for column in range(2)
    ]


def test_clips_lie_by_the_axes_of_their_batch() -> None:
    table = table_of(grid())
    assert table is not None
    assert (table.rows, table.columns) == (("None", "Anime", "Clay"), ("10", "11"))
    assert (table.row_name, table.column_name) == ("Style", "Seed")
    assert table.places["job3"] == (1, 1)
    layout = lay_out(ROOM, [WIDE] * 6, [f"job{number}" for number in range(6)], table)
    assert len({cell.left() for cell in layout.cells}) == 2
    assert len({cell.top() for cell in layout.cells}) == 3
    assert [label.text for label in layout.labels] == [
        "Seed 10", "Seed 11", "None", "Anime", "Clay",
    ]  # fmt: skip
    for label in layout.labels:
        assert not any(label.place.intersects(cell) for cell in layout.cells)


def test_a_missing_clip_leaves_its_place_empty() -> None:
    jobs = grid()
    del jobs[2]
    table = table_of(jobs)
    assert table is not None
    assert (1, 0) not in table.places.values()


def test_other_rows_can_be_chosen_and_none() -> None:
    jobs = grid()
    assert [spec.name for spec in row_choices(jobs)] == ["style", "seed"]
    table = table_of(jobs, "seed")
    assert table is not None
    assert (table.rows, table.columns) == (("10", "11"), ("None", "Anime", "Clay"))
    assert table_of(jobs, NO_ROWS) is None


def test_clips_that_fit_into_no_table_lie_as_they_come() -> None:
    assert table_of([take(number, seed=number) for number in range(5)]) is None
    assert table_of([]) is None
    same_place = [take(1, style="anime"), take(2, style="anime"), take(3, style="clay")]
    same_place = [replace(job, request=replace(job.request, seed=1)) for job in same_place]
    assert table_of(same_place) is None
    assert table_of(same_place, "style") is not None  # rows alone, as they were asked for


def test_a_long_table_is_made_when_it_is_asked_for() -> None:
    """Two prompts with eight seeds each would be tiles as small as stamps."""
    jobs = [
        replace(job, request=replace(job.request, prompt=f"Lake {number % 2}", seed=number // 2))
        for number, job in enumerate(take(number) for number in range(16))
    ]
    assert table_of(jobs) is None
    table = table_of(jobs, "prompt")
    assert table is not None
    assert (len(table.rows), len(table.columns)) == (2, 8)


def test_what_is_the_same_in_all_is_told_once() -> None:
    requests = [job.request for job in grid()]
    assert [spec.name for spec in varying(requests)] == ["style", "seed"]
    told = dict(alike(requests))
    assert told["Prompt"] == "A lake"
    assert not {"Style", "Seed"} & told.keys()
    assert varying([]) == []


@pytest.mark.parametrize("count", range(1, 17))
@pytest.mark.parametrize("shape", [WIDE, QSize(720, 1280), QSize(640, 640)])
def test_cells_are_in_the_clips_shape_inside_and_apart(count: int, shape: QSize) -> None:
    ids = [str(number) for number in range(count)]
    cells = lay_out(ROOM, [shape] * count, ids, None).cells
    for number, cell in enumerate(cells):
        assert ROOM.contains(cell)
        assert cell.width() / cell.height() == pytest.approx(
            shape.width() / shape.height(), rel=0.02
        )
        assert not any(cell.intersects(other) for other in cells[:number])


def test_a_room_of_nothing_has_cells_all_the_same() -> None:
    cells = lay_out(QRect(0, 0, 0, 0), [QSize()] * 16, [str(n) for n in range(16)], None).cells
    assert all(cell.width() > 0 and cell.height() > 0 for cell in cells)
    assert lay_out(ROOM, [], [], None).cells == ()
