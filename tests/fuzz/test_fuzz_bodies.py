"""Hostile JSON: what the service may answer, and what may stand in a stored request."""

from __future__ import annotations

import json
import math
import random
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from pixverse_desktop.api import wire
from pixverse_desktop.api.error_bodies import refusal
from pixverse_desktop.api.http import parse_json
from pixverse_desktop.api.prices import listed_models, price_rule
from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.jobs.job import REMOTE_ID, Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import MAX_SEED, PIXVERSE_V6, any_model
from pixverse_desktop.core.model.price import LearnedPrices, shape_of
from pixverse_desktop.core.model.request import (
    ClipRequest,
    default_request,
    request_from_json,
    request_from_preset,
    request_to_json,
)
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.ports import RemoteJob
from pixverse_desktop.services.settings import load_settings, load_window_state
from pixverse_desktop.store.job_rows import job_from_row, job_to_row
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.compose.rows_field import RowsField
from pixverse_desktop.ui.jobs.job_text import row_text
from tests.fuzz.mutate import mutated
from tests.fuzz.scale import BODIES, PRESETS, count, one_case, tried
from tests.support.window_fakes import RESOURCES, make_context

pytestmark = pytest.mark.timeout(1800)

WORDS = [
    "jobId", "id", "job", "jobs", "data", "items", "status", "output", "video", "videos", "url",
    "assets", "type", "images", "error", "message", "code", "errors", "details", "detail", "path",
    "field", "loc", "msg", "input", "params", "seed", "prompt", "creditCost", "creditsRemaining",
    "expiresAt", "createdAt", "properties", "schema", "requestSchema", "enum", "minimum", "maximum",
    "maxLength", "default", "duration", "resolution", "aspect_ratio", "style", "thinking_type",
    "negative_prompt", "generate_audio", "multi_clip", "start_image_url", "image_urls", "models",
    "apiId", "amount", "__proto__", "kind", "value", "width", "height", "label",
]  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from([
    "completed", "failed", "pending", "job_1", "https://h/a.mp4", "file:///etc/passwd", "\ud800",
    "a\0b", "16:9", "16:²", "0:0", "9" * 5000 + ":1", "<img src=x>", "2024-01-01T00:00:00Z",
    "9999-12-31T23:59:59+00:00", "720p", "none", "x" * 3000, "\u202e", "fixed", "../../x", "",
])  # fmt: skip
NUMBERS = st.integers(-(10**20), 10**20) | st.floats() | st.sampled_from(
    [0, -1, 1, 5, 15, 16, 2**31 - 1, 2**31, 2**63, 1e308, -0.0, 10**300, True]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(WORDS) | TEXTS, inner, max_size=8)
    ),
    max_leaves=25,
)
RULE = st.dictionaries(
    st.sampled_from(["enum", "minimum", "maximum", "default", "maxLength", "type"]),
    LEAVES | st.lists(LEAVES, max_size=40),
)
PARAMETERS = ["prompt", "duration", "resolution", "aspect_ratio", "style", "seed", "thinking_type",
              "negative_prompt", "generate_audio", "multi_clip", "image_urls", "Start_Image_URL"]  # fmt: skip
SCHEMAS = st.dictionaries(st.sampled_from(PARAMETERS), RULE | JSON).map(
    lambda rules: {"schema": {"properties": {"prompt": {}, **rules}}}
)


def storable(text: str | None) -> bool:
    """True for text that the database and a label take."""
    return text is None or not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


def check_problem(found: Problem) -> None:
    assert found.message
    assert len(found.message) <= 600
    assert storable(found.message)
    assert storable(found.detail)


def check_job(found: RemoteJob) -> None:
    """What was read can be kept with a job, read back, and shown in a row."""
    assert REMOTE_ID.fullmatch(found.remote_id)
    assert storable(found.status)
    for number in (found.expires_at, found.created_at):
        assert number is None or math.isfinite(number)
    wrong = problem(ProblemCode.FAILED, found.error)
    check_problem(wrong)
    job = Job(
        id="0" * 32, origin="demo", request=ClipRequest("a"), state=JobState.ACCEPTED,
        created_at=1.0, updated_at=1.0, price=10, remote_id=found.remote_id, submitted_at=1.0,
        remote_status=found.status, credit_cost=found.credit_cost, expires_at=found.expires_at,
        finished_at=1.0, problem=wrong,
    )  # fmt: skip
    assert job_from_row(job_to_row(job)) == job
    assert storable(row_text(job, 2.0).spoken())


