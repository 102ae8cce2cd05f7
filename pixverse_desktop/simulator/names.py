"""The service's own names: the model, its parameters, its picture sizes and its error codes."""

from __future__ import annotations

from pixverse_desktop.simulator.jsontypes import JsonObject

MODEL_ID = "pixverse-v6"
MODEL_NAME = "Pixverse V6"
API_PREFIX = "/api/v1"

MAX_PROMPT_CHARS = 5000
MAX_NEGATIVE_CHARS = 2048
MAX_BODY_BYTES = 25_000_000
MAX_SEED = 2_147_483_647

RESOLUTIONS = ("360p", "540p", "720p", "1080p")
ASPECT_RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16")
STYLES = ("none", "anime", "3d_animation", "clay", "comic", "cyberpunk")
THINKING_TYPES = ("disabled", "enabled", "auto")
DEFAULT_NEGATIVE_PROMPT = (
    "blurry, distortion, low quality, grainy, warped faces, deformed hands, extra limbs, "
    "watermark, text, signature"
)
ARRAY_FRAME_FIELDS = ("image_urls", "images", "frame_images")

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
KEY_VARIABLE = "PIXVERSE_SIMULATOR_KEY"  # the only key it then takes; else any will do

ERROR_STATUS = {
    "invalid_request": 400,
    "unauthorized": 401,
    "insufficient_credits": 402,
    "forbidden": 403,
    "model_not_found": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "payload_too_large": 413,
    "rate_limited": 429,
    "internal_error": 500,
}


def short_side_px(resolution: str) -> int:
    """The short side in pixels that a resolution name such as "720p" stands for."""
    digits = resolution.removesuffix("p")
    return int(digits) if digits.isdigit() else 720


def size_for_ratio(resolution: str, aspect_ratio: str) -> tuple[int, int]:
    """Width and height in pixels, both even, of a text-to-video clip ("720p", "16:9")."""
    wide, _, high = aspect_ratio.partition(":")
    if not (wide.isdigit() and high.isdigit() and int(wide) and int(high)):
        wide, high = "16", "9"
    return size_for_shape(resolution, int(wide) / int(high))


def size_for_shape(resolution: str, ratio: float) -> tuple[int, int]:
    """Width and height in pixels, both even, for a width:height ratio held in 1:3 to 3:1."""
    short = short_side_px(resolution)
    held = min(3.0, max(1 / 3, ratio))
    if held >= 1:
        return _even(short * held), _even(short)
    return _even(short), _even(short / held)


def request_properties(start_field: str | None, end_field: str | None) -> JsonObject:
    """The JSON Schema properties of a run request, frame fields under the given names."""
    properties: JsonObject = {
        "prompt": {
            "type": "string",
            "minLength": 1,
            "maxLength": MAX_PROMPT_CHARS,
            "description": "What the clip shows",
        },
        "negative_prompt": {
            "type": "string",
            "maxLength": MAX_NEGATIVE_CHARS,
            "default": DEFAULT_NEGATIVE_PROMPT,
        },
        "resolution": {"type": "string", "enum": list(RESOLUTIONS), "default": "720p"},
        "duration": {
            "type": "integer",
            "minimum": 1,
            "maximum": 15,
            "default": 5,
            "description": "Length in seconds",
        },
        "aspect_ratio": {"type": "string", "enum": list(ASPECT_RATIOS), "default": "16:9"},
        "seed": {"type": "integer", "minimum": 0, "maximum": MAX_SEED},
        "generate_audio": {"type": "boolean", "default": True},
        "thinking_type": {"type": "string", "enum": list(THINKING_TYPES), "default": "auto"},
        "multi_clip": {"type": "boolean", "default": False},
        "style": {"type": "string", "enum": list(STYLES), "default": "none"},
    }
    properties.update(_frame_properties(start_field, end_field))
    return properties


def _frame_properties(start_field: str | None, end_field: str | None) -> JsonObject:
    frames: JsonObject = {}
    if start_field in ARRAY_FRAME_FIELDS:
        frames[str(start_field)] = {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": 2,
            "description": "Start frame and, optionally, end frame",
        }
        return frames
    if start_field:
        frames[start_field] = {"type": "string", "description": "Start frame, a URL or data URI"}
    if end_field:
        frames[end_field] = {"type": "string", "description": "End frame, a URL or data URI"}
    return frames


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)
