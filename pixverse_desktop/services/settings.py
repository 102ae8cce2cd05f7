"""The user's choices and the window's memory, as two small JSON files. No Qt here.

A file that is damaged, or holds a value that makes no sense, is set aside and the defaults are
used: settings are never worth a failed start, and half of them are not what the user chose.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
from collections.abc import Callable
from dataclasses import asdict, field, fields, replace
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from pixverse_desktop.core.credits import ZERO, read_credits, store_credits
from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.jobs.file_name import template_problem
from pixverse_desktop.core.jobs.spending import Limits
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED, MODEL_ID
from pixverse_desktop.core.model.request import request_from_preset
from pixverse_desktop.core.records import record
from pixverse_desktop.core.text import json_text
from pixverse_desktop.services.paths import Paths

log = logging.getLogger(__name__)

_LIMIT_BYTES = 4 * 2**20
_WIDEST_PANEL = 100_000  # pixels
_PROXY_SCHEMES = ("http", "https", "socks4", "socks5", "socks5h")
SERVICES = ("demo", "pixeldojo")
PROXY_USES = ("system", "none", "own")
PROXY_KINDS = ("http", "https", "socks5h")  # the last one looks names up itself
MOST_DAILY_LIMIT = 1_000_000
LONGEST_CURRENCY = 8  # letters
_MOST, _DICT = Decimal(MOST_DAILY_LIMIT), (dict, type(None))
_ANYTHING = (*_DICT, tuple, str, int, float, bool)
MOST_FOUND, _LONGEST_ID = 12, 80
_MOST_KEYS, _LONGEST_KEY = 4, 40  # of one command; letters
_NOT_NOTED = "not noted"  # an older version wrote the file: there may be keys
THEMES = ("system", "dark", "light", "contrast")
NOTICES = ("all", "failures", "off")

DRAFT = {
    "version": 1, "name": "Draft", "model": MODEL_ID,
    "values": {"resolution": "360p", "duration_s": 3, "audio": False},
}  # fmt: skip

T = TypeVar("T", int, Decimal)


class Takes(Enum):
    """What it takes to apply a setting that was changed."""

    NOTHING = "it is looked up when it is needed"
    RESTYLE = "the window is styled anew"
    LIMITS = "the engine is told"
    ENGINE = "the service is brought up anew"


def setting(
    default: Any,
    takes: Takes = Takes.NOTHING,
    fit: Callable[[Any], Any] = lambda value: value,
    kinds: tuple[type, ...] = (),
    before: tuple[str, Callable[[Any], Any]] | None = None,
) -> Any:
    """One setting: ``fit`` turns what was stored, of the default's type or one of ``kinds``, into
    a value that makes sense. ``before`` is the setting of an earlier version that it took the place
    of, and what its value is now."""
    kinds = kinds or (type(default),)
    known = {"takes": takes, "fit": fit, "kinds": kinds, "before": before}
    return field(default=default, metadata=known)


def one_of(choices: tuple[str, ...]) -> Callable[[str], str]:
    """Anything else becomes the first of them."""
    return lambda value: value if value in choices else choices[0]


def between(least: T, most: T) -> Callable[[T], T]:
    """What is below or above becomes the nearest."""
    return lambda value: max(least, min(most, value))


def unless(problem: Callable[[str], str]) -> Callable[[str], str]:
    """A text that has a problem becomes empty."""
    return lambda value: "" if problem(value) else value


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
    return "" if usable else Message("proxy_form")


def own_proxy(kind: str, host: str, port: int, name: str) -> str:
    """The address of a proxy as settings keep it: without a password."""
    host = f"[{host}]" if ":" in host else host
    return f"{kind}://{quote(name, safe='') + '@' if name else ''}{host}:{port}"


def _without_password(proxy: str) -> str:
    """An older version kept the whole address; the password is asked for anew."""
    if proxy_problem(proxy) or not urlsplit(proxy).password:
        return "" if proxy_problem(proxy) else proxy
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{rest.partition(':')[0]}@{rest.rpartition('@')[2]}"


def _usable_shortcuts(value: object) -> dict[str, list[str]] | None:
    """The entries that have the form of one; whether there is such a key the window knows."""
    if value is None:
        return None
    entries = value.items() if isinstance(value, dict) else ()
    usable = {
        command: keys
        for command, keys in entries
        if isinstance(keys, list)
        and len(keys) <= _MOST_KEYS
        and all(isinstance(key, str) and len(key) <= _LONGEST_KEY for key in keys)
    }
    if len(usable) < len(entries) or not isinstance(value, dict):
        log.warning("some stored keys of commands make no sense, the usual ones are used")
    return usable or None


def _usable_presets(values: tuple[object, ...]) -> tuple[object, ...]:
    """Those that are presets, also of a newer version: it has use for them."""
    if not values:
        return ()
    from pixverse_desktop.core.model.preset import MOST_PRESETS, is_preset  # the start is without

    usable = tuple(value for value in values[:MOST_PRESETS] if is_preset(value))
    if len(usable) < len(values):
        log.warning("some stored presets make no sense and are left out")
    return usable


def _usable_names(names: tuple[object, ...]) -> tuple[object, ...]:
    return names[:2] if all(isinstance(name, str) for name in names) else ()


def _id_and_name(texts: tuple[object, ...]) -> tuple[object, ...]:
    fits = len(texts) == 2 and all(isinstance(text, str) and text for text in texts)
    return texts if fits else ()


@record
class Settings:
    """What the settings dialog shows. "" means the default."""

    service: str = setting("demo", Takes.ENGINE, one_of(SERVICES))
    clip_folder: str = setting("", Takes.ENGINE)
    jobs_at_a_time: int = setting(4, Takes.LIMITS, between(1, 20))
    proxy: str = setting("", Takes.ENGINE, _without_password)  # kept while another is in use
    theme: str = setting("system", Takes.RESTYLE, one_of(THEMES))
    start_field: str = setting("", Takes.ENGINE)
    end_field: str = setting("", Takes.ENGINE)
    # The values of core.jobs.notices.Wanted.
    notices: str = setting(
        "all",
        fit=one_of(NOTICES),
        before=("alert_when_ready", lambda wanted: "off" if wanted is False else "all"),
    )
    keep_awake: bool = setting(True)  # while clips are made
    # The id of the device that clips are heard on, and its name; () is the system's default.
    sound_output: tuple[str, ...] = setting((), fit=_id_and_name)
    strip_dismissed: bool = setting(False)
    # Credits a day; 0 is no limit.
    daily_limit: Decimal = setting(ZERO, Takes.LIMITS, between(ZERO, _MOST))
    weekly_limit: Decimal = setting(ZERO, Takes.LIMITS, between(ZERO, _MOST))
    monthly_limit: Decimal = setting(ZERO, Takes.LIMITS, between(ZERO, _MOST))
    clip_limit: Decimal = setting(ZERO, Takes.LIMITS, between(ZERO, _MOST))
    # So many credits cost so much money; nothing is shown as money unless all three are given.
    rate_credits: Decimal = setting(ZERO, fit=between(ZERO, _MOST))
    rate_money: Decimal = setting(ZERO, fit=between(ZERO, _MOST))
    rate_currency: str = setting("", fit=lambda text: text[:LONGEST_CURRENCY])
    # A template of core.jobs.file_name.
    clip_name: str = setting("", Takes.ENGINE, unless(template_problem))
    # Origins with a key in the system's keyring.
    keys_kept: tuple[str, ...] = setting((_NOT_NOTED,))
    text_size: int = setting(100, Takes.RESTYLE, between(90, 200))  # percent of the system's
    # By the id of a command, as Qt writes keys on every system; the others have their usual ones.
    # As core.model.preset stores them, in the order the user gave them; and the last used, by name.
    presets: tuple[object, ...] = setting((DRAFT,), fit=_usable_presets)
    presets_used: tuple[str, ...] = setting((), fit=_usable_names)
    shortcuts: dict[str, list[str]] | None = setting(None, fit=_usable_shortcuts, kinds=_ANYTHING)
    # "" of an older version: the proxy where one is named, else the system's.
    proxy_use: str = setting("", Takes.ENGINE, one_of(("", *PROXY_USES)))
    certificates: str = setting("", Takes.ENGINE)  # a PEM file, trusted beside the usual ones

    def needed_after(self, old: Settings) -> set[Takes]:
        """What it takes to apply these settings where the old ones are in use."""
        return {
            known.metadata["takes"]
            for known in fields(self)
            if getattr(self, known.name) != getattr(old, known.name)
        }

    @property
    def proxy_in_use(self) -> str:
        """One of PROXY_USES."""
        return self.proxy_use or ("own" if self.proxy else "system")

    @property
    def look(self) -> tuple[str, int]:
        """Theme and text size."""
        return self.theme, self.text_size

    @property
    def limits(self) -> Limits:
        """What may be spent."""
        return Limits(self.daily_limit, self.weekly_limit, self.monthly_limit, self.clip_limit)

    def keeps_key(self, origin_id: str) -> bool:
        """False when the system's keyring holds no key of ours for that service."""
        return origin_id in self.keys_kept or _NOT_NOTED in self.keys_kept

    def with_key(self, origin_id: str, kept: bool) -> Settings:
        """The same, knowing whether the keyring holds a key for that service."""
        others = tuple(known for known in self.keys_kept if known != origin_id)
        return replace(self, keys_kept=(*others, origin_id) if kept else others)


