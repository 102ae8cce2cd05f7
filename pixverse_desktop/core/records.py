"""Records: frozen dataclasses with slots that take a quarter of the time to define.

``@dataclass(frozen=True, slots=True)`` compiles six functions for every class, which is half a
millisecond for each of dozens before the window stands. Here ``__init__`` alone is compiled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
_UNSET: Any = object()  # the default of what a factory makes


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """Make ``cls`` a record; a method that it has itself stays.

    For ``fields``, ``replace`` and ``asdict`` it is a dataclass; every field is given to
    ``__init__``, and at least one is compared.
    """
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, method in _methods(fields(made)).items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]


def _methods(found: Sequence[Field[Any]]) -> dict[str, Callable[..., Any]]:
    names = [each.name for each in found]
    shown = [each.name for each in found if each.repr]
    values = attrgetter(*(each.name for each in found if each.compare))

    def __eq__(self: object, other: object) -> bool:
        return (
            values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented
        )

    def __hash__(self: object) -> int:
        return hash(values(self))

    def __repr__(self: object) -> str:
        words = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({words})"

    def __reduce__(self: object) -> tuple[object, ...]:
        return _restored, (self.__class__, [getattr(self, name) for name in names])

    return {
        "__init__": _init(found), "__eq__": __eq__, "__hash__": __hash__, "__repr__": __repr__,
        "__reduce__": __reduce__, "__setattr__": _refuse, "__delattr__": _refuse,
    }  # fmt: skip


def _init(found: Sequence[Field[Any]]) -> Callable[..., None]:
    """An ``__init__`` with the fields as its parameters; names and defaults are our own source."""
    space: dict[str, Any] = {"_set": object.__setattr__, "_UNSET": _UNSET}
    parameters, body = [], []
    for each in found:
        name = value = each.name
        if each.default_factory is not MISSING:
            space[f"_{name}"] = each.default_factory
            parameters.append(f"{name}=_UNSET")
            value = f"_{name}() if {name} is _UNSET else {name}"
        elif each.default is not MISSING:
            space[f"_{name}"] = each.default
            parameters.append(f"{name}=_{name}")
        else:
            parameters.append(name)
        body.append(f" _set(self, {name!r}, {value})")
    exec("\n".join([f"def __init__(self, {', '.join(parameters)}):", *body]), space)
    return space["__init__"]  # type: ignore[no-any-return]


def _restored(cls: type[T], values: Sequence[object]) -> T:
    """A copy, or what comes out of a pickle."""
    made = object.__new__(cls)
    for each, value in zip(fields(cls), values, strict=True):  # type: ignore[arg-type]
        object.__setattr__(made, each.name, value)
    return made


def _refuse(_self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")
