"""Rows of values: what a schema must say for them, what may be sent, and how they read."""

from __future__ import annotations

from typing import Any

import pytest

from pixverse_desktop.api import wire
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import any_model
from pixverse_desktop.core.model.request import (
    ClipRequest,
    request_from_json,
    request_to_json,
)
from pixverse_desktop.core.model.rules import (
    Choice,
    Flag,
    IntRange,
    Json,
    Number,
    Rows,
    Text,
    rows_text,
)
from pixverse_desktop.core.model.validation import seconds_note, violations

SHOT = {
    "type": "object", "required": ["prompt", "duration"],
    "properties": {"prompt": {"type": "string"}, "duration": {"type": "integer", "minimum": 1},
                   "size": {"enum": [1, 2], "default": 1}, "zoom": {"type": "number"},
                   "cut": {"type": ["boolean", "null"]}},
}  # fmt: skip
SHOTS = {"type": "array", "minItems": 1, "maxItems": 6, "items": {"$ref": "#/$defs/shot"}}


def model(**properties: Any) -> ModelSpec:
    schema = {"type": "object", "$defs": {"shot": SHOT, "loop": {"$ref": "#/$defs/loop"}},
              "properties": {"duration": {"type": "integer", "maximum": 15}, **properties}}  # fmt: skip
    found = wire.model_of({"schema": schema}, base=any_model("shots"))
    assert found is not None
    return found


def rule_of(prop: Any) -> Any:
    spec = model(shots=prop).get("shots")
    assert spec is not None
    return spec.rule


def told(value: object) -> list[str]:
    caps = model(shots=SHOTS)
    request = ClipRequest(model="shots", values={"duration_s": 5, "shots": value})
    return [str(wrong.message) for wrong in violations(request, caps)]


def test_objects_of_plain_values_are_rows() -> None:
    rule = rule_of(SHOTS)
    assert isinstance(rule, Rows)
    assert [(c.key, type(c.rule), c.required) for c in rule.columns] == [
        ("prompt", Text, True), ("duration", IntRange, True), ("size", Choice, False),
        ("zoom", Number, False), ("cut", Flag, False),
    ]  # fmt: skip
    assert (rule.least, rule.most, rule.seconds) == (1, 6, "duration")


@pytest.mark.parametrize("item", [{"type": "string"}, {"type": "integer"}, {"enum": ["a", "b"]}])
def test_plain_values_are_rows_of_one_column(item: dict[str, Any]) -> None:
    rule = rule_of({"type": "array", "items": item})
    if "enum" in item:  # a value of a list has no room for the words beside it
        assert isinstance(rule, Json)
    else:
        assert isinstance(rule, Rows)
        assert rule.plain


