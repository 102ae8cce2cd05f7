"""The service's field names: the only file that knows them.

Sends strictly (only keys the schema lists), reads tolerantly (every documented shape, and unknown
status words mean "still running"). Follows sections 2-5 of the service's contract.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from pixverse_desktop.api.keys import FIELD_KEYS, Json, as_object, find
from pixverse_desktop.api.prices import MODEL_NAME, price_rule
from pixverse_desktop.api.schema import (
    lines_of,
    model_from_schema,
    read_schema,
    whole_number,
    word_of,
)
from pixverse_desktop.core.credits import read_credits, store_credits
from pixverse_desktop.core.jobs.job import REMOTE_ID
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec, Source, same_model
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.price_rule import PriceRule
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.model.rules import Choice, Image, IntRange
from pixverse_desktop.core.ports import JobsPage, Phase, RemoteJob, Submission
from pixverse_desktop.core.service import is_loopback
from pixverse_desktop.core.text import plain

_BEGUN = "pending"  # the one word that is documented to mean not yet
_COMPLETED = frozenset({"completed", "succeeded", "success"})
_FAILED = frozenset({"failed", "error", "cancelled", "canceled", "expired", "timeout", "rejected"})
_MODEL_NAMES = ("model", "modelId", "model_id", "apiId")
_INPUT_NAMES = ("input", "inputs", "params", "parameters", "request")
_MADE_NAMES = ("createdAt", "created", "createTime", "creationTime", "submittedAt")
_SEED = re.compile(r"(\d{1,15})(?:\.0*)?", re.ASCII)
_NUMBER = re.compile(r"\d{9,18}(?:\.\d*)?", re.ASCII)  # 8 digits are a date
_ZONE = re.compile(r"\s*(?:UTC|GMT|Z|([+-]\d\d:?\d\d))$", re.IGNORECASE | re.ASCII)
_HOST = re.compile(
    r"(?:(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*|(?:\d{1,3}\.){3}\d{1,3}|localhost)(?::\d+)?/",
    re.IGNORECASE | re.ASCII,
)
_USUAL_PAGE = 20
_USUAL_S, _LONGEST_S = 10, 600  # of a clip whose length is not told
_VIDEO_ENDINGS = (".mp4", ".webm", ".mov")


# --- sending ---


def request_body(
    request: ClipRequest, model: ModelSpec, load_frame: Callable[[Frame], bytes]
) -> dict[str, object]:
    """The JSON body of a submission. ``load_frame`` gives the JPEG bytes of a stored frame."""
    body: dict[str, object] = {}
    for spec in model.offered():
        value = request.get(spec.name)
        if isinstance(spec.rule, Image):
            _put_pictures(body, spec, spec.rule, value, load_frame)
        elif _is_said(spec, value, request):
            body[spec.wire] = None if value is None else spec.rule.spelled(value)
    return body


def _is_said(spec: ParameterSpec, value: object, request: ClipRequest) -> bool:
    """Whether the key is sent: what has no value, and what goes without saying, is left out."""
    if spec.required:
        return value is not None or spec.nullable
    if value is None or (spec.yields_to and request.get(spec.yields_to) is not None):
        return False  # with a start frame the service follows the picture's shape
    if PIXVERSE_V6.get(spec.name) is None:
        return value != spec.rule.default
    if value == "" and request.model != MODEL_ID and not spec.rule.default:
        return False  # there is nothing that somebody could have cleared
    return spec.unsaid is None or (value, spec.rule.default) != (spec.unsaid, spec.unsaid)


def _put_pictures(
    body: dict[str, object], spec: ParameterSpec, rule: Image, value: object,
    load_frame: Callable[[Frame], bytes],
) -> None:  # fmt: skip
    frames = value if isinstance(value, tuple) else (value,) if isinstance(value, Frame) else ()
    sent = [_frame_value(frame, load_frame) for frame in frames]
    if sent and rule.position is None:
        body[spec.wire] = sent if rule.several else sent[0]
    elif sent:
        listed = body.setdefault(spec.wire, [])
        if isinstance(listed, list):
            listed.extend(sent)


def _frame_value(frame: Frame, load_frame: Callable[[Frame], bytes]) -> str:
    if frame.kind is FrameKind.URL:
        return frame.value
    return "data:image/jpeg;base64," + base64.b64encode(load_frame(frame)).decode("ascii")


# --- reading: tolerant helpers ---


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: object) -> int | None:
    """A whole number; texts, booleans and fractions are not believed."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value and abs(value) < 1e15 and value == int(value) else None


