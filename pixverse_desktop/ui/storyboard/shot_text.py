"""The words of a shot: from its plan to a text, a tone and a glyph."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from pixverse_desktop.core.film.film import Film, Shot
from pixverse_desktop.core.film.plan import ShotPlan, ShotState
from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.jobs.job_text import one_line, row_text, state_word


class ShotWords(NamedTuple):
    """What stands under a shot; ``tone`` is a role of the theme, ``glyph`` an icon or ""."""

    text: str
    tone: str
    glyph: str


def shot_words(one: ShotPlan, now: float) -> ShotWords:
    """How far a shot is at ``now`` (seconds since 1970)."""
    if one.coming is not None and one.state is not ShotState.UNDECIDED:
        words = row_text(one.coming, now)
        return ShotWords(words.aside, words.tone, "")
    match one.state:
        case ShotState.MISSING:
            return ShotWords(translate("Shot", "No take yet"), "muted", "")
        case ShotState.UNDER_WAY:
            return ShotWords(translate("Shot", "Under way"), "running", "")
        case ShotState.UNDECIDED:
            return ShotWords(translate("Shot", "Unconfirmed"), "warn", "question")
        case ShotState.FAILED:
            return ShotWords(translate("Shot", "Failed"), "error", "warning")
        case ShotState.OUT_OF_DATE:
            return ShotWords(translate("Shot", "Out of date"), "warn", "warning")
        case ShotState.READY:
            text = translate("Shot", "Ready · take {number}")
            return ShotWords(text.format(number=take_number(one, one.take)), "muted", "check")
        case never:
            assert_never(never)


def take_number(one: ShotPlan, take: Job | None) -> int:
    """Which of the takes of a shot it is, from 1; 0 for none of them."""
    ids = [job.id for job in one.takes]
    return ids.index(take.id) + 1 if take is not None and take.id in ids else 0


def seam_words(film: Film, shot: Shot, before: Shot | None) -> str:
    """How a shot begins, in a word or two."""
    if shot.continues and shot.follows:
        number = film.place(shot.follows) + 1
        return translate("Shot", "from {number}").format(number=number)
    if shot.continues:
        return translate("Shot", "continues")
    return translate("Shot", "meets") if before is not None and before.meets else cut_word()


def cut_word() -> str:
    """A shot that goes on from no other."""
    return translate("Shot", "cut")


def spoken(film: Film, one: ShotPlan, now: float) -> str:
    """All of it in one sentence, for a screen reader."""
    place = one.number - 1
    before = film.shots[place - 1] if place else None
    title = translate("Shot", "Shot {number}: {name}")
    parts = [
        title.format(number=one.number, name=one_line(one.shot.name)),
        state_word(one.coming) if one.coming is not None else "",
        shot_words(one, now).text,
        seam_words(film, one.shot, before) if before is not None else "",
        translate("Shot", "{n} s").format(n=one.shot.request.duration_s),
    ]
    return ", ".join(part for part in dict.fromkeys(parts) if part).replace(" · ", ", ")


def is_ticking(one: ShotPlan) -> bool:
    """Whether the words change with time."""
    return one.coming is not None and one.coming.state is not JobState.QUEUED
