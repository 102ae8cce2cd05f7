"""Looks everywhere for the parameters of ``declared_parameters``; a program of its own, since the
declaration has to be there before anything reads it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from pixverse_desktop.api import wire
from pixverse_desktop.api.schema import model_from_schema
from pixverse_desktop.cli.arguments import generate_parser, request_of
from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.clip_metadata import (
    project_from_text,
    project_of,
    project_to_text,
)
from pixverse_desktop.core.jobs.file_name import PLACEHOLDERS, clip_name
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.services.paths import paths_below
from pixverse_desktop.simulator.settings import Settings
from pixverse_desktop.simulator.validation import Checked, check_request
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.jobs.differences import differences
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec
from pixverse_desktop.ui.library.facts import told_parameters
from pixverse_desktop.ui.shell.application import make_application
from tests.gui.declared_parameters import NEW, bundled
from tests.support.window_fakes import RESOURCES, make_context

PICTURE = Frame(FrameKind.URL, "https://example.com/mask.png", label="mask.png")
VALUES: dict[str, object] = {
    "mood": "calm", "tier": "pro", "lens": "long", "cuts": 4, "steps": 250, "guidance": 1.5,
    "loop": True, "mask": PICTURE, "looks": (PICTURE, PICTURE), "plan": [[1]],
    "shots": [{"prompt": "a", "duration": 2}],
}  # fmt: skip
SENT: dict[str, object] = {
    "mood_text": "calm", "tier": 2, "lens_kind": "long", "cut_count": 4, "steps": 250, "cfg_scale": 1.5,
    "loop_video": True, "mask_url": PICTURE.value, "reference_urls": [PICTURE.value] * 2,
    "multi_prompt": [[1]], "shot_list": [{"prompt": "a", "duration": 2}],
}  # fmt: skip
MODEL = bundled.PIXVERSE_V6


def in_the_form() -> ClipRequest:
    """Label, help, control and reset of each; the request that the form makes."""
    panel = ComposePanel(make_context())
    panel.resize(420, 900)
    panel.show()
    panel.form.prompt.set_text("a fox")
    panel.form.more.set_open(True)
    for spec in NEW:
        row = panel.form.rows[spec.name]
        assert row.isVisible(), spec.name
        assert row.label.text() == spec.label
        assert row.label.toolTip() == spec.help
        name = row.focus_stops()[0].accessibleName()
        assert name.startswith(spec.label), (spec.name, name)
        row.field.set_value(VALUES[spec.name])
        assert panel.request().get(spec.name) == VALUES[spec.name], spec.name
        assert row.reset_button.isVisible(), spec.name
        QTest.mouseClick(row.reset_button, Qt.MouseButton.LeftButton)
        assert panel.request().get(spec.name) == spec.rule.default, spec.name
        assert not row.reset_button.isVisible()
        row.field.set_value(VALUES[spec.name])
    asked: list[ClipRequest] = []
    panel.generate_requested.connect(asked.append)
    panel.form.field("guidance").setText("2,5 or so")
    panel.generate()
    assert "0 to 2" in panel.form.rows["guidance"].error.text()
    panel.form.field("guidance").setText("1.5")
    panel.form.field("plan").set_text("[1,")
    panel.generate()
    assert "not JSON" in panel.form.rows["plan"].error.text()
    assert asked == []
    panel.form.field("plan").set_value(VALUES["plan"])
    panel.generate()
    panel.close()
    return asked[0]


def on_the_command_line(folder: Path) -> None:
    parser = generate_parser()
    shown = parser.format_help()
    for option in ("--mood TEXT", "--tier T", "--cuts N", "--guidance N", "--loop", "--mask PATH"):
        assert option in shown, option
    options = parser.parse_args(
        ["--prompt", "a fox", "--mood", "calm", "--tier", "pro", "--cuts", "4", "--loop",
         "--guidance", "1.5", "--mask", PICTURE.value, "--plan", json.dumps(VALUES["plan"]),
         "--shots", json.dumps(VALUES["shots"])]
    )  # fmt: skip
    asked = request_of(options, MODEL, paths_below(folder), print)
    for name in ("mood", "tier", "cuts", "loop", "guidance", "plan", "shots"):
        assert asked.get(name) == VALUES[name], name
    assert asked.get("mask").value == PICTURE.value  # type: ignore[attr-defined]


def in_the_simulator(body: dict[str, object]) -> None:
    """What the service publishes gives the same parameter back, and it takes and refuses values."""
    properties = {
        "mood_text": {"type": "string", "maxLength": 80}, "tier": {"enum": [1, 2], "default": 1},
        "lens_kind": {"enum": ["wide", "long"]},
        "cut_count": {"type": "integer", "minimum": 1, "maximum": 6, "default": 2},
        "steps": {"type": "integer", "minimum": 1, "maximum": 10_000},
        "cfg_scale": {"type": "number", "minimum": 0, "maximum": 2, "default": 0.5},
        "loop_video": {"type": "boolean", "default": False}, "mask_url": {"type": "string"},
        "reference_urls": {"type": "array", "items": {"type": "string"}, "maxItems": 3},
        "multi_prompt": {"type": "array"},
        "shot_list": {"type": "array", "maxItems": 3, "items": {"type": "object", "properties": {
            "prompt": {"type": "string"}, "duration": {"type": "integer"}}}},
    }  # fmt: skip
    settings = Settings(schema_overrides=properties)
    read = model_from_schema(settings.request_schema())
    for spec in NEW:
        assert read.offers(spec.name), spec.name
        assert read.get(spec.name).wire == spec.wire  # type: ignore[union-attr]
    assert isinstance(check_request(body, settings), Checked)
    wrong = check_request({**body, "cut_count": 7}, settings)
    assert isinstance(wrong, list)
    assert wrong[0].path == "cut_count"


def main() -> None:
    folder = Path(sys.argv[1])
    app = make_application()
    theme.install(RESOURCES, "dark")
    request = in_the_form()
    assert {name: request.get(name) for name in VALUES} == VALUES
    assert violations(request, MODEL) == []
    assert "cuts" in {v.field for v in violations(request.changed(cuts=9), MODEL)}
    body = wire.request_body(request.changed(seed=5), MODEL, lambda frame: b"")
    assert {key: body[key] for key in SENT} == SENT
    on_the_command_line(folder)
    job = Job("3f9c21ab", "demo", request, JobState.SAVED, 0.0, 0.0, ZERO)
    told = {parameter_label(spec): text for spec, text in told_parameters(request)}
    pictures = {parameter_spec(name) for name, _ in request.named_frames()}  # shown, not told
    told |= {parameter_label(spec): spec.name for spec in pictures}
    found = {label: right for label, _left, right in differences(default_request(MODEL), request)}
    for spec in NEW:
        assert told[spec.label], spec.name
        assert found[spec.label], spec.name
    assert {"mood", "tier", "cuts", "guidance", "loop"} <= set(PLACEHOLDERS)
    assert clip_name(job, "{tier} {cuts} {guidance} {loop}") == "pro 4 1 5 Endless 3f9c21ab.mp4"
    assert project_from_text(project_to_text(project_of(job, "", {}))).request == request
    in_the_simulator(body)
    app.quit()