def _usable_widths(widths: tuple[object, ...]) -> tuple[object, ...]:
    usable = all(type(size) is int and 0 <= size <= _WIDEST_PANEL for size in widths)
    return widths if usable else ()


def _usable_ids(ids: tuple[object, ...]) -> tuple[object, ...]:
    usable = all(isinstance(one, str) and len(one) <= _LONGEST_ID for one in ids)
    return ids[:MOST_FOUND] if usable else ()


def _usable_form(form: dict[str, object] | None) -> dict[str, object] | None:
    """A form is taken whole or not at all."""
    try:
        if form is not None:
            request_from_preset(form)
    except ValueError as error:
        log.warning("the stored form is not used: %s", error)
        return None
    return form


@record
class WindowState:
    """What the window remembers by itself. ``geometry`` is base64, ``form`` a stored request."""

    geometry: str = setting("")
    splitter: tuple[int, ...] = setting((), fit=_usable_widths)
    form: dict[str, object] | None = setting(None, fit=_usable_form, kinds=_DICT)
    volume: float = setting(0.8)
    loop: bool = setting(True)
    muted: bool = setting(False)
    speed: float = setting(1.0)
    queue_split: tuple[int, ...] = setting((), fit=_usable_widths)
    stack_takes: bool = setting(False)  # in the library
    player_width: int = setting(0, fit=between(0, _WIDEST_PANEL))  # beside the library; 0: usual
    film: str = setting("")  # the id of the one that was looked at last
    found: tuple[str, ...] = setting((), fit=_usable_ids)  # in the palette, the last one first


