"""Why a job that waits does not move, in one sentence: pure functions from snapshots to text."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple, assert_never

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.parents import blocker, why_it_waits_for
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.jobs.job_text import RowText, details, one_line

_SOON_S = 20 * 3600.0  # a time of the day is enough to say when
_NEEDS_USER = frozenset({
    HoldReason.ASK, HoldReason.KEY, HoldReason.CREDITS, HoldReason.DISK, HoldReason.COST,
    HoldReason.LIMIT, HoldReason.UNCERTAIN,
})  # fmt: skip


class QueueState(NamedTuple):
    """What decides about all that wait: the hold, how many are under way of how many at a time,
    and which job is sent next ("": none)."""

    origin_id: str = ""
    hold: Hold | None = None
    under_way: int = 0
    at_a_time: int = 1
    next_id: str = ""
    front_waits: bool = False  # so the background does
    held_batches: frozenset[str] = frozenset()


class ClipWait(NamedTuple):
    """Why a job that goes on from another clip waits for that; ``lost``: it does not come by
    itself."""

    reason: str
    lost: bool = False


def clip_wait(job: Job, find: Callable[[str], Job | None]) -> ClipWait | None:
    """None for a job that waits for no clip; ``find`` gives a job by its id."""
    reason = why_it_waits_for(job, find)
    if reason is None:
        return None
    return ClipWait(translated(reason).removesuffix("."), blocker(job, find) is not None)


def waiting_row(
    job: Job, now: float, queue: QueueState, clip: ClipWait | None = None
) -> RowText:  # fmt: skip
    """The words of the row of a job that waits; only the next one tells what all wait for, and one
    that waits for a clip tells that."""
    aside, tone, glyph = _aside(job, now, queue, clip)
    held = queue.hold is not None or queue.under_way >= queue.at_a_time
    if job.id == queue.next_id and held:
        line = why_it_waits(job, now, queue)
    elif clip is not None:
        line = clip.reason
    else:
        line = " · ".join([*details(job), _price(job)])
    return RowText(one_line(job.request.prompt), line, aside, tone, glyph)


def why_it_waits(
    job: Job, now: float, queue: QueueState, clip: ClipWait | None = None
) -> str:  # fmt: skip
    """The reason, without a full stop."""
    if job.being_edited:
        return translate("WaitingText", "You are editing it")
    if job.paused:
        return translate("WaitingText", "You paused it; others go past")
    if job.not_before is not None and job.not_before > now:
        return translate("WaitingText", "Waits until {when}").format(
            when=_when(job.not_before, now)
        )
    if job.origin != queue.origin_id:
        return translate("WaitingText", "Waits until its service is in use")
    if clip is not None:
        return clip.reason
    if job.batch in queue.held_batches:
        return translate("WaitingText", "Its batch could cost more than agreed")
    if queue.hold is not None:
        return _why_held(queue.hold, now)
    if job.background and queue.front_waits:
        return translate("WaitingText", "Starts when nothing waits above")
    if job.id != queue.next_id:
        return translate("WaitingText", "Waits for those above")
    if queue.under_way >= queue.at_a_time:
        return translate("WaitingText", "{running} of {most} under way").format(
            running=queue.under_way, most=queue.at_a_time
        )
    return translate("WaitingText", "Is sent next")


def _why_held(hold: Hold, now: float) -> str:
    match hold.reason:
        case HoldReason.PAUSED if hold.until is not None:
            text = translate("WaitingText", "The queue is paused until {when}")
            return text.format(when=_when(hold.until, now))
        case HoldReason.PAUSED:
            return translate("WaitingText", "The queue is paused")
        case HoldReason.ASK:
            return translate("WaitingText", "Waits for your word, below")
        case HoldReason.KEY:
            return translate("WaitingText", "Waits for your API key")
        case HoldReason.CREDITS:
            return translate("WaitingText", "Waits for credits")
        case HoldReason.RATE:
            return translate("WaitingText", "The service asks to wait")
        case HoldReason.BUSY:
            return translate("WaitingText", "The service makes no more at a time")
        case HoldReason.OFFLINE:
            return translate("WaitingText", "The service is not reached")
        case HoldReason.DISK:
            return translate("WaitingText", "There is no place to save clips")
        case HoldReason.COST:
            return translate("WaitingText", "A clip cost more than expected")
        case HoldReason.LIMIT:
            return translate("WaitingText", "Your limit is reached")
        case HoldReason.UNCERTAIN:
            return translate("WaitingText", "A lost answer is looked for")
        case never:
            assert_never(never)


def _aside(
    job: Job, now: float, queue: QueueState, clip: ClipWait | None
) -> tuple[str, str, str]:  # fmt: skip
    if job.being_edited:
        return translate("WaitingText", "Editing"), "text", "pencil"
    if job.paused:
        return translate("WaitingText", "Paused"), "muted", "pause"
    if job.not_before is not None and job.not_before > now:
        text = translate("WaitingText", "From {when}").format(when=_when(job.not_before, now))
        return text, "muted", "clock"
    held = queue.hold is not None and queue.hold.reason in _NEEDS_USER
    if held or job.batch in queue.held_batches or (clip is not None and clip.lost):
        return translate("WaitingText", "Held"), "warn", "clock"
    if job.pauses_queue:
        return translate("WaitingText", "Then pause"), "muted", "clock"
    return translate("JobText", "Waiting"), "muted", "clock"


def _price(job: Job) -> str:
    low: Decimal = job.price if job.price_low is None else job.price_low
    amount = localised.price_text(Price(low, job.price))
    return translate("WaitingText", "{n} credits").format(n=amount)


def _when(moment: float, now: float) -> str:
    if moment - now < _SOON_S:
        return localised.time_of_day(moment)
    return localised.date_and_time(moment)
