"""Control -> stored job -> request as received -> row text -> clip on disk, for every legal value.

The real window and engine, the simulator in its own process, and ffprobe as the second reader.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.output_size import pixel_size
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, request_from_json
from pixverse_desktop.core.service import HoldReason, custom_origin
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.form import Form
from pixverse_desktop.ui.jobs.value_labels import label_for
from tests.show import driver
from tests.support.simulator_process import SimulatorProcess

START, END = Path("resources/demo/start.jpg"), Path("resources/demo/end.jpg")
BASE = ClipRequest(prompt="", resolution="360p", duration_s=1)


@dataclasses.dataclass(frozen=True)
class Case:
    """A value of one parameter, and the service's name for it."""

    field: str
    value: Any
    key: str
    sent: Any

    @property
    def name(self) -> str:
        return f"{self.field} is {self.value!r}"[:80]


def cases() -> list[Case]:
    """Every legal value; free text and numbers by their edges."""

    def plain(field: str, key: str, values: Any) -> list[Case]:
        return [Case(field, value, key, value) for value in values]

    low, high = PIXVERSE_V6.range("duration_s").minimum, PIXVERSE_V6.range("duration_s").maximum
    styles = [
        Case("style", s, "style", s if s != "none" else None)
        for s in PIXVERSE_V6.choice("style").values
    ]
    return [
        *plain("resolution", "resolution", PIXVERSE_V6.choice("resolution").values),
        *plain("duration_s", "duration", range(low, high + 1)),
        *plain("aspect_ratio", "aspect_ratio", PIXVERSE_V6.choice("aspect_ratio").values),
        *styles,
        *plain("audio", "generate_audio", (True, False)),
        *plain("thinking", "thinking_type", PIXVERSE_V6.choice("thinking").values),
        *plain("multi_clip", "multi_clip", (True, False)),
        *plain("negative_prompt", "negative_prompt", ("", "fog, crowds", PIXVERSE_V6.text("negative_prompt").default)),
        *plain("seed", "seed", (0, 1, 2**31 - 1)),
        *plain("prompt", "prompt", ("Wellen, Gischt – Dämmerung", "a 🦊 in the 雪", "line one\nline two")),
        Case("start_frame", START, "start_image_url", "image/jpeg"),
        Case("end_frame", END, "end_image_url", "image/jpeg"),
    ]  # fmt: skip


def click_chip(field: Any, value: str) -> None:
    buttons = field.findChildren(QAbstractButton)
    QTest.mouseClick(buttons[field.values().index(value)], Qt.MouseButton.LeftButton)


def set_control(form: Form, case: Case) -> None:
    """Use the control as a hand would."""
    value = case.value
    setters: dict[str, Callable[[], object]] = {
        "prompt": lambda: form.prompt.setPlainText(value),
        "negative_prompt": lambda: form.field("negative_prompt").setPlainText(value),
        "resolution": lambda: click_chip(form.field("resolution"), value),
        "thinking": lambda: click_chip(form.field("thinking"), value),
        "aspect_ratio": lambda: form.field("aspect_ratio").setCurrentIndex(
            form.field("aspect_ratio").findData(value)
        ),
        "style": lambda: form.field("style").setCurrentIndex(form.field("style").findData(value)),
        "audio": lambda: form.field("audio").isChecked() == value or form.field("audio").click(),
        "multi_clip": lambda: (
            form.field("multi_clip").isChecked() == value or form.field("multi_clip").click()
        ),
        "seed": lambda: form.seed.set_value(value),
        "duration_s": lambda: set_slider(form, value),
    }
    setters[case.field]()


def set_slider(form: Form, value: int) -> None:
    slider = form.field("duration_s").slider
    QTest.keyClick(slider, Qt.Key.Key_Home)
    for _ in range(value - slider.minimum()):
        QTest.keyClick(slider, Qt.Key.Key_Right)


def probed(path: str) -> tuple[int, int, float, bool]:
    """Width, height, seconds and sound of a clip, by ffprobe."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path]
    facts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    video = next(s for s in facts["streams"] if s["codec_type"] == "video")
    sound = any(s["codec_type"] == "audio" for s in facts["streams"])
    return video["width"], video["height"], float(facts["format"]["duration"]), sound


def shown_row(program: Program, job_id: str) -> str:
    """What the queue's row says, as a screen reader hears it."""
    view = program.window.queue.list
    model = view.model()
    index = model.index_of(job_id)  # type: ignore[attr-defined]
    return str(model.data(index, Qt.ItemDataRole.AccessibleTextRole))


async def use_window(program: Program, made: dict[str, Case], rows: dict[str, str]) -> None:
    """Set each control in turn and press Generate; ``made`` maps job ids to cases."""
    compose = program.window.compose
    program.window.resize(1600, 1000)
    await driver.ready(program)
    await driver.until(lambda: not program.bridge.status.model.frames_guessed, "the schema")
    # The suite's own haste: the service's real limit would make this test wait for minutes.
    program.engine.session.budget.per_minute = 6000
    compose.form.more.set_open(True)
    for case in cases():
        if case.field not in ("start_frame", "end_frame"):
            compose.set_request(dataclasses.replace(BASE, prompt=case.name))
            set_control(compose.form, case)
        else:
            slot = FrameSlot.START if case.field == "start_frame" else FrameSlot.END
            if case.field == "start_frame":
                compose.set_request(dataclasses.replace(BASE, prompt=case.name))
            driver.drop_file(compose.frames.wells[slot], case.value)
            await driver.until(lambda: compose.frames.frame(slot), "the picture")  # noqa: B023
        before = set(program.bridge.jobs)
        driver.press_generate(program)
        await driver.until(lambda: set(program.bridge.jobs) - before, case.name)  # noqa: B023
        (job_id,) = set(program.bridge.jobs) - before
        made[job_id] = case
        rows[job_id] = shown_row(program, job_id)
    await until_all_are_saved(program)


