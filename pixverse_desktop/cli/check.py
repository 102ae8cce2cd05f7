"""``check``: whether the service speaks as this program assumes. Spends nothing."""

from __future__ import annotations

from collections.abc import Sequence

from pixverse_desktop.cli.arguments import Exit, add_places, command_parser
from pixverse_desktop.cli.price import AnswerReport, Silent
from pixverse_desktop.cli.runner import Workspace, with_workspace
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.services.network import find_route
from pixverse_desktop.services.runtime import make_client
from pixverse_desktop.services.secrets import Secrets
from pixverse_desktop.services.settings import load_settings


def check(argv: Sequence[str], report: AnswerReport) -> Exit:
    """Ask everything that costs nothing; say where the service differs."""
    parser = command_parser("check", "Check how the service speaks. Spends nothing.")
    add_places(parser)
    options = parser.parse_args(argv)

    async def work(desk: Workspace) -> Exit:
        key = await desk.key()
        settings = load_settings(desk.paths.settings)
        route = await desk.run(Lane.FILES, find_route, settings, Secrets())
        client = make_client(desk.origin, key, desk.paths, settings, route)
        found = await desk.run(Lane.NETWORK, client.check)
        desk.run.close()
        report.answer = {
            "ok": not found.findings, "findings": found.findings, "shapes": found.shapes,
        }  # fmt: skip
        report.lines = [*found.findings] or ["The service speaks as this program assumes."]
        if not found.reached:
            report.error = found.findings[-1]
        return Exit.SAVED if found.reached else Exit.NETWORK

    return with_workspace(options, Silent(), work)
