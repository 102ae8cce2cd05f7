"""How long the service usually takes, learned from finished jobs; never a made-up percentage."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.model.request import ClipRequest

_LOOK_BACK = 10
UNKNOWN_EXPECTED_S = 60.0  # middle of the service's own "30-120 s"


def expected_s(request: ClipRequest, origin: str, jobs: Iterable[Job]) -> float | None:
    """Median seconds from sending to finished of like jobs, newest ten; None with no such job.

    Like means same service, resolution and length; failing that, any job of the service.
    """
    done = [
        (job, job.finished_at - job.submitted_at)
        for job in jobs
        if job.origin == origin and job.finished_at is not None and job.submitted_at is not None
    ]
    done = [(job, took) for job, took in done if took >= 0]
    like = [took for job, took in done if _shape(job.request) == _shape(request)]
    times = like or [took for _, took in done]
    # Not statistics.median: its module alone would cost a tenth of the window's start.
    recent = sorted(times[-_LOOK_BACK:])
    return (recent[(len(recent) - 1) // 2] + recent[len(recent) // 2]) / 2 if recent else None


class LearnedTimes:
    """``usual_s`` of what ``jobs`` gives, kept until ``forget``: it is asked for at every look."""

    def __init__(self, jobs: Callable[[], Iterable[Job]]) -> None:
        self._jobs = jobs
        self._known: dict[tuple[str, str, int], float | None] = {}

    def expected_s(self, request: ClipRequest, origin: str) -> float | None:
        """As the function."""
        key = (origin, *_shape(request))
        if key not in self._known:
            self._known[key] = expected_s(request, origin, self._jobs())
        return self._known[key]

    def forget(self) -> None:
        """Another job has finished."""
        self._known.clear()


def _shape(request: ClipRequest) -> tuple[str, int]:
    return f"{request.model} {request.resolution}", request.duration_s
