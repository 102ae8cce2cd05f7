"""Looking at a picture or clip the user gave as an address: once, capped, without the key."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from pixverse_desktop.api.http import NoAuth, Sessions, TooLarge, location_of, read_capped
from pixverse_desktop.api.surroundings import NoWayOut
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import is_loopback

_LIMIT_BYTES = 20 * 2**20
_TIMEOUTS_S = (10.0, 15.0)
_HOPS = 3


class PictureFetcher:
    """Fetches pictures, and clips to be measured, over https or http; on this machine never through
    a proxy."""

    def __init__(self, proxy: str = "") -> None:
        self._sessions = Sessions(proxy=proxy, use_environment=True)
        self._local_sessions = Sessions(proxy="", use_environment=False)

    def fetch(self, url: str, limit: int = _LIMIT_BYTES) -> bytes:
        """The bytes at ``url``, at most ``limit``. Raises UserError (FRAME) with the reason."""
        try:
            for _ in range(_HOPS + 1):
                sessions = self._sessions_for(url)
                response = sessions.get().get(
                    url, auth=NoAuth(), allow_redirects=False, stream=True, timeout=_TIMEOUTS_S
                )
                with response:
                    if response.is_redirect:
                        url = urljoin(url, location_of(response))
                        continue
                    if response.status_code not in (200, 203, 206):
                        raise _refused(Message("picture_answered", status=response.status_code))
                    return read_capped(response, limit)
        except TooLarge:
            raise _refused(Message("picture_too_large")) from None
        except NoWayOut as error:
            raise _refused(error.sentence) from None
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            said = Message("picture_not_fetched", reason=type(error).__name__)
            raise _refused(said) from None
        raise _refused(Message("picture_redirects"))

    def _sessions_for(self, url: str) -> Sessions:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https") or not host:
            raise _refused(Message("picture_address"))
        return self._local_sessions if is_loopback(host) else self._sessions


def _refused(text: str) -> UserError:
    return UserError(problem(ProblemCode.FRAME, text))