def check_rules(caps: ModelSpec) -> None:
    """A form can show them, and their own defaults satisfy them."""
    for name in ("resolution", "aspect_ratio", "thinking", "style"):
        rule = caps.choice(name)
        assert rule.default in rule.values
        assert len(rule.values) <= 100
        assert all(storable(word) and 0 < len(word) <= 64 for word in rule.values)
    for limits in (caps.range("duration_s"), caps.range("seed")):
        assert 0 <= limits.minimum <= limits.maximum <= MAX_SEED
    assert (
        len(caps.text("negative_prompt").default)
        <= caps.text("negative_prompt").max_length
        <= 20_000
    )
    wrong = {v.field for v in violations(replace(default_request(caps), prompt="a"), caps)}
    assert wrong <= {"negative_prompt"} | {  # a default may hold what cannot be sent
        spec.name for spec in caps.parameters if spec.required or not spec.offered
    }


def read_everything(value: object) -> None:
    """All that is done with any answer of the service."""
    accepted = wire.read_submission(value)
    assert accepted is None or REMOTE_ID.fullmatch(accepted.remote_id)
    page = wire.read_jobs(value)
    for job in (wire.read_job(value, "job_1"), *(page.rows if page else ())):
        if job is not None:
            check_job(job)
    price = price_rule(value)
    assert price is None or (price.amount or 0) >= 0
    listed_models(value)
    schema = wire.read_schema(value)
    if schema is not None:
        caps = wire.model_from_schema(schema)
        check_rules(caps)
        again = wire.model_from_cache(wire.cached_model(schema, 10))
        assert again is not None
        check_rules(again)


