"""The entry of every command but the window."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

from pixverse_desktop.cli.arguments import (
    Exit,
    Stop,
)
from pixverse_desktop.cli.batch import batch
from pixverse_desktop.cli.check import check
from pixverse_desktop.cli.diagnostics import diagnostics
from pixverse_desktop.cli.film import film
from pixverse_desktop.cli.generate import GenerateReport, generate
from pixverse_desktop.cli.join import join
from pixverse_desktop.cli.price import AnswerReport, models, price
from pixverse_desktop.cli.rescue import RescueReport, rescue
from pixverse_desktop.cli.runner import Report
from pixverse_desktop.cli.simulate import simulate
from pixverse_desktop.cli.spend import spend

ANSWERING = {
    "batch": batch, "film": film, "join": join, "price": price, "models": models, "spend": spend,
    "check": check, "diagnostics": diagnostics,
}  # fmt: skip
log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Run a subcommand; gives the exit code."""
    if argv[0] == "simulate":
        return simulate(argv[1:])
    as_json = "--json" in argv
    report: Report
    try:
        match argv[0]:
            case "rescue":
                report = found = RescueReport(as_json)
                code = rescue(argv[1:], found)
            case "generate":
                report = made = GenerateReport(as_json)
                code = generate(argv[1:], made)
            case _:
                report = answer = AnswerReport(as_json)
                code = ANSWERING[argv[0]](argv[1:], answer)
    except Stop as stop:
        report.error = str(stop)
        code = stop.code
    except KeyboardInterrupt:
        report.error = "Interrupted."
        code = Exit.INTERRUPTED
    except Exception as error:  # command border: one line and a code, whatever happens
        log.exception("%s", argv[0])
        report.error = f"Something went wrong inside the program ({type(error).__name__})."
        code = Exit.DISK
    try:
        report.print(code)
    except BrokenPipeError:  # who reads it has enough, and wants to hear nothing of it at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return int(code)
