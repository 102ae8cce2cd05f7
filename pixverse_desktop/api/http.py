"""HTTP with the safety rules of a paid service: sizes and times bounded, the key kept home.

Facts behind the rules, all measured with requests and urllib3: ``requests.post`` follows 307/308
and sends the body again; ``~/.netrc`` replaces a hand-set Authorization header unless ``auth=`` is
an object; ``timeout=`` is per socket read, so a slow drip passes it, in the headers too.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import requests
from requests.auth import AuthBase
from urllib3.util.retry import Retry

from pixverse_desktop import __version__
from pixverse_desktop.api.coding import Body
from pixverse_desktop.api.connections import Limits
from pixverse_desktop.api.surroundings import SystemAdapter
from pixverse_desktop.core.route import Route

JSON_LIMIT_BYTES = 8 * 2**20
TOTAL_LIMIT_S = 30.0
USER_AGENT = f"pixverse-desktop/{__version__}"


class BearerAuth(AuthBase):
    """Puts the key on a request; never shows it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request

    def __repr__(self) -> str:
        return "BearerAuth(***)"

    def removed_from(self, data: bytes) -> bytes:
        """``data`` without the key: some services quote it when they refuse it."""
        return data.replace(self._key.encode(), b"***")

    def fingerprint(self) -> str:
        """First 8 hex digits of the key's SHA-256: tells accounts apart, tells nothing else."""
        return hashlib.sha256(self._key.encode()).hexdigest()[:8]


class NoAuth(AuthBase):
    """Sends no key; being an auth object it also keeps ``~/.netrc`` out."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.pop("Authorization", None)
        return request


class BodyTap:
    """A request body that counts how often it was read.

    urllib3 sends the headers and then reads the body: while ``reads`` is 0, the service cannot
    have had a complete request.
    """

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0
        self.reads = 0

    def __len__(self) -> int:
        return len(self._body)

    def __iter__(self) -> Iterator[bytes]:
        yield self.read()

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes, the rest by default."""
        self.reads += 1
        end = len(self._body) if size is None or size < 0 else self._at + size
        piece = self._body[self._at : end]
        self._at += len(piece)
        return piece


class TooLarge(Exception):
    """A reply over the size that is read."""


class Session(requests.Session):
    """Takes redirects as answers like any other, keeps to its ``limits`` and goes its ``route``.

    Asked not to follow one, requests still reads its whole body and parses its address.
    """

    def __init__(self, limits: Limits, route: Route) -> None:
        super().__init__()
        self.limits = limits
        self._route = route
        self.trust_env = route.environment

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """As requests has it, which would let the environment's proxy win over a chosen one."""
        found = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if (proxy := self._route.proxy) is not None:
            found["proxies"] = {"http": proxy, "https": proxy} if proxy else {}
        return found

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: there is nowhere to go."""
        return None


class Sessions:
    """One ``requests.Session`` per thread, all alike."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._local = threading.local()

    def get(self, limit_s: float | None = None) -> Session:
        """This thread's session; all that is done with it now is over in ``limit_s`` seconds, by
        default in TOTAL_LIMIT_S: connections, headers and body together."""
        session: Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = self.fresh()
        session.limits.begin(TOTAL_LIMIT_S if limit_s is None else limit_s)
        return session

    def fresh(self, answer_s: float | None = None) -> Session:
        """A session with no connections yet; nothing in it ever repeats a request. Its answers
        are over ``answer_s`` seconds after the request was sent."""
        session = Session(Limits(answer_s), self._route)
        adapter = SystemAdapter(session.limits, self._route, max_retries=Retry(0, read=False))
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.headers["User-Agent"] = USER_AGENT
        session.headers["Accept-Encoding"] = "identity"
        return session


def read_capped(response: requests.Response, limit: int = JSON_LIMIT_BYTES) -> bytes:
    """The whole body, at most ``limit`` bytes. Raises TooLarge."""
    pieces, size = [], 0
    for piece in Body(response, 65536):
        size += len(piece)
        if size > limit:
            raise TooLarge(f"a reply of more than {limit} bytes")
        pieces.append(piece)
    return b"".join(pieces)


def location_of(response: requests.Response) -> str:
    """Where a redirect leads, "" for nowhere; read as UTF-8 where it is that, as browsers do."""
    raw = response.headers.get("Location", "").encode("latin-1", errors="replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in raw)


def parse_json(raw: bytes) -> object:
    """Decode a body. Raises ValueError for anything that is not plain, unambiguous JSON."""
    try:
        return json.loads(
            raw.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_object
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
