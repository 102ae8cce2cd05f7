"""The API key: in the system's keyring, in memory for this session, or in the environment.

Only backends that really keep secrets are used: keyring would silently take a plain-text file or
a null backend. Every call has a time limit, for a locked keyring may wait for a prompt for ever.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pixverse_desktop.core.status import Origin, OriginKind

T = TypeVar("T")

ENVIRONMENT_VARIABLE = "PIXELDOJO_API_KEY"
_SERVICE = "pixverse-desktop"
_LIMIT_S = 5.0
_ALLOWED = (
    "keyring.backends.SecretService.",
    "keyring.backends.libsecret.",
    "keyring.backends.kwallet.",
    "keyring.backends.macOS.",
    "keyring.backends.Windows.",
)


class KeyringUnavailable(Exception):
    """There is no keyring that may be used, or it did not answer in time."""


def clean_key(text: str) -> str:
    """The key in what a user pasted. Raises ValueError with a sentence when it cannot be one."""
    key = text.strip().strip("\"'“”‘’").strip()
    key = re.sub(r"^(Authorization:\s*)?Bearer\s+", "", key, flags=re.IGNORECASE).strip()
    key = key.strip("\u200b\u200c\u200d\ufeff")
    if not key:
        raise ValueError("Paste the API key first.")
    if not re.fullmatch(r"[\x21-\x7e]{4,512}", key):
        raise ValueError("This is not an API key: it holds spaces or characters a key never has.")
    return key


@dataclass(frozen=True, slots=True)
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

    def find(self, origin: Origin) -> StoredKey | None:
        """The key for ``origin``: the environment's, else this session's, else the keyring's.

        The demo service has none: its name for a key is not a secret.
        """
        if origin.kind is OriginKind.DEMO:
            return None
        from_environment = os.environ.get(ENVIRONMENT_VARIABLE, "")
        if from_environment.strip():
            return StoredKey(clean_key(from_environment), "environment")
        if origin.id in self._session:
            return StoredKey(self._session[origin.id], "session")
        try:
            found = _limited(lambda: _backend().get_password(_SERVICE, origin.id))
        except KeyringUnavailable:
            return None
        return StoredKey(found, "keyring") if found else None

    def save(self, origin: Origin, key: str) -> str:
        """Keep the key; gives "keyring", or "session" where there is no usable keyring."""
        self._session[origin.id] = key

        def store() -> bool:
            backend = _backend()
            backend.set_password(_SERVICE, origin.id, key)
            # Some backends "save" nothing: only what can be read back was saved.
            return bool(backend.get_password(_SERVICE, origin.id) == key)

        try:
            return "keyring" if _limited(store) else "session"
        except KeyringUnavailable:
            return "session"

    def remove(self, origin: Origin) -> None:
        """Forget the key here and in the keyring."""
        self._session.pop(origin.id, None)

        def delete() -> None:
            backend = _backend()
            if backend.get_password(_SERVICE, origin.id) is not None:
                backend.delete_password(_SERVICE, origin.id)

        try:
            _limited(delete)
        except KeyringUnavailable:
            return


class _Backend:
    """The two-level look-up of a backend, named for the type checker."""

    get_password: Callable[[str, str], str | None]
    set_password: Callable[[str, str, str], None]
    delete_password: Callable[[str, str], None]


def _backend() -> _Backend:
    import keyring

    backend = keyring.get_keyring()
    members = getattr(backend, "backends", None) or [backend]
    for member in members:
        if f"{type(member).__module__}.".startswith(_ALLOWED):
            return member  # type: ignore[no-any-return]
    raise KeyringUnavailable(type(backend).__module__)


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
