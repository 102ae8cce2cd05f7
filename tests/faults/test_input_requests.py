"""Presets, settings and requests that are wrong, and a thousand jobs, I15, I16 and I18."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import (
    ClipRequest,
    request_from_json,
    request_from_preset,
    request_to_json,
)
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.services.settings import (
    Settings,
    WindowState,
    load_settings,
    load_window_state,
    save_json,
)
from pixverse_desktop.store.job_store import JobStore
from tests.faults.catalogue import fault
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess

GOOD = request_to_json(
    ClipRequest("a fox", seed=7, start_frame=Frame(FrameKind.FILE, "a.jpg", 16, 9, "fox.png"))
)


BAD_VALUES = [
    ("duration_s", "true"), ("duration_s", '"5"'), ("duration_s", "5.0"), ("duration_s", "NaN"),
    ("duration_s", "1e400"), ("duration_s", "-Infinity"), ("duration_s", "1" + "0" * 400),
    ("duration_s", "0"), ("duration_s", "-1"), ("duration_s", "null"), ("seed", "-1"),
    ("seed", "2147483648"), ("seed", "7.0"), ("seed", "true"), ("seed", '"7"'), ("audio", "1"),
    ("audio", '"true"'), ("multi_clip", "null"), ("style", "5"), ("style", "[]"),
    ("resolution", '{"a": 1}'), ("thinking", "null"), ("prompt", "null"), ("prompt", '["a"]'),
    ("prompt", '"a\\u0000b"'), ("prompt", '"\\ud800"'), ("prompt", f'"{"x" * 300_000}"'),
    ("style", f'"{"x" * 9_000}"'), ("start_frame", '"a.jpg"'), ("start_frame", "[]"),
    ("start_frame", '{"kind": "odd", "value": "a.jpg"}'), ("start_frame", '{"kind": "file"}'),
    ("start_frame", '{"kind": "file", "value": 5}'), ("start_frame", "[" * 300 + "]" * 300),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "width": "16"}'),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "width": true}'),
    ("start_frame", '{"kind": "file", "value": "a.jpg", "height": -1}'),
    ("end_frame", '{"kind": "file", "value": "a.jpg", "extra": 1}'),
    ("unknown", "1"), ("__proto__", '{"duration_s": 5}'), ("__class__", '"x"'), ("", "1"),
]  # fmt: skip


def preset_text(name: str, value: str) -> str:
    """A stored request with one field replaced by raw JSON."""
    rest = {field: kept for field, kept in GOOD.items() if field != name}
    return f"{json.dumps(rest)[:-1]}, {json.dumps(name)}: {value}}}"


@fault("I15")
@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text[:40])
def test_a_preset_with_one_wrong_value_is_refused_whole_by_name(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name or "unknown") as caught:
        request_from_preset(json.loads(preset_text(name, value)))
    assert len(str(caught.value)) < 200


@fault("I15")
@pytest.mark.parametrize("data", [None, [], "text", 5, {}, {"duration_s": 5}, [["prompt", "a"]]])
def test_what_is_no_request_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="request"):
        request_from_preset(data)


@fault("I15")
def test_a_good_preset_is_taken_and_an_old_row_read() -> None:
    assert request_to_json(request_from_preset(GOOD)) == GOOD
    assert request_from_preset({"prompt": "a"}) == ClipRequest("a")
    assert request_from_json({**GOOD, "from_a_newer_version": 1}) == request_from_preset(GOOD)


@fault("I15")
@pytest.mark.logs_warnings
@pytest.mark.parametrize(("name", "value"), BAD_VALUES, ids=lambda text: text[:40])
def test_a_stored_form_is_taken_whole_or_not_at_all(
    name: str, value: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "window.json"
    path.write_text(f'{{"volume": 0.5, "form": {preset_text(name, value)}}}', encoding="utf-8")
    assert load_window_state(path).form is None
    assert name in caplog.text or "NaN" in caplog.text or "Infinity" in caplog.text


@fault("I15")
def test_a_seed_being_typed_does_not_cost_the_prompt_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    save_json(path, WindowState(form={**GOOD, "seed": 9_999_999_999}))
    assert load_window_state(path).form == {**GOOD, "seed": None}
    save_json(path, WindowState(form=GOOD))
    assert load_window_state(path).form == GOOD


BAD_FILES = {
    "a huge one": b'{"theme": "' + b"x" * 50_000_000 + b'"}',
    "deeply nested": b'{"form": ' * 100_000 + b"1" + b"}" * 100_000,
    "a list": b"[]",
    "a text": b'"demo"',
    "a YAML bomb": b"a: &a ['x','x']\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "not a number": b'{"jobs_at_a_time": NaN, "volume": NaN}',
    "an endless number": b'{"jobs_at_a_time": 1e400, "volume": 1e400}',
    "yes instead of a number": b'{"jobs_at_a_time": true, "volume": true}',
    "a number in words": b'{"jobs_at_a_time": "4", "volume": "0.5"}',
    "a list instead of a word": b'{"theme": ["dark"], "geometry": ["x"]}',
    "bytes": b"\xff\xfe\x00",
    "nothing": b"",
}


@fault("I15")
@pytest.mark.logs_warnings
@pytest.mark.parametrize("name", BAD_FILES)
def test_settings_are_taken_whole_or_set_aside(name: str, tmp_path: Path) -> None:
    for load, default in ((load_settings, Settings()), (load_window_state, WindowState())):
        path = tmp_path / f"{load.__name__}.json"
        path.write_bytes(BAD_FILES[name])
        began = time.perf_counter()
        assert load(path) == default
        assert time.perf_counter() - began < 1.0
        assert path.with_name(path.name + ".damaged").read_bytes() == BAD_FILES[name]
        assert not path.exists()


@fault("I15")
@pytest.mark.logs_warnings
def test_one_wrong_setting_is_named_and_the_others_are_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "settings.json"
    save_json(path, Settings("pixeldojo", "/clips", 7))
    stored = json.loads(path.read_text())
    path.write_text(json.dumps({**stored, "keep_awake": "no"}))
    assert load_settings(path) == Settings()
    assert "keep_awake" in caplog.text
    path.write_text(json.dumps({**stored, "from_a_newer_version": 1}))
    assert load_settings(path) == Settings("pixeldojo", "/clips", 7)


@fault("I15")
@pytest.mark.parametrize("sizes", [[10**30, 1, 1], [-1, 5, 5], [True, 1, 1], ["1", 2, 3], [1e9]])
def test_panel_widths_that_no_screen_has_are_forgotten(sizes: list[object], tmp_path: Path) -> None:
    path = tmp_path / "window.json"
    path.write_text(json.dumps({"splitter": sizes, "loop": False}))
    assert load_window_state(path) == WindowState(loop=False)


END_ALONE = Frame(FrameKind.URL, "https://example.com/end.png")


WRONG = [
    ("duration_s", {"duration_s": 0}), ("duration_s", {"duration_s": 16}),
    ("duration_s", {"duration_s": -1}), ("duration_s", {"duration_s": 1.5}),
    ("duration_s", {"duration_s": True}), ("style", {"style": "cyberpnk"}),
    ("thinking", {"thinking": "Auto"}), ("aspect_ratio", {"aspect_ratio": "16x9"}),
    ("resolution", {"resolution": "8K"}), ("seed", {"seed": -1}), ("seed", {"seed": 2**31}),
    ("end_frame", {"multi_clip": True, "end_frame": END_ALONE}), ("prompt", {"prompt": " \u3000\n"}),
]  # fmt: skip


@fault("I16")
@pytest.mark.parametrize(("field", "changes"), WRONG, ids=str)
def test_a_wrong_value_is_told_with_its_field(field: str, changes: dict[str, object]) -> None:
    request = replace(ClipRequest("a fox"), **changes)  # type: ignore[arg-type]
    (found,) = violations(request, PIXVERSE_V6)
    assert found.field == field
    assert found.message.endswith(".")


@fault("I16")
@asynchronous
async def test_nothing_wrong_is_queued_or_sent(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    posts = count_posts(simulator)

    async with harness_on(simulator, data_dir, key) as harness:
        for field, changes in WRONG:
            with pytest.raises(UserError) as caught:
                await harness.engine.generate(replace(SHORT, **changes))  # type: ignore[arg-type]
            assert caught.value.problem.code is ProblemCode.INVALID
            assert caught.value.problem.field == field
        assert harness.repository.all() == []
    assert count_posts(simulator) == posts


def count_posts(simulator: SimulatorProcess) -> int:
    """How many paid requests have reached the service."""
    return sum(r["method"] == "POST" for r in simulator.requests("api"))


@pytest.fixture
def database(data_dir: Path) -> Iterator[JobStore]:
    made = JobStore(data_dir)
    made.open()
    yield made
    made.close()


@fault("I18")
def test_a_thousand_queued_jobs_are_all_kept_in_order(database: JobStore, data_dir: Path) -> None:
    base = Job(
        id="", origin="demo", request=SHORT, state=JobState.QUEUED, created_at=1.0, updated_at=1.0,
        price=10,
    )  # fmt: skip
    for n in range(1000):
        database.add_jobs(replace(base, id=f"{n:032x}", position=n, request=replace(SHORT, seed=n)))
    database.close()
    database.open()
    kept = database.load_jobs()
    assert [job.request.seed for job in kept] == list(range(1000))
    assert sum(job.price for job in kept) == 10_000
    assert {job.state for job in kept} == {JobState.QUEUED}


@fault("I18")
@asynchronous
async def test_of_many_queued_jobs_no_more_than_the_limit_are_sent_at_once(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=30)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=2) as harness:
        for n in range(50):
            await harness.engine.generate(replace(SHORT, seed=n))
        await harness.until(lambda: len(harness.in_state(JobState.ACCEPTED)) == 2)
        await asyncio.sleep(0)
        assert len(harness.in_state(JobState.QUEUED)) == 48
        harness.engine.pause()
    assert len(simulator.ledger()) == before + 2
