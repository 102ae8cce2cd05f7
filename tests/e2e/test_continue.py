"""From a clip to the next: its last frame goes on, and a folder of clips comes back."""

from __future__ import annotations

import dataclasses
import io
import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.media.video_frames import LAST, picture_at
from pixverse_desktop.services.frames import load_frame
from tests.show import driver


def test_the_last_frame_starts_the_next_clip_and_is_remembered(data_dir: Path) -> None:
    async def script(program: Program) -> None:
        await driver.ready(program)
        compose = program.window.compose
        compose.set_request(
            dataclasses.replace(compose.request(), prompt="first", resolution="360p", duration_s=1)
        )
        driver.press_generate(program)
        await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the first clip")
        await driver.until(lambda: program.window.player.current_job, "the player")  # type: ignore[attr-defined]
        QTest.keyClick(program.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        await driver.until(lambda: compose.request().start_frame, "the frame")
        (first,) = driver.jobs_in(program, JobState.SAVED)
        frame = compose.request().start_frame
        assert frame is not None
        assert (frame.parent, frame.label) == (first.id, "Last frame of “first”")
        driver.press_generate(program)
        await driver.until(lambda: len(driver.jobs_in(program, JobState.SAVED)) == 2, "the second")
        second = next(j for j in driver.jobs_in(program, JobState.SAVED) if j.id != first.id)
        assert second.request.start_frame is not None
        assert second.request.start_frame.parent == first.id
        assert first.clip is not None
        sent = load_frame(second.request.start_frame, program.paths)
        last = picture_at(Path(first.clip.path), LAST)
        one, two = (np.asarray(Image.open(io.BytesIO(d)).convert("RGB"), int) for d in (sent, last))
        assert one.shape == two.shape
        assert np.abs(one - two).mean() < 4  # JPEG, and nothing else, stands between them

    driver.drive(script, data_dir)


def test_the_clips_of_a_folder_are_added(data_dir: Path) -> None:
    async def make(program: Program) -> None:
        await driver.ready(program)
        compose = program.window.compose
        compose.set_request(
            dataclasses.replace(compose.request(), prompt="kept", resolution="360p", duration_s=1)
        )
        driver.press_generate(program)
        await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")

    async def add(program: Program) -> None:
        await driver.ready(program)
        assert not program.bridge.jobs
        program.window.user_actions.add_clips([data_dir / "kept"])
        await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
        strip = program.window.notice_strip
        await driver.until(lambda: "was added" in strip.label.text(), "the sentence")
        (job,) = driver.jobs_in(program, JobState.SAVED)
        assert job.request.prompt == "kept"

    driver.drive(make, data_dir)
    shutil.move(data_dir / "clips", data_dir / "kept")
    for path in data_dir.iterdir():
        if path.name != "kept":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    driver.drive(add, data_dir)
