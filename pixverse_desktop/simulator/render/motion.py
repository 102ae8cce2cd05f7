"""Movement: where the camera is at a moment, read from the words of a prompt."""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class View:
    """The camera at one moment: zoom 1.0 and shift 0 (in frame sizes) is the neutral place."""

    zoom: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Move:
    """A camera movement over a whole shot, from one view to another, perhaps swaying."""

    start: View
    end: View
    sway: float = 0.0

    def at(self, part: float) -> View:
        """The view after `part` (0 to 1) of the shot, eased at both ends."""
        eased = 0.65 * part + 0.35 * ease(part)
        swing = math.sin(part * math.pi * 2) * self.sway
        return View(
            self.start.zoom * (self.end.zoom / self.start.zoom) ** eased,
            self.start.dx + (self.end.dx - self.start.dx) * eased + swing,
            self.start.dy + (self.end.dy - self.start.dy) * eased,
        )


def ease(part: float) -> float:
    """0 to 1 with a soft start and a soft end."""
    held = min(1.0, max(0.0, part))
    return held * held * (3 - 2 * held)


def choose_move(prompt: str, rng: random.Random) -> Move:
    """The movement that the prompt asks for; a gentle push in, drifting, when it is silent."""
    text = prompt.lower()
    size = 1.5 if re.search(r"\bfast|quick|rapid|speed|chase|rush", text) else 1.0
    size = 0.5 if re.search(r"\bslow|gentle|calm|subtle|still|static|locked", text) else size
    side = rng.choice((-1.0, 1.0))
    if re.search(r"pull(s|ing)? (back|out)|zoom(s|ing)? out|dolly out|reveal", text):
        return Move(View(1 + 0.16 * size, 0, 0), View(1.0, 0, 0))
    if re.search(r"pan(s|ning)? left|left(ward)? pan|to the left", text):
        return Move(View(1.04, 0.09 * size, 0), View(1.04, -0.09 * size, 0))
    if re.search(r"pan(s|ning)? right|tracking|pans?\b|to the right|dolly", text):
        return Move(View(1.04, -0.09 * size, 0), View(1.04, 0.09 * size, 0))
    if re.search(r"orbit|arc shot|circl|around", text):
        return Move(View(1.05, -0.06 * size, 0), View(1.10, 0.06 * size, 0), 0.035 * size)
    if re.search(r"tilt up|crane|ris(es|ing)|ascend|aerial|drone", text):
        return Move(View(1.06, 0, 0.05 * size), View(1.02, 0.01 * side, -0.05 * size))
    if re.search(r"push|zoom|dolly in|close|approach|toward", text):
        return Move(View(1.0, 0, 0), View(1 + 0.2 * size, 0, 0.01))
    return Move(View(1.01, -0.03 * side * size, 0.006), View(1 + 0.09 * size, 0.03 * side, -0.006))


def shot_move(move: Move, index: int) -> Move:
    """The same movement framed differently, for the later shots of a multi-shot clip."""
    if index == 0:
        return move
    closer = 1.0 + 0.3 * (index % 2) + 0.12 * (index // 2)
    dx = (0.0, 0.07, -0.07, 0.03)[index % 4]
    return Move(
        View(move.start.zoom * closer, -move.start.dx + dx, move.start.dy),
        View(move.end.zoom * closer, -move.end.dx + dx, move.end.dy),
        move.sway,
    )
