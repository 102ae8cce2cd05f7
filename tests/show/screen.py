"""A virtual screen for windows where there is no display: Xvfb with a window manager.

``python -m tests.show.screen COMMAND …`` runs a command on one of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoVirtualScreen(Exception):
    """Xvfb is not installed, or did not start."""


@contextmanager
def virtual_screen(size: str = "1700x1080") -> Iterator[str]:
    """The DISPLAY of a new screen, with a window manager where there is one."""
    if shutil.which("Xvfb") is None:
        raise NoVirtualScreen("Xvfb is not installed (package xvfb)")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    manager: subprocess.Popen[bytes] | None = None
    try:
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise NoVirtualScreen("Xvfb did not start")
        display = f":{number}"
        if shutil.which("openbox"):
            manager = subprocess.Popen(
                ["openbox"],
                env={**os.environ, "DISPLAY": display},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(0.3)  # before its first window the manager has to be there
        yield display
    finally:
        for process in (manager, server):
            if process is not None:
                process.terminate()
                process.wait()


@contextmanager
def wayland_screen(folder: Path, size: str = "1600x1000") -> Iterator[dict[str, str]]:
    """The environment of a Wayland screen whose mouse and keys are those of an X one, for xdotool.

    Its socket lies in ``folder``.
    """
    if shutil.which("weston") is None:
        raise NoVirtualScreen("Weston is not installed (package weston)")
    folder.mkdir(mode=0o700)
    with virtual_screen(size) as display:
        env = {**os.environ, "DISPLAY": display, "XDG_RUNTIME_DIR": str(folder)}
        settings, log = folder / "weston.ini", folder / "weston.log"
        # Without its keyboard on the screen, and as large as the X screen.
        settings.write_text(f"[input-method]\npath=\n[output]\nname=screen0\nmode={size}\n")
        command = ["weston", "--backend=x11-backend.so", "--socket=wayland-test", "--fullscreen"]
        weston = subprocess.Popen(
            [*command, f"--config={settings}", "--idle-time=0", f"--log={log}"],
            env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            end = time.monotonic() + 20
            while not (folder / "wayland-test").exists():
                if weston.poll() is not None or time.monotonic() > end:
                    raise NoVirtualScreen(f"Weston did not start: {log.read_text()[-500:]}")
                time.sleep(0.05)
            yield {**env, "WAYLAND_DISPLAY": "wayland-test", "QT_QPA_PLATFORM": "wayland"}
        finally:
            weston.terminate()
            weston.wait()


def main() -> int:
    """Run the rest of the command line on a virtual screen."""
    try:
        with virtual_screen() as display:
            env = {**os.environ, "DISPLAY": display}
            env.pop("WAYLAND_DISPLAY", None)
            return subprocess.run(sys.argv[1:], env=env, check=False).returncode
    except NoVirtualScreen as error:
        print(f"No virtual screen: {error}. Window tests cannot run.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
