"""Patterns in prompts: what they stand for, in which order, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixverse_desktop.core.batch.patterns import MOST_TEXTS, expand, expand_marked, literal
from pixverse_desktop.core.errors import UserError

LISTS: dict[str, Sequence[str]] = {
    "animal": ["fox", "{red|blue} bird"],
    "two_words": ["x"],
    "self": ["a __self__"],
    "empty": [],
    "long": [str(n) for n in range(MOST_TEXTS + 1)],
    "a": ["{?__b__|__b__}"], "b": ["{?__c__|__c__}"], "c": ["{?__d__|__d__}"], "d": ["end"],
}  # fmt: skip


def texts(pattern: str, seed: int = 1) -> list[str]:
    return expand(pattern, LISTS.get, Random(seed))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a fox", ["a fox"]),
        ("a {red|blue} fox", ["a red fox", "a blue fox"]),
        ("{a|b} {c|d}", ["a c", "a d", "b c", "b d"]),
        ("{1-3}", ["1", "2", "3"]),
        ("{3-1}", ["3", "2", "1"]),
        ("{-1-1}", ["-1", "0", "1"]),
        ("{08-10}", ["08", "09", "10"]),
        ("{1-2|3}", ["1-2", "3"]),
        ("{a|{b|c} d}", ["a", "b d", "c d"]),
        ("{|very }small", ["small", "very small"]),
        ("{a|a}", ["a", "a"]),
        ("a __animal__", ["a fox", "a red bird", "a blue bird"]),
        ("__two_words__", ["x"]),
        ("{__animal__|cat}", ["fox", "red bird", "blue bird", "cat"]),
        ("snake_case and __init", ["snake_case and __init"]),
        ("{one}", ["{one}"]),
        ("{}", ["{}"]),
        (r"\{a\|b\}", ["{a|b}"]),
        (r"\_\_init__", ["__init__"]),
        (r"a \ b \\", ["a \\ b \\"]),
        ("a|b", ["a|b"]),
        ("{?a}", ["a"]),
        ("", [""]),
    ],
)  # fmt: skip
def test_what_a_pattern_stands_for(pattern: str, expected: list[str]) -> None:
    assert texts(pattern) == expected


def test_chance_draws_anew_for_each_text_and_alike_by_the_same_seed() -> None:
    drawn = texts("{1-200} {?a|b|__animal__}")
    assert len(drawn) == 200
    ends = {text.split(" ", 1)[1] for text in drawn}
    assert ends == {"a", "b", "fox", "red bird", "blue bird"}
    assert texts("{1-200} {?a|b|__animal__}") == drawn
    assert texts("{1-200} {?a|b|__animal__}", seed=2) != drawn


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("{a", "not closed"),
        ("{a|b", "not closed"),
        ("a}", "not opened"),
        ("__nobody__", "no list nobody"),
        ("__empty__", "list empty is empty"),
        ("__self__", "contains itself"),
        ("__long__", "more than 10,000"),
        ("{1-10001}", "more than 10,000"),
        ("{1-200}{1-200}", "more than 10,000"),
        ("{a|b}" * 14, "more than 10,000"),
        ("{" * 30 + "a" + "}" * 30, "within each other"),
    ],
)
def test_what_is_refused_and_why(pattern: str, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        texts(pattern)
    assert sentence in refused.value.problem.message
    assert refused.value.problem.field == "prompt"


def test_lists_that_choose_from_each_other_are_gone_through_once() -> None:
    assert texts("__a__") == ["end"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_any_text_can_be_kept_as_it_is(text: str) -> None:
    kept = "".join("\\" + letter if letter in "{}|_\\" else letter for letter in text)
    assert texts(kept) == [text]


@given(st.lists(st.lists(st.sampled_from(["a", "bc", ""]), min_size=2, max_size=4), max_size=4))
def test_the_number_is_the_product_of_the_choices(choices: list[list[str]]) -> None:
    number = 1
    for options in choices:
        number *= len(options)
    assert len(texts(" ".join("{" + "|".join(options) + "}" for options in choices))) == number


@given(st.text(alphabet="{}|?_-\\a1 ", max_size=40))
def test_nothing_breaks_it(text: str) -> None:
    try:
        found = texts(text)
    except UserError:
        return
    assert 1 <= len(found) <= MOST_TEXTS


def test_what_was_chosen_is_marked() -> None:
    found = expand_marked("a {wet|{dark|pale} dry} __animal__{?!|!}", LISTS.get, Random(1))
    words = [[one.text[a:b] for a, b in one.chosen] for one in found]
    assert found[0].text == "a wet fox!"
    assert words[0] == ["wet", "fox!"]
    assert words[-1] == ["pale dry", "blue bird!"]
    assert expand_marked("plain", LISTS.get, Random(1)) == [("plain", ())]


@pytest.mark.parametrize("text", ["{a|b}", "a {b", "__x__", "\\{", "50 % | off", "plain"])
def test_a_literal_pattern_stands_for_its_text_alone(text: str) -> None:
    assert expand(literal(text), LISTS.get, Random(1)) == [text]
