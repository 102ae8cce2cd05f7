"""Name, version, icon and file types: one place, and what is written elsewhere agrees with it."""

from __future__ import annotations

import ast
import configparser
import sys
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtGui import QImage

from pixverse_desktop import __version__
from tests.support.simulator_process import ROOT

sys.path.insert(0, str(ROOT / "packaging" / "bundle"))
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


def test_the_icon_is_drawn(tmp_path: Path) -> None:
    picture = QImage(str(identity.draw_icon(tmp_path / "icon.png", 256)))
    assert (picture.width(), picture.pixelColor(128, 128).alpha()) == (256, 255)
    assert picture.pixelColor(0, 0).alpha() == 0


def test_windows_shows_the_version(tmp_path: Path) -> None:
    written = identity.write_windows_version(tmp_path / "version.txt").read_text(encoding="utf-8")
    assert isinstance(ast.parse(written, mode="eval").body, ast.Call)
    assert f"StringStruct('FileVersion', '{__version__}')" in written
