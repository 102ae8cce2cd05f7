"""A clip that is given to a model: its address and the seconds that the service is to be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.api.wire import model_of
from pixverse_desktop.core.jobs.job import Clip
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6, any_model
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.simulator.catalogue import MODELS
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.clip_field import ClipField
from pixverse_desktop.ui.compose.panel import ComposePanel
from tests.support.factories import make_job
from tests.support.window_fakes import FakeBus, FakeCommands, FakeWorkers, make_context

LINK = "https://example.com/a.mp4"


def extend() -> ModelSpec:
    found = model_of({"schema": MODELS["lucy-extend"].schema()}, base=any_model("lucy-extend"))
    assert found is not None
    return found


class Driven:
    """The panel with its fakes."""

    def __init__(self, context: UiContext) -> None:
        self.panel = panel = ComposePanel(context)
        self.workers: FakeWorkers = context.workers
        self.bus: FakeBus = context.bridge
        self.commands: FakeCommands = context.commands
        self.asked: list[ClipRequest] = []
        panel.generate_requested.connect(self.asked.append)

    @property
    def field(self) -> ClipField:
        found = self.panel.form.field("video_url")
        assert isinstance(found, ClipField)
        return found

    @property
    def length(self) -> object:
        return self.panel.request().get("video_duration")

    def paste(self, link: str) -> None:
        self.field.line.selectAll()
        self.field.line.insert(link)
        if self.field.timer.isActive():
            self.field.timer.timeout.emit()


@pytest.fixture
def driven(qtbot: QtBot) -> Driven:
    made = Driven(make_context())
    qtbot.addWidget(made.panel)
    made.panel.set_model(extend())
    made.panel.show()
    return made


def test_a_pasted_link_is_measured(driven: Driven) -> None:
    driven.commands.clip_lengths[LINK] = 5.042
    driven.workers.at_once = False
    driven.paste(LINK)
    row = driven.panel.form.rows["video_duration"]
    assert "being measured" in driven.panel.disabled_reason()
    assert not row.field.isEnabled()
    driven.panel.generate()
    assert driven.asked == []
    driven.workers.run_all()
    assert driven.workers.lanes[-1] == "given"  # not the engine's: that host may be slow
    assert (driven.length, row.hint.text()) == (5.042, "Measured from the clip: 5.04 s.")
    assert not row.field.isEnabled()
    assert not row.reset_button.isVisible()
    driven.panel.generate()
    assert driven.asked[0].get("video_url") == LINK
    assert driven.asked[0].get("video_duration") == 5.042


def test_what_cannot_be_measured_is_asked_for(driven: Driven) -> None:
    driven.paste(LINK)
    row = driven.panel.form.rows["video_duration"]
    assert "could not be measured" in driven.field.note.text()
    assert row.field.isEnabled()
    assert row.field.placeholderText() == ""  # no default will do
    assert driven.length is None
    driven.panel.generate()
    assert row.error.text()
    assert driven.asked == []


WHOLE = {"type": "integer", "minimum": 1, "maximum": 15, "default": 5}


@pytest.mark.parametrize(
    ("rule", "seconds", "stated", "fits"),
    [
        (WHOLE, 5.042, 5, True), (WHOLE, 15.04, 15, True), (WHOLE, 5.5, 6, True),
        (WHOLE, 0.04, 1, True), (WHOLE, 40.2, 41, False),
        ({"enum": ["5", "10"]}, 10.04, "10", True), ({"enum": ["5", "10"]}, 8.3, "9", False),
        ({"type": "number"}, 5.0416667, 5.042, True),
    ],
)  # fmt: skip
def test_a_length_that_does_not_fit_is_the_users_to_mend(
    driven: Driven, rule: dict[str, object], seconds: float, stated: object, fits: bool
) -> None:
    schema = MODELS["lucy-extend"].schema()
    schema["properties"]["video_duration"] = rule
    model = model_of({"schema": schema}, base=any_model("lucy-extend"))
    assert model is not None
    driven.panel.set_model(model)
    driven.commands.clip_lengths[LINK] = seconds
    driven.paste(LINK)
    row = driven.panel.form.rows["video_duration"]
    assert driven.length == stated
    assert row.field.isEnabled() is not fits
    driven.panel.generate()
    assert bool(row.error.text()) is not fits
    driven.paste("https://example.com/unknown.mp4")  # cannot be measured
    assert driven.length is None
    assert row.field.isEnabled()


def test_another_link_takes_the_seconds_of_the_first_away(driven: Driven) -> None:
    driven.commands.clip_lengths[LINK] = 5.0
    driven.paste(LINK)
    driven.workers.at_once = False
    driven.paste("https://example.com/b.mp4")
    assert driven.length is None
    driven.paste(LINK + "?late")  # the answer about the one before comes too late
    driven.commands.clip_lengths["https://example.com/b.mp4"] = 9.0
    driven.workers.waiting.pop(0)()
    assert driven.length is None


def test_what_is_no_address_is_refused_and_not_fetched(driven: Driven) -> None:
    driven.paste("/home/me/clip.mp4")
    driven.panel.form.field("video_duration").set_value(4)  # type: ignore[attr-defined]
    driven.panel.generate()
    assert "https://" in driven.panel.form.rows["video_url"].error.text()
    assert "clip_seconds" not in driven.commands.names()
    assert driven.asked == []


def test_a_clip_of_the_library_says_its_length(driven: Driven) -> None:
    clip = Clip("/clips/a.mp4", 100, "", duration_s=5.25)
    job = replace(make_job(1, JobState.SAVED), clip=clip, remote_id="job_1")
    elsewhere = replace(make_job(2, JobState.SAVED), clip=clip, origin="elsewhere")
    driven.bus.status = replace(driven.bus.status, model=extend())
    for one in (job, elsewhere):
        driven.bus.show_job(one)
    driven.bus.links[job.id] = "https://temp.example.com/1.mp4"
    driven.field.choose_button.setFocus()
    QTest.keyClick(driven.field.choose_button, Qt.Key.Key_Space)
    popup = driven.field._popup
    assert popup is not None
    assert list(popup._entries) == [job.id]
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert driven.panel.request().get("video_url") == "https://temp.example.com/1.mp4"
    assert driven.length == 5.25
    assert not driven.panel.form.field("video_duration").isEnabled()
    assert "clip_seconds" not in driven.commands.names()


def test_an_answer_that_comes_too_late_changes_nothing(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = Clip("/clips/a.mp4", 100, "", duration_s=5.25)
    job = replace(make_job(1, JobState.SAVED), clip=clip, remote_id="job_1")
    driven.bus.show_job(job)
    answers = driven.bus.answers
    monkeypatch.setattr(driven.bus, "clip_link", lambda _id, then: answers.append(then))
    driven.field.on_clip_chosen(job.id)
    driven.commands.clip_lengths[LINK] = 9.0
    driven.paste(LINK)
    answers.pop()("https://temp.example.com/1.mp4")
    assert (driven.panel.request().get("video_url"), driven.length) == (LINK, 9.0)
    driven.field.on_clip_chosen(job.id)
    driven.workers.at_once = False
    driven.paste(LINK + "?2")
    driven.panel.set_model(PIXVERSE_V6)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    answers.pop()("https://temp.example.com/1.mp4")
    driven.workers.run_all()
    assert driven.panel.request().model == PIXVERSE_V6.id


def test_a_clip_the_service_no_longer_has_is_said(driven: Driven) -> None:
    clip = Clip("/clips/a.mp4", 100, "", duration_s=5.25)
    driven.bus.show_job(replace(make_job(1, JobState.SAVED), clip=clip, remote_id="job_1"))
    driven.field.on_clip_chosen(make_job(1).id)
    assert "no longer has this clip" in driven.field.note.text()
    assert driven.panel.request().get("video_url") is None
    assert driven.panel.disabled_reason() == ""


def test_a_kept_request_is_shown_and_not_fetched(driven: Driven) -> None:
    request = driven.panel.request().changed(video_url=LINK, video_duration=4.5)
    driven.panel.set_request(request)
    assert driven.panel.request() == request
    assert driven.panel.form.field("video_duration").isEnabled()
    assert "clip_seconds" not in driven.commands.names()
    driven.panel.set_model(PIXVERSE_V6)
    driven.panel.set_model(extend())
    assert driven.panel.request() == request
