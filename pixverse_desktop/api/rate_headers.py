"""What a reply says about waiting and about the request rate. Pure functions.

Retry-After and X-RateLimit-* are not documented for sure by this service, so every form is read
and none is trusted: waits are clamped to 1 s - 10 min.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from pixverse_desktop.core.engine.rate_limit import RateHint

LEAST_WAIT_S = 1.0
MOST_WAIT_S = 600.0
_EPOCH_LIKE = 1e9  # a Reset above this is a date, not a number of seconds


def rate_hint(status: int, headers: Mapping[str, str], now: float) -> RateHint:
    """The hint in a reply; ``headers`` case-insensitive, ``now`` in seconds since 1970."""
    limited = status == 429
    wait_s = None
    if limited:
        wait_s = parse_retry_after(headers.get("Retry-After"), now)
        if wait_s is None:
            wait_s = _parse_reset(headers.get("X-RateLimit-Reset"), now)
    return RateHint(limited, wait_s, _parse_limit(headers.get("X-RateLimit-Limit")))


def parse_retry_after(text: str | None, now: float) -> float | None:
    """Seconds to wait, clamped; None for a missing or meaningless value."""
    if not text:
        return None
    seconds = _seconds(text)
    if seconds is None:
        seconds = _date_delay(text, now)
    return None if seconds is None else _clamped(seconds)


def _seconds(text: str) -> float | None:
    try:
        value = float(text.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _date_delay(text: str, now: float) -> float | None:
    try:
        date = parsedate_to_datetime(text)
        if date.tzinfo is None:
            date = date.replace(tzinfo=UTC)
        return date.timestamp() - now
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _parse_reset(text: str | None, now: float) -> float | None:
    value = _seconds(text) if text else None
    if value is None:
        return None
    return _clamped(value - now if value > _EPOCH_LIKE else value)


def _parse_limit(text: str | None) -> int | None:
    value = _seconds(text) if text else None
    return int(value) if value is not None and 1 <= value < _EPOCH_LIKE else None


def _clamped(seconds: float) -> float:
    return min(MOST_WAIT_S, max(LEAST_WAIT_S, seconds))
