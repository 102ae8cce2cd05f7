"""Looks words up in many short texts: in any order, without case and accents, and mistyped ones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum

from rapidfuzz import fuzz, process

from pixverse_desktop.core.text import fold

_SIGNS = re.compile(r"[\W_]")
_SHORTEST_MISTYPED = 4  # letters: what is like a shorter word is like half of all words
_ENOUGH = 1  # texts that hold a word as it is: then it is not mistyped
_LIKE, _LIKE_SHORTER = 75, 88  # of 100: a word, and one with fewer letters
_PART = 0.9  # what the likeness to a part of a word counts
_CLOSE = 8  # words that are so much less like it than the best are not meant
_MOST_LIKE = 4
_MOST_HELD = 50  # words whose texts are kept, to narrow them when a letter is added


class Match(IntEnum):
    """How well a text holds what is looked for, the best first."""

    BEGINNINGS = 0  # every word begins one of the text
    INSIDE = 1
    MISTYPED = 2


class PaletteSearch:
    """Made anew for other texts; ``also`` are words by which a text is found as well."""

    def __init__(self, titles: Sequence[str], also: Sequence[str]) -> None:
        self._texts = [
            f" {_spaced(fold(title))} {_spaced(fold(more))}"
            for title, more in zip(titles, also, strict=True)
        ]
        words = {word for text in self._texts for word in text.split()}
        self._words = [word for word in words if len(word) >= _SHORTEST_MISTYPED - 1]
        self._held: dict[str, dict[int, Match]] = {}
        self._meant: dict[str, tuple[str, ...]] = {}

    def find(self, query: str) -> Mapping[int, Match]:
        """The texts that hold all words of ``query``, by their places in the list."""
        parts = sorted(map(self._places_of, words_of(query)), key=len)  # first what few hold
        if not parts:
            return dict.fromkeys(range(len(self._texts)), Match.BEGINNINGS)
        found = parts[0]
        for other in parts[1:]:
            found = {
                place: max(match, other[place]) for place, match in found.items() if place in other
            }
        return found

    def begins_at(self, place: int, query: str) -> int:
        """How far on in a text the first word of ``query`` stands; 0 where it is mistyped."""
        text = self._texts[place]
        first = next(iter(words_of(query)), "")
        at = text.find(f" {first}")
        return max(0, at if at >= 0 else text.find(first))

    def meant_by(self, word: str) -> tuple[str, ...]:
        """A word of a query, and those of the texts that it may be a mistyped form of."""
        return (word, *self._meant.get(word, ()))

    def _places_of(self, word: str) -> dict[int, Match]:
        """The texts that hold a word, or a like one where it seems to be mistyped."""
        found = self._holding(word)
        if len(found) < _ENOUGH:
            found = dict(found)
            for like in self._words_like(word):
                for place in self._holding(like):
                    found.setdefault(place, Match.MISTYPED)
        return found

    def _holding(self, word: str) -> dict[int, Match]:
        """The texts that hold a word as it is; what holds less of it was found before."""
        if word not in self._held:
            if len(self._held) > _MOST_HELD:
                self._held.clear()
            texts, start = self._texts, f" {word}"
            among = self._held.get(word[:-1], range(len(texts)))
            found = dict.fromkeys((p for p in among if start in texts[p]), Match.BEGINNINGS)
            if len(found) < len(among):
                inside = [p for p in among if p not in found and word in texts[p]]
                found |= dict.fromkeys(inside, Match.INSIDE)
            self._held[word] = found
        return self._held[word]

    def _words_like(self, word: str) -> tuple[str, ...]:
        if len(word) < _SHORTEST_MISTYPED:
            return ()
        if word not in self._meant:
            near = process.extract(
                word, self._words, scorer=fuzz.partial_ratio, processor=None,
                score_cutoff=_LIKE, limit=None,
            )  # fmt: skip
            likeness = {
                like: max(score * _PART, fuzz.ratio(word, like))
                for like, score, _ in near
                if word not in like
                and (len(like) >= len(word) or fuzz.ratio(word, like) >= _LIKE_SHORTER)
            }
            best = max(likeness.values(), default=0.0)
            ranked = sorted(likeness, key=lambda like: -likeness[like])
            close = (like for like in ranked if likeness[like] >= best - _CLOSE)
            self._meant[word] = tuple(close)[:_MOST_LIKE]
        return self._meant[word]


def words_of(query: str) -> list[str]:
    """What is looked for, folded."""
    return _spaced(fold(query)).split()


def letters_of(title: str, words: Sequence[Sequence[str]]) -> list[tuple[int, int]]:
    """Where a title holds the first that it has of each of ``words``: begin and end, in order."""
    folded, origins = _with_origins(title)
    marked: set[int] = set()
    for meant in words:
        for word in meant:
            at = f" {folded}".find(f" {word}")
            at = folded.find(word) if at < 0 else at
            if at >= 0:
                marked.update(origins[at : at + len(word)])
                break
    ranges: list[tuple[int, int]] = []
    for place in sorted(marked):
        if ranges and ranges[-1][1] == place:
            ranges[-1] = (ranges[-1][0], place + 1)
        else:
            ranges.append((place, place + 1))
    return ranges


def _with_origins(title: str) -> tuple[str, list[int]]:
    """A title as it is searched, and for each of its letters the place of the one it came from."""
    if title.isascii():
        return _spaced(title.lower()), list(range(len(title)))
    parts = [fold(letter) for letter in title]
    origins = [place for place, part in enumerate(parts) for _ in part]
    return _spaced("".join(parts)), origins


def _spaced(folded: str) -> str:
    """Every sign is a gap between words."""
    return folded if folded.isalnum() else _SIGNS.sub(" ", folded)
