"""Shots from text: scripts, paragraphs, lines and tables, and what is refused."""

from __future__ import annotations

import pytest

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.film.film import Film, Shot, check_film
from pixverse_desktop.core.film.text import shots_from_table, shots_from_text
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from tests.support.factories import FRAME
from tests.support.films import USUAL


def name(number: int) -> str:
    return f"Shot {number}"


def read(text: str, *, continues: bool = False) -> tuple[Shot, ...]:
    return shots_from_text(text, USUAL, name, continues=continues)


def told(shots: tuple[Shot, ...]) -> list[tuple[str, str, int]]:
    return [(shot.name, shot.request.prompt, shot.request.duration_s) for shot in shots]


@pytest.mark.parametrize(
    "text",
    [
        "Shot 1 (3s): a fox wakes up.\nShot 2 (2 sec): it\n runs\nShot 3: it sleeps",
        "Shot 1 (3s): a fox wakes up. Shot 2 (2s): it runs Shot 3: it sleeps",
        "# a script\r\nshot 1 ( 3 s ):\r\na fox wakes up.\r\n\r\nSHOT 2 (2s.): it runs\r\n"
        "Shot 3\uff1a it sleeps\r\n",
    ],
)
def test_a_script_with_shots_and_their_lengths(text: str) -> None:
    assert told(read(text)) == [
        ("Shot 1", "a fox wakes up.", 3), ("Shot 2", "it runs", 2), ("Shot 3", "it sleeps", 5)
    ]  # fmt: skip


def test_a_number_that_comes_twice_is_another_shot() -> None:
    assert [shot.name for shot in read("Shot 2: a\nShot 2: b\nShot 7: c")] == [
        "Shot 2", "Shot 2 2", "Shot 7"
    ]  # fmt: skip


def test_lines_and_paragraphs() -> None:
    assert [shot.request.prompt for shot in read("a fox\na hen\n# no\n\n")] == ["a fox", "a hen"]
    whole = "a fox\nwakes up\n\n \na hen\nas in shot 3: it runs"
    assert told(read(whole)) == [
        ("Shot 1", "a fox wakes up", 5), ("Shot 2", "a hen as in shot 3: it runs", 5)
    ]  # fmt: skip
    assert read("{a|b}")[0].request.prompt == "{a|b}"


def test_shots_that_go_on_from_each_other_begin_with_a_cut() -> None:
    shots = read("a\nb\nc", continues=True)
    assert [shot.continues for shot in shots] == [False, True, True]
    check_film(Film("film", "A film", shots))


@pytest.mark.parametrize(
    ("text", "said"), [(" \n# only this", "no shots"), ("a\n" * 100_000, "100,000")]
)
def test_a_text_without_shots_or_with_too_many(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        read(text)


def picture(text: str) -> Frame:
    assert text == "dawn.jpg"
    return FRAME


def table(text: str) -> tuple[Shot, ...]:
    return shots_from_table(text.encode(), PIXVERSE_V6, picture, name)


def test_a_table_with_its_columns() -> None:
    shots = table(
        "name;Prompt;duration;start_frame;continues;meets\n"
        "dawn;a {fox};3;dawn.jpg;;yes\n"
        ";it runs;;;no;\n"
        "end;it sleeps;2;;dawn;no\n"
        "after;credits;;;Yes;\n"
    )
    assert told(shots) == [
        ("dawn", "a {fox}", 3), ("Shot 2", "it runs", 5), ("end", "it sleeps", 2),
        ("after", "credits", 5),
    ]  # fmt: skip
    assert shots[0].request.start_frame == FRAME
    assert [shot.continues for shot in shots] == [False, False, True, True]
    assert [shot.follows for shot in shots] == ["", "", shots[0].id, ""]
    assert [shot.meets for shot in shots] == [True, False, False, False]
    check_film(Film("film", "A film", shots))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prompt,colour\na,red\n", "colour"),
        ("prompt,duration\na,long\n", "“1”.*long"),
        ("prompt,continues\na,yes\n", "“Shot 1” goes on"),
        ("prompt,continues\na,\nb,nobody\n", "“Shot 2” goes on"),
        ("prompt,meets\na,maybe\n", "maybe"),
        ("prompt\n", "no shots"),
        ("prompt\n" + "a\n" * 1001, "1,001"),
        ("", "nothing in this file"),
    ],
)
def test_a_table_that_is_wrong_names_the_row(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        table(text)
