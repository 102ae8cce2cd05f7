"""What the user thinks of a clip: a verdict and stars."""

from __future__ import annotations

from enum import StrEnum

from pixverse_desktop.core.records import record

MOST_STARS = 5


class Verdict(StrEnum):
    """What became of a clip when the best were picked."""

    NONE = "none"
    PICKED = "picked"
    REJECTED = "rejected"


@record
class Mark:
    """A change of what is thought of a clip; None leaves that part as it is."""

    verdict: Verdict | None = None
    stars: int | None = None


def read_verdict(value: object) -> Verdict:
    """A verdict as it was stored; what is none is no verdict."""
    return next((verdict for verdict in Verdict if verdict == value), Verdict.NONE)


def read_stars(value: object) -> int:
    """Stars as they were stored, 0 to 5; what is no such number is none."""
    return next((count for count in range(MOST_STARS + 1) if count == value), 0)
