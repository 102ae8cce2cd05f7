"""Faults on order: what may go wrong, where, how often, and which one is next."""

from __future__ import annotations

import base64
import binascii
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass, field

from pixverse_desktop.simulator.jsontypes import JsonObject, as_float, as_int, as_object, as_text

PLACES = ("run", "job", "jobs", "model", "schema", "download")

ANYWHERE = ("status", "delay", "drop", "redirect")
AFTER_CHARGE = (
    "delay_after_charge",
    "drop_after_charge",
    "reset_after_charge",
    "status_after_charge",
    "raw_after_charge",
)
MID_BODY = ("reset_mid_body",)
JOB_FLAWS = ("fail_job", "no_output", "output_shape")
JOB_VIEWS = ("odd_status", *JOB_FLAWS)
DOWNLOADS = (
    "expired_url",
    "cut",
    "cut_no_length",
    "chunked_cut",
    "short_length",
    "wrong_body",
    "slow",
    "ignore_range",
    "wrong_offset",
    "weak_etag",
    "changed_etag",
    "endless",
)
KINDS_AT = {
    "run": (*ANYWHERE, *AFTER_CHARGE, *MID_BODY, *JOB_FLAWS),
    "job": (*ANYWHERE, *JOB_VIEWS),
    "jobs": ANYWHERE,
    "model": ANYWHERE,
    "schema": ANYWHERE,
    "download": (*ANYWHERE, *DOWNLOADS),
}
SHAPES = ("video", "video_object", "videos", "url", "assets", "images", "text", "list")


class FaultError(ValueError):
    """A fault order that cannot be understood."""


@dataclass(slots=True)
class Fault:
    """One order. `times` and `skip` count down as it is played; None plays for ever."""

    on: str
    kind: str
    times: int | None = 1
    skip: int = 0
    prompt_contains: str | None = None
    status: int = 500
    code: str = "internal_error"
    message: str = "Simulated fault"
    body: str | None = None
    body_base64: str | None = None
    repeat: int = 1
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 1.0
    word: str = "queued_upstream"
    error: object = None
    shape: str = "videos"
    fraction: float = 0.6
    bytes_per_second: float = 65536.0
    location: str = ""

    def payload(self, job_id: str = "") -> bytes | None:
        """The raw body ordered, `{job_id}` filled in and repeated; None when none was."""
        if self.body_base64 is not None:
            return base64.b64decode(self.body_base64) * self.repeat
        if self.body is None:
            return None
        return (self.body.replace("{job_id}", job_id) * self.repeat).encode()

    def to_json(self) -> JsonObject:
        """The order as it stands now, with what is left of its counts."""
        shown: JsonObject = asdict(self)
        return shown

    def flaw(self) -> JsonObject:
        """What a job keeps of a fault that was played on its run."""
        return {"kind": self.kind, "error": self.error, "shape": self.shape}


def parse_fault(raw: object) -> Fault:
    """A `Fault` from its JSON order; `FaultError` says what is wrong with it."""
    order = as_object(raw)
    unknown = set(order) - set(Fault.__slots__)
    if unknown:
        raise FaultError(f"a fault has no {sorted(unknown)[0]!r}")
    fault = Fault(on=as_text(order.get("on")), kind=as_text(order.get("kind")))
    _read_counts(fault, order)
    _read_reply(fault, order)
    _read_amounts(fault, order)
    _check(fault)
    return fault


def _read_counts(fault: Fault, order: JsonObject) -> None:
    if "times" in order:
        fault.times = None if order["times"] is None else as_int(order["times"], 1)
    fault.skip = as_int(order.get("skip"))
    fault.prompt_contains = as_text(order.get("prompt_contains")) or None


def _read_reply(fault: Fault, order: JsonObject) -> None:
    usual = 302 if fault.kind == "redirect" else 200 if fault.kind == "raw_after_charge" else 500
    fault.status = as_int(order.get("status"), usual)
    fault.code = as_text(order.get("code"), fault.code)
    fault.message = as_text(order.get("message"), fault.message)
    fault.content_type = as_text(order.get("content_type"), fault.content_type)
    fault.location = as_text(order.get("location"))
    fault.headers = {key: str(value) for key, value in as_object(order.get("headers")).items()}
    if order.get("body") is not None:
        fault.body = as_text(order["body"])
    if order.get("body_base64") is not None:
        fault.body_base64 = as_text(order["body_base64"])


def _read_amounts(fault: Fault, order: JsonObject) -> None:
    fault.repeat = as_int(order.get("repeat"), 1)
    fault.seconds = as_float(order.get("seconds"), fault.seconds)
    fault.word = as_text(order.get("word"), fault.word)
    fault.error = order.get("error", "The provider rejected this prompt (simulated).")
    fault.shape = as_text(order.get("shape"), fault.shape)
    fault.fraction = as_float(order.get("fraction"), fault.fraction)
    fault.bytes_per_second = as_float(order.get("bytes_per_second"), fault.bytes_per_second)


def _check(fault: Fault) -> None:
    if fault.on not in PLACES:
        raise FaultError(f"on: one of {', '.join(PLACES)}")
    if fault.kind not in KINDS_AT[fault.on]:
        raise FaultError(f"kind at {fault.on!r}: one of {', '.join(KINDS_AT[fault.on])}")
    if fault.shape not in SHAPES:
        raise FaultError(f"shape: one of {', '.join(SHAPES)}")
    if not 100 <= fault.status <= 599:
        raise FaultError("status: an HTTP status")
    if fault.body_base64 is not None:
        try:
            base64.b64decode(fault.body_base64, validate=True)
        except binascii.Error as error:
            raise FaultError("body_base64: not base64") from error


class FaultBook:
    """The orders in force, first come first played; safe from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, faults: list[Fault]) -> None:
        """Append orders behind those that are there."""
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        """Withdraw every order."""
        with self._lock:
            self._faults.clear()

    def to_json(self) -> list[JsonObject]:
        """Every order that is still in force."""
        with self._lock:
            return [fault.to_json() for fault in self._faults]

    def take(self, on: str, prompt: str = "", kinds: Collection[str] | None = None) -> Fault | None:
        """The next fault to play at `on` for a job with this prompt, counted as played."""
        with self._lock:
            for fault in self._faults:
                if not _fits(fault, on, prompt, kinds):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                self._count(fault)
                return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.times is None:
            return
        fault.times -= 1
        if fault.times <= 0:
            self._faults.remove(fault)


def _fits(fault: Fault, on: str, prompt: str, kinds: Collection[str] | None) -> bool:
    if fault.on != on or (kinds is not None and fault.kind not in kinds):
        return False
    return fault.prompt_contains is None or fault.prompt_contains in prompt
