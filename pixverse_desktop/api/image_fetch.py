"""Looking at a picture or clip the user gave as an address: once, capped, without the key."""

from __future__ import annotations

import time
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from pixverse_desktop.api.connections import Nearness
from pixverse_desktop.api.download import is_private
from pixverse_desktop.api.http import NoAuth, Session, Sessions, TooLarge, location_of, read_capped
from pixverse_desktop.api.surroundings import NoWayOut
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.core.route import SYSTEM, Route
from pixverse_desktop.core.service import is_loopback

_TIMEOUTS_S = (10.0, 15.0)
_HOPS = 3


@record
class Fetched:
    """What is expected at an address: how much of it is read, in how many seconds in all, from the
    first connection to the last byte; and the codes of what is said otherwise."""

    most_bytes: int
    within_s: float
    too_large: str
    not_fetched: str


PICTURE = Fetched(20 * 2**20, 30.0, "picture_too_large", "picture_not_fetched")
CLIP = Fetched(100 * 2**20, 120.0, "clip_too_large_to_measure", "clip_not_fetched")


class PictureFetcher:
    """Fetches pictures, and clips to be measured, over https or http; on this machine never through
    a proxy."""

    def __init__(self, route: Route = SYSTEM) -> None:
        self._sessions = Sessions(route)
        self._local_sessions = Sessions(route.to_this_machine())

    def fetch(self, url: str, kind: Fetched = PICTURE) -> bytes:
        """The bytes at ``url``. Raises UserError (FRAME) with the reason.

        The user may name an address of this machine or its network; nobody else may lead there.
        """
        ends = time.monotonic() + kind.within_s
        nearest, before = Nearness.THIS_MACHINE, ""
        try:
            for _ in range(_HOPS + 1):
                _judge(before, url, nearest)
                with self._sessions_for(url).fresh() as session:
                    session.limits.begin(ends - time.monotonic())
                    session.limits.nearest = nearest
                    with _opened(session, url) as response:
                        if not response.is_redirect:
                            return _body(response, kind)
                        nearest = min(nearest, _led(session, url))
                        before, url = url, urljoin(url, location_of(response))
        except TooLarge:
            raise _refused(Message(kind.too_large)) from None
        except NoWayOut as error:
            raise _refused(error.sentence) from None
        except (requests.Timeout, TimeoutError, ReadTimeoutError):
            raise _refused(Message("address_too_slow")) from None
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            said = Message(kind.not_fetched, reason=type(error).__name__)
            raise _refused(said) from None
        raise _refused(Message("picture_redirects"))

    def _sessions_for(self, url: str) -> Sessions:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise _refused(Message("picture_address"))
        return self._local_sessions if is_loopback(host) else self._sessions


def _judge(before: str, url: str, nearest: Nearness) -> None:
    """Whether ``before`` may lead on to ``url``, as far as can be told without a connection."""
    if urlsplit(before).scheme == "https" and urlsplit(url).scheme == "http":
        raise _refused(Message("redirect_unsafe"))
    if nearest is Nearness.PUBLIC and is_private(urlsplit(url).hostname or ""):
        raise _refused(Message("redirect_inside"))


def _opened(session: Session, url: str) -> requests.Response:
    try:
        return session.get(
            url, auth=NoAuth(), allow_redirects=False, stream=True, timeout=_TIMEOUTS_S
        )
    except requests.ConnectionError:
        if session.limits.led > session.limits.nearest:
            raise _refused(Message("redirect_inside")) from None
        raise


def _led(session: Session, url: str) -> Nearness:
    """How near the address was. Behind a proxy its name alone can tell."""
    if not session.limits.through_proxy:
        return session.limits.led
    private = is_private(urlsplit(url).hostname or "")
    return Nearness.PRIVATE if private else Nearness.PUBLIC


def _body(response: requests.Response, kind: Fetched) -> bytes:
    if response.status_code not in (200, 203, 206):
        raise _refused(Message("picture_answered", status=response.status_code))
    return read_capped(response, kind.most_bytes)


def _refused(text: str) -> UserError:
    return UserError(problem(ProblemCode.FRAME, text))
