"""Name, version, icon and file types have one place, and what is written elsewhere agrees with it."""

from __future__ import annotations

import ast
import configparser
import re
import sys
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtGui import QImage

from pixverse_desktop import __version__
from tests.support.simulator_process import ROOT

sys.path.insert(0, str(ROOT / "packaging" / "bundle"))
import contents
import identity

LINUX = ROOT / "packaging" / "linux"


def test_one_version() -> None:
    assert identity.version() == __version__
    metainfo = ElementTree.parse(LINUX / f"{identity.IDENTIFIER}.metainfo.xml")
    releases = [r.get("version") for r in metainfo.iterfind("releases/release")]
    assert releases[0] == __version__


def test_the_menu_entry_opens_the_same_types_as_the_other_systems() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(LINUX / "pixverse-desktop.desktop", encoding="utf-8")
    types = entry["Desktop Entry"]["MimeType"].strip(";").split(";")
    assert types == [mime for _, mime, _ in identity.FILE_TYPES]
    assert [t["CFBundleTypeMIMETypes"] for t in identity.mac_document_types()] == [
        [mime] for mime in types
    ]


def test_every_library_that_is_needed_has_a_row_with_its_licence() -> None:
    known = {text.lower().replace("_", "-") for part in contents.parts() for text in part.texts}
    needed, missing = ["pixverse-desktop"], set()
    seen: set[str] = set()
    while needed:
        name = needed.pop().lower().replace("_", "-")
        if name in seen or name.startswith(("pyside6", "shiboken6")):
            continue
        seen.add(name)
        try:
            asked = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue  # for another system, or another Python
        if name not in known | {"pixverse-desktop", "pycparser"}:  # cffi's own build needs that
            missing.add(name)
        needed += [re.split(r"[ <>=!~;\[(]", line)[0] for line in asked if "extra ==" not in line]
    assert missing == set()
    assert {"av", "jeepney", "rpds-py"} <= seen


def test_the_icon_is_drawn(tmp_path: Path) -> None:
    picture = QImage(str(identity.draw_icon(tmp_path / "icon.png", 256)))
    assert (picture.width(), picture.pixelColor(128, 128).alpha()) == (256, 255)
    assert picture.pixelColor(0, 0).alpha() == 0


def test_windows_shows_the_version(tmp_path: Path) -> None:
    written = identity.write_windows_version(tmp_path / "version.txt").read_text(encoding="utf-8")
    assert isinstance(ast.parse(written, mode="eval").body, ast.Call)
    assert f"StringStruct('FileVersion', '{__version__}')" in written
