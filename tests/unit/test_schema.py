"""A model's schema, however it says it: what is sent is legal by it, and all that was asked for."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pixverse_desktop.api import wire
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.pixverse_v6 import DEFAULT_NEGATIVE_PROMPT, PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.rules import Image
from pixverse_desktop.core.model.rules import Json as JsonRule
from pixverse_desktop.core.model.validation import violations

CAMEL = json.loads((Path(__file__).parent.parent / "data" / "schema_camel_case.json").read_text())
URL = Frame(FrameKind.URL, "https://example.com/p.png")


def published(required: tuple[str, ...] = ("prompt",), **properties: Any) -> dict[str, Any]:
    """A strict schema of a model with a prompt and these properties."""
    props = {"prompt": {"type": "string"}, **properties}
    return {"type": "object", "additionalProperties": False, "required": [*required],
            "properties": props}  # fmt: skip


def rules(schema: dict[str, Any]) -> ModelSpec:
    found = wire.read_schema({"schema": schema})
    assert found is not None
    caps = wire.model_from_schema(found)
    again = wire.model_from_cache(wire.cached_model(schema, 10))
    assert again is not None
    assert replace(again, source=caps.source) == caps
    return caps


def sent(schema: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body of the model's defaults with these changes, legal by the schema."""
    caps = rules(schema)
    request = replace(default_request(caps), prompt="a fox")
    if caps.offers("seed"):
        request = replace(request, seed=caps.range("seed").draw())
    request = replace(request, **changes)
    assert violations(request, caps) == []
    body = json.loads(json.dumps(wire.request_body(request, caps, lambda frame: b"jpeg")))
    Draft202012Validator(schema).validate(body)
    return body


def refused(schema: dict[str, Any], **changes: Any) -> list[str]:
    """The fields for which such a request is refused."""
    caps = rules(schema)
    return [
        v.field for v in violations(replace(default_request(caps), prompt="a fox", **changes), caps)
    ]


# --- names and what the model lacks ---


def test_the_schemas_own_spelling_is_sent() -> None:
    body = sent(CAMEL, seed=5, aspect_ratio="9:16", audio=False, negative_prompt="rain")
    assert body == {"prompt": "a fox", "resolution": "720p", "seed": 5, "aspectRatio": "9:16",
                    "generateAudio": False, "negativePrompt": "rain"}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"duration_s": 12}, "duration_s"), ({"style": "clay"}, "style"),
     ({"thinking": "enabled"}, "thinking"), ({"multi_clip": True}, "multi_clip"),
     ({"resolution": "1080p"}, "resolution"), ({"aspect_ratio": "1:1"}, "aspect_ratio"),
     ({"start_frame": URL}, "start_frame")],
)  # fmt: skip
def test_what_the_model_lacks_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    assert refused(CAMEL, **changes) == [field]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"aspect_ratio": "9:16"}, "aspect_ratio"), ({"audio": False}, "audio"),
     ({"negative_prompt": "rain"}, "negative_prompt"), ({"seed": 5}, "seed"),
     ({"resolution": "1080p"}, "resolution")],
)  # fmt: skip
def test_a_model_of_a_prompt_alone_refuses_all_the_rest(
    changes: dict[str, Any], field: str
) -> None:
    assert refused(published(), **changes) == [field]
    sentence = violations(ClipRequest("a fox", **changes), rules(published()))[0].message
    assert sentence.startswith("This model has no setting for ")


def test_what_asks_for_nothing_is_not_refused() -> None:
    for negative in ("", DEFAULT_NEGATIVE_PROMPT):
        usual = replace(default_request(PIXVERSE_V6), prompt="a fox", negative_prompt=negative)
        caps = rules(published())
        assert violations(usual, caps) == []
        assert wire.request_body(usual, caps, lambda frame: b"") == {"prompt": "a fox"}


@pytest.mark.parametrize(
    ("name", "changes"),
    [("aspectRatio", {"aspect_ratio": "1:1"}), ("Aspect-Ratio", {"aspect_ratio": "1:1"}),
     ("durationSeconds", {"duration_s": 7}), ("duration_seconds", {"duration_s": 7}),
     ("negativePrompt", {"negative_prompt": "n"}), ("generateAudio", {"audio": False}),
     ("thinkingType", {"thinking": "enabled"}), ("multiClip", {"multi_clip": True}),
     ("Seed", {"seed": 7}), ("STYLE", {"style": "clay"})],
)  # fmt: skip
def test_names_are_known_whatever_their_case(name: str, changes: dict[str, Any]) -> None:
    assert sent(published(**{name: {}}), **changes)[name] == next(iter(changes.values()))


@pytest.mark.parametrize("name", ["startImageUrl", "START-FRAME", "inputImage", "ImageURL"])
def test_so_are_those_of_frames(name: str) -> None:
    assert sent(published(**{name: {"type": "string"}}), start_frame=URL)[name] == URL.value


def test_a_key_that_takes_something_else_is_not_ours() -> None:
    audio = {"type": "string", "description": "address of a sound track"}
    assert refused(published(audio=audio), audio=False) == ["audio"]
    assert "audio" not in sent(published(audio=audio))
    assert refused(published(seed={"type": "string"}), seed=3) == ["seed"]


