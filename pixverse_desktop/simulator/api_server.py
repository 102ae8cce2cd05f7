"""The API origin: the service's documented routes, strict as the service, and `/sim/`."""

from __future__ import annotations

import json
import time

from pixverse_desktop.simulator.catalogue import MODELS
from pixverse_desktop.simulator.control import answer_control
from pixverse_desktop.simulator.faults import AFTER_CHARGE, ANYWHERE, JOB_FLAWS, MID_BODY, Fault
from pixverse_desktop.simulator.http_base import BaseHandler
from pixverse_desktop.simulator.jsontypes import JsonObject, as_amount, as_text
from pixverse_desktop.simulator.names import API_PREFIX, MODEL_ID, MODEL_NAME
from pixverse_desktop.simulator.state import InsufficientCredits, Job
from pixverse_desktop.simulator.validation import Checked, check_request, shortened

_RUN_KINDS = (*ANYWHERE, *AFTER_CHARGE, *JOB_FLAWS)
_DESCRIPTION = "Text or pictures to video, up to 15 seconds, with sound (simulated)."


class ApiHandler(BaseHandler):
    """Routes of the API origin."""

    origin = "api"

    def do_GET(self) -> None:
        """Models, jobs, and the control routes."""
        self._route()

    def do_POST(self) -> None:
        """Submissions, and the control routes."""
        self._route()

    def do_DELETE(self) -> None:
        """Only the control routes know it."""
        self._route()

    def _route(self) -> None:
        self.extra_headers = {}
        if self.route.startswith("/sim/"):
            answer_control(self)
            return
        if self.command == "POST" and self._reset_mid_body():
            return
        data = self.read_body()
        body = _decode(data)
        self.record(shortened(body) if self.command == "POST" else None)
        if self._over_rate():
            return
        if data is None:
            self.send_failure("payload_too_large", "The request body is larger than 25 MB.")
            return
        self._dispatch(self.route.removeprefix(API_PREFIX), body)

    def _dispatch(self, path: str, body: object) -> None:
        parts = [part for part in path.split("/") if part]
        match (self.command, parts):
            case ("GET", ["models"]):
                self._models()
            case ("GET", ["models", model]):
                self._model(model)
            case ("GET", ["models", model, "schema"]):
                self._schema(model)
            case ("POST", ["models", model, "run"]):
                self._run(model, body)
            case ("GET", ["jobs"]):
                self._jobs()
            case ("GET", ["jobs", job_id]):
                self._job(job_id)
            case (_, ["models", _, "run"]) | (_, ["models", *_]) | (_, ["jobs", *_]):
                self.send_failure("method_not_allowed", f"{self.command} is not allowed here.")
            case _:
                self.send_failure("not_found", "There is nothing at this address.")

    def _reset_mid_body(self) -> bool:
        if not self.route.endswith("/run"):
            return False
        if self.service.faults.take("run", kinds=MID_BODY) is None:
            return False
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(min(length // 2, 1 << 20))
        self.record()
        self.reset()
        return True

    def _over_rate(self) -> bool:
        verdict = self.service.count_call()
        if verdict is None:
            return False
        self.extra_headers = verdict.headers()
        if verdict.refused:
            self.send_failure(
                "rate_limited",
                f"Too many requests. Limit: {verdict.limit} per "
                f"minute. Try again in {verdict.reset_s} s.",
            )
        return verdict.refused

    def _models(self) -> None:
        fault = self.service.faults.take("model")
        if fault and self.play_anywhere(fault):
            return
        entry: JsonObject = {"apiId": MODEL_ID, "name": MODEL_NAME, "modality": "video"}
        if self.query("detailed") == "true":
            cost = self.service.settings.credit_cost
            entry["description"] = _DESCRIPTION
            entry["creditCost"] = {"default": cost, "type": "fixed", "amount": cost}
        others = [model.entry() for model in MODELS.values()]
        still: JsonObject = {"apiId": "flux-still", "name": "Flux Still", "modality": "image"}
        models = [entry, *others, still]
        videos = len(models) - 1
        counts = {"total": len(models), "imageCount": 1, "videoCount": videos}
        self.send_json(200, {"models": models, **counts})

    def _model(self, model: str) -> None:
        fault = self.service.faults.take("model")
        if (fault and self.play_anywhere(fault)) or self._model_is_unknown(model):
            return
        if model in MODELS:
            shown_model = {**MODELS[model].entry(), "requestSchema": MODELS[model].schema()}
            self.send_json(200, shown_model)
            return
        cost = self.service.settings.credit_cost
        shown: JsonObject = {
            "apiId": MODEL_ID,
            "name": MODEL_NAME,
            "modality": "video",
            "description": _DESCRIPTION,
            "creditCost": {"default": cost, "type": "fixed", "amount": cost},
        }
        if self.service.settings.schema_mode == "normal":
            shown["requestSchema"] = self.service.settings.request_schema()
        self.send_json(200, shown)

    def _schema(self, model: str) -> None:
        fault = self.service.faults.take("schema")
        if (fault and self.play_anywhere(fault)) or self._model_is_unknown(model):
            return
        if self.service.settings.schema_mode == "none":
            self.send_failure("not_found", "This model publishes no schema.")
            return
        schema = self.service.settings.request_schema(model)
        self.send_json(200, {"apiId": model, "schema": schema})

    def _model_is_unknown(self, model: str) -> bool:
        if model == MODEL_ID or model in MODELS:
            return False
        self.send_failure("model_not_found", f"There is no model {model!r}.")
        return True

    def _run(self, model: str, body: object) -> None:
        prompt = as_text(body.get("prompt")) if isinstance(body, dict) else ""
        fault = self.service.faults.take("run", prompt, _RUN_KINDS)
        if fault and self.play_anywhere(fault):
            return
        if self.key_is_missing() or self._model_is_unknown(model):
            return
        checked = check_request(body, self.service.settings, model)
        if not isinstance(checked, Checked):
            problems = [{"path": found.path, "message": found.message} for found in checked]
            first = checked[0]
            self.send_failure(
                "invalid_request", f"{first.path or 'body'}: {first.message}", {"errors": problems}
            )
            return
        assert isinstance(body, dict)
        self._charge(model, body, checked, fault)

    def _charge(self, model: str, body: JsonObject, checked: Checked, fault: Fault | None) -> None:
        key = self.headers.get("Idempotency-Key")
        try:
            job = self.service.submit(model, body, checked, key, fault)
        except InsufficientCredits as error:
            needed = as_amount(self.service.settings.charged(model, body))
            left = as_amount(error.balance)
            self.send_failure(
                "insufficient_credits",
                f"Not enough credits: this costs {needed}, you have {left}.",
                {"required": needed, "available": left},
            )
            return
        if fault and self._play_after_charge(fault, job):
            return
        self.send_json(202, self.service.receipt(job))

    def _play_after_charge(self, fault: Fault, job: Job) -> bool:
        match fault.kind:
            case "delay_after_charge":
                time.sleep(fault.seconds)
                return False
            case "drop_after_charge":
                self.drop()
            case "reset_after_charge":
                self.reset()
            case "status_after_charge" | "raw_after_charge":
                self.send_ordered(fault, job.id)
            case _:
                return False
        return True

    def _jobs(self) -> None:
        fault = self.service.faults.take("jobs")
        if (fault and self.play_anywhere(fault)) or self.key_is_missing():
            return
        if self.service.settings.list_mode == "none":
            self.send_failure("not_found", "There is nothing at this address.")
            return
        limit = min(100, max(1, _whole(self.query("limit"), 20)))
        page = max(1, _whole(self.query("page"), 1))
        offset = max(0, _whole(self.query("offset"), (page - 1) * limit))
        rows = [self.service.row(job) for job in self.service.state.jobs(limit, offset)]
        total = sum(int(str(count)) for count in self.service.state.counts().values())
        self.send_json(200, {"jobs": rows, "total": total, "limit": limit, "offset": offset})

    def _job(self, job_id: str) -> None:
        job = self.service.state.job(job_id)
        fault = self._job_fault(job)
        if (fault and self.play_anywhere(fault, job_id)) or self.key_is_missing():
            return
        if job is None:
            self.send_failure("not_found", "There is no such job.")
            return
        self.send_json(200, self._job_view(job, fault))

    def _job_fault(self, job: Job | None) -> Fault | None:
        if job is None:
            return self.service.faults.take("job", "", ANYWHERE)
        # A fault in the result waits, uncounted, until there is a result.
        kinds: tuple[str, ...] = (*ANYWHERE, "odd_status", "fail_job")
        if self.service.status(job) == "completed":
            kinds = (*kinds, "no_output", "output_shape")
        return self.service.faults.take("job", job.prompt, kinds)

    def _job_view(self, job: Job, fault: Fault | None) -> JsonObject:
        match fault.kind if fault else "":
            case "fail_job":
                assert fault
                self.service.state.fail(job.id, fault.error)
                return self.service.view(self.service.state.job(job.id) or job)
            case "odd_status":
                assert fault
                view = self.service.view(job)
                view.pop("output", None)
                return {**view, "status": fault.word}
            case "no_output":
                return {**self.service.view(job), "output": {}}
            case "output_shape":
                assert fault
                return self.service.view(job, fault.shape)
        return self.service.view(job)


def _decode(data: bytes | None) -> object:
    if not data:
        return None
    try:
        decoded: object = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return decoded


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default
