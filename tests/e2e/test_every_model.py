"""A clip with each of the service's models, from the real window and by its keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pixverse_desktop.app import Program
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.simulator.catalogue import MODELS
from pixverse_desktop.ui.compose.clip_field import ClipField
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.rows_field import RowsField
from tests.show import driver
from tests.support.simulator_process import ROOT, SimulatorProcess

PICTURE = ROOT / "resources" / "demo" / "start.jpg"
TYPED: dict[str, dict[str, str]] = {
    "pixverse-v6": {},
    "kling-v2-1-pro": {"cfg_scale": "0.7"},
    "wan-2-5": {},
    "seedance-story": {"multi_prompt": "a"},
    "vidu-reference": {},
    "lucy-extend": {"video_url": "https://127.0.0.1:9/a.mp4", "video_duration": "4"},
    "sync-speech": {"script": "Good day"},
}


def test_none_is_forgotten() -> None:
    assert set(TYPED) == {"pixverse-v6", *MODELS}


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    QTest.keySequence(field, "Ctrl+A")
    QTest.keyClicks(field, text)


async def choose(program: Program, model_id: str) -> None:
    """The model control: Space, the name, Enter."""
    field = program.window.compose.model
    if program.bridge.status.model.id == model_id:
        return
    field.button.setFocus()
    QTest.keyClick(field.button, Qt.Key.Key_Space)
    popup = field._popup
    assert popup is not None
    name = MODELS[model_id].name if model_id in MODELS else "PixVerse"
    await driver.until(lambda: any(name in one for one in popup._entries.values()), name)
    QTest.keyClicks(popup.search, name)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    await driver.until(lambda: program.window.compose.request().model == model_id, model_id)
    # A window manager gives the keys back to the window when a popup closes; there is none here.
    program.window.activateWindow()
    await driver.until(program.window.isActiveWindow, "the window's turn")


async def fill(program: Program, model_id: str) -> None:
    """What the model requires, and one thing that only it has."""
    compose = program.window.compose
    compose.form.more.set_open(True)
    if compose.form.prompt.isVisible() and program.bridge.status.model.offers("prompt"):
        type_into(compose.form.prompt, f"a clip of {model_id}")
    for name, text in TYPED[model_id].items():
        field = compose.form.field(name)
        if isinstance(field, RowsField):
            QTest.keyClick(field.add_button, Qt.Key.Key_Space)
            type_into(field.cards[0].fields["duration"], "2")
            field = field.cards[0].fields["prompt"]
        if isinstance(field, ClipField):
            type_into(field.line, text)
            await driver.until(program.window.compose.form.is_measuring, "the last letter")
            await driver.until(field.note.isVisible, "that nobody can measure it", 60)
            continue
        type_into(field, text)
    spec = program.bridge.status.model.get("start_frame")
    if spec is not None and spec.required:
        driver.drop_file(compose.frames.wells[FrameSlot.START], PICTURE)
        await driver.until(lambda: compose.frames.frame(FrameSlot.START), "the picture")
    if model_id == "vidu-reference":
        pictures: Any = compose.form.field("reference_urls")
        clipboard = QApplication.clipboard()
        clipboard.setImage(QImage(str(PICTURE)))
        pictures.add_button.setFocus()
        QTest.keySequence(pictures.add_button, "Ctrl+V")
        await driver.until(
            lambda: pictures.value() or pictures.error.text(), "the pasted picture", 10
        )
        assert pictures.value(), pictures.error.text()


@pytest.mark.timeout(240)
def test_a_clip_of_each_model_by_keyboard(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIXELDOJO_API_KEY", key)
    made: dict[str, Job] = {}

    async def script(program: Program) -> None:
        program.window.resize(1600, 1000)
        await driver.ready(program)
        await driver.until(lambda: not program.bridge.status.model.frames_guessed, "the schema")
        assert program.engine is not None
        program.engine.session.budget.per_minute = 6000  # the suite's own haste
        for model_id in TYPED:
            await choose(program, model_id)
            await fill(program, model_id)
            before = set(program.bridge.jobs)
            driver.press_generate(program)
            compose = program.window.compose
            said = {n: row.error.text() for n, row in compose.form.rows.items() if row.error.text()}
            what = f"{model_id}: {said} {program.window.notice_strip.label.text()}"
            await driver.until(lambda: set(program.bridge.jobs) - before, what)  # noqa: B023
        await driver.until(
            lambda: len(driver.jobs_in(program, JobState.SAVED)) == len(TYPED), "every clip", 120
        )
        made.update({job.request.model: job for job in program.bridge.jobs.values()})

    with SimulatorProcess(tmp_path / "service") as simulator:
        simulator.settings(render="cached", billing="metered")
        driver.drive(script, tmp_path / "data", fixed=custom_origin(simulator.api_url))
        charges = {c["jobId"]: c for c in simulator.ledger()}
        paths = [r["path"] for r in simulator.requests("api") if r["path"].endswith("/run")]
    assert set(made) == set(TYPED)
    assert sorted(paths) == sorted(f"/api/v1/models/{model_id}/run" for model_id in TYPED)
    for model_id, job in made.items():
        sent = charges[job.remote_id]["input"]
        assert float(job.credit_cost or 0) == charges[job.remote_id]["amount"]
        assert "webhook_url" not in sent
        for name, text in TYPED[model_id].items():
            if isinstance(sent[name], list):
                assert sent[name] == [{"prompt": text, "duration": 2}]
                continue
            assert str(sent[name])[:1] in text or str(sent[name]) in text
