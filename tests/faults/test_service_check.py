"""The check of the service when the service differs most: it goes on, and keeps values to itself."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.api import service_check, wire
from pixverse_desktop.api.service_check import shape_of
from pixverse_desktop.core.engine.rate_limit import RateHint
from pixverse_desktop.core.engine.service_check import check_service
from pixverse_desktop.core.errors import Rejected
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import ServiceReport
from tests.support.engine_harness import client_of, memory_harness
from tests.support.fake_service import FakeService, MemoryStore
from tests.support.loops import in_virtual_time
from tests.support.scripted_server import Answer, ScriptedServer, close, reply

MODELS = {"models": [{"apiId": "pixverse-v6", "modality": "video", "creditCost": 10}]}
SCHEMA = {
    "apiId": "pixverse-v6", "creditCost": 10,
    "requestSchema": {"type": "object", "properties": {"prompt": {"type": "string"}}},
}  # fmt: skip
HTML = reply("200 OK", b"<html>Welcome to the hotel</html>")


def said(value: object) -> Answer:
    return reply("200 OK", json.dumps(value).encode())


def row(**more: object) -> dict[str, object]:
    return {"id": "job_SECRETID", "status": "completed", "input": {"prompt": "a fox", "seed": 5},
            "createdAt": "2026-11-01T10:00:00Z", **more}  # fmt: skip


def usual(*rows: dict[str, object]) -> dict[str, Answer]:
    """What the service answers to each route, as this program assumes it."""
    listed = rows or (row(),)
    return {
        "/models?detailed=true": said(MODELS),
        "/models/pixverse-v6": said(SCHEMA),
        "/jobs?limit=20&page=1": said({"jobs": listed}),
        "/jobs/job_SECRETID": said(listed[0]),
        "/jobs/key-check": reply("404 Not Found", b"{}"),
    }


def checked(answers: dict[str, Answer]) -> tuple[ServiceReport, list[str]]:
    """The report, and which routes were asked."""
    asked: list[str] = []

    def answer(connection: socket.socket, request: bytes) -> None:
        path = request.split()[1].decode().removeprefix("/api/v1")
        asked.append(path)
        answers.get(path, reply("404 Not Found", b"{}"))(connection, request)

    with ScriptedServer(answer) as server:
        return client_of(server.url, "pd_a-key-of-the-test").check(), asked


def codes(report: ServiceReport) -> set[str]:
    """What was found, but for the parameters that this short schema lacks."""
    return {said.code for said in report.findings} - {"check_missing", "check_limits"}


def test_as_assumed_nothing_is_found() -> None:
    report, asked = checked(usual())
    assert codes(report) == set()
    assert report.reached
    assert len(asked) == len(report.rates) == 5


@pytest.mark.parametrize("link", ["https://[bad/x.mp4", "https://a:b/x", "https:///x"])
def test_a_bad_address_of_a_clip_is_a_finding(link: str) -> None:
    report, asked = checked(usual(row(output={"video": link})))
    assert codes(report) == {"check_media_link"}
    assert "/jobs/key-check" in asked


def test_a_clip_on_a_private_address_is_not_knocked_at() -> None:
    report, _ = checked(usual(row(output={"video": "https://10.1.2.3/x.mp4"})))
    assert codes(report) == {"check_media_link"}


@pytest.mark.parametrize("route", list(usual()))
@pytest.mark.parametrize("depth", [90, 900, 100_000])
def test_an_answer_nested_without_end_ends_nothing(route: str, depth: int) -> None:
    deep = b'{"models":' * depth + b"1" + b"}" * depth
    deep = deep.replace(b"models", b"jobs") if "jobs" in route else deep
    report, asked = checked({**usual(), route: reply("200 OK", deep)})
    assert report.reached
    assert "/jobs/key-check" in asked


def rows_of_rows(depth: int) -> bytes:
    """A model whose parameter is a list of lists of lists: JSON that can just be read."""
    deep = '{"type": "array", "items":' * depth + "{}" + "}" * depth
    return json.dumps(SCHEMA).replace('{"type": "string"}', deep).encode()


def test_a_schema_nested_beyond_reading_is_a_sentence() -> None:
    deep = rows_of_rows(400)
    report, asked = checked({**usual(), "/models/pixverse-v6": reply("200 OK", deep)})
    assert "check_unreadable" in codes(report)
    assert "/jobs/key-check" in asked
    with ScriptedServer(reply("200 OK", deep)) as server, pytest.raises(Rejected):
        client_of(server.url, "pd_a-key-of-the-test").model()
    assert wire.model_from_cache(deep.decode()) is None


@pytest.mark.parametrize("route", list(usual()))
@pytest.mark.parametrize(
    ("answer", "finding"),
    [(HTML, "check_no_json"), (reply("302 Found", b"", "Location: /login"), "check_answers"),
     (reply("500 Oops"), "check_answers"), (reply("403 No"), "check_key"),
     (reply("422 No"), "check_refused"), (close, "check_silent")],
    ids=["html", "302", "500", "403", "422", "silence"],
)  # fmt: skip
def test_an_odd_answer_is_a_finding_of_its_route_and_the_next_are_asked(
    route: str, answer: Answer, finding: str
) -> None:
    report, asked = checked({**usual(), route: answer})
    assert report.reached
    assert finding in codes(report) or (route, finding) == ("/jobs/key-check", "check_refused")
    assert "/jobs/key-check" in asked
    named = [said.args["path"] for said in report.findings if said.code == finding]
    assert set(named[:1]) <= {route.split("?")[0], "/jobs/{id}"}


def test_rubbish_everywhere_was_reached_all_the_same() -> None:
    report, _ = checked(dict.fromkeys([*usual(), "/models/pixverse-v6/schema"], HTML))
    assert report.reached
    assert codes(report) == {"check_no_json", "check_no_schema"}


def test_a_429_ends_the_asking() -> None:
    report, asked = checked({**usual(), "/models/pixverse-v6": reply("429 Slow")})
    assert codes(report) == {"check_limited"}
    assert report.reached
    assert asked == ["/models?detailed=true", "/models/pixverse-v6"]
    assert [rate.limited for rate in report.rates] == [False, True]


def test_nobody_there_is_not_reached_and_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    report, asked = checked(dict.fromkeys([*usual(), "/models/pixverse-v6/schema"], close))
    assert not report.reached
    assert report.findings == ["The service cannot be reached: nothing answers."]
    assert len(asked) == 5
    monkeypatch.setattr(service_check, "_PATIENCE_S", 0.0)
    assert len(checked(dict.fromkeys(usual(), close))[1]) == 1


# --- no values ---


def told_by(report: ServiceReport) -> str:
    return json.dumps([report.findings, report.shapes])


def test_a_refused_job_is_named_by_its_route() -> None:
    report, _ = checked({**usual(), "/jobs/job_SECRETID": reply("422 No")})
    assert Message("check_refused", path="/jobs/{id}") in report.findings
    assert "SECRETID" not in told_by(report)


def test_names_that_are_values_stay_at_home() -> None:
    by_address = {"https://temp.example/a.mp4": 1, "https://temp.example/b.mp4": 2}
    by_id = {"job_SECRETID": {"a fox in the snow": 1}, "job_abcdefgh": {"an owl at night": 2}}
    report, _ = checked({
        **usual(row(metadata=by_address, results=by_id, jane={"jane@doe.example": {"ok": True}})),
        "/models": said({"/home/jane": 1}),
    })  # fmt: skip
    told = told_by(report)
    for secret in ("SECRETID", "abcdefgh", "fox", "owl", "temp.example", "doe.example"):
        assert secret not in told
    shapes: Any = report.shapes["/jobs"]
    assert shapes["jobs"][0]["metadata"] == {"{key}": "integer"}
    assert shapes["jobs"][0]["results"] == {"{key}": {"{key}": "integer"}}
    assert set(shapes["jobs"][0]["input"]) == {"prompt", "seed"}


@pytest.mark.parametrize(
    "name",
    ["prompt", "creditCost", "credit_cost", "imageURL", "image_urls", "$ref", "x-rate-limit",
     "mp4", "base64", "API_KEY", "additionalProperties", "1080p", "4k", "job_id", "_meta"],
)  # fmt: skip
def test_names_of_programs_are_told(name: str) -> None:
    assert shape_of({name: 1, "id": 2}) == {name: "integer", "id": "integer"}


@pytest.mark.parametrize(
    "name",
    ["a fox", "job_abc123", "job_SECRETID", "jane@doe.example", "/home/jane", "6f1c9a52-11d0-4c",
     "https://a.example", "Füchsin", "2026-11-01", "a" * 41, "", "pd_4x8k2q9z", "10.0.0.1"],
)  # fmt: skip
def test_values_in_the_place_of_names_are_not(name: str) -> None:
    assert shape_of({"id": 1, "status": 2, name: "x"}) == {
        "id": "integer", "status": "integer", "{key}": "text",
    }  # fmt: skip


def test_an_object_by_values_holds_no_names_at_all() -> None:
    assert shape_of({"a fox": 1, "owl": 2.5}) == {"{key}": "integer", "{key} 2": "number"}
    assert shape_of({f"word{chr(97 + n % 26) * (n // 26 + 1)}": 1 for n in range(100)}) == {
        "{key}": "integer"
    }


def test_this_computers_network_is_not_told(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    bundle = "/home/jane.doe/secret.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    report = client_of("https://service.example", key).check()
    assert report.findings == [
        "The service cannot be reached: the certificates that are set on this computer cannot be "
        "used."
    ]
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    report = client_of("https://service.example", key).check()
    assert report.findings == ["The service cannot be reached: the proxy in use does not answer."]


# --- the budget ---


class CheckedService(FakeService):
    """Answers a check at once."""

    report = ServiceReport(rates=[RateHint()] * 6 + [RateHint(limited=True, wait_s=40.0)])

    def check(self) -> Any:
        self._count("check")
        return self.report


@in_virtual_time
async def test_every_question_of_the_check_counts(tmp_path: Path, key: str) -> None:
    service = CheckedService()
    service.report = ServiceReport(rates=[RateHint()] * 7)
    async with memory_harness(service, tmp_path, key, store=MemoryStore()) as harness:
        session = harness.engine.session
        budget = session.budget
        await session.ports.clock.sleep(70)  # what was asked at the start counts no more
        await check_service(session)
        for _ in range(budget.per_minute - 8):
            budget.record()
        assert budget.poll_delay_s() == 0
        budget.record()
        assert budget.poll_delay_s() > 0


@in_virtual_time
async def test_the_check_counts_in_the_budget_and_waits_for_it(tmp_path: Path, key: str) -> None:
    service = CheckedService()
    async with memory_harness(service, tmp_path, key, store=MemoryStore()) as harness:
        session = harness.engine.session
        for _ in range(session.budget.per_minute):
            session.budget.record()
        full_for_s = session.budget.poll_delay_s()
        asked_at = session.ports.clock.monotonic()
        assert (await check_service(session)).reached
        assert service.times("check")[0] >= asked_at + full_for_s - 1
        # It answered the last question with 429: that is obeyed by everybody, the check included.
        assert session.budget.cool_down_s() == pytest.approx(40.0)
        assert session.budget.per_minute == 15
        report = await check_service(session)
        assert not report.reached
        assert report.findings == ["The service asks to wait. It can be checked in 40 s."]
        assert len(service.times("check")) == 1
