"""Sound: a soft chord that breathes, the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
_CHORDS = ((0, 7, 12, 16, 19), (0, 7, 12, 15, 22), (0, 5, 12, 16, 21), (0, 7, 14, 16, 23))


def tone_bed(seed: int, duration_s: int) -> NDArray[np.float32]:
    """Stereo samples (2, 48000 * duration), a pad that fades in and out, peak about 0.3."""
    rng = np.random.default_rng([seed, 11])
    count = RATE_HZ * duration_s
    time_s = (np.arange(count) / RATE_HZ).astype(np.float32)
    root_hz = 110.0 * 2 ** (int(rng.integers(-3, 6)) / 12)
    sound = np.zeros((2, count), np.float32)
    for step in _CHORDS[int(rng.integers(len(_CHORDS)))]:
        hertz = root_hz * 2 ** (step / 12)
        for side in range(2):
            detuned = hertz * (1 + float(rng.uniform(-0.0016, 0.0016)))
            sound[side] += _voice(rng, time_s, detuned, step)
    fade = np.minimum(1.0, np.minimum(time_s / 0.35, (duration_s - time_s) / 0.6))
    envelope = np.sin(np.clip(fade, 0, 1) * (np.pi / 2)) ** 2
    peak = max(1e-6, float(np.abs(sound).max()))
    return np.asarray(sound / peak * 0.3 * envelope, np.float32)


def _voice(
    rng: np.random.Generator, time_s: NDArray[np.float32], hertz: float, step: int
) -> NDArray[np.float32]:
    phase = (2 * np.pi * hertz) * time_s + float(rng.uniform(0, 6.28))
    breath = 0.7 + 0.3 * np.sin(
        2 * np.pi * float(rng.uniform(0.06, 0.16)) * time_s + float(rng.uniform(0, 6.28))
    )
    wave = np.sin(phase) + 0.22 * np.sin(2 * phase)
    return np.asarray(wave * breath / (1 + step / 9), np.float32)
