"""One clip fetched over a bad line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pixverse_desktop.core.jobs.states import JobState
from tests.support.clips import small_clip
from tests.support.engine_harness import EngineHarness, paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer

S = JobState
HOUR = 3600.0
CLIP = small_clip()
CUT = len(CLIP) * 6 // 10
OTHER_CLIP = bytes(reversed(CLIP))


def saved_as_sent(harness: EngineHarness, clip: bytes = CLIP) -> None:
    """The one clip on disk is the one that was sent, and nothing else lies there."""
    job = harness.job()
    assert job.clip is not None
    assert Path(job.clip.path).read_bytes() == clip
    assert job.clip.sha256 == hashlib.sha256(clip).hexdigest()
    assert [p.name for p in (harness.folder / "clips").rglob("*")] == [Path(job.clip.path).name]


@in_virtual_time
async def brings_the_clip(
    tmp_path: Path, key: str, answers: Callable[[PaidService], list[Answer]], **config: Any
) -> PaidService:
    """Play one job whose downloads go wrong in these ways, until it is saved; no torn file ever."""
    service = PaidService()

    with service:
        service.next["clip"] = answers(service)
        async with paid_harness(service, tmp_path, key, **config) as harness:
            (job,) = await harness.ask()

            def never_torn() -> bool:
                for path in (harness.folder / "clips").glob("*.mp4"):
                    assert path.read_bytes() == service.clip
                return harness.states() == [S.SAVED]

            await harness.until(never_torn, within_s=HOUR)
            saved_as_sent(harness, service.clip)
            order = list(dict.fromkeys(harness.sink.states[job.id]))
            assert order == [S.QUEUED, S.SUBMITTING, S.ACCEPTED, S.VERIFIED, S.SAVED]
            assert service.next["clip"] == []
        assert len(service.charges) == 1
    return service