Stored = TypeVar("Stored", bound=Settings | WindowState)


def load_settings(path: Path, *, untouched: bool = False) -> Settings:
    """The stored choices; defaults for what is missing or makes no sense. With ``untouched`` the
    file stays as it is, also a damaged one."""
    there = path.exists()
    return load(path, Settings(), untouched=untouched) if there else Settings(keys_kept=())


def load_window_state(path: Path) -> WindowState:
    """The stored window; defaults for what is missing."""
    return load(path, WindowState())


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


class SettingsFiles:
    """Saves the two on a worker, and tells once where a folder does not take them.

    ``call`` is that of the workers, ``tell`` gets the Problem.
    """

    def __init__(self, call: Callable[..., None], tell: Callable[[Problem], object]) -> None:
        self._call = call
        self._tell = tell
        self._told: dict[Path, str] = {}

    def save(self, path: Path, value: Settings | WindowState) -> None:
        """Keep ``value``; returns at once."""
        self._call(Lane.STORE, _why_not_saved, path, value, then=partial(self._saved, path.parent))

    def _saved(self, folder: Path, reason: str) -> None:
        if reason and reason != self._told.get(folder, ""):
            text = Message("settings_unwritable", folder=str(folder), reason=reason)
            self._tell(problem(ProblemCode.STORE, text))
        self._told[folder] = reason


def _why_not_saved(path: Path, value: Settings | WindowState) -> str:
    """BLOCKING. Save; the system's reason where that did not work, else ""."""
    try:
        save_json(path, value)
    except OSError as error:
        log.warning("%s is not kept: %s", path.name, error)
        return str(error.strerror)
    return ""


def load(path: Path, default: Stored, *, untouched: bool = False) -> Stored:
    """What is stored of one of the two, else ``default``. Blocks."""
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
        if not untouched:
            _quarantine(path)
        return default
    found = replace(default, **kept)
    changed = isinstance(found, Settings) and data.get("proxy", found.proxy) != found.proxy
    if changed and not untouched:
        with contextlib.suppress(OSError):
            save_json(path, found)  # an older version kept the proxy's password there
    return found


def _checked(data: object, default: Settings | WindowState) -> dict[str, Any]:
    """The known fields of ``data``. Raises ValueError naming one with a wrong value."""
    if not isinstance(data, dict):
        raise ValueError("it holds no settings")
    kept: dict[str, Any] = {}
    for entry in fields(default):
        before = entry.metadata["before"]
        if entry.name in data:
            value = data[entry.name]
        elif before is not None and before[0] in data:
            value = before[1](data[before[0]])
        else:
            continue  # an older version wrote the file; what only a newer one knows is left out
        known = getattr(default, entry.name)
        if isinstance(value, list):
            value = tuple(value)
        if isinstance(known, Decimal):
            value = read_credits(value)
        if type(known) is float and type(value) is int and abs(value) < _WIDEST_PANEL:
            value = float(value)
        fits = type(value) in entry.metadata["kinds"]
        if not fits or (isinstance(known, float) and not math.isfinite(value)):
            raise ValueError(f"{entry.name} has a value that makes no sense")
        kept[entry.name] = entry.metadata["fit"](value)
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


def clip_folder_path(paths: Paths, settings: Settings) -> Path:
    """The user's folder, else the default one."""
    return Path(settings.clip_folder).expanduser() if settings.clip_folder else paths.clips
