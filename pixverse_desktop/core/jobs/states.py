"""The states of a job and the moves allowed between them.

The table follows the reliability rules: what is UNCONFIRMED becomes ACCEPTED by proof or is
dropped by the user, and nothing ever leads from it back to QUEUED.
"""

from __future__ import annotations

from enum import StrEnum

from pixverse_desktop.core.errors import PixverseError


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
    # QUEUED: its place or its request was changed; REJECTED: judged here.
    S.QUEUED: frozenset({S.QUEUED, S.SUBMITTING, S.REJECTED, S.WITHDRAWN}),
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
MAY_BE_REFUNDED = frozenset({S.FAILED, S.NO_FILE, S.EXPIRED})
ENDED_BADLY = MAY_BE_REFUNDED | {S.REJECTED}
PAID_FOR = frozenset({S.ACCEPTED, S.VERIFIED, S.SAVED}) | MAY_BE_REFUNDED


class IllegalTransition(PixverseError):
    """A move that the table does not know: a bug, never shown as the user's mistake."""


def check_transition(old: JobState, new: JobState) -> None:
    """Raise IllegalTransition unless ``old`` may become ``new``."""
    if new not in TRANSITIONS[old]:
        raise IllegalTransition(f"{old} -> {new}")
