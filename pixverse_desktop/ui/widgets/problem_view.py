"""An error as the user meets it: one sentence, one action, and the detail behind a fold-out."""

from __future__ import annotations

from typing import assert_never

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from pixverse_desktop.core.errors import Action, Problem
from pixverse_desktop.ui.base.messages import translate, translated
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.widgets.fold_out import FoldOut
from pixverse_desktop.ui.widgets.labels import plain_label

_DETAIL_LINES = 6


class ProblemDetails(FoldOut):
    """What support needs of a problem, to be read and copied; hidden where there is nothing."""

    def __init__(self, lines: int) -> None:
        content = QWidget()
        super().__init__(translate("ProblemView", "Details"), "", content)
        self._problem: Problem | None = None
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Details of the problem"))
        set_style(self.text, look="detail")
        self.text.setFixedHeight(self.text.fontMetrics().lineSpacing() * lines + 16)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy the details"))
        set_style(self.copy_button, kind="small")
        self.copy_button.clicked.connect(self.on_copy_button_clicked)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_message(self, problem: Problem | None) -> None:
        """Show the details of ``problem``; open stays open."""
        self._problem = problem
        self.text.setPlainText(problem.detail if problem else "")
        self.setVisible(bool(problem and problem.detail))

    def close_up(self) -> None:
        """It is about something else now: closed, and not copied yet."""
        self.set_open(False)
        self.copy_button.setText(self.tr("Copy"))

    @Slot()
    def on_copy_button_clicked(self) -> None:
        if self._problem is not None:
            text = f"{self._problem.message}\n[{self._problem.code}]\n{self._problem.detail}"
            QGuiApplication.clipboard().setText(text)
            self.copy_button.setText(self.tr("Copied"))


class ProblemView(QWidget):
    """``action_clicked`` carries the Action; what it does is the owner's."""

    action_clicked = Signal(object)

    def __init__(self, tone: str = "error", *, demo: bool = False) -> None:
        super().__init__()
        self._problem: Problem | None = None
        self._demo = demo
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="card", tone=tone)
        self.sentence = plain_label("", wrap=True)
        self.button = QPushButton()
        self.button.setAccessibleName(self.tr("What to do about it"))
        set_style(self.button, kind="small")
        self.button.clicked.connect(self.on_button_clicked)
        self.details = ProblemDetails(_DETAIL_LINES)
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.sentence)
        column.addLayout(line)
        column.addWidget(self.details)
        self.hide()

    def show_message(self, problem: Problem | None) -> None:
        """Show a problem; None hides the view."""
        self._problem = problem
        self.setVisible(problem is not None)
        if problem is None:
            return
        self.sentence.setText(translated(problem.message))
        word = action_word(problem.action, demo=self._demo)
        self.button.setText(word)
        self.button.setAccessibleName(word)
        self.button.setVisible(bool(word))
        self.details.show_message(problem)
        self.details.close_up()

    def set_demo(self, demo: bool) -> None:
        """On the demo service credits are refilled, not bought."""
        self._demo = demo
        self.show_message(self._problem)

    @Slot()
    def on_button_clicked(self) -> None:
        if self._problem is not None:
            self.action_clicked.emit(self._problem.action)


def action_word(action: Action, *, demo: bool) -> str:
    """What the button for an action says; "" for actions without one."""
    match action:
        case Action.OPEN_KEY:
            return translate("ProblemView", "Add API key")
        case Action.BUY_CREDITS:
            return (
                translate("ProblemView", "Refill")
                if demo
                else translate("ProblemView", "Buy credits")
            )
        case Action.EDIT:
            return translate("ProblemView", "Edit")
        case Action.SHOW_MODELS:
            return translate("ProblemView", "Show models")
        case Action.RETRY:
            return translate("ProblemView", "Try again")
        case Action.CHECK_AGAIN:
            return translate("ProblemView", "Check again")
        case Action.CHOOSE_FOLDER:
            return translate("ProblemView", "Choose folder…")
        case Action.CHECK_NETWORK:
            return translate("ProblemView", "Network settings…")
        case Action.RESCUE:
            return translate("ProblemView", "Recover missing clips…")
        case Action.SHOW_LOG:
            return translate("ProblemView", "Show the log")
        case Action.CHANGE_LIMIT:
            return translate("ProblemView", "Change the limit…")
        case Action.CHECK_SERVICE:
            return translate("ProblemView", "Show what differs")
        case Action.NONE | Action.WAIT | Action.DECIDE:
            return ""
        case never:
            assert_never(never)
