"""What can go wrong, in one place: the sentence the user reads and the one thing to do.

The tree:

- ``PixverseError`` - anything this program raises on purpose
    - ``UserError`` - carries a ``Problem``: a code, a sentence, an action, a detail
        - ``NotSent`` - a submission that cannot have reached the service
        - ``Rejected`` - a submission or question the service answered with a definite no
        - ``Ambiguous`` - a submission whose outcome is unknown; money may have been spent
        - ``Unreachable`` - a question (never a submission) that got no usable answer
        - ``DownloadFailed`` - a clip that could not be fetched, with what to do about it

Sentences follow section 7 of the service's documented error table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.redaction import redact

DETAIL_LIMIT = 4000  # characters of a raw body kept for the Details fold-out


class ProblemCode(StrEnum):
    """Every kind of trouble the program tells apart."""

    KEY = "key"
    CREDITS = "credits"
    INVALID = "invalid"
    MODEL = "model"
    RATE = "rate"
    SERVICE = "service"
    UNCONFIRMED = "unconfirmed"
    INTERRUPTED = "interrupted"
    OFFLINE = "offline"
    CERTIFICATE = "certificate"
    FAILED = "failed"
    EXPIRED = "expired"
    NO_FILE = "no_file"
    SLOW = "slow"
    JOB_UNKNOWN = "job_unknown"
    BAD_CLIP = "bad_clip"
    DISK = "disk"
    STORE = "store"
    REBUILT = "rebuilt"
    MATCHED = "matched"
    LIMIT = "limit"
    CRASHED = "crashed"
    FRAME = "frame"
    INTERNAL = "internal"


class Action(StrEnum):
    """The one thing the user can do about a problem."""

    NONE = "none"
    OPEN_KEY = "open_key"
    BUY_CREDITS = "buy_credits"
    EDIT = "edit"
    SHOW_MODELS = "show_models"
    WAIT = "wait"
    DECIDE = "decide"
    RETRY = "retry"
    CHECK_AGAIN = "check_again"
    CHOOSE_FOLDER = "choose_folder"
    CHECK_NETWORK = "check_network"
    RESCUE = "rescue"
    SHOW_LOG = "show_log"
    CHANGE_LIMIT = "change_limit"


@dataclass(frozen=True, slots=True)
class Problem:
    """A storable error: what the user reads, and what a bug report needs."""

    code: ProblemCode
    message: str
    action: Action = Action.NONE
    detail: str = ""
    field: str | None = None


SENTENCES: dict[ProblemCode, tuple[str, Action]] = {
    ProblemCode.KEY: ("The API key is missing or not accepted.", Action.OPEN_KEY),
    ProblemCode.CREDITS: (
        "Not enough credits. The job is held until there are more.",
        Action.BUY_CREDITS,
    ),
    ProblemCode.INVALID: ("The service did not accept the request.", Action.EDIT),
    ProblemCode.MODEL: ("The service does not offer this model.", Action.SHOW_MODELS),
    ProblemCode.RATE: ("The service asks to wait. This goes on by itself.", Action.WAIT),
    ProblemCode.SERVICE: ("The service has a problem. This goes on by itself.", Action.WAIT),
    ProblemCode.UNCONFIRMED: (
        "The service's answer was lost. It may have been charged; nothing is sent again by itself.",
        Action.DECIDE,
    ),
    ProblemCode.INTERRUPTED: (
        "The program ended while this was being sent. It may have been charged; "
        "nothing is sent again by itself.",
        Action.DECIDE,
    ),
    ProblemCode.OFFLINE: (
        "The service cannot be reached. This goes on by itself.",
        Action.CHECK_NETWORK,
    ),
    ProblemCode.CERTIFICATE: (
        "The service's certificate could not be verified, so nothing was sent.",
        Action.CHECK_NETWORK,
    ),
    ProblemCode.FAILED: ("The service could not make this clip.", Action.RETRY),
    ProblemCode.EXPIRED: ("The clip is no longer at the service.", Action.CHECK_AGAIN),
    ProblemCode.NO_FILE: ("The service finished without a file.", Action.CHECK_AGAIN),
    ProblemCode.SLOW: (
        "This takes longer than usual. It is not lost: it is looked at until it is done.",
        Action.WAIT,
    ),
    ProblemCode.JOB_UNKNOWN: ("The service does not know this job.", Action.CHECK_AGAIN),
    ProblemCode.BAD_CLIP: ("What arrived is not a whole clip; it is fetched again.", Action.WAIT),
    ProblemCode.DISK: ("The clip folder cannot be written.", Action.CHOOSE_FOLDER),
    ProblemCode.STORE: ("The list of jobs cannot be written.", Action.NONE),
    ProblemCode.MATCHED: (
        "Found in the service's list by its time alone. Please look whether it is your clip.",
        Action.NONE,
    ),
    ProblemCode.LIMIT: ("Your daily limit is reached.", Action.CHANGE_LIMIT),
    ProblemCode.REBUILT: ("The list of jobs was mended.", Action.RESCUE),
    ProblemCode.CRASHED: (
        "The program ended unexpectedly last time. Nothing that was paid for is lost.",
        Action.SHOW_LOG,
    ),
    ProblemCode.FRAME: ("This picture cannot be used.", Action.EDIT),
    ProblemCode.INTERNAL: ("Something went wrong inside the program.", Action.RETRY),
}


def problem(
    code: ProblemCode, message: str = "", detail: str = "", field: str | None = None
) -> Problem:
    """The problem for ``code``; ``message`` replaces its usual sentence."""
    sentence, action = SENTENCES[code]
    return Problem(code, plain(message) or sentence, action, plain(detail, DETAIL_LIMIT), field)


# Control and bidi characters, and lone surrogates, which cannot even be stored. The two joiners
# (U+200C, U+200D) stay: Persian and many emoji are made with them.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def plain(text: str, limit: int = 600) -> str:
    """Text from outside made safe to keep and to show: no control or bidi characters, no key.

    At most ``limit`` characters.
    """
    text = redact(_UNSAFE.sub("", text[: limit + 1000])).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


class PixverseError(Exception):
    """Base of everything this program raises on purpose."""


@dataclass(eq=False)
class UserError(PixverseError):
    """An error with the sentence the user reads."""

    problem: Problem
    rate: RateHint = field(default_factory=RateHint)

    def __str__(self) -> str:
        return self.problem.message


class NotSent(UserError):
    """A submission that cannot have reached the service: safe to send later."""


class Rejected(UserError):
    """The service said no; nothing was charged."""


class Ambiguous(UserError):
    """Outcome unknown: never sent again without the user."""


class Unreachable(UserError):
    """A poll, list or schema without a usable answer; says nothing about the job."""


@dataclass(eq=False)
class DownloadFailed(UserError):
    """A clip that did not arrive. ``refresh`` asks for a fresh URL before the next try."""

    refresh: bool = False
    fatal: bool = False
