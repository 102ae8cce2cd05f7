"""Certificates: those that the user or the environment names, and why one was not trusted."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator

from requests.exceptions import SSLError
from urllib3.util.ssl_match_hostname import CertificateError

from pixverse_desktop.core.messages import Message

_MOST_BYTES = 4 * 2**20  # the roots of a whole system are a quarter of a megabyte
# OpenSSL's X509_V_ERR_…: not valid yet, expired; another host, another address.
_TIME, _NAME = frozenset({9, 10}), frozenset({62, 64})


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and every other that it was made of, as requests and urllib3 wrap them."""
    seen: set[int] = set()
    left = [error]
    while left:
        one = left.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        named = (getattr(one, name, None) for name in ("reason", "original_error", "socket_err"))
        inner = (*one.args, *named, one.__cause__, one.__context__)
        left += [other for other in inner if isinstance(other, BaseException)]


def why_untrusted(error: BaseException, host: str) -> Message:
    """Why no secure connection to ``host`` came about, and what to do."""
    for one in causes(error):
        if isinstance(one, CertificateError):
            return Message("certificate_name", host=host)
        if isinstance(one, ssl.SSLCertVerificationError):
            code = "certificate_time" if one.verify_code in _TIME else "certificate_signer"
            return Message("certificate_name" if one.verify_code in _NAME else code, host=host)
    return Message("certificate_none", host=host)


def certificate_file_problem(path: str) -> str:
    """BLOCKING. Why a file that the user chose holds no certificates to trust, "" when it does."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _MOST_BYTES:
            return Message("own_certificates_no_pem", path=path)
        with open(path, "rb") as file:
            if b"-----BEGIN " not in file.read(_MOST_BYTES):
                return Message("own_certificates_no_pem", path=path)
    except OSError as error:
        reason = str(error.strerror)
        return Message("own_certificates_unreadable", path=path, reason=reason)
    return "" if holds_certificates(path) else Message("own_certificates_empty", path=path)


def wrong_bundle(verify: object, error: Exception) -> str:
    """What is wrong with the certificates that the environment names; "" for nothing."""
    names = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    if isinstance(verify, str):
        name = next((n for n in names if os.environ.get(n) == verify), names[0])
        if not os.path.exists(verify):
            return Message("certificates_missing", path=verify, place=name)
        if holds_certificates(verify):
            return ""
        return Message("certificates_unusable", path=verify, place=name)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name, "")
        if path and not os.path.exists(path) and isinstance(error, SSLError):
            return Message("certificates_gone", path=path, place=name)
    return ""


def holds_certificates(path: str) -> bool:
    """Whether OpenSSL takes a PEM file, or a folder of such, as certificates to trust."""
    folder = os.path.isdir(path)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(
            capath=path if folder else None, cafile=None if folder else path
        )
    except OSError:
        return False
    return True