def test_what_cannot_be_chosen_is_not_a_choice() -> None:
    silent = published(("prompt", "generate_audio"), generate_audio={"const": False})
    assert sent(silent)["generate_audio"] is False
    assert refused(silent, audio=True) == ["audio"]


# --- words of the schema ---

DURATIONS = [
    ({"type": "integer", "enum": [4, 8]}, [4, 8]),
    ({"type": "integer", "enum": [4, 8], "default": 8}, [4, 8]),
    ({"type": "string", "enum": ["5", "10"]}, ["5", "10"]),
    ({"enum": ["5s", "10s"]}, ["5s", "10s"]),
    ({"type": "string"}, [str(n) for n in range(1, 16)]),
    ({"anyOf": [{"const": 4}, {"const": 8}]}, [4, 8]),
    ({"oneOf": [{"const": 4, "title": "short"}, {"const": 8, "title": "long"}]}, [4, 8]),
    ({"anyOf": [{"type": "integer", "minimum": 3, "maximum": 6}, {"type": "null"}]}, [3, 4, 5, 6]),
    ({"allOf": [{"type": "integer", "minimum": 2}, {"maximum": 4}]}, [2, 3, 4]),
    ({"allOf": [{"$ref": "#/$defs/span"}], "maximum": 6}, [4, 5, 6]),
    ({"$ref": "#/$defs/span"}, [4, 5, 6, 7]),
    ({"type": "integer", "exclusiveMinimum": 2, "exclusiveMaximum": 6}, [3, 4, 5]),
    ({"type": "integer", "minimum": 1, "maximum": 20, "multipleOf": 5}, [5, 10, 15, 20]),
    ({"type": ["integer", "null"], "minimum": 5, "maximum": 6, "default": None}, [5, 6]),
    ({"type": "number", "minimum": 1.5, "maximum": 3.5}, [2, 3]),
    ({"type": "integer", "minimum": 20, "maximum": 21}, [20, 21]),
    ({"const": 6}, [6]),
]


@pytest.mark.parametrize(("rule", "values"), DURATIONS)
def test_every_allowed_duration_is_sent_as_the_schema_spells_it(
    rule: dict[str, Any], values: list[object]
) -> None:
    schema = published(duration=rule)
    schema["$defs"] = {"span": {"type": "integer", "minimum": 4, "maximum": 7}}
    assert sent(schema)["duration"] in values
    caps = rules(schema)
    taken = [s for s in range(40) if not refused(schema, duration_s=s)]
    assert [sent(schema, duration_s=s)["duration"] for s in taken] == values
    assert caps.range("duration_s").nearest(taken[-1] + 9) == taken[-1]


def test_a_duration_between_two_allowed_ones_is_refused() -> None:
    schema = published(duration={"type": "integer", "enum": [4, 8]})
    found = violations(ClipRequest("a fox", duration_s=5), rules(schema))
    assert [v.message for v in found] == ["The duration must be 4 or 8 seconds."]


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "integer", "minimum": 0, "maximum": 99_999},
        {"type": "integer", "minimum": 0, "exclusiveMaximum": 100_000},
        {"type": "integer", "minimum": 10, "maximum": 10},
        {"type": ["integer", "null"], "minimum": -1, "maximum": 99},
        {"type": "integer", "minimum": 0, "maximum": 4_294_967_295},
        {"type": "integer", "enum": [1, 2, 3]},
    ],
)
def test_a_seed_is_drawn_from_those_there_are(rule: dict[str, Any]) -> None:
    for _ in range(50):
        sent(published(seed=rule))


@pytest.mark.parametrize(
    ("rule", "chosen", "spelled"),
    [({"enum": ["720", "1080"]}, "1080p", "1080"), ({"enum": [720, 1080]}, "1080p", 1080),
     ({"enum": ["720P", "1080P"]}, "1080p", "1080P"), ({"enum": ["720p", "4K"]}, "4K", "4K")],
)  # fmt: skip
def test_a_resolution_is_shown_in_one_way_and_sent_in_the_models(
    rule: dict[str, Any], chosen: str, spelled: object
) -> None:
    schema = published(resolution=rule)
    assert rules(schema).choice("resolution").default == "720p"
    assert sent(schema, resolution=chosen)["resolution"] == spelled


def test_numbers_in_a_list_are_shown_as_text() -> None:
    schema = published(style={"enum": [1, 2.5, "clay", None, True, ["x"]]})
    assert rules(schema).choice("style").values == ("none", "1", "2.5", "clay")
    assert sent(schema, style="2.5")["style"] == 2.5
    assert "style" not in sent(schema)


def test_no_style_is_said_where_the_model_would_take_one() -> None:
    oil = published(style={"enum": ["none", "oil"], "default": "oil"})
    assert sent(oil, style="none")["style"] == "none"
    needed = published(("prompt", "style"), style={"enum": ["anime", "clay"]})
    assert sent(needed)["style"] == "anime"


# --- required keys ---


