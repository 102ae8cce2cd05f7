"""A clip is its own project file: written by the engine, read back when everything else is gone."""

from __future__ import annotations

import json
import shutil
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pixverse_desktop.core.engine.clip_import import ImportResult
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import custom_origin
from pixverse_desktop.media.metadata_tag import read_tag
from pixverse_desktop.services.frames import frame_from_file, load_frame
from pixverse_desktop.services.own_clips import clips_below, read_own_clip
from pixverse_desktop.services.paths import paths_below
from tests.support.engine_harness import EngineHarness, harness_on, live_harness
from tests.support.factories import SHORT
from tests.support.loops import asynchronous
from tests.support.simulator_process import SimulatorProcess


async def make(
    simulator: SimulatorProcess, data_dir: Path, key: str, *requests: ClipRequest
) -> list[Job]:
    """Clips of ``requests``, and their jobs as stored."""
    made: list[Job] = []

    async with harness_on(simulator, data_dir, key) as harness:
        for request in requests:
            await harness.engine.generate(request)
        await harness.until_saved(len(requests))
        made.extend(harness.repository.all())
    return made


def picture(path: Path, paths_of: Path) -> object:
    Image.new("RGB", (640, 360), "#336699").save(path)
    return frame_from_file(path, paths_below(paths_of))[0]


def forget(data_dir: Path, *, frames: bool = False) -> None:
    """Everything the program knows, but not the clips."""
    for path in data_dir.iterdir():
        if path.name != "clips" and (frames or path.name != "frames"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


async def rebuild(harness: EngineHarness, data_dir: Path) -> list[ImportResult]:
    paths = paths_below(data_dir)
    found = []
    for path in clips_below(data_dir / "clips"):
        own = read_own_clip(path, paths)
        assert own is not None
        found.append(await harness.engine.imports.add(*own))
    return found


@asynchronous
async def test_the_clip_carries_its_request_and_the_services_packets(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    request = replace(SHORT, prompt='Füchse im "Schnee" 🦊', seed=77, style="anime")
    (job,) = await make(simulator, data_dir, key, request)
    assert job.clip is not None
    path = Path(job.clip.path)
    text = read_tag(path)
    assert text is not None
    said = json.loads(text)
    assert (said["request"]["seed"], said["credit_cost"]) == (77, 10)
    assert said["remote_id"] == job.remote_id

    api = f"{simulator.api_url}/jobs/{job.remote_id}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    asked = urllib.request.Request(api, headers={"Authorization": f"Bearer {key}"})
    with opener.open(asked, timeout=10) as answer:
        video = json.load(answer)["output"]["video"]
    original = tmp_path / "original.mp4"
    with opener.open(video, timeout=10) as answer:
        original.write_bytes(answer.read())
    assert path.read_bytes().startswith(original.read_bytes())
    assert 'Füchse im \\"Schnee\\" 🦊'.encode() in path.read_bytes()  # readable as it stands


@asynchronous
async def test_a_library_is_rebuilt_from_a_folder_of_clips_alone(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    frame = picture(tmp_path / "a.png", data_dir)
    parent = replace(frame, parent="the clip before")  # type: ignore[type-var]
    made = await make(
        simulator, data_dir, key,
        replace(SHORT, seed=1), replace(SHORT, prompt="with a frame", seed=2, start_frame=parent),
    )  # fmt: skip
    before = len(simulator.ledger())
    forget(data_dir)

    async with live_harness(data_dir, custom_origin(simulator.api_url), key) as harness:
        assert await rebuild(harness, data_dir) == [ImportResult.ADDED, ImportResult.ADDED]
        assert await rebuild(harness, data_dir) == [ImportResult.KNOWN, ImportResult.KNOWN]
        now = {job.id: job for job in harness.repository.all()}
        for old in made:
            new = now[old.id]
            assert (new.request, new.remote_id) == (old.request, old.remote_id)
            assert (new.credit_cost, new.clip) == (old.credit_cost, old.clip)
            assert new.state is JobState.SAVED
            assert new.created_at == old.created_at
    assert len(simulator.ledger()) == before


@asynchronous
async def test_a_frame_that_is_gone_comes_back_from_the_clip(
    simulator: SimulatorProcess, data_dir: Path, key: str, tmp_path: Path
) -> None:
    frame = picture(tmp_path / "a.png", data_dir)
    await make(simulator, data_dir, key, replace(SHORT, start_frame=frame))  # type: ignore[arg-type]
    forget(data_dir, frames=True)

    async with live_harness(data_dir, custom_origin(simulator.api_url), key) as harness:
        await rebuild(harness, data_dir)
        (job,) = harness.repository.all()
        assert job.request.start_frame is not None
        jpeg = load_frame(job.request.start_frame, paths_below(data_dir))
        assert jpeg.startswith(b"\xff\xd8")


@asynchronous
async def test_a_moved_clip_is_located(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    (job,) = await make(simulator, data_dir, key, SHORT)
    assert job.clip is not None
    elsewhere = data_dir / "clips" / "kept" / "renamed.mp4"
    elsewhere.parent.mkdir()
    Path(job.clip.path).rename(elsewhere)

    async with harness_on(simulator, data_dir, key) as harness:
        assert await rebuild(harness, data_dir) == [ImportResult.LOCATED]
        (now,) = harness.repository.all()
        assert now.clip is not None
        assert now.clip.path == str(elsewhere)


def test_other_clips_are_passed_over(simulator: SimulatorProcess, tmp_path: Path) -> None:
    paths = paths_below(tmp_path / "data")
    (tmp_path / "a.mp4").write_bytes(b"not a clip")
    (tmp_path / ".hidden.mp4").write_bytes(b"")
    assert clips_below(tmp_path) == [tmp_path / "a.mp4"]
    assert read_own_clip(tmp_path / "a.mp4", paths) is None
    assert read_own_clip(tmp_path / "missing.mp4", paths) is None


@pytest.mark.logs_warnings
@asynchronous
async def test_a_clip_that_cannot_be_described_is_saved_as_it_came(
    simulator: SimulatorProcess, data_dir: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pixverse_desktop.media import metadata_tag as project_tag

    def refuse(*_: object) -> None:
        raise OSError(28, "no space left")

    monkeypatch.setattr(project_tag, "write_tag", refuse)
    (job,) = await make(simulator, data_dir, key, SHORT)
    assert job.clip is not None
    assert project_tag.read_tag(Path(job.clip.path)) is None
    left = [p.name for p in (data_dir / "clips").rglob("*") if p.suffix != ".mp4"]
    assert left == []
