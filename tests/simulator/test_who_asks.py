"""Who the demo service answers: this machine, under its own names, and with its key if it has one."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pixverse_desktop.core.errors import UserError
from pixverse_desktop.services.demo_service import SimulatorProcess as OwnSimulator
from tests.support.scripted_server import ScriptedServer, reply
from tests.support.simulator_process import SimulatorProcess
from tests.support.simulator_wire import call

ROUTES = ("/api/v1/jobs", "/api/v1/models", "/sim/state", "/sim/requests")


def base_of(simulator: SimulatorProcess) -> str:
    return simulator.api_url.removesuffix("/api/v1")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}",
                                  "127.0.0.1:1", "localhost.:{port}", "", "[::1"])  # fmt: skip
def test_another_host_name_is_refused(simulator: SimulatorProcess, route: str, host: str) -> None:
    named = host.format(port=urlsplit(simulator.api_url).port)
    answer = call(base_of(simulator) + route, headers={"Host": named})
    assert (answer.status, answer.error["code"]) == (403, "forbidden")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://localhost.evil.example", "http://[::1"]
)
def test_a_page_of_another_host_is_refused(
    simulator: SimulatorProcess, route: str, origin: str
) -> None:
    answer = call(base_of(simulator) + route, headers={"Origin": origin})
    assert answer.status == 403


def test_such_a_page_changes_and_charges_nothing(simulator: SimulatorProcess) -> None:
    before = simulator.state()
    page = {"Origin": "http://evil.example", "Content-Type": "text/plain"}
    run = f"{simulator.api_url}/models/pixverse-v6/run"
    assert call(run, "POST", {"prompt": "x"}, headers=page).status == 403
    refill = f"{base_of(simulator)}/sim/refill"
    assert call(refill, "POST", {"credits": 1}, headers=page).status == 403
    assert call(f"{simulator.media_url}/v/a.mp4", headers={"Host": "evil.example"}).status == 403
    assert simulator.state() == before


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_this_machine_is_answered_under_each_of_its_names(
    simulator: SimulatorProcess, host: str
) -> None:
    port = urlsplit(simulator.api_url).port
    named = {"Host": f"{host}:{port}", "Origin": f"http://{host}:{port}"}
    for route in ROUTES:
        assert call(base_of(simulator) + route, headers=named).status == 200


def test_the_windows_own_demo_answers_its_key_alone(tmp_path: Path) -> None:
    demo = OwnSimulator(tmp_path)
    api = demo.start()
    try:
        assert demo.refill() == demo.balance() == 500
        for route in ("/api/v1/jobs", "/sim/state"):
            url = api.removesuffix("/api/v1") + route
            assert call(url, key=demo.key).status == 200
            for other in (None, "demo", demo.key[:-1]):
                assert call(url, key=other).status == 401
        arguments = Path(f"/proc/{demo._process.pid}/cmdline")  # type: ignore[union-attr]
        if arguments.exists():
            assert demo.key.encode() not in arguments.read_bytes()
    finally:
        demo.stop()
    assert demo.key != OwnSimulator(tmp_path).key
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(demo.key.encode() in data for data in kept)


def test_alone_it_takes_any_text_as_a_key(simulator: SimulatorProcess) -> None:
    assert call(f"{simulator.api_url}/jobs", key="anything").status == 200
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
        f"{base_of(simulator)}/sim/state"
    ) as answer:
        assert "balance" in json.load(answer)


def test_an_answer_that_is_cut_off_is_a_demo_that_does_not_answer(tmp_path: Path) -> None:
    demo = OwnSimulator(tmp_path)
    with ScriptedServer(reply("200 OK", b"", length=440)) as server:  # it ends while it answers
        demo.api_url = f"{server.url}/api/v1"
        with pytest.raises(UserError):
            demo.balance()
