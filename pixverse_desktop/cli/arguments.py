"""The arguments of ``generate`` and ``rescue``: what they mean, and how the commands end.

Exit codes are part of the interface and stay as they are.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import NoReturn

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.model.parameters import Capabilities
from pixverse_desktop.core.model.request import ClipRequest, Frame, FrameKind
from pixverse_desktop.core.model.validation import lacks
from pixverse_desktop.core.text import percent_encoded
from pixverse_desktop.services.frames import frame_from_clip, frame_from_file, frame_from_url
from pixverse_desktop.services.own_clips import job_in_clip
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.settings import load_settings


class Exit(IntEnum):
    """Exit codes of ``generate`` and ``rescue``; stable."""

    SAVED = 0
    ARGUMENTS = 2
    KEY = 3
    CREDITS = 4
    REJECTED = 5
    FAILED = 6
    UNCONFIRMED = 7
    NETWORK = 8
    DISK = 9
    BUSY = 10
    EXPIRED = 11
    NO_FILE = 12
    INTERRUPTED = 130


_EXIT_CODES = """exit codes:
  0    the clip is saved
  2    bad arguments
  3    the API key is missing or not accepted
  4    not enough credits, or the daily limit of the settings would be passed
  5    rejected by the service; nothing was charged
  6    the service accepted the job and could not make the clip
  7    unconfirmed: the answer was lost, it may have been charged; nothing is sent again
  8    the service could not be reached
  9    the local disk or the list of jobs cannot be written
  10   another program holds the data folder
  11   the clip expired at the service before it was fetched
  12   the service finished without a file
  130  interrupted
The key comes from PIXELDOJO_API_KEY, else from the system's keyring.
"""


_RESCUE_CODES = """exit codes:
  0    the service's list was read whole and every charge in it is on disk; jobs that nobody can
       decide are named under "unconfirmed"
  2    bad arguments
  3    the API key is missing or not accepted
  7    no list of jobs could be read; what is known here was fetched all the same
  8    something paid for is still running, or could not be fetched now: run it again
  9    the local disk or the list of jobs cannot be written
  10   another program holds the data folder
  11   something has expired at the service before it was fetched
  130  interrupted
"""

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?")
# The options that ask for a setting of the model, and the request's fields with another name.
_SETTINGS = (
    "resolution", "duration", "aspect_ratio", "negative_prompt", "seed", "audio", "thinking",
    "multi_clip", "style",
)  # fmt: skip
_FIELDS = {"duration": "duration_s"}

NO_KEY = "There is no API key: set PIXELDOJO_API_KEY or add one in the window."


class Stop(Exception):
    """The command ends here: exit code and sentence."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Parser(argparse.ArgumentParser):
    """Bad arguments end like every other failure, so that --json holds for them too."""

    def error(self, message: str) -> NoReturn:
        raise Stop(Exit.ARGUMENTS, message)


def generate_parser() -> argparse.ArgumentParser:
    """The parser; it raises Stop where argparse would exit."""
    parser = _parser("generate", "Make one clip and save it.", _EXIT_CODES)
    add = parser.add_argument
    add("--prompt", required=True, metavar="TEXT")
    add("--start-frame", metavar="PATH_OR_URL", help="picture the clip starts with; of a clip its "
        "last still, or CLIP@first, or CLIP@1.25 for the one at 1.25 seconds")  # fmt: skip
    add("--end-frame", metavar="PATH_OR_URL", help="what it ends with, given in the same way")
    add("--resolution", metavar="R", help="360p, 540p, 720p (default), 1080p")
    add("--duration", type=int, metavar="N", help="seconds, 1 to 15 (default 5)")
    add("--aspect-ratio", metavar="A", help="16:9 (default), 4:3, 1:1, 3:4, 9:16")
    add("--negative-prompt", metavar="T", help="what to keep out of the clip")
    add("--seed", type=int, metavar="N", help="0 to 2147483647; drawn when left out")
    add("--audio", action=argparse.BooleanOptionalAction, default=None, help="with sound or not")
    add("--thinking", metavar="auto|enabled|disabled")
    add("--multi-clip", action=argparse.BooleanOptionalAction, default=None, help="several shots")
    add("--style", metavar="S", help="none (default), anime, 3d_animation, clay, comic, ...")
    add("--output", type=Path, metavar="FILE", help="copy the saved clip to FILE as well")
    _add_places(parser)
    return parser


def rescue_parser() -> argparse.ArgumentParser:
    """The parser of ``rescue``; it raises Stop where argparse would exit."""
    does = "Fetch every clip that is paid for and not on disk. Never submits."
    parser = _parser("rescue", does, _RESCUE_CODES)
    _add_places(parser)
    return parser


