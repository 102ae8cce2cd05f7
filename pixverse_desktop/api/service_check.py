"""Whether the service speaks as this program assumes: asks all that costs nothing.

The report holds names and shapes, no values: neither prompts nor addresses nor amounts, nor what
this computer's network looks like, so that it can be handed to anybody.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from itertools import islice

from pixverse_desktop.api import wire
from pixverse_desktop.api.client import Client
from pixverse_desktop.api.json_schema import properties_of
from pixverse_desktop.api.keys import as_object
from pixverse_desktop.api.prices import listed_models, price_rule
from pixverse_desktop.api.schema import model_from_schema, read_schema
from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.errors import (
    DownloadFailed,
    Problem,
    ProblemCode,
    Rejected,
    Unreachable,
)
from pixverse_desktop.core.messages import Argument, Message
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.rules import Choice, Rule
from pixverse_desktop.core.ports import RemoteJob
from pixverse_desktop.core.service import ServiceReport

_PATIENCE_S = 60.0  # with no answer to any question in so long, no more are asked
_DEEPEST = 6
_MOST_NAMES = 60
_NO_JOB = "key-check"
_JOB = "/jobs/{id}"
# Names as programs write them. What is longer, has other letters or many digits is a value.
_NAME = re.compile(
    r"[_$]?[a-z][a-z0-9]*(?:[_-][a-z0-9]+){0,5}"
    r"|[A-Za-z][a-z0-9]*(?:[A-Z]{1,4}[a-z0-9]*){0,5}"
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){0,5}"
)
_MOST_DIGITS = 2
_SIZE = re.compile(r"[0-9]{3,4}p|[0-9]{1,2}k", re.IGNORECASE)  # a table of prices has such names
_LONGEST_NAME = 40
_JOB_ID = re.compile(r"job_(?!ids?$|status$|type$|url$)")
_ANY_NAME = "{key}"
# The same without the places and hosts that these sentences name.
_WHY = {
    "certificate": "why_certificate",
    "certificates_missing": "why_own_certificates",
    "certificates_unusable": "why_own_certificates",
    "certificates_gone": "why_own_certificates",
    "certificate_signer": "why_signer",
    "certificate_time": "why_time",
    "certificate_name": "why_other_name",
    "certificate_none": "why_no_certificate",
    "own_certificates_gone": "why_certificate_file",
    "own_certificates_none": "why_certificate_file",
    "offline_name": "why_name",
    "offline_refused": "why_refused",
    "offline_slow": "why_slow",
    "proxy_no_address": "why_own_proxy",
    "proxy_unreachable": "why_no_proxy",
    "proxy_refuses": "why_own_proxy",
    "proxy_unknown": "why_proxy_name",
    "proxy_login": "why_proxy_login",
    "proxy_certificate": "why_proxy_certificate",
}


def check_service(client: Client) -> ServiceReport:
    """BLOCKING. Ask models, schema, jobs and the media host; never sends a paid request."""
    check = _Check(client)
    return check.run(check.models, check.schema, check.jobs, check.unknown_job)


def check_connection(client: Client, *, with_key: bool) -> ServiceReport:
    """BLOCKING. Ask for the models and, with a key, for something only a key may ask: whether the
    service is reached, speaks as this program assumes, and takes the key."""
    check = _Check(client)
    return check.run(check.models, *([check.unknown_job] if with_key else []))


class _Enough(Exception):
    """To ask on would be of no use, or is not wished for."""


class _Check:
    """One check: every route is asked, whatever the ones before it answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._report = ServiceReport(reached=False)
        self._ends = time.monotonic() + _PATIENCE_S
        self._why = Message("why_silent")
        self._route = ""

    def run(self, *steps: Callable[[], None]) -> ServiceReport:
        """The report; unreached only when not one question was answered."""
        report = self._report
        with contextlib.suppress(_Enough):
            for step in steps:
                try:
                    step()
                except (ValueError, RecursionError):  # nested too deeply, or no such number or date
                    self._find("check_unreadable", path=self._route)
        if not report.reached:
            report.findings = [Message("check_unreached", why=self._why)]
        return report

    def _find(self, code: str, **args: Argument) -> None:
        self._report.findings.append(Message(code, **args))

    def _ask(self, path: str, route: str) -> object:
        """The answer at ``path``, noted by its shape under ``route``; None where there is none to
        read, which is a finding."""
        self._route = route
        try:
            value, rate = self._client.ask(path)
        except Rejected as error:
            self._heard(error.rate)
            code = "check_key" if error.problem.code is ProblemCode.KEY else "check_refused"
            self._find(code, path=route)
        except Unreachable as error:
            self._odd(error)
        else:
            self._heard(rate)
            self._report.shapes[route] = shape_of(value)
            return {} if value is None else value  # null says as much
        return None

    def _heard(self, rate: RateHint) -> None:
        self._report.reached = True
        self._report.rates.append(rate)
        if rate.per_minute is not None:
            self._report.shapes["rate headers"] = "present"

    def _odd(self, error: Unreachable) -> None:
        """Note an answer of no use, or none. Raises _Enough where asking on makes no sense."""
        if error.status:
            self._heard(error.rate)
        else:
            self._report.rates.append(error.rate)
        if error.problem.code is ProblemCode.RATE:
            self._find("check_limited")
            raise _Enough
        if error.status >= 300:
            self._find("check_answers", path=self._route, status=error.status)
        elif error.status:
            self._find("check_no_json", path=self._route)
        else:
            self._find("check_silent", path=self._route)
            self._why = _why(error.problem)
            stays = (
                self._why.code not in ("why_silent", "why_slow") or time.monotonic() > self._ends
            )
            if stays and not self._report.reached:
                raise _Enough

    def models(self) -> None:
        """The list of models holds ours, with prices."""
        value = self._ask("/models?detailed=true", "/models")
        if value is None:
            return
        listed = listed_models(value)
        if not listed:
            self._find("check_no_models")
        elif MODEL_ID not in {model.id for model in listed}:
            self._find("check_not_listed", model=MODEL_ID)
        unpriced = [model.id for model in listed if model.price is None]
        if unpriced:
            self._find("check_unpriced", n=len(unpriced), names=", ".join(unpriced[:5]))

    def schema(self) -> None:
        """The model has the parameters, limits and price that are documented."""
        path = f"/models/{MODEL_ID}"
        value = self._ask(path, path)
        schema = read_schema(value)
        if schema is None:
            schema = read_schema(self._ask(f"{path}/schema", f"{path}/schema"))
        if schema is None:
            self._find("check_no_schema")
            return
        if price_rule(as_object(value)) is None:
            self._find("check_no_price")
        model = model_from_schema(schema)
        known = {spec.name: spec for spec in PIXVERSE_V6.parameters}
        for spec in model.parameters:
            usual = known.get(spec.name)
            if usual is None:
                self._find("check_new", name=_name(spec.wire))
            elif not spec.offered:
                self._find("check_missing", name=usual.wire)
            elif not _same_rule(spec.rule, usual.rule):
                self._find("check_limits", name=_name(spec.wire))
            elif spec.wire != usual.wire and spec.name not in ("start_frame", "end_frame"):
                self._find("check_renamed", name=usual.wire, new=_name(spec.wire))
        names = sorted({_name(name) for name in properties_of(schema)[0]})
        self._report.shapes["keys"] = names[:_MOST_NAMES]

    def jobs(self) -> None:
        """The list of jobs, one of them, and the host of its clip."""
        value = self._ask("/jobs?limit=20&page=1", "/jobs")
        page = wire.read_jobs(value) if value is not None else None
        if value is not None and page is None:
            self._find("check_jobs_shape")
        rows = page.rows if page is not None else ()
        if not rows:
            return
        if all(row.prompt is None and row.seed is None for row in rows):
            self._find("check_no_echo")
        if all(row.created_at is None for row in rows):
            self._find("check_no_time")
        told = self._ask(f"/jobs/{rows[0].remote_id}", _JOB)
        if told is not None and wire.read_job(told, rows[0].remote_id) is None:
            self._find("check_job_shape")
        self._media(rows)

    def _media(self, rows: tuple[RemoteJob, ...]) -> None:
        link = next((row.video_url for row in rows if row.video_url), None)
        if link is None:
            return
        try:
            self._client.reach(link)
        except DownloadFailed:
            self._find("check_media_link")
        except Unreachable as error:
            self._find("check_media", why=_why(error.problem))

    def unknown_job(self) -> None:
        """A job that does not exist is answered as such, to this key."""
        self._route = _JOB
        try:
            _, rate = self._client.ask(f"/jobs/{_NO_JOB}")
        except Rejected as error:
            self._heard(error.rate)
            if error.problem.code is ProblemCode.KEY:
                self._find("check_key", path=_JOB)
            elif error.problem.code is not ProblemCode.JOB_UNKNOWN:
                self._find("check_no_404")
        except Unreachable as error:
            self._odd(error)
        else:
            self._heard(rate)
            self._find("check_no_404")


