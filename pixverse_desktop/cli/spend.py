"""``spend``: the ledger of a data folder. Asks the service nothing."""

from __future__ import annotations

import argparse
import contextlib
import locale
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pixverse_desktop.cli.arguments import Exit, Stop, add_places, command_parser
from pixverse_desktop.cli.price import AnswerReport, Silent
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.credits import ZERO, credits_plain
from pixverse_desktop.core.engine.session import EngineConfig
from pixverse_desktop.core.jobs.ledger import Ledger, Source, ledger_of, told
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.ledger_table import write_csv


def spend(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Sums and rows of what was paid, or may have been."""
    parser = command_parser("spend", "Tell what was spent. Spends nothing, asks nobody.")
    parser.add_argument("--since", type=_moment, metavar="DATE", help="as 2026-11-26, local time")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the rows as a table")
    add_places(parser)
    options = parser.parse_args(argv)
    if options.csv is not None and (options.csv.exists() or options.csv.is_symlink()):
        raise Stop(Exit.ARGUMENTS, f"{options.csv} exists already; choose another name.")

    async def work(desk: Workspace) -> Exit:
        async with desk.engine(EngineConfig()) as engine:
            jobs = (job for job in engine.jobs() if job.origin == desk.origin.id)
            ledger = ledger_of(jobs).since(options.since)
            if options.csv is not None:
                await desk.run(Lane.FILES, _write, ledger, options.csv)
        _tell(ledger, report)
        return Exit.SAVED

    options.since = 0.0 if options.since is None else options.since
    return with_workspace(options, Silent(), work)


def _tell(ledger: Ledger, report: AnswerReport) -> None:
    charged, unexplained = ledger.total(Source.CHARGED), ledger.total(Source.UNEXPLAINED)
    maybe = sum((row.job.price for row in ledger.rows if row.job is not None), ZERO)
    rows = [told(row) for row in ledger.rows if row.job is not None]
    report.answer = {
        "charged": credits_plain(charged), "expected_high": credits_plain(maybe),
        "unexplained": credits_plain(unexplained), "rows": rows,
    }  # fmt: skip
    for row in rows:
        amount = row["charged"] or f"up to {row['expected_high']}"
        report.lines.append(f"{row['time']}  {amount:>12}  {row['source']:10} {row['job_id']}")
    report.lines.append(f"{credits_plain(charged)} credits charged, clips: {len(rows)}")
    open_rows = ledger.total(Source.EXPECTED)
    if open_rows:
        report.lines.append(f"up to {credits_plain(open_rows)} more may have been")
    if unexplained:
        report.lines.append(f"{credits_plain(unexplained)} not explained: used elsewhere?")


def _write(ledger: Ledger, path: Path) -> None:
    with contextlib.suppress(locale.Error):  # one that is not installed: as C writes numbers
        locale.setlocale(locale.LC_NUMERIC, "")
    write_csv(ledger, path, decimal_comma=locale.localeconv()["decimal_point"] == ",")


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-11-26") from None
