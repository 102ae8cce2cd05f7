"""A first key: the service is checked by itself, and only what differs is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixverse_desktop.app import Program
from pixverse_desktop.core.service import custom_origin
from tests.show import driver
from tests.support.simulator_process import SimulatorProcess


@pytest.mark.parametrize("differs", [True, False])
def test_the_check_runs_once_by_itself(
    simulator: SimulatorProcess, data_dir: Path, key: str, *, differs: bool
) -> None:
    if differs:
        simulator.settings(schema_overrides={"glow": {"type": "boolean"}})
    charged = len(simulator.ledger())
    said: list[str] = []
    outcomes: list[object] = []

    async def script(program: Program) -> None:
        await driver.until(lambda: program.engine, "the service")
        program.bridge.notice.connect(lambda found: said.append(found.code))
        for _ in range(2):
            program.commands.set_key(key, outcomes.append)
            await driver.until(lambda: not program.commands._tasks._tasks, "the check")
        assert len(outcomes) == 2
        if differs:
            program.window.on_notice_strip_action_clicked()
            dialog = program.window.user_actions.check_dialog
            await driver.until(lambda: "glow" in dialog.findings.text(), "the findings")

    try:
        driver.drive(script, data_dir, fixed=custom_origin(simulator.api_url))
    finally:
        simulator.settings(schema_overrides={})
    assert said == (["differs"] if differs else [])
    assert len(simulator.ledger()) == charged
