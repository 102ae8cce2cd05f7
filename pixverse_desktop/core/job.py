"""A job: one request on its way to a clip, its states and the moves allowed between them.

The table follows the reliability rules: what is UNCONFIRMED becomes ACCEPTED by proof or is
dropped by the user, and nothing ever leads from it back to QUEUED.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pixverse_desktop.core.problems import PixverseError, Problem
from pixverse_desktop.core.request import ClipRequest

REMOTE_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # what a job id of the service may look like


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"  # waits here; nothing was sent
    SUBMITTING = "submitting"  # the paid request is in the air
    UNCONFIRMED = "unconfirmed"  # it may or may not have been charged
    ACCEPTED = "accepted"  # charged; the service works on it, or the clip is being fetched
    VERIFIED = "verified"  # the whole clip lies beside its final name
    SAVED = "saved"  # the clip lies in the clip folder
    REJECTED = "rejected"  # the service said no; not charged
    FAILED = "failed"  # the service accepted it and could not make it
    NO_FILE = "no_file"  # finished at the service, without a file
    EXPIRED = "expired"  # finished at the service, gone before it was fetched
    DROPPED = "dropped"  # unconfirmed, and the user said it was not charged
    WITHDRAWN = "withdrawn"  # taken back before it was sent


S = JobState

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    S.QUEUED: frozenset({S.SUBMITTING, S.REJECTED, S.WITHDRAWN}),  # REJECTED: judged here
    S.SUBMITTING: frozenset({S.ACCEPTED, S.UNCONFIRMED, S.QUEUED, S.REJECTED}),
    S.UNCONFIRMED: frozenset({S.ACCEPTED, S.DROPPED}),
    S.ACCEPTED: frozenset({S.VERIFIED, S.FAILED, S.NO_FILE, S.EXPIRED}),
    S.VERIFIED: frozenset({S.SAVED, S.ACCEPTED}),
    S.SAVED: frozenset({S.ACCEPTED}),  # the file went missing and is fetched again, free
    S.REJECTED: frozenset(),
    S.FAILED: frozenset({S.ACCEPTED}),  # a later look showed otherwise
    S.NO_FILE: frozenset({S.ACCEPTED}),
    S.EXPIRED: frozenset({S.ACCEPTED}),
    S.DROPPED: frozenset({S.ACCEPTED}),  # proof turned up after all
    S.WITHDRAWN: frozenset({S.QUEUED}),  # undo of a removal
}

WAITING = frozenset({S.QUEUED})
IN_FLIGHT = frozenset({S.SUBMITTING, S.ACCEPTED, S.VERIFIED})
ACTIVE = WAITING | IN_FLIGHT
PAID_FOR = frozenset({S.ACCEPTED, S.VERIFIED, S.SAVED, S.FAILED, S.NO_FILE, S.EXPIRED})


class IllegalTransition(PixverseError):
    """A move that the table does not know: a bug, never shown as the user's mistake."""


def check_transition(old: JobState, new: JobState) -> None:
    """Raise IllegalTransition unless ``old`` may become ``new``."""
    if new not in TRANSITIONS[old]:
        raise IllegalTransition(f"{old} -> {new}")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    expires_at: float | None = None  # when the clip disappears at the service
    finished_at: float | None = None
    problem: Problem | None = None
    clip: Clip | None = None
    retry_of: str | None = None
    hidden: bool = False  # removed from the list by the user; never forgotten
    deleted: bool = False  # and its file with it, for good; its id and its charge are kept
    list_reads: int = 0  # how often an unconfirmed job was looked for in a whole list, in vain
    matched_by_time: bool = False  # found in a list without inputs: the user should look at it

    @property
    def is_active(self) -> bool:
        """True while something is still to happen without the user."""
        return self.state in ACTIVE

    @property
    def may_be_deleted(self) -> bool:
        """True for what is in the trash and neither under way nor in doubt."""
        return self.hidden and not self.is_active and self.state is not S.UNCONFIRMED
