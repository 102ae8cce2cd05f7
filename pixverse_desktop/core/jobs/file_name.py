"""What a saved clip's file is called: a template filled in, safe on every file system.

The beginning of the job's id always stands in the name, so that two clips hardly ever want the
same one; the clip folder sees to it when they do.
"""

from __future__ import annotations

import re
import string
import time
import unicodedata

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.rules import (
    Choice,
    Flag,
    Image,
    IntRange,
    Json,
    Number,
    Rows,
    Text,
)

USUAL = "{date} {prompt} {id}"
_SHORTER = {"ratio": "aspect_ratio"}
_PARAMETERS = {
    spec.option: spec for spec in PIXVERSE_V6.parameters if not isinstance(spec.rule, Image)
}
PLACEHOLDERS = ("date", "time", "id", *_PARAMETERS, *_SHORTER)
_SLUG_LENGTH = 40
_MOST_BYTES = 180  # of 255 that file systems take; a copy may add words of its own
_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


def template_problem(template: str) -> str:
    """Why ``template`` cannot be used, as a sentence; "" when it can."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        return Message("name_brace_open")
    for _, name, form, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or form or conversion):
            known = ", ".join(f"{{{known}}}" for known in PLACEHOLDERS)
            return Message("name_unknown", name=f"{{{name}}}", known=known)
    return ""


def clip_name(job: Job, template: str = "") -> str:
    """The file name of a job's clip. "" and a template with a problem stand for the usual one."""
    if not template.strip() or template_problem(template):
        template = USUAL
    if "id" not in {name for _, name, *_ in string.Formatter().parse(template)}:
        template += " {id}"
    for length in (_SLUG_LENGTH, 20, 8):
        stem = _safe(template.format(**_values(job, length)))
        if len(stem.encode()) <= _MOST_BYTES:
            return f"{stem}.mp4"
    return f"{_cut(stem, len(stem), _MOST_BYTES - 40)} {job.id[:8]}.mp4"


def slug(text: str, length: int = _SLUG_LENGTH) -> str:
    """The first words of ``text`` as a safe part of a file name; never empty."""
    plain = unicodedata.normalize("NFC", text)
    kept = ""
    for c in plain:
        # Vowel signs and other marks stay with their letter: Hindi, Thai and Tamil are spelt so.
        kept += c if c.isalnum() or (_is_mark(c) and kept[-1:].strip()) else " "
    short = _cut(re.sub(r" +", " ", kept).strip(), length, 2 * length)
    return "clip" if not short or short.lower() in _RESERVED else short


def _cut(text: str, length: int, most_bytes: int) -> str:
    """At most ``length`` characters and ``most_bytes``, by which file systems count; no letter
    loses its marks."""
    end = len(text[:length].encode()[:most_bytes].decode(errors="ignore"))
    while 0 < end < len(text) and _is_mark(text[end]):
        end -= 1
    return text[:end].strip()


def _is_mark(c: str) -> bool:
    """True for what stands on, below or around the letter before it, and is seen."""
    selects = "\ufe00" <= c <= "\ufe0f" or "\U000e0100" <= c <= "\U000e01ef"
    return unicodedata.category(c) in ("Mn", "Mc") and not selects


def _values(job: Job, length: int) -> dict[str, str]:
    request, made = job.request, time.localtime(job.created_at)
    found = {
        "date": time.strftime("%Y-%m-%d", made),
        "time": time.strftime("%H-%M-%S", made),
        "id": slug(job.id[:8]),
    }
    for name, spec in _PARAMETERS.items():
        found[name] = _part(spec, request.get(spec.name), length)
    return found | {short: found[name] for short, name in _SHORTER.items()}


def _part(spec: ParameterSpec, value: object, length: int) -> str:
    """A parameter's value as a part of a name; "" for what is unset or off."""
    if value is None or value is False:
        return ""
    match spec.rule:
        case Text():
            return slug(str(value), length)
        case Flag():
            return slug(spec.label)
        case IntRange(unit=unit):
            return f"{value}{unit[:1]}"
        case Choice() | Number() | Image() | Rows() | Json():
            return slug(spec.rule.shown(value).replace(":", "x").replace("_", " "))


def _safe(stem: str) -> str:
    """Without what some file system does not take; a dot would begin a suffix or hide the file."""
    plain = unicodedata.normalize("NFC", stem)
    kept = "".join(" " if c in '<>:"/\\|?*.' or not c.isprintable() else c for c in plain)
    short = re.sub(r" +", " ", kept).strip()
    return f"clip {short}" if short.split(" ")[0].lower() in _RESERVED else short