def _seed(value: object) -> int | None:
    """A seed, also as a text or with a fraction of zero."""
    digits = isinstance(value, str) and _SEED.fullmatch(value.strip())
    return int(digits[1]) if digits else _whole(value)


def _time(value: object) -> float | None:
    """Seconds since 1970 from ISO 8601 or RFC 822, UTC where no zone stands, or from a number (also
    as a text) of seconds, milliseconds or microseconds."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        return _moment(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    number = float(value) if isinstance(value, str) or abs(value) < 1e18 else 0.0
    if not 0 < number < 1e18:
        return None
    return number / (1e6 if number > 1e14 else 1e3 if number > 1e11 else 1)


def _moment(text: str) -> float | None:
    with_zone = _ZONE.sub(lambda found: found[1] or "+00:00", text)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(with_zone if read is not parsedate_to_datetime else text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, IndexError, OverflowError, OSError):
            continue
    return None


# --- reading: jobs ---


def read_submission(value: object) -> Submission | None:
    """The accepted job, or None when there is no usable job id (the outcome is then unknown)."""
    body = as_object(value)
    remote_id = find(body, "jobId")
    if not isinstance(remote_id, str) or not REMOTE_ID.fullmatch(remote_id):
        return None
    return Submission(
        remote_id,
        read_credits(find(body, "creditCost")),
        read_credits(find(body, "creditsRemaining")),
    )


def read_job(value: object, remote_id: str = "") -> RemoteJob | None:
    """A job or a row of the list; None when it is neither."""
    body = as_object(value)
    body = as_object(body.get("job")) or body
    found = find(body, "jobId") or find(body, "id") or remote_id
    if not body or not isinstance(found, str) or not REMOTE_ID.fullmatch(found):
        return None
    status = _text(find(body, "status")) or ""
    inputs = _inputs(body)
    told = next((m for n in _MODEL_NAMES if (m := _text(body.get(n)))), None)
    request = read_request(inputs, told)
    return RemoteJob(
        remote_id=found,
        status=plain(status, 64),
        phase=_phase(status),
        video_url=None
        if status.strip().lower() == _BEGUN
        else video_url(body, finished=_phase(status) is not Phase.RUNNING),
        error=_error_text(body.get("error")),
        credit_cost=read_credits(find(body, "creditCost")),
        credits_remaining=read_credits(find(body, "creditsRemaining")),
        expires_at=_time(
            find(body, "expiresAt") or find(as_object(find(body, "output")), "expiresAt")
        ),
        created_at=next((t for n in _MADE_NAMES if (t := _time(find(body, n))) is not None), None),
        seed=_seed(find(inputs, "seed")),
        prompt=_text(find(inputs, "prompt")),
        request=request,
        echoed=frozenset(n for n, keys in FIELD_KEYS.items() if find(inputs, *keys) is not None),
        model=told,
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


def read_request(inputs: Json, model_id: str | None = None) -> ClipRequest | None:
    """What was once sent to a model, as far as the service echoes it; None without a prompt."""
    prompt = _text(find(inputs, "prompt"))
    if prompt is None:
        return None
    own = model_id is None or same_model(model_id, MODEL_ID)
    values: dict[str, object] = {"negative_prompt": ""} if own else {}
    for spec in PIXVERSE_V6.parameters:
        value = find(inputs, *FIELD_KEYS[spec.name])
        if isinstance(spec.rule, IntRange):
            value = whole_number(value)
        elif isinstance(spec.rule, Choice):
            value = word_of(value)
        if isinstance(value, str):
            value = plain(value, 5000)
            value = lines_of(value) if spec.name == "resolution" else value
        if spec.rule.holds(value):
            values[spec.name] = value
    model = MODEL_ID if own or not MODEL_NAME.fullmatch(model_id or "") else str(model_id)
    return ClipRequest(plain(prompt, 5000), model=model, values=values)


def _inputs(body: Json) -> Json:
    """What the service echoes of a request: an object of its own, or among the row's own names."""
    echoes = [found for name in _INPUT_NAMES if (found := as_object(find(body, name)))]
    seeded = [found for found in (*echoes, body) if find(found, "seed") is not None]
    if seeded and seeded[0] is body:
        return {**body, **(echoes[0] if echoes else {})}
    return next(iter(seeded or echoes), {})


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


