"""Jobs at their beginning: with a seed, a price as announced, and a place in the queue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pixverse_desktop.core.engine.session import Session
from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.parameters import ModelSpec
from pixverse_desktop.core.model.request import ClipRequest, default_request
from pixverse_desktop.core.model.reuse import asked_for
from pixverse_desktop.core.model.validation import violations
from pixverse_desktop.core.records import record

_MOST_DRAWS = 50


@record
class Cell:
    """One clip of a batch: its request, the row that asked for it (from 1), what the table calls
    it, and its prompt before the choices in it were made; "" where there is no such thing."""

    request: ClipRequest
    row: int
    label: str = ""
    pattern: str = ""


def check(request: ClipRequest, model: ModelSpec) -> None:
    """Raises UserError (INVALID, with the field) for a request that must not be sent."""
    found = violations(request, model)
    if found:
        raise UserError(problem(ProblemCode.INVALID, found[0].message, field=found[0].field))


def check_cells(cells: Sequence[Cell], models: Mapping[str, ModelSpec]) -> None:
    """The same for a batch, by the ids of its models; long enough for a worker."""
    for cell in cells:
        check(cell.request, models[cell.request.model])


def new_job(
    session: Session, request: ClipRequest, position: int, *, retry_of: Job | None = None
) -> Job:
    """A job that waits, not yet committed; the request is one that may be sent.

    One that takes the place of ``retry_of`` is what that was in its batch.
    """
    caps = session.models.get(request.model)
    asked = asked_for(request, default_request(caps))
    drawn = request.seed is None
    if drawn and caps.offers("seed"):
        # Drawn here, sent and kept: the clip can be made again, the job recognised.
        request = request.changed(seed=caps.range("seed").draw())
    now, price = session.ports.clock.time(), session.price(request)
    job = Job(
        id=uuid.uuid4().hex,
        origin=session.origin.id,
        request=request,
        state=JobState.QUEUED,
        created_at=now,
        updated_at=now,
        price=price.high,
        price_low=price.low,
        position=position,
        seed_drawn=drawn,
        asked=asked,
    )
    if retry_of is None:
        return job
    same = request.changed(seed=None) == retry_of.request.changed(seed=None)
    kept_seed = request.seed == retry_of.request.seed and retry_of.seed_drawn
    return replace(
        job, retry_of=retry_of.id, seed_drawn=drawn or bool(kept_seed), batch=retry_of.batch,
        row=retry_of.row, label=retry_of.label, pattern=retry_of.pattern,
        ceiling=retry_of.ceiling, asked=(same and retry_of.asked) or asked, film=retry_of.film,
        shot=retry_of.shot, after=retry_of.after, meets=retry_of.meets,
    )  # fmt: skip


def new_batch(
    session: Session,
    cells: Sequence[Cell],
    position: int,
    *,
    background: bool,
    ceiling: Decimal | None,
) -> list[Job]:
    """The jobs of a batch one behind the other; seeds that nobody gave differ."""
    batch = uuid.uuid4().hex
    taken = {cell.request.seed for cell in cells} - {None}
    jobs = []
    for place, cell in enumerate(cells):
        for _ in range(_MOST_DRAWS):  # a model may have fewer seeds than a batch has clips
            job = new_job(session, cell.request, position + place)
            if not job.seed_drawn or job.request.seed not in taken:
                break
        if job.request.seed is not None:
            taken.add(job.request.seed)
        jobs.append(
            replace(
                job, batch=batch, row=cell.row, label=cell.label, pattern=cell.pattern,
                background=background, ceiling=ceiling,
            )
        )  # fmt: skip
    return jobs