@pytest.mark.parametrize(
    "prop",
    [
        {"type": "array"}, {"type": "array", "items": []}, {"type": "array", "items": True},
        {"type": "array", "items": {"$ref": "#/$defs/loop"}},
        {"type": "array", "items": {"type": ["string", "object"]}},
        {"type": "array", "items": {"type": "object"}},
        {"type": "array", "items": {"oneOf": [{"type": "string"}, SHOT]}},
        {"type": "array", "items": {**SHOT, "anyOf": [{"required": ["zoom"]}, {"required": ["cut"]}]}},
        {"type": "array", "items": {"properties": {"a": {"type": "array"}}}},
        {"type": "array", "items": {"properties": {"a": {"type": "object"}}}},
        {"type": "array", "items": {"properties": {"image_url": {"type": "string"}}}},
        {"type": "array", "items": {"properties": {"a": {"type": "string"}}, "required": ["b"]}},
        {"type": "array", "items": {"properties": {"": {"type": "string"}}}},
        {"type": "array", "items": SHOT, "minItems": 3, "maxItems": 2},
        {"type": "array", "items": SHOT, "maxItems": 0},
        {"type": "array", "items": SHOT, "minItems": 5000},
        {"type": "array", "items": SHOT, "default": [{"other": 1}]},
        {"type": ["array", "string"], "items": SHOT},
    ],
)  # fmt: skip
def test_what_is_odder_stays_json(prop: dict[str, Any]) -> None:
    assert isinstance(rule_of(prop), Json)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([{"prompt": "a", "duration": 3}], []),
        ([{"prompt": "a", "duration": 3, "size": 2, "zoom": 0.5, "cut": False}], []),
        ([], ["The shots has 0 rows; the service takes 1 to 6."]),
        ([{"prompt": "a", "duration": 3}] * 7, ["The shots has 7 rows; the service takes 1 to 6."]),
        ([{"prompt": " ", "duration": 3}], ["Shots, row 1: The prompt is missing."]),
        ([{"prompt": "a", "duration": 3}, {"prompt": "b"}], ["Shots, row 2: The duration is missing."]),
        ([{"prompt": "a", "duration": 0}], ["Shots, row 1: The duration must be 1 to 2147483647."]),
        ([{"prompt": "a", "duration": 3, "size": 7}],
         ["Shots, row 1: The size is of the wrong kind."]),
        ([{"prompt": "a", "duration": 3, "mood": "x"}],
         ["Shots, row 1: This model has no setting for mood."]),
        ([{"prompt": ["a"], "duration": 3}], ["Shots, row 1: The prompt is of the wrong kind."]),
        ({"prompt": "a"}, ["The shots is no list of the expected kind."]),
        (["a"], ["The shots is no list of the expected kind."]),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(value: object, said: list[str]) -> None:
    assert told(value) == said


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [("video_url", "https://example.com/a.mp4", True), ("video", "http://127.0.0.1:80/a.mp4", True),
     ("input_video_url", "a.mp4", False), ("videoUrl", "file:///a.mp4", False),
     ("video_url", "http://example.com/a.mp4", False), ("video_url", "https://a b", False),
     ("video_url", "https://[", False), ("video_style", "a.mp4", True)],
)  # fmt: skip
def test_a_clip_is_given_as_an_address(key: str, value: str, fits: bool) -> None:
    caps = model(**{key: {"type": "string", "default": "none"}})
    request = ClipRequest(model="shots", values={key: value})
    said = ["" if fits else wrong.message for wrong in violations(request, caps)]
    assert len(said) == (not fits)
    assert all("must be an address that starts with https://" in text for text in said)


def test_rows_are_sent_kept_and_read_as_they_are() -> None:
    caps = model(shots=SHOTS, names={"type": "array", "items": {"type": "string"}})
    shots = [{"prompt": "a", "duration": 3, "size": 2}, {"prompt": "b", "duration": 2}]
    request = ClipRequest(
        model="shots", values={"duration_s": 5, "shots": shots, "names": ["x", "y"]}
    )
    body = wire.request_body(request, caps, lambda frame: b"")
    assert body == {"duration": 5, "shots": shots, "names": ["x", "y"]}
    assert request_from_json(request_to_json(request)) == request


def test_a_difference_of_seconds_is_told() -> None:
    caps = model(shots=SHOTS)

    def note(*seconds: float) -> str:
        shots = [{"prompt": "a", "duration": n} for n in seconds]
        request = ClipRequest(model="shots", values={"duration_s": 7, "shots": shots})
        return seconds_note(request, caps)

    assert note(3, 4) == note(6.9, 0.1) == note() == ""
    assert note(3, 2) == "The rows take 5 seconds, the clip 7; the service may refuse that."


def test_required_rows_may_be_none_where_the_schema_says_so() -> None:
    schema = {"properties": {"names": {"type": "array", "items": {"type": "string"}}},
              "required": ["names"]}  # fmt: skip
    caps = wire.model_of({"schema": schema}, base=any_model("shots"))
    assert caps is not None
    request = ClipRequest(model="shots", values=caps.defaults())
    assert violations(request, caps) == []
    assert wire.request_body(request, caps, lambda frame: b"") == {"names": []}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([{"prompt": "a fox", "duration": 3}, {"prompt": "ice", "hold_on": True}],
         "1. a fox, duration 3; 2. ice, hold on true"),
        (["a", "b", 2], "a, b, 2"), ([], ""), ({"a": 1}, ""), ([[1]], ""), ([{"a": [1]}], ""),
    ],
)  # fmt: skip
def test_rows_read_like_a_list(value: object, text: str) -> None:
    assert rows_text(value) == text
