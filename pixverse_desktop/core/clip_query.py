"""What the library shows: a shelf, words, filters and an order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pixverse_desktop.core.job import Job


class Shelf(StrEnum):
    """A part of everything ever made."""

    ALL = "all"
    FAVOURITES = "favourites"
    TRASH = "trash"  # taken off every list by the user; the file and the job id are kept


class Order(StrEnum):
    """Which clips come first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True)
class ClipQuery:
    """``text`` is looked for in prompts, every word of it; "" and None do not filter."""

    shelf: Shelf = Shelf.ALL
    text: str = ""
    ratio: str = ""
    resolution: str = ""
    style: str = ""
    with_frame: bool = False
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class ClipPage:
    """Some of the clips found, and how many there are in all; ``favourites`` among these."""

    jobs: tuple[Job, ...]
    total: int
    favourites: frozenset[str]


@dataclass(frozen=True, slots=True)
class ShelfCounts:
    """How many clips stand on each shelf."""

    all: int = 0
    favourites: int = 0
    trash: int = 0
