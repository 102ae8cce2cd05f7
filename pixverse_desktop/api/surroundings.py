"""What this machine puts between us and the service: its certificates and its proxies.

Trusted are the system's own certificates (a company's among them) and those that come with
requests; a bundle named by REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE is trusted instead of both. What
is set wrongly here never cures itself by waiting, so it is said with the place where it is set.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError

from pixverse_desktop.api.connections import LimitedConnection, Limits
from pixverse_desktop.core.messages import Message

_SCHEMES = frozenset({"http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"})


class NoWayOut(requests.RequestException):
    """This machine's own certificates or proxy stopped a request; its text is a Message."""

    @property
    def sentence(self) -> str:
        """For the user."""
        said: str = self.args[0]
        return said


class BadTrust(NoWayOut, requests.exceptions.SSLError):
    """The same, of the certificates that are trusted."""


class SystemAdapter(HTTPAdapter):
    """Uses the system's certificates, explains what is set wrongly, and keeps to ``limits``."""

    def __init__(self, limits: Limits, **how: Any) -> None:
        self._limits = limits
        self._classes: dict[type[Any], type[Any]] = {}  # those of urllib3 -> the limited ones
        # One for each session, that is for each thread: its lock is held during a handshake.
        self._trusted = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        super().__init__(**how)

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        """As requests has it for a bundle of its own; else with the system's certificates."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        if verify is True:
            tls["ssl_context"] = self._trusted
        return host, tls

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
        try:
            return super().send(request, stream, timeout, verify, cert, named)
        except (HTTPError, OSError, ValueError) as error:
            tls = (request.url or "").startswith("https://")
            if tls and (said := _wrong_bundle(verify, error)):
                raise BadTrust(said, request=request) from None
            proxy = select_proxy(request.url or "", proxies)
            if proxy and (said := _wrong_proxy(proxy, request.url or "", error)):
                raise NoWayOut(said, request=request) from None
            raise


def _wrong_bundle(verify: object, error: Exception) -> str:
    """What is wrong with the certificates that the environment names; "" for nothing."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    if isinstance(verify, str):
        name = next((n for n in names if os.environ.get(n) == verify), names[0])
        if not os.path.exists(verify):
            return Message("certificates_missing", path=verify, place=name)
        if _holds_certificates(verify):
            return ""
        return Message("certificates_unusable", path=verify, place=name)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name, "")
        if path and not os.path.exists(path) and isinstance(error, requests.exceptions.SSLError):
            return Message("certificates_gone", path=path, place=name)
    return ""


def _holds_certificates(path: str) -> bool:
    folder = os.path.isdir(path)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
            capath=path if folder else None, cafile=None if folder else path
        )
    except OSError:
        return False
    return True


def _wrong_proxy(proxy: str, url: str, error: Exception) -> str:
    """What is wrong with the proxy in use; "" when it is something else."""
    # A proxy's address may hold a password.
    shown = proxy.rsplit("@", 1)[-1].rstrip("/")
    if "@" in proxy and "://" in proxy:
        shown = f"{proxy.split('://', 1)[0]}://{shown}"
    where = _place_of(proxy, urlsplit(url).scheme)
    if not _is_proxy(proxy):
        return Message("proxy_no_address", proxy=shown, place=where)
    certificate = isinstance(error, requests.exceptions.SSLError)
    if isinstance(error, requests.ConnectionError) and not certificate:
        return Message("proxy_unreachable", proxy=shown, place=where)
    return ""


def _place_of(proxy: str, scheme: str) -> str:
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
