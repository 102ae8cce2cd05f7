"""The border of the engine: one bad moment must not end a loop of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable


async def failure_of(work: Awaitable[None], log: logging.Logger, what: str) -> Exception | None:
    """Await ``work``. Gives the error nobody expected, with its traceback in the log, or None."""
    try:
        await work
    except Exception as error:  # engine border
        log.exception(what)
        return error
    return None
