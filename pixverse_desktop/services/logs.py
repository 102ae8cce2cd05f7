"""The log: written by a thread of its own, with keys and signed addresses taken out.

Redaction is part of the formatter, so that it covers messages, arguments and tracebacks alike.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import logging.handlers
import queue
import re
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TextIO

from pixverse_desktop.core import redaction
from pixverse_desktop.core.errors import Problem, ProblemCode, problem
from pixverse_desktop.core.messages import Message

__all__ = ["Logs", "RedactingFormatter", "log_uncaught", "redact"]

_SIZE_BYTES = 1 << 20
_KEEP = 3
_BEARER = re.compile(r"Bearer\s+\S+", re.IGNORECASE)
_QUERY = re.compile(r"(https?://[^\s?\"'<>]+)\?[^\s\"'<>]+")
_PATH_QUERY = re.compile(r"(\b[A-Z]{3,7} /[^\s?\"'<>]*)\?[^\s\"'<>]+")  # as urllib3 writes it
_LOGIN = re.compile(r"(://)[^\s/@\"']+@")  # the name and the password of a proxy
_DATA_URI = re.compile(r"data:image/[^\s\"']{100,}")


def redact(text: str) -> str:
    """``text`` without keys, bearer tokens, query strings and pictures."""
    text = _BEARER.sub("Bearer ***", redaction.redact(text))
    text = _LOGIN.sub(r"\1***@", text)
    text = _QUERY.sub(r"\1?***", text)
    text = _PATH_QUERY.sub(r"\1?***", text)
    return _DATA_URI.sub("data:image/***", text)


class RedactingFormatter(logging.Formatter):
    """Formats a record whole, traceback included, and then redacts it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


# Before the log is open and after it is closed, Python writes warnings and errors to stderr.
if logging.lastResort is not None:
    logging.lastResort.setFormatter(RedactingFormatter())


class Logs:
    """The running log; ``close`` writes what is left. Without a folder to write in there is none,
    and the program runs all the same."""

    def __init__(self, folder: Path) -> None:
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        file = _PatientFile(
            folder / "pixverse-desktop.log", maxBytes=_SIZE_BYTES, backupCount=_KEEP,
            encoding="utf-8", errors="backslashreplace", delay=True,
        )  # fmt: skip
        file.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        records: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        self._handler = _PlainQueueHandler(records)
        self._listener = logging.handlers.QueueListener(records, file)
        self._file = file
        root = logging.getLogger()
        root.addHandler(self._handler)
        root.setLevel(logging.INFO)
        for name in ("urllib3", "qasync", "asyncio", "PIL"):
            # Their debug lines quote addresses and call arguments.
            logging.getLogger(name).setLevel(logging.WARNING)
        self._listener.start()

    def close(self) -> None:
        """Write the rest and close the file."""
        logging.getLogger().removeHandler(self._handler)
        self._listener.stop()
        self._file.close()


class _PatientFile(logging.handlers.RotatingFileHandler):
    """A full disk costs lines of the log, and nothing else."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Leave the line out."""

    def close(self) -> None:
        with contextlib.suppress(OSError):
            super().close()


class _PlainQueueHandler(logging.handlers.QueueHandler):
    """Hands records on as they are; the listener's thread formats and writes."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record


class CrashFile:
    """Where a crash of the interpreter or of a library below it leaves its stack.

    ``problem`` is what the user is to know: that the last run left one, or that this one cannot.
    Stacks hold names and lines, no values.
    """

    def __init__(self, folder: Path) -> None:
        self.problem: Problem | None = None
        self._path = folder / "crash.txt"
        self._file: TextIO | None = None
        try:
            self._file = self._open()
        except OSError as error:
            text = Message("log_unwritable", folder=str(folder), reason=str(error.strerror))
            self.problem = problem(ProblemCode.STORE, text)
        else:
            faulthandler.enable(self._file)

    def _open(self) -> TextIO:
        if self._path.exists() and self._path.stat().st_size > 0:
            found = self._path.with_name(f"crash-{time.strftime('%Y%m%d-%H%M%S')}.txt")
            self._path.replace(found)
            self.problem = problem(ProblemCode.CRASHED, detail=found.name)
        return self._path.open("w", encoding="utf-8")

    def close(self) -> None:
        """An orderly end leaves nothing behind."""
        if self._file is not None:
            faulthandler.disable()
            with contextlib.suppress(OSError):
                self._file.close()
                self._path.unlink(missing_ok=True)


def log_uncaught() -> None:
    """Uncaught errors of every thread go to the log instead of killing the window silently."""
    log = logging.getLogger("uncaught")

    def on_error(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("uncaught", exc_info=(kind, error, trace))

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_error(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
