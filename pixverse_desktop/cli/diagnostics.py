"""``diagnostics``: what support needs to know. Changes nothing, also while the window is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pixverse_desktop.cli.arguments import Exit, Stop, command_parser
from pixverse_desktop.cli.price import AnswerReport
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.services.diagnostics import diagnose, save_diagnostics
from pixverse_desktop.services.paths import paths_below, paths_of_user
from pixverse_desktop.services.settings import load_settings

_CODES = """exit codes:
  0    told, or written
  2    bad arguments, or the file exists already
  9    the file cannot be written
"""


def diagnostics(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Versions, settings, counts and the end of the log, without keys, passwords and prompts."""
    about = "Tell what support needs to know, without prompts."
    parser = command_parser("diagnostics", about, _CODES)
    parser.add_argument("--output", type=Path, metavar="FILE", help="write it there, to a new file")
    parser.add_argument("--json", action="store_true", help="print exactly one line of JSON")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="the data folder")
    options = parser.parse_args(argv)
    paths = paths_below(options.data_dir) if options.data_dir else paths_of_user()
    settings = load_settings(paths.settings, untouched=True)
    text = diagnose(paths, settings, settings.service)
    output: Path | None = options.output
    if output is None:
        report.answer, report.lines = {"text": text}, text.splitlines()
        return Exit.SAVED
    if output.exists() or output.is_symlink():
        raise Stop(Exit.ARGUMENTS, f"{output} exists already; choose another name.")
    try:
        save_diagnostics(output, text)
    except UserError as error:
        raise Stop(Exit.DISK, error.problem.message) from None
    report.answer, report.lines = {"path": str(output)}, [str(output)]
    return Exit.SAVED
