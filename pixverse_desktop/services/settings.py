"""The user's choices and the window's memory, as two small JSON files. No Qt here.

A file that is damaged, or holds a value that makes no sense, is set aside and the defaults are
used: settings are never worth a failed start, and half of them are not what the user chose.
"""

from __future__ import annotations

import json
import logging
import math
import os
from dataclasses import asdict, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pixverse_desktop.core.credits import ZERO, read_credits, store_credits
from pixverse_desktop.core.jobs.file_name import template_problem
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED
from pixverse_desktop.core.model.request import request_from_preset
from pixverse_desktop.core.text import json_text

log = logging.getLogger(__name__)

_LIMIT_BYTES = 4 * 2**20
_WIDEST_PANEL = 100_000  # pixels
_PROXY_SCHEMES = ("http", "https", "socks4", "socks5", "socks5h")
SERVICES = ("demo", "pixeldojo")
MOST_DAILY_LIMIT = 1_000_000
_NOT_NOTED = "not noted"  # an older version wrote the file: there may be keys
THEMES = ("system", "dark", "light")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings dialog shows. "" means the default."""

    service: str = "demo"
    clip_folder: str = ""
    jobs_at_a_time: int = 4
    proxy: str = ""
    theme: str = "system"
    start_field: str = ""
    end_field: str = ""
    alert_when_ready: bool = True
    strip_dismissed: bool = False
    daily_limit: Decimal = ZERO  # credits a day; 0 is no limit
    clip_name: str = ""  # a template of core.jobs.file_name
    keys_kept: tuple[str, ...] = (_NOT_NOTED,)  # origins with a key in the system's keyring

    def keeps_key(self, origin_id: str) -> bool:
        """False when the system's keyring holds no key of ours for that service."""
        return origin_id in self.keys_kept or _NOT_NOTED in self.keys_kept

    def with_key(self, origin_id: str, kept: bool) -> Settings:
        """The same, knowing whether the keyring holds a key for that service."""
        others = tuple(known for known in self.keys_kept if known != origin_id)
        return replace(self, keys_kept=(*others, origin_id) if kept else others)


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
    found = _load(path, Settings()) if path.exists() else Settings(keys_kept=())
    return replace(
        found,
        service=found.service if found.service in SERVICES else "demo",
        theme=found.theme if found.theme in THEMES else "system",
        jobs_at_a_time=max(1, min(20, found.jobs_at_a_time)),
        daily_limit=min(Decimal(MOST_DAILY_LIMIT), found.daily_limit),
        clip_name=found.clip_name if not template_problem(found.clip_name) else "",
        proxy=found.proxy if not proxy_problem(found.proxy) else "",
    )


def load_window_state(path: Path) -> WindowState:
    """The stored window; defaults for what is missing. A form is taken whole or not at all."""
    found = _load(path, WindowState())
    if not all(type(size) is int and 0 <= size <= _WIDEST_PANEL for size in found.splitter):
        found = replace(found, splitter=())
    if found.form is not None:
        try:
            request_from_preset(found.form)
        except ValueError as error:
            log.warning("the stored form is not used: %s", error)
            found = replace(found, form=None)
    return found


def save_json(path: Path, value: Settings | WindowState) -> None:
    """Write one of the two, whole or not at all. Blocks. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = asdict(value)
    form = stored.get("form")
    if form and not 0 <= (form.get("seed") or 0) <= MAX_SEED:
        form["seed"] = (
            None  # may stand in the field, but must not cost the prompt at the next start
        )
    aside = path.with_name(path.name + ".tmp")
    text = json_text(stored, indent=1, default=store_credits)
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)


def proxy_problem(text: str) -> str:
    """Why ``text`` is no proxy address; "" when it is one or empty."""
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in _PROXY_SCHEMES and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    return "" if usable else "A proxy looks like http://host:port."


def _load(path: Path, default: T) -> T:
    try:
        with path.open("rb") as file:
            raw = file.read(_LIMIT_BYTES + 1)
        if len(raw) > _LIMIT_BYTES:
            raise ValueError("it is far too large")
        data = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        kept = _checked(data, default)
    except FileNotFoundError:
        return default
    except (OSError, ValueError, RecursionError) as error:
        log.warning("%s cannot be read, defaults are used: %s", path.name, _reason(error))
        _quarantine(path)
        return default
    return replace(default, **kept)


def _checked(data: object, default: Settings | WindowState) -> dict[str, Any]:
    """The known fields of ``data``. Raises ValueError naming one with a wrong value."""
    if not isinstance(data, dict):
        raise ValueError("it holds no settings")
    kept: dict[str, Any] = {}
    for field in fields(default):
        if field.name not in data:
            continue  # an older version wrote the file; what only a newer one knows is left out
        value, known = data[field.name], getattr(default, field.name)
        if isinstance(value, list):
            value = tuple(value)
        if isinstance(known, Decimal):
            value = read_credits(value)
        if type(known) is float and type(value) is int and abs(value) < _WIDEST_PANEL:
            value = float(value)
        fits = type(value) is type(known)
        if field.name == "form":
            fits = value is None or isinstance(value, dict)
        if not fits or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(f"{field.name} has a value that makes no sense")
        kept[field.name] = value
    return kept


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _reason(error: Exception) -> str:
    """Why, without quoting the file: a parser's own text would."""
    own = type(error) is ValueError
    return str(error) if own else type(error).__name__


def _quarantine(path: Path) -> None:
    try:
        os.replace(path, path.with_name(path.name + ".damaged"))
    except OSError:
        log.warning("%s cannot be set aside", path.name)
