"""The media origin: ranges, conditions, expiry and HEAD."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.simulator_process import SimulatorProcess
from tests.support.simulator_wire import Answer, call, job, made


@pytest.fixture
def url(simulator: SimulatorProcess) -> str:
    """The address of a finished clip."""
    return str(made(simulator)["output"]["video"])


def fetch(url: str, **headers: str) -> Answer:
    """GET without a key, as a client must."""
    return call(url, key=None, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_whole_clip(simulator: SimulatorProcess, url: str) -> None:
    answer = fetch(url)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.body[4:8] == b"ftyp"
    assert simulator.requests("media")[-1]["has_authorization"] is False


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9), ("bytes=100-199", 100, 199), ("bytes=500-", 500, -1),
        ("bytes=-50", -50, -1), ("bytes=10-99999999", 10, -1),
    ],
)  # fmt: skip
def test_a_part(url: str, asked: str, first: int, last: int) -> None:
    whole = fetch(url).body
    first, last = first % len(whole), last % len(whole)
    answer = fetch(url, Range=asked)
    assert answer.status == 206
    assert answer.body == whole[first : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"


@pytest.mark.parametrize("asked", ["bytes=", "bytes=-", "bytes=9-3", "items=0-3", "bytes=0-1,4-5"])
def test_what_is_no_single_range_gets_the_whole(url: str, asked: str) -> None:
    answer = fetch(url, Range=asked)
    assert answer.status == 200
    assert "Content-Range" not in answer.headers


def test_a_range_past_the_end(url: str) -> None:
    total = len(fetch(url).body)
    for asked in (f"bytes={total}-", "bytes=-0"):
        answer = fetch(url, Range=asked)
        assert answer.status == 416
        assert answer.headers["Content-Range"] == f"bytes */{total}"


def test_a_condition_decides_between_part_and_whole(url: str) -> None:
    whole = fetch(url)
    etag = whole.headers["ETag"]
    assert etag.startswith('"')
    assert fetch(url, Range="bytes=5-", If_Range=etag).body == whole.body[5:]
    other = fetch(url, Range="bytes=5-", If_Range='"other"')
    assert (other.status, other.body) == (200, whole.body)
    assert fetch(url).headers["ETag"] == etag


def test_head_tells_the_same_without_the_clip(url: str) -> None:
    whole = fetch(url)
    answer = call(url, "HEAD", key=None)
    assert (answer.status, answer.body) == (200, b"")
    for name in ("Content-Length", "ETag", "Content-Type"):
        assert answer.headers[name] == whole.headers[name]


def test_an_address_ends_and_a_new_one_is_given(simulator: SimulatorProcess) -> None:
    simulator.settings(url_ttl_s=0.4)
    shown: Any = made(simulator)
    old = shown["output"]["video"]
    end_s = time.monotonic() + 10
    while fetch(old).status == 200 and time.monotonic() < end_s:
        time.sleep(0.05)
    assert fetch(old).status == 403
    simulator.settings(url_ttl_s=60)
    new = job(simulator, shown["jobId"])["output"]["video"]
    assert new != old
    assert fetch(new).status == 200
    assert fetch(old).status == 403


def test_a_forged_address(simulator: SimulatorProcess, url: str) -> None:
    assert fetch(url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    assert fetch(url.replace("exp=", "exp=9")).status == 403
    assert fetch(url.partition("?")[0]).status == 403
    assert fetch(f"{simulator.media_url}/v/nothing.mp4").status == 404
    assert fetch(f"{simulator.media_url}/").status == 404
