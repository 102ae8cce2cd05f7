"""``make languages``: the program's texts into ``resources/translations``, and those compiled.

Every ``.ts`` file there is a language, to be filled in with Qt Linguist or by hand; English holds
plural forms alone. Unfinished texts stay English. A language that is named is begun.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "resources" / "translations"
_TOOLS = Path(sys.executable).parent


def extract(target: Path, *options: str) -> None:
    """Bring a ``.ts`` file up to date with the texts that Qt's own extractor finds."""
    files = sorted(str(path) for path in (ROOT / "pixverse_desktop").rglob("*.py"))
    _run("lupdate", "-locations", "none", "-no-obsolete", *options, *files, "-ts", str(target))


def release(source: Path, target: Path) -> None:
    """Compile a ``.ts`` file to what the program loads."""
    _run("lrelease", str(source), "-qm", str(target))


def _run(tool: str, *arguments: str) -> None:
    command = [str(_TOOLS / f"pyside6-{tool}"), "-silent", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """All of them, and those that are named."""
    begun = [TRANSLATIONS / f"pixverse_{language}.ts" for language in sys.argv[1:]]
    for source in sorted({*TRANSLATIONS.glob("*.ts"), *begun}):
        language = source.stem.partition("_")[2]
        plurals = ("-pluralonly",) if language == "en" else ()
        extract(source, "-source-language", "en", "-target-language", language, *plurals)
        release(source, source.with_suffix(".qm"))


if __name__ == "__main__":
    main()
