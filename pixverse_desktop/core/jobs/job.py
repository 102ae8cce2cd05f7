"""A job: one request on its way to a clip, as a frozen snapshot."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from pixverse_desktop.core.errors import Problem
from pixverse_desktop.core.jobs.marks import Mark, Verdict
from pixverse_desktop.core.jobs.states import ACTIVE, JobState, S
from pixverse_desktop.core.model.frame import Frame, FrameKind
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.core.records import record

CLEAN_READS = 5  # looks in vain at a whole list, after which sending again is offered
DECIDE_AFTER_S = 600.0
DECIDE_WITHOUT_LIST_S = 1800.0
REMOTE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # what a job id of the service may look like

# In the place of a still that is not made yet: what a request may be and costs depends on it.
A_STILL = Frame(FrameKind.FILE, f"{'0' * 64}.jpg")


@record
class Clip:
    """A saved clip. ``path`` is absolute, "" once its file was deleted for good; sizes in bytes and
    pixels, times in seconds."""

    path: str
    size_bytes: int
    sha256: str
    width: int = 0
    height: int = 0
    duration_s: float = 0.0
    fps: float = 0.0
    has_audio: bool = False


@record
class Job:
    """A snapshot of a job; a change makes a new one. Times are seconds since 1970."""

    id: str
    origin: str  # the service origin it belongs to, never sent anywhere else
    request: ClipRequest
    state: JobState
    created_at: float
    updated_at: float
    price: Decimal  # the most credits that were announced when Generate was pressed
    position: int = 0  # order in the queue
    attempt_id: str | None = None
    body_sha256: str | None = None
    key_fingerprint: str | None = None
    submitted_at: float | None = None
    remote_id: str | None = None
    remote_status: str | None = None  # the service's own word, as it came
    credit_cost: Decimal | None = None  # what was really charged
    credits_left: Decimal | None = None  # the balance that the service named after charging it
    expires_at: float | None = None  # when the clip disappears at the service
    finished_at: float | None = None
    problem: Problem | None = None
    clip: Clip | None = None
    retry_of: str | None = None
    hidden: bool = False  # removed from the list by the user; never forgotten
    deleted: bool = False  # and its file with it, for good; its id and its charge are kept
    list_reads: int = 0  # how often an unconfirmed job was looked for in a whole list, in vain
    seed_drawn: bool | None = None  # by us, not given by the user; None: an older version made it
    price_low: Decimal | None = None  # the least that was announced; None: by an older version
    matched_by_time: bool = False  # found in a list without inputs: the user should look at it
    asked: str = ""  # core.model.reuse.asked_for of the request as it came; "": an older version
    batch: str = ""  # the id of the batch it was queued with
    row: int = 0  # of that batch's table, from 1
    label: str = ""  # what the table calls it
    pattern: str = ""  # its prompt before the choices in it were made
    background: bool = False  # sent only when nothing waits in front
    ceiling: Decimal | None = None  # what its whole batch may cost at most, as it was agreed to
    paused: bool = False  # by the user, this one alone: others are sent past it
    not_before: float | None = None  # nor is it sent before then
    pauses_queue: bool = False  # once it was sent, the queue pauses
    being_edited: bool = False  # in the form, so it is not sent meanwhile
    verdict: Verdict = Verdict.NONE
    stars: int = 0  # 0 to 5
    film: str = ""  # the id of the film it is a take for
    shot: str = ""  # and of the shot
    after: str = ""  # the id of the job on whose last still it starts; made when it is sent
    meets: str = ""  # and of the one on whose first still it ends

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the jobs whose clips have to be there before this one is sent."""
        return tuple(job_id for job_id in (self.after, self.meets) if job_id)

    @property
    def missing_stills(self) -> dict[str, str]:
        """Which frames are still to be made of which job, by the names of the parameters."""
        found = {}
        for name, job_id in (("start_frame", self.after), ("end_frame", self.meets)):
            frame = self.request.get(name)
            if job_id and not (isinstance(frame, Frame) and frame.parent == job_id):
                found[name] = job_id
        return found

    @property
    def request_as_sent(self) -> ClipRequest:
        """The request with a picture wherever one will be: what its price depends on."""
        names = self.missing_stills
        return self.request.changed(**dict.fromkeys(names, A_STILL)) if names else self.request

    @property
    def is_active(self) -> bool:
        """True while something is still to happen without the user."""
        return self.state in ACTIVE

    def is_passed_over(self, now: float) -> bool:
        """True while others are sent past this one, which keeps its place."""
        early = self.not_before is not None and now < self.not_before
        return self.paused or self.being_edited or early

    @property
    def is_paused(self) -> bool:
        """True for one that the user has paused, for good or until a time."""
        return self.paused or self.not_before is not None

    def is_as_asked(self, now: Job) -> bool:
        """Whether ``now``, a later snapshot, still waits, asks for the same from the same clips on,
        and is not edited."""
        same = now.request == self.request and now.being_edited == self.being_edited
        same = same and (now.after, now.meets) == (self.after, self.meets)
        return same and now.state is self.state

    @property
    def mark(self) -> Mark:
        """What the user thinks of it, as a change that brings it back."""
        return Mark(self.verdict, self.stars)

    @property
    def is_picked(self) -> bool:
        """True for one of the best."""
        return self.verdict is Verdict.PICKED

    def marked(self, mark: Mark) -> Job:
        """The same with another mark."""
        verdict = self.verdict if mark.verdict is None else mark.verdict
        stars = self.stars if mark.stars is None else mark.stars
        return replace(self, verdict=verdict, stars=stars)

    @property
    def may_be_deleted(self) -> bool:
        """True for what is in the trash and neither under way nor in doubt."""
        return self.hidden and not self.is_active and self.state is not S.UNCONFIRMED


def may_send_again(job: Job, now: float, *, has_list: bool | None) -> bool:
    """Whether paying for an unconfirmed job once more can be offered to the user.

    At once where the service lists no jobs; else after ten minutes and five looks in vain, or
    after half an hour in which the list could not be read.
    """
    age_s = now - (job.submitted_at if job.submitted_at is not None else now)
    if has_list is False:
        return True
    enough = job.list_reads >= CLEAN_READS and age_s >= DECIDE_AFTER_S
    return enough or age_s >= DECIDE_WITHOUT_LIST_S


def refused_for_sound(job: Job) -> bool:
    """Whether the service names the sound as what is wrong; the picture may be fine."""
    wrong = job.problem
    said = f"{wrong.message} {wrong.detail}".lower() if wrong is not None else ""
    return job.request.audio and ("audio" in said or "sound" in said)
