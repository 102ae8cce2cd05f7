"""Strict reading of a run request: the published schema, then what a schema cannot say."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field

from pixverse_desktop.simulator.jsontypes import JsonObject, as_list, as_text
from pixverse_desktop.simulator.names import ARRAY_FRAME_FIELDS, MODEL_ID
from pixverse_desktop.simulator.settings import Settings

_DATA_URI = re.compile(r"data:(image/(?:png|jpeg|webp));base64,", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: the parameter's name ("" for the whole) and words."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A start or end picture: its bytes when it came inline, else its address."""

    url: str = ""
    media_type: str = ""
    data: bytes = field(default=b"", repr=False)

    def sha256(self) -> str:
        """Hex digest of the picture's bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Checked:
    """A request that was accepted: its parameters without frames, and the frames."""

    values: JsonObject
    start: Frame | None
    end: Frame | None


def check_request(
    body: object, settings: Settings, model_id: str = MODEL_ID
) -> Checked | list[Problem]:
    """The accepted request, or every problem found with it (never an empty list)."""
    if not isinstance(body, dict):
        return [Problem("", "the body must be a JSON object")]
    problems = _schema_problems(body, settings.request_schema(model_id))
    if problems:
        return problems
    if model_id != MODEL_ID:
        return _check_other(body)
    if not as_text(body.get("prompt")).strip():
        return [Problem("prompt", "must not be blank")]
    return _check_frames(body, settings)


def _schema_problems(body: JsonObject, schema: JsonObject) -> list[Problem]:
    # Slow to import, and the ready line must not wait for it.
    from jsonschema import Draft202012Validator

    problems = []
    for error in Draft202012Validator(schema).iter_errors(body):
        path = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "additionalProperties":
            path = next((key for key in body if key not in error.schema["properties"]), path)
        elif error.validator == "required":
            path = next((key for key in error.validator_value if key not in body), path)
        problems.append(Problem(path, _short(error.message)))
    return problems


def _check_other(body: JsonObject) -> Checked | list[Problem]:
    """A request to one of the other models: it is rendered from its picture and its text."""
    start = _read_frame(as_text(body.get("image") or body.get("image_url")), "image")
    if isinstance(start, Problem):
        return [start]
    values = {k: v for k, v in body.items() if k not in ("image", "image_url", "last_frame")}
    values["prompt"] = as_text(body.get("prompt")) or as_text(body.get("script"))
    resolution = as_text(body.get("resolution"))
    if resolution:
        values["resolution"] = f"{resolution.removesuffix('p')}p"
    shape = as_text(body.get("aspectRatio"))
    values |= {"aspect_ratio": shape} if shape else {}
    seconds = str(body.get("duration") or "5").removesuffix("s")
    values["duration"] = int(seconds) if seconds.isdigit() else 5
    return Checked(values, start, None)


def _check_frames(body: JsonObject, settings: Settings) -> Checked | list[Problem]:
    start_field, end_field = settings.start_field, settings.end_field
    start_text, end_text = _frame_texts(body, start_field, end_field)
    if end_text and not start_text:
        return [Problem(end_field or "", "an end frame needs a start frame")]
    start = _read_frame(start_text, start_field or "")
    end = _read_frame(end_text, end_field or start_field or "")
    if isinstance(start, Problem) or isinstance(end, Problem):
        return [found for found in (start, end) if isinstance(found, Problem)]
    values = {key: value for key, value in body.items() if key not in (start_field, end_field)}
    return Checked(values, start, end)


def _frame_texts(
    body: JsonObject, start_field: str | None, end_field: str | None
) -> tuple[str, str]:
    if start_field in ARRAY_FRAME_FIELDS:
        pictures = [as_text(item) for item in as_list(body.get(start_field))] + ["", ""]
        return pictures[0], pictures[1]
    return as_text(body.get(start_field or "")), as_text(body.get(end_field or ""))


def _read_frame(text: str, path: str) -> Frame | Problem | None:
    if not text:
        return None
    if re.match(r"https?://[^/\s]+", text):
        return Frame(url=text)
    found = _DATA_URI.match(text)
    if not found:
        return Problem(path, "must be an http(s) URL or a base64 data URI of a PNG, JPEG or WebP")
    try:
        data = base64.b64decode(text[found.end() :], validate=True)
    except (binascii.Error, ValueError):
        return Problem(path, "the data URI is not valid base64")
    if not _looks_like_picture(data):
        return Problem(path, "the data URI does not hold a PNG, JPEG or WebP picture")
    return Frame(media_type=found.group(1), data=data)


def _looks_like_picture(data: bytes) -> bool:
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return webp or data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))


def _short(message: str) -> str:
    return message if len(message) <= 300 else message[:299] + "…"


def shortened(value: object) -> object:
    """A copy of a request for logs: data URIs become their digest, length and media type."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    if isinstance(value, str) and value.startswith("data:"):
        return _data_uri_summary(value)
    return value


def _data_uri_summary(text: str) -> JsonObject:
    head, _, tail = text.partition(",")
    try:
        data = base64.b64decode(tail) if head.endswith(";base64") else tail.encode()
    except (binascii.Error, ValueError):
        data = tail.encode()
    media_type = head.removeprefix("data:").partition(";")[0]
    digest = hashlib.sha256(data).hexdigest()
    return {"data_uri_sha256": digest, "bytes": len(data), "media_type": media_type}
