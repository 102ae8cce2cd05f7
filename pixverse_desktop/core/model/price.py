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
from math import ceil
from typing import NamedTuple, assert_never

from pixverse_desktop.core.credits import HUNDREDTH, ZERO, credits_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest

# Credits a second upstream, silent and with sound: only their ratios are used.
_RATES = {"360p": (5, 7), "540p": (7, 9), "720p": (9, 12), "1080p": (18, 23)}
_DEAREST = (18, 23)  # of a resolution that is not known
_DEAREST_SECOND = Decimal(8)  # of any model in the service's catalogue
_COSTLESS = frozenset({"prompt", "negative_prompt", "seed", "resolution", "audio", "duration_s",
                       "aspect_ratio", "video_duration"})  # fmt: skip


class Shape(NamedTuple):
    """What a price depends on."""

    resolution: str
    audio: bool
    duration_s: int
    model: str = MODEL_ID
    other: tuple[tuple[str, object], ...] = ()  # what else was chosen, of another model


_MAY_BE_REFUNDED = frozenset({JobState.FAILED, JobState.NO_FILE, JobState.EXPIRED})
DEFAULT_RUN = Shape("720p", True, 5)


def shape_of(request: ClipRequest) -> Shape:
    """What the price of ``request`` depends on."""
    seconds = request.duration_s
    if request.model == MODEL_ID:
        return Shape(request.resolution, request.audio, seconds)
    given = request.get("video_duration")
    if not seconds and isinstance(given, int | float):
        seconds = ceil(min(given, 10**6))
    other = tuple(sorted((n, v) for n, v in request.values.items() if _may_cost(n, v)))
    return Shape(request.resolution, request.audio, seconds, request.model, other)


def _may_cost(name: str, value: object) -> bool:
    """Whether a value of another model may change the price: a choice, a number, a switch."""
    if name in _COSTLESS or (isinstance(value, str) and (len(value) > 24 or " " in value)):
        return False
    return isinstance(value, str | int | float)


def request_of(shape: Shape) -> ClipRequest:
    """Any request of that price."""
    values = {"resolution": shape.resolution, "audio": shape.audio, "duration_s": shape.duration_s}
    return ClipRequest("", model=shape.model, values={**values, **dict(shape.other)})


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
    rule: PriceRule = field(default=PriceRule(None), compare=False)

    def __str__(self) -> str:
        low, high = credits_text(self.low), credits_text(self.high)
        return high if low == high else f"{low}–{high}"

    @property
    def why(self) -> Message:
        """The reason as a sentence."""
        listed, seen = self.rule.words, self.seen
        match self.reason:
            case Reason.LISTED:
                return Message("why_listed", listed=listed)
            case Reason.GUESSED:
                resolution, _sound, seconds = self.rule.usual
                if self.rule.a_second:
                    return Message("why_guessed_a_second", listed=listed, resolution=resolution)
                if not resolution:
                    return Message("why_guessed_any_size", listed=listed, seconds=seconds)
                return Message("why_guessed", listed=listed, seconds=seconds, resolution=resolution)
            case Reason.LEARNED:
                return Message("why_learned", seen=seen)
            case Reason.A_SECOND:
                return Message("why_a_second", seen=seen)
            case Reason.ONE_LENGTH:
                return Message("why_one_length", seen=seen)
            case Reason.UNKNOWN:
                return Message("why_unknown")
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
        self._charges: dict[tuple[str, Shape], dict[int, _Charge]] = {}
        for job in sorted(jobs, key=lambda job: job.submitted_at or 0.0):
            self.learn(job)

    def learn(self, job: Job) -> None:
        """Take in what a job was charged, if this program sent it and knows what it asked for."""
        if job.credit_cost is None or job.attempt_id is None or job.matched_by_time:
            return
        if job.state in _MAY_BE_REFUNDED:
            return  # what stands there may be less than such a clip costs
        shape = shape_of(job.request)
        seconds = shape.duration_s
        lengths = self._charges.setdefault((job.origin, shape._replace(duration_s=0)), {})
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
        lengths = self._charges.get((origin, shape._replace(duration_s=0)), {})
        if same := lengths.get(seconds):
            return Price(same.amount, same.amount, same.count, Reason.LEARNED, rule)
        if not lengths or not seconds:
            return _guess(shape, rule)
        seen = sum(charge.count for charge in lengths.values())
        least = max((c.amount - HUNDREDTH) / s for s, c in lengths.items())
        most = min((c.amount + HUNDREDTH) / s for s, c in lengths.items())
        if len(lengths) > 1 and least <= most:  # they lie on a line through zero
            longest = max(lengths)
            a_second = min(max(lengths[longest].amount / longest, least), most)
            amount = (a_second * seconds).quantize(HUNDREDTH)
            return Price(amount, amount, seen, Reason.A_SECOND, rule)
        guess = _guess(shape, rule)
        ends = [c.amount * seconds / s for s, c in lengths.items()]
        # Off a line through zero a shorter clip may cost what the longer ones do.
        ends += [c.amount for c in lengths.values()] if len(lengths) > 1 else []
        listed = rule.listed(shape.resolution, seconds) or (guess.low, guess.high)
        return _range([*listed, *ends], Reason.ONE_LENGTH, rule, seen)


def _guess(shape: Shape, rule: PriceRule) -> Price:
    """Between the listed price and what the upstream table makes of it."""
    listed = rule.listed(shape.resolution, shape.duration_s)
    if listed is None:
        most = _DEAREST_SECOND * (shape.duration_s or rule.longest)
        return Price(ZERO, most, 0, Reason.UNKNOWN, rule)
    low, high = listed
    if rule.by_resolution and shape.resolution and not rule.names(shape.resolution):
        # A size that is not listed may be dearer than all that are.
        high = max(high, _DEAREST_SECOND * (shape.duration_s or rule.longest))
    resolution, audio, seconds = rule.usual
    more, usual = Decimal(1), Decimal(1)
    if not rule.a_second and seconds and shape.duration_s:
        more, usual = Decimal(shape.duration_s), Decimal(seconds)
    # What a second of another size or sound costs is listed, except by the first model's page.
    by_size = not rule.by_resolution and (not rule.a_second or shape.model == MODEL_ID)
    if by_size and resolution:
        more *= _RATES.get(shape.resolution, _DEAREST)[shape.audio]
        usual *= _RATES.get(resolution, _DEAREST)[audio]
    if more == usual:
        return Price(low, high, 0, Reason.LISTED, rule)
    ends = [low, high, low * more / usual, high * more / usual]
    return _range(ends, Reason.GUESSED, rule)


def _range(ends: list[Decimal], reason: Reason, rule: PriceRule, seen: int = 0) -> Price:
    """The high end is never rounded down."""
    low = min(ends).quantize(HUNDREDTH, ROUND_FLOOR)
    high = max(ends).quantize(HUNDREDTH, ROUND_CEILING)
    return Price(low, high, seen, reason, rule)
