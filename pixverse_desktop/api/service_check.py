"""Whether the service speaks as this program assumes: asks all that costs nothing.

The report holds names and shapes, no values: neither prompts nor addresses nor amounts, so that it
can be handed to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pixverse_desktop.api import wire
from pixverse_desktop.api.client import Client
from pixverse_desktop.api.json_schema import properties_of
from pixverse_desktop.api.keys import as_object
from pixverse_desktop.api.prices import listed_models, price_rule
from pixverse_desktop.api.schema import model_from_schema, read_schema
from pixverse_desktop.core.errors import ProblemCode, Rejected, Unreachable
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.rules import Choice, Rule
from pixverse_desktop.core.text import plain

_DEEPEST = 6
_MOST_NAMES = 60
_NO_JOB = "key-check"


@dataclass
class ServiceReport:
    """``findings``: where the service differs, as sentences. ``shapes``: names and types."""

    findings: list[str] = field(default_factory=list)
    shapes: dict[str, object] = field(default_factory=dict)
    reached: bool = True


def check_service(client: Client) -> ServiceReport:
    """BLOCKING. Ask models, schema, jobs and the media host; never sends a paid request."""
    report = ServiceReport()
    try:
        _check_models(client, report)
        _check_schema(client, report)
        _check_jobs(client, report)
    except Unreachable as error:
        report.reached = False
        report.findings.append(f"The service cannot be reached: {error.problem.message}")
    return report


def _ask(client: Client, path: str, report: ServiceReport, what: str) -> object:
    """The answer at ``path``, noted by its shape; None where it is refused, which is a finding."""
    try:
        value, rate = client.ask(path)
    except Rejected as error:
        refused = "the key is not accepted" if error.problem.code is ProblemCode.KEY else "refused"
        report.findings.append(f"{what}: {refused}.")
        return None
    report.shapes[path.split("?")[0]] = shape_of(value)
    if rate.per_minute is not None:
        report.shapes["rate headers"] = "present"
    return value


def _check_models(client: Client, report: ServiceReport) -> None:
    value = _ask(client, "/models?detailed=true", report, "The list of models")
    if value is None:
        return
    listed = listed_models(value)
    if not listed:
        report.findings.append("The list of models holds no video model that can be read.")
    elif MODEL_ID not in {model.id for model in listed}:
        report.findings.append(f"The list of models does not name {MODEL_ID}.")
    unpriced = [model.id for model in listed if model.price is None]
    if unpriced:
        names = ", ".join(unpriced[:5])
        report.findings.append(f"{len(unpriced)} models have no price that can be read: {names}.")


def _check_schema(client: Client, report: ServiceReport) -> None:
    value = _ask(client, f"/models/{MODEL_ID}", report, "The model's page")
    schema = read_schema(value)
    if schema is None:
        again = _ask(client, f"/models/{MODEL_ID}/schema", report, "The model's schema")
        schema = read_schema(again)
    if schema is None:
        report.findings.append("The model publishes no schema that can be read.")
        return
    if price_rule(as_object(value)) is None:
        report.findings.append("The model's page names no price that can be read.")
    model = model_from_schema(schema)
    known = {spec.name: spec for spec in PIXVERSE_V6.parameters}
    for spec in model.parameters:
        usual = known.get(spec.name)
        if usual is None:
            report.findings.append(f"The model has a parameter that is new here: {spec.wire}.")
        elif not spec.offered:
            report.findings.append(f"The model has no parameter {usual.wire}.")
        elif not _same_rule(spec.rule, usual.rule):
            report.findings.append(f"The limits of {spec.wire} are not those that are documented.")
        elif spec.wire != usual.wire and spec.name not in ("start_frame", "end_frame"):
            report.findings.append(f"{usual.wire} is called {spec.wire}.")
    report.shapes["keys"] = sorted(properties_of(schema)[0])[:_MOST_NAMES]


def _same_rule(one: Rule, two: Rule) -> bool:
    """Whatever the order of a list is."""
    if isinstance(one, Choice) and isinstance(two, Choice):
        return set(one.values) == set(two.values) and one.default == two.default
    return one == two


def _check_jobs(client: Client, report: ServiceReport) -> None:
    value = _ask(client, "/jobs?limit=20&page=1", report, "The list of jobs")
    page = wire.read_jobs(value) if value is not None else None
    if value is not None and page is None:
        report.findings.append("The list of jobs has a shape that is not known.")
    rows = page.rows if page is not None else ()
    if rows and all(row.prompt is None and row.seed is None for row in rows):
        report.findings.append("The list of jobs does not repeat what was asked for.")
    if rows and all(row.created_at is None for row in rows):
        report.findings.append("The list of jobs does not say when a job was made.")
    if rows:
        told = _ask(client, f"/jobs/{rows[0].remote_id}", report, "A job of the list")
        report.shapes["/jobs/{id}"] = report.shapes.pop(f"/jobs/{rows[0].remote_id}", None)
        if told is not None and wire.read_job(told, rows[0].remote_id) is None:
            report.findings.append("A job has a shape that is not known.")
    link = next((row.video_url for row in rows if row.video_url), None)
    if link:
        parts = urlsplit(wire.absolute_link(link, client.base))
        refused = client.reach(f"{parts.scheme}://{parts.netloc}/")
        if refused:
            report.findings.append(f"The host of the clips cannot be reached: {refused}")
    try:
        client.ask(f"/jobs/{_NO_JOB}")
    except Rejected as error:
        if error.problem.code is not ProblemCode.JOB_UNKNOWN:
            report.findings.append("A job that does not exist is not answered with 404.")
    else:
        report.findings.append("A job that does not exist is not answered with 404.")


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
