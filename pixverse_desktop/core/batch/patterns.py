"""Patterns in prompts: one text that stands for several.

``{a|b}`` and ``{1-3}`` stand for a clip each, ``__name__`` for one clip for each line of the user's
list of that name, ``{?a|b|__name__}`` for one of them by chance. They may stand within each other.
A backslash keeps a brace, a bar, an underscore or itself as it is; so does a pair of braces with
neither a bar nor a range in it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record

MOST_TEXTS = 10_000  # that one pattern may stand for
_DEEPEST = 20  # patterns within each other, lists within lists included
_RANGE = re.compile(r"(-?\d{1,9})-(-?\d{1,9})")
_LIST = re.compile(r"__([A-Za-z0-9][A-Za-z0-9 .-]*?(?:_[A-Za-z0-9 .-]+?)*)__")
_ESCAPED = "{}|_\\"
_PLAIN = re.compile(r"[^{}|_\\]+")

# The lines of the user's list of a name; None where there is no such list.
Lists = Callable[[str], Sequence[str] | None]


@record
class _Sequence:
    """Texts and patterns one after the other."""

    parts: tuple[_Part, ...]


@record
class _Choice:
    """One of several; ``by_chance`` one alone of them."""

    options: tuple[_Sequence, ...]
    by_chance: bool = False


@record
class _Named:
    """The lines of a list."""

    name: str


_Part = str | _Choice | _Named


class _Chosen(str):
    """A piece that one of several options put there."""

    __slots__ = ()


@record
class _Draw:
    """One of these by chance, drawn anew for every text it stands in."""

    candidates: tuple[_Text, ...]


_Text = tuple[str | _Draw, ...]  # the pieces of a text


class Expanded(NamedTuple):
    """A text that a pattern stands for; ``chosen`` is where in it a choice was made, as places
    from and to, in their order."""

    text: str
    chosen: tuple[tuple[int, int], ...] = ()


def expand(pattern: str, lists: Lists, chance: Random) -> list[str]:
    """The texts of ``expand_marked`` alone."""
    return [expanded.text for expanded in expand_marked(pattern, lists, chance)]


def expand_marked(pattern: str, lists: Lists, chance: Random) -> list[Expanded]:
    """Every text that ``pattern`` stands for, in the order of its options.

    Raises UserError (INVALID): a brace is not closed, there is no such list, a list contains
    itself, or there are more than MOST_TEXTS.
    """
    if not is_pattern(pattern):
        return [Expanded(pattern)]
    try:
        return [_joined(text, chance) for text in _Expansion(lists).texts(_parse(pattern))]
    except RecursionError:
        raise _wrong(Message("pattern_too_deep", most=_DEEPEST)) from None


def literal(text: str) -> str:
    """The pattern that stands for ``text`` alone."""
    return "".join(f"\\{c}" if c in _ESCAPED else c for c in text) if is_pattern(text) else text


def is_pattern(text: str) -> bool:
    """Whether ``text`` may stand for something else than itself."""
    return "{" in text or "}" in text or "__" in text or "\\" in text


def _joined(text: _Text, chance: Random) -> Expanded:
    """The whole text, with what was chosen in it."""
    words: list[str] = []
    chosen: list[tuple[int, int]] = []
    at = 0
    for piece in text:
        word = piece if isinstance(piece, str) else _drawn((piece,), chance)
        end = at + len(word)
        if end > at and isinstance(piece, _Chosen | _Draw):
            if chosen and chosen[-1][1] == at:
                chosen[-1] = chosen[-1][0], end
            else:
                chosen.append((at, end))
        words.append(word)
        at = end
    return Expanded("".join(words), tuple(chosen))


def _drawn(text: _Text, chance: Random) -> str:
    return "".join(
        piece if isinstance(piece, str) else _drawn(chance.choice(piece.candidates), chance)
        for piece in text
    )


class _Expansion:
    """One expansion: every list is read and gone through once."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._known: dict[str, list[_Text]] = {}
        self._inside: list[str] = []

    def texts(self, sequence: _Sequence) -> list[_Text]:
        """All combinations of what the parts stand for."""
        parts = sequence.parts
        if len(parts) == 1 and isinstance(parts[0], str):
            return [(parts[0],)]  # as most options are
        each = [self._of(part) for part in parts]
        if math.prod(map(len, each)) > MOST_TEXTS:
            raise _wrong(Message("pattern_too_many", most=MOST_TEXTS))
        return [tuple(itertools.chain(*parts)) for parts in itertools.product(*each)]

    def _of(self, part: _Part) -> list[_Text]:
        match part:
            case str():
                return [(part,)]
            case _Choice(options, by_chance=True):
                # Of a list its lines are what is chosen from, not the list as a whole.
                return [(_Draw(tuple(self._all(options))),)]
            case _Choice(options):
                return _marked(self._all(options))
            case _Named(name):
                return self._of_list(name)

    def _of_list(self, name: str) -> list[_Text]:
        if name in self._known:
            return self._known[name]
        if name in self._inside or len(self._inside) >= _DEEPEST:
            raise _wrong(Message("word_list_in_itself", name=name))
        lines = self._lists(name)
        if lines is None:
            raise _wrong(Message("word_list_unknown", name=name))
        if not lines:
            raise _wrong(Message("word_list_empty", name=name))
        if len(lines) > MOST_TEXTS:
            raise _wrong(Message("pattern_too_many", most=MOST_TEXTS))
        self._inside.append(name)
        self._known[name] = _marked(self._all([_parse(line) for line in lines]))
        self._inside.pop()
        return self._known[name]

    def _all(self, options: Sequence[_Sequence]) -> list[_Text]:
        texts: list[_Text] = []
        for option in options:
            texts += self.texts(option)
            if len(texts) > MOST_TEXTS:
                raise _wrong(Message("pattern_too_many", most=MOST_TEXTS))
        return texts


