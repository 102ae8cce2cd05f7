"""What every batch may cost in all, known at any moment without a walk through its jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.spending import counts
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.model.price import Shape, shape_of

_Kind = tuple[Shape, Decimal]  # what cost as much by all that is known


class BatchSums:
    """Charges as a sum; jobs whose charge is not known by kind, each with one of them."""

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._charged: defaultdict[str, Decimal] = defaultdict(Decimal)
        self._open: defaultdict[str, dict[_Kind, set[str]]] = defaultdict(dict)
        self._samples: dict[_Kind, Job] = {}
        for job in jobs:
            self.put(None, job)

    def put(self, old: Job | None, new: Job) -> None:
        """A new job, or a new snapshot in the place of ``old``."""
        if old is not None and _may_cost(old):
            if old.credit_cost is not None:
                self._charged[old.batch] -= old.credit_cost
            else:
                self._open[old.batch][_kind(old)].discard(old.id)
        if _may_cost(new):
            if new.credit_cost is not None:
                self._charged[new.batch] += new.credit_cost
            else:
                kind = _kind(new)
                self._samples.setdefault(kind, new)
                self._open[new.batch].setdefault(kind, set()).add(new.id)

    def upper(self, batch: str, upper_price: Callable[[Job], Decimal]) -> Decimal:
        """The most that the batch may cost; ``upper_price`` is that of a job not yet charged."""
        kinds = self._open.get(batch, {})
        left = (upper_price(self._samples[kind]) * len(ids) for kind, ids in kinds.items() if ids)
        return self._charged.get(batch, ZERO) + sum(left, ZERO)


def _may_cost(job: Job) -> bool:
    return bool(job.batch) and (job.state is JobState.QUEUED or counts(job))


def _kind(job: Job) -> _Kind:
    return shape_of(job.request_as_sent), job.price
