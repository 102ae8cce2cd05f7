"""Changes of a film: what was paid for stays in date wherever that is possible."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film import edit
from pixverse_desktop.core.film.film import Film, check_film, links_of
from tests.support.films import chain, planned, shot, states, take_of


def names(film: Film) -> list[str]:
    check_film(film)
    return [one.name for one in film.shots]


def parents(film: Film) -> dict[str, str]:
    return {
        film.shot(shot_id).name: link.start.name if link.start else ""
        for shot_id, link in links_of(film).items()
    }


def test_a_shot_that_is_put_between_two_leaves_both_in_date() -> None:
    film = chain("a", "b")
    takes = [take_of(film, "a", 1), take_of(film, "b", 2, after="a1")]
    changed = edit.inserted(film, 1, [shot("new")])
    assert names(changed) == ["a", "new", "b"]
    assert parents(changed) == {"a": "", "new": "", "b": "a"}
    assert states(planned(changed, takes)) == ["ready", "missing", "ready"]


def test_new_shots_in_a_row_go_on_from_each_other_under_free_names() -> None:
    film = edit.inserted(chain("a"), 1, [replace(shot("a"), id="x"), shot("n", continues=True)])
    assert names(film) == ["a", "a 2", "n"]
    assert [one.continues for one in film.shots] == [False, False, True]
    assert film.shots[2].follows == ""


def test_the_first_shot_goes_on_from_nothing() -> None:
    film = edit.inserted(Film("f", "F"), 0, [shot("n", continues=True)])
    assert [one.continues for one in film.shots] == [False]


@pytest.mark.parametrize(
    ("ids", "place", "order", "starts"),
    [
        (["c"], 0, "cab", {"a": "", "b": "a", "c": ""}),
        (["a"], 3, "bca", {"a": "", "b": "", "c": "b"}),
        (["b", "c"], 0, "bca", {"a": "", "b": "", "c": "b"}),
        (["b"], 2, "abc", {"a": "", "b": "a", "c": "b"}),
        (["b"], 3, "acb", {"a": "", "b": "a", "c": ""}),
    ],
)
def test_moved_shots_go_on_from_where_they_did_as_long_as_it_comes_before(
    ids: list[str], place: int, order: str, starts: dict[str, str]
) -> None:
    film = edit.moved(chain("a", "b", "c"), ids, place)
    assert names(film) == list(order)
    assert parents(film) == starts


def test_what_went_on_from_a_removed_shot_begins_with_a_cut() -> None:
    film = edit.removed(chain("a", "b", "c"), ["b"])
    assert names(film) == ["a", "c"]
    assert parents(film) == {"a": "", "c": ""}


def test_a_duplicate_has_the_takes_and_is_in_date() -> None:
    film = chain("a", "b")
    takes = [take_of(film, "a", 1), take_of(film, "b", 2, after="a1")]
    changed = edit.duplicated(film, "b", ["b2"])
    assert names(changed) == ["a", "b", "b 2"]
    assert parents(changed)["b 2"] == "a"
    assert states(planned(changed, takes)) == ["ready"] * 3


def test_a_split_shot_is_two_of_the_same_length_together() -> None:
    film = chain("a", "b").with_shot("a", request=shot("a").request.changed(duration_s=5))
    changed = edit.split(film, "a", 1)
    assert names(changed) == ["a", "a 2", "b"]
    assert [one.request.duration_s for one in changed.shots] == [2, 3, 1]
    assert parents(changed) == {"a": "", "a 2": "a", "b": "a 2"}


def test_a_shot_as_short_as_clips_are_is_not_split() -> None:
    with pytest.raises(UserError) as caught:
        edit.split(chain("a"), "a", 1)
    assert caught.value.problem.message == "“a” is too short to be split: it would take 2 seconds."


def test_a_shot_goes_on_from_any_earlier_one_or_begins_with_a_cut() -> None:
    film = edit.going_on(chain("a", "b", "c"), "c", "a")
    assert parents(film) == {"a": "", "b": "a", "c": "a"}
    film = edit.going_on(film, "c", "b")
    assert film.shot("c").follows == ""
    assert parents(edit.going_on(film, "c", ""))["c"] == ""
