"""Whether the system was asked for less motion. Qt does not tell; each desktop has its own word."""

from __future__ import annotations

import subprocess
import sys

_GNOME = ("gsettings", "get", "org.gnome.desktop.interface", "enable-animations")
_MACOS = ("defaults", "read", "com.apple.universalaccess", "reduceMotion")
_LIMIT_S = 2.0
_SPI_GETCLIENTAREAANIMATION = 0x1042


def wants_less_motion() -> bool:
    """BLOCKING. False where the system says nothing about it."""
    if sys.platform == "win32":
        return not _windows_animates()
    if sys.platform == "darwin":
        return _said_by(_MACOS) == "1"
    return _said_by(_GNOME) == "false"


def _windows_animates() -> bool:
    import ctypes

    on = ctypes.c_int(1)
    ctypes.windll.user32.SystemParametersInfoW(  # type: ignore[attr-defined,unused-ignore]
        _SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(on), 0
    )
    return bool(on.value)


def _said_by(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""  # another desktop
    return done.stdout.strip()
