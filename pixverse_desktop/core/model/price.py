"""What a clip will cost: a range until charges of like clips were seen, then their price.

Follows section 1.1 of the service's contract: the listed price is very likely that of the default
run alone, and clips are billed by second, resolution and sound. Nobody is told a number that is
not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from math import ceil, inf
from typing import NamedTuple, assert_never

from pixverse_desktop.core.credits import HUNDREDTH, ZERO, credits_text
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import MAY_BE_REFUNDED
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.pixverse_v6 import DEFAULTS, MODEL_ID
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.records import record

# Credits a second upstream, silent and with sound: only their ratios are used.
_RATES = {"360p": (5, 7), "540p": (7, 9), "720p": (9, 12), "1080p": (18, 23)}
_DEAREST = (18, 23)  # of a resolution that is not known
_DEAREST_SECOND = Decimal(8)  # of any model in the service's catalogue
_COSTLESS = frozenset({"prompt", "negative_prompt", "seed", "resolution", "audio", "duration_s",
                       "aspect_ratio", "video_duration"})  # fmt: skip
_MANNER = ("multi_clip", "style", "thinking")  # of the bundled model
_COSTLESS_OR_MANNER = _COSTLESS.union(_MANNER)
_MOST_SECONDS = 10**6

_Values = tuple[tuple[str, object], ...]


class Shape(NamedTuple):
    """What a price depends on. ``duration_s`` is 0 where it is not known.

    ``other`` is what else was given: the pictures, and every choice of another model. ``manner``
    is what of the bundled model is not known to matter, as far as it is not the usual one; it does
    from the first charge on that says so.
    """

    resolution: str
    audio: bool
    duration_s: int
    model: str = MODEL_ID
    other: _Values = ()
    manner: _Values = ()


DEFAULT_RUN = Shape("720p", True, 5)


def shape_of(request: ClipRequest) -> Shape:
    """What the price of ``request`` depends on. Takes every value there is."""
    seconds, bundled = _seconds(request.duration_s), request.model == MODEL_ID
    if not bundled:
        seconds = seconds or _seconds(request.get("video_duration"))
    apart = _COSTLESS_OR_MANNER if bundled else _COSTLESS
    given = [item for item in request.values.items() if item[0] not in apart]
    other = tuple(sorted((n, mark) for n, v in given if (mark := _mark(v)) is not None))
    manner: _Values = ()
    if bundled:
        manner = tuple((n, v) for n in _MANNER if (v := request.get(n)) != DEFAULTS.get(n))
    return Shape(request.resolution, request.audio, seconds, request.model, other, manner)


def _seconds(value: object) -> int:
    """A length in whole seconds, rounded up; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    return ceil(min(value, _MOST_SECONDS)) if 0 < value < inf else 0


def _mark(value: object) -> object:
    """What of a value may change the price: of a picture, of rows and of a long text only that
    they are there, and how many; None for nothing."""
    match value:
        case str():
            return True if len(value) > 24 or " " in value else value
        case int() | float():
            return value
        case list() | tuple():
            return len(value) or None
        case Frame():
            return True
        case _:
            return None


def request_of(shape: Shape) -> ClipRequest:
    """Any request of that price."""
    values = {"resolution": shape.resolution, "audio": shape.audio, "duration_s": shape.duration_s}
    chosen = {**values, **dict(shape.other), **dict(shape.manner)}
    return ClipRequest("", model=shape.model, values=chosen)


class Reason(StrEnum):
    """Where an expected price comes from."""

    LISTED = "listed"
    GUESSED = "guessed"
    LEARNED = "learned"
    A_SECOND = "a second"
    ONE_LENGTH = "one length"
    ALIKE = "alike"
    UNKNOWN = "unknown"


@record
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
            case Reason.ALIKE:
                return Message("why_alike")
            case Reason.UNKNOWN:
                return Message("why_unknown")
            case _:
                assert_never(self.reason)


@record
class _Charge:
    amount: Decimal
    sent: tuple[int, float]  # in which order; a clock may have been wrong
    count: int


_Lengths = dict[int, _Charge]  # by seconds
_Kinds = dict[tuple[_Values, _Values], _Lengths]  # by what else was given, and by manner


