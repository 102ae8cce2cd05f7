"""A parameter is one line: declared once, it is in every place that knows parameters."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_an_additional_parameter_of_each_kind_is_found_everywhere(tmp_path: Path) -> None:
    code = (
        "import tests.gui.declared_parameters\n"
        "from tests.gui.new_parameter_driver import main\nmain()"
    )
    command = [sys.executable, "-X", "faulthandler", "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr[-3000:]