def video_url(body: Json, *, finished: bool = True) -> str | None:
    """Where the clip is, in the order the contract gives; None while there is none.

    Of a job that is not said to be ``finished`` only what can be nothing else counts.
    """
    output, result = find(body, "output"), find(body, "result")
    top = ("url",) if finished else ()
    found = _clip_in(output, "url") or _clip_in(body, *top) or _clip_in(result, "url")
    image = _url_of(find(as_object(output), "images"))
    if found is None and image and image.split("?")[0].lower().endswith(_VIDEO_ENDINGS):
        found = image
    sure = finished or (found is not None and "/" in found and not re.search(r"\s", found))
    return found if sure else None


def _clip_in(place: object, *also: str) -> str | None:
    """The clip's address in one place of an answer."""
    if not isinstance(place, dict):
        return _url_of(place)
    for name in ("video", "videos", "videoUrl", *also):
        if url := _url_of(find(place, name)):
            return url
    return _url_of(_asset(find(place, "assets")))


def absolute_link(link: str, api_url: str) -> str:
    """A clip's address as a whole one: it may be relative to the service's origin, or without its
    scheme, which is https (the service's own on this very machine)."""
    try:
        base = urlsplit(api_url)
        if _HOST.match(link):
            link = f"//{link}"
        if link.startswith("//"):
            local = base.scheme == "http" and is_loopback(urlsplit(link).hostname or "")
            return f"{'http' if local else 'https'}:{link}"
        return urljoin(f"{base.scheme}://{base.netloc}/", link)
    except ValueError:
        return link  # no address at all, as will be found out


def _url_of(value: object) -> str | None:
    """An address: a text, an object that holds one, or the first of a list of either."""
    for one in value if isinstance(value, list) else (value,):
        found = find(one, "url", "uri") if isinstance(one, dict) else one
        if isinstance(found, str) and found.strip():
            return found.strip()
    return None


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


def with_fallback_names(model: ModelSpec, start: str, end: str) -> ModelSpec:
    """Guessed frame fields under the names of the user's settings, where those are set."""
    names = {"start_frame": start, "end_frame": end} if model.frames_guessed else {}
    return model.changed(**{name: {"wire": wire} for name, wire in names.items() if wire})


def cached_model(schema: Json, cost: object) -> str:
    """The text kept for the next start, when the service may not be reachable; ``cost`` as the
    service wrote it."""
    return json.dumps({"schema": schema, "creditCost": cost}, default=store_credits)


def model_from_cache(text: str, base: ModelSpec = PIXVERSE_V6) -> ModelSpec | None:
    """Read ``cached_model`` back; None when it cannot be."""
    try:
        return model_of(json.loads(text), Source.CACHED, base)
    except (ValueError, RecursionError):
        return None


def model_of(
    answer: object, source: Source = Source.LIVE, base: ModelSpec = PIXVERSE_V6
) -> ModelSpec | None:
    """A model from the service's answer about it; None when that holds no schema."""
    schema = read_schema(answer, base.id)
    if schema is None:
        return None
    model = model_from_schema(schema, source, base)
    price = price_rule(answer)
    if price is None:
        unread = as_object(answer).get("creditCost") is not None
        price = PriceRule(None) if unread else model.price
    values, length = model.defaults(), model.range("duration_s")
    usual = (
        str(values.get("resolution", "")),
        values.get("audio") is True,
        int(str(values.get("duration_s", 0))),
    )
    longest = length.maximum if 0 < length.maximum <= _LONGEST_S else _USUAL_S
    return replace(model, price=replace(price, usual=usual, longest=longest))
