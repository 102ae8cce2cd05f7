"""The form: what it holds, what it refuses, what it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.spending import Period
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED, PIXVERSE_V6
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import Choice, Flag, IntRange, Text
from pixverse_desktop.core.service import Budget, pixeldojo_origin
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.compose.panel import ComposePanel
from tests.support.factories import demo_status
from tests.support.window_fakes import make_context

FOX = Frame(FrameKind.FILE, "fox.jpg", 1920, 1200, "fox.png")
FULL = ClipRequest(
    prompt="A fox",
    resolution="1080p",
    duration_s=12,
    aspect_ratio="9:16",
    negative_prompt="",
    seed=MAX_SEED,
    audio=False,
    thinking="disabled",
    multi_clip=True,
    style="clay",
    start_frame=FOX,
    end_frame=replace(FOX, value="end.jpg"),
)


@pytest.fixture
def panel(qtbot: QtBot, context: UiContext) -> ComposePanel:
    made = ComposePanel(context)
    qtbot.addWidget(made)
    made.resize(336, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_a_new_form_is_the_models_default(panel: ComposePanel) -> None:
    assert panel.request() == default_request(PIXVERSE_V6)
    assert not any(row.reset_button.isVisible() for row in panel.form.rows.values())


def test_every_field_survives_the_round_trip(panel: ComposePanel) -> None:
    panel.set_request(FULL)
    assert panel.request() == FULL


def test_reset_buttons_appear_and_take_one_field_back(panel: ComposePanel) -> None:
    panel.form.more.set_open(True)
    panel.set_request(replace(FULL, start_frame=None, end_frame=None))
    for name, row in panel.form.rows.items():
        assert row.reset_button.isVisible(), name
        row.reset_button.click()
        assert panel.request().get(name) == default_request(PIXVERSE_V6).get(name)
        assert not row.reset_button.isVisible()


def test_generate_hands_over_a_snapshot_and_keeps_the_form(
    panel: ComposePanel, qtbot: QtBot
) -> None:
    panel.set_request(FULL)
    with qtbot.waitSignal(panel.generate_requested) as heard:
        panel.cost.button.click()
    assert heard.args == [FULL]
    assert panel.request() == FULL


def test_a_double_click_is_one_clip(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("A fox"))
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    QTest.mouseClick(panel.cost.button, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(panel.cost.button, Qt.MouseButton.LeftButton)
    assert len(heard) == 1


def test_an_empty_prompt_is_focused_and_told(panel: ComposePanel) -> None:
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.cost.button.click()
    assert heard == []
    assert QApplication.focusWidget() is panel.form.prompt
    assert panel.form.prompt.property("invalid") is True
    assert "the prompt is empty" in visible_text(panel)
    panel.form.prompt.insertPlainText("A fox")
    assert panel.form.prompt.property("invalid") is False


def test_a_violation_behind_the_fold_is_opened(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("A fox", negative_prompt="x" * 2049))
    panel.cost.button.click()
    assert panel.form.more.is_open()
    assert QApplication.focusWidget() is panel.form.field("negative_prompt")
    assert "2,049 characters" in visible_text(panel)


def test_a_long_prompt_is_noted_then_refused(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("x" * 2049))
    assert "2,048 characters" in visible_text(panel)
    assert panel.cost.button.isEnabled()
    panel.form.prompt.set_text("x" * 5001)
    assert "1 character too many" in visible_text(panel)
    heard: list[object] = []
    panel.generate_requested.connect(heard.append)
    panel.cost.button.click()
    assert heard == []


def test_a_million_characters_are_cut_at_the_limit_and_said(panel: ComposePanel) -> None:
    mime = QMimeData()
    mime.setText("fox " * 250_000)
    panel.form.prompt.insertFromMimeData(mime)
    assert len(panel.request().prompt) == 5000
    assert "was cut at the limit of 5,000" in visible_text(panel)


def test_characters_that_cannot_be_sent_are_left_out_and_said(panel: ComposePanel) -> None:
    mime = QMimeData()
    mime.setText("a\0b")
    panel.form.prompt.insertFromMimeData(mime)
    assert panel.request().prompt == "ab"
    assert "left out" in visible_text(panel)


def test_pasting_over_a_selection_counts_what_it_replaces(panel: ComposePanel) -> None:
    panel.set_request(ClipRequest("x" * 5000))
    panel.form.prompt.selectAll()
    mime = QMimeData()
    mime.setText("y" * 5000)
    panel.form.prompt.insertFromMimeData(mime)
    assert panel.request().prompt == "y" * 5000
    assert "was cut" not in visible_text(panel)


@pytest.mark.parametrize("as_pixmap", [False, True])
def test_an_image_pasted_into_the_prompt_becomes_a_frame(
    panel: ComposePanel, context: UiContext, *, as_pixmap: bool
) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    if as_pixmap:
        QGuiApplication.clipboard().setPixmap(QPixmap.fromImage(image))
    else:
        QGuiApplication.clipboard().setImage(image)
    panel.form.prompt.setFocus()
    QTest.keySequence(panel.form.prompt, "Ctrl+V")
    assert panel.request().start_frame is not None
    assert context.commands.prepared[0].data.startswith(b"\x89PNG")
    assert panel.request().prompt == ""


def test_a_start_frame_takes_over_the_shape_and_says_so(panel: ComposePanel) -> None:
    panel.set_request(replace(FULL, resolution="720p", end_frame=None))
    assert not panel.form.field("aspect_ratio").isEnabled()
    assert panel.form.field("aspect_ratio").placeholderText() == "16:10, from the start frame"
    assert panel.cost.clip.text() == "≈ 1152×720 · 12 s · no sound"
    panel.frames.wells["start"].clear_button.click()
    assert panel.form.field("aspect_ratio").isEnabled()
    assert panel.form.field("aspect_ratio").value() == "9:16"
    assert panel.cost.clip.text() == "≈ 720×1280 · 12 s · no sound"


def test_several_shots_with_both_frames_get_a_hint(panel: ComposePanel) -> None:
    panel.set_request(FULL)
    assert "several shots may be ignored" in visible_text(panel)
    panel.form.field("multi_clip").click()
    assert "several shots may be ignored" not in visible_text(panel)


def test_a_guessed_frame_field_is_told_before_spending(panel: ComposePanel) -> None:
    panel.set_request(FULL)
    assert panel.cost.note.text() == ""  # nobody has looked yet
    panel.set_model(replace(PIXVERSE_V6, schema_unread=True))
    assert "is a guess" in panel.cost.note.text()
    panel.set_model(replace(PIXVERSE_V6, frames_guessed=False))
    assert panel.cost.note.text() == ""


def test_duration_by_keyboard(panel: ComposePanel) -> None:
    slider = panel.form.field("duration_s").slider
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert panel.request().duration_s == 6
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert panel.request().duration_s == 15
    assert "15 s" in panel.cost.clip.text()


def test_resolution_by_keyboard(panel: ComposePanel) -> None:
    panel.focus_field("resolution")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert panel.request().resolution == "1080p"


def test_seed_takes_digits_only_and_never_changes_by_itself(panel: ComposePanel) -> None:
    seed = panel.form.seed
    panel.form.prompt.set_text("A fox")
    for typed in ("-12a3", "12.5", "12,5", "1 2", "-5", "١٢"):
        seed.edit.clear()
        seed.edit.insert(typed)
        sent: list[ClipRequest] = []
        panel.generate_requested.connect(sent.append)
        panel.cost.button.click()
        assert (seed.edit.text(), len(sent)) == (typed, 0)
        assert "0 to 2147483647" in visible_text(panel)
    seed.edit.clear()
    QTest.keyClicks(seed.edit, "1234567890")
    panel.cost.button.click()
    assert panel.request().seed == 1234567890
    seed.set_value(MAX_SEED + 1)
    panel.cost.button.click()
    assert QApplication.focusWidget() is seed.edit
    assert "0 to 2147483647" in visible_text(panel)


def test_dice_and_lock(panel: ComposePanel) -> None:
    seed = panel.form.seed
    assert panel.request().seed is None
    panel.remember_seed(77)
    assert panel.request().seed is None
    seed.lock_button.click()
    assert panel.request().seed == 77
    seed.lock_button.click()
    assert panel.request().seed is None
    assert not seed.lock_button.isChecked()
    seed.dice_button.click()
    assert panel.request().seed is not None
    assert seed.lock_button.isChecked()


def test_new_rules_just_appear_and_legal_values_stay(panel: ComposePanel) -> None:
    panel.set_request(replace(FULL, start_frame=None, end_frame=None))
    panel.set_model(
        PIXVERSE_V6.with_rules(
            prompt=Text(100),
            duration_s=IntRange(2, 10, 4),
            style=Choice(("none", "clay", "oil_paint"), "none"),
            resolution=Choice(("360p", "720p"), "360p"),
        )
    )
    request = panel.request()
    assert (request.style, request.duration_s, request.resolution) == ("clay", 10, "360p")
    words = [panel.form.field("style").itemText(i) for i in range(3)]
    assert words == ["None", "Clay", "Oil paint"]
    assert request.prompt == "A fox"


def test_a_value_at_the_old_default_follows_the_new_one(panel: ComposePanel) -> None:
    panel.set_model(PIXVERSE_V6.with_rules(duration_s=IntRange(1, 15, 8), audio=Flag(False)))
    assert panel.request().duration_s == 8
    assert not panel.request().audio


LACKING = PIXVERSE_V6.without(
    "duration_s", "style", "multi_clip", "negative_prompt", "thinking"
).changed(aspect_ratio={"wire": "aspectRatio"}, audio={"wire": "generateAudio"})


def test_what_the_model_lacks_is_not_offered_and_not_claimed(panel: ComposePanel) -> None:
    panel.set_model(LACKING)
    shown = {name for name, row in panel.form.rows.items() if row.isVisible()}
    assert shown == {"resolution", "aspect_ratio", "audio", "seed"}
    assert not panel.form.more.isVisible()
    assert panel.cost.clip.text() == "≈ 1280×720 · sound"
    panel.set_model(LACKING.without(*(s.name for s in LACKING.parameters if s.name != "prompt")))
    assert panel.cost.clip.text() == ""
    panel.set_model(PIXVERSE_V6)
    assert all(row.field.isEnabled() for row in panel.form.rows.values())
    assert panel.cost.clip.text() == "≈ 1280×720 · 5 s · sound"


def test_what_was_asked_for_before_is_not_dropped_in_silence(panel: ComposePanel) -> None:
    asked: list[ClipRequest] = []
    panel.generate_requested.connect(asked.append)
    panel.form.fill(
        replace(default_request(PIXVERSE_V6), prompt="A fox", duration_s=12, aspect_ratio="9:16")
    )
    panel.set_model(LACKING)
    row = panel.form.rows["duration_s"]
    assert row.isVisible()
    assert not row.field.isEnabled()
    assert row.error.text() == "This model has no setting for duration."
    panel.generate()
    assert asked == []
    row.reset_button.click()
    assert not row.isVisible()
    panel.generate()
    assert [request.aspect_ratio for request in asked] == ["9:16"]


def test_only_the_durations_there_are_can_be_chosen(panel: ComposePanel) -> None:
    field = panel.form.field("duration_s")
    panel.set_request(replace(default_request(PIXVERSE_V6), duration_s=7))
    panel.set_model(PIXVERSE_V6.with_rules(duration_s=IntRange(4, 12, 4, (4, 8, 12))))
    assert panel.request().duration_s == 8
    seen = []
    field.slider.setFocus()
    for step in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_PageUp):
        QTest.keyClick(field.slider, step)
        seen.append(panel.request().duration_s)
    assert seen == [12, 12, 4, 8]
    field.set_value(100)
    assert field.value() == 12
    panel.set_model(PIXVERSE_V6)
    assert panel.request().duration_s == 12


def test_the_dice_draw_a_seed_that_the_model_knows(panel: ComposePanel) -> None:
    panel.set_model(PIXVERSE_V6.with_rules(seed=IntRange(5, 6)))
    panel.form.seed.dice_button.click()
    assert panel.request().seed in (5, 6)


def test_a_model_without_start_frame_says_so(panel: ComposePanel) -> None:
    panel.set_request(FULL)
    panel.set_model(PIXVERSE_V6.without("start_frame", "end_frame"))
    well = panel.frames.wells["start"]
    assert not well.isEnabled()
    assert well.accessibleDescription() == "This model takes no start frame"
    assert panel.request().frames() == ()
    assert panel.form.field("aspect_ratio").isEnabled()
    panel.set_model(PIXVERSE_V6)
    assert panel.request() == FULL


@pytest.mark.parametrize(
    ("balance", "words"), [(95, "85 left after"), (None, "10 credits"), (4, "6 credits short")]
)
def test_cost_line(
    panel: ComposePanel, context: UiContext, balance: int | None, words: str
) -> None:
    panel.set_status(demo_status(credits=balance))
    assert panel.cost.balance.text() == words
    assert panel.cost.button.accessibleName() == "Generate, 10 credits"
    context.bridge.status = dearer = demo_status(
        model=replace(PIXVERSE_V6, price=PriceRule(Decimal("12.5")))
    )
    panel.set_status(dearer)
    assert panel.cost.button.price() == "12.5 credits"
    panel.form.fill(replace(FULL, start_frame=None, end_frame=None))
    assert panel.cost.button.price() == "12.5–45 credits"
    assert panel.cost.why.text() == ("Guessed from the listed 12.5 credits for 5 s at 720p.")
    assert panel.cost.why.text() in panel.cost.button.toolTip()
    assert panel.cost.balance.text() == "50 left after"  # 95, at the upper figure
    panel.set_waiting(Decimal("60.5"))
    assert panel.cost.balance.text() == "10.5 credits short"


@pytest.mark.parametrize(
    ("period", "left", "words", "role"),
    [
        (Period.DAY, "60.5", "50.5 left today", "muted"),
        (Period.DAY, "30", "20 left today", "warn"),  # more than 80 % of 100 are spent with it
        (Period.WEEK, "10", "0 left this week", "warn"),
        (Period.MONTH, "4", "6 above this month's limit", "warn"),
        (Period.MONTH, "100", "85 left after", "muted"),
    ],
)
def test_the_smaller_of_balance_and_limit_is_told(
    panel: ComposePanel, period: Period, left: str, words: str, role: str
) -> None:
    budget = Budget(period, Decimal(left), Decimal(100))
    panel.set_status(demo_status(budget=budget))
    assert panel.cost.balance.text() == words
    assert panel.cost.balance.property("role") == role
    panel.set_status(demo_status(credits=None, budget=budget))
    assert panel.cost.balance.text() == words.replace("85 left after", "90 left this month")


def test_a_second_press_within_a_second_does_nothing(qtbot: QtBot, context: UiContext) -> None:
    now = [100.0]
    panel = ComposePanel(context, now=lambda: now[0])
    qtbot.addWidget(panel)
    panel.form.prompt.set_text("A fox")
    sent: list[ClipRequest] = []
    panel.generate_requested.connect(sent.append)
    for now[0] in (100.0, 100.2, 100.9, 101.8):  # held down, each press is one too soon
        panel.generate()
    assert len(sent) == 1
    assert "a moment ago" in panel.cost.note.text()
    panel.form.prompt.set_text("A fox at night")  # no second press of the same
    panel.generate()
    assert len(sent) == 2
    now[0] += 1.1
    panel.generate()
    assert len(sent) == 3


def test_without_a_key_the_reason_stands_in_words(panel: ComposePanel) -> None:
    panel.set_status(demo_status(origin=pixeldojo_origin(), has_key=False))
    assert not panel.cost.button.isEnabled()
    assert "Add your API key" in visible_text(panel)
    panel.set_status(demo_status(origin=pixeldojo_origin(), has_key=True))
    assert panel.cost.button.isEnabled()


def test_while_a_picture_is_read_generate_waits(qtbot: QtBot) -> None:
    context = make_context(at_once=False)
    panel = ComposePanel(context)
    qtbot.addWidget(panel)
    panel.set_frame_source("start", FrameSource(path="/fox.png", label="fox.png"))
    assert not panel.cost.button.isEnabled()
    context.workers.run_all()
    assert panel.cost.button.isEnabled()
    assert panel.request().start_frame is not None


@pytest.mark.parametrize("width", [280, 336, 600])
def test_nothing_is_wider_than_the_panel(panel: ComposePanel, width: int) -> None:
    panel.set_request(FULL)
    panel.form.more.set_open(True)
    panel.resize(width, 700)
    QApplication.sendPostedEvents()
    for row in panel.form.rows.values():
        right = row.field.mapTo(panel, row.field.rect().topRight()).x()
        assert right <= width - 6, row.name


def visible_text(panel: ComposePanel) -> str:
    """Everything the panel's labels show."""
    return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
