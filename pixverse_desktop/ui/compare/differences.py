"""What two requests differ in, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from pixverse_desktop.core.model.request import ClipRequest, Frame
from pixverse_desktop.ui.jobs.value_labels import label_for


def differences(left: ClipRequest, right: ClipRequest) -> list[tuple[str, str, str]]:
    """Label, left and right value of every parameter that is not the same, in the form's order."""
    rows = zip(_told(left), _told(right), strict=True)
    return [(label, a, b) for (label, a), (_label, b) in rows if a != b]


def _told(request: ClipRequest) -> list[tuple[str, str]]:
    seed = _tr("Random") if request.seed is None else str(request.seed)
    return [
        (_tr("Start frame"), _frame(request.start_frame)),
        (_tr("End frame"), _frame(request.end_frame)),
        (_tr("Prompt"), request.prompt.strip() or _tr("None")),
        (_tr("Resolution"), request.resolution),
        (_tr("Duration"), _tr("{seconds} s").format(seconds=request.duration_s)),
        (_tr("Aspect ratio"), request.aspect_ratio),
        (_tr("Style"), label_for(request.style)),
        (_tr("Sound"), _switch(request.audio)),
        (_tr("Several shots"), _switch(request.multi_clip)),
        (_tr("Seed"), seed),
        (_tr("Negative prompt"), request.negative_prompt.strip() or _tr("None")),
        (_tr("Thinking"), label_for(request.thinking)),
    ]


def _frame(frame: Frame | None) -> str:
    if frame is None:
        return _tr("None")
    tail = frame.value.rstrip("/").rpartition("/")[2][:60]
    return f"{frame.label} ({tail})" if frame.label else tail


def _switch(on: bool) -> str:
    return _tr("On") if on else _tr("Off")


def _tr(text: str) -> str:
    return QCoreApplication.translate("Differences", text)
