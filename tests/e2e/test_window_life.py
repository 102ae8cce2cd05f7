"""The window's life: killed and started again, a key added, closed with work under way."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest

from pixverse_desktop import app
from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import Origin, OriginKind, custom_origin
from pixverse_desktop.services.application import KeyOutcome
from tests.show import driver
from tests.support.fake_inhibitor import FakeInhibitor
from tests.support.simulator_process import SimulatorProcess


def run_driver(what: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.e2e.kill_driver", what, str(data_dir)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_a_killed_app_gets_its_clip_and_pays_once(data_dir: Path) -> None:
    assert run_driver("start", data_dir).returncode == -9
    assert not list(data_dir.rglob("*.mp4"))
    finished = run_driver("finish", data_dir)
    assert finished.stdout.strip() == "['saved']", finished.stderr
    assert len(list(data_dir.rglob("*.mp4"))) == 1
    ledger = (data_dir / "simulator" / "ledger.jsonl").read_text().splitlines()
    assert len([json.loads(line)["jobId"] for line in ledger]) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep awake otherwise")
def test_a_killed_app_lets_the_computer_sleep(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    inhibitor = FakeInhibitor(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    ended = run_driver("awake", data_dir)
    assert ended.returncode == -9, ended.stderr
    until = time.monotonic() + 10
    while inhibitor.events() != ["start", "end"] and time.monotonic() < until:
        time.sleep(0.01)
    assert inhibitor.events() == ["start", "end"]
    assert key not in str(inhibitor.notes())


def test_a_demo_job_is_never_sent_elsewhere_when_a_key_is_added(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Origin(OriginKind.PIXELDOJO, "https://pixeldojo.ai", simulator.api_url)
    monkeypatch.setattr(app, "pixeldojo_origin", lambda: real)
    before = len(simulator.ledger())
    outcomes: list[KeyOutcome] = []

    async def script(program: Program) -> None:
        program.fixed = None  # as without --demo: the settings choose
        await driver.ready(program)
        program.bridge.pause()
        program.window.compose.form.prompt.setPlainText("queued on the demo")
        driver.press_generate(program)
        await driver.until(lambda: program.bridge.jobs, "the queued job")
        program.commands.set_key(key, outcomes.append)
        await driver.until(
            lambda: (
                program.bridge.status.origin == real
                and program.bridge.status.connection.value == "online"
            ),
            "the real service",
        )
        program.bridge.resume()
        program.window.compose.form.prompt.setPlainText("made at the real service")
        driver.press_generate(program)
        await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the real clip")
        (waiting,) = driver.jobs_in(program, JobState.QUEUED)
        assert (waiting.origin, waiting.request.prompt) == ("demo", "queued on the demo")

    driver.drive(script, data_dir)
    assert outcomes == [KeyOutcome(True, "session", None)]
    charges = simulator.ledger()[before:]
    assert [charge["input"]["prompt"] for charge in charges] == ["made at the real service"]
    assert (data_dir / "simulator" / "ledger.jsonl").read_text() == ""


def test_closing_with_work_under_way_is_quick_and_loses_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    simulator.settings(min_job_s=3)
    origin = custom_origin(simulator.api_url)
    before = len(simulator.ledger())
    took: list[float] = []

    async def first(program: Program) -> None:
        program.commands.apply_settings(dataclasses.replace(program.settings, jobs_at_a_time=1))
        await driver.ready(program)
        for n in range(2):
            program.window.compose.form.prompt.setPlainText(f"closing {n}")
            driver.press_generate(program)
            await driver.until(lambda: len(program.bridge.jobs) == n + 1, "a job")  # noqa: B023
        await driver.until(lambda: driver.jobs_in(program, JobState.ACCEPTED), "one accepted")
        event = QCloseEvent()
        program.window.closeEvent(event)
        assert not event.isAccepted()
        took.append(time.monotonic())

    async def second(program: Program) -> None:
        await driver.until(lambda: len(driver.jobs_in(program, JobState.SAVED)) == 2, "both clips")
        assert len(program.bridge.jobs) == 2

    driver.drive(first, data_dir, fixed=origin)
    assert time.monotonic() - took[0] < 4
    simulator.settings(min_job_s=0)
    driver.drive(second, data_dir, fixed=origin)
    assert len(simulator.ledger()) == before + 2


def test_a_pasted_picture_becomes_a_clip(data_dir: Path) -> None:
    async def script(program: Program) -> None:
        await driver.ready(program)
        picture = QImage(400, 300, QImage.Format.Format_RGB32)
        picture.fill(0xFF8040)
        QGuiApplication.clipboard().setImage(picture)
        compose = program.window.compose
        compose.form.prompt.setFocus()
        QTest.keyClick(compose.form.prompt, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        await driver.until(lambda: compose.request().start_frame, "the pasted picture")
        compose.set_request(
            dataclasses.replace(compose.request(), prompt="pasted", resolution="360p", duration_s=1)
        )
        driver.press_generate(program)
        await driver.until(lambda: driver.jobs_in(program, JobState.SAVED), "the clip")
        (job,) = driver.jobs_in(program, JobState.SAVED)
        assert job.clip is not None
        assert (job.clip.width, job.clip.height) == (480, 360)
        assert program.bridge.status.credits == 500 - job.credit_cost

    driver.drive(script, data_dir)


def test_the_form_and_sizes_are_remembered(data_dir: Path) -> None:
    async def first(program: Program) -> None:
        program.window.compose.form.prompt.setPlainText("remember me")
        program.window.compose.form.field("duration_s").set_value(9)
        await asyncio.sleep(0.1)
        program.window.save_state()

    async def second(program: Program) -> None:
        request = program.window.compose.request()
        assert (request.prompt, request.duration_s) == ("remember me", 9)

    driver.drive(first, data_dir)
    driver.drive(second, data_dir)


def test_version_and_help_need_no_screen() -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "QT_QPA_PLATFORM")}
    for flag in ("--version", "--help"):
        command = [sys.executable, "-m", "pixverse_desktop", flag]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0
        assert "pixverse-desktop" in done.stdout
