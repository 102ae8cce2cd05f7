"""Play money: what a submission costs, what is written down, and what is not."""

from __future__ import annotations

import hashlib
import json

from tests.support.simulator_process import SimulatorProcess
from tests.support.simulator_wire import SMALL, call, data_uri, finished, job, run


def test_a_submission_is_charged_once_and_written_down(simulator: SimulatorProcess) -> None:
    before = len(simulator.ledger())
    answer = run(simulator, headers={"Idempotency-Key": "order-1"})
    receipt = answer.json
    assert answer.status == 202
    assert receipt["status"] == "pending"
    assert (receipt["creditCost"], receipt["creditsRemaining"]) == (10, 9_990)
    assert receipt["statusUrl"] == f"{simulator.api_url}/jobs/{receipt['jobId']}"
    charges = simulator.ledger()[before:]
    assert [charge["jobId"] for charge in charges] == [receipt["jobId"]]
    assert (charges[0]["amount"], charges[0]["balance_after"]) == (10, 9_990)
    assert charges[0]["idempotency_key"] == "order-1"
    assert charges[0]["input"] == SMALL
    assert simulator.state()["balance"] == 9_990
    assert simulator.state()["charges"] == before + 1


def test_the_service_knows_no_idempotency(simulator: SimulatorProcess) -> None:
    ids = {run(simulator, headers={"Idempotency-Key": "twice"}).json["jobId"] for _ in range(2)}
    assert len(ids) == 2
    assert simulator.state()["balance"] == 9_980


def test_too_few_credits_and_a_refill(simulator: SimulatorProcess) -> None:
    simulator.control("refill", {"credits": 15})
    before = len(simulator.ledger())
    assert run(simulator).status == 202
    refused = run(simulator)
    assert (refused.status, refused.error["code"]) == (402, "insufficient_credits")
    assert refused.error["details"] == {"required": 10, "available": 5}
    assert simulator.state()["balance"] == 5
    assert len(simulator.ledger()) == before + 1
    assert simulator.control("refill", {"credits": 10}) == {"balance": 10}
    assert run(simulator).json["creditsRemaining"] == 0


def test_the_price_can_change(simulator: SimulatorProcess) -> None:
    simulator.settings(credit_cost=37)
    assert run(simulator).json["creditCost"] == 37
    model = call(f"{simulator.api_url}/models/pixverse-v6").json
    assert model["creditCost"] == {"default": 37, "type": "fixed", "amount": 37}
    assert simulator.state()["balance"] == 10_000 - 37


def test_a_finished_job_shows_its_clip_and_when_it_expires(simulator: SimulatorProcess) -> None:
    shown = finished(simulator, run(simulator).json["jobId"])
    assert shown["status"] == "completed"
    assert shown["output"]["video"].startswith(f"{simulator.media_url}/v/")
    assert shown["createdAt"] < shown["expiresAt"]
    assert job(simulator, shown["jobId"]) == shown


def test_requests_are_recorded_without_key_or_pictures(
    simulator: SimulatorProcess, key: str
) -> None:
    picture = data_uri()
    run(simulator, {**SMALL, "start_image_url": picture}, key=key)
    entry = simulator.requests("api")[-1]
    assert (entry["method"], entry["has_authorization"]) == ("POST", True)
    assert entry["path"] == "/api/v1/models/pixverse-v6/run"
    shown = entry["body"]["start_image_url"]
    assert shown["media_type"] == "image/png"
    assert len(shown["data_uri_sha256"]) == len(hashlib.sha256().hexdigest())
    assert simulator.ledger()[-1]["input"]["start_image_url"] == shown
    assert key not in json.dumps(simulator.requests())
    simulator.wait_until_no_jobs_run()
