"""Keys pasted wrongly or refused by the service, A1 and A2."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from pixverse_desktop.api.http import BearerAuth
from pixverse_desktop.core.errors import (
    Action,
)
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.service import (
    HoldReason,
    pixeldojo_origin,
)
from pixverse_desktop.services.secrets import Secrets, clean_key
from tests.faults.catalogue import fault
from tests.support.commands import run_generate
from tests.support.engine_harness import harness_on
from tests.support.factories import SHORT
from tests.support.keyrings import (
    GoodKeyring,
    UseKeyring,
)
from tests.support.loops import asynchronous
from tests.support.scripted_server import ScriptedServer, reply
from tests.support.simulator_process import SimulatorProcess

REAL = pixeldojo_origin()


@fault("A1")
@pytest.mark.parametrize(
    "pasted",
    ["{}", " {}\n", "\t{}\r\n", "\u00a0{}\u3000", '"{}"', "'{}'", "`{}`", "“{}”", "‘{}’", "«{}»",
     "„{}“", "Bearer {}", "bearer  {}", "BEARER\t{}", "Authorization: Bearer {}",
     "authorization:Bearer {}", '"Bearer {}"', 'Bearer "{}"', "'Authorization: Bearer {}'\n",
     "\u200b{}\u200b", "\ufeff{}", "\u200b\"{}\"\u200b", " \u2060'{}' ", "\u200eBearer {}\u200f"],
    ids=ascii,
)  # fmt: skip
def test_what_stands_around_a_key_is_taken_away(pasted: str, key: str) -> None:
    assert clean_key(pasted.format(key)) == key


@fault("A1")
@pytest.mark.parametrize(
    "pasted",
    ["", " ", '""', "Bearer ", "Bearer", "{} {}", "{}\n{}", "{}\r\nX-Evil: 1", "my key is {}",
     "{}\u200b{}", "{}é", "ключ-{}", "{}\0", "{}\x7f", "“{}” or “{}”", 'a"{}', "a\\{}", "ab", "x" * 600],
    ids=ascii,
)  # fmt: skip
def test_what_cannot_be_a_key_is_refused_without_quoting_it(pasted: str, key: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        clean_key(pasted.format(key, key))
    assert key not in str(caught.value)


@fault("A1")
@settings(derandomize=True, database=None, deadline=None, max_examples=500)
@given(st.text(max_size=40) | st.text("ab\"' \n\r\t\u200bBearer:“”", max_size=40))
def test_what_passes_for_a_key_can_stand_in_a_header(pasted: str) -> None:
    try:
        key = clean_key(pasted)
    except ValueError:
        return
    assert clean_key(key) == key
    prepared = requests.Request("GET", "http://127.0.0.1/", auth=BearerAuth(key)).prepare()
    requests.utils.check_header_validity(("Authorization", prepared.headers["Authorization"]))


@fault("A1")
@pytest.mark.parametrize("tail", [" x", "\nX-Evil: 1", "é"], ids=ascii)
def test_a_bad_key_in_the_environment_ends_before_anything_is_asked(
    data_dir: Path, key: str, tail: str
) -> None:
    with ScriptedServer(reply("200 OK", b"{}")) as server:
        done = run_generate(data_dir, f"{server.url}/api/v1", PIXELDOJO_API_KEY=key + tail)
        assert server.requests == []
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "not an API key" in done.stderr
    assert key not in done.stdout + done.stderr


@fault("A1")
@pytest.mark.parametrize(("stored", "found"), [("{}\n", True), (" '{}' ", True), ("{} {}", False)])
def test_a_key_another_program_put_into_the_keyring_is_cleaned_too(
    use_keyring: UseKeyring, key: str, stored: str, found: bool
) -> None:
    backend = GoodKeyring()
    backend.kept["pixverse-desktop", REAL.id] = stored.format(key, key)
    use_keyring(backend)
    result = Secrets().find(REAL)
    assert (result is not None and result.key == key) is found


def forbid(simulator: SimulatorProcess, *keys: str) -> None:
    """From now on the service knows these keys no more."""
    simulator.settings(rejected_keys=[hashlib.sha256(k.encode()).hexdigest() for k in keys])


@fault("A2")
@asynchronous
async def test_a_wrong_key_holds_the_queue_and_costs_nothing(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    forbid(simulator, key)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key) as harness:
        for _ in range(3):
            await harness.engine.generate(SHORT)
        await harness.until(lambda: harness.held_for() is HoldReason.KEY)
        assert {job.state for job in harness.repository.all()} == {JobState.QUEUED}
        assert harness.sink.status is not None
        assert harness.sink.status.hold is not None
        assert harness.sink.status.hold.problem is not None
        assert harness.sink.status.hold.problem.action is Action.OPEN_KEY
        assert "key" in harness.sink.status.hold.problem.message
    assert len(simulator.ledger()) == before
    forbid(simulator)
    async with harness_on(simulator, data_dir, key) as harness:
        await harness.until_saved(3)
    assert len(simulator.ledger()) == before + 3


@fault("A2")
@asynchronous
async def test_a_key_revoked_in_the_middle_loses_no_paid_job(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    simulator.settings(min_job_s=0.5)
    before = len(simulator.ledger())

    async with harness_on(simulator, data_dir, key, jobs_at_a_time=1) as harness:
        paid = await harness.engine.generate(SHORT)
        waiting = await harness.engine.generate(SHORT)
        await harness.until(lambda: harness.repository.get(paid.id).state is JobState.ACCEPTED)
        forbid(simulator, key)
        harness.engine.configure(2)
        await harness.until(lambda: harness.held_for() is HoldReason.KEY)
        assert harness.repository.get(paid.id).state is JobState.ACCEPTED
        assert harness.repository.get(waiting.id).state is JobState.QUEUED
        forbid(simulator)
        harness.engine.resume()
        await harness.engine.check_now(paid.id)
        await harness.until_saved(2)
    assert len(simulator.ledger()) == before + 2


@fault("A2")
@asynchronous
async def test_every_job_remembers_the_key_it_was_paid_with(
    simulator: SimulatorProcess, data_dir: Path, key: str
) -> None:
    other = f"{key}-of-another-account"
    for mine in (key, other):
        async with harness_on(simulator, data_dir, mine) as harness:
            await harness.engine.generate(SHORT)
            await harness.until_saved(len(harness.repository.all()))
    with sqlite3.connect(data_dir / "pixverse.db") as connection:
        rows = connection.execute("SELECT data FROM jobs ORDER BY position").fetchall()
    connection.close()
    prints = [json.loads(row[0])["key_fingerprint"] for row in rows]
    assert prints == [hashlib.sha256(k.encode()).hexdigest()[:8] for k in (key, other)]
