"""Keyrings to try the program with: hand-written ones, and gnome-keyring on a bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError

UseKeyring = Callable[[KeyringBackend], None]


class ScriptedKeyring(KeyringBackend):
    """Keeps passwords in memory, or misbehaves as its ``trouble`` says."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, trouble: str = "") -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.trouble = trouble
        self.release = threading.Event()
        self.callers: list[threading.Thread] = []

    def _start(self, what: str) -> None:
        self.callers.append(threading.current_thread())
        if self.trouble == "hangs" or self.trouble == f"hangs at {what}":
            self.release.wait()
        errors = {"none": NoKeyringError, "locked": KeyringLocked, "dismissed": InitError}
        if self.trouble in errors:
            raise errors[self.trouble](f"{self.trouble} at {what}")

    def get_password(self, service: str, username: str) -> str | None:
        self._start("get")
        if self.trouble == "forgets":
            return None
        found = self.kept.get((service, username))
        return found and (f"{found}x" if self.trouble == "changes" else found)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._start("set")
        if self.trouble == "refuses":
            raise PasswordSetError("refused")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._start("delete")
        del self.kept[service, username]


class GoodKeyring(ScriptedKeyring):
    """Passes for the Secret Service."""


class PlainFileKeyring(ScriptedKeyring):
    """Passes for the backend that keeps passwords in a readable file."""


class LookalikeKeyring(ScriptedKeyring):
    """Its module's name begins like an allowed one."""


GoodKeyring.__module__ = "keyring.backends.SecretService"
PlainFileKeyring.__module__ = "keyrings.alt.file"
LookalikeKeyring.__module__ = "keyring.backends.SecretServiceCopy"


class SeveralKeyrings(KeyringBackend):
    """Asks others in turn, as keyring's own chainer does."""

    priority = 10  # type: ignore[assignment]

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError("a chain would ask every keyring in it")

    set_password = delete_password = get_password  # type: ignore[assignment]


class PrivateBus:
    """A message bus and gnome-keyring for one test; nothing of the developer's is in reach."""

    def __init__(self, home: Path) -> None:
        for tool in ("dbus-run-session", "gnome-keyring-daemon"):
            assert shutil.which(tool), f"{tool} is needed (packaging/linux/system-deps.sh tests)"
        self.home = home
        (home / "run").mkdir(mode=0o700)
        # Without a screen nobody can be asked for a password: every prompt is dismissed.
        left_out = ("PYTHON_KEYRING_BACKEND", "DISPLAY", "WAYLAND_DISPLAY")
        self.env = {k: v for k, v in os.environ.items() if k not in left_out}
        self.env |= {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_RUNTIME_DIR": str(home / "run"),
        }

    def run(self, script: str, given: str = "", *, locked: bool = False) -> list[str]:
        """What a Python script prints there; ``locked`` leaves the keyring as a log-in finds it."""
        daemon = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1"
        if not locked:
            daemon = "printf password | gnome-keyring-daemon --unlock --components=secrets"
        command = ["dbus-run-session", "--", "sh", "-c", f'{daemon} >/dev/null; exec "$0" -c "$1"']
        done = subprocess.run(
            [*command, sys.executable, script],
            input=given, env=self.env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not given.strip() or given.strip() not in done.stdout + done.stderr
        return done.stdout.splitlines()
