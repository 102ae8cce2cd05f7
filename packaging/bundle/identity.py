"""What the program is called, its version, icon and file types: for the bundle and the package."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = "Pixverse Desktop"
PROGRAM = "pixverse-desktop"
IDENTIFIER = "org.pixverse_desktop.PixverseDesktop"
ICON = ROOT / "packaging" / "linux" / f"{PROGRAM}.svg"
# What the program opens: title, type and the ends of file names.
FILE_TYPES = (
    ("Picture", "image/jpeg", ("jpg", "jpeg")),
    ("Picture", "image/png", ("png",)),
    ("Picture", "image/webp", ("webp",)),
    ("Picture", "image/avif", ("avif",)),
    ("Video clip", "video/mp4", ("mp4",)),
    ("Table of clips", "text/csv", ("csv",)),
    ("Table of clips", "text/tab-separated-values", ("tsv",)),
    ("List of prompts", "text/plain", ("txt",)),
    ("Film", "application/json", ("json",)),
)


def version() -> str:
    """The version, read from the package's source without importing it."""
    tree = ast.parse((ROOT / "pixverse_desktop" / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__version__":
            return str(ast.literal_eval(node.value))
    raise ValueError("pixverse_desktop/__init__.py names no version")


def draw_icon(path: Path, size: int) -> Path:
    """Draw the icon as a picture of ``size`` times ``size`` pixels; gives ``path`` back."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = QImage(size, size, QImage.Format.Format_ARGB32)
    picture.fill(Qt.GlobalColor.transparent)
    with QPainter(picture) as painter:
        QSvgRenderer(str(ICON)).render(painter)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(path), "PNG"):
        raise OSError(f"cannot write {path}")
    return path


def mac_document_types() -> list[dict[str, object]]:
    """The file types as an ``Info.plist`` lists them; the program is offered, never the default."""
    return [
        {
            "CFBundleTypeName": title,
            "CFBundleTypeExtensions": list(ends),
            "CFBundleTypeMIMETypes": [mime],
            "CFBundleTypeRole": "Editor" if title == "Film" else "Viewer",
            "LSHandlerRank": "Alternate",
        }
        for title, mime, ends in FILE_TYPES
    ]


def write_windows_version(path: Path) -> Path:
    """Write the properties of the program's file as PyInstaller reads them; gives ``path`` back."""
    numbers = (*(int(part) for part in version().split(".")), 0, 0, 0)[:4]
    said = {
        "ProductName": NAME,
        "FileDescription": NAME,
        "ProductVersion": version(),
        "FileVersion": version(),
        "OriginalFilename": f"{PROGRAM}.exe",
        "LegalCopyright": "GPL-3.0-or-later as a whole; see THIRD_PARTY.md",
    }
    strings = ", ".join(f"StringStruct({name!r}, {text!r})" for name, text in said.items())
    path.write_text(
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}), kids=["
        f"StringFileInfo([StringTable('040904B0', [{strings}])]),"
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n",
        encoding="utf-8",
    )
    return path
