"""The arguments of ``generate`` and ``rescue``: what they mean, and how the commands end.

Exit codes are part of the interface and stay as they are.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import NoReturn

from pixverse_desktop.core.credits import read_credits
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.given_value import value_of
from pixverse_desktop.core.model.parameters import ModelSpec, ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import MODEL_ID, PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest, default_request
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
from pixverse_desktop.core.model.validation import lacks
from pixverse_desktop.core.route import Route
from pixverse_desktop.services.named_frame import named_frame
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.paths import Paths
from pixverse_desktop.services.secrets import Secrets
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


def request_parser(command: str, does: str) -> argparse.ArgumentParser:
    """A parser with an option for every parameter of a clip."""
    parser = command_parser(command, does, _EXIT_CODES)
    add = parser.add_argument
    add("--prompt", metavar="TEXT", help="what the clip shows; most models require it")
    for spec in PIXVERSE_V6.parameters:
        if spec.name != "prompt":
            _add_parameter(add, spec)
    add("--model", metavar="ID", default=MODEL_ID, help=f"a video model (default {MODEL_ID})")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="any parameter by the "
        "service's own name; VALUE as text or as JSON; may be given again")  # fmt: skip
    return parser


def generate_parser() -> argparse.ArgumentParser:
    """The parser of ``generate``; it raises Stop where argparse would exit."""
    parser = request_parser("generate", "Make one clip and save it.")
    parser.add_argument("--max-credits", type=credits_of, metavar="N", help="send nothing when the "
        "clip may cost more")  # fmt: skip
    parser.add_argument("--output", type=Path, metavar="FILE", help="copy the saved clip to FILE "
        "as well")  # fmt: skip
    add_places(parser)
    return parser


def credits_of(text: str) -> Decimal:
    found = read_credits(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of credits, such as 12.5")
    return found


def rescue_parser() -> argparse.ArgumentParser:
    """The parser of ``rescue``; it raises Stop where argparse would exit."""
    does = "Fetch every clip that is paid for and not on disk. Never submits."
    parser = command_parser("rescue", does, _RESCUE_CODES)
    add_places(parser)
    return parser


def command_parser(command: str, does: str, codes: str = _EXIT_CODES) -> argparse.ArgumentParser:
    """A parser that raises Stop where argparse would exit."""
    return _Parser(
        prog=f"pixverse-desktop {command}",
        description=does,
        epilog=codes,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_places(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--json", action="store_true", help="print exactly one line of JSON")
    add("--data-dir", type=Path, metavar="DIR", help="keep every file the program writes in DIR")
    service = parser.add_mutually_exclusive_group()
    service.add_argument("--demo", action="store_true", help="use the built-in demo service")
    service.add_argument("--api-url", metavar="URL", help="another address of the service")


def _add_parameter(add: Callable[..., object], spec: ParameterSpec) -> None:
    """The option of a parameter; its help tells what may be given."""
    flag, dest, rule = f"--{spec.option.replace('_', '-')}", spec.name, spec.rule
    lower = spec.help[:1].lower() + spec.help[1:].rstrip(".")
    match rule:
        case Image():
            add(flag, dest=dest, metavar="PATH_OR_URL", help=f"{lower}; of a clip its last still, "
                "or CLIP@first, or CLIP@1.25 for the one at 1.25 seconds")  # fmt: skip
        case Choice():
            words = ", ".join(v + " (default)" * (v == rule.default) for v in rule.values)
            add(flag, dest=dest, metavar=spec.option[0].upper(), help=words)
        case IntRange() | Number():
            limits = f"{rule.minimum} to {rule.maximum}"
            unit = f"{rule.unit}, " if isinstance(rule, IntRange) and rule.unit else ""
            usual = "drawn when left out" if rule.default is None else f"default {rule.default}"
            kind = int if isinstance(rule, IntRange) else float
            add(flag, dest=dest, type=kind, metavar="N", help=f"{unit}{limits} ({usual})")
        case Flag():
            add(flag, dest=dest, action=argparse.BooleanOptionalAction, default=None, help=lower)
        case Text():
            add(flag, dest=dest, metavar="TEXT", help=lower)
        case Rows() | Json():
            add(flag, dest=dest, type=rule.parsed, metavar="JSON", help=lower)


def request_of(
    options: argparse.Namespace, model: ModelSpec, paths: Paths, notify: Callable[[str], None]
) -> ClipRequest:
    """The request the arguments describe; ``notify`` hears notes. Raises Stop (ARGUMENTS)."""
    values: dict[str, object] = {}
    for spec in PIXVERSE_V6.parameters:
        given = getattr(options, spec.name, None)
        if given is None:
            continue
        offered = model.offers(spec.name)
        if isinstance(spec.rule, Image) and (offered or model.id == MODEL_ID):
            # Of our own model a picture that it does not take is refused with its own sentence.
            values[spec.name] = frame_of(given, paths, notify)
        elif offered:
            values[spec.name] = given
        else:
            option = spec.option.replace("_", "-")
            raise Stop(Exit.ARGUMENTS, f"--{option}: {lacks(spec.name)}")
    for pair in options.set:
        _set(values, pair, model, lambda text: frame_of(text, paths, notify))
    return default_request(model).changed(**values)


def _set(
    values: dict[str, object], pair: str, model: ModelSpec, picture: Callable[[str], Frame | None]
) -> None:
    """Take ``NAME=VALUE`` into ``values``. Raises Stop (ARGUMENTS)."""
    name, equals, text = pair.partition("=")
    specs = [spec for spec in model.offered() if spec.wire == name]
    if not equals or not specs:
        known = ", ".join(dict.fromkeys(spec.wire for spec in model.offered()))
        what = f"--set {name}: this model has no such parameter" if equals else f"--set {pair}"
        raise Stop(Exit.ARGUMENTS, f"{what}; give NAME=VALUE with one of {known}.")
    try:
        if isinstance(specs[0].rule, Image):
            pictures = [picture(one) for one in _listed(text)]
            if specs[0].rule.several:
                values[specs[0].name] = tuple(pictures)
            elif len(pictures) > len(specs):
                raise ValueError(f"there is room for {len(specs)}, not for {len(pictures)}")
            else:  # a list that start and end share, or one picture
                values.update(zip((spec.name for spec in specs), pictures, strict=False))
        else:
            values[specs[0].name] = value_of(specs[0].rule, text)
    except (ValueError, RecursionError) as error:
        raise Stop(Exit.ARGUMENTS, f"--set {name}: {error}.") from None


def _listed(text: str) -> list[str]:
    """One picture, or a JSON list of them."""
    if not text.startswith("["):
        return [text]
    found = json.loads(text)
    if not all(isinstance(one, str) for one in found):
        raise ValueError("a list of pictures holds files and addresses")
    return list(found)


def frame_of(text: str | None, paths: Paths, notify: Callable[[str], None]) -> Frame | None:
    if text is None:
        return None
    try:
        frame, note = named_frame(text, paths, route_of(paths))
    except UserError as error:
        code = Exit.DISK if error.problem.code is ProblemCode.DISK else Exit.ARGUMENTS
        raise Stop(code, f"{Path(text).name}: {error.problem.message}") from None
    if note:
        notify(f"{Path(text).name}: {note}")
    return frame


@cache
def route_of(paths: Paths) -> Route:
    """BLOCKING. How this command leaves the machine; the keyring is asked once."""
    return find_route(load_settings(paths.settings), Secrets())


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
