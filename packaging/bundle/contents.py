"""What is in a bundle and what is not, and the licences of what is: read from THIRD_PARTY.md."""

from __future__ import annotations

import platform
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePosixPath

PACKAGING = Path(__file__).resolve().parent.parent
LICENCES = "pixverse_desktop/resources/licences"  # in the bundle

# Build tools and tests; readline, which is GPL and for consoles; Tk.
EXCLUDED_MODULES = [
    "pip", "setuptools", "pkg_resources", "packaging", "pytest", "_pytest", "mypy", "hypothesis",
    "numpy.f2py", "numpy.tests", "numpy.testing", "readline", "tkinter", "_tkinter",
    "PIL.ImageTk", "PIL._imagingtk",
]  # fmt: skip
# On Linux the libraries of the desktop are the system's own, which fit its drivers, fonts and sound
# server (packaging/linux/system-deps.sh lists them). What Python needs, and xcb's small helpers,
# which desktops lack or have in other versions, come along.
_BROUGHT_ON_LINUX = re.compile(
    r"lib(python3|bz2|crypto|ssl|sqlite3|ffi|lzma|uuid|expat|z)\b"
    r"|libxcb-(cursor|icccm|image|keysyms|render-util|util)\b"
)
_UNUSED = re.compile(
    r"PySide6/(Qt/)?(translations/|resources/|qml/)"
    r"|plugins/(egldeviceintegrations|generic|networkinformation)/"
    r"|plugins/platforms/(lib)?q(eglfs|linuxfb|minimal|minimalegl|vkkhrdisplay|vnc|direct2d)\."
    r"|plugins/platformthemes/libqgtk3|qtvirtualkeyboardplugin"
    r"|plugins/imageformats/(lib)?q(pdf|icns|tga|tiff|wbmp)\."
    r"|Qt6?(Pdf|VirtualKeyboard|VirtualKeyboardQml|EglFSDeviceIntegration|EglFsKmsSupport)\b"
)


def is_kept(name: str, source: str) -> bool:
    """Whether a file that was found belongs into the bundle; ``name`` is where it would lie."""
    path = PurePosixPath(name.replace("\\", "/"))
    if _UNUSED.search(str(path)) or path.suffix == ".ts":
        return False
    of_the_system = source.startswith(("/lib", "/usr/lib"))
    if sys.platform.startswith("linux") and of_the_system and ".so" in path.name:
        return "lib-dynload" in path.parts or _BROUGHT_ON_LINUX.match(path.name) is not None
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """A row of THIRD_PARTY.md: a part, what it is found as, and the names of its texts."""

    name: str
    licence: str
    found_as: tuple[str, ...]  # modules and libraries, ``*`` for any ending
    texts: tuple[str, ...]  # in packaging/licences, or of an installed distribution


def parts() -> list[Part]:
    """The rows of THIRD_PARTY.md."""
    rows = (PACKAGING / "THIRD_PARTY.md").read_text(encoding="utf-8").splitlines()
    cells = [[c.strip() for c in row.strip("|").split("|")] for row in rows if row[:1] == "|"]
    return [
        Part(name, licence, tuple(found.replace("`", "").split()), tuple(texts.split(", ")))
        for name, licence, found, texts in cells[2:]
    ]


def write_versions(path: Path) -> Path:
    """Write which versions of the installed parts a bundle made here holds; gives ``path`` back."""
    names = {text for part in parts() for text in part.texts} | {"PySide6"}
    versions = {d.name: d.version for d in metadata.distributions() if d.name in names}
    lines = [f"Python {platform.python_version()}"]
    lines += [f"{name} {version}" for name, version in sorted(versions.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def licence_texts() -> list[tuple[str, str]]:
    """Every text of every part: the file, and the folder of the bundle where it goes."""
    found = [(str(PACKAGING.parent / "LICENSE"), LICENCES)]
    for text in sorted({text for part in parts() for text in part.texts}):
        ours = PACKAGING / "licences" / f"{text}.txt"
        if ours.exists():
            found.append((str(ours), LICENCES))
            continue
        try:
            files = metadata.files(text) or []
        except metadata.PackageNotFoundError:
            continue  # a part of another system's bundle
        for file in files:
            if re.search(r"\.dist-info/.*(licen[cs]e|copying|notice|authors)", str(file), re.I):
                inside = "-".join(file.parent.parts[2:])
                found.append((str(file.locate()), f"{LICENCES}/{text}/{inside}".rstrip("/")))
    return found
