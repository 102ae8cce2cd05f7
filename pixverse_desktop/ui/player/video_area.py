"""What fills the middle: nothing yet, the running video, one exact frame, or a problem."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QPoint, QRect, QSize, QSizeF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from pixverse_desktop.core.jobs.job import Job
from pixverse_desktop.ui.base.motion import Motion
from pixverse_desktop.ui.base.theme import set_style
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.playback.fitted import fitted
from pixverse_desktop.ui.player.examples import Examples
from pixverse_desktop.ui.player.making_page import MakingPage
from pixverse_desktop.ui.widgets.labels import plain_label

MARGIN = 24


class Page(IntEnum):
    """The native video cannot be painted over, so pages are swapped instead."""

    EMPTY = 0
    VIDEO = 1
    STILL = 2
    PROBLEM = 3
    MAKING = 4


class ClipPage(QWidget):
    """Where the clip stands on the stage: whole, or pixel for pixel and then moved about."""

    def __init__(self) -> None:
        super().__init__()
        self._shape = QSize()
        self._margin = MARGIN
        self._actual = False
        self._offset = QPoint()

    def set_shape(self, shape: QSize) -> None:
        """The clip's size in pixels, empty when unknown."""
        self._shape = shape
        self._offset = QPoint()
        self.fit()

    def set_margin(self, margin: int) -> None:
        """Pixels of stage on every side."""
        self._margin = margin
        self.fit()

    def set_actual(self, actual: bool) -> None:
        """Pixel for pixel, or whole."""
        self._actual = actual and not self._shape.isEmpty()
        self._offset = QPoint()
        self.fit()

    def move_by(self, way: QPoint) -> None:
        """Show another part of a clip that is larger than the stage."""
        beyond = self._beyond()
        x, y = self._offset.x() + way.x(), self._offset.y() + way.y()
        self._offset = QPoint(
            min(max(x, -beyond.width()), beyond.width()),
            min(max(y, -beyond.height()), beyond.height()),
        )
        self.fit()

    @property
    def is_larger(self) -> bool:
        """True when not all of the clip can be seen."""
        return not self._beyond().isNull()

    def place(self) -> QRect:
        """Where the clip stands now; parts of it may lie outside."""
        if not self._actual:
            return fitted(self._shape, self.rect(), self._margin)
        place = QRect(0, 0, self._size().width(), self._size().height())
        place.moveCenter(self.rect().center() + self._offset)
        return place

    def fit(self) -> None:
        """Move what is shown to its place."""
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.move_by(QPoint())

    def _size(self) -> QSize:
        return (QSizeF(self._shape) / self.devicePixelRatioF()).toSize()

    def _beyond(self) -> QSize:
        """How far it can be moved each way."""
        if not self._actual:
            return QSize(0, 0)
        over = self._size() - self.size()
        return QSize(max(0, over.width() + 1) // 2, max(0, over.height() + 1) // 2)


class VideoPage(ClipPage):
    """Keeps the video in the clip's own shape, so that the stage's colour surrounds it."""

    def __init__(self) -> None:
        super().__init__()
        self._video: QWidget | None = None
        # Qt cuts a native video off at the edge of a scroll area, and at no other widget's.
        self._area = QScrollArea(self)
        # One of our own: for Qt's, PySide6 would look into every class of widget it has.
        self._area.setViewport(QWidget())
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for policy in (
            self._area.setHorizontalScrollBarPolicy,
            self._area.setVerticalScrollBarPolicy,
        ):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for widget in (self._area, self._area.viewport()):
            widget.setAttribute(Qt.WidgetAttribute.WA_DontCreateNativeAncestors)
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._area.viewport().setAutoFillBackground(False)

    def set_video(self, video: QWidget) -> None:
        """Take in the native video widget."""
        self._video = video
        video.setParent(self._area.viewport())
        video.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        video.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        video.show()
        self.fit()

    def fit(self) -> None:
        self._area.setGeometry(self.rect())
        if self._video is not None:
            # Its place has the clip's shape but for a part of a pixel, which must not be a seam.
            known = not self._shape.isEmpty()
            mode = Qt.AspectRatioMode
            self._video.setProperty(
                "aspectRatioMode", mode.IgnoreAspectRatio if known else mode.KeepAspectRatio
            )
            self._video.setGeometry(self.place())


class StillPage(ClipPage):
    """One frame at the very place where the video runs; the first of a clip fades in."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self._before, self._place_before = QImage(), QRect()  # of the clip that was here
        self._part = 1.0
        self._is_new = False
        self.fades = True  # one clip into another
        self._motion = Motion(self, self._fade)

    def set_shape(self, shape: QSize) -> None:
        """That of another clip: its first frame is still to come."""
        if self.fades:
            self._before, self._place_before, self._is_new = self.image, self.place(), True
        super().set_shape(shape)

    def set_image(self, image: QImage) -> None:
        """Show a frame."""
        self.image = image
        if self._is_new and not image.isNull():
            self._is_new = False
            self._motion.start()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if not self._before.isNull():
                painter.setOpacity(1 - self._part)
                painter.drawImage(self._place_before, self._before)
            if not self.image.isNull():
                painter.setOpacity(self._part)
                painter.drawImage(self.place(), self.image)

    def _fade(self, part: float) -> None:
        self._part = part
        if part == 1:
            self._before = QImage()
        self.update()


class MessagePage(QWidget):
    """A sentence in the middle, with buttons where there is something to do."""

    def __init__(self, title_role: str) -> None:
        super().__init__()
        self.title = plain_label("", title_role, wrap=True)
        self.text = plain_label("", "muted", wrap=True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        column.addSpacing(4)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addLayout(self.buttons)
        line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)

    def put_below(self, widget: QWidget) -> None:
        """Something under the words."""
        self._column.insertWidget(self._column.indexOf(self.text) + 1, widget)

    def add_button(self, text: str) -> QPushButton:
        """One more thing to do."""
        button = QPushButton(text)
        button.setAccessibleName(text)
        self.buttons.addWidget(button)
        return button

    def show_message(self, title: str, text: str) -> None:
        """Show words."""
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))


class VideoArea(QWidget):
    """The pages, and clicks on any of them. ``known``: whether it is known what clips there are."""

    clicked = Signal()
    double_clicked = Signal()
    menu_wanted = Signal(QPoint)  # on the screen

    def __init__(self, *, known: bool = True) -> None:
        super().__init__()
        self._pressed = False
        self._grip: QPoint | None = None  # where a clip larger than the stage is held
        self.is_actual = False
        self._shape = QSize()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 90)
        self.empty = MessagePage("title")
        self.examples = Examples()
        self.empty.put_below(self.examples)
        self.video = VideoPage()
        self.still = StillPage()
        self.problem = MessagePage("")
        self.fetch_button = self.problem.add_button(self.tr("Fetch again"))
        self.reveal_button = self.problem.add_button(self.tr("Show file"))
        set_style(self.problem.title, role="strong")
        self._pages = QStackedLayout(self)
        self.making = MakingPage()
        for page in (self.empty, self.video, self.still, self.problem, self.making):
            self._pages.addWidget(page)
        if known:
            self.show_empty(None)
        else:
            self.show_nothing()

    def set_margin(self, margin: int) -> None:
        """Pixels of stage around the clip; none on the whole screen."""
        self.video.set_margin(margin)
        self.still.set_margin(margin)

    @property
    def page(self) -> Page:
        """What shows now."""
        return Page(self._pages.currentIndex())

    def show_page(self, page: Page) -> None:
        """Swap to another page."""
        self._pages.setCurrentIndex(page)

    def show_empty(self, job: Job | None) -> None:
        """No clip; ``job`` is one that has none."""
        if job is None:
            words = self.tr("Describe a clip or drop a picture, then press Generate.")
            self.empty.show_message(self.tr("Your clips play here"), words)
        else:
            self.empty.show_message(self.tr("There is no clip of this job"), "")
        self.examples.setVisible(job is None)
        self.show_page(Page.EMPTY)

    def show_nothing(self) -> None:
        """Not even words: a clip comes, or nobody knows yet what there is."""
        self.empty.show_message("", "")
        self.examples.hide()

    @Slot()
    def on_jobs_known(self) -> None:
        if self.page is Page.EMPTY and not self.empty.title.text():
            self.show_empty(None)

    def set_shape(self, shape: QSize) -> None:
        """The size of the clip in pixels, empty when unknown."""
        self._shape = shape
        for page in (self.video, self.still):
            page.set_shape(shape)
            page.set_actual(self.is_actual)
        self._show_grip()

    def show_problem(self, sentence: str, detail: str, *, fetch: bool, reveal: bool) -> None:
        """A sentence instead of silence."""
        self.problem.show_message(sentence, detail)
        self.fetch_button.setVisible(fetch)
        self.reveal_button.setVisible(reveal)
        self.show_page(Page.PROBLEM)

    def set_actual(self, actual: bool) -> None:
        """Pixel for pixel, or whole."""
        self.is_actual = actual
        for page in (self.video, self.still):
            page.set_actual(actual)
        self._show_grip()

    def long_side_px(self) -> int:
        """Device pixels that a frame may fill."""
        if self.is_actual:
            return max(64, self._shape.width(), self._shape.height())
        return max(64, round(max(self.width(), self.height()) * self.devicePixelRatioF()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.button() is Qt.MouseButton.LeftButton
        self._grip = event.position().toPoint() if self._pressed else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is None or not self.still.is_larger:
            return
        way = event.position().toPoint() - self._grip
        if self._pressed and way.manhattanLength() < QApplication.startDragDistance():
            return  # it may still become a click
        self._pressed = False
        self._grip += way
        for page in (self.video, self.still):
            page.move_by(way)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()
        self._pressed = False
        self._grip = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(event.globalPos())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint.stage(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.examples.make_room(self.size() - QSize(2 * MARGIN, 0))
        self._show_grip()

    def _show_grip(self) -> None:
        if self.still.is_larger:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.unsetCursor()