def _marked(texts: Iterable[_Text]) -> list[_Text]:
    """The same, told apart from what stands in the pattern itself."""
    return [
        tuple(_Chosen(piece) if isinstance(piece, str) else piece for piece in text)
        for text in texts
    ]


def _wrong(message: str) -> UserError:
    return UserError(problem(ProblemCode.INVALID, message, field="prompt"))


def _parse(text: str) -> _Sequence:
    tokens = _Tokens(text)
    parts, _ = _sequence(tokens, 0, in_braces=False)
    return _Sequence(tuple(parts))


class _Tokens:
    """The pieces of a pattern, what stands behind a backslash marked as what it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def next(self) -> tuple[str, str | _Named]:
        """A kind ("text", "{", "|", "}", "list", "end") and what it is."""
        text, at = self._text, self.at
        if at >= len(text):
            return "end", ""
        if found := _PLAIN.match(text, at):
            self.at = found.end()
            return "text", found[0]
        letter = text[at]
        if letter == "\\" and at + 1 < len(text) and text[at + 1] in _ESCAPED:
            self.at += 2
            return "text", text[at + 1]
        if letter in "{|}":
            self.at += 1
            return letter, letter
        if letter == "_" and (found := _LIST.match(text, at)):
            self.at = found.end()
            return "list", _Named(found[1])
        self.at += 1
        return "text", letter

    def takes(self, letter: str) -> bool:
        """Whether ``letter`` comes next; if so it is gone."""
        found = self._text.startswith(letter, self.at)
        self.at += found
        return found


def _sequence(tokens: _Tokens, depth: int, *, in_braces: bool) -> tuple[list[_Part], str]:
    """Parts up to the end, or in braces to the next bar or brace; and what ended them."""
    parts: list[_Part] = []
    letters: list[str] = []

    def add(part: _Part) -> None:
        if letters:
            parts.append("".join(letters))
            letters.clear()
        parts.append(part)

    while True:
        kind, what = tokens.next()
        match kind, what:
            case "end", _:
                break
            case "list", _Named():
                add(what)
            case "{", _:
                for part in _braces(tokens, depth + 1):
                    add(part)
            case (("|" | "}"), _) if in_braces:
                break
            case "}", _:
                raise _wrong(Message("brace_not_opened"))
            case _, str():
                letters.append(what)
            case _:
                raise AssertionError(kind)
    if letters:
        parts.append("".join(letters))
    return parts, kind if kind != "end" else ""


def _braces(tokens: _Tokens, depth: int) -> Iterator[_Part]:
    """What stands in a pair of braces whose first is gone."""
    if depth > _DEEPEST:
        raise _wrong(Message("pattern_too_deep", most=_DEEPEST))
    by_chance = tokens.takes("?")
    options: list[_Sequence] = []
    ended = "|"
    while ended == "|":
        parts, ended = _sequence(tokens, depth, in_braces=True)
        options.append(_Sequence(tuple(parts)))
    if ended != "}":
        raise _wrong(Message("brace_not_closed"))
    if by_chance or len(options) > 1:
        yield _Choice(tuple(options), by_chance)
        return
    inside = options[0].parts
    if len(inside) == 1 and isinstance(inside[0], str) and (found := _RANGE.fullmatch(inside[0])):
        yield _range(found[1], found[2])
        return
    yield "{"
    yield from inside
    yield "}"


def _range(first: str, last: str) -> _Choice:
    """Whole numbers from one to the other, downwards too, as wide as they are written."""
    begin, end = int(first), int(last)
    if abs(end - begin) >= MOST_TEXTS:
        raise _wrong(Message("pattern_too_many", most=MOST_TEXTS))
    wide = max(len(first), len(last)) if first.lstrip("-")[:1] == "0" != first else 0
    step = 1 if end >= begin else -1
    numbers = range(begin, end + step, step)
    return _Choice(tuple(_Sequence((f"{number:0{wide}d}",)) for number in numbers))
