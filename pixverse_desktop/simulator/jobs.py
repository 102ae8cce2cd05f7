"""The service's logic between HTTP and storage: submit, look up, list, sign media addresses."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pixverse_desktop.simulator.faults import JOB_FLAWS, Fault, FaultBook
from pixverse_desktop.simulator.jsontypes import JsonObject, as_amount, as_int, as_text
from pixverse_desktop.simulator.names import MAX_SEED, MODEL_ID
from pixverse_desktop.simulator.settings import Settings
from pixverse_desktop.simulator.state import Job, State
from pixverse_desktop.simulator.validation import Checked, Frame, shortened

_WINDOW_S = 60.0


@dataclass(frozen=True, slots=True)
class RateVerdict:
    """What the sliding window says about one request: the rate headers, and the wait if any."""

    limit: int
    remaining: int
    reset_s: int
    refused: bool

    def headers(self) -> dict[str, str]:
        """`X-RateLimit-*`, and `Retry-After` in seconds when refused."""
        shown = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(time.time()) + self.reset_s),
        }
        if self.refused:
            shown["Retry-After"] = str(self.reset_s)
        return shown


class Service:
    """One simulated service: what both origins and the control routes share."""

    def __init__(self, state: State, only_key: str = "") -> None:
        self.state = state
        self.only_key = only_key
        self.settings = Settings()
        self.faults = FaultBook()
        self.api_url = ""
        self.media_url = ""
        self.on_job: Callable[[str], None] = lambda job_id: None
        self._lock = threading.Lock()
        self._expiry_s: dict[str, float] = {}
        self._calls: deque[float] = deque()
        self._secret = state.secret.encode()

    def change_settings(self, patch: JsonObject) -> None:
        """Apply a settings patch; raises `SettingsError`."""
        with self._lock:
            self.settings = self.settings.changed(patch)

    def count_call(self) -> RateVerdict | None:
        """Count one API request against the rate limit; None when there is no limit."""
        limit = self.settings.requests_per_minute
        if limit is None:
            return None
        now_s = time.monotonic()
        with self._lock:
            while self._calls and self._calls[0] <= now_s - _WINDOW_S:
                self._calls.popleft()
            refused = len(self._calls) >= limit
            if not refused:
                self._calls.append(now_s)
            oldest_s = self._calls[0] if self._calls else now_s
            reset_s = max(1, int(oldest_s + _WINDOW_S - now_s + 0.999))
            return RateVerdict(limit, max(0, limit - len(self._calls)), reset_s, refused)

    def submit(
        self, model: str, body: JsonObject, checked: Checked, key: str | None, fault: Fault | None
    ) -> Job:
        """Charge for an accepted request and queue it; raises `InsufficientCredits`."""
        work = {**self._work(checked), "model": model}
        sent = {name: shortened(value) for name, value in body.items()}
        flaw = fault.flaw() if fault and fault.kind in JOB_FLAWS else None
        job = self.state.charge(sent, work, self.settings.charged(model, body), key, flaw)
        self.on_job(job.id)
        return job

    def receipt(self, job: Job) -> JsonObject:
        """The answer to a submission."""
        return {
            "jobId": job.id,
            "status": "pending",
            "statusUrl": f"{self.api_url}/jobs/{job.id}",
            "creditCost": as_amount(job.cost),
            "creditsRemaining": as_amount(job.balance_after),
        }

    def view(self, job: Job, shape: str = "video") -> JsonObject:
        """The job as `GET /jobs/{id}` shows it, its clip under the given output shape."""
        shown: JsonObject = {
            "jobId": job.id,
            "status": self.status(job),
            "model": as_text(job.work.get("model"), MODEL_ID),
            "createdAt": _iso(job.created_s),
            "creditCost": as_amount(job.cost),
        }
        flaw = job.flaw or {}
        if shown["status"] == "failed":
            shown["error"] = job.error if job.error is not None else flaw.get("error")
        elif shown["status"] == "completed":
            if flaw.get("kind") == "output_shape":
                shape = as_text(flaw.get("shape"), shape)
            url, expires_s = self.media_address(job)
            nothing = flaw.get("kind") == "no_output"
            shown["output"] = {} if nothing else _output(url, shape)
            shown["expiresAt"] = _iso(expires_s)
        return shown

    def status(self, job: Job) -> str:
        """The status word now: a job takes at least `min_job_s`, whatever the renderer did."""
        early = time.time() < job.created_s + self.settings.min_job_s
        if job.status == "completed" and early:
            return "processing"
        if job.status == "completed" and (job.flaw or {}).get("kind") == "fail_job":
            return "failed"
        return job.status

    def row(self, job: Job) -> JsonObject:
        """The job as a row of the list."""
        shown = self.view(job)
        if self.settings.list_mode == "echo":
            shown["input"] = job.input
        return shown

    def media_address(self, job: Job) -> tuple[str, float]:
        """The clip's address and when it ends (Unix seconds); a new one once the last ended."""
        now_s = time.time()
        with self._lock:
            expires_s = self._expiry_s.get(job.id, 0.0)
            if expires_s <= now_s:
                expires_s = now_s + self.settings.url_ttl_s
                self._expiry_s[job.id] = expires_s
        exp_ms = int(expires_s * 1000)
        signature = self._sign(job.token, exp_ms)
        return f"{self.media_url}/v/{job.token}.mp4?exp={exp_ms}&sig={signature}", expires_s

    def address_is_good(self, token: str, exp: str, signature: str) -> bool:
        """Whether a media address is one of ours and has not ended."""
        if not exp.isascii() or not exp.isdigit() or len(exp) > 18:
            return False
        genuine = hmac.compare_digest(signature.encode(), self._sign(token, int(exp)).encode())
        return genuine and time.time() * 1000 < int(exp)

    def key_is_good(self, key: str) -> bool:
        """Whether a bearer key is accepted: the only one, where there is one; else any but an empty
        or an expressly rejected one."""
        if self.only_key and not hmac.compare_digest(key.encode(), self.only_key.encode()):
            return False
        digest = hashlib.sha256(key.encode()).hexdigest()
        return bool(key) and digest not in self.settings.rejected_keys

    def _sign(self, token: str, exp_ms: int) -> str:
        return hmac.new(self._secret, f"{token}:{exp_ms}".encode(), "sha256").hexdigest()[:24]

    def _work(self, checked: Checked) -> JsonObject:
        values = checked.values
        work: JsonObject = dict(values)
        work.setdefault("resolution", "720p")
        work.setdefault("aspect_ratio", "16:9")
        work["duration"] = as_int(values.get("duration"), 5)
        work["seed"] = as_int(values.get("seed"), random.SystemRandom().randint(0, MAX_SEED))
        work["start"] = self._keep_frame(checked.start)
        work["end"] = self._keep_frame(checked.end)
        return work

    def _keep_frame(self, frame: Frame | None) -> JsonObject | None:
        if frame is None:
            return None
        if frame.url:
            return {"url": frame.url}
        name = frame.sha256()
        path = self.state.frames / name
        if not path.exists():
            part = path.with_name(f"{name}.{os.getpid()}.{threading.get_ident()}")
            part.write_bytes(frame.data)
            part.replace(path)
        return {"file": name}


def _output(url: str, shape: str) -> object:
    match shape:
        case "video_object":
            return {"video": {"url": url, "content_type": "video/mp4"}}
        case "videos":
            return {"videos": [url]}
        case "url":
            return {"url": url}
        case "assets":
            return {"assets": [{"type": "video", "url": url}]}
        case "images":
            return {"images": [url]}
        case "text":
            return url
        case "list":
            return [url]
    return {"video": url}


def _iso(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(timespec="milliseconds")
