"""What a clip will cost: a range until charges of like clips were seen, then their price.

Follows section 1.1 of the service's contract: the listed price is very likely that of the default
run alone, and clips are billed by second, resolution and sound. Nobody is told a number that is
not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import NamedTuple, assert_never

from pixverse_desktop.core.credits import HUNDREDTH, ZERO, credits_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest

# Credits a second upstream, silent and with sound: only their ratios are used.
_RATES = {"360p": (5, 7), "540p": (7, 9), "720p": (9, 12), "1080p": (18, 23)}
_DEAREST = (18, 23)  # of a resolution that is not known
_DEAREST_SECOND = Decimal(8)  # of any model in the service's catalogue
_USUAL_SECONDS = 10  # of a clip whose length cannot be told


class Shape(NamedTuple):
    """What a price depends on."""

    resolution: str
    audio: bool
    duration_s: int
    model: str = MODEL_ID


_MAY_BE_REFUNDED = frozenset({JobState.FAILED, JobState.NO_FILE, JobState.EXPIRED})
DEFAULT_RUN = Shape("720p", True, 5)


def shape_of(request: ClipRequest) -> Shape:
    """What the price of ``request`` depends on."""
    return Shape(request.resolution, request.audio, request.duration_s, request.model)


def request_of(shape: Shape) -> ClipRequest:
    """Any request of that price."""
    values = shape._asdict()
    return ClipRequest("", model=values.pop("model"), values=values)


class Reason(StrEnum):
    """Where an expected price comes from."""

    LISTED = "listed"
    GUESSED = "guessed"
    LEARNED = "learned"
    A_SECOND = "a second"
    ONE_LENGTH = "one length"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Price:
    """Credits from ``low`` to ``high``; ``seen`` is how many charges of like clips say so."""

    low: Decimal
    high: Decimal
    seen: int = 0
    reason: Reason = field(default=Reason.LISTED, compare=False)
    listed: str = field(default="", compare=False)

    def __str__(self) -> str:
        low, high = credits_text(self.low), credits_text(self.high)
        return high if low == high else f"{low}–{high}"

    @property
    def why(self) -> str:
        """The reason as a sentence."""
        times = f"{self.seen} charge" + "s" * (self.seen != 1)
        match self.reason:
            case Reason.LISTED:
                return f"listed: {self.listed}"
            case Reason.GUESSED:
                return f"listed: {self.listed}; other clips may cost more or less"
            case Reason.LEARNED:
                return f"learned from {times} of such clips"
            case Reason.A_SECOND:
                return f"learned from {times}: this is what a second costs"
            case Reason.ONE_LENGTH:
                return f"between the listed price and what {times} of another length suggest"
            case Reason.UNKNOWN:
                return "the service names no price that can be read; this is the most it may be"
            case _:
                assert_never(self.reason)


@dataclass(frozen=True, slots=True)
class _Charge:
    amount: Decimal
    at: float
    count: int


class LearnedPrices:
    """The newest charge of every shape, by service. Grows with the shapes, not with the jobs."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._charges: dict[tuple[str, str, str, bool], dict[int, _Charge]] = {}
        for job in sorted(jobs, key=lambda job: job.submitted_at or 0.0):
            self.learn(job)

    def learn(self, job: Job) -> None:
        """Take in what a job was charged, if this program sent it and knows what it asked for."""
        if job.credit_cost is None or job.attempt_id is None or job.matched_by_time:
            return
        if job.state in _MAY_BE_REFUNDED:
            return  # what stands there may be less than such a clip costs
        resolution, audio, seconds, model = shape_of(job.request)
        lengths = self._charges.setdefault((job.origin, model, resolution, audio), {})
        known, at = lengths.get(seconds), job.submitted_at or 0.0
        if known is not None and at < known.at:
            return
        if known is not None and abs(job.credit_cost - known.amount) > HUNDREDTH:
            lengths.clear()  # prices have changed: what other lengths cost before says nothing now
            known = None
        lengths[seconds] = _Charge(job.credit_cost, at, known.count + 1 if known else 1)

    def expected(self, origin: str, shape: Shape, rule: PriceRule) -> Price:
        """What a clip of ``shape`` will be charged; ``rule`` is the service's own price."""
        seconds = shape.duration_s
        lengths = self._charges.get((origin, shape.model, shape.resolution, shape.audio), {})
        if same := lengths.get(seconds):
            return Price(same.amount, same.amount, same.count, Reason.LEARNED)
        if not lengths or not seconds:
            return _guess(shape, rule)
        seen = sum(charge.count for charge in lengths.values())
        least = max((c.amount - HUNDREDTH) / s for s, c in lengths.items())
        most = min((c.amount + HUNDREDTH) / s for s, c in lengths.items())
        if len(lengths) > 1 and least <= most:  # they lie on a line through zero
            longest = max(lengths)
            a_second = min(max(lengths[longest].amount / longest, least), most)
            amount = (a_second * seconds).quantize(HUNDREDTH)
            return Price(amount, amount, seen, Reason.A_SECOND)
        guess = _guess(shape, rule)
        ends = [c.amount * seconds / s for s, c in lengths.items()]
        listed = rule.listed(shape.resolution, seconds)
        return _range([listed or guess.low, *ends], Reason.ONE_LENGTH, seen)


def _guess(shape: Shape, rule: PriceRule) -> Price:
    """Between the listed price and what the upstream table makes of it."""
    listed = rule.listed(shape.resolution, shape.duration_s)
    if listed is None:
        most = _DEAREST_SECOND * (shape.duration_s or _USUAL_SECONDS)
        return Price(ZERO, most, 0, Reason.UNKNOWN)
    resolution, audio, seconds = rule.usual
    if rule.a_second or shape[:3] == rule.usual or not (seconds and shape.duration_s):
        return Price(listed, listed, 0, Reason.LISTED, str(rule))
    more, usual = shape.duration_s, seconds
    if not rule.by_resolution and resolution:
        more *= _RATES.get(shape.resolution, _DEAREST)[shape.audio]
        usual *= _RATES.get(resolution, _DEAREST)[audio]
    said = f"{rule} for {seconds} s" + (f" at {resolution}" if resolution else "")
    return _range([listed, listed * more / usual], Reason.GUESSED, listed=said)


def _range(ends: list[Decimal], reason: Reason, seen: int = 0, listed: str = "") -> Price:
    """The high end is never rounded down."""
    low = min(ends).quantize(HUNDREDTH, ROUND_FLOOR)
    high = max(ends).quantize(HUNDREDTH, ROUND_CEILING)
    return Price(low, high, seen, reason, listed)
