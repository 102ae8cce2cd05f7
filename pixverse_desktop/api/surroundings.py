"""What this machine puts between us and the service: its certificates and its proxies.

Trusted are the system's own certificates (a company's among them), those that come with requests
and those of a file of the user's own; a bundle named by REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE takes
the place of the first two. What is set wrongly here never cures itself by waiting, so it is said
with the place where it is set. Nothing here can turn the checks off.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import DEFAULT_CA_BUNDLE_PATH, HTTPAdapter
from requests.utils import get_auth_from_url, select_proxy
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from pixverse_desktop.api.connections import LimitedConnection, Limits
from pixverse_desktop.api.trust import causes, why_untrusted, wrong_bundle
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.route import Route

_SCHEMES = frozenset({"http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"})
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")  # as http.client says it
_LOGIN_WANTED = 407
_LOGIN_AGAIN_S = 300.0


class NoWayOut(requests.RequestException):
    """This machine's own certificates or proxy stopped a request; its text is a Message."""

    @property
    def sentence(self) -> Message:
        """For the user."""
        said: Message = self.args[0]
        return said


class BadTrust(NoWayOut, requests.exceptions.SSLError):
    """The same, of certificates: those that are trusted, or one that is not."""


class LoginWanted(NoWayOut):
    """The proxy wants a name and a password, or does not accept those it was given."""


