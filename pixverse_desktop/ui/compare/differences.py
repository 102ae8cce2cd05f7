"""What two requests differ in, in words."""

from __future__ import annotations

from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.core.model.parameters import ParameterSpec
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.request import ClipRequest
from pixverse_desktop.ui.base.messages import translate
from pixverse_desktop.ui.jobs.value_labels import parameter_label, parameter_spec, value_text


def differences(left: ClipRequest, right: ClipRequest) -> list[tuple[str, str, str]]:
    """Label, left and right value of every parameter that is not the same, in the form's order."""
    rows = (
        [(translate("Differences", "Model"), left.model, right.model)]
        if left.model != right.model
        else []
    )
    names = dict.fromkeys(
        (*(spec.name for spec in PIXVERSE_V6.parameters), *left.values, *right.values)
    )
    for name in names:
        a, b = left.get(name), right.get(name)
        if a != b:
            spec = parameter_spec(name)
            rows.append((parameter_label(spec), _told(spec, a), _told(spec, b)))
    return [row for row in rows if row[1] != row[2]]


def _told(spec: ParameterSpec, value: object) -> str:
    if isinstance(value, Frame):
        return _frame(value)
    if spec.name == "seed" and value is None:
        return translate("Differences", "Random")
    return value_text(spec, value) or translate("Differences", "None")


def _frame(frame: Frame) -> str:
    tail = frame.value.rstrip("/").rpartition("/")[2][:60]
    return f"{frame.label} ({tail})" if frame.label else tail
