"""The bar at the top: menus, the service in use, the balance and its age, key and settings."""

from __future__ import annotations

import time
from typing import assert_never

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenuBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from pixverse_desktop.core.service import Connection, OriginKind, ServiceStatus
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import color, icon, set_style
from pixverse_desktop.ui.widgets.file_drag import JOBS_MIME
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.key_tip import set_key_tip
from pixverse_desktop.ui.widgets.labels import ElidedLabel, plain_label, tip_text
from pixverse_desktop.ui.widgets.segmented import Segmented

LOW_CREDITS = 20  # two clips: time to refill the demo
_AGE_REFRESH_MS = 20_000
# Pixels at the usual type size below which the name, and what the Help menu has, too, make room.
_NAME_FROM_WIDTH, _FIND_FROM_WIDTH, _WORD_FROM_WIDTH = 1180, 1000, 980


class Dot(QWidget):
    """A coloured dot; the word beside it says the same."""

    def __init__(self) -> None:
        super().__init__()
        self._role = "faint"
        self.setFixedSize(10, 10)

    def set_role(self, role: str) -> None:
        """The token to paint with."""
        self._role = role
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self._role))
            painter.drawEllipse(QRectF(1, 1, 8, 8))


class TopBar(QWidget):
    """Shows a ServiceStatus; everything it can do is a signal."""

    key_requested = Signal()
    refill_requested = Signal()
    settings_requested = Signal()
    palette_requested = Signal()
    view_chosen = Signal(str)  # the id of a view

    def __init__(self, menus: QMenuBar | None) -> None:
        super().__init__()
        self._status: ServiceStatus | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(self, surface="bar")
        self.setMinimumHeight(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._build_widgets()
        row = QHBoxLayout(self)
        row.setContentsMargins(7, 0, 12, 1)
        row.setSpacing(8)
        row.addWidget(self.name)
        if menus is not None:
            menus.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            row.addWidget(menus, 0, Qt.AlignmentFlag.AlignVCenter)
            self._mark_rest(menus)
        row.addWidget(self.views)
        row.addStretch(1)
        row.addWidget(self.find_button)
        row.addWidget(self.dot)
        row.addWidget(self.service)
        row.addWidget(self.state)
        row.addSpacing(2)
        row.addWidget(self.credits)
        row.addWidget(self.age)
        row.addSpacing(4)
        row.addWidget(self.refill_button)
        row.addWidget(self.key_button)
        row.addWidget(self.settings_button)
        self._timer = QTimer(self)
        self._timer.setInterval(_AGE_REFRESH_MS)
        self._timer.timeout.connect(self.on_timer_timeout)
        self._timer.start()

    def _mark_rest(self, menus: QMenuBar) -> None:
        """Behind Qt's own mark, nearly black on any ground, are the menus without room."""
        rest = menus.findChild(QToolButton, "qt_menubar_ext_button")
        if rest is not None:
            rest.setIcon(icon("more"))
            rest.setAccessibleName(self.tr("More menus"))
            rest.setToolTip(self.tr("More menus"))

    def set_status(self, status: ServiceStatus, has_key: bool) -> None:
        """Show the service; ``has_key`` is whether a key for PixelDojo is known."""
        self._status = status
        kind = status.origin.kind
        custom = kind is OriginKind.CUSTOM
        name = translated(status.origin.name)
        self.service.setText(
            self.tr("Custom API address: {host}").format(host=name) if custom else name
        )
        set_style(self.service, role="warn" if custom else "")
        # The tabs give way before a name that we chose ourselves is cut.
        whole = QSizePolicy.Policy.Preferred if custom else QSizePolicy.Policy.Minimum
        self.service.setSizePolicy(whole, QSizePolicy.Policy.Fixed)
        word, role = self._words_for(status.connection)
        self.state.setText(word)
        self.state.setToolTip(tip_text(translated(status.trouble_said)))
        self.dot.set_role(role)
        self._show_state()
        self.setAccessibleDescription(f"{self.service.text()}, {word}")
        self.key_button.setVisible(not has_key)
        low = status.credits is not None and status.credits < LOW_CREDITS
        self.refill_button.setVisible(kind is OriginKind.DEMO and low)
        self.on_timer_timeout()

    def set_views(self, views: list[tuple[str, str]]) -> None:
        """The ids and titles of the views, in the order of their tabs; the first is shown."""
        self.views.set_choices(views)

    def show_view(self, view: str) -> None:
        """Mark the view that is shown."""
        self.views.blockSignals(True)
        if view in self.views.values():
            self.views.set_value(view)
        else:
            self.views.choose_none()
        self.views.blockSignals(False)
        set_style(self.credits, on=view == "spend")

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), max(48, self.fontMetrics().height() * 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # At a small width the menus and the balance matter more than our own name and its age.
        self.name.setVisible(self._is_roomy())
        self.find_button.setVisible(self._is_roomy(_FIND_FROM_WIDTH))
        self._show_state()
        self.on_timer_timeout()

    @Slot()
    def on_credits_clicked(self) -> None:
        self.view_chosen.emit("spend")

    @Slot()
    def on_timer_timeout(self) -> None:
        status = self._status
        if status is None:
            return
        if status.credits is None:
            self.credits.setText(self.tr("no balance yet"))
            set_style(self.credits, role="muted")
            self.age.hide()
            return
        set_style(self.credits, role="strong")
        age_s = time.time() - (status.credits_at or time.time())
        words = self.tr("at most {n} credits") if status.credits_old else self.tr("{n} credits")
        self.credits.setText(words.format(n=localised.shortest(status.credits)))
        self.credits.setToolTip(
            self.tr("Something was, or may have been, charged since the service told the balance.")
            if status.credits_old
            else self.tr("Last checked {age}").format(age=localised.age(age_s))
        )
        self.credits.setAccessibleDescription(self.tr("Show what was spent"))
        if status.credits_at is not None:
            self.age.setText("· " + localised.age(age_s))
        self.age.setVisible(status.credits_at is not None and self._is_roomy())

    def _show_state(self) -> None:
        """While all is well the dot says so alone, where there is little room; the strip below
        says that it is the demo."""
        well = self._status is not None and self._status.connection is Connection.ONLINE
        self.state.setVisible(not well or self._is_roomy(_WORD_FROM_WIDTH))
        demo = self._status is not None and self._status.origin.kind is OriginKind.DEMO
        self.service.setVisible(not demo or self._is_roomy(_WORD_FROM_WIDTH))

    def _is_roomy(self, least: int = _NAME_FROM_WIDTH) -> bool:
        return self.width() >= least * self.fontMetrics().height() / 17

    def _words_for(self, connection: Connection) -> tuple[str, str]:
        match connection:
            case Connection.ONLINE:
                return self.tr("Online"), "done"
            case Connection.OFFLINE:
                return self.tr("Offline"), "error"
            case Connection.CONNECTING:
                return self.tr("Connecting…"), "warn"
            case never:
                assert_never(never)

    def _build_widgets(self) -> None:
        self.name = plain_label("Pixverse Desktop", "name")
        self.name.setContentsMargins(9, 0, 8, 0)  # in line with the menus when it makes room
        self.views = _Tabs(self.tr("View"))
        self.views.value_changed.connect(self.view_chosen)
        self.dot = Dot()
        self.service = ElidedLabel("")
        self.state = plain_label("", "muted")
        self.credits = QPushButton()
        set_style(self.credits, kind="balance")
        self.credits.clicked.connect(self.on_credits_clicked)
        self.age = plain_label("", "muted")
        self.refill_button = QPushButton(self.tr("Refill"))
        self.refill_button.setAccessibleName(self.tr("Refill the demo's credits"))
        self.refill_button.setToolTip(self.tr("Fill up the demo's play money. It is free."))
        set_style(self.refill_button, kind="quiet")
        self.refill_button.clicked.connect(self.refill_requested)
        self.key_button = QPushButton(self.tr("Add API key"))
        self.key_button.setAccessibleName(self.tr("Add API key"))
        self.key_button.clicked.connect(self.key_requested)
        self.settings_button = IconButton("gear", self.tr("Settings"), size=32, glyph=18)
        self.settings_button.clicked.connect(self.settings_requested)
        self.find_button = IconButton("search", self.tr("Find a command"), size=32, glyph=16)
        set_key_tip(self.find_button, self.tr("Find a command"), "palette")
        self.find_button.clicked.connect(self.palette_requested)
        self.refill_button.hide()
        self.key_button.hide()


class _Tabs(Segmented):
    """Clips that are dragged over a tab bring its view to the front."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(JOBS_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.ignore()  # nothing can be dropped here
        under = self.childAt(event.position().toPoint())
        for value, segment in zip(self.values(), self.focus_stops(), strict=True):
            if segment is under:
                self.set_value(value)
