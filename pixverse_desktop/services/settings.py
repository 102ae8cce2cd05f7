"""The user's choices and the window's memory, as two small JSON files. No Qt here.

A damaged file is set aside and the defaults are used: settings are never worth a failed start.
"""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

SERVICES = ("demo", "pixeldojo")
MOST_DAILY_LIMIT = 1_000_000
THEMES = ("system", "dark", "light")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings dialog shows. "" means the default."""

    service: str = "demo"
    clip_folder: str = ""
    jobs_at_a_time: int = 4
    daily_limit: int = 0  # credits a day; 0 is no limit
    proxy: str = ""
    theme: str = "system"
    start_field: str = ""
    end_field: str = ""
    alert_when_ready: bool = True
    strip_dismissed: bool = False


@dataclass(frozen=True, slots=True)
class WindowState:
    """What the window remembers by itself. ``geometry`` is base64, ``form`` a stored request."""

    geometry: str = ""
    splitter: tuple[int, ...] = ()
    form: dict[str, object] | None = None
    volume: float = 0.8
    loop: bool = True
    muted: bool = False
    speed: float = 1.0


T = TypeVar("T", Settings, WindowState)


def load_settings(path: Path) -> Settings:
    """The stored choices; defaults for what is missing or makes no sense."""
    found = _load(path, Settings())
    return replace(
        found,
        service=found.service if found.service in SERVICES else "demo",
        theme=found.theme if found.theme in THEMES else "system",
        jobs_at_a_time=max(1, min(20, found.jobs_at_a_time)),
        daily_limit=max(0, min(MOST_DAILY_LIMIT, found.daily_limit)),
        proxy=found.proxy if not proxy_problem(found.proxy) else "",
    )


def load_window_state(path: Path) -> WindowState:
    """The stored window; defaults for what is missing."""
    found = _load(path, WindowState())
    sizes = tuple(size for size in found.splitter if isinstance(size, int))
    return replace(found, splitter=sizes)


def save_json(path: Path, value: Settings | WindowState) -> None:
    """Write one of the two, whole or not at all. Blocks. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".tmp")
    aside.write_text(json.dumps(asdict(value), indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(aside, path)


def proxy_problem(text: str) -> str:
    """Why ``text`` is no proxy address; "" when it is one or empty."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    return "" if usable else "A proxy looks like http://host:port."


def _load(path: Path, default: T) -> T:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read, defaults are used: %s", path.name, type(error).__name__)
        _set_aside(path)
        return default
    if not isinstance(data, dict):
        _set_aside(path)
        return default
    kept: dict[str, Any] = {}
    for field in fields(default):
        value = data.get(field.name)
        known = getattr(default, field.name)
        if isinstance(value, list):
            value = tuple(value)
        if type(value) is type(known) or (known is None and isinstance(value, dict)):
            kept[field.name] = value
    return replace(default, **kept)


def _set_aside(path: Path) -> None:
    try:
        os.replace(path, path.with_name(path.name + ".damaged"))
    except OSError:
        log.warning("%s cannot be set aside", path.name)
