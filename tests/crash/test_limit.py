"""A life of the harness that never comes to rest is a finding, and says what was left."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.crash import child
from tests.crash.child import Task
from tests.faults.fakes import FakeService, accepted_job
from tests.faults.rig import memory_rig


def test_a_life_without_rest_ends_with_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(child, "SETTLE_LIMIT_S", 0.05)

    async def work() -> None:
        rig = memory_rig(FakeService(), tmp_path, key).begin_with(accepted_job(1))
        async with rig:
            with pytest.raises(TimeoutError, match=r"left: .*local1 accepted"):
                await child._until_done(rig.engine, Task(tmp_path, "", key, until_settled=True))

    asyncio.run(work())
