"""How fast the service may be asked: one budget shared by every call, and polling times.

Follows section 8 of the service's contract: sources disagree on the limit, so it starts at 30
requests a minute and is lowered (to no less than 10) by a 429 or a rate header.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pixverse_desktop.core.records import record

START_PER_MINUTE = 30
LEAST_PER_MINUTE = 10
WINDOW_S = 60.0
_BACKOFF_FIRST_S = 5.0
_BACKOFF_MOST_S = 60.0

NOTICE_AFTER_S = 5 * 60.0
SLOW_AFTER_S = 30 * 60.0
SLOW_INTERVAL_S = 5 * 60.0


@record
class RateHint:
    """What a reply said about the rate: seconds to wait, requests a minute; None if silent."""

    limited: bool = False
    wait_s: float | None = None
    per_minute: int | None = None


class RateBudget:
    """Sliding window of requests; submissions are counted but never held back by it.

    ``monotonic`` returns seconds. Not thread-safe: belongs to the engine's loop.
    """

    def __init__(self, monotonic: Callable[[], float], per_minute: int = START_PER_MINUTE) -> None:
        self._monotonic = monotonic
        self.per_minute = max(LEAST_PER_MINUTE, per_minute)
        self._sent: deque[float] = deque()
        self._cool_until = 0.0
        self._limited_in_a_row = 0

    def record(self) -> None:
        """Count one request as sent now."""
        self._sent.append(self._monotonic())

    def poll_delay_s(self) -> float:
        """Seconds until a poll may be sent; 0.0 when it may now."""
        now = self._monotonic()
        while self._sent and now - self._sent[0] >= WINDOW_S:
            self._sent.popleft()
        delay = self.cool_down_s()
        if len(self._sent) >= self.per_minute:
            oldest = self._sent[len(self._sent) - self.per_minute]
            delay = max(delay, oldest + WINDOW_S - now)
        return max(0.0, delay)

    def cool_down_s(self) -> float:
        """Seconds the service asked everyone to wait; 0.0 when it did not."""
        return max(0.0, self._cool_until - self._monotonic())

    def observe(self, hint: RateHint) -> None:
        """Learn from a reply: lower the budget, start or end a cool-down."""
        if hint.per_minute is not None:
            self.per_minute = max(LEAST_PER_MINUTE, min(self.per_minute, hint.per_minute))
        if not hint.limited:
            self._limited_in_a_row = 0
            return
        self.per_minute = max(LEAST_PER_MINUTE, min(self.per_minute, self.per_minute // 2))
        backoff = min(_BACKOFF_MOST_S, _BACKOFF_FIRST_S * 2**self._limited_in_a_row)
        self._limited_in_a_row += 1
        wait = hint.wait_s if hint.wait_s is not None else backoff
        self._cool_until = max(self._cool_until, self._monotonic() + wait)


def poll_interval_s(age_s: float, expected_s: float, jitter: float) -> float:
    """Seconds until the next look at a job of age ``age_s``.

    ``expected_s`` is how long such a job has usually taken; ``jitter`` a number in -1..1 that
    spreads looks apart by up to a tenth.
    """
    if age_s >= SLOW_AFTER_S:
        base = SLOW_INTERVAL_S
    elif 0.8 * expected_s <= age_s <= 1.5 * expected_s:
        base = 2.0
    elif age_s < 0.8 * expected_s:
        # Never sleep past the time when it is usually done.
        base = min(4.0 + age_s / 15, 12.0, max(2.0, 0.85 * expected_s - age_s))
    else:
        base = min(4.0 + age_s / 15, 12.0)
    return base * (1 + 0.1 * jitter)
