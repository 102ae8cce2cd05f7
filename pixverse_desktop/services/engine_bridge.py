"""Between engine and window: snapshots out as signals, commands in as plain calls.

News is delivered through one queued signal, a few milliseconds' worth at a time: a view never runs
inside an engine coroutine, and a thousand jobs at once hold nothing up.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from pixverse_desktop.core.errors import Problem, ProblemCode, UserError, problem
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID
from pixverse_desktop.core.model.price import LearnedPrices, Price, Shape, request_of, shape_of
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.service import ServiceReport, ServiceStatus
from pixverse_desktop.services.slot_border import SlotTasks, internal_problem

if TYPE_CHECKING:
    from pixverse_desktop.core.engine.engine import Engine
    from pixverse_desktop.core.engine.films import Films
    from pixverse_desktop.core.engine.new_jobs import Cell
    from pixverse_desktop.core.engine.rescue import RescueScan
    from pixverse_desktop.core.engine.waiting_jobs import Places
    from pixverse_desktop.core.jobs.ledger import Ledger
    from pixverse_desktop.core.jobs.marks import Mark
    from pixverse_desktop.core.ports import ListedModel
    from pixverse_desktop.services.told_body import ToldBody

log = logging.getLogger(__name__)
T = TypeVar("T")

_Event = Job | ServiceStatus | list[Job] | tuple[str, float] | str
_SLICE_S = 0.008  # of the main thread at a time, for what the engine tells


class EngineBridge(QObject):
    """The window's view of the engine. Implements ``core.ports.EventSink``."""

    jobs_reset = Signal(object)  # tuple[Job, ...]: all jobs not hidden, oldest first
    job_changed = Signal(object)  # Job; hidden=True takes it off the list
    jobs_changed = Signal(object)  # tuple[Job, ...], none of them sent: see core.ports.EventSink
    progress_changed = Signal(str, float)  # job id, 0..1 while the clip is fetched
    status_changed = Signal(object)  # ServiceStatus
    films_reset = Signal()  # all films anew: another engine, or none
    film_changed = Signal(str)  # the id of a film that was added, changed or removed
    notice = Signal(object)  # Problem: a command failed
    _told = Signal()

    def __init__(self, status: ServiceStatus) -> None:
        super().__init__()
        self.jobs: dict[str, Job] = {}
        self.jobs_known = True  # False until they were read, where there are some from before
        self.status = status
        self._engine: Engine | None = None
        self._model_id = MODEL_ID  # what the user makes clips with, over engines
        self._tasks = SlotTasks()
        self._sink = _Sink(self)
        self._events: deque[_Event] = deque()
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def sink(self) -> _Sink:
        """What the engine tells its news to."""
        return self._sink

    def attach(self, engine: Engine | None) -> None:
        """The engine that takes the commands from now on."""
        self._engine = engine
        if engine is not None and self._model_id != MODEL_ID:
            self.choose_model(self._model_id)
        self.films_reset.emit()

    def reset(self, jobs: list[Job]) -> None:
        """All jobs anew: after a start."""
        self.jobs = {job.id: job for job in jobs if not job.hidden}
        self.jobs_known = True
        self.jobs_reset.emit(tuple(self.jobs.values()))

    def show_status(self, status: ServiceStatus) -> None:
        """A status that no engine told: while the demo service starts, for instance."""
        self._sink.status_changed(status)

    @Slot()
    def _deliver(self) -> None:
        """Hand on what was told, in its order; of very much only a part at a time."""
        until = time.monotonic() + _SLICE_S
        try:
            while self._events:
                self._hand_on(self._events.popleft())
                if time.monotonic() > until:
                    break
        finally:
            if self._events:
                QTimer.singleShot(0, self, self._deliver)

    def _hand_on(self, event: _Event) -> None:
        match event:
            case Job():
                if event.hidden:
                    self.jobs.pop(event.id, None)
                else:
                    self.jobs[event.id] = event
                self.job_changed.emit(event)
            case ServiceStatus():
                self.status = event
                self.status_changed.emit(event)
            case list():
                for job in event:
                    if job.hidden:
                        self.jobs.pop(job.id, None)
                    else:
                        self.jobs[job.id] = job
                self.jobs_changed.emit(tuple(event))
            case (job_id, fraction):
                self.progress_changed.emit(job_id, fraction)
            case str():
                self.film_changed.emit(event)

    def notify(self, event: _Event) -> None:
        """Queue one piece of news."""
        self._events.append(event)
        if len(self._events) == 1:
            self._told.emit()

    def find_job(self, job_id: str) -> Job | None:
        """A job as it is now, one in the trash too; None for an unknown one."""
        return self._engine.session.repository.find(job_id) if self._engine else None

    def films(self) -> Films | None:
        """The films and their plans, to look at; None while no engine runs. See ``change_films``
        for all that changes or makes something."""
        return self._engine.films if self._engine is not None else None

    def expected_s(self, request: ClipRequest) -> float | None:
        """The learned time to make such a clip, in seconds; None when unknown."""
        return self._engine.expected_s(request) if self._engine else None

    def price(self, request: ClipRequest) -> Price:
        """What a clip will be charged at the service in use, as far as it is known."""
        if self._engine is not None:
            return self._engine.price(request)
        rule = self.status.model.price
        return LearnedPrices().expected(self.status.origin.id, shape_of(request), rule)

    # --- commands ---

    def choose_model(self, model_id: str) -> None:
        """Make clips with another model from now on; the status tells when it is there."""
        self._model_id = model_id
        if self._engine is not None:
            self._do(lambda engine: engine.choose_model(model_id))

    def list_models(self, then: Callable[[tuple[ListedModel, ...] | Problem], None]) -> None:
        """Hand over later the service's video models, or why they cannot be listed."""
        self._ask(lambda engine: engine.list_models(), then)

    def check_service(self, then: Callable[[ServiceReport | Problem], None]) -> None:
        """Hand over later where the service in use differs from what this program assumes."""
        self._ask(lambda engine: engine.check_service(), then)

    def ledger(self, then: Callable[[Ledger | Problem], None]) -> None:
        """Hand over later what was spent at the service in use."""
        self._ask(lambda engine: engine.ledger(), then)

    def known_price(self, shape: Shape) -> Price:
        """What clips of a kind cost, as far as it is known."""
        return self.price(request_of(shape))

    def generate(self, request: ClipRequest) -> None:
        """Queue a clip."""
        self._do(lambda engine: engine.generate(request))

    def generate_all(
        self,
        cells: Sequence[Cell],
        then: Callable[[list[Job] | Problem], None],
        *,
        background: bool,
        ceiling: Decimal,
    ) -> None:
        """Queue a batch, all of it or nothing; it may cost ``ceiling`` at most."""
        self._ask(
            lambda engine: engine.generate_all(cells, background=background, ceiling=ceiling), then
        )

    def withdraw_batch(self, batch: str, then: Callable[[tuple[int, int] | Problem], None]) -> None:
        """Take back what of a batch was not sent; ``then`` hears how many, and how many go on."""
        self._ask(lambda engine: engine.withdraw_batch(batch), then)

    def take_back(
        self, job_ids: Sequence[str], then: Callable[[list[str] | Problem], None]
    ) -> None:
        """Take waiting jobs off the list; ``then`` hears which of them still waited."""
        self._ask(lambda engine: engine.waiting.take_back(job_ids), then)

    def queue_again(self, job_ids: Sequence[str]) -> None:
        """They wait again."""
        self._do(lambda engine: engine.waiting.queue_again(job_ids))

    def all_jobs(self) -> list[Job]:
        """Every job known here, those in the trash too."""
        return self._engine.jobs() if self._engine is not None else []

    def told_body(self, request: ClipRequest, then: Callable[[ToldBody | Problem], None]) -> None:
        """Hand over later what a request would be sent with; nothing is sent."""

        from pixverse_desktop.services.told_body import read_body  # after the first paint

        async def told(engine: Engine) -> ToldBody:
            body = await engine.encoded(request)
            return await engine.session.ports.run(Lane.FILES, read_body, body)

        self._ask(told, then)

    def clip_link(self, job_id: str, then: Callable[[str | Problem], None]) -> None:
        """Hand over later where the service has a clip, or why it is of no use."""
        self._ask(lambda engine: engine.link_of(job_id), then)

    def change_films(
        self,
        change: Callable[[Films], Coroutine[Any, Any, T]],
        then: Callable[[T | Problem], None],
    ) -> None:
        """One command on the films; ``then`` hears what it gives, or the problem."""
        self._ask(lambda engine: change(engine.films), then)

    def stop(self, job_id: str) -> None:
        """Take a queued job back, or take one under way off the list; its clip is still kept."""
        self._do(lambda engine: engine.remove(job_id))

    def retry(self, job_id: str, *, silent: bool = False) -> None:
        """Queue the same request once more, or the same without its sound."""
        self._do(lambda engine: engine.retry(job_id, silent=silent))

    def remove(self, job_id: str) -> None:
        """Take a job off the list; it is never forgotten."""
        self._do(lambda engine: engine.remove(job_id))

    def undo_remove(self, job_id: str) -> None:
        """Put a removed job back."""
        self._do(lambda engine: engine.undo_remove(job_id))

    def delete_for_good(self, job_id: str) -> None:
        """Delete the file of a clip in the trash."""
        self._do(lambda engine: engine.delete_for_good(job_id))

    def check_now(self, job_id: str) -> None:
        """Ask the service about a job at once."""
        self._do(lambda engine: engine.check_now(job_id))

    def fetch_again(self, job_id: str) -> None:
        """Fetch a clip whose file went missing."""
        self._do(lambda engine: engine.fetch_again(job_id))

    def drop_unconfirmed(self, job_id: str) -> None:
        """The user says that an unconfirmed job was not charged."""
        self._do(lambda engine: engine.drop_unconfirmed(job_id))

    def send_again(self, job_id: str) -> None:
        """The user's own choice to pay for an unconfirmed job again."""
        self._do(lambda engine: engine.send_again(job_id))

    def add_by_id(
        self, text: str, job_id: str | None, then: Callable[[Problem | None], None]
    ) -> None:
        """Take a pasted job id, for an unconfirmed job or a new one; ``then`` hears the problem."""
        self._ask(
            lambda engine: engine.rescue.add_by_id(text, job_id),
            lambda found: then(found if isinstance(found, Problem) else None),
        )

    def scan(self, then: Callable[[RescueScan | Problem], None]) -> None:
        """Compare what is known here with the service's list."""
        self._ask(lambda engine: engine.rescue.scan(), then)

    def rescue(self, scan: RescueScan, then: Callable[[list[Job] | Problem], None]) -> None:
        """Fetch what the survey found to be paid for and not on disk; ``then`` hears of what."""
        self._ask(lambda engine: engine.rescue.recover(scan), then)

    def mark(
        self, marks: Mapping[str, Mark], then: Callable[[dict[str, Mark]], None] | None = None
    ) -> None:
        """Remember what the user thinks of jobs, by their ids; ``then`` hears what those that
        changed were marked with."""

        def told(before: dict[str, Mark] | Problem) -> None:
            if isinstance(before, Problem):
                self.notice.emit(before)
            elif then is not None:
                then(before)

        self._ask(lambda engine: engine.marks.set(marks), told)

    def move_waiting(
        self,
        job_ids: Sequence[str],
        before: str | None,
        background: bool | None,
        then: Callable[[Places | Problem], None],
    ) -> None:
        """Put waiting jobs before another one, see ``WaitingJobs.move``; ``then`` hears the way
        back."""
        self._ask(lambda engine: engine.waiting.move(job_ids, before, background=background), then)

    def put_back_waiting(self, places: Places) -> None:
        """Undo a move."""
        self._do(lambda engine: engine.waiting.put_back(places))

    def pause_jobs(self, job_ids: Sequence[str], until: float | None = None) -> None:
        """Send others past these, until then (seconds since 1970) or until ``go_on``."""
        self._do(lambda engine: engine.waiting.pause(job_ids, until))

    def go_on(self, job_ids: Sequence[str]) -> None:
        """These are sent again when it is their turn."""
        self._do(lambda engine: engine.waiting.go_on(job_ids))

    def pause_queue_after(self, job_id: str, *, wanted: bool) -> None:
        """Pause the queue once this job was sent, or not after all."""
        self._do(lambda engine: engine.waiting.pause_queue_after(job_id, wanted=wanted))

    def begin_edit(self, job_id: str, then: Callable[[Job | Problem], None]) -> None:
        """Keep a waiting job from being sent while it is edited."""
        self._ask(lambda engine: engine.waiting.begin_edit(job_id), then)

    def end_edit(self, job_id: str) -> None:
        """It may be sent again, as it was."""
        self._do(lambda engine: engine.waiting.end_edit(job_id))

    def save_edit(
        self, job_id: str, request: ClipRequest, then: Callable[[Job | Problem], None]
    ) -> None:
        """Let a waiting job ask for ``request`` instead."""
        self._ask(lambda engine: engine.waiting.save_edit(job_id, request), then)

    def pause(self, until: float | None = None) -> None:
        """Send nothing until ``resume``, or until then (seconds since 1970)."""
        if self._engine:
            self._engine.pause(until)

    def resume(self) -> None:
        """Go on sending."""
        if self._engine:
            self._engine.resume()

    def _do(self, command: Callable[[Engine], Coroutine[Any, Any, object]]) -> None:
        if self._engine is None:
            self.notice.emit(problem(ProblemCode.OFFLINE, Message("service_starting")))
            return
        self._tasks.start(command(self._engine), self._tell)

    def _ask(
        self,
        question: Callable[[Engine], Coroutine[Any, Any, T]],
        then: Callable[[T | Problem], None],
    ) -> None:
        """A command whose answer somebody waits for, or the problem, whatever went wrong."""

        async def asked(engine: Engine) -> None:
            try:
                answer: T | Problem = await question(engine)
            except UserError as error:
                answer = error.problem
            except Exception as error:  # slot border: somebody waits for an answer
                log.exception("a question failed")
                answer = internal_problem(error)
            then(answer)

        if self._engine is None:
            then(problem(ProblemCode.OFFLINE, Message("service_starting")))
            return
        self._do(asked)

    def _tell(self, error: UserError) -> None:
        self.notice.emit(error.problem)


class _Sink:
    """The engine's event sink; QObject has no room for a second ``job_changed``."""

    def __init__(self, bridge: EngineBridge) -> None:
        self._bridge = bridge

    def job_changed(self, job: Job) -> None:
        self._bridge.notify(job)

    def jobs_changed(self, jobs: Sequence[Job]) -> None:
        self._bridge.notify(list(jobs))

    def progress_changed(self, job_id: str, fraction: float) -> None:
        self._bridge.notify((job_id, fraction))

    def status_changed(self, status: ServiceStatus) -> None:
        self._bridge.notify(status)

    def film_changed(self, film_id: str) -> None:
        self._bridge.notify(film_id)