@tried(BODIES // 2)
@given(JSON, st.sampled_from([400, 401, 402, 403, 404, 409, 413, 422, 429, 500, 503]))
def test_any_json_is_read_or_refused(value: object, status: int) -> None:
    with one_case():
        read_everything(value)
        check_problem(refusal(status, json.dumps(value).encode()))


@tried(BODIES // 10)
@given(SCHEMAS)
def test_any_schema_gives_rules_that_hold(value: object) -> None:
    with one_case():
        read_everything(value)


REPLIES = [
    {"jobId": "job_abc123", "status": "pending", "statusUrl": "https://h/jobs/job_abc123",
     "creditCost": 10, "creditsRemaining": 95},
    {"jobId": "j", "status": "completed", "output": {"video": "https://h/a.mp4?x=1"},
     "creditCost": 10, "expiresAt": "2026-01-01T00:00:00Z"},
    {"jobs": [{"jobId": "j", "status": "failed", "error": {"code": "x", "message": "no"},
               "input": {"seed": 7, "prompt": "a fox"}}], "total": 1},
    {"error": {"code": "invalid_request", "message": "no", "details": {"errors": [{"path": "seed"}]}}},
    {"apiId": "pixverse-v6", "creditCost": {"default": 10, "type": "fixed", "amount": 10},
     "requestSchema": {"type": "object", "additionalProperties": False, "properties": {
         "prompt": {"type": "string", "maxLength": 5000},
         "duration": {"type": "integer", "minimum": 1, "maximum": 15, "default": 5},
         "style": {"enum": ["none", "anime"], "default": "none"}}}},
    {"detail": [{"loc": ["body", "seed"], "msg": "bad"}]},
]  # fmt: skip


@pytest.mark.parametrize("share", range(4))
def test_damaged_replies(share: int) -> None:
    whole = [json.dumps(reply).encode() for reply in REPLIES]
    for seed in range(share, count(BODIES * 4 // 10), 4):
        chance = random.Random(seed)
        raw = mutated(chance.choice(whole), chance, whole)
        try:
            with one_case():
                check_problem(refusal(400, raw))
                try:
                    value = parse_json(raw)
                except ValueError:
                    continue
                read_everything(value)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {raw[:2000]!r}") from error


@pytest.mark.parametrize("depth", [10, 100, 300, 500, 800, 900, 950, 980, 990, 5000])
@pytest.mark.parametrize(
    "shape", ['{{"error": {}}}', '{{"errors": {}}}', '{{"properties": {{"prompt": {}}}}}',
              '{{"jobId": "j", "status": "failed", "error": {}}}', '{{"output": {}}}', "[{}]"]
)  # fmt: skip
def test_depths_just_within_reach(depth: int, shape: str) -> None:
    for inner in ('{"errors": ' * depth + "1" + "}" * depth, "[" * depth + "]" * depth):
        raw = shape.format(inner).encode()
        check_problem(refusal(400, raw))
        try:
            value = parse_json(raw)
        except ValueError:
            continue
        read_everything(value)


# --- stored requests ---

NAMES = [*(spec.name for spec in PIXVERSE_V6.parameters), "model", "other", "pictures"]
GOOD = request_to_json(
    ClipRequest("a fox", seed=7, start_frame=Frame(FrameKind.FILE, "a.jpg", 16, 9, "fox.png"))
)
FRAMES = st.dictionaries(
    st.sampled_from([field.name for field in fields(Frame)]),
    LEAVES | st.sampled_from(["file", "url"]),
)
PRESET_VALUES = LEAVES | FRAMES | JSON
PRESETS_OF_ALL_SORTS = st.one_of(
    JSON,
    st.dictionaries(st.sampled_from([*NAMES, "extra"]), PRESET_VALUES),
    st.dictionaries(st.sampled_from([*NAMES, "extra"]), PRESET_VALUES, max_size=2).map(
        lambda changes: {**GOOD, **changes}
    ),
)


def check_request(request: ClipRequest) -> None:
    """Every field has its own type and a value that can be kept."""
    assert request_from_preset(json.loads(json.dumps(request_to_json(request)))) == request
    for spec in PIXVERSE_V6.parameters:
        value = request.get(spec.name)
        assert spec.rule.holds(value) if value is not None else spec.rule.default is None or (
            request.model != PIXVERSE_V6.id
        )  # fmt: skip
    assert all(len(kept.value) < 10_000 for kept in request.frames())
    assert request.seed is None or 0 <= request.seed <= MAX_SEED


@tried(PRESETS // 2)
@given(PRESETS_OF_ALL_SORTS)
def test_any_preset_is_taken_whole_or_refused(data: object) -> None:
    with one_case():
        try:
            request = request_from_preset(data)
        except ValueError as error:
            assert 0 < len(str(error)) < 300  # noqa: PT017 - refused with words is one outcome
        else:
            assert isinstance(data, dict)
            known = set(data) & {
                s.name for s in PIXVERSE_V6.parameters if data.get(s.name) is not None
            }
            assert known <= set(request_to_json(request))
            check_request(request)
        if isinstance(data, dict):
            try:  # a row may come from another version, but never with another type
                request_from_json(data)
            except ValueError:
                return


@pytest.fixture
def panel(qtbot: object) -> ComposePanel:
    theme.install(RESOURCES, "dark")
    made = ComposePanel(make_context())
    qtbot.addWidget(made)  # type: ignore[attr-defined]
    made.resize(336, 900)
    made.show()
    return made


@pytest.mark.logs_warnings
def test_any_stored_window_opens(panel: ComposePanel, tmp_path: Path) -> None:
    path = tmp_path / "window.json"

    @tried(PRESETS // 4)
    @given(PRESETS_OF_ALL_SORTS, st.dictionaries(
        st.sampled_from(["geometry", "splitter", "volume", "speed", "loop", "theme", "extra"]),
        LEAVES | st.lists(LEAVES, max_size=3)))  # fmt: skip
    def opens(form: object, rest: dict[str, object]) -> None:
        with one_case():
            text = json.dumps({**rest, "form": form})
            path.write_text(text, encoding="utf-8")
            state = load_window_state(path)
            assert all(0 <= size <= 100_000 for size in state.splitter)
            assert math.isfinite(state.volume)
            path.write_text(text, encoding="utf-8")
            assert 1 <= load_settings(path).jobs_at_a_time <= 20
            if state.form is not None:
                assert state.form == form
                panel.set_request(request_from_json(state.form))
                check_request(panel.request())
                panel.frames._unseen.clear()  # their previews are another test's
            panel.set_request(default_request(PIXVERSE_V6))

    opens()


@pytest.mark.logs_warnings
def test_damaged_files_of_the_window(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    whole = [json.dumps({"volume": 0.5, "splitter": [1, 2, 3], "form": GOOD}).encode(),
             json.dumps({"service": "demo", "jobs_at_a_time": 4, "theme": "dark"}).encode()]  # fmt: skip
    for seed in range(count(PRESETS // 4)):
        chance = random.Random(seed)
        raw = mutated(chance.choice(whole), chance, whole)
        for load in (load_window_state, load_settings):
            path.write_bytes(raw)
            try:
                with one_case():
                    state = load(path)
                    form = getattr(state, "form", None)
                    if form is not None:
                        check_request(request_from_preset(form))
            except Exception as error:
                raise AssertionError(f"seed {seed}: {raw[:2000]!r}") from error


def test_any_rules_can_be_shown(panel: ComposePanel) -> None:
    @tried(BODIES // 20)
    @given(SCHEMAS)
    def shows(value: object) -> None:
        with one_case():
            schema = wire.read_schema(value)
            assert schema is not None
            caps = wire.model_from_schema(schema)
            panel.set_model(caps)
            request = panel.request()
            assert (
                caps.range("duration_s").minimum
                <= request.duration_s
                <= caps.range("duration_s").maximum
            )
            for name in ("resolution", "aspect_ratio", "thinking", "style"):
                assert request.get(name) in caps.choice(name).values
            QApplication.sendPostedEvents()
            panel.set_model(PIXVERSE_V6)
            panel.set_request(default_request(PIXVERSE_V6))

    shows()


ODD_KEYS = st.sampled_from(
    ["prompt", "duration", "image_url", "reference_urls", "cfg_scale", "seed", "model", "mode",
     "aspectRatio", "negative_prompt", "webhook_url", "elements", "multi_prompt", "resolution", "", "a" * 300,
     "model_", "start_frame", "other"]
)  # fmt: skip
CELLS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "number", "integer", "boolean", ["string", "null"], "object"]),
        "enum": st.lists(LEAVES, max_size=4), "default": LEAVES, "minimum": LEAVES, "title": LEAVES,
        "$ref": st.sampled_from(["#", "#/properties/multi_prompt", "#/properties/multi_prompt/items"]),
    },
)  # fmt: skip
ITEMS = CELLS | st.fixed_dictionaries(
    {"properties": st.dictionaries(
        st.sampled_from(["prompt", "duration", "seconds", "image_url", "seed", "style", ""]),
        CELLS | JSON, max_size=9)},
    optional={"type": st.just("object"), "required": st.lists(st.sampled_from(["prompt", "gone"])) | JSON,
              "anyOf": st.lists(JSON, max_size=2), "additionalProperties": JSON},
)  # fmt: skip
ROWS = st.fixed_dictionaries(
    {"type": st.just("array"), "items": ITEMS | JSON},
    optional={"minItems": LEAVES, "maxItems": LEAVES | st.integers(0, 9), "default": JSON},
)
ODD_RULES = st.one_of(
    JSON,
    ROWS,
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["string", "number", "integer", "boolean", "array", "object",
                                     ["string", "null"], None, 5]),
            "enum": st.lists(LEAVES, max_size=8) | st.just([str(n) for n in range(10_000)]),
            "minimum": LEAVES, "maximum": LEAVES, "default": JSON, "maxLength": LEAVES,
            "multipleOf": LEAVES, "title": LEAVES, "description": LEAVES, "maxItems": LEAVES,
            "$ref": st.sampled_from(["#", "#/properties/prompt", "#/nowhere", 7]),
            "anyOf": st.lists(JSON, max_size=3),
        },
    ),
)  # fmt: skip
FOREIGN = st.fixed_dictionaries(
    {"properties": st.dictionaries(ODD_KEYS, ODD_RULES, min_size=1, max_size=8)},
    optional={"required": st.lists(ODD_KEYS, max_size=4)},
)


def test_any_schema_of_another_model_gives_a_form_a_body_and_the_way_back(
    panel: ComposePanel,
) -> None:
    @tried(BODIES // 20)
    @given(FOREIGN, JSON, JSON)
    def shows(schema: dict[str, object], cost: object, given_value: object) -> None:
        with one_case():
            answer = {"requestSchema": schema, "creditCost": cost}
            model = wire.model_of(answer, base=any_model("odd-model"))
            if model is None:
                return
            panel.set_model(model)
            request = panel.request()
            assert request.model == "odd-model"
            wrong = {v.field for v in violations(request, model)}
            for spec in model.parameters:
                assert spec.wire != "webhook_url"
                assert storable(spec.label)
                value = request.get(spec.name)
                assert value is None or spec.rule.holds(value), spec
                row = panel.form.rows.get(spec.name)
                if row is not None and value is not None and spec.name not in wrong:
                    row.field.set_value(value)
                    assert panel.request().get(spec.name) == value
                if row is not None and isinstance(row.field, RowsField):
                    kept = given_value or None
                    row.field.set_value(kept)
                    told = panel.request().get(spec.name)
                    assert told == (kept if kept is not None or spec.rule.default is None else [])
                    row.field.set_value(None)
                    row.field.add_button.click()
                    assert len(row.field.cards) == max(1, spec.rule.least)  # type: ignore[union-attr]
                    violations(panel.request(), model)
                    row.field.set_value(value)
            body = json.loads(json.dumps(wire.request_body(request, model, lambda frame: b"")))
            assert set(body) <= set(schema["properties"])  # type: ignore[arg-type]
            stored = json.loads(json.dumps(request_to_json(request)))
            assert request_from_json(stored) == request
            assert LearnedPrices().expected("s", shape_of(request), model.price).high >= 0
            QApplication.sendPostedEvents()
            panel.set_model(PIXVERSE_V6)
            panel.set_request(default_request(PIXVERSE_V6))

    shows()
