"""Words for the service's values, and a picture's shape as one says it."""

from __future__ import annotations

from math import gcd

from PySide6.QtCore import QCoreApplication

_NAMED = ((21, 9), (2, 1), (16, 9), (16, 10), (3, 2), (4, 3), (5, 4), (1, 1))


def word_for(value: str) -> str:
    """A value of the service as a word; one that is new here is only made readable."""
    known = {
        "none": _tr("None"),
        "anime": _tr("Anime"),
        "3d_animation": _tr("3D animation"),
        "clay": _tr("Clay"),
        "comic": _tr("Comic"),
        "cyberpunk": _tr("Cyberpunk"),
        "auto": _tr("Auto"),
        "enabled": _tr("On"),
        "disabled": _tr("Off"),
    }
    if value in known:
        return known[value]
    words = value.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def shape_of(width: int, height: int) -> str:
    """The shape of a picture, such as "16:10"; "" when its size is unknown."""
    if width <= 0 or height <= 0:
        return ""
    ratio = max(width, height) / min(width, height)
    for across, down in _NAMED:
        if abs(ratio - across / down) <= 0.012 * (across / down):
            return f"{across}:{down}" if width >= height else f"{down}:{across}"
    common = gcd(width, height)
    across, down = width // common, height // common
    if max(across, down) <= 32:
        return f"{across}:{down}"
    return f"{ratio:.2f}:1" if width >= height else f"1:{ratio:.2f}"


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)
