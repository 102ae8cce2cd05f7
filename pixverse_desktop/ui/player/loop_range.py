"""The stretch of a clip that is played again and again while a take is judged."""

from __future__ import annotations

from typing import NamedTuple


class LoopRange(NamedTuple):
    """Frames counted from 0, both played; None is the clip's own beginning or end."""

    first: int | None = None
    last: int | None = None

    @property
    def is_set(self) -> bool:
        """False when it is the whole clip."""
        return self.first is not None or self.last is not None

    def with_first(self, index: int | None) -> LoopRange:
        """Begin here; an end that would lie before it goes."""
        keeps = index is None or self.last is None or self.last > index
        return LoopRange(index, self.last if keeps else None)

    def with_last(self, index: int | None) -> LoopRange:
        """End here; a beginning that would lie behind it goes."""
        keeps = index is None or self.first is None or self.first < index
        return LoopRange(self.first if keeps else None, index)

    def start(self) -> int:
        """The first frame that is played."""
        return self.first or 0

    def end(self, count: int) -> int:
        """The last frame that is played, of ``count``."""
        return max(0, count - 1) if self.last is None else self.last

    def holds(self, index: int, count: int) -> bool:
        """True for a frame that is played."""
        return self.start() <= index <= self.end(count)
