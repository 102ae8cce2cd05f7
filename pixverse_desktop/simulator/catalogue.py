"""The other video models of the simulated service, with the oddities that real schemas have.

An entry says what the service publishes (name, price, JSON Schema) and how it charges; nothing here
is the program's own. `charged` knows the bill of every model, the first one's included.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from pixverse_desktop.simulator.jsontypes import JsonObject, as_text
from pixverse_desktop.simulator.names import MAX_SEED

_CENT = Decimal("0.01")
# Credits a second upstream, silent and with sound; 5 s of 720p with sound are the listed 10.
_METER = {"360p": (5, 7), "540p": (7, 9), "720p": (9, 12), "1080p": (18, 23)}
_METER_UNIT = Decimal(10) / (12 * 5)


@dataclass(frozen=True, slots=True)
class Model:
    """One model: what the list and its own page show, and its price for a request."""

    id: str
    name: str
    credit_cost: object
    properties: JsonObject
    required: tuple[str, ...]
    flat: str = "1"  # credits, or credits a second where `seconds_key` is given
    seconds_key: str = ""
    default_seconds: int = 5
    by_resolution: tuple[tuple[str, str], ...] = ()

    def schema(self) -> JsonObject:
        """The request schema as it is published and enforced."""
        properties = {**self.properties, "webhook_url": {"type": "string", "format": "uri"}}
        return {"type": "object", "additionalProperties": False, "required": list(self.required),
                "$defs": _DEFS, "properties": properties}  # fmt: skip

    def charged(self, body: JsonObject) -> Decimal:
        """Credits for an accepted request."""
        resolution = str(body.get("resolution") or "").removesuffix("p")
        rate = Decimal(dict(self.by_resolution).get(resolution, self.flat))
        seconds = _seconds(body.get(self.seconds_key), self.default_seconds)
        return (rate * seconds if self.seconds_key else rate).quantize(_CENT, ROUND_HALF_UP)

    def entry(self) -> JsonObject:
        """The model as a row of the list."""
        said = f"{self.name} (simulated)."
        return {"apiId": self.id, "name": self.name, "modality": "video", "description": said,
                "creditCost": self.credit_cost}  # fmt: skip


def metered(body: JsonObject) -> Decimal:
    """What the first model charges by second, resolution and sound, to the hundredth."""
    resolution = as_text(body.get("resolution"), "720p")
    sound = body.get("generate_audio", True) is not False
    seconds = _seconds(body.get("duration"), 5)
    rate = _METER.get(resolution, _METER["1080p"])[sound]
    return (_METER_UNIT * rate * seconds).quantize(_CENT, ROUND_HALF_UP)


def _seconds(value: object, default: int) -> int:
    text = str(value).removesuffix("s").split(".")[0]
    return int(text) if text.isdigit() else default


_PROMPT: JsonObject = {"type": "string", "minLength": 1, "maxLength": 2500}
_SEED: JsonObject = {"type": "integer", "minimum": 0, "maximum": MAX_SEED}
_DEFS: JsonObject = {
    "shape": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"},
    "shot": {"type": "object", "required": ["prompt", "duration"], "properties": {
        "prompt": {"type": "string"}, "duration": {"type": "integer", "minimum": 1}}},
}  # fmt: skip

_MODELS = (
    Model(
        "kling-v2-1-pro", "Kling 2.1 Pro", {"type": "per_second", "amount": 2, "default": 10},
        {
            "prompt": _PROMPT,
            "negative_prompt": {"type": ["string", "null"], "maxLength": 2500},
            "duration": {"type": "string", "enum": ["5", "10"], "default": "5"},
            "aspect_ratio": {"$ref": "#/$defs/shape"},
            "cfg_scale": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5,
                          "description": "How closely the clip follows the prompt"},
            "image": {"type": "string", "description": "Start frame"},
            "last_frame": {"type": "string", "description": "End frame"},
        },
        ("prompt", "duration"), "2", "duration",
    ),
    Model(
        "wan-2-5", "Wan 2.5",
        {"type": "by_resolution", "unit": "second",
         "resolutions": {"480p": 1, "720p": 2, "1080p": "3.5"}},
        {
            "prompt": _PROMPT,
            "resolution": {"type": "string", "enum": ["480", "720", "1080"], "default": "720"},
            "duration": {"type": "integer", "enum": [5, 10], "default": 5},
            "aspectRatio": {"type": "string", "enum": ["16:9", "9:16", "4:3"], "default": "16:9"},
            "seed": {"oneOf": [_SEED, {"type": "null"}]},
            "enableAudio": {"type": "boolean", "default": False},
            "image_url": {"type": "string"},
        },
        ("prompt",), "2", "duration", 5, (("480", "1"), ("720", "2"), ("1080", "3.5")),
    ),
    Model(
        "seedance-story", "Seedance Story", 2.5,
        {
            "prompt": {**_PROMPT, "maxLength": 1000},
            "mode": {"type": "string", "enum": ["fast", "quality"], "default": "fast"},
            "tier": {"type": "integer", "enum": [1, 2, 3], "default": 1},
            "duration": {"type": "integer", "minimum": 1, "maximum": 10, "default": 5},
            "multi_prompt": {"type": "array", "maxItems": 6, "items": {"$ref": "#/$defs/shot"},
                             "description": "Shots with their seconds"},
            "elements": {"type": "array", "items": {"type": "string"}, "maxItems": 4},
            "seed": _SEED,
        },
        ("prompt",), "2.5",
    ),
    Model(
        "vidu-reference", "Vidu Reference", {"default": "20", "type": "fixed"},
        {
            "prompt": _PROMPT,
            "reference_urls": {"type": "array", "items": {"type": "string"}, "minItems": 1,
                               "maxItems": 3},
            "reference_type": {"type": "string", "enum": ["subject", "style"],
                               "default": "subject"},
            "shot_type": {"type": ["string", "null"], "enum": ["close", "wide", None]},
            "duration": {"anyOf": [{"const": 4}, {"const": 8}], "default": 4},
            "seed": _SEED,
        },
        ("prompt", "reference_urls"), "20",
    ),
    Model(
        "lucy-extend", "Lucy Extend", {"perSecond": 1.5},
        {
            "video_url": {"type": "string", "description": "The clip that goes on"},
            "video_duration": {"type": "number", "minimum": 0.5, "maximum": 30,
                               "description": "Its length in seconds"},
            "prompt": {"type": ["string", "null"], "maxLength": 500},
            "seed": _SEED,
        },
        ("video_url", "video_duration"), "1.5", "video_duration",
    ),
    Model(
        "sync-speech", "Sync Speech", {"type": "fixed", "amount": 0.5},
        {
            "script": {"type": "string", "minLength": 1, "maxLength": 400, "title": "Spoken text"},
            "image": {"type": "string"},
            "voice_ids": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
            "model": {"type": "object", "properties": {"size": {"enum": ["s", "l"]}}},
        },
        ("script", "image"), "0.5",
    ),
)  # fmt: skip
MODELS = {model.id: model for model in _MODELS}
