"""New places of waiting jobs: the wanted order, with as few changes as possible."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.queue_order import moved_places, place_of
from tests.support.factories import make_job


def waiting(*positions: int, background: bool = False) -> list[Job]:
    jobs = [
        make_job(number, position=position, background=background)
        for number, position in enumerate(positions, 1)
    ]
    return sorted(jobs, key=place_of)


def after(lane: list[Job], moved: list[Job], before: str | None) -> tuple[list[str], int]:
    """The order afterwards, and how many jobs got another place."""
    beyond = max((job.position for job in [*lane, *moved]), default=0) + 1
    places = moved_places(lane, moved, before, beyond, background=False)
    jobs = {job.id: job for job in [*lane, *moved]}
    jobs |= {i: replace(jobs[i], position=p.position, background=p.background)
             for i, p in places.items()}  # fmt: skip
    assert not any(job.background for job in jobs.values())
    return [job.id for job in sorted(jobs.values(), key=place_of)], len(places)


def test_top_and_bottom_change_nobody_else() -> None:
    lane = waiting(*range(1, 1001))
    order, changed = after(lane, [lane[700], lane[3]], "job1")
    assert order[:3] == ["job701", "job4", "job1"]
    assert changed == 2
    order, changed = after(lane, lane[:2], None)
    assert order[-2:] == ["job1", "job2"]
    assert changed == 2


def test_one_step_exchanges_two() -> None:
    lane = waiting(*range(1, 1001))
    order, changed = after(lane, [lane[500]], "job500")
    assert order[499:501] == ["job501", "job500"]
    assert changed == 2


def test_what_stays_where_it_is_changes_nothing() -> None:
    lane = waiting(1, 2, 3)
    assert after(lane, [lane[1]], "job3") == (["job1", "job2", "job3"], 0)
    assert after(lane, [lane[2]], None) == (["job1", "job2", "job3"], 0)


@given(
    st.lists(st.integers(0, 6), max_size=8),
    st.lists(st.integers(0, 6), max_size=3),
    st.data(),
)
def test_any_move_gives_the_order_that_was_asked_for(
    positions: list[int], elsewhere: list[int], data: st.DataObject
) -> None:
    lane = waiting(*positions)
    other = [
        make_job(100 + n, position=position, background=True)
        for n, position in enumerate(elsewhere)
    ]
    moved = [job for job in data.draw(st.permutations([*lane, *other])) if data.draw(st.booleans())]
    before = data.draw(st.sampled_from([None, "gone", *(job.id for job in lane)]))
    order, _changed = after(lane, moved, before) if moved else ([], 0)
    if moved:
        chosen = [job.id for job in moved]
        rest = [job.id for job in lane if job.id not in chosen]
        at = rest.index(before) if before in rest else len(rest)
        assert order == [*rest[:at], *chosen, *rest[at:]]
