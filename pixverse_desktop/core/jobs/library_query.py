"""What the library shows: a shelf, words, filters and an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.records import record


class Collection(StrEnum):
    """A part of everything ever made."""

    ALL = "all"
    PICKED = "picked"
    UNSAVED = "unsaved"  # paid for, or perhaps, and not on disk
    TRASH = "trash"  # taken off every list by the user; the file and the job id are kept


class Order(StrEnum):
    """Which clips come first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    LONGEST = "longest"


@record
class ClipQuery:
    """``text`` is looked for in prompts, every word of it; "" and None do not filter.

    ``board`` is the id of a board or a batch, before the shelf; ``since`` is seconds since 1970.
    ``stacked`` shows the newest of all takes of the same prompt and pictures for all of them, but
    nothing that may have to be decided or is in the trash; ``takes_of`` is the id of a clip whose
    takes alone are shown.
    """

    collection: Collection = Collection.ALL
    board: str = ""
    text: str = ""
    ratio: str = ""
    resolution: str = ""
    style: str = ""
    since: float | None = None
    with_frame: bool = False
    picked: bool = False
    stars: int = 0  # at least so many
    order: Order = Order.NEWEST
    stacked: bool = False
    takes_of: str = ""

    @property
    def is_stacked(self) -> bool:
        """True where one clip may stand for several."""
        stands_alone = self.collection in (Collection.UNSAVED, Collection.TRASH)
        return self.stacked and not self.takes_of and not stands_alone

    @property
    def can_be_judged(self) -> bool:
        """True for a collection of clips that are there to be picked from."""
        return bool(self.board) or self.collection in (Collection.ALL, Collection.PICKED)

    @property
    def is_about_marks(self) -> bool:
        """True where what is thought of a clip decides whether it is found."""
        return self.picked or self.stars > 0 or self.collection is Collection.PICKED

    @property
    def is_narrowed(self) -> bool:
        """True when words or filters leave a part of the shelf out."""
        words = (self.text.strip(), self.ratio, self.resolution, self.style)
        marks = (self.with_frame, self.picked, self.stars)
        return any((*words, *marks)) or self.since is not None


@record
class ClipPage:
    """Some of the clips found, in order. ``takes`` says by job id how many clips stand behind one,
    itself included, where it is more than one."""

    jobs: tuple[Job, ...]
    takes: Mapping[str, int] = field(default_factory=dict)


@record
class Count:
    """How many tiles a query has, and how many clips these are."""

    tiles: int
    clips: int


@record
class Family:
    """The clips one goes on from, and the newest of the ``count`` that go on from it."""

    parents: tuple[Job, ...]
    children: tuple[Job, ...]
    count: int


@record
class Board:
    """A named collection of clips, and how many stand on it. A batch is one that the user neither
    fills nor names; its id is that of the batch."""

    id: str
    name: str
    clips: int = 0
    is_batch: bool = False


@record
class CollectionCounts:
    """How many clips stand on each shelf."""

    all: int = 0
    picked: int = 0
    unsaved: int = 0
    trash: int = 0
