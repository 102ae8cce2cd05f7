"""Films and their jobs as the tests need them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.film.plan import NOTHING, FilmPlan, Wish, plan_of
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import default_request
from pixverse_desktop.core.model.reuse import asked_for
from tests.support.factories import SHORT, saved_job

USUAL = default_request(PIXVERSE_V6)


def shot(name: str, **fields: Any) -> Shot:
    """A short shot whose id is its name."""
    return Shot(name, name, SHORT.changed(prompt=f"shot {name}"), **fields)


def chain(*names: str) -> Film:
    """Each shot goes on from the one before."""
    return Film("film", "A film", tuple(shot(n, continues=i > 0) for i, n in enumerate(names)))


def take_of(film: Film, name: str, number: int, after: str = "", **fields: Any) -> Job:
    """A saved take of a shot, as it is asked for in ``film``."""
    of = film.shot(name)
    job = saved_job(number, of.request.prompt)
    asked = asked_for(of.request, USUAL)
    whole = {"film": film.id, "shot": of.id, "after": after, "label": of.name, **fields}
    return replace(
        job, id=f"{name}{number}", request=of.request.changed(seed=number), asked=asked,
        seed_drawn=True, **whole,
    )  # fmt: skip


def waiting(job: Job, state: JobState = JobState.QUEUED, **fields: Any) -> Job:
    """The same, not made yet."""
    return replace(job, state=state, clip=None, **fields)


def planned(film: Film, jobs: Iterable[Job] = (), wish: Wish = NOTHING) -> FilmPlan:
    """A plan by the bundled model's defaults."""
    return plan_of(film, jobs, lambda model: USUAL, wish)


def states(plan: FilmPlan) -> list[str]:
    """The states of the shots in the order of the film."""
    return [str(one.state) for one in plan.shots]


def to_make(plan: FilmPlan) -> list[str]:
    """The shots that are to be made, in the order in which they are queued."""
    return [one.shot.name for one in plan.to_make]


ENCODED_ONCE = 0.01  # what two encoders of the same quality may differ by, of 255


def start_frame_error(parent: Path, jpeg: bytes) -> tuple[float, float]:
    """How far a start frame is from the last picture of a clip, decoded whole from its beginning,
    and how far one JPEG encoding of that picture is (mean absolute difference, 0 to 255)."""
    with av.open(str(parent), format="mp4") as container:
        last = list(container.decode(video=0))[-1].to_ndarray(format="rgb24")
    once = io.BytesIO()
    Image.fromarray(last).save(once, "JPEG", quality=92, optimize=True)
    allowed = np.abs(_pixels(once.getvalue()) - last).mean()
    return float(np.abs(_pixels(jpeg) - last).mean()), float(allowed)


def _pixels(jpeg: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"), dtype=np.int16)
