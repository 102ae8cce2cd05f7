"""A lost answer is recognised by what the list says of it, however the service writes that."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pixverse_desktop.api import wire
from pixverse_desktop.core.engine.matching import match_by_time, proven_matches
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.ports import RemoteJob

SENT = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
PROMPT = "Un café à Paris,\r\n  la caméra avance; " + "de la pluie sur les vitres " * 4


def lost(**changes: object) -> Job:
    job = Job(
        id="j1", origin="o", request=ClipRequest(prompt=PROMPT, seed=1_234_567_890),
        state=JobState.UNCONFIRMED, created_at=SENT, updated_at=SENT, price=10, submitted_at=SENT,
    )  # fmt: skip
    return replace(job, **changes)  # type: ignore[arg-type]


def listed(remote_id: str = "job_1", **fields: object) -> RemoteJob:
    """A row as the service lists it."""
    found = wire.read_job({"jobId": remote_id, "status": "pending", **fields})
    assert found is not None
    return found


def echoed(prompt: str, seed: object = 1_234_567_890, **fields: object) -> RemoteJob:
    return listed(**{"createdAt": SENT + 2, "input": {"prompt": prompt, "seed": seed}, **fields})


REWRITTEN = [
    PROMPT.strip(),
    " ".join(PROMPT.split()),
    PROMPT.replace("\r\n", "\n"),
    "Un cafe\u0301 a\u0300 Paris, la came\u0301ra avance; " + "de la pluie sur les vitres " * 4,
    PROMPT[:50],
    PROMPT[:12] + "…",
]


@pytest.mark.parametrize("prompt", [*REWRITTEN, "A cinematic masterpiece of rain, 4K", "", None])
def test_the_seed_alone_is_proof_whatever_became_of_the_prompt(prompt: str) -> None:
    assert list(proven_matches([lost()], [echoed(prompt)], set())) == ["j1"]


@pytest.mark.parametrize(
    "seed", [1_234_567_890, "1234567890", " 1234567890 ", 1234567890.0, "1234567890.0"]
)
def test_a_seed_is_read_however_it_is_written(seed: object) -> None:
    assert list(proven_matches([lost()], [echoed(PROMPT, seed)], set())) == ["j1"]


@pytest.mark.parametrize(
    "fields",
    [
        *({name: {"seed": "1234567890"}} for name in ("input", "inputs", "params", "parameters", "request")),
        {"Inputs": {"Seed": 1_234_567_890}},
        {"seed": 1_234_567_890},
        {"seed": "1234567890", "prompt": PROMPT, "input": {"quality": "high"}},
        {"input": {"prompt": "p"}, "parameters": {"seed": 1_234_567_890}},
    ],
)  # fmt: skip
def test_a_seed_is_found_wherever_it_is_echoed(fields: dict[str, object]) -> None:
    row = listed(created_at="2023-11-14T22:13:22Z", **fields)
    assert list(proven_matches([lost()], [row], set())) == ["j1"]


def test_an_older_clip_of_the_same_seed_is_not_the_job() -> None:
    assert proven_matches([lost()], [echoed(PROMPT, createdAt=SENT - 3 * 86_400)], set()) == {}


# --- a seed that several carry, or that is one of few ---


def used_before(**changes: object) -> Job:
    """Another of our jobs, which the user gave the same seed."""
    return lost(**{"id": "j0", "state": JobState.SAVED, "remote_id": "job_0",
                   "submitted_at": SENT - 3000, **changes})  # fmt: skip


@pytest.mark.parametrize("prompt", REWRITTEN)
def test_a_seed_used_twice_needs_prompt_and_time(prompt: str) -> None:
    ours = [lost(), used_before()]
    assert list(proven_matches([lost()], [echoed(prompt)], {"job_0"}, ours=ours)) == ["j1"]


@pytest.mark.parametrize(
    "row",
    [
        echoed("another prompt"),
        echoed(PROMPT[:12]),
        echoed(PROMPT, createdAt=SENT - 3000),
        echoed(PROMPT, createdAt=None),
        listed(createdAt=SENT + 2, seed=1_234_567_890),
    ],
)
@pytest.mark.parametrize("few", [False, True])
def test_with_less_than_that_a_seed_used_twice_or_one_of_few_proves_nothing(
    row: RemoteJob, few: bool
) -> None:
    ours = [] if few else [lost(), used_before()]
    assert (
        proven_matches([lost()], [row], {"job_0"}, ours=ours, few_seeds={"j1"} if few else ()) == {}
    )


def test_a_known_row_with_the_seed_counts_like_a_job() -> None:
    rows = [echoed("other"), listed("job_0", seed=1_234_567_890)]
    assert proven_matches([lost()], rows, {"job_0"}) == {}


def test_a_job_that_was_never_sent_takes_no_seed() -> None:
    ours = [lost(), used_before(state=JobState.QUEUED, remote_id=None)]
    assert list(proven_matches([lost()], [echoed("other")], set(), ours=ours)) == ["j1"]


def test_two_lost_jobs_of_one_seed_are_told_apart_by_prompt_and_time() -> None:
    first, second = lost(), lost(id="j2", request=ClipRequest("another prompt", seed=1_234_567_890))
    rows = [echoed(PROMPT.strip()), replace(echoed("another  prompt"), remote_id="job_2")]
    found = proven_matches([first, second], rows, set(), ours=[first, second])
    assert {job: row.remote_id for job, row in found.items()} == {"j1": "job_1", "j2": "job_2"}
    twice = [first, replace(second, request=first.request)]
    assert proven_matches(twice, rows[:1], set(), ours=twice) == {}


# --- a model without seeds ---

UNSEEDED = ClipRequest(PROMPT, duration_s=8, aspect_ratio="9:16")


def test_without_seeds_all_that_is_echoed_and_the_time_decide() -> None:
    job = lost(request=UNSEEDED)
    said = {"prompt": PROMPT.strip(), "durationSeconds": "8", "aspectRatio": "9:16", "seed": 5}
    row = listed(createdAt=SENT + 2, input=said)
    assert list(proven_matches([job], [row], set())) == ["j1"]
    for name, value in (("durationSeconds", 5), ("aspectRatio", "16:9"), ("prompt", "other")):
        other = listed(createdAt=SENT + 2, input={**said, name: value})
        assert proven_matches([job], [other], set()) == {}
    assert proven_matches([job], [listed(createdAt=SENT + 3000, input=said)], set()) == {}
    assert proven_matches([job], [row, replace(row, remote_id="job_2")], set()) == {}


def test_beside_a_start_frame_the_shape_is_the_services() -> None:
    framed = replace(UNSEEDED, start_frame=Frame(FrameKind.URL, "https://h/p.png"))
    row = listed(createdAt=SENT + 2, input={"prompt": PROMPT, "aspect_ratio": "1:1"})
    assert list(proven_matches([lost(request=framed)], [row], set())) == ["j1"]


def test_a_list_that_echoes_prompts_alone_is_matched_by_them_and_the_time() -> None:
    rows = [
        listed("job_1", createdAt=SENT + 2, input={"prompt": PROMPT[:60]}),
        listed("job_2", createdAt=SENT + 2, input={"prompt": "another"}),
    ]
    assert match_by_time([lost()], rows, set(), {}) == rows[0]
    assert match_by_time([lost()], rows[1:], set(), {}) is None


# --- times ---


@pytest.fixture(params=["America/Los_Angeles", "Asia/Tokyo", "UTC"])
def _elsewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.mark.parametrize(
    ("said", "off_s"),
    [
        ("2023-11-14T22:13:20Z", 0), ("2023-11-14T22:13:20", 0), ("2023-11-14 22:13:20", 0),
        ("2023-11-14T22:13:20.25", 0.25), ("2023-11-14 22:13:20.250000", 0.25),
        ("2023-11-14 22:13:20.250", 0.25), ("2023-11-14T22:13:20.123456789Z", 0.123456),
        ("2023-11-14T23:13:20+01:00", 0), ("2023-11-14 17:13:20 -0500", 0),
        ("2023-11-14 22:13:20 UTC", 0), ("20231114T221320Z", 0),
        ("Tue, 14 Nov 2023 22:13:20 GMT", 0), ("Tue, 14 Nov 2023 17:13:20 -0500", 0),
        ("14 Nov 2023 22:13:20", 0), ("1700000000", 0), ("1700000000.5", 0.5),
        ("1700000000250", 0.25), (1_700_000_000, 0), (1_700_000_000.5, 0.5),
        (1_700_000_000_250, 0.25), ("1700000000000000", 0),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_elsewhere")
def test_a_time_without_a_zone_is_utc_wherever_this_machine_is(said: object, off_s: float) -> None:
    row = listed(createdAt=said)
    assert row.created_at == pytest.approx(SENT + off_s, abs=1e-4)
    assert match_by_time([lost()], [row], set(), {}) == row


@pytest.mark.parametrize(
    "said", ["", "soon", "2023-13-40", True, -5, "0", [], "Tue", "9" * 40, 1e400, 10**400]
)
def test_what_is_no_time_is_none(said: object) -> None:
    assert listed(createdAt=said).created_at is None


@pytest.mark.parametrize("name", ["createdAt", "created_at", "CreatedAt", "created", "CREATED-AT"])
def test_the_time_is_found_under_any_spelling_of_its_name(name: str) -> None:
    assert listed(**{name: SENT}).created_at == SENT
