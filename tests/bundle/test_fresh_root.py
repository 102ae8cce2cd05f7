"""The Debian package in a fresh system without Python, git and make; ``make try-deb`` runs it.

``FRESH_ROOT`` names the folder of a system made with ``debootstrap``, which is copied for each run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pixverse_desktop import __version__
from tests.show.screen import virtual_screen
from tests.support.simulator_process import ROOT

FRESH = os.environ.get("FRESH_ROOT", "")
PACKAGE = f"pixverse-desktop_{__version__}_amd64.deb"
# What a desktop has: the menu's tools; nothing of the program's own needs.
_DESKTOP = ("desktop-file-utils", "libglib2.0-bin", "hicolor-icon-theme")
_ENTER = (
    'mount -t proc proc "$0/proc"; mount --bind /dev "$0/dev"; mkdir -p "$0/tmp/.X11-unix";'
    'mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix"; exec chroot "$0" "$@"'
)
pytestmark = [
    pytest.mark.skipif(not FRESH, reason="`make try-deb` makes a fresh system"),
    pytest.mark.timeout(600),
]


def inside(root: Path, *command: str, **variables: str) -> list[str]:
    """The command that runs ``command`` in ``root``; mounts end with it."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", **variables}
    words = [f"{name}={value}" for name, value in env.items()]
    return ["unshare", "-m", "sh", "-c", _ENTER, str(root), "env", "-i", *words, *command]


def run(root: Path, *command: str, **variables: str) -> str:
    done = subprocess.run(
        inside(root, *command, **variables), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A fresh system with the package installed."""
    place = tmp_path_factory.mktemp("root") / "system"
    subprocess.run(["cp", "-a", FRESH, str(place)], check=True)
    apt = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(place, *apt, *_DESKTOP, **quiet)
    shutil.copy(ROOT / "dist" / PACKAGE, place / "var" / PACKAGE)
    run(place, *apt, f"/var/{PACKAGE}", **quiet)
    for tool in ("python3", "git", "make"):
        assert not list(place.glob(f"usr/bin/{tool}*"))
    yield place
    shutil.rmtree(place.parent)


def test_every_library_is_found(root: Path) -> None:
    find = "find /usr/lib/pixverse-desktop -name '*.so*' -type f | xargs -n1 ldd 2>/dev/null"
    library_path = "/usr/lib/pixverse-desktop/_internal"
    found = run(root, "sh", "-c", find, LD_LIBRARY_PATH=library_path)
    assert sorted({line.strip() for line in found.splitlines() if "not found" in line}) == []


def test_it_is_in_the_menu_with_its_icon_and_file_types(root: Path) -> None:
    entry = "/usr/share/applications/pixverse-desktop.desktop"
    assert run(root, "desktop-file-validate", entry).strip() == ""
    assert (root / "usr/share/icons/hicolor/scalable/apps/pixverse-desktop.svg").exists()
    assert (root / "usr/share/icons/hicolor/128x128/apps/pixverse-desktop.png").exists()
    for kind in ("image/png", "video/mp4", "text/csv", "application/json"):
        assert "pixverse-desktop.desktop" in run(root, "gio", "mime", kind)


def test_a_clip_by_command_and_by_window_and_a_clean_end(root: Path) -> None:
    assert run(root, "pixverse-desktop", "--version") == f"pixverse-desktop {__version__}\n"
    arguments = ("--demo", "--json", "--prompt", "a fox", "--duration", "1", "--resolution", "360p")
    made = json.loads(run(root, "pixverse-desktop", "generate", *arguments))
    clip = root / made["path"].lstrip("/")
    assert clip.stat().st_size > 1000
    with virtual_screen() as display:
        env = {**os.environ, "DISPLAY": display}
        program = ("pixverse-desktop", "--demo")
        window = subprocess.Popen(inside(root, *program, DISPLAY=display))
        try:
            search = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "Pixverse"]
            subprocess.run(search, env=env, check=True, timeout=60, capture_output=True)
            socket = root / "root/.local/share/pixverse-desktop/instance.socket"
            _until(socket.exists)
            run(root, *program, DISPLAY=display)  # hands over, and ends
            subprocess.run(["xdotool", "type", "a lighthouse"], env=env, check=True)
            subprocess.run(["xdotool", "key", "ctrl+Return"], env=env, check=True)
            _until(lambda: len(list(clip.parent.glob("*.mp4"))) == 2)
        finally:
            subprocess.run(["xdotool", "key", "ctrl+q"], env=env, check=False)
            assert window.wait(30) == 0
    moved = "/opt/a folder — déplacé"
    run(root, "cp", "-a", "/usr/lib/pixverse-desktop", moved)
    run(root, "apt-get", "purge", "-y", "-qq", "pixverse-desktop")
    left = [p for p in (root / "usr").rglob("*pixverse*") if p.name != PACKAGE]
    assert left == []
    assert "pixverse" not in run(root, "sh", "-c", "gio mime image/png; true")
    # The folder by itself, somewhere else; its libraries of the system are still there.
    shutil.rmtree(clip.parent)
    run(root, f"{moved}/pixverse-desktop", "generate", *arguments)
    assert len(list(clip.parent.glob("*.mp4"))) == 1
    assert (root / "root/.local/share/pixverse-desktop/pixverse.db").exists()


def _until(seen: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.2)
