"""A real drag from another process, over a virtual screen, into the start well."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image
from PySide6.QtCore import QUrl

from pixverse_desktop.store.job_store import JobStore
from tests.show.screen import virtual_screen
from tests.support.clips import make_clip
from tests.support.factories import saved_job
from tests.support.real_windows import ToldWindow, move_held, on_x, xdotool

SOURCE_AT = (1400, 760)


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    assert shutil.which("xdotool"), "xdotool is needed (packaging/linux/system-deps.sh tests)"
    with virtual_screen() as display:
        yield on_x(display)


def drag(
    target: ToldWindow, path: Path, to: tuple[int, int], *actions: str
) -> subprocess.Popen[str]:
    """Drag ``path`` over ``to`` and hold it there; the button is still down."""
    source = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.drag_source", str(path), *actions],
        env=target.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert source.stdout is not None
    assert source.stdout.readline().strip() == "shown"
    time.sleep(0.3)
    move_held(target.env, SOURCE_AT, to)
    return source


def drop(target: ToldWindow, source: subprocess.Popen[str]) -> str:
    """Let go; what the source says it was answered."""
    xdotool(target.env, "mouseup", 1)
    time.sleep(0.3)
    source.kill()
    return source.communicate()[0].strip()


@pytest.mark.timeout(180)
def test_a_dragged_picture_becomes_a_clip_and_other_things_are_refused(
    screen: dict[str, str], tmp_path: Path
) -> None:
    pdf, empty, picture = tmp_path / "a.pdf", tmp_path / "empty.png", tmp_path / "fox.png"
    pdf.write_bytes(b"%PDF-1.7 nothing")
    empty.touch()
    Image.new("RGB", (800, 500), (200, 90, 40)).save(picture)
    target = ToldWindow(screen, tmp_path / "data")
    try:
        where = target.next_with("well")["well"]
        for path, reason in ((pdf, "PDF"), (tmp_path, "folder"), (empty, "empty")):
            source = drag(target, path, (where[0], where[1]))
            assert reason in target.next_with(reason, 10)["says"]
            drop(target, source)
        drop(target, drag(target, picture, (where[0], where[1])))
        done = target.next_with("clip", 60)
    finally:
        target.stop()
    assert done["request"]["start_frame"]["label"] == "fox.png"
    with av.open(done["clip"]) as clip:
        video = clip.streams.video[0]
        assert (video.width, video.height) == (576, 360)
        first = next(clip.decode(video)).to_ndarray(format="rgb24")
    assert abs(int(first[180, 288, 0]) - 200) < 30


@pytest.mark.timeout(180)
def test_with_shift_the_picture_stays_where_it_was(screen: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / os.fsdecode(b"caf\xe9.png")  # no name in UTF-8
    Image.new("RGB", (800, 500), (200, 90, 40)).save(picture)
    target = ToldWindow(screen, tmp_path / "data")
    try:
        x, y = target.next_with("well")["well"]
        xdotool(target.env, "keydown", "Shift_L")
        source = drag(target, picture, (x, y), "move")
        assert "moved away" in target.next_with("moved away", 10)["says"]
        assert drop(target, source) in ("", "IgnoreAction")
        answer = drop(target, drag(target, picture, (x, y), "copy", "move"))
        xdotool(target.env, "keyup", "Shift_L")
        done = target.next_with("clip", 60)
    finally:
        target.stop()
    assert answer == "CopyAction"
    assert picture.exists()
    assert done["request"]["start_frame"]["label"] == "caf\ufffd.png"


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("place", "dragged"), [("library", [2, 1]), ("recent", [2])])
def test_clips_dragged_out_of_the_window_arrive_as_files(
    screen: dict[str, str], tmp_path: Path, place: str, dragged: list[int]
) -> None:
    data = tmp_path / "data"
    store = JobStore(data)
    store.open()
    paths = [tmp_path / f"clip {number} ü.mp4" for number in (1, 2)]
    for number, path in enumerate(paths, start=1):
        make_clip(path)
        store.add_jobs(saved_job(number, f"clip {number}", path=str(path)))
    store.close()
    receiver = ToldWindow(screen, module="tests.e2e.drop_receiver")
    window = ToldWindow(screen, data, place, module="tests.e2e.library_window")
    try:
        x, y = window.next_with("tile")["tile"]
        move_held(window.env, (x, y), SOURCE_AT)
        xdotool(window.env, "mouseup", 1)
        urls = receiver.next_with("urls", 20)["urls"]
    finally:
        window.stop()
        receiver.stop()
    assert [QUrl(url).toLocalFile() for url in urls] == [str(paths[n - 1]) for n in dragged]
