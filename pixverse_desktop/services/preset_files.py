"""Presets as files, to give away and to take in."""

from __future__ import annotations

import json
from pathlib import Path

from pixverse_desktop.core.errors import ProblemCode, UserError, problem
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.preset import Preset, preset_from_json, preset_to_json
from pixverse_desktop.services.export import replacing

_MOST_BYTES = 2**20


def write_preset(preset: Preset, path: Path) -> None:
    """BLOCKING. Replaces the file that the user chose in the dialog. Raises UserError (DISK)."""
    text = json.dumps(preset_to_json(preset), ensure_ascii=False, indent=1)
    try:
        with replacing(path) as aside:
            aside.write_text(text, encoding="utf-8")
    except OSError as error:
        said = Message("preset_not_written", reason=error.strerror or type(error).__name__)
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error


def read_preset(path: Path) -> Preset:
    """BLOCKING. A preset from a file that anybody may have written. Raises UserError."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError(Message("preset_none"))
        return preset_from_json(json.loads(data))
    except OSError as error:
        said = Message("file_unreadable", reason=error.strerror or type(error).__name__)
        raise UserError(problem(ProblemCode.DISK, said, str(error))) from error
    except (ValueError, RecursionError) as error:
        why = error.args[0] if error.args else None
        said = why if isinstance(why, Message) else Message("preset_none")
        raise UserError(problem(ProblemCode.INVALID, said)) from error
