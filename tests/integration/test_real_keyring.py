"""The key in a real keyring: gnome-keyring on a message bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import sys
from pixverse_desktop.core.service import custom_origin, pixeldojo_origin
from pixverse_desktop.services.secrets import Secrets
key = sys.stdin.readline().strip()
real, other = pixeldojo_origin(), custom_origin("https://other.example")
print(Secrets().save(real, key))
found = Secrets().find(real)  # a new object: nothing is left of this session's memory
print(found.source, found.key == key, Secrets().find(other))
Secrets().remove(real)
print(Secrets().find(real))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_a_key_is_kept_read_back_and_removed(tmp_path: Path, key: str) -> None:
    for tool in ("dbus-run-session", "gnome-keyring-daemon"):
        assert shutil.which(tool), f"{tool} is needed (packaging/linux/system-deps.sh tests)"
    (tmp_path / "run").mkdir(mode=0o700)
    env = {k: v for k, v in os.environ.items() if k != "PYTHON_KEYRING_BACKEND"}
    env |= {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"),
            "XDG_RUNTIME_DIR": str(tmp_path / "run")}  # fmt: skip
    unlock = "printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
    command = ["dbus-run-session", "--", "sh", "-c", f'{unlock}; exec "$0" -c "$1"']
    done = subprocess.run(
        [*command, sys.executable, SCRIPT],
        input=key + "\n", env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["keyring", "keyring True None", "None"], done.stderr
