"""Screens that are gone at the next start, and of another scale: those of a platform without any."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QRect

from tests.support.commands import command

LEFT = {"name": "left", "x": 0, "y": 0, "width": 1280, "height": 800, "logicalDpi": 96}
RIGHT = {"name": "right", "x": 1280, "y": 0, "width": 2560, "height": 1440, "logicalDpi": 192}


def run(what: str, data: Path, *screens: dict[str, object]) -> dict[str, list[int]]:
    """What the window tells on these screens; {} where it tells nothing."""
    place = data.with_name("screens.json")
    place.write_text(json.dumps({"screens": screens}))
    platform = f"offscreen:configfile={place}"
    process = command("tests.e2e.screens_window", what, str(data), QT_QPA_PLATFORM=platform)
    try:
        out, err = process.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert process.returncode == 0, err
    found: dict[str, list[int]] = json.loads(out) if out else {}
    return found


@pytest.mark.timeout(150)
def test_a_window_left_on_a_screen_that_is_gone_opens_on_one_that_is_there(data_dir: Path) -> None:
    run("leave", data_dir, LEFT, RIGHT)
    there = run("look", data_dir, LEFT, RIGHT)
    assert there["screen"] == [1280, 0, 1280, 720]
    for screen, full in ((LEFT, False), (LEFT | {"width": 1024, "height": 640}, True)):
        seen = run("look", data_dir, screen)
        place, room = QRect(*seen["place"]), QRect(*seen["screen"])
        assert room.adjusted(-2, -2, 2, 2).contains(place)  # its frame is not known beforehand
        assert seen["full"] is full
        assert full or seen["size"] == there["size"] == [1000, 640]  # as it was left


@pytest.mark.timeout(150)
def test_a_window_on_a_screen_of_another_scale_is_as_sharp_and_as_large(data_dir: Path) -> None:
    told = run("wander", data_dir, LEFT, RIGHT)["pictures"]
    assert told == [[1000, 640, 1.0], [2000, 1280, 2.0], [1000, 640, 1.0]]
    before, large, after = (Image.open(data_dir / f"{n}.png").convert("RGB") for n in range(3))
    # Drawn anew in twice as many pixels: halved it is the same window, and no enlarged one.
    halved = large.resize(before.size, Image.Resampling.BOX)
    assert difference(before, halved) < 6
    enlarged = before.resize(large.size, Image.Resampling.NEAREST)
    assert difference(enlarged, large) > 1
    assert difference(before, after) < 6  # the clip and its times may have moved on


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean of what two pictures differ by, 0 to 255."""
    from PIL import ImageChops, ImageStat

    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3
