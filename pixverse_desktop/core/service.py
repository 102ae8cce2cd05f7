"""The service as the user sees it: which one, whether it answers, the balance, why work waits."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import assert_never
from urllib.parse import quote, urlsplit

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.spending import Period
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.records import record

PIXELDOJO_API_URL = "https://pixeldojo.ai/api/v1"
DOCS_URL = "https://pixeldojo.ai/api-platform/pixverse-v6"
_PAGES_URL = "https://pixeldojo.ai/api-platform"
KEYS_URL = "https://pixeldojo.ai/api-platform/api-keys"
CREDITS_URL = "https://pixeldojo.ai/api-platform/buy-credits"
MODELS_URL = "https://pixeldojo.ai/api/v1/models"


def model_page(model_id: str) -> str:
    """Where the service tells about a model."""
    return f"{_PAGES_URL}/{quote(model_id, safe='')}"


class OriginKind(StrEnum):
    """Which sort of service a job belongs to."""

    DEMO = "demo"
    PIXELDOJO = "pixeldojo"
    CUSTOM = "custom"


@record
class Origin:
    """A service. ``id`` stays the same over restarts; the demo's ``api_url`` does not."""

    kind: OriginKind
    id: str
    api_url: str

    @property
    def name(self) -> str:
        """What the window calls it."""
        match self.kind:
            case OriginKind.DEMO:
                return Message("demo_service")
            case OriginKind.PIXELDOJO:
                return "PixelDojo"
            case OriginKind.CUSTOM:
                return urlsplit(self.api_url).netloc
            case never:
                assert_never(never)


def demo_origin(api_url: str) -> Origin:
    """The built-in simulator, wherever it listens today."""
    return Origin(OriginKind.DEMO, "demo", api_url)


def pixeldojo_origin() -> Origin:
    """The real service."""
    return Origin(OriginKind.PIXELDOJO, "https://pixeldojo.ai", PIXELDOJO_API_URL)


def is_loopback(host: str) -> bool:
    """True for the name and the addresses of this very machine, and nothing that looks alike."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def custom_origin(api_url: str) -> Origin:
    """The service at ``api_url``: https, or http on a loopback address.

    Raises ValueError with a sentence for the user when it is neither.
    """
    try:
        parts = urlsplit(api_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("The API URL is not a web address.") from None
    if parts.username or parts.password:
        raise ValueError("The API URL must not hold a user name or a password.")
    if not host or parts.scheme not in ("http", "https"):
        raise ValueError("The API URL must start with https:// and name a host.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("The API URL must be https; http is allowed for this machine alone.")
    if parts.query or parts.fragment:
        raise ValueError("The API URL must not hold a query or a fragment.")
    netloc = f"[{host}]" if ":" in host else host
    origin = f"{parts.scheme}://{netloc}" + (f":{port}" if port else "")
    if origin == pixeldojo_origin().id:
        return Origin(OriginKind.PIXELDOJO, origin, api_url.rstrip("/"))
    return Origin(OriginKind.CUSTOM, origin, api_url.rstrip("/"))


class Connection(StrEnum):
    """Whether the service answers."""

    CONNECTING = "connecting"
    ONLINE = "online"
    OFFLINE = "offline"


class HoldReason(StrEnum):
    """Why nothing is sent at the moment."""

    PAUSED = "paused"
    ASK = "ask"  # jobs wait from before the service was chosen: the user says whether to send them
    KEY = "key"
    CREDITS = "credits"
    RATE = "rate"
    BUSY = "busy"  # the service makes no more at a time: it goes on when one has ended
    OFFLINE = "offline"
    DISK = "disk"
    COST = "cost"  # the service charged another price than expected
    LIMIT = "limit"  # the user's own daily limit
    UNCERTAIN = "uncertain"  # repeated unconfirmed submissions, or one that is being looked for


# Resuming would only be refused again.
ENDS_BY_ITSELF = frozenset({HoldReason.RATE, HoldReason.BUSY})


@record
class Hold:
    """The queue stands still; ``until`` (seconds since 1970) when it goes on by itself."""

    reason: HoldReason
    problem: Problem | None = None
    until: float | None = None
    waiting: int = 0  # with ASK: how many jobs wait, and the most they cost together
    credits: Decimal = ZERO


@dataclass
class ServiceReport:
    """``findings``: where the service differs from what this program assumes, as sentences.
    ``shapes``: names and types of its answers, no values, so that anybody may read it.
    ``rates``: what the answer to each question said about the rate. ``reached``: there was one."""

    findings: list[Message] = field(default_factory=list)
    shapes: dict[str, object] = field(default_factory=dict)
    rates: list[RateHint] = field(default_factory=list)
    reached: bool = True


@record
class Budget:
    """Credits that may still be spent by the user's limit of that period, the tightest there is."""

    period: Period
    left: Decimal
    limit: Decimal


@record
class ServiceStatus:
    """A snapshot for the window's top bar and the cost line."""

    origin: Origin
    connection: Connection = Connection.CONNECTING
    has_key: bool = False
    credits: Decimal | None = None
    credits_at: float | None = None
    credits_old: bool = False  # something was, or may have been, charged since
    budget: Budget | None = None  # None: no limit holds
    hold: Hold | None = None
    model: ModelSpec = PIXVERSE_V6
    held_batches: frozenset[str] = frozenset()  # their ids: they could cost more than agreed to
    has_list: bool | None = None  # whether it lists jobs; None until it was asked
    trouble: str = ""  # the kind of the last failure to reach it, for the log and the command line
    trouble_said: str = ""  # the same as a sentence