def test_a_required_shape_is_sent_beside_a_start_frame_too() -> None:
    schema = published(
        ("prompt", "aspectRatio"), aspectRatio={"enum": ["16:9", "9:16"]}, image={"type": "string"}
    )
    body = sent(schema, aspect_ratio="9:16", start_frame=URL)
    assert body["aspectRatio"] == "9:16"
    assert refused(schema, aspect_ratio="1:1", start_frame=URL) == ["aspect_ratio"]


@pytest.mark.parametrize(
    ("rule", "value"),
    [({"type": "string", "default": "std"}, "std"), ({"const": "v6"}, "v6"),
     ({"enum": ["only"]}, "only"), ({"type": ["string", "null"]}, None),
     ({"anyOf": [{"type": "string"}, {"type": "null"}]}, None), ({"default": 0}, 0),
     ({"allOf": [{"$ref": "#/$defs/mode"}], "default": "pro"}, "pro")],
)  # fmt: skip
def test_a_required_key_nobody_knows_is_sent_with_what_the_schema_gives(
    rule: dict[str, Any], value: object
) -> None:
    schema = published(("prompt", "mode"), mode=rule)
    schema["$defs"] = {"mode": {"enum": ["std", "pro"]}}
    assert sent(schema) == {"prompt": "a fox", "mode": value}


def test_a_required_key_that_nobody_can_fill_is_refused_by_name() -> None:
    schema = published(("prompt", "reference_urls"), reference_urls={"type": "array"})
    found = violations(ClipRequest("a fox"), rules(schema))
    assert "reference_urls" in found[0].message
    framed = published(("prompt", "image"), image={"type": "string"})
    assert refused(framed) == ["start_frame"]
    assert sent(framed, start_frame=URL)["image"] == URL.value


def test_a_schema_in_parts_is_put_together() -> None:
    schema = {
        "$ref": "#/$defs/run",
        "$defs": {
            "run": {"allOf": [{"$ref": "#/$defs/base"}, {"properties": {"seconds": False}}],
                    "required": ["duration"], "properties": {"duration": {"enum": [4, 8]}}},
            "base": {"type": "object", "required": ["prompt"],
                     "properties": {"prompt": {"type": "string"}}},
        },
    }  # fmt: skip
    assert sent(schema) == {"prompt": "a fox", "duration": 4}


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "endless",
    [{"$ref": "#/properties/duration"}, {"allOf": [{"$ref": "#"}] * 50},
     {"anyOf": [{"$ref": "#/properties/duration"}] * 50}, {"$ref": "#/nowhere"},
     {"$ref": "https://elsewhere/schema"}, {"$ref": 5}],
)  # fmt: skip
def test_a_schema_without_an_end_is_read_to_some_depth(endless: dict[str, Any]) -> None:
    caps = rules(published(duration=endless))
    assert caps.range("duration_s").allows(5)


def test_a_default_too_deep_to_be_compared_is_not_sent() -> None:
    deep: object = []
    for _ in range(900):
        deep = [deep]
    for rule in ({"default": deep}, {"allOf": [{"enum": [deep]}, {"enum": [deep]}]}):
        assert rules(published(("prompt", "odd"), odd=rule)).get("odd").rule.default is None
    small = published(("prompt", "odd"), odd={"default": {"mode": ["x"]}})
    assert sent(small)["odd"] == {"mode": ["x"]}


# --- what cannot be said in the usual way ---


@pytest.mark.parametrize(
    "key", ["frame_images", "image_urls", "images", "image", "start_image_url"]
)
def test_a_picture_that_is_an_object_there_is_no_address(key: str) -> None:
    item = {"type": "object", "properties": {"url": {"type": "string"}}}
    prop = item if key in ("image", "start_image_url") else {"type": "array", "items": item}
    caps = rules(published(**{key: prop}))
    assert not caps.offers("start_frame")
    spec = caps.get(key)
    assert spec is not None
    assert not isinstance(spec.rule, Image)


def test_a_list_of_words_that_cannot_be_shown_is_no_choice_of_nothing() -> None:
    caps = rules(published(("prompt", "voice"), voice={"enum": ["x" * 80, "blank "]}))
    spec = caps.get("voice")
    assert spec is not None
    assert isinstance(spec.rule, JsonRule)
    assert refused(published(voice={"enum": ["x" * 80]}), voice="x" * 80) == []


@pytest.mark.parametrize("value", [math.nan, math.inf, {"zoom": math.nan}, [-math.inf]])
def test_no_infinite_number_is_sent(value: object) -> None:
    schema = published(camera={"type": "object"}, zoom={"type": "number"})
    assert refused(schema, camera=value) == ["camera"]
    if not isinstance(value, dict | list):
        assert refused(schema, zoom=value) == ["zoom"]


def test_steps_and_fractions_of_whole_numbers_are_kept_to() -> None:
    schema = published(size={"type": "integer", "minimum": 64, "maximum": 512, "multipleOf": 64,
                             "default": 128}, count={"type": "integer", "default": 5.7})  # fmt: skip
    assert refused(schema, size=65) == ["size"]
    assert sent(schema, size=192)["size"] == 192
    assert "count" not in sent(schema)  # no whole number, so the service knows best
