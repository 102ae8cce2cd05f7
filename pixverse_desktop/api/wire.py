"""The service's field names: the only file that knows them.

Sends strictly (only keys the schema lists), reads tolerantly (every documented shape, and unknown
status words mean "still running"). Follows sections 2-5 of the service's contract.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from pixverse_desktop.core.capabilities import (
    BUNDLED,
    Capabilities,
    Choice,
    FrameField,
    IntRange,
    Source,
    Text,
)
from pixverse_desktop.core.credits import read_credits, store_credits
from pixverse_desktop.core.job import REMOTE_ID
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Submission
from pixverse_desktop.core.problems import plain
from pixverse_desktop.core.request import ClipRequest, Frame, FrameKind

T = TypeVar("T")
Json = Mapping[str, object]

START_NAMES = (
    "start_image_url", "start_frame_url", "start_image", "start_frame", "first_frame_url",
    "first_frame_image", "first_image_url", "first_frame", "image_url", "image", "input_image",
)  # fmt: skip
END_NAMES = (
    "end_image_url", "end_frame_url", "end_image", "end_frame", "last_frame_url",
    "last_frame_image", "last_image_url", "last_frame", "tail_image_url", "image_tail",
)  # fmt: skip
ARRAY_NAMES = ("image_urls", "images", "frame_images")

_COMPLETED = frozenset({"completed", "succeeded", "success"})
_FAILED = frozenset({"failed", "error", "cancelled", "canceled", "expired", "timeout", "rejected"})
_MODEL_NAMES = ("model", "modelId", "model_id", "apiId")
_USUAL_PAGE = 20
# Beyond these a schema cannot be meant: a form has to show what it says.
_MOST_CHOICES = 100
_LONGEST_CHOICE = 64
_LONGEST_TEXT = 20_000
_LARGEST_NUMBER = 2**31 - 1
_VIDEO_ENDINGS = (".mp4", ".webm", ".mov")


# --- sending ---


def request_body(
    request: ClipRequest, caps: Capabilities, load_frame: Callable[[Frame], bytes]
) -> dict[str, object]:
    """The JSON body of a submission. ``load_frame`` gives the JPEG bytes of a stored frame."""
    body: dict[str, object] = {
        "prompt": request.prompt,
        "resolution": request.resolution,
        "duration": request.duration_s,
        "negative_prompt": request.negative_prompt,
        "generate_audio": request.audio,
        "thinking_type": request.thinking,
        "multi_clip": request.multi_clip,
    }
    if request.start_frame is None:  # with a start frame the service follows the picture's shape
        body["aspect_ratio"] = request.aspect_ratio
    if request.seed is not None:
        body["seed"] = request.seed
    if request.style != "none":
        body["style"] = request.style
    if caps.accepted_keys is not None:
        body = {key: value for key, value in body.items() if key in caps.accepted_keys}
    for field, frame in (
        (caps.start_frame, request.start_frame),
        (caps.end_frame, request.end_frame),
    ):
        if field is not None and frame is not None:
            _put_frame(body, field, _frame_value(frame, load_frame))
    return body


def _put_frame(body: dict[str, object], field: FrameField, value: str) -> None:
    if field.position is None:
        body[field.name] = value
        return
    listed = body.setdefault(field.name, [])
    if isinstance(listed, list):
        listed.append(value)


def _frame_value(frame: Frame, load_frame: Callable[[Frame], bytes]) -> str:
    if frame.kind is FrameKind.URL:
        return frame.value
    return "data:image/jpeg;base64," + base64.b64encode(load_frame(frame)).decode("ascii")


# --- reading: tolerant helpers ---


def as_object(value: object) -> Json:
    """``value`` if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: object) -> int | None:
    """A whole number; texts, booleans and fractions are not believed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value and abs(value) < 1e15 and value == int(value) else None


def _time(value: object) -> float | None:
    """Seconds since 1970 from ISO 8601 or a number in seconds or milliseconds."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError, OSError):
            return None
    number = _whole(value)
    if number is None or number <= 0:
        return None
    return number / 1000 if number > 1e11 else float(number)


# --- reading: jobs ---


def read_submission(value: object) -> Submission | None:
    """The accepted job, or None when there is no usable job id (the outcome is then unknown)."""
    body = as_object(value)
    remote_id = body.get("jobId")
    if not isinstance(remote_id, str) or not REMOTE_ID.fullmatch(remote_id):
        return None
    return Submission(
        remote_id, read_credits(body.get("creditCost")), read_credits(body.get("creditsRemaining"))
    )


