"""Whether the service speaks as this program assumes: asks all that costs nothing.

The report holds names and shapes, no values: neither prompts nor addresses nor amounts, so that it
can be handed to anybody.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pixverse_desktop.api import wire
from pixverse_desktop.api.client import Client
from pixverse_desktop.api.json_schema import properties_of
from pixverse_desktop.api.keys import as_object
from pixverse_desktop.api.prices import listed_models, price_rule
from pixverse_desktop.api.schema import model_from_schema, read_schema
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.rules import Choice, Rule
from pixverse_desktop.core.service import ServiceReport
from pixverse_desktop.core.text import plain

_DEEPEST = 6
_MOST_NAMES = 60
_NO_JOB = "key-check"


def check_service(client: Client) -> ServiceReport:
    """BLOCKING. Ask models, schema, jobs and the media host; never sends a paid request."""
    report = ServiceReport()
    try:
        _check_models(client, report)
        _check_schema(client, report)
        _check_jobs(client, report)
    except Unreachable as error:
        report.reached = False
        report.findings.append(Message("check_unreached", why=error.problem.message))
    return report


def _ask(client: Client, path: str, report: ServiceReport) -> object:
    """The answer at ``path``, noted by its shape; None where it is refused, which is a finding."""
    try:
        value, rate = client.ask(path)
    except Rejected as error:
        bare = path.split("?")[0]
        refused = Message("check_refused", path=bare)
        if error.problem.code is ProblemCode.KEY:
            refused = Message("check_key", path=bare)
        report.findings.append(refused)
        return None
    report.shapes[path.split("?")[0]] = shape_of(value)
    if rate.per_minute is not None:
        report.shapes["rate headers"] = "present"
    return value


def _check_models(client: Client, report: ServiceReport) -> None:
    value = _ask(client, "/models?detailed=true", report)
    if value is None:
        return
    listed = listed_models(value)
    if not listed:
        report.findings.append(Message("check_no_models"))
    elif MODEL_ID not in {model.id for model in listed}:
        report.findings.append(Message("check_not_listed", model=MODEL_ID))
    unpriced = [model.id for model in listed if model.price is None]
    if unpriced:
        names = ", ".join(unpriced[:5])
        report.findings.append(Message("check_unpriced", n=len(unpriced), names=names))


def _check_schema(client: Client, report: ServiceReport) -> None:
    value = _ask(client, f"/models/{MODEL_ID}", report)
    schema = read_schema(value)
    if schema is None:
        again = _ask(client, f"/models/{MODEL_ID}/schema", report)
        schema = read_schema(again)
    if schema is None:
        report.findings.append(Message("check_no_schema"))
        return
    if price_rule(as_object(value)) is None:
        report.findings.append(Message("check_no_price"))
    model = model_from_schema(schema)
    known = {spec.name: spec for spec in PIXVERSE_V6.parameters}
    for spec in model.parameters:
        usual = known.get(spec.name)
        if usual is None:
            report.findings.append(Message("check_new", name=spec.wire))
        elif not spec.offered:
            report.findings.append(Message("check_missing", name=usual.wire))
        elif not _same_rule(spec.rule, usual.rule):
            report.findings.append(Message("check_limits", name=spec.wire))
        elif spec.wire != usual.wire and spec.name not in ("start_frame", "end_frame"):
            report.findings.append(Message("check_renamed", name=usual.wire, new=spec.wire))
    report.shapes["keys"] = sorted(properties_of(schema)[0])[:_MOST_NAMES]


def _same_rule(one: Rule, two: Rule) -> bool:
    """Whatever the order of a list is."""
    if isinstance(one, Choice) and isinstance(two, Choice):
        return set(one.values) == set(two.values) and one.default == two.default
    return one == two


def _check_jobs(client: Client, report: ServiceReport) -> None:
    value = _ask(client, "/jobs?limit=20&page=1", report)
    page = wire.read_jobs(value) if value is not None else None
    if value is not None and page is None:
        report.findings.append(Message("check_jobs_shape"))
    rows = page.rows if page is not None else ()
    if rows and all(row.prompt is None and row.seed is None for row in rows):
        report.findings.append(Message("check_no_echo"))
    if rows and all(row.created_at is None for row in rows):
        report.findings.append(Message("check_no_time"))
    if rows:
        told = _ask(client, f"/jobs/{rows[0].remote_id}", report)
        report.shapes["/jobs/{id}"] = report.shapes.pop(f"/jobs/{rows[0].remote_id}", None)
        if told is not None and wire.read_job(told, rows[0].remote_id) is None:
            report.findings.append(Message("check_job_shape"))
    link = next((row.video_url for row in rows if row.video_url), None)
    if link:
        parts = urlsplit(wire.absolute_link(link, client.base))
        refused = client.reach(f"{parts.scheme}://{parts.netloc}/")
        if refused:
            report.findings.append(Message("check_media", why=refused))
    try:
        client.ask(f"/jobs/{_NO_JOB}")
    except Rejected as error:
        if error.problem.code is not ProblemCode.JOB_UNKNOWN:
            report.findings.append(Message("check_no_404"))
    else:
        report.findings.append(Message("check_no_404"))


def shape_of(value: object, depth: int = 0) -> object:
    """The types of a JSON value and the names in it, without any value."""
    if isinstance(value, dict):
        if depth >= _DEEPEST:
            return "object"
        names = list(value)[:_MOST_NAMES]
        return {plain(str(name), 60): shape_of(value[name], depth + 1) for name in names}
    if isinstance(value, list):
        shapes = [shape_of(one, depth + 1) for one in value[:5]] if depth < _DEEPEST else []
        return [shape for at, shape in enumerate(shapes) if shape not in shapes[:at]]
    if value is None:
        return "null"
    kinds = {bool: "boolean", int: "integer", float: "number", str: "text"}
    return kinds.get(type(value), "other")
