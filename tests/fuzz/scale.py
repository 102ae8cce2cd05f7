"""How much to try: FUZZ_SCALE=1 is the full count, the default a part that suits every CI run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from hypothesis import HealthCheck, settings

F = TypeVar("F", bound=Callable[..., object])

SCALE = float(os.environ.get("FUZZ_SCALE", "0.1"))
BODIES, PRESETS, PICTURES, CLIPS, PROMPTS = 10_000, 10_000, 1_000, 2_000, 5_000
CASE_LIMIT_S = 5.0


def count(full: int) -> int:
    """So many of ``full`` at the scale in use."""
    return max(10, int(full * SCALE))


def tried(full: int) -> Callable[[F], F]:
    """Hypothesis settings: the same examples in every run, nothing kept on the disk."""
    return settings(
        max_examples=count(full),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@contextmanager
def one_case() -> Iterator[None]:
    """Fails a case that takes as long as a hang would feel."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < CASE_LIMIT_S