def read_job(value: object, remote_id: str = "") -> RemoteJob | None:
    """A job or a row of the list; None when it is neither."""
    body = as_object(value)
    body = as_object(body.get("job")) or body
    found = body.get("jobId") or body.get("id") or remote_id
    if not body or not isinstance(found, str) or not REMOTE_ID.fullmatch(found):
        return None
    status = _text(body.get("status")) or ""
    inputs = _inputs(body)
    return RemoteJob(
        remote_id=found,
        status=plain(status, 64),
        phase=_phase(status),
        video_url=video_url(body),
        error=_error_text(body.get("error")),
        credit_cost=read_credits(body.get("creditCost")),
        credits_remaining=read_credits(body.get("creditsRemaining")),
        expires_at=_time(body.get("expiresAt") or as_object(body.get("output")).get("expiresAt")),
        created_at=_time(body.get("createdAt") or body.get("created_at")),
        seed=_whole(inputs.get("seed")),
        prompt=_text(inputs.get("prompt")),
        request=read_request(inputs),
        model=next((m for n in _MODEL_NAMES if (m := _text(body.get(n)))), None),
    )


def read_jobs(value: object, page: int = 1) -> JobsPage | None:
    """The list of jobs, bare or under ``jobs``/``data``/``items``; None when it is no list."""
    around = as_object(value)
    if isinstance(value, dict):
        value = next(
            (value[k] for k in ("jobs", "data", "items") if isinstance(value.get(k), list)), None
        )
    if not isinstance(value, list):
        return None
    rows = tuple(job for job in map(read_job, value) if job is not None)
    return JobsPage(rows, _more_follow(around, len(value), page))


def _more_follow(around: Json, count: int, page: int) -> bool:
    """Whether older jobs may follow. Undocumented: every usual mark of a list with pages counts."""
    for name in ("hasMore", "has_more"):
        if isinstance(around.get(name), bool):
            return bool(around[name])
    total, offset = _whole(around.get("total")), _whole(around.get("offset"))
    if total is not None:
        return (count * (page - 1) if offset is None else offset) + count < total and count > 0
    if any(_text(around.get(name)) for name in ("nextCursor", "next_cursor", "next")):
        return True
    return count >= _USUAL_PAGE


def read_request(inputs: Json) -> ClipRequest | None:
    """What was once sent, as far as the service echoes it; None without a prompt."""
    prompt = _text(inputs.get("prompt"))
    if prompt is None:
        return None
    usual = BUNDLED.defaults()

    def text(name: str, default: str) -> str:
        value = inputs.get(name)
        return plain(value, 5000) if isinstance(value, str) else default

    duration, audio = _whole(inputs.get("duration")), inputs.get("generate_audio")
    return ClipRequest(
        prompt=plain(prompt, 5000),
        resolution=text("resolution", usual.resolution),
        duration_s=usual.duration_s if duration is None else duration,
        aspect_ratio=text("aspect_ratio", usual.aspect_ratio),
        negative_prompt=text("negative_prompt", ""),
        seed=_whole(inputs.get("seed")),
        audio=audio if isinstance(audio, bool) else usual.audio,
        thinking=text("thinking_type", usual.thinking),
        multi_clip=inputs.get("multi_clip") is True,
        style=text("style", usual.style),
    )


def _inputs(body: Json) -> Json:
    for name in ("input", "inputs", "params", "parameters", "request"):
        if found := as_object(body.get(name)):
            return found
    return {}


def _phase(status: str) -> Phase:
    word = status.strip().lower()
    if word in _COMPLETED:
        return Phase.COMPLETED
    return Phase.FAILED if word in _FAILED else Phase.RUNNING


def _error_text(error: object) -> str:
    if isinstance(error, dict):
        said = _text(error.get("message")) or _text(error.get("code"))
        try:
            return said[:600] if said else json.dumps(error)[:600]
        except RecursionError:  # it could just be read
            return ""
    return error[:600] if isinstance(error, str) else ""


def video_url(body: Json) -> str | None:
    """Where the clip is, in the order the contract gives; None while there is none."""
    raw = body.get("output")
    output = as_object(raw)
    candidates: list[object] = [output.get("video"), _first(output.get("videos"))]
    candidates += [output.get("url"), _asset(body.get("assets")), _asset(output.get("assets"))]
    image = _url_of(_first(output.get("images")))
    if image and image.split("?")[0].lower().endswith(_VIDEO_ENDINGS):
        candidates.append(image)
    candidates += [raw if isinstance(raw, str) else None, _first(raw)]
    return next((url for url in map(_url_of, candidates) if url), None)


def _url_of(value: object) -> str | None:
    return _text(value.get("url") if isinstance(value, dict) else value)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None


def _asset(assets: object) -> object:
    """The first video among ``assets``, else the first asset."""
    if not isinstance(assets, list):
        return None
    rows = [row for row in assets if isinstance(row, dict)]
    videos = [row for row in rows if "video" in str(row.get("type") or row.get("mimeType") or "")]
    return _first(videos or rows)


# --- reading: what the model accepts ---


def read_schema(value: object) -> Json | None:
    """The JSON Schema in a reply: ``schema``, else ``requestSchema``, else the body itself."""
    body = as_object(value)
    for candidate in (body.get("schema"), body.get("requestSchema"), body):
        # A schema that knows no prompt is not this model's: sending by it would pay for nothing.
        if "prompt" in as_object(as_object(candidate).get("properties")):
            return as_object(candidate)
    return None


