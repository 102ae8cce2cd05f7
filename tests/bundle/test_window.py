"""The bundle's window on a virtual screen, driven from outside: it makes and plays a clip."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import pathname2url

import pytest

from tests.show.screen import NoVirtualScreen, virtual_screen
from tests.support.simulator_process import ROOT

_LIMIT_S = 60.0
# Also on the system of whoever runs this, but never taken from there.
_BROUGHT = r"/lib(python3|sqlite3|crypto|ssl|ffi|bz2|lzma|z)\."


@pytest.fixture
def screen(plain: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment of a program on a screen of its own."""
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed")
    try:
        with virtual_screen() as display:
            yield {**plain, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    except NoVirtualScreen as error:
        pytest.skip(str(error))


def until(seen: Callable[[], object], what: str) -> None:
    """Wait until ``seen`` gives something."""
    end = time.monotonic() + _LIMIT_S
    while not seen():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.1)


def xdotool(env: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        ["xdotool", *words], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout.strip()


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    """What the program's database holds, read beside it."""
    try:
        address = f"file:{pathname2url(str(data / 'pixverse.db'))}?mode=ro"
        with sqlite3.connect(address, uri=True) as database:
            return database.execute(query).fetchall()
    except sqlite3.Error:
        return []


def libraries(pid: int) -> set[str]:
    """The libraries that a process and those it started have loaded."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    found = {line.split(maxsplit=5)[-1] for line in maps if ".so" in line}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text(encoding="utf-8").split():
            found |= libraries(int(child))
    return found


def test_the_window_makes_and_plays_a_clip_and_a_second_start_hands_over(
    bundle: Path, screen: dict[str, str], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    command = [str(bundle / "pixverse-desktop"), "--demo", "--data-dir", str(data)]
    errors = tmp_path / "errors"
    with errors.open("wb") as words:
        window = subprocess.Popen(command, env=screen, stderr=words, stdout=words)
    try:
        until(lambda: xdotool(screen, "search", "--onlyvisible", "--name", "Pixverse"), "a window")
        until((data / "instance.socket").exists, "the place for later starts")
        second = subprocess.run(
            [*command, str(ROOT / "resources" / "demo" / "start.jpg")],
            env=screen, timeout=30, check=False,
        )  # fmt: skip
        assert second.returncode == 0
        until(lambda: list((data / "frames").glob("*")), "the picture handed over")
        xdotool(screen, "type", "a lighthouse")
        xdotool(screen, "key", "ctrl+Return")
        saved = "SELECT id FROM jobs WHERE state = 'saved'"
        until(lambda: rows(data, saved), "the clip")
        # Nothing is left that was never played, since it plays by itself.
        until(lambda: not rows(data, "SELECT job_id FROM unplayed"), "the clip on the stage")
        assert window.poll() is None
        brought = [name for name in libraries(window.pid) if re.search(_BROUGHT, name)]
        assert brought
        assert [name for name in brought if not name.startswith(str(bundle))] == []
    finally:
        window.terminate()
        try:
            code = window.wait(20)
        except subprocess.TimeoutExpired:
            window.kill()
            raise
    assert code == 0, errors.read_text()
    assert "Traceback" not in errors.read_text()
    assert "Cannot load" not in errors.read_text()
    (clip,) = (data / "clips").rglob("*.mp4")
    assert os.path.getsize(clip) > 1000
