"""Make the Debian package of the bundle in ``dist``: ``python packaging/bundle/deb.py``.

Everything lies below ``/usr/lib/pixverse-desktop``; the command, the menu entry, icons and metadata
lie where desktops look for them. There are no scripts: Debian's own triggers keep the menus up to
date, and nothing of the user's is touched.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import identity

LINUX = identity.ROOT / "packaging" / "linux"
_ICON_SIZES = (48, 64, 128, 256)
# What the libraries of the bundle need of the system, besides the C library.
_NEEDS = (
    "libbrotli1, libdbus-1-3, libdrm2, libegl1, libfontconfig1, libfreetype6, libgcc-s1, libgl1, "
    "libglib2.0-0, libgssapi-krb5-2, libpulse0, libstdc++6, libwayland-client0, "
    "libwayland-cursor0, libwayland-egl1, libx11-6, libx11-xcb1, libxcb-glx0, libxcb-randr0, "
    "libxcb-render0, libxcb-shape0, libxcb-shm0, libxcb-sync1, libxcb-xfixes0, libxcb-xkb1, "
    "libxcb1, libxext6, libxkbcommon-x11-0, libxkbcommon0, libxrandr2, libzstd1"
)
_COPYRIGHT = f"""Pixverse Desktop is under the MIT licence; this package as a whole, with what it
carries, is under the GNU General Public License, version 3 or later. What is inside, under which
licences, and where the texts are:

  /usr/lib/{identity.PROGRAM}/_internal/pixverse_desktop/resources/THIRD_PARTY.md
  /usr/lib/{identity.PROGRAM}/_internal/pixverse_desktop/resources/licences/
  /usr/share/common-licenses/GPL-3

"""


def main() -> int:
    """Make ``dist/pixverse-desktop_VERSION_ARCH.deb``; 1 when there is no bundle."""
    dist = identity.ROOT / "dist"
    bundle = dist / identity.PROGRAM
    if not (bundle / identity.PROGRAM).exists():
        sys.stderr.write("There is no bundle; `make bundle` makes one.\n")
        return 1
    tree = identity.ROOT / "build" / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    _lay_out(tree, bundle)
    machine = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()
    control = tree / "DEBIAN" / "control"
    control.parent.mkdir()
    control.write_text(_control(tree, machine), encoding="utf-8")
    package = dist / f"{identity.PROGRAM}_{identity.version()}_{machine}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(tree), str(package)],
        check=True,
    )
    shutil.rmtree(tree)
    return 0


def _lay_out(tree: Path, bundle: Path) -> None:
    share = tree / "usr" / "share"
    shutil.copytree(bundle, tree / "usr" / "lib" / identity.PROGRAM, symlinks=True)
    command = tree / "usr" / "bin" / identity.PROGRAM
    command.parent.mkdir()
    command.symlink_to(f"../lib/{identity.PROGRAM}/{identity.PROGRAM}")
    icons = share / "icons" / "hicolor"
    for place, source in (
        (share / "applications", LINUX / f"{identity.PROGRAM}.desktop"),
        (share / "metainfo", LINUX / f"{identity.IDENTIFIER}.metainfo.xml"),
        (icons / "scalable" / "apps", identity.ICON),
    ):
        place.mkdir(parents=True)
        shutil.copy(source, place)
    for size in _ICON_SIZES:
        identity.draw_icon(icons / f"{size}x{size}" / "apps" / f"{identity.PROGRAM}.png", size)
    about = share / "doc" / identity.PROGRAM / "copyright"
    about.parent.mkdir(parents=True)
    licence = (identity.ROOT / "LICENSE").read_text(encoding="utf-8")
    about.write_text(_COPYRIGHT + licence, encoding="utf-8")
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _control(tree: Path, machine: str) -> str:
    files = [p for p in tree.rglob("*") if p.is_file() and not p.is_symlink()]
    return f"""Package: {identity.PROGRAM}
Version: {identity.version()}
Architecture: {machine}
Maintainer: Pixverse Desktop contributors <pixverse-desktop@localhost>
Installed-Size: {sum(p.stat().st_size for p in files) // 1024}
Depends: libc6 (>= 2.{_glibc(files)}), {_NEEDS}
Recommends: gnome-keyring | kwalletmanager, xdg-utils, xdg-desktop-portal
Section: video
Priority: optional
Description: make short clips from a prompt or a picture
 Type a prompt or drop a picture, see the cost, press Generate, watch the queue
 and play the finished clip. Works on a built-in demo service until you add
 your PixelDojo API key.
"""


def _glibc(files: list[Path]) -> int:
    """The newest minor version of the C library that any of ``files`` asks for."""
    asked = {0}
    for path in files:
        if ".so" in path.name or path.name == identity.PROGRAM:
            asked |= {int(n) for n in re.findall(rb"\0GLIBC_2\.(\d+)(?=\0)", path.read_bytes())}
    return max(asked)


if __name__ == "__main__":
    sys.exit(main())