def capabilities_from_schema(schema: Json, source: Source = Source.LIVE) -> Capabilities:
    """The rules a schema states; where it is silent the bundled ones hold."""
    props = as_object(schema.get("properties"))
    start, end = _frame_fields(props)
    return Capabilities(
        prompt=_text_rule(props.get("prompt"), BUNDLED.prompt),
        resolution=_choice_rule(props.get("resolution"), BUNDLED.resolution),
        duration_s=_range_rule(props.get("duration"), BUNDLED.duration_s),
        aspect_ratio=_choice_rule(props.get("aspect_ratio"), BUNDLED.aspect_ratio),
        negative_prompt=_text_rule(props.get("negative_prompt"), BUNDLED.negative_prompt),
        seed=_range_rule(props.get("seed"), BUNDLED.seed),
        audio_default=_flag_default(props.get("generate_audio"), BUNDLED.audio_default),
        thinking=_choice_rule(props.get("thinking_type"), BUNDLED.thinking),
        multi_clip_default=_flag_default(props.get("multi_clip"), BUNDLED.multi_clip_default),
        style=_choice_rule(props.get("style"), BUNDLED.style),
        start_frame=start,
        end_frame=end,
        frames_guessed=False,
        accepted_keys=frozenset(props),
        source=source,
    )


def with_fallback_names(caps: Capabilities, start: str, end: str) -> Capabilities:
    """Guessed frame fields under the names of the user's settings, where those are set."""
    if not caps.frames_guessed:
        return caps
    return replace(
        caps,
        start_frame=FrameField(start) if start else caps.start_frame,
        end_frame=FrameField(end) if end else caps.end_frame,
    )


def credit_cost(value: object) -> Decimal | None:
    """Credits a clip costs by the model's entry; None when it is not one fixed number."""
    cost = as_object(value).get("creditCost")
    if isinstance(cost, dict):
        if cost.get("type") not in (None, "fixed"):
            return None
        cost = cost.get("amount", cost.get("default"))
    return read_credits(cost)


def listed_cost(value: object, model_id: str) -> Decimal | None:
    """The model's price in the list of all models; None when it is not there."""
    models = as_object(value).get("models")
    if not isinstance(models, list):
        return None
    return next((credit_cost(m) for m in models if as_object(m).get("apiId") == model_id), None)


def cached_model(schema: Json, cost: Decimal) -> str:
    """The text kept for the next start, when the service may not be reachable."""
    return json.dumps({"schema": schema, "creditCost": cost}, default=store_credits)


def capabilities_from_cache(text: str) -> Capabilities | None:
    """Read ``cached_model`` back; None when it cannot be."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    schema = read_schema(value)
    if schema is None:
        return None
    cost = credit_cost(value)
    caps = capabilities_from_schema(schema, Source.CACHED)
    return caps if cost is None else replace(caps, credit_cost=cost)


def _frame_fields(props: Json) -> tuple[FrameField | None, FrameField | None]:
    by_lower = {name.lower(): name for name in props}
    start = next((by_lower[name] for name in START_NAMES if name in by_lower), None)
    end = next((by_lower[name] for name in END_NAMES if name in by_lower), None)
    array = next((by_lower[name] for name in ARRAY_NAMES if name in by_lower), None)
    if start is None and array is not None:
        return FrameField(array, 0), FrameField(array, 1)
    return (FrameField(start) if start else None), (FrameField(end) if end else None)


def _choice_rule(prop: object, known: Choice) -> Choice:
    rule = as_object(prop)
    listed = rule.get("enum")
    values = tuple(filter(_is_word, listed)) if isinstance(listed, list) else ()
    values = tuple(dict.fromkeys(values))[:_MOST_CHOICES] or known.values
    default = rule.get("default")
    if default not in values:
        default = known.default if known.default in values else values[0]
    return Choice(values, str(default))


def _range_rule(prop: object, known: IntRange) -> IntRange:
    rule = as_object(prop)
    low, high = _whole(rule.get("minimum")), _whole(rule.get("maximum"))
    low = known.minimum if low is None else low
    high = known.maximum if high is None else high
    if not 0 <= low <= high <= _LARGEST_NUMBER:
        return known
    default = _whole(rule.get("default"))
    default = known.default if default is None else default
    return IntRange(low, high, None if default is None else min(high, max(low, default)))


def _text_rule(prop: object, known: Text) -> Text:
    rule = as_object(prop)
    longest = _whole(rule.get("maxLength"))
    longest = known.max_length if longest is None or longest <= 0 else min(longest, _LONGEST_TEXT)
    default = rule.get("default")
    return Text(longest, (default if isinstance(default, str) else known.default)[:longest])


def _is_word(value: object) -> bool:
    """True for a choice that can be shown and stored as it is."""
    short = isinstance(value, str) and 0 < len(value) <= _LONGEST_CHOICE
    return short and plain(str(value)) == value


def _flag_default(prop: object, known: bool) -> bool:
    default = as_object(prop).get("default")
    return default if isinstance(default, bool) else known
