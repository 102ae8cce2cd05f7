"""From a refusal of the service to the problem the user reads.

Mapped by HTTP status first, then by code. The nesting of error bodies is undocumented, so every
shape seen at this service's other routes is understood, and anything else is kept as detail.
"""

from __future__ import annotations

import json

from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.records import record

_BUSY_WORDS = ("concurren", "too_many_jobs", "too many jobs", "jobs at a time", "parallel")
_CREDIT_WORDS = ("insufficient_credits", "insufficient credits", "not enough credits", "payment")


@record
class ErrorBody:
    """What could be read from an error body; empty strings where it was silent."""

    code: str = ""
    message: str = ""
    field: str | None = None


def read_error(value: object) -> ErrorBody:
    """Understand a decoded JSON error body, whatever its nesting."""
    if isinstance(value, str):
        return ErrorBody(message=value)
    if not isinstance(value, dict):
        return ErrorBody()
    inner = value.get("error")
    if isinstance(inner, dict):
        return _merge(_flat(inner), _listed(inner.get("details")), _flat(value))
    own = _flat(value)
    if isinstance(inner, str):
        # {"error": "text", "code"?, "message"?}: a one-word error is a code.
        as_code = ErrorBody(code=inner) if " " not in inner else ErrorBody(message=inner)
        return _merge(own, as_code, ErrorBody(message=inner))
    return _merge(own, _listed(value.get("errors")), _listed(value.get("detail")))


def _flat(value: dict[object, object]) -> ErrorBody:
    code, message, field = value.get("code"), value.get("message"), value.get("field")
    return ErrorBody(
        code if isinstance(code, str) else "",
        message if isinstance(message, str) else "",
        field if isinstance(field, str) else None,
    )


def _listed(value: object) -> ErrorBody:
    """``errors``/``details``: a list of {path|field|loc, message|msg}, an object, or a text."""
    if isinstance(value, str):
        return ErrorBody(message=value)
    if isinstance(value, dict):
        return _listed(value.get("errors") or value.get("issues") or [value])
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return ErrorBody()
    first = value[0]
    where = first.get("path") or first.get("field") or first.get("param") or first.get("loc")
    if isinstance(where, list):
        where = where[-1] if where else None
    text = first.get("message") or first.get("msg")
    return ErrorBody(
        message=text if isinstance(text, str) else "",
        field=where.strip("/.") if isinstance(where, str) else None,
    )


def _merge(*bodies: ErrorBody) -> ErrorBody:
    return ErrorBody(
        next((b.code for b in bodies if b.code), ""),
        next((b.message for b in bodies if b.message), ""),
        next((b.field for b in bodies if b.field), None),
    )


def decode_error(raw: bytes) -> tuple[ErrorBody, str]:
    """The error in a raw body, and the body as text for the Details fold-out."""
    text = raw.decode("utf-8", errors="replace")
    try:
        return read_error(json.loads(text)), text
    except (ValueError, RecursionError):
        return ErrorBody(), text


def refusal(status: int, raw: bytes, *, about_job: bool = False) -> Problem:
    """The problem of an HTTP answer with ``status`` (400 and above) and its raw body."""
    body, text = decode_error(raw)
    code = _code_of(status, body, about_job)
    detail = f"HTTP {status}\n{text}"
    if code is not ProblemCode.INVALID:
        return problem(code, detail=detail)
    return problem(code, _invalid_sentence(status, body), detail, body.field)


def _code_of(status: int, body: ErrorBody, about_job: bool) -> ProblemCode:
    about_credits = any(w in f"{body.code} {body.message}".lower() for w in _CREDIT_WORDS)
    match status:
        case 401:
            return ProblemCode.KEY
        case 402:
            return ProblemCode.CREDITS
        case 403:
            return ProblemCode.CREDITS if about_credits else ProblemCode.KEY
        case 404 | 410:
            return ProblemCode.JOB_UNKNOWN if about_job else ProblemCode.MODEL
        case 409 | 429 if _is_busy(body):
            return ProblemCode.BUSY
        case 429:
            return ProblemCode.RATE
        case _ if status >= 500:
            return ProblemCode.SERVICE
        case _:
            return ProblemCode.INVALID


def _is_busy(body: ErrorBody) -> bool:
    """Whether it is refused for the number of jobs that run, not for that of requests."""
    return any(word in f"{body.code} {body.message}".lower() for word in _BUSY_WORDS)


def says_busy(status: int, raw: bytes) -> bool:
    """Whether a 409, which may be anything else, is such a refusal by its own code."""
    body, _text = decode_error(raw)
    return status == 409 and _is_busy(ErrorBody(body.code))


def _invalid_sentence(status: int, body: ErrorBody) -> str:
    if status == 413:
        return Message("request_too_large")
    said = body.message.rstrip(". ")
    if said and body.field and body.field not in said:
        return Message("refused_field", said=said, field=body.field)
    return Message("refused_because", said=said) if said else ""
