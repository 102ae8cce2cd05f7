"""Records beside what they stand for: ``@dataclass(frozen=True, slots=True)``."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any, ClassVar

import pytest

from pixverse_desktop.core.records import record


@record
class Clip:
    """With every kind of field."""

    KIND: ClassVar[str] = "clip"

    name: str
    seconds: float = 5.0
    tags: list[str] = field(default_factory=list)
    parent: Clip | None = None

    @property
    def is_long(self) -> bool:
        return self.seconds > 8


@dataclass(frozen=True, slots=True)
class Usual:
    name: str
    seconds: float = 5.0
    tags: list[str] = field(default_factory=list)
    parent: Usual | None = None


@record
class Point:
    x: int
    y: int = 0


@record
class Single:
    only: str


@record
class Route:
    """A part that is neither shown nor compared, and one of each."""

    host: str
    password: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)


@record
class Further(Point):
    """One that goes on from another."""

    z: int = 0


@record
class Quiet:
    """Its own methods stay."""

    key: str

    def __repr__(self) -> str:
        return "Quiet(…)"

    def __hash__(self) -> int:
        return 7


both = pytest.mark.parametrize("kind", [Clip, Usual])


@both
def test_arguments_by_place_and_by_name(kind: Callable[..., Any]) -> None:
    assert [f.name for f in fields(kind)] == ["name", "seconds", "tags", "parent"]  # type: ignore[arg-type]
    made = kind("a", 2.0, parent=kind("b"))
    assert (made.name, made.seconds, made.tags, made.parent.seconds) == ("a", 2.0, [], 5.0)
    assert kind("a").tags is not kind("a").tags
    assert asdict(made)["parent"] == {"name": "b", "seconds": 5.0, "tags": [], "parent": None}
    assert replace(made, seconds=9.0) == kind("a", 9.0, [], kind("b"))


@both
@pytest.mark.parametrize(
    ("given", "named"), [((), {}), (("a", 1.0, [], None, 5), {}), (("a",), {"nam": 1}),
                         (("a",), {"name": "b"})],
)  # fmt: skip
def test_wrong_arguments(
    kind: Callable[..., Any], given: tuple[object, ...], named: dict[str, object]
) -> None:
    with pytest.raises(TypeError, match="__init__"):
        kind(*given, **named)


@both
def test_it_does_not_change(kind: Callable[..., Any]) -> None:
    made = kind("a")
    for change in (
        lambda: setattr(made, "name", "b"),
        lambda: delattr(made, "name"),
        lambda: setattr(made, "other", 1),
    ):
        with pytest.raises((FrozenInstanceError, TypeError)):
            change()
    assert made == kind("a")
    assert not hasattr(made, "__dict__")


@both
def test_copies_and_pickles(kind: Callable[..., Any]) -> None:
    made = kind("a", 2.0, ["x"], kind("b"))
    for again in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert again == made
        assert again is not made
    assert copy.deepcopy(made).tags is not made.tags


def test_equal_and_hashed_by_value_and_kind() -> None:
    assert len({Point(1), Point(1, 0), Point(2)}) == 2
    assert Point(1) != (1, 0)
    assert Single("1") == Single("1") != Single("2")
    assert hash(Single("1")) == hash(Single("1"))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Clip("a"))
    assert Clip("a") != Usual("a")


def test_shown_as_it_was_made() -> None:
    assert repr(Point(1)) == "Point(x=1, y=0)"
    assert repr(Clip("a")).endswith("Clip(name='a', seconds=5.0, tags=[], parent=None)")
    assert repr(Quiet("secret")) == "Quiet(…)"
    assert hash(Quiet("a")) == 7


def test_what_is_not_shown_and_what_is_not_compared() -> None:
    made = Route("a", "secret", 3)
    assert repr(made) == "Route(host='a', seen=3)"
    assert made == replace(made, seen=4)
    assert hash(made) == hash(replace(made, seen=4))
    assert made != replace(made, password="other")
    assert pickle.loads(pickle.dumps(made)).seen == 3


def test_one_that_goes_on_from_another() -> None:
    assert Further(1, 2, 3) == replace(Further(1, 2), z=3)
    assert Further(1) != Point(1)
    assert repr(Further(1)) == "Further(x=1, y=0, z=0)"


def test_properties_class_variables_and_patterns() -> None:
    assert Clip("a", 9.0).is_long
    assert Clip.KIND == "clip"
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)
