"""A ``systemd-inhibit`` of our own: it writes down what it is started with and when it ends."""

from __future__ import annotations

import json
import sys
from pathlib import Path

_SCRIPT = """#!{python}
import json, os, subprocess, sys
log = {log!r}
def note(**what):
    with open(log, "a") as file:
        file.write(json.dumps(what) + "\\n")
if {refuses}:
    sys.exit(1)
note(event="start", arguments=sys.argv[1:], environment=dict(os.environ))
subprocess.run(sys.argv[-1:])
note(event="end")
"""


class FakeInhibitor:
    """Put ``folder`` first on PATH; ``events`` are read from its log."""

    def __init__(self, folder: Path, *, refuses: bool = False) -> None:
        self.folder = folder
        self._log = folder / "events"
        program = folder / "systemd-inhibit"
        text = _SCRIPT.format(python=sys.executable, log=str(self._log), refuses=refuses)
        program.write_text(text, encoding="utf-8")
        program.chmod(0o755)

    def notes(self) -> list[dict[str, object]]:
        """What was written down."""
        if not self._log.exists():
            return []
        return [json.loads(line) for line in self._log.read_text(encoding="utf-8").splitlines()]

    def events(self) -> list[object]:
        """Such as ["start", "end"]."""
        return [note["event"] for note in self.notes()]
