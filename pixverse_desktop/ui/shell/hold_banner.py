"""Why the queue stands still, what to do about it, and when it goes on by itself: in the place of
the status line, so that nothing moves."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import assert_never

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QPushButton

from pixverse_desktop.core.credits import ZERO
from pixverse_desktop.core.errors import Action
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.service import Hold, HoldReason, OriginKind, ServiceStatus
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import set_style, tabular
from pixverse_desktop.ui.jobs.job_text import clock
from pixverse_desktop.ui.widgets.problem_view import action_word
from pixverse_desktop.ui.widgets.strip import Strip

_DAY_S = 86_400
_RESUMABLE = frozenset({HoldReason.PAUSED, HoldReason.ASK, HoldReason.COST, HoldReason.UNCERTAIN})


class HoldBanner(Strip):
    """Shown while ``status.hold`` is set."""

    resume_requested = Signal()
    pause_requested = Signal()  # keep waiting
    problem_action_requested = Signal(object)  # Action

    def __init__(self) -> None:
        super().__init__(dismissible=False)
        set_style(self, surface="foot")
        self.setMinimumHeight(28)
        self.row.setContentsMargins(16, 1, 16, 0)
        self._hold: Hold | None = None
        self._status: ServiceStatus | None = None
        self._unsent = (0, ZERO)
        self.keep_button = QPushButton(self.tr("Keep waiting"))
        self.keep_button.setAccessibleName(self.keep_button.text())
        self.keep_button.setProperty("kind", "small")
        self.keep_button.clicked.connect(self.pause_requested)
        self.keep_button.hide()
        self.row.addWidget(self.keep_button)
        self.aside.setFont(tabular(self.aside.font()))
        self.action_clicked.connect(self.on_action_clicked)
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self.on_timer_timeout)

    def set_status(self, status: ServiceStatus) -> None:
        """Show the hold, or nothing."""
        self._status, self._hold = status, status.hold
        hold = status.hold
        if hold is None:
            self._timer.stop()
            self.hide()
            return
        demo = status.origin.kind is OriginKind.DEMO
        sentence = self._short_of(status) or (
            translated(hold.problem.message) if hold.problem else self._sentence(hold)
        )
        asking = hold.reason is HoldReason.ASK
        self.keep_button.setVisible(asking)
        if asking:
            action = self.tr("Send now, {n} credits").format(n=localised.shortest(hold.credits))
        elif _ends_by_resuming(hold):
            action = self.tr("Resume")
        else:
            action = action_word(self._action(hold), demo=demo)
        tone = "" if hold.reason is HoldReason.PAUSED else "warn"
        self.show_message(sentence, action, tone)
        self.on_timer_timeout()
        if hold.until is not None:
            self._timer.start()
        else:
            self._timer.stop()

    def set_unsent(self, count: int, credits: Decimal) -> None:
        """How many clips wait to be sent, and the most they may cost together."""
        changed, self._unsent = self._unsent != (count, credits), (count, credits)
        if changed and self._status is not None and self._short_of(self._status):
            self.set_status(self._status)

    def _short_of(self, status: ServiceStatus) -> str:
        """How many credits are missing, where that is what the queue waits for and known."""
        count, credits = self._unsent
        if status.hold is None or status.hold.reason is not HoldReason.CREDITS or not count:
            return ""
        short = credits - (status.credits or ZERO)
        if status.credits is None or short <= 0:
            return ""
        text = self.tr("You are {credits} credits short for %n waiting clips.", "", count)
        return text.format(credits=localised.shortest(short))

    @Slot()
    def on_timer_timeout(self) -> None:
        hold = self._hold
        if hold is None or hold.until is None:
            self.show_secondary("")
            return
        left = max(0, round(hold.until - time.time()))
        if left < _DAY_S:
            text = self.tr("goes on in {time}").format(time=clock(left))
        else:
            text = self.tr("goes on {when}").format(when=localised.date_and_time(hold.until))
        self.show_secondary(text)

    @Slot()
    def on_action_clicked(self) -> None:
        hold = self._hold
        if hold is None:
            return
        if _ends_by_resuming(hold):
            self.resume_requested.emit()
        else:
            self.problem_action_requested.emit(self._action(hold))

    def _action(self, hold: Hold) -> Action:
        if hold.problem is not None and hold.problem.action is not Action.NONE:
            return hold.problem.action
        usual = {
            HoldReason.KEY: Action.OPEN_KEY,
            HoldReason.CREDITS: Action.BUY_CREDITS,
            HoldReason.OFFLINE: Action.CHECK_NETWORK,
            HoldReason.DISK: Action.CHOOSE_FOLDER,
        }
        return usual.get(hold.reason, Action.NONE)

    def _sentence(self, hold: Hold) -> str:
        match hold.reason:
            case HoldReason.ASK:
                return self.tr("%n clips are waiting for your word.", "", hold.waiting)
            case HoldReason.PAUSED:
                return self.tr("Queue paused. Clips under way will still finish.")
            case HoldReason.KEY:
                return self.tr("The queue needs your API key.")
            case HoldReason.CREDITS:
                return self.tr("The queue waits for credits.")
            case HoldReason.RATE:
                return translated(Message("rate"))
            case HoldReason.BUSY:
                return translated(Message("busy"))
            case HoldReason.OFFLINE:
                return translated(Message("offline"))
            case HoldReason.DISK:
                return translated(Message("disk"))
            case HoldReason.COST:
                return self.tr("The service charged another price than expected.")
            case HoldReason.LIMIT:
                return translated(Message("limit"))
            case HoldReason.UNCERTAIN:
                return self.tr("Several answers were lost, so nothing more is sent for now.")
            case never:
                assert_never(never)


def _ends_by_resuming(hold: Hold) -> bool:
    """Whether the user has only to say so; what a batch may cost is no limit of the settings."""
    is_batch = hold.problem is not None and hold.problem.action is Action.RETRY
    return hold.reason in _RESUMABLE or (hold.reason is HoldReason.LIMIT and is_batch)
