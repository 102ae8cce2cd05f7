"""The keeper's routes under `/sim/`, on the API origin; they charge nothing.

They need the key where the service was started with one, see `names.KEY_VARIABLE`.

- `GET /sim/state`: `{"balance", "settings", "jobs": {status: count}, "charges", "api_url",
  "media_url", "pid"}`
- `GET /sim/ledger`: `{"charges": [{"time", "jobId", "amount", "balance_after",
  "idempotency_key", "input"}]}`, oldest first
- `GET /sim/requests`: `{"requests": [{"time", "origin", "method", "path", "has_authorization",
  "headers", "body"?}]}`, oldest first; data URIs in a body are shown as
  `{"data_uri_sha256", "bytes", "media_type"}`
- `POST /sim/refill` `{"credits": 500}`: sets the balance
- `POST /sim/settings`: any of the names in `settings.Settings.to_json`; answers all of them
- `GET`, `POST`, `DELETE /sim/faults`: shows, adds (a list, one order, or `{"faults": [...]}`) or
  withdraws fault orders; see `faults.Fault` for the fields and `faults.KINDS_AT` for the kinds

A bad order is answered with 400 and `{"error": {"code": "invalid_request", "message"}}`.
"""

from __future__ import annotations

import json
import os
from decimal import Decimal

from pixverse_desktop.simulator.faults import FaultError, parse_fault
from pixverse_desktop.simulator.http_base import BaseHandler
from pixverse_desktop.simulator.jobs import Service
from pixverse_desktop.simulator.jsontypes import JsonObject, as_amount, as_float, as_object
from pixverse_desktop.simulator.settings import START_CREDITS, SettingsError


def answer_control(handler: BaseHandler) -> None:
    """Answer one request under `/sim/`."""
    data = handler.read_body()
    if handler.service.only_key and handler.key_is_missing():
        return
    try:
        body = json.loads(data) if data else None
        answer = _answer(handler.service, handler.command, handler.route, body)
    except (ValueError, RecursionError) as error:
        handler.send_failure("invalid_request", str(error))
        return
    if answer is None:
        handler.send_failure("not_found", "There is no such control route.")
        return
    handler.send_json(200, answer)


def apply_scenario(service: Service, scenario: JsonObject) -> None:
    """Apply a scenario: `{"settings"?, "faults"?, "credits"?}`; raises `ValueError`."""
    service.change_settings(as_object(scenario.get("settings")))
    _add_faults(service, scenario.get("faults") or [])
    if "credits" in scenario:
        service.state.refill(Decimal(repr(as_float(scenario["credits"], START_CREDITS))))


def _answer(service: Service, method: str, route: str, body: object) -> JsonObject | None:
    match (method, route.removeprefix("/sim/")):
        case ("GET", "state"):
            return _state(service)
        case ("GET", "ledger"):
            return {"charges": service.state.ledger()}
        case ("GET", "requests"):
            return {"requests": service.state.requests()}
        case ("POST", "refill"):
            credits = as_float(as_object(body).get("credits"), START_CREDITS)
            service.state.refill(max(Decimal(0), Decimal(repr(credits)).normalize()))
            return {"balance": as_amount(service.state.balance)}
        case ("POST", "settings"):
            service.change_settings(_object_or_refuse(body))
            return {"settings": service.settings.to_json()}
        case ("POST", "faults"):
            _add_faults(service, body)
        case ("DELETE", "faults"):
            service.faults.clear()
        case ("GET", "faults"):
            pass
        case _:
            return None
    return {"faults": service.faults.to_json()}


def _state(service: Service) -> JsonObject:
    return {
        "balance": as_amount(service.state.balance),
        "settings": service.settings.to_json(),
        "jobs": service.state.counts(),
        "charges": len(service.state.ledger()),
        "api_url": service.api_url,
        "media_url": service.media_url,
        "pid": os.getpid(),
    }


def _add_faults(service: Service, body: object) -> None:
    orders = as_object(body).get("faults", [body]) if isinstance(body, dict) else body
    if not isinstance(orders, list):
        raise FaultError("faults: a list of fault objects")
    service.faults.add([parse_fault(order) for order in orders])


def _object_or_refuse(body: object) -> JsonObject:
    if not isinstance(body, dict):
        raise SettingsError("settings: a JSON object")
    return body
