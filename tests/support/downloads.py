"""One clip fetched over a bad line."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pixverse_desktop.core.errors import DownloadFailed
from pixverse_desktop.core.jobs.states import JobState
from tests.support.clips import small_clip
from tests.support.engine_harness import EngineHarness, client_of, paid_harness
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import Answer, ScriptedServer

S = JobState
HOUR = 3600.0
CLIP = small_clip()
CUT = len(CLIP) * 6 // 10
SHA = hashlib.sha256(CLIP).hexdigest()
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


def fetched(tmp_path: Path, key: str, part: Path, *answers: Answer) -> tuple[str, list[bytes]]:
    """The hash that the last answer brings, and all requests; every earlier answer fails."""
    waiting = list(answers)

    def answer(connection: socket.socket, request: bytes) -> None:
        waiting.pop(0)(connection, request)

    with ScriptedServer(answer) as server:
        client = client_of(server.url, key)
        for _ in answers[1:]:
            with pytest.raises(DownloadFailed) as caught:
                client.download(f"{server.url}/clip", part, lambda done, total: None)
            assert not caught.value.refresh
        digest = client.download(f"{server.url}/clip", part, lambda done, total: None)
        return digest, server.requests
