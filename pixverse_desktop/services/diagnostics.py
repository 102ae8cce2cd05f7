"""What support needs to know, as one text that may be handed on: no keys, passwords or prompts.

The text is English whatever the window's language is: somebody else reads it.
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import platform
import re
import shutil
import sqlite3
import ssl
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from importlib import metadata
from pathlib import Path

from pixverse_desktop import __version__
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.services.logs import redact
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import Settings, clip_folder_path
from pixverse_desktop.store.overview import Overview, read_overview

_LINES, _LOG_BYTES = 200, 64 * 1024
_PARTS = ("PySide6", "qasync", "requests", "urllib3", "truststore", "keyring", "Pillow", "av")
# They hold what the user wrote, or what is told elsewhere.
_LEFT_OUT = frozenset({"presets", "presets_used", "keys_kept", "shortcuts", "sound_output"})
_VARIABLES = (
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "PIXELDOJO_API_KEY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR",
)  # fmt: skip
_MEDIA = re.compile(
    r"[^/\\'\":\n]*\.(mp4|mov|m4v|part|jpe?g|png|webp|gif|avif|heic|csv|tsv|txt)\b", re.IGNORECASE
)
_LOG_LEFT_OUT = "(left out: without the list of jobs prompts cannot be found in it)"
_SHORTEST = 3  # letters of a text that is looked for


def diagnose(
    paths: Paths,
    settings: Settings,
    service: str,
    window: Sequence[str] = (),
    report: ServiceReport | None = None,
) -> str:
    """BLOCKING. The whole text. ``service`` is the kind in use, ``window`` lines about Qt and the
    screens, ``report`` that of a check, where one was made."""
    overview, why = Overview(), ""
    try:
        overview = read_overview(paths.database)
    except (sqlite3.Error, OSError) as error:
        why = f"cannot be read ({type(error).__name__})"
    sections = {
        "Program": _program(),
        "Window": window,
        "Service": (f"in use: {service}", *_variables()),
        "Settings": _settings(settings),
        "Data": _data(paths, settings, overview, why),
        "Check of the service": _check(report),
        "Log": [_LOG_LEFT_OUT] if why else _log(_log_in(paths), overview.texts),
    }
    lines = [
        "Pixverse Desktop diagnostics",
        "Holds no prompts, keys or passwords; ~ stands for the home folder.",
    ]
    for title, found in sections.items():
        lines += ["", f"== {title} ==", *(found or ["(nothing)"])]
    return without_user(redact("\n".join(lines))) + "\n"


def _log_in(paths: Paths) -> Path:
    return paths.logs / "pixverse-desktop.log"


def without_user(text: str) -> str:
    """``text`` without the home folder's place and the user's name."""
    homes = {str(Path.home()), Path.home().as_posix(), str(Path.home().resolve())}
    for home in sorted(homes, key=len, reverse=True):
        if len(home) > 1:
            text = text.replace(home, "~").replace(home.replace("\\", "\\\\"), "~")
    names = {Path.home().name}
    with contextlib.suppress(OSError, KeyError, ImportError):
        names.add(getpass.getuser())
    for name in filter(None, names):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "***", text, flags=re.IGNORECASE)
    return text


def _program() -> Iterator[str]:
    bundled = " (bundle)" if getattr(sys, "frozen", False) else ""
    yield f"Pixverse Desktop {__version__}{bundled}"
    yield f"Python {platform.python_version()} ({platform.python_implementation()})"
    yield f"{platform.platform()}, {platform.machine()}"
    yield f"{ssl.OPENSSL_VERSION}, SQLite {sqlite3.sqlite_version}"
    yield f"file names {sys.getfilesystemencoding()}, {os.cpu_count()} processors"
    found = []
    for name in _PARTS:
        with contextlib.suppress(metadata.PackageNotFoundError):  # a bundle has no such data
            found.append(f"{name} {metadata.version(name)}")
    yield ", ".join(found) or "parts: as in the bundle"


def _variables() -> Iterator[str]:
    """Which variables are set; their values may hold a password."""
    there = [name for name in _VARIABLES if name in os.environ or name.lower() in os.environ]
    yield f"variables set: {', '.join(there) or 'none'}"


def _settings(settings: Settings) -> Iterator[str]:
    for known in fields(settings):
        if known.name not in _LEFT_OUT:
            value = getattr(settings, known.name)
            yield f"{known.name}: {'(usual)' if value == '' else value}"
    yield f"presets: {len(settings.presets)}"
    yield f"changed keys: {len(settings.shortcuts or ())}"


def _data(paths: Paths, settings: Settings, overview: Overview, why: str) -> Iterator[str]:
    database, clips = paths.database, clip_folder_path(paths, settings)
    yield f"data folder: {paths.data}, free: {_free(paths.data)}"
    yield f"clip folder: {clips}, free: {_free(clips)}"
    yield f"database: {_size(database)}{', ' + why if why and database.exists() else ''}"
    states = ", ".join(f"{state} {count}" for state, count in sorted(overview.jobs.items()))
    yield f"jobs: {sum(overview.jobs.values())}{' (' + states + ')' if states else ''}"
    yield f"films: {overview.films}"
    with contextlib.suppress(OSError):
        yield f"crash reports: {len(list(paths.logs.glob('crash-*.txt')))}"


def _free(folder: Path) -> str:
    place = next((one for one in (folder, *folder.parents) if one.exists()), folder)
    try:
        return f"{shutil.disk_usage(place).free / 2**30:.1f} GiB"
    except OSError as error:
        return f"unknown ({error.strerror})"


def _size(path: Path) -> str:
    try:
        return f"{path.stat().st_size / 2**20:.1f} MiB"
    except OSError as error:
        return f"none ({error.strerror})"


def _check(report: ServiceReport | None) -> Sequence[str]:
    if report is None:
        return ["(not made; Help > Check the service)"]
    told = {"reached": report.reached, "findings": report.findings, "shapes": report.shapes}
    return json.dumps(told, indent=1, ensure_ascii=False).splitlines()


def _log(path: Path, texts: Iterable[str]) -> Sequence[str]:
    """Its last lines, without what the user wrote and without names of the user's files."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LOG_BYTES))
            whole = file.read().decode("utf-8", errors="replace")
    except OSError as error:
        return [f"(cannot be read: {error.strerror})"]
    text = "\n".join(whole.splitlines()[-_LINES:])
    there = [one for one in texts if len(one) >= _SHORTEST and one in text]
    for one in sorted(there, key=len, reverse=True):  # one may begin like another
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", "***", text)
    return _MEDIA.sub(r" ***.\1", text).splitlines()


def save_diagnostics(path: Path, text: str) -> None:
    """BLOCKING. Raises UserError with the sentence."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        said = Message("not_written", name=path.name, reason=str(error.strerror))
        raise UserError(problem(ProblemCode.DISK, said)) from None
