"""A life of the harness that never comes to rest is a finding, and says what was left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash import child
from tests.crash.child import Task
from tests.support.engine_harness import memory_harness
from tests.support.factories import accepted_job
from tests.support.fake_service import FakeService
from tests.support.loops import asynchronous


@asynchronous
async def test_a_life_without_rest_ends_with_what_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(child, "SETTLE_LIMIT_S", 0.05)

    harness = memory_harness(FakeService(), tmp_path, key).begin_with(accepted_job(1))
    async with harness:
        with pytest.raises(TimeoutError, match=r"left: .*local1 accepted"):
            await child._until_done(harness.engine, Task(tmp_path, "", key, until_settled=True))
