"""Faults on order: each kind does what it says, where it says, as often as it says."""

from __future__ import annotations

import http.client
import time
from typing import Any

import pytest

from tests.support.simulator_process import SimulatorProcess
from tests.support.simulator_wire import SMALL, Answer, call, finished, job, made, run


def charged(simulator: SimulatorProcess) -> int:
    """Credits gone since the test began."""
    return 10_000 - int(simulator.state()["balance"])


PLACES = {
    "run": ("POST", "/models/pixverse-v6/run"), "jobs": ("GET", "/jobs"),
    "job": ("GET", "/jobs/job_any"), "model": ("GET", "/models/pixverse-v6"),
    "schema": ("GET", "/models/pixverse-v6/schema"),
}  # fmt: skip


def visit(simulator: SimulatorProcess, place: str) -> Answer:
    """A request that a fault at that place meets."""
    if place == "download":
        return call(f"{simulator.media_url}/v/any.mp4", key=None)
    method, path = PLACES[place]
    return call(simulator.api_url + path, method, SMALL if method == "POST" else None)


@pytest.mark.parametrize("place", [*PLACES, "download"])
def test_an_answer_on_order_anywhere(simulator: SimulatorProcess, place: str) -> None:
    usual = visit(simulator, place).status
    simulator.fault(
        place, "status", status=503, code="down", message="Later", headers={"Retry-After": "7"}
    )
    answer = visit(simulator, place)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    assert answer.error == {"code": "down", "message": "Later"}
    simulator.fault(place, "status", status=502, body="<html>", content_type="text/html")
    answer = visit(simulator, place)
    assert (answer.status, answer.body) == (502, b"<html>")
    simulator.fault(place, "redirect", location="http://127.0.0.1:1/elsewhere")
    answer = visit(simulator, place)
    assert (answer.status, answer.headers["Location"]) == (302, "http://127.0.0.1:1/elsewhere")
    simulator.fault(place, "drop")
    with pytest.raises(ConnectionError):
        visit(simulator, place)
    simulator.fault(place, "delay", seconds=0.25)
    began_s = time.monotonic()
    assert visit(simulator, place).status == usual
    assert time.monotonic() - began_s >= 0.25


@pytest.mark.parametrize("kind", ["status", "drop", "redirect", "reset_mid_body"])
def test_what_happens_before_the_charge_is_free(simulator: SimulatorProcess, kind: str) -> None:
    simulator.fault("run", kind)
    if kind in ("drop", "reset_mid_body"):
        with pytest.raises(ConnectionError):
            run(simulator, {**SMALL, "negative_prompt": "n" * 2000})
    else:
        assert run(simulator).status >= 300
    assert charged(simulator) == 0
    assert run(simulator).status == 202


@pytest.mark.parametrize("kind", ["drop_after_charge", "reset_after_charge"])
def test_a_connection_that_ends_after_the_charge(simulator: SimulatorProcess, kind: str) -> None:
    simulator.fault("run", kind)
    with pytest.raises(ConnectionError) as caught:
        run(simulator)
    assert isinstance(caught.value, http.client.RemoteDisconnected) == (kind[0] == "d")
    assert charged(simulator) == 10
    assert finished(simulator, simulator.ledger()[-1]["jobId"])["status"] == "completed"


def test_an_odd_answer_after_the_charge(simulator: SimulatorProcess) -> None:
    simulator.fault("run", "status_after_charge", status=504)
    assert run(simulator).status == 504
    simulator.fault("run", "raw_after_charge", body='{"id": "{job_id}"}')
    answer = run(simulator)
    assert (answer.status, answer.json) == (200, {"id": simulator.ledger()[-1]["jobId"]})
    simulator.fault("run", "delay_after_charge", seconds=0.25)
    began_s = time.monotonic()
    assert run(simulator).status == 202
    assert time.monotonic() - began_s >= 0.25
    assert charged(simulator) == 30


@pytest.mark.parametrize("error", ["Refused by the provider.", {"code": "nsfw", "message": "No"}])
@pytest.mark.parametrize("place", ["run", "job"])
def test_a_job_that_fails(simulator: SimulatorProcess, place: str, error: object) -> None:
    simulator.fault(place, "fail_job", error=error)
    shown = made(simulator)
    assert (shown["status"], shown["error"]) == ("failed", error)
    assert "output" not in shown
    assert charged(simulator) == 10
    assert job(simulator, shown["jobId"]) == shown


SHAPES: list[tuple[str, Any]] = [
    ("video", lambda url: {"video": url}), ("videos", lambda url: {"videos": [url]}),
    ("video_object", lambda url: {"video": {"url": url, "content_type": "video/mp4"}}),
    ("url", lambda url: {"url": url}), ("text", lambda url: url), ("list", lambda url: [url]),
    ("assets", lambda url: {"assets": [{"type": "video", "url": url}]}),
    ("images", lambda url: {"images": [url]}),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "expected"), SHAPES, ids=[shape for shape, _ in SHAPES])
def test_output_in_another_shape(simulator: SimulatorProcess, shape: str, expected: Any) -> None:
    plain = made(simulator)
    simulator.fault("job", "output_shape", shape=shape)
    url = plain["output"]["video"]
    assert job(simulator, plain["jobId"])["output"] == expected(url)
    assert job(simulator, plain["jobId"]) == plain
    simulator.fault("run", "output_shape", shape=shape)
    other = made(simulator)
    assert type(other["output"]) is type(expected(url))
    assert job(simulator, other["jobId"]) == other