async def until_all_are_saved(program: Program) -> None:
    """Raises AssertionError, naming what is left and why.

    Where the answers come quicker than the jobs, a second's price makes longer ones look dearer
    than what they were asked for at: the user goes on.
    """
    bridge = program.bridge

    def left() -> list[Job]:
        hold = bridge.status.hold
        if hold is not None and hold.reason is HoldReason.COST:
            bridge.resume()
        return [job for job in bridge.jobs.values() if job.state is not JobState.SAVED]

    try:
        await driver.until(lambda: not left(), "every clip", 200)
    except TimeoutError:
        hold = bridge.status.hold
        told = [(job.request.prompt, str(job.state), job.problem) for job in left()]
        raise AssertionError(f"hold: {hold}; left: {told}") from None


def check_clip(job: Job) -> None:
    """Size, length and sound are what was asked for."""
    assert job.clip is not None
    width, height, seconds, sound = probed(job.clip.path)
    request = job.request
    if request.start_frame is None:
        assert (width, height) == pixel_size(request.resolution, request.aspect_ratio)
    else:
        assert (width, height) == (576, 360)
    assert abs(seconds - request.duration_s) <= 0.12
    assert sound is request.audio
    assert (job.clip.width, job.clip.height, job.clip.has_audio) == (width, height, sound)


def check_case(job: Job, case: Case, stored: ClipRequest, body: dict[str, Any], row: str) -> None:
    """One value, at every station."""
    assert job.request == stored
    if case.field in ("start_frame", "end_frame"):
        assert stored.get(case.field) is not None
        assert body[case.key]["media_type"] == case.sent
        assert "aspect_ratio" not in body
    else:
        assert stored.get(case.field) == case.value
        assert body.get(case.key) == case.sent
        assert body["aspect_ratio"] == stored.aspect_ratio
    assert body["seed"] == stored.seed
    assert f"{stored.duration_s} s" in row
    assert stored.resolution in row
    assert stored.prompt.split("\n")[0] in row
    if stored.style != "none":
        assert label_for(stored.style) in row or stored.style in row
    check_clip(job)


@dataclasses.dataclass(frozen=True)
class Stations:
    """What one case left at every station."""

    job: Job
    stored: ClipRequest
    body: dict[str, Any]
    row: str


@dataclasses.dataclass(frozen=True)
class Run:
    """The window used once for every case."""

    stations: dict[str, Stations]
    charges: int
    keys_at_the_media_host: int


def stock_clips(folder: Path) -> None:
    """The long clips, plain, where the simulator looks for those it may share: it still chooses by
    what it was asked for, but painting two minutes of pictures takes longer than all the rest."""
    folder.mkdir(parents=True)
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:s=640x360:r=24:d=15"]
    command += ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono"]
    for seconds in range(2, PIXVERSE_V6.range("duration_s").maximum + 1):
        command += ["-map", "0:v", "-map", "1:a", "-t", str(seconds), "-c:v", "libx264"]
        command += ["-preset", "ultrafast", "-c:a", "aac", "-f", "mp4"]
        command += [str(folder / f"cached-640x360-{seconds}-1.clip")]
    subprocess.run(command, check=True)


def run_window(folder: Path) -> Run:
    """Use the window, then read what is left."""
    made: dict[str, Case] = {}
    jobs: dict[str, Job] = {}
    shown: dict[str, str] = {}

    async def script(program: Program) -> None:
        program.commands.apply_settings(dataclasses.replace(program.settings, jobs_at_a_time=20))
        await use_window(program, made, shown)
        jobs.update(program.bridge.jobs)

    stock_clips(folder / "service" / "clips")
    with SimulatorProcess(folder / "service", workers=2) as simulator:
        simulator.settings(render="cached")
        driver.drive(script, folder / "data", fixed=custom_origin(simulator.api_url))
        bodies = {r["body"]["seed"]: r["body"] for r in simulator.requests("api") if r.get("body")}
        charges = len(simulator.ledger())
        keys = sum(r["has_authorization"] for r in simulator.requests("media"))
    stations = {}
    for job_id, stored in stored_requests(folder / "data").items():
        body = bodies[stored.seed]
        stations[made[job_id].name] = Stations(jobs[job_id], stored, body, shown[job_id])
    return Run(stations, charges, keys)


def stored_requests(data: Path) -> dict[str, ClipRequest]:
    """What the database holds, by the jobs' ids."""
    with sqlite3.connect(data / "pixverse.db") as database:
        rows = database.execute("SELECT id, data FROM jobs").fetchall()
    database.close()
    return {row[0]: request_from_json(json.loads(row[1])["request"]) for row in rows}


@pytest.mark.timeout(300)
def test_every_legal_value_from_control_to_clip(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    run = run_window(tmp_path)
    assert run.charges == len(run.stations) == len(cases())
    assert run.keys_at_the_media_host == 0
    wrong: dict[str, str] = {}
    for case in cases():
        there = run.stations[case.name]
        try:
            check_case(there.job, case, there.stored, there.body, there.row)
        except AssertionError as error:
            wrong[case.name] = str(error)
    assert wrong == {}
