"""Another model: its form, what is carried over, what waits for the way back, what is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pixverse_desktop.api import wire
from pixverse_desktop.api.prices import listed_models
from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6, any_model
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.simulator.catalogue import MODELS
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel

LISTED = tuple(listed_models({"models": [model.entry() for model in MODELS.values()]}))


def model(model_id: str) -> ModelSpec:
    entry = MODELS[model_id]
    answer = {**entry.entry(), "requestSchema": entry.schema()}
    found = wire.model_of(answer, base=any_model(model_id, entry.name))
    assert found is not None
    return found


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> ComposePanel:
    made = ComposePanel(context)
    qtbot.addWidget(made)
    made.resize(420, 900)
    made.show()
    return made


@pytest.mark.parametrize("model_id", MODELS)
def test_the_form_is_that_of_the_model(panel: ComposePanel, model_id: str) -> None:
    spec = model(model_id)
    panel.set_model(spec)
    rows = {name for name, row in panel.form.rows.items() if not row.isHidden()}
    named = {s.name for s in spec.offered()} - {"prompt", "start_frame", "end_frame"}
    assert rows == named
    assert not {"webhook_url"} & rows
    assert panel.form.prompt.isVisible() is spec.offers("prompt")
    pictures = spec.offers("start_frame") or spec.offers("end_frame")
    assert panel.frames.isVisible() is pictures
    request = panel.request()
    assert request.model == model_id
    for needed in (s for s in spec.offered() if s.required and s.name in panel.form.rows):
        row = panel.form.rows[needed.name]
        assert row.isVisible()
        assert row.label.text().endswith(" *") is (needed.rule.default in (None, ""))
    for wrong in violations(request, spec):
        needed = spec.get(wrong.field)
        assert needed is not None
        assert needed.required  # only what nobody has given yet


def test_what_fits_is_carried_over_and_the_rest_waits_for_the_way_back(
    panel: ComposePanel,
) -> None:
    asked = ClipRequest(
        "a fox", resolution="1080p", duration_s=10, aspect_ratio="9:16", style="clay", seed=7,
        audio=False,
    )  # fmt: skip
    panel.set_request(asked)
    panel.set_model(model("wan-2-5"))
    now = panel.request()
    assert (now.prompt, now.resolution, now.duration_s) == ("a fox", "1080p", 10)
    assert (now.aspect_ratio, now.seed, now.audio) == ("9:16", 7, False)
    assert "style" not in now.values
    assert "style" in panel.model.note.text()
    panel.form.prompt.set_text("a fox in snow")
    panel.set_model(PIXVERSE_V6)
    assert panel.request() == asked.changed(prompt="a fox in snow")
    assert panel.model.note.text() == ""


def test_a_prompt_survives_a_model_without_one(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("a fox", style="clay", seed=7))
    for model_id in ("sync-speech", "seedance-story"):
        panel.set_model(model(model_id))
    assert panel.request().prompt == "a fox"
    panel.set_model(PIXVERSE_V6)
    assert (panel.request().prompt, panel.request().style) == ("a fox", "clay")


def test_a_picture_for_a_model_that_takes_none_is_not_said_to_be_used(panel: ComposePanel) -> None:
    panel.set_model(model("seedance-story"))
    assert "takes no such frame" in panel.frame_note("start", "fox.png")
    panel.set_model(PIXVERSE_V6)
    assert panel.frame_note("end", "fox.png") == "End frame: fox.png."


def test_a_length_that_the_model_has_not_becomes_the_nearest(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("a fox", duration_s=8))
    panel.set_model(model("kling-v2-1-pro"))
    assert panel.request().duration_s in (5, 10)


def test_a_clip_of_another_model_is_shown_when_its_rules_are_here(
    panel: ComposePanel, context: UiContext
) -> None:
    asked = ClipRequest(
        "a fox", model="kling-v2-1-pro", values={"duration_s": 10, "cfg_scale": 0.9}
    )
    panel.set_request(asked)
    assert context.bridge.calls == [("choose_model", "kling-v2-1-pro")]
    assert panel.request().prompt == "a fox"
    panel.set_model(model("kling-v2-1-pro"))
    found = panel.request()
    assert (found.duration_s, found.get("cfg_scale")) == (10, 0.9)


def test_what_was_typed_meanwhile_is_not_replaced(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("a fox", model="kling-v2-1-pro", values={"duration_s": 10}))
    panel.form.prompt.set_text("an owl")
    panel.set_model(model("kling-v2-1-pro"))
    assert panel.request().prompt == "an owl"


def test_the_list_is_searched_and_chosen_by_keyboard(
    panel: ComposePanel, context: UiContext, qtbot: QtBot
) -> None:
    panel.model.button.setFocus()
    QTest.keyClick(panel.model.button, Qt.Key.Key_Space)
    popup = panel.model._popup
    assert popup is not None
    qtbot.waitUntil(popup.isVisible)
    context.bridge.answers.pop()(LISTED)
    QTest.keyClicks(popup.search, "wan")
    assert popup.list.model().rowCount() == 1
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert ("choose_model", "wan-2-5") in context.bridge.calls
    assert not popup.isVisible()


def test_a_list_that_cannot_be_read_is_said(panel: ComposePanel, context: UiContext) -> None:
    panel.model.open_list()
    context.bridge.answers.pop()(problem(ProblemCode.OFFLINE))
    assert "cannot be read" in panel.model.note.text()
    assert panel.model._popup is not None
    panel.model._popup.hide()


def test_the_price_is_that_of_the_model(panel: ComposePanel, context: UiContext) -> None:
    spec = model("kling-v2-1-pro")
    context.bridge.status = replace(context.bridge.status, model=spec)
    panel.set_status(context.bridge.status)
    assert panel.cost.button.price() == "10 credits"
    panel.form.field("duration_s").set_value(10)
    assert panel.cost.button.price() == "20 credits"