class ProxyLogins:
    """What proxies said of a name and a password, for the whole process: what was refused is not
    tried again and again, which at some companies locks the account."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._refused: dict[str, tuple[Message, float]] = {}  # by digest: they hold a password

    def refuse(self, proxy: str, said: Message) -> None:
        """A proxy did not accept what its address holds."""
        self._refused[_digest(proxy)] = said, self._monotonic() + _LOGIN_AGAIN_S

    def refusal(self, proxy: str) -> Message | None:
        """What it said, as long as it is not asked again."""
        said, until = self._refused.get(_digest(proxy), (None, 0.0))
        return said if self._monotonic() < until else None

    def forget(self) -> None:
        """The user asks now: every proxy is asked again."""
        self._refused.clear()


LOGINS = ProxyLogins()


def _digest(proxy: str) -> str:
    return hashlib.sha256(proxy.encode("utf-8", "surrogatepass")).hexdigest()


class SystemAdapter(HTTPAdapter):
    """Uses the system's certificates, explains what is set wrongly, and keeps to ``limits``."""

    def __init__(self, limits: Limits, route: Route, **how: Any) -> None:
        self._limits = limits
        self._route = route
        self._classes: dict[type[Any], type[Any]] = {}  # those of urllib3 -> the limited ones
        # One for each session, that is for each thread: its lock is held during a handshake.
        self._trusted = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._beside_bundle: ssl.SSLContext | None = None
        self._own_to_load = bool(route.roots)
        super().__init__(**how)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """As requests has it for a bundle of its own; else with the system's certificates."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if verify is True:
            tls["ssl_context"] = self._trusted
        elif self._beside_bundle is not None:
            tls["ssl_context"] = self._beside_bundle  # urllib3 adds the bundle
        return host, tls

    def proxy_manager_for(self, proxy: str, **how: Any) -> Any:
        """As requests has it; a proxy that is spoken to in TLS is checked whatever it leads to."""
        if proxy.lower().startswith("https://") and proxy not in self.proxy_manager:
            self._trusted.load_verify_locations(DEFAULT_CA_BUNDLE_PATH)
            how["proxy_ssl_context"] = self._trusted
        return super().proxy_manager_for(proxy, **how)

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        """As requests has it, but for letters that are no Latin-1, at which it stops."""
        name, password = get_auth_from_url(proxy)
        if not name:
            return {}
        pair = base64.b64encode(f"{name}:{password}".encode()).decode()
        return {"Proxy-Authorization": f"Basic {pair}"}

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: Any,
        proxies: Any = None,
        cert: Any = None,
    ) -> Any:
        """As requests has it, of connections that keep to the limits."""
        self._limits.through_proxy = bool(select_proxy(request.url or "", proxies))
        pool: Any = super().get_connection_with_tls_context(request, verify, proxies, cert)
        usual: type[Any] = pool.ConnectionCls
        if not issubclass(usual, LimitedConnection):
            if usual not in self._classes:
                own = {"limits": self._limits}
                self._classes[usual] = type(usual.__name__, (LimitedConnection, usual), own)
            pool.ConnectionCls = self._classes[usual]
        return pool

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """As requests does. Raises NoWayOut too."""
        # GNOME says socks://, and means version 5.
        named = {k: v.replace("socks://", "socks5h://", 1) for k, v in (proxies or {}).items()}
        url = request.url or ""
        proxy, tls = select_proxy(url, proxies), url.startswith("https://")
        if proxy and (refusal := LOGINS.refusal(proxy)):
            raise LoginWanted(refusal, request=request)
        if self._own_to_load:
            self._trust_own(request)
        try:
            answer = super().send(request, stream, timeout, verify, cert, named)
        except (HTTPError, OSError, ValueError) as error:
            if tls and (said := wrong_bundle(verify, error)):
                raise BadTrust(said, request=request) from None
            if proxy and (stopped := self._stopped_by(proxy, request, error)):
                if isinstance(stopped, LoginWanted):
                    LOGINS.refuse(proxy, stopped.sentence)
                raise stopped from None
            if isinstance(error, requests.exceptions.SSLError):
                said = why_untrusted(error, urlsplit(url).hostname or "")
                raise BadTrust(said, request=request) from None
            raise
        if proxy and not tls and answer.status_code == _LOGIN_WANTED:
            answer.close()
            wanted = LoginWanted(self._about("proxy_login", proxy, url), request=request)
            LOGINS.refuse(proxy, wanted.sentence)
            raise wanted
        return answer

    def _trust_own(self, request: requests.PreparedRequest) -> None:
        """Trust the user's own file too. Raises BadTrust: without it nothing is sent."""
        path = self._route.roots
        beside = create_urllib3_context()
        try:
            self._trusted.load_verify_locations(path)
            beside.load_verify_locations(path)
        except OSError:
            code = "own_certificates_none" if os.path.exists(path) else "own_certificates_gone"
            raise BadTrust(Message(code, path=path), request=request) from None
        self._beside_bundle, self._own_to_load = beside, False

    def _stopped_by(
        self, proxy: str, request: requests.PreparedRequest, error: Exception
    ) -> NoWayOut | None:
        """What is wrong with the proxy in use; None when it is something else."""
        url = request.url or ""
        if not _is_proxy(proxy):
            return NoWayOut(self._about("proxy_no_address", proxy, url), request=request)
        if not isinstance(error, requests.ConnectionError) or (
            isinstance(error, requests.exceptions.SSLError)
        ):
            return None
        found = list(causes(error))
        kinds = {type(one).__name__ for one in found}  # those of PySocks are not imported for it
        status = next((int(m[1]) for one in found if (m := _TUNNEL.search(str(one)))), 0)
        if status == _LOGIN_WANTED or "SOCKS5AuthError" in kinds:
            return LoginWanted(self._about("proxy_login", proxy, url), request=request)
        if any(isinstance(one, ssl.SSLError) for one in found):
            return BadTrust(self._about("proxy_certificate", proxy, url), request=request)
        no_name = any(isinstance(one, socket.gaierror) for one in found)
        if no_name and "GeneralProxyError" not in kinds:  # with that it was the service's name
            code = "proxy_unknown"
        else:
            refuses = status or kinds & {"SOCKS5Error", "SOCKS4Error"}
            code = "proxy_refuses" if refuses else "proxy_unreachable"
        return NoWayOut(self._about(code, proxy, url), request=request)

    def _about(self, code: str, proxy: str, url: str) -> Message:
        """A sentence about a proxy, whose address may hold a password."""
        shown = proxy.rsplit("@", 1)[-1].rstrip("/")
        if "@" in proxy and "://" in proxy:
            shown = f"{proxy.split('://', 1)[0]}://{shown}"
        own = self._route.proxy is not None
        where = Message("place_network") if own else _place_of(proxy, urlsplit(url).scheme)
        return Message(code, proxy=shown, place=where)


def _place_of(proxy: str, scheme: str) -> Message:
    """Where the proxy was set, for a sentence."""
    for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY"):
        if os.environ.get(name) == proxy:
            return Message("place_variable", name=name)
    return Message("place_settings")


def _is_proxy(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except (ValueError, HTTPError):
        return False
