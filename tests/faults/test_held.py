"""A queue that stands still: whether the service is there is noticed all the same, free of charge."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.validation import guess_note
from pixverse_desktop.core.service import Connection, HoldReason
from tests.support.engine_harness import memory_harness, paid_harness
from tests.support.factories import SHORT
from tests.support.fake_service import FakeService
from tests.support.loops import in_virtual_time
from tests.support.paid_service import PaidService
from tests.support.scripted_server import close, reply

S = JobState


@in_virtual_time
async def test_a_service_that_goes_away_while_the_queue_is_held_is_noticed(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            assert harness.engine.session.status.connection is Connection.ONLINE
            harness.engine.pause()
            await harness.ask()
            service.always["job"] = close
            await asyncio.sleep(60)
            assert harness.engine.session.status.connection is Connection.OFFLINE
            del service.always["job"]
            before = len(service.api.requests)
            await asyncio.sleep(60)
            assert harness.engine.session.status.connection is Connection.ONLINE
            assert 1 <= len(service.api.requests) - before <= 3
            assert harness.states() == [S.SAVED, S.QUEUED]
            assert len(service.charges) == 1


@in_virtual_time
async def test_nothing_is_asked_while_nothing_waits_or_the_key_was_refused(
    tmp_path: Path, key: str
) -> None:
    with PaidService() as service:
        service.next["run"] = [service.receipt(), reply("401 Unauthorized", b"{}")]
        async with paid_harness(service, tmp_path, key) as harness:
            await harness.ask()
            await harness.until_states(S.SAVED)
            before = len(service.api.requests)
            await asyncio.sleep(3600)
            assert len(service.api.requests) == before
            await harness.ask()
            await harness.until(lambda: harness.held_for() is HoldReason.KEY)
            before = len(service.api.requests)
            await asyncio.sleep(3600)
            assert len(service.api.requests) == before


@in_virtual_time
async def test_the_frame_fields_are_a_guess_only_once_the_schema_could_not_be_read(
    tmp_path: Path, key: str
) -> None:
    picture = Frame(FrameKind.URL, "https://example.com/a.jpg")
    request = dataclasses.replace(SHORT, start_frame=picture)

    harness = memory_harness(FakeService(), tmp_path, key)
    async with harness:
        status = harness.engine.session.status
        assert guess_note(request, status.model) == ""
        learning = asyncio.ensure_future(harness.engine._learn())
        await asyncio.sleep(1)
        assert "is a guess" in guess_note(request, harness.engine.session.status.model)
        learning.cancel()
