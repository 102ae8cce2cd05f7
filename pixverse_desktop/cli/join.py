"""``join``: clips one behind the other as one film. Needs no service and no data folder."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from pixverse_desktop.cli.arguments import Exit, Stop, add_places, check_output, command_parser
from pixverse_desktop.cli.generate import notify
from pixverse_desktop.cli.price import AnswerReport
from pixverse_desktop.core.errors import ProblemCode, UserError
from pixverse_desktop.media.film.join import Joined, Shot
from pixverse_desktop.media.film.pictures import Fit
from pixverse_desktop.services.film_out import FilmOut, write_film

_CODES = """exit codes:
  0    the film is there
  2    bad arguments, a clip that is missing or cannot be read, or an output that exists
  9    the film cannot be written
  130  interrupted; nothing is left of it
"""
_STEP = 0.1  # of the film, between two lines


def join(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Write one film of clips."""
    parser = command_parser("join", "Join clips into one film, without doubled stills.", _CODES)
    add = parser.add_argument
    add("clips", nargs="+", type=Path, metavar="CLIP", help="the clips, in their order")
    add("--output", type=Path, required=True, metavar="FILM.mp4", help="the film; a new file")
    add("--keep-doubled", action="store_true", help="keep stills that stand twice at a seam")
    add_fit(add)
    add_places(parser)  # the same as everywhere, although nothing but --json matters here
    options = parser.parse_args(argv)
    shots = [Shot(clip, continues=not options.keep_doubled) for clip in options.clips]
    film_to(FilmOut(shots, options.output, fit=Fit(options.fit)), report)
    return Exit.SAVED


def add_fit(add: Callable[..., object]) -> None:
    """What becomes of a clip of another shape."""
    words = [str(fit) for fit in Fit]
    add("--fit", choices=words, default=words[0], help="what becomes of a clip of another shape: "
        "bars (the default) or crop")  # fmt: skip


def film_to(out: FilmOut, report: AnswerReport) -> Joined:
    """Write the film and tell what became of it. Raises Stop, and KeyboardInterrupt."""
    for path in (out.film, *out.timelines.values()):
        check_output(path)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing half-written stays
    try:
        made = write_film(out, _progress(report))
    except UserError as error:
        disk = error.problem.code is ProblemCode.DISK
        raise Stop(Exit.DISK if disk else Exit.ARGUMENTS, error.problem.message) from None
    report.answer = {
        "path": str(out.film.absolute()), "frames": made.frames, "seconds": made.seconds,
        "dropped": list(made.dropped), "video": "copied" if made.copied else "encoded",
        "reason": str(made.reason),
    }  # fmt: skip
    report.lines = [str(out.film), f"{made.frames} pictures, {made.seconds:g} s. {made.reason}"]
    return made


def _progress(report: AnswerReport) -> Callable[[float], bool]:
    told = 0.0

    def go_on(fraction: float) -> bool:
        nonlocal told
        if fraction >= told + _STEP and sys.stderr.isatty() and not report.as_json:
            told = fraction
            notify(f"{fraction:.0%}")
        return True

    return go_on
