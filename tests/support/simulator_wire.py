"""The least HTTP client there is: it hides nothing that a simulated service may do to it."""

from __future__ import annotations

import base64
import http.client
import io
import json
import time
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from PIL import Image

from tests.support.simulator_process import SimulatorProcess

# Fields of the cheapest clip there is.
SMALL = {"prompt": "a calm lake", "resolution": "360p", "duration": 1, "seed": 1}


@dataclass(frozen=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        """The error object of a refusal."""
        return self.json["error"]


def call(url: str, method: str = "GET", body: object = None, *, key: str | None = "play-key",
         headers: dict[str, str] | None = None, limit: int | None = None) -> Answer:  # fmt: skip
    """Send one request on a connection of its own; `limit` stops reading after so many bytes."""
    parts = urlsplit(url)
    sent = dict(headers or {})
    if key is not None:
        sent["Authorization"] = f"Bearer {key}"
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    assert parts.hostname
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, data, sent)
        with connection.getresponse() as response:
            received = response.read() if limit is None else response.read(limit)
            return Answer(response.status, response.headers, received)
    finally:
        connection.close()


def run(simulator: SimulatorProcess, body: object = None, **options: Any) -> Answer:
    """Submit a job, the cheapest one when no body is given."""
    url = f"{simulator.api_url}/models/pixverse-v6/run"
    return call(url, "POST", SMALL if body is None else body, **options)


def data_uri(kind: str = "PNG") -> str:
    """A small picture as a data URI."""
    stream = io.BytesIO()
    Image.new("RGB", (32, 24), "teal").save(stream, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"


def job(simulator: SimulatorProcess, job_id: str) -> Any:
    """The job as the service shows it."""
    return call(f"{simulator.api_url}/jobs/{job_id}").json


def finished(simulator: SimulatorProcess, job_id: str, timeout_s: float = 30.0) -> Any:
    """The job once it has ended, well or badly."""
    end_s = time.monotonic() + timeout_s
    while (shown := job(simulator, job_id))["status"] in ("pending", "processing"):
        assert time.monotonic() < end_s, "the job does not end"
        time.sleep(0.03)
    return shown


def made(simulator: SimulatorProcess, body: object = None) -> Any:
    """A job submitted and ended."""
    answer = run(simulator, body)
    assert answer.status == 202, answer.body
    return finished(simulator, answer.json["jobId"])
