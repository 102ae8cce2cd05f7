"""The window on Wayland, driven by a real mouse and real keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.show.screen import wayland_screen
from tests.support.real_windows import ToldWindow, move_held, xdotool


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[dict[str, str]]:
    if shutil.which("weston") is None:
        pytest.skip("Weston is not installed (packaging/linux/system-deps.sh tests)")
    with wayland_screen(tmp_path / "run") as env:
        yield env


@pytest.mark.timeout(150)
def test_a_clip_is_made_and_played_a_picture_pasted_and_dragged(
    screen: dict[str, str], tmp_path: Path
) -> None:
    window = ToldWindow(screen, tmp_path / "data", module="tests.e2e.wayland_window")
    try:
        shown = window.next_with("prompt")
        assert shown["platform"] == "wayland"
        xdotool(screen, "mousemove", *shown["prompt"], "click", 1)
        window.next_with("copied")
        xdotool(screen, "key", "ctrl+v")
        start, end = window.next_with("wells")["wells"]
        for place in (3, 0):  # Weston moves its pointer by steps: in the corner both are the same
            xdotool(screen, "mousemove", place, place)
        move_held(screen, tuple(start), tuple(end))
        xdotool(screen, "mouseup", 1)
        window.next_with("dragged", 20)
        assert window.process.wait(30) == 0
    finally:
        window.stop()
    assert [line for line in window.complaints if "wayland" in line.lower()] == []