def _parser(command: str, does: str, codes: str) -> _Parser:
    return _Parser(
        prog=f"pixverse-desktop {command}",
        description=does,
        epilog=codes,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_places(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--json", action="store_true", help="print exactly one line of JSON")
    add("--data-dir", type=Path, metavar="DIR", help="keep every file the program writes in DIR")
    service = parser.add_mutually_exclusive_group()
    service.add_argument("--demo", action="store_true", help="use the built-in demo service")
    service.add_argument("--api-url", metavar="URL", help="another address of the service")


def request_of(
    options: argparse.Namespace, caps: Capabilities, paths: Paths, notify: Callable[[str], None]
) -> ClipRequest:
    """The request the arguments describe; ``tell`` hears notes. Raises Stop (ARGUMENTS)."""
    for option in _SETTINGS:
        if getattr(options, option) is not None and not caps.offers(_FIELDS.get(option, option)):
            sentence = lacks(_FIELDS.get(option, option))
            raise Stop(Exit.ARGUMENTS, f"--{option.replace('_', '-')}: {sentence}")
    base = caps.defaults()

    def given(value: object, default: object) -> object:
        return default if value is None else value

    return ClipRequest(
        prompt=options.prompt,
        resolution=str(given(options.resolution, base.resolution)),
        duration_s=base.duration_s if options.duration is None else options.duration,
        aspect_ratio=str(given(options.aspect_ratio, base.aspect_ratio)),
        negative_prompt=str(given(options.negative_prompt, base.negative_prompt)),
        seed=options.seed,
        audio=bool(given(options.audio, base.audio)),
        thinking=str(given(options.thinking, base.thinking)),
        multi_clip=bool(given(options.multi_clip, base.multi_clip)),
        style=str(given(options.style, base.style)),
        start_frame=_frame(options.start_frame, paths, notify),
        end_frame=_frame(options.end_frame, paths, notify),
    )


def _frame(text: str | None, paths: Paths, notify: Callable[[str], None]) -> Frame | None:
    if text is None:
        return None
    if text.startswith("https://"):
        text = percent_encoded(text)
        return Frame(FrameKind.URL, text, label=text[:200])
    try:
        if text.startswith("http://"):
            made = frame_from_url(text, paths, load_settings(paths.settings))
        elif "://" in text:
            raise Stop(Exit.ARGUMENTS, "A frame's address must start with https://.")
        else:
            made = _frame_of_file(text, paths)
    except UserError as error:
        code = Exit.DISK if error.problem.code is ProblemCode.DISK else Exit.ARGUMENTS
        raise Stop(code, f"{Path(text).name}: {error.problem.message}") from None
    frame, _, note = made
    if note:
        notify(f"{Path(text).name}: {note}")
    return frame


def _frame_of_file(text: str, paths: Paths) -> tuple[Frame, bytes, str]:
    """The picture in a file, or the still of a clip that ``PATH@which`` names.

    A file that bears the whole text as its name wins. Raises UserError.
    """
    path, which = Path(text), "last"
    stem, at, after = text.rpartition("@")
    if at and not path.exists() and Path(stem).is_file():
        path, which = Path(stem), after
    if not _holds_a_clip(path):
        made = frame_from_file(path, paths)
        if which != "last":
            text = f"Only a clip has a picture at “{which}”."
            raise UserError(problem(ProblemCode.FRAME, text))
        return made
    index: int | float
    match which:
        case "last" | "first":
            index, label = -1 if which == "last" else 0, f"{which.capitalize()} frame of"
        case _ if _SECONDS.fullmatch(which):
            index, label = float(which), f"Frame at {which} s of"
        case _:
            wrong = f"After @ comes first, last or a time in seconds, not “{which}”."
            raise UserError(problem(ProblemCode.FRAME, wrong))
    job = job_in_clip(path, paths)
    parent = job.id if job is not None else ""
    return frame_from_clip(path, index, f"{label} {path.name}", parent, paths)


def _holds_a_clip(path: Path) -> bool:
    from pixverse_desktop.media.image_prepare import is_clip

    try:
        return path.is_file() and is_clip(path)
    except OSError:
        return False  # why it cannot be read is said when it is


def check_output(path: Path | None) -> None:
    """Before anything is spent: the copy's place must be free and writable."""
    if path is None:
        return
    if path.exists() or path.is_symlink():
        raise Stop(Exit.ARGUMENTS, f"{path} exists already; choose another name.")
    probe = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        with probe.open("xb"):
            pass
        probe.unlink()
    except OSError as error:
        raise Stop(Exit.DISK, f"{path} cannot be written ({error.strerror}).") from None
