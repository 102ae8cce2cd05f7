"""The parts that a bundle of the program carries, and their licences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| `", re.M)  # of the table; its head names no files


class Licences(NamedTuple):
    """``parts``: each with its licence, as THIRD_PARTY.md lists them; ``texts``: their folder."""

    parts: tuple[tuple[str, str], ...]
    texts: Path


def read_licences(resources: Path) -> Licences:
    """BLOCKING. In a bundle they lie among the resources, in a checkout in ``packaging``.

    Raises OSError.
    """
    for folder in (resources, resources.parent / "packaging"):
        listed = folder / "THIRD_PARTY.md"
        if listed.is_file():
            parts = tuple((m[1], m[2]) for m in _ROW.finditer(listed.read_text(encoding="utf-8")))
            return Licences(parts, folder / "licences")
    raise FileNotFoundError(str(resources / "THIRD_PARTY.md"))
