"""What the simulator's keeper may change while it runs, read strictly from JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal

from pixverse_desktop.simulator.catalogue import MODELS, metered
from pixverse_desktop.simulator.jsontypes import JsonObject, as_object, merge_patch
from pixverse_desktop.simulator.names import MODEL_ID, request_properties

START_CREDITS = 500


class SettingsError(ValueError):
    """A setting that does not exist or has a value it cannot have."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One consistent set; a change makes a new one. They last as long as the process."""

    credit_cost: int = 10  # what the first model's page says
    billing: str = "metered"  # what it charges: that ("flat"), or by second, resolution and sound
    url_ttl_s: float = 3600.0
    min_job_s: float = 0.0
    list_mode: str = "echo"
    start_field: str | None = "start_image_url"
    end_field: str | None = "end_image_url"
    schema_mode: str = "normal"
    schema_overrides: JsonObject = field(default_factory=dict)
    rejected_keys: frozenset[str] = frozenset()
    render: str = "full"
    requests_per_minute: int | None = None

    def to_json(self) -> JsonObject:
        """The same names that `changed` accepts."""
        shown: JsonObject = asdict(self)
        shown["frame_fields"] = {"start": shown.pop("start_field"), "end": shown.pop("end_field")}
        shown["rejected_keys"] = sorted(self.rejected_keys)
        return shown

    def changed(self, patch: JsonObject) -> Settings:
        """These settings with `patch` applied; `SettingsError` names the first bad one."""
        settings = self
        for name, value in patch.items():
            settings = _with(settings, name, value)
        return settings

    def charged(self, model_id: str, body: JsonObject) -> Decimal:
        """Credits for an accepted request."""
        if model_id in MODELS:
            return MODELS[model_id].charged(body)
        return metered(body) if self.billing == "metered" else Decimal(self.credit_cost)

    def request_schema(self, model_id: str = MODEL_ID) -> JsonObject:
        """A model's request schema as it is published and as it is enforced."""
        if model_id in MODELS:
            return MODELS[model_id].schema()
        properties = request_properties(self.start_field, self.end_field)
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["prompt"],
            "properties": merge_patch(properties, self.schema_overrides),
        }


_CHOICES = {
    "list_mode": ("echo", "bare", "none"),
    "schema_mode": ("normal", "none"),
    "render": ("full", "cached"),
    "billing": ("metered", "flat"),
}


def _with(settings: Settings, name: str, value: object) -> Settings:
    match name:
        case "credit_cost":
            # A price that somebody sets is what is charged.
            return replace(settings, credit_cost=int(_number(name, value)), billing="flat")
        case "url_ttl_s":
            return replace(settings, url_ttl_s=_number(name, value))
        case "min_job_s":
            return replace(settings, min_job_s=_number(name, value))
        case "list_mode":
            return replace(settings, list_mode=_choice(name, value))
        case "schema_mode":
            return replace(settings, schema_mode=_choice(name, value))
        case "billing":
            return replace(settings, billing=_choice(name, value))
        case "render":
            return replace(settings, render=_choice(name, value))
        case "frame_fields":
            return _with_frame_fields(settings, as_object(value))
        case "schema_overrides":
            return replace(settings, schema_overrides=as_object(value))
        case "rejected_keys":
            return replace(settings, rejected_keys=_hashes(value))
        case "requests_per_minute":
            rate = None if value is None else max(1, int(_number(name, value)))
            return replace(settings, requests_per_minute=rate)
    raise SettingsError(f"there is no setting {name!r}")


def _with_frame_fields(settings: Settings, value: JsonObject) -> Settings:
    start, end = _field_name(value.get("start")), _field_name(value.get("end"))
    return replace(settings, start_field=start, end_field=end)


def _field_name(value: object) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    raise SettingsError("frame_fields: names are text or null")


def _hashes(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SettingsError("rejected_keys: a list of sha256 hex digests")
    return frozenset(item.lower() for item in value)


def _choice(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in _CHOICES[name]:
        raise SettingsError(f"{name}: one of {', '.join(_CHOICES[name])}")
    return value


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise SettingsError(f"{name}: a number, zero or more")
    return float(value)
