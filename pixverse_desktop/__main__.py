"""The command ``pixverse-desktop``: the window, or one of the subcommands."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from pixverse_desktop import __version__

_COMMANDS = (
    "generate", "batch", "film", "join", "rescue", "simulate", "price", "models", "spend", "check",
    "diagnostics",
)  # fmt: skip
_EPILOG = """subcommands:
  generate    make one clip from the command line (see: pixverse-desktop generate --help)
  batch       make many clips from a table or a list of prompts
  film        make the shots of a film, one from the last picture of the other; export it
  join        join clips into one film, without doubled stills
  rescue      fetch every clip that is paid for and not on disk; never sends a paid request
  price       tell what a clip will cost; spends nothing
  models      list the video models of the service
  spend       tell what was spent, as a table too
  check       check whether the service speaks as this program assumes
  diagnostics tell what support needs to know, without keys and prompts
  simulate    run the built-in demo service alone (see: pixverse-desktop simulate --help)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; gives its exit code."""
    if argv is None:
        _speak_utf8()
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in _COMMANDS:
        from pixverse_desktop.cli import entry

        code = entry.main(arguments)
        if any(not t.daemon and t is not threading.current_thread() for t in threading.enumerate()):
            # A thread in a blocking call cannot be ended; everything is committed and said.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        return code
    if arguments and arguments[0] == "--own-process":  # a bundle's demo service or renderer
        from pixverse_desktop.simulator import processes

        return processes.run(arguments[1:])
    options = _window_parser().parse_args(arguments)
    try:
        from pixverse_desktop.ui.base import quick_start

        quick_start.prepare()
        from pixverse_desktop import app
    except ImportError as error:
        print(_MISSING.format(error=error), file=sys.stderr)  # noqa: T201
        return 1
    return app.run(options)


def _speak_utf8() -> None:
    """Begin anew in UTF-8 mode where the locale has another encoding (ISO 8859-1, C).

    Else no clip could be named as its prompt is, here and in the processes started from here. A
    bundle is always in that mode.
    """
    known = sys.getfilesystemencoding().lower() == "utf-8"
    if known or os.name != "posix" or os.environ.get("PYTHONUTF8") == "1":
        return
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])


_MISSING = """The window cannot open: {error}
On Debian or Ubuntu install: libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4
libxcb-keysyms1 libxcb-shape0 libxcb-xinerama0 libdbus-1-3 libpulse0 libfontconfig1 libglib2.0-0
libgssapi-krb5-2 libwayland-client0 libwayland-cursor0 libwayland-egl1 libxrandr2
Without a screen, "pixverse-desktop generate" still works."""


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pixverse-desktop",
        description="Make short clips with PixelDojo's Pixverse V6.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    service = parser.add_mutually_exclusive_group()
    service.add_argument("--demo", action="store_true", help="use the built-in demo service")
    service.add_argument("--api-url", metavar="URL", help="another address of the service")
    parser.add_argument(
        "--data-dir", metavar="DIR", type=Path, help="keep every file the program writes in DIR"
    )
    parser.add_argument(
        "files", nargs="*", help="pictures (also URLs), clips, tables or films to open"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
