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

from enum import StrEnum

from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import plain

DETAIL_LIMIT = 4000  # characters of a raw body kept for the Details fold-out


class ProblemCode(StrEnum):
    """Every kind of trouble the program tells apart."""

    KEY = "key"
    CREDITS = "credits"
    INVALID = "invalid"
    MODEL = "model"
    RATE = "rate"
    BUSY = "busy"  # as many jobs run there as may at a time
    SERVICE = "service"
    UNCONFIRMED = "unconfirmed"
    INTERRUPTED = "interrupted"
    OFFLINE = "offline"
    CERTIFICATE = "certificate"
    PROXY = "proxy"  # it wants a name and a password
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
    DIFFERS = "differs"  # the service does, from what this program assumes


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
    CHECK_SERVICE = "check_service"


@record
class Problem:
    """A storable error: what the user reads, and what a bug report needs.

    ``message`` is a ``Message``, which the window translates; or a text of the service, or of an
    earlier version of the program, which is shown as it is.
    """

    code: ProblemCode
    message: str
    action: Action = Action.NONE
    detail: str = ""
    field: str | None = None


# Nobody was spoken to: something on the way stopped it.
OUT_OF_REACH = frozenset({ProblemCode.OFFLINE, ProblemCode.CERTIFICATE, ProblemCode.PROXY})

ACTIONS = {
    ProblemCode.KEY: Action.OPEN_KEY,
    ProblemCode.CREDITS: Action.BUY_CREDITS,
    ProblemCode.INVALID: Action.EDIT,
    ProblemCode.MODEL: Action.SHOW_MODELS,
    ProblemCode.RATE: Action.WAIT,
    ProblemCode.BUSY: Action.WAIT,
    ProblemCode.SERVICE: Action.WAIT,
    ProblemCode.UNCONFIRMED: Action.DECIDE,
    ProblemCode.INTERRUPTED: Action.DECIDE,
    ProblemCode.OFFLINE: Action.CHECK_NETWORK,
    ProblemCode.CERTIFICATE: Action.CHECK_NETWORK,
    ProblemCode.PROXY: Action.CHECK_NETWORK,
    ProblemCode.FAILED: Action.RETRY,
    ProblemCode.EXPIRED: Action.CHECK_AGAIN,
    ProblemCode.NO_FILE: Action.CHECK_AGAIN,
    ProblemCode.SLOW: Action.WAIT,
    ProblemCode.JOB_UNKNOWN: Action.CHECK_AGAIN,
    ProblemCode.BAD_CLIP: Action.WAIT,
    ProblemCode.DISK: Action.CHOOSE_FOLDER,
    ProblemCode.STORE: Action.NONE,
    ProblemCode.MATCHED: Action.NONE,
    ProblemCode.LIMIT: Action.CHANGE_LIMIT,
    ProblemCode.REBUILT: Action.RESCUE,
    ProblemCode.CRASHED: Action.SHOW_LOG,
    ProblemCode.FRAME: Action.EDIT,
    ProblemCode.INTERNAL: Action.RETRY,
    ProblemCode.DIFFERS: Action.CHECK_SERVICE,
}


def problem(
    code: ProblemCode, message: str = "", detail: str = "", field: str | None = None
) -> Problem:
    """The problem for ``code``; ``message`` (a Message or foreign text) replaces its usual one."""
    said = message if isinstance(message, Message) else plain(message)
    return Problem(code, said or Message(code), ACTIONS[code], plain(detail, DETAIL_LIMIT), field)


_NO_HINT = RateHint()


class PixverseError(Exception):
    """Base of everything this program raises on purpose."""


class UserError(PixverseError):
    """An error with the sentence the user reads."""

    def __init__(self, problem: Problem, rate: RateHint = _NO_HINT) -> None:
        super().__init__(problem, rate)
        self.problem, self.rate = problem, rate

    def __str__(self) -> str:
        return self.problem.message


class NotSent(UserError):
    """A submission that cannot have reached the service: safe to send later."""


class Rejected(UserError):
    """The service said no; nothing was charged."""


class Ambiguous(UserError):
    """Outcome unknown: never sent again without the user."""


class Unreachable(UserError):
    """A poll, list or schema without a usable answer; says nothing about the job.

    ``status`` is that of HTTP where something answered, 0 where nothing did.
    """

    def __init__(self, problem: Problem, rate: RateHint = _NO_HINT, status: int = 0) -> None:
        super().__init__(problem, rate)
        self.status = status


class DownloadFailed(UserError):
    """A clip that did not arrive. ``refresh`` asks for a fresh URL before the next try."""

    def __init__(
        self,
        problem: Problem,
        rate: RateHint = _NO_HINT,
        refresh: bool = False,
        fatal: bool = False,
    ) -> None:
        super().__init__(problem, rate)
        self.refresh, self.fatal = refresh, fatal