@pytest.mark.parametrize("place", ["run", "job"])
def test_no_output(simulator: SimulatorProcess, place: str) -> None:
    simulator.fault(place, "no_output")
    shown = made(simulator)
    assert (shown["status"], shown["output"]) == ("completed", {})
    # Ordered for one look, it is gone at the next; ordered for the job, it stays.
    assert (job(simulator, shown["jobId"])["output"] == {}) == (place == "run")


def test_an_unknown_status_word(simulator: SimulatorProcess) -> None:
    simulator.fault("job", "odd_status", word="moderating")
    job_id = run(simulator).json["jobId"]
    shown = job(simulator, job_id)
    assert shown["status"] == "moderating"
    assert "output" not in shown
    assert finished(simulator, job_id)["status"] == "completed"


def test_counts_and_prompts_choose(simulator: SimulatorProcess) -> None:
    simulator.fault("run", "status", times=2, skip=1, prompt_contains="storm")
    storm = {**SMALL, "prompt": "a storm at sea"}
    seen = [run(simulator, body).status for body in (storm, SMALL, storm, SMALL, storm, storm)]
    assert seen == [202, 202, 500, 202, 500, 202]
    simulator.fault("model", "status", times=None)
    assert {visit(simulator, "model").status for _ in range(4)} == {500}
    assert simulator.control("faults")["faults"][0]["times"] is None
    assert simulator.control("faults", method="DELETE") == {"faults": []}
    assert visit(simulator, "model").status == 200


@pytest.fixture
def clip(simulator: SimulatorProcess) -> tuple[str, bytes]:
    """The address and the bytes of a finished clip."""
    url = made(simulator)["output"]["video"]
    return url, call(url, key=None).body


Clip = tuple[str, bytes]


@pytest.mark.parametrize("kind", ["cut", "chunked_cut"])
def test_a_download_that_breaks_off(simulator: SimulatorProcess, clip: Clip, kind: str) -> None:
    simulator.fault("download", kind, fraction=0.5)
    with pytest.raises(http.client.IncompleteRead) as caught:
        call(clip[0], key=None)
    # What a chunked answer brought is in the exception or, before 3.12, nowhere.
    assert clip[1].startswith(caught.value.partial)
    if kind == "cut":
        assert len(caught.value.partial) == len(clip[1]) // 2
    assert call(clip[0], key=None).body == clip[1]


def test_a_download_that_breaks_off_unseen(simulator: SimulatorProcess, clip: Clip) -> None:
    simulator.fault("download", "cut_no_length", fraction=0.5)
    answer = call(clip[0], key=None)
    assert answer.headers["Content-Length"] is None
    assert answer.body == clip[1][: len(clip[1]) // 2]
    simulator.fault("download", "short_length")
    answer = call(clip[0], key=None)
    assert answer.body == clip[1][: len(clip[1]) // 2]
    assert answer.headers["Content-Length"] == str(len(clip[1]) // 2)


def test_a_download_of_something_else(simulator: SimulatorProcess, clip: Clip) -> None:
    simulator.fault("download", "expired_url")
    assert call(clip[0], key=None).status == 403
    simulator.fault("download", "wrong_body")
    answer = call(clip[0], key=None)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "video/mp4")
    assert answer.body.startswith(b"<!doctype html>")
    simulator.fault("download", "wrong_body", body_base64="AAEC")
    assert call(clip[0], key=None).body == b"\0\1\2"


def test_a_slow_download(simulator: SimulatorProcess, clip: Clip) -> None:
    simulator.fault("download", "slow", bytes_per_second=len(clip[1]) * 2.5)
    began_s = time.monotonic()
    assert call(clip[0], key=None).body == clip[1]
    assert 0.3 <= time.monotonic() - began_s < 5


def test_a_download_without_end(simulator: SimulatorProcess, clip: Clip) -> None:
    simulator.fault("download", "endless")
    answer = call(clip[0], key=None, limit=3 * len(clip[1]))
    assert answer.headers["Content-Length"] is None
    assert answer.body == clip[1] * 3


def test_ranges_gone_wrong(simulator: SimulatorProcess, clip: Clip) -> None:
    asked = {"Range": "bytes=100-199"}
    simulator.fault("download", "ignore_range")
    answer = call(clip[0], key=None, headers=asked)
    assert (answer.status, answer.body) == (200, clip[1])
    simulator.fault("download", "wrong_offset")
    answer = call(clip[0], key=None, headers=asked)
    assert (answer.status, answer.body) == (206, clip[1][:100])
    assert answer.headers["Content-Range"] == f"bytes 0-99/{len(clip[1])}"


def test_etags_gone_wrong(simulator: SimulatorProcess, clip: Clip) -> None:
    etag = call(clip[0], key=None).headers["ETag"]
    asked = {"Range": "bytes=100-", "If-Range": etag}
    for kind in ("weak_etag", "changed_etag"):
        simulator.fault("download", kind)
        answer = call(clip[0], key=None, headers=asked)
        assert (answer.status, answer.body) == (200, clip[1])
        assert answer.headers["ETag"] != etag
        assert answer.headers["ETag"].startswith("W/") == (kind == "weak_etag")