def _why(found: Problem) -> Message:
    """Why a host cannot be reached, for a report that others read."""
    code = found.message.code if isinstance(found.message, Message) else ""
    return Message(_WHY.get(code, "why_silent"))


def _same_rule(one: Rule, two: Rule) -> bool:
    """Whatever the order of a list is."""
    if isinstance(one, Choice) and isinstance(two, Choice):
        return set(one.values) == set(two.values) and one.default == two.default
    return one == two


def shape_of(value: object, depth: int = 0) -> object:
    """The types of a JSON value and the names in it, without any value."""
    if isinstance(value, dict):
        return _shape_of_object(value, depth) if depth < _DEEPEST else "object"
    if isinstance(value, list):
        shapes = [shape_of(one, depth + 1) for one in value[:5]] if depth < _DEEPEST else []
        return [shape for at, shape in enumerate(shapes) if shape not in shapes[:at]]
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "text"}
    return kinds.get(type(value), "other")


def _shape_of_object(value: dict[str, object], depth: int) -> object:
    """The shape under each name. What stands where a name is expected may itself be a value (an
    id, a prompt, an address): of such ones only the shapes remain, each once."""
    part = list(islice(value.items(), _MOST_NAMES))
    odd = sum(_name(name) == _ANY_NAME for name, _ in part)
    by_values = 2 * odd >= len(part) or len(value) > _MOST_NAMES
    shapes: dict[str, object] = {}
    unnamed: list[object] = []
    for name, one in part:
        shape = shape_of(one, depth + 1)
        if not by_values and _name(name) != _ANY_NAME:
            shapes[name] = shape
        elif shape not in unnamed:
            unnamed.append(shape)
    for at, shape in enumerate(unnamed, 1):
        shapes[_ANY_NAME if at == 1 else f"{_ANY_NAME} {at}"] = shape
    return shapes


def _name(name: str) -> str:
    """``name``, unless it looks like a value."""
    if len(name) > _LONGEST_NAME or _JOB_ID.match(name):
        return _ANY_NAME
    few_digits = sum(c.isdigit() for c in name) <= _MOST_DIGITS
    usual = (few_digits and _NAME.fullmatch(name)) or _SIZE.fullmatch(name)
    return name if usual else _ANY_NAME
