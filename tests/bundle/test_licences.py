"""THIRD_PARTY.md against what a bundle really holds, part by part."""

from __future__ import annotations

import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.support.simulator_process import ROOT

sys.path.insert(0, str(ROOT / "packaging" / "bundle"))
import contents

_LIBRARY = re.compile(
    r"(?:lib)?(?P<stem>.+?)(?:-[0-9a-f]{8}(?:-[0-9a-f]{8})?)?(?:\.abi3|\.cpython-\S+?)?\.(?:so|dylib)[.\d]*$"
)


def name_of(file: Path) -> str:
    """What a file of the bundle belongs to: a library by its own name, else the first folder."""
    library = _LIBRARY.match(file.name)
    among_libraries = len(file.parts) == 1 or file.parent.name == "lib" or ".libs" in file.parts[0]
    if library and among_libraries:
        return library["stem"]
    return re.sub(r"-[\d.]+(\.post\d+)?\.dist-info$|\.libs$", "", file.parts[0])


def modules_of(program: Path) -> set[str]:
    """The first names of every module packed into the program."""
    from PyInstaller.archive.readers import CArchiveReader

    archive = CArchiveReader(str(program))
    (packed,) = (name for name in archive.toc if name.startswith("PYZ"))
    return {name.split(".")[0] for name in archive.open_embedded_archive(packed).toc}


@pytest.fixture(scope="session")
def held(bundle: Path) -> set[str]:
    """The names of everything inside that is neither ours nor Python's own."""
    pytest.importorskip("PyInstaller")
    inside = bundle / "_internal"
    found = {
        name_of(p.relative_to(inside)) for p in inside.rglob("*") if p.is_file() or p.is_symlink()
    }
    found |= modules_of(bundle / "pixverse-desktop") - set(sys.stdlib_module_names)
    return found - {"pixverse_desktop", "__main__"}


def test_everything_inside_has_a_row_with_its_licence(held: set[str]) -> None:
    known = [pattern for part in contents.parts() for pattern in part.found_as]
    assert [n for n in sorted(held) if not any(fnmatchcase(n, p) for p in known)] == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems bring others")
def test_no_row_is_about_what_is_not_inside(held: set[str]) -> None:
    missing = [
        (part.name, pattern)
        for part in contents.parts()
        for pattern in part.found_as
        if "Windows" not in part.name and not any(fnmatchcase(name, pattern) for name in held)
    ]
    assert missing == []


def test_every_part_brings_its_texts(bundle: Path) -> None:
    folder = bundle / "_internal" / contents.LICENCES
    for part in contents.parts():
        if "Windows" in part.name:
            continue
        for text in part.texts:
            found = [folder / f"{text}.txt", *(folder / text).rglob("*")]
            assert any(p.is_file() and p.stat().st_size > 300 for p in found), (part.name, text)
    assert "PySide6 6." in (folder / "versions.txt").read_text(encoding="utf-8")


def test_what_the_whole_is_under_is_said(bundle: Path) -> None:
    said = (bundle / "_internal/pixverse_desktop/resources/THIRD_PARTY.md").read_text("utf-8")
    assert "GNU General Public License, version 3 or later" in said
    assert any("x265" in part.found_as for part in contents.parts())


def test_no_build_tools_and_no_tests_inside(held: set[str]) -> None:
    tools = {"pip", "setuptools", "PyInstaller", "pytest", "_pytest", "mypy", "ruff", "hypothesis"}
    assert held & (tools | {"tests", "bench", "readline", "otio_fcp_adapter"}) == set()
