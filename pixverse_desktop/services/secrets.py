"""The API key and the password of a proxy: in the system's keyring, in memory for this session, or
(the key) in the environment.

Only backends that really keep secrets are used: keyring would silently take a plain-text file or
a null backend. Every call has a time limit, for a locked keyring may wait for a prompt for ever.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.core.service import Origin, OriginKind

T = TypeVar("T")

ENVIRONMENT_VARIABLE = "PIXELDOJO_API_KEY"
_SERVICE = "pixverse-desktop"
_LIMIT_S = 5.0
_SHORTEST, _LONGEST = 4, 512  # characters of a key
_ALLOWED = (
    "keyring.backends.SecretService.",
    "keyring.backends.libsecret.",
    "keyring.backends.kwallet.",
    "keyring.backends.macOS.",
    "keyring.backends.Windows.",
)
# What stands around a key where it was copied: white space, quotes, invisible characters.
_AROUND = " \t\r\n\f\v\xa0\u3000\"'`“”„‟‘’‚‛«»‹›\u200b-\u200f\u2060\ufeff"
_PASTED = rf"(?i)[{_AROUND}]*(?:Authorization\s*:|Bearer(?=[{_AROUND}]|$))?[{_AROUND}]*"


class KeyringUnavailable(Exception):
    """There is no keyring that may be used, or it did not answer in time."""


def clean_key(text: str) -> str:
    """The key in what a user pasted. Raises ValueError with a sentence when it cannot be one."""
    key = re.sub(f"[{_AROUND}]+$", "", text)
    while key and (around := re.match(_PASTED, key)) and around.end():
        key = key[around.end() :]  # "Bearer" inside quotes, quotes inside "Bearer"
    if not key:
        raise ValueError(Message("key_not_given"))
    if not re.fullmatch(r"[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+", key):
        raise ValueError(Message("key_odd_letters"))
    if not _SHORTEST <= len(key) <= _LONGEST:
        short = len(key) < _SHORTEST
        raise ValueError(Message("key_too_short" if short else "key_too_long"))
    return key


@record
class StoredKey:
    """A key and where it came from: environment, keyring or session."""

    key: str
    source: str

    def __repr__(self) -> str:
        return f"StoredKey(***, {self.source})"


class Secrets:
    """Keys by service origin. Blocks; runs on workers."""

    def __init__(self) -> None:
        self._session: dict[str, str] = {}
        self.keyring_failed = False  # the last look into the keyring got no answer

    def find(self, origin: Origin, *, keyring: bool = True) -> StoredKey | None:
        """The key for ``origin``: the environment's, else this session's, else the keyring's.

        Without ``keyring`` that is not touched. The demo service has none: its name for a key is
        not a secret. Raises ValueError when the environment's cannot be a key.
        """
        if origin.kind is OriginKind.DEMO:
            return None
        from_environment = os.environ.get(ENVIRONMENT_VARIABLE, "")
        if from_environment.strip():
            return _known(clean_key(from_environment), "environment")
        if origin.id in self._session:
            return StoredKey(self._session[origin.id], "session")
        self.keyring_failed = False
        if not keyring:
            return None
        found = self._read(origin.id)
        try:
            # Another program may have written it; a line end in it would quote it in an error.
            return _known(clean_key(found), "keyring") if found else None
        except ValueError:
            return None

    def save(self, origin: Origin, key: str) -> str:
        """Keep the key; gives "keyring", or "session" where there is no usable keyring."""
        return self._store(origin.id, key)

    def remove(self, origin: Origin, *, keyring: bool = True) -> None:
        """Forget the key here and, with ``keyring``, there."""
        self._delete(origin.id, keyring)

    # --- the password of a proxy, by its address: another one never gets it ---

    def proxy_password(self, proxy: str, *, keyring: bool) -> str:
        """That of this session, else the keyring's; "" for none."""
        known = self._session.get(proxy_entry(proxy))
        if known is None and keyring:
            known = self._read(proxy_entry(proxy))
            if known is not None:  # a locked one may be open the next time
                self._session[proxy_entry(proxy)] = known
        return known or ""

    def save_proxy_password(self, proxy: str, password: str) -> str:
        """Keep it; gives "keyring", or "session" where there is no usable keyring."""
        return self._store(proxy_entry(proxy), password)

    def remove_proxy_password(self, proxy: str, *, keyring: bool) -> None:
        """Forget it here and, with ``keyring``, there."""
        self._delete(proxy_entry(proxy), keyring)

    def _read(self, name: str) -> str | None:
        try:
            return _limited(lambda: _backend().get_password(_SERVICE, name))
        except KeyringUnavailable:
            self.keyring_failed = True
            return None

    def _store(self, name: str, secret: str) -> str:
        register_secret(secret)
        self._session[name] = secret

        def store() -> bool:
            backend = _backend()
            backend.set_password(_SERVICE, name, secret)
            # Some backends "save" nothing: only what can be read back was saved.
            return bool(backend.get_password(_SERVICE, name) == secret)

        try:
            return "keyring" if _limited(store) else "session"
        except KeyringUnavailable:
            return "session"

    def _delete(self, name: str, keyring: bool) -> None:
        self._session.pop(name, None)
        if not keyring:
            return

        def delete() -> None:
            backend = _backend()
            if backend.get_password(_SERVICE, name) is not None:
                backend.delete_password(_SERVICE, name)

        with contextlib.suppress(KeyringUnavailable):
            _limited(delete)


def proxy_entry(proxy: str) -> str:
    """What the password of a proxy stands under in the keyring, and in ``Settings.keys_kept``."""
    return f"proxy {proxy}"


def _known(key: str, source: str) -> StoredKey:
    register_secret(key)  # here, so that nobody who asks for a key can forget it
    return StoredKey(key, source)


class _Backend:
    """The two-level look-up of a backend, named for the type checker."""

    get_password: Callable[[str, str], str | None]
    set_password: Callable[[str, str, str], None]
    delete_password: Callable[[str, str], None]


def _backend() -> _Backend:
    import keyring

    _import_own_backends()
    backend = keyring.get_keyring()
    members = getattr(backend, "backends", None) or [backend]
    for member in members:
        if f"{type(member).__module__}.".startswith(_ALLOWED):
            return member  # type: ignore[no-any-return]
    raise KeyringUnavailable(type(backend).__module__)


def _import_own_backends() -> None:
    """A frozen program has no package metadata, by which keyring would find its own backends."""
    with contextlib.suppress(ImportError):
        if sys.platform == "win32":
            import keyring.backends.Windows
        elif sys.platform == "darwin":
            import keyring.backends.macOS
        else:
            import keyring.backends.kwallet
            import keyring.backends.libsecret
            import keyring.backends.SecretService  # noqa: F401


def _limited(fn: Callable[[], T]) -> T:
    """``fn()`` with a time limit. Raises KeyringUnavailable whatever goes wrong with it."""
    done: list[T] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(fn())
        except BaseException as error:  # noqa: BLE001 - backends raise anything; kept for below
            failed.append(error)

    thread = threading.Thread(target=work, name="keyring", daemon=True)
    thread.start()
    thread.join(_LIMIT_S)
    if done:
        return done[0]
    reason = type(failed[0]).__name__ if failed else f"no answer in {_LIMIT_S:.0f} s"
    raise KeyringUnavailable(reason)
