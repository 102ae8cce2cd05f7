"""What requests differ in, in words."""

from __future__ import annotations

from collections.abc import Sequence

from pixverse_desktop.core.model.frame import Frame, FrameKind
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
    return rows + [
        (parameter_label(spec), told_value(spec, left), told_value(spec, right))
        for spec in varying([left, right])
    ]


def varying(requests: Sequence[ClipRequest]) -> list[ParameterSpec]:
    """The parameters that are not told alike of all, in the form's order."""
    if not requests:
        return []
    return [spec for spec in _specs(requests) if len(_told(spec, requests)) > 1]


def alike(requests: Sequence[ClipRequest]) -> list[tuple[str, str]]:
    """Label and value of every parameter that is set, and the same in all."""
    found = []
    for spec in _specs(requests):
        if len(told := _told(spec, requests)) == 1 and requests[0].get(spec.name) is not None:
            found.append((parameter_label(spec), told.pop()))
    return found


def told_value(spec: ParameterSpec, request: ClipRequest) -> str:
    """A parameter of a request in words."""
    value = request.get(spec.name)
    if isinstance(value, Frame):
        return _frame(value)
    if spec.name == "seed" and value is None:
        return translate("Differences", "Random")
    return value_text(spec, value) or translate("Differences", "None")


def _specs(requests: Sequence[ClipRequest]) -> list[ParameterSpec]:
    names = dict.fromkeys(spec.name for spec in PIXVERSE_V6.parameters)
    for request in requests:
        names |= dict.fromkeys(request.values)
    return [parameter_spec(name) for name in names]


def _told(spec: ParameterSpec, requests: Sequence[ClipRequest]) -> set[str]:
    values = [request.get(spec.name) for request in requests]
    if all(value == values[0] for value in values):
        return {told_value(spec, requests[0])}
    return {told_value(spec, request) for request in requests}


def _frame(frame: Frame) -> str:
    """Two pictures may be called alike; a stored one is told by the first letters of its hash."""
    stored = frame.kind is FrameKind.FILE and frame.label
    tail = frame.value.rstrip("/").rpartition("/")[2][: 6 if stored else 60]
    return f"{frame.label} ({tail})" if frame.label else tail
