"""What a database holds, read without changing it, also while another program has it open."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import field
from pathlib import Path

from pixverse_desktop.core.records import record

_LOCK_WAIT_S = 1.0
_LONG = 20  # letters; what is shorter and no prompt is a choice, such as a resolution


@record
class Overview:
    """``jobs`` counts by state. ``texts``: what the user wrote, and the names of clips."""

    jobs: dict[str, int] = field(default_factory=dict)
    films: int = 0
    texts: frozenset[str] = frozenset()


def read_overview(path: Path) -> Overview:
    """BLOCKING. Raises sqlite3.Error, also where there is no database."""
    # Where nobody has it open, only a file that cannot change is read without two more beside it.
    alone = not path.with_name(f"{path.name}-wal").exists()
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    with closing(sqlite3.connect(address, uri=True, timeout=_LOCK_WAIT_S)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        jobs = dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state"))
        (films,) = connection.execute("SELECT count(*) FROM films WHERE data NOT NULL").fetchone()
        texts: set[str] = set()
        for prompt, data in connection.execute("SELECT prompt, data FROM jobs"):
            texts.add(prompt)
            texts.update(_texts_in(data))
        for (data,) in connection.execute("SELECT data FROM films WHERE data NOT NULL"):
            texts.update(_texts_in(data))
        boards = connection.execute("SELECT name FROM boards")
        texts.update(name for (name,) in boards)
    return Overview(jobs, films, frozenset(filter(None, texts)))


def _texts_in(data: str) -> Iterator[str]:
    """Prompts and names in a stored document, and every longer text."""
    try:
        left: list[object] = [json.loads(data)]
    except (ValueError, RecursionError):
        return
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += value.values()
            named = (value.get(name) for name in ("prompt", "negative_prompt", "name", "label"))
            yield from (text for text in named if isinstance(text, str))
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and len(value) >= _LONG:
            yield value
            yield value.replace("\\", "/").rpartition("/")[2]
