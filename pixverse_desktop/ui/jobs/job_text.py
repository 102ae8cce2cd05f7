"""The words of a row: pure functions from a snapshot to text and tone."""

from __future__ import annotations

from typing import NamedTuple, assert_never

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.jobs.marks import MOST_STARS, Verdict
from pixverse_desktop.core.jobs.states import ENDED_BADLY, IN_FLIGHT, JobState
from pixverse_desktop.core.model.pixverse_v6 import DEFAULTS
from pixverse_desktop.core.text import plain
from pixverse_desktop.ui.base.messages import translate

RUNNING = IN_FLIGHT
LISTED = RUNNING | ENDED_BADLY | {JobState.QUEUED, JobState.UNCONFIRMED}
_PLAIN_WORDS = frozenset({"", "pending", "processing", "running", "in_progress", "generating"})
_DONE_WORDS = frozenset({"completed", "succeeded", "success", "done", "finished"})
DEMO_ORIGIN = "demo"


class RowText(NamedTuple):
    """``prompt`` above, ``line`` below it, ``aside`` at the right in the colour of ``tone``."""

    prompt: str
    line: str
    aside: str
    tone: str
    glyph: str

    def spoken(self) -> str:
        """All of it in one sentence, for a screen reader: what is told of it after its state."""
        state, *rest = self.line.split(" · ")
        running = self.tone == "running"
        parts = (state, self.aside, *rest) if running else (self.aside, state, *rest)
        return ", ".join(part for part in dict.fromkeys((self.prompt, *parts)) if part)


def row_text(
    job: Job, now: float, progress: float | None = None, expected_s: float | None = None
) -> RowText:
    """What the row of ``job`` says at ``now`` (seconds since 1970).

    ``progress`` is 0..1 while the clip is fetched; ``usual_s`` is the learned time, None unknown.
    """
    aside, tone, glyph = _trailing_text(job, now, progress, expected_s)
    state = state_word(job, progress)
    line = " · ".join([state, *details(job)] if state else details(job))
    return RowText(one_line(job.request.prompt), line, aside, tone, glyph)


def short_prompt(job: Job, most: int = 60) -> str:
    """The beginning of a clip's prompt, to name the clip by."""
    words = one_line(job.request.prompt)
    return words if len(words) <= most else words[: most - 1] + "…"


def marks_spoken(job: Job) -> list[str]:
    """What is thought of a clip, in words."""
    verdicts = {
        Verdict.PICKED: translate("JobText", "picked"),
        Verdict.REJECTED: translate("JobText", "rejected"),
    }
    words = [verdicts[job.verdict]] if job.verdict in verdicts else []
    if job.stars:
        text = translate("JobText", "{n} of {most} stars")
        words.append(text.format(n=job.stars, most=MOST_STARS))
    return words


def clip_spoken(job: Job, *more: str) -> str:
    """A clip in one sentence, for a screen reader: also what its picture only shows."""
    parts = [one_line(job.request.prompt), state_word(job), clip_length(job), *marks_spoken(job)]
    return ", ".join(part for part in (*parts, *more) if part)


def one_line(text: str) -> str:
    """Text from outside, on one line and safe to show."""
    return " ".join(plain(text, 300).split())


def details(job: Job) -> list[str]:
    """What tells this request from the usual one: resolution, length, then shape and style."""
    request = job.request
    parts = [plain(request.resolution, 12)] if request.resolution else []
    parts += (
        [translate("JobText", "{n} s").format(n=request.duration_s)] if request.duration_s else []
    )
    if request.start_frame is None and request.aspect_ratio not in ("", DEFAULTS["aspect_ratio"]):
        parts.append(plain(request.aspect_ratio, 12))
    if request.style != DEFAULTS["style"]:
        parts.append(plain(request.style.replace("_", " "), 24))
    return parts


def state_word(job: Job, progress: float | None = None) -> str:
    """What is going on with a job under way, "" for one that is not."""
    match job.state:
        case JobState.SUBMITTING:
            return translate("JobText", "Sending")
        case JobState.VERIFIED:
            return translate("JobText", "Saving")
        case JobState.ACCEPTED if progress is not None or job.finished_at is not None:
            return translate("JobText", "Downloading")
        case JobState.ACCEPTED:
            return _service_word(job.remote_status or "")
        case (
            JobState.QUEUED | JobState.UNCONFIRMED | JobState.SAVED | JobState.REJECTED
            | JobState.FAILED | JobState.NO_FILE | JobState.EXPIRED | JobState.DROPPED
            | JobState.WITHDRAWN
        ):  # fmt: skip
            return ""
        case never:
            assert_never(never)


def clock(seconds: float) -> str:
    """A length of time as 0:42 or 1:02:03."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def _service_word(word: str) -> str:
    """The service's word where it says more than "generating", and where it is new to us."""
    lowered = word.strip().lower()
    if lowered in ("queued", "starting"):
        return translate("JobText", "In line")
    if lowered in _PLAIN_WORDS or lowered in _DONE_WORDS:
        return translate("JobText", "Generating")
    return one_line(word)[:40]


def _trailing_text(
    job: Job, now: float, progress: float | None, expected_s: float | None
) -> tuple[str, str, str]:
    match job.state:
        case JobState.QUEUED:
            return translate("JobText", "Waiting"), "muted", "clock"
        case JobState.UNCONFIRMED:
            return translate("JobText", "Unconfirmed"), "warn", "question"
        case JobState.REJECTED:
            return translate("JobText", "Refused"), "error", "warning"
        case JobState.FAILED:
            return translate("JobText", "Failed"), "error", "warning"
        case JobState.NO_FILE:
            return translate("JobText", "No file"), "warn", "warning"
        case JobState.EXPIRED:
            return translate("JobText", "Expired"), "warn", "warning"
        case JobState.VERIFIED:
            return translate("JobText", "Saving"), "running", "film"
        case JobState.ACCEPTED if progress is not None:
            percent = int(max(0.0, min(1.0, progress)) * 100)
            return (
                translate("JobText", "Saving {percent} %").format(percent=percent),
                "running",
                "film",
            )
        case JobState.ACCEPTED if job.finished_at is not None and job.expires_at is not None:
            return _expiry(job.expires_at - now), "warn", "film"
        case (
            JobState.SUBMITTING | JobState.ACCEPTED | JobState.SAVED | JobState.DROPPED
            | JobState.WITHDRAWN
        ):  # fmt: skip
            return _elapsed(job, now, expected_s), "running", "sparkle"
        case never:
            assert_never(never)


def _expiry(left_s: float) -> str:
    if left_s <= 0:
        return translate("JobText", "Expired?")
    return translate("JobText", "Expires in {time}").format(time=clock(left_s))


def _elapsed(job: Job, now: float, expected_s: float | None) -> str:
    if job.submitted_at is None:
        return ""
    elapsed_s = now - job.submitted_at
    # Past the usual time the estimate has nothing left to say.
    if expected_s is None or elapsed_s >= expected_s:
        return clock(elapsed_s)
    return translate("JobText", "{elapsed} of ~{usual}").format(
        elapsed=clock(elapsed_s), usual=clock(expected_s)
    )


def clip_length(job: Job) -> str:
    """The real length of a clip, as 0:05."""
    length_s = job.clip.duration_s if job.clip else 0.0
    return clock(round(length_s or job.request.duration_s))
