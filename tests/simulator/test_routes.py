"""The API origin's routes, and how strictly it reads a submission."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.support.simulator_process import SimulatorProcess
from tests.support.simulator_wire import SMALL, call, data_uri, finished, made, run


def test_models_are_public(simulator: SimulatorProcess) -> None:
    models = call(f"{simulator.api_url}/models", key=None).json
    ids = [model["apiId"] for model in models["models"]]
    assert ids[0] == "pixverse-v6"
    assert len(ids) >= 7
    assert models["videoCount"] == len([m for m in models["models"] if m["modality"] == "video"])
    assert "creditCost" not in models["models"][0]
    detailed = call(f"{simulator.api_url}/models?detailed=true", key=None).json["models"][0]
    assert detailed["creditCost"]["amount"] == 10
    model = call(f"{simulator.api_url}/models/pixverse-v6", key=None).json
    schema = call(f"{simulator.api_url}/models/pixverse-v6/schema", key=None).json["schema"]
    assert model["requestSchema"] == schema
    assert set(schema["properties"]) == {
        "prompt", "negative_prompt", "resolution", "duration", "aspect_ratio", "seed",
        "generate_audio", "thinking_type", "multi_clip", "style", "start_image_url",
        "end_image_url",
    }  # fmt: skip


def test_a_schema_can_be_missing_or_changed(simulator: SimulatorProcess) -> None:
    url = f"{simulator.api_url}/models/pixverse-v6"
    simulator.settings(schema_mode="none")
    assert call(f"{url}/schema").status == 404
    assert "requestSchema" not in call(url).json
    simulator.settings(schema_mode="normal", schema_overrides={"duration": {"maximum": 8}})
    try:
        assert call(f"{url}/schema").json["schema"]["properties"]["duration"]["maximum"] == 8
        assert run(simulator, {**SMALL, "duration": 9}).error["code"] == "invalid_request"
    finally:
        simulator.settings(schema_overrides={})


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/models/other", 404, "model_not_found"),
        ("GET", "/models/other/schema", 404, "model_not_found"),
        ("POST", "/models/other/run", 404, "model_not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/jobs/job_none", 404, "not_found"),
        ("GET", "/models/pixverse-v6/run", 405, "method_not_allowed"),
        ("POST", "/models", 405, "method_not_allowed"),
        ("DELETE", "/jobs/job_none", 405, "method_not_allowed"),
    ],
)
def test_wrong_addresses(
    simulator: SimulatorProcess, method: str, path: str, status: int, code: str
) -> None:
    body = SMALL if method == "POST" else None
    answer = call(simulator.api_url + path, method, body)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/json"


def test_the_key_is_needed(simulator: SimulatorProcess) -> None:
    simulator.settings(rejected_keys=[hashlib.sha256(b"revoked").hexdigest()])
    for key in (None, "", "revoked"):
        assert run(simulator, key=key).status == 401
        for path in ("/jobs", "/jobs/job_none"):
            answer = call(simulator.api_url + path, key=key)
            assert (answer.status, answer.error["code"]) == (401, "unauthorized")
    basic = call(f"{simulator.api_url}/jobs", key=None, headers={"Authorization": "Basic cA=="})
    assert basic.status == 401
    assert simulator.state()["balance"] == 10_000


BAD_FIELDS: list[tuple[str, Any]] = [
    ("prompt", ""), ("prompt", " \n\t"), ("prompt", 5), ("prompt", None), ("prompt", "p" * 5001),
    ("negative_prompt", "n" * 2049), ("negative_prompt", False),
    ("duration", 0), ("duration", 16), ("duration", -1), ("duration", "5"), ("duration", True),
    ("duration", 5.5), ("duration", None),
    ("seed", -1), ("seed", 2**31), ("seed", True), ("seed", "7"), ("seed", 0.5),
    ("resolution", "480p"), ("resolution", 720), ("aspect_ratio", "2:1"), ("aspect_ratio", ""),
    ("style", "noir"), ("style", None), ("thinking_type", "on"), ("thinking_type", True),
    ("generate_audio", 1), ("generate_audio", "true"), ("multi_clip", 0), ("multi_clip", "no"),
    ("quality", "high"), ("Prompt", "a"), ("image_url", "http://127.0.0.1/a.png"),
    ("start_image_url", 1), ("start_image_url", "picture.png"), ("start_image_url", "file:///a"),
    ("start_image_url", "data:image/gif;base64,R0lGODlh"),
    ("start_image_url", "data:image/png;base64,%%%"),
    ("start_image_url", "data:image/png;base64,aGVsbG8="),
    ("end_image_url", "http://127.0.0.1/end.png"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), BAD_FIELDS, ids=lambda v: str(v)[:24])
def test_a_wrong_field_is_named_and_costs_nothing(
    simulator: SimulatorProcess, name: str, value: object
) -> None:
    answer = run(simulator, {**SMALL, name: value})
    assert (answer.status, answer.error["code"]) == (400, "invalid_request")
    assert name in [found["path"] for found in answer.error["details"]["errors"]]
    assert answer.error["message"].startswith(name)
    assert simulator.state()["balance"] == 10_000


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"null", b"{}"])
def test_a_body_that_is_no_request(simulator: SimulatorProcess, body: bytes) -> None:
    answer = run(simulator, body)
    assert (answer.status, answer.error["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "p" * 5000, "negative_prompt": "n" * 2048},
        {"seed": 0},
        {"seed": 2**31 - 1, "generate_audio": False, "thinking_type": "disabled"},
        {"start_image_url": data_uri("PNG")},
        {"start_image_url": data_uri("JPEG"), "end_image_url": data_uri("WEBP")},
        {"start_image_url": "https://example.org/a.png"},
    ],
    ids=lambda fields: ",".join(fields),
)
def test_the_limits_themselves_are_accepted(
    simulator: SimulatorProcess, fields: dict[str, Any]
) -> None:
    assert made(simulator, {**SMALL, **fields})["status"] == "completed"


def test_frame_fields_can_have_other_names(simulator: SimulatorProcess) -> None:
    picture = data_uri()
    try:
        simulator.settings(frame_fields={"start": "image_urls", "end": None})
        assert run(simulator, {**SMALL, "start_image_url": picture}).status == 400
        assert made(simulator, {**SMALL, "image_urls": [picture, picture]})["output"]
        simulator.settings(frame_fields={"start": "first_frame", "end": "last_frame"})
        assert run(simulator, {**SMALL, "last_frame": picture}).error["message"].startswith("last")
    finally:
        simulator.settings(frame_fields={"start": "start_image_url", "end": "end_image_url"})


def test_a_body_over_25_mb(simulator: SimulatorProcess) -> None:
    answer = run(simulator, b'{"prompt": "' + b"p" * 25_000_000 + b'"}')
    assert (answer.status, answer.error["code"]) == (413, "payload_too_large")
    assert simulator.state()["balance"] == 10_000


def test_too_many_requests(simulator: SimulatorProcess) -> None:
    simulator.settings(requests_per_minute=2)
    answers = [call(f"{simulator.api_url}/models") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].error["code"] == "rate_limited"
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    # The keeper is never held up.
    assert simulator.state()["balance"] == 10_000


def test_the_list_of_jobs(simulator: SimulatorProcess) -> None:
    ids = [run(simulator).json["jobId"] for _ in range(3)]
    for job_id in ids:
        finished(simulator, job_id)
    url = f"{simulator.api_url}/jobs"
    listed = call(f"{url}?limit=2").json
    assert [row["jobId"] for row in listed["jobs"]] == ids[:0:-1]
    assert listed["total"] >= 3
    assert call(f"{url}?limit=2&page=2").json["jobs"][0]["jobId"] == ids[0]
    assert call(f"{url}?limit=2&offset=1").json["jobs"][0]["jobId"] == ids[1]
    assert listed["jobs"][0]["input"] == SMALL
    simulator.settings(list_mode="bare")
    assert "input" not in call(url).json["jobs"][0]
    simulator.settings(list_mode="none")
    assert call(url).status == 404


def test_a_job_takes_at_least_as_long_as_ordered(simulator: SimulatorProcess) -> None:
    simulator.settings(min_job_s=1.0)
    job_id = run(simulator).json["jobId"]
    simulator.wait_until_no_jobs_run()
    assert call(f"{simulator.api_url}/jobs/{job_id}").json["status"] == "processing"
    assert finished(simulator, job_id)["status"] == "completed"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("settings", {"nothing": 1}), ("settings", {"render": "fast"}), ("settings", []),
        ("settings", {"credit_cost": -1}), ("settings", {"frame_fields": {"start": 3}}),
        ("faults", [{"on": "run", "kind": "cut"}]), ("faults", [{"on": "moon", "kind": "drop"}]),
        ("faults", [{"on": "run", "kind": "drop", "often": 1}]), ("faults", 5),
    ],
)  # fmt: skip
def test_bad_orders_are_refused(simulator: SimulatorProcess, path: str, body: object) -> None:
    url = f"{simulator.api_url.removesuffix('/api/v1')}/sim/{path}"
    answer = call(url, "POST", body)
    assert (answer.status, answer.error["code"]) == (400, "invalid_request")
