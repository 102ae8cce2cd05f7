"""What must never be written or shown: the keys in use, taken out of any text that leaves."""

from __future__ import annotations

_LEAST_LENGTH = 4

_secrets: tuple[str, ...] = ()  # replaced whole: other threads walk through it


def register_secret(secret: str) -> None:
    """From now on ``secret`` appears in no log line and in no problem's text."""
    global _secrets
    if len(secret) >= _LEAST_LENGTH:
        # The longest first: a key that begins like another one must not leave its rest behind.
        _secrets = tuple(sorted({*_secrets, secret}, key=len, reverse=True))


def redact(text: str) -> str:
    """``text`` with every known key as ``***``."""
    for secret in _secrets:
        text = text.replace(secret, "***")
    return text