class LearnedPrices:
    """The newest charge of every shape, by service. Grows with the shapes, not with the jobs."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._charges: dict[tuple[str, Shape], _Kinds] = {}
        for job in sorted(jobs, key=_sent):
            self.learn(job)

    def learn(self, job: Job) -> None:
        """Take in what a job was charged, if this program sent it and knows what it asked for."""
        if job.credit_cost is None or job.attempt_id is None or job.matched_by_time:
            return
        if job.state in MAY_BE_REFUNDED:
            return  # what stands there may be less than such a clip costs
        shape = shape_of(job.request)
        seconds = shape.duration_s
        kinds = self._charges.setdefault(_family(job.origin, shape), {})
        lengths = kinds.setdefault((shape.other, shape.manner), {})
        known, sent = lengths.get(seconds), _sent(job)
        if known is not None and sent < known.sent:
            return
        if known is not None and abs(job.credit_cost - known.amount) > HUNDREDTH:
            # Prices have changed: what other lengths and manners cost before says nothing now.
            for (other, _), before in kinds.items():
                if other == shape.other:
                    before.clear()
            known = None
        lengths[seconds] = _Charge(job.credit_cost, sent, known.count + 1 if known else 1)

    def expected(self, origin: str, shape: Shape, rule: PriceRule) -> Price:
        """What a clip of ``shape`` will be charged; ``rule`` is the service's own price."""
        kinds = self._charges.get(_family(origin, shape), {})
        price = _learned(_that_hold(kinds, shape), shape, rule) or _hint(kinds, shape, rule)
        if price.high >= HUNDREDTH:
            return price
        # Charged nothing once: the next may be charged all the same.
        return replace(price, high=max(price.high, _guess(shape, rule).high))


def _family(origin: str, shape: Shape) -> tuple[str, Shape]:
    """Shapes that may cost the same a second."""
    return origin, shape._replace(duration_s=0, other=(), manner=())


def _sent(job: Job) -> tuple[int, float]:
    return job.position, job.submitted_at or 0.0


def _that_hold(kinds: _Kinds, shape: Shape) -> _Lengths:
    """The charges that say what ``shape`` costs: of every manner while they fit each other, else
    of its own alone."""
    own = kinds.get((shape.other, shape.manner), {})
    every = [each for (other, _), each in kinds.items() if other == shape.other and each]
    found: _Lengths = {}
    for lengths in every:
        for seconds, charge in lengths.items():
            before = found.get(seconds, charge)
            if abs(charge.amount - before.amount) > HUNDREDTH:
                return own
            count = charge.count + (before.count if seconds in found else 0)
            newest = max(before, charge, key=lambda each: each.sent)
            found[seconds] = replace(newest, count=count)
    fit = len(every) < 2 or len(found) < 2 or _a_second(found) is not None
    return found if fit else own


def _a_second(lengths: _Lengths) -> Decimal | None:
    """What a second costs, if charges of several lengths lie on a line through zero."""
    known = {seconds: charge for seconds, charge in lengths.items() if seconds}
    if len(known) < 2:
        return None
    least = max((c.amount - HUNDREDTH) / s for s, c in known.items())
    most = min((c.amount + HUNDREDTH) / s for s, c in known.items())
    longest = max(known)
    return min(max(known[longest].amount / longest, least), most) if least <= most else None


def _learned(lengths: _Lengths, shape: Shape, rule: PriceRule) -> Price | None:
    """What charges of such clips say; None where they say nothing."""
    seconds = shape.duration_s
    if (same := lengths.get(seconds)) and (seconds or not rule.a_second):
        return Price(same.amount, same.amount, same.count, Reason.LEARNED, rule)
    known = {s: charge for s, charge in lengths.items() if s}
    if not known or not seconds:
        return None
    seen = sum(charge.count for charge in known.values())
    if (a_second := _a_second(known)) is not None:
        amount = (a_second * seconds).quantize(HUNDREDTH)
        return Price(amount, amount, seen, Reason.A_SECOND, rule)
    guess = _guess(shape, rule)
    ends = [c.amount * seconds / s for s, c in known.items()]
    # Off a line through zero a shorter clip may cost what the longer ones do.
    ends += [c.amount for c in known.values()] if len(known) > 1 else []
    listed = rule.listed(shape.resolution, seconds) or (guess.low, guess.high)
    return _range([*listed, *ends], Reason.ONE_LENGTH, rule, seen)


def _hint(kinds: _Kinds, shape: Shape, rule: PriceRule) -> Price:
    """The guess, widened by what clips cost that differ in what else was given: no such clip was
    seen, so nothing is known for sure."""
    guess, seconds = _guess(shape, rule), shape.duration_s or rule.longest
    ends = [guess.low, guess.high]
    for lengths in kinds.values():
        ends += [c.amount * seconds / s if s else c.amount for s, c in lengths.items()]
    if (min(ends), max(ends)) == (guess.low, guess.high):
        return guess
    return _range(ends, Reason.ALIKE, rule)


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
    if not rule.a_second and seconds:
        more, usual = Decimal(shape.duration_s or rule.longest), Decimal(seconds)
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
