"""Pictures to be tried as the start or the end frame, in a row of small ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from pixverse_desktop.core.batch.cells import Axis
from pixverse_desktop.core.errors import UserError
from pixverse_desktop.core.lanes import Lane
from pixverse_desktop.core.model.frame import Frame
from pixverse_desktop.services.application import FrameSource
from pixverse_desktop.ui.base.command import Command
from pixverse_desktop.ui.base.commands import add_keys, command
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.base.theme import color, pixels
from pixverse_desktop.ui.compose.drop_offer import (
    Picture,
    load_preview,
    natural_order,
    prepare_picture,
    read_offer,
)
from pixverse_desktop.ui.widgets.drops import accept_copy, only_moves
from pixverse_desktop.ui.widgets.file_dialog import FileDialog, Place
from pixverse_desktop.ui.widgets.flow_layout import FlowLayout
from pixverse_desktop.ui.widgets.icon_button import IconButton
from pixverse_desktop.ui.widgets.labels import SentenceLabel, plain_label

MOST_PICTURES = 200
_WIDTH, _HEIGHT = 76, 48  # pixels
_RADIUS = 6.0


@dataclass
class _Held:
    """A picture in the row; ``frame`` is None while it is being read."""

    label: str
    frame: Frame | None = None
    pixmap: QPixmap = field(default_factory=QPixmap)


class FramesAxis(QWidget):
    """Pictures stand as they were added, those added together in the order of their names."""

    changed = Signal()

    def __init__(self, context: UiContext, name: str, title: str, add: str) -> None:
        super().__init__()
        self._context = context
        self._name = name
        self._held: dict[int, _Held] = {}  # in their order
        self._serial = count()
        self._wrong: list[str] = []
        self._dialog: QFileDialog | None = None
        self.setAcceptDrops(True)
        self.setAccessibleName(title)
        add_keys(self, [command("paste frame"), command("remove frame")], self._start)
        self.number = plain_label("", "secondary")
        head = QHBoxLayout()
        head.addWidget(plain_label(title, "strong"))
        head.addStretch(1)
        head.addWidget(self.number)
        self.add_button = IconButton("plus", add, size=_HEIGHT, kind="boxed")
        self.add_button.clicked.connect(self.pick)
        self._row = QWidget()
        self._flow = FlowLayout(8, self._row)
        self._flow.addWidget(self.add_button)
        self.note = SentenceLabel("error")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._row)
        column.addWidget(self.note)
        self._refresh()

    def axis(self) -> Axis:
        """The pictures that are ready."""
        frames = [held.frame for held in self._held.values() if held.frame is not None]
        return Axis(self._name, [{self._name: frame} for frame in frames])

    def is_reading(self) -> bool:
        """Whether a picture is still being read."""
        return any(held.frame is None for held in self._held.values())

    def take(self, pictures: list[Picture]) -> None:
        """Read pictures on workers; those that cannot be used are told with their reasons."""
        self._wrong = []
        room = MOST_PICTURES - len(self._held)
        if len(pictures) > room:
            self._wrong = [self.tr("%Ln pictures are the most.", "", MOST_PICTURES)]
        for picture in natural_order(pictures)[:room]:
            serial = next(self._serial)
            self._held[serial] = _Held(picture.source.label)
            self._context.workers.call(
                Lane.GIVEN,
                prepare_picture,
                self._context.commands,
                picture,
                then=partial(self._take_prepared, serial),
                otherwise=partial(self._take_error, serial),
            )
        self._refresh()
        self.changed.emit()

    def take_frame(self, frame: Frame) -> None:
        """Take a picture that is kept already."""
        serial = next(self._serial)
        self._held[serial] = _Held(frame.label, frame)
        self._context.workers.call(
            Lane.GIVEN,
            load_preview,
            self._context.commands,
            frame,
            then=partial(self._take_preview, serial),
            otherwise=partial(self._take_error, serial),
        )
        self._refresh()
        self.changed.emit()

    @Slot()
    def pick(self) -> None:
        """Ask for files, without stopping the program."""
        if self._dialog is not None:
            return
        dialog = FileDialog(self.window(), self.add_button.accessibleName(), Place.PicturesLocation)
        dialog.choose_picture(several=True)
        dialog.filesSelected.connect(self.on_files_selected)
        dialog.finished.connect(self.on_dialog_finished)
        self._dialog = dialog
        dialog.open()

    @Slot(list)
    def on_files_selected(self, paths: list[str]) -> None:
        names = [path.replace("\\", "/").rsplit("/", 1)[-1] for path in paths]
        sources = (FrameSource(path=p, label=n) for p, n in zip(paths, names, strict=True))
        self.take([Picture(source) for source in sources])

    @Slot(int)
    def on_dialog_finished(self, _result: int) -> None:
        self._dialog = None

    @Slot()
    def on_tile_remove_requested(self) -> None:
        tile = self.sender()
        if isinstance(tile, _Tile):
            self._remove(tile.serial)

    def paste(self) -> None:
        """Take what the clipboard holds, or say why not."""
        offer = read_offer(QGuiApplication.clipboard().mimeData() or QMimeData(), most=None)
        if offer.refusal:
            self.note.show_message(offer.refusal)
        else:
            self.take(list(offer.pictures))

    def clear(self) -> None:
        """Remove the picture that has the keyboard."""
        tile = self.focusWidget()
        if isinstance(tile, _Tile):
            self._remove(tile.serial)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        offer = read_offer(event.mimeData(), with_data=False, most=None)
        if offer.refusal or not offer.pictures or only_moves(event):
            event.ignore()  # a table goes on to the sheet
        else:
            accept_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        offer = read_offer(event.mimeData(), most=None)
        if offer.pictures and accept_copy(event):
            self.take(list(offer.pictures))
        else:
            event.ignore()

    def _start(self, pressed: Command) -> None:
        pressed.start(self)

    def _remove(self, serial: int) -> None:
        place = list(self._held).index(serial)
        del self._held[serial]
        self._wrong = []
        self._refresh()
        tiles = self._tiles()
        stop = tiles[min(place, len(tiles) - 1)] if tiles else self.add_button
        stop.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _take_prepared(self, serial: int, made: tuple[Frame, QImage, str]) -> None:
        frame, image, _note = made
        if serial in self._held:
            held = self._held[serial]
            held.frame, held.pixmap = frame, QPixmap.fromImage(image)
            self._refresh()
            self.changed.emit()

    def _take_preview(self, serial: int, image: QImage) -> None:
        if serial in self._held:
            self._held[serial].pixmap = QPixmap.fromImage(image)
            self._refresh()

    def _take_error(self, serial: int, error: UserError) -> None:
        held = self._held.pop(serial, None)
        if held is not None:
            self._wrong.append(f"{held.label}: {translated(error.problem.message)}")
            self._refresh()
            self.changed.emit()

    def _tiles(self) -> list[_Tile]:
        items = (self._flow.itemAt(n) for n in range(self._flow.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, _Tile)]

    def _refresh(self) -> None:
        """Make the tiles what is held; those that stay are kept, with the keyboard in them."""
        known = {tile.serial: tile for tile in self._tiles()}
        for serial in known.keys() - self._held.keys():
            self._flow.removeWidget(known[serial])
            known[serial].hide()
            known[serial].deleteLater()
        for place, (serial, held) in enumerate(self._held.items()):
            tile = known.get(serial)
            if tile is None:
                tile = _Tile(serial, self.tr("Remove"))
                tile.remove_requested.connect(self.on_tile_remove_requested)
                self._flow.removeWidget(self.add_button)
                self._flow.addWidget(tile)
                self._flow.addWidget(self.add_button)
                QWidget.setTabOrder(tile, self.add_button)
                tile.show()
            told = held.label
            if held.frame is None:
                told = self.tr("{picture}, being read").format(picture=held.label)
            tile.show_picture(place + 1, held.label, held.pixmap, told)
        n = len(self._held)
        self.number.setText(self.tr("%Ln pictures", "", n) if n else "")
        self.note.show_message(" ".join(self._wrong))
        self._row.updateGeometry()


class _Tile(QWidget):
    """One picture with its number and its name; Del removes it."""

    remove_requested = Signal()

    def __init__(self, serial: int, remove: str) -> None:
        super().__init__()
        self.serial = serial
        self._number, self._label = 0, ""
        self._pixmap = QPixmap()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.remove_button = IconButton(
            "close", remove, size=24, glyph=12, role="on_scrim", kind="scrim", parent=self
        )
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.remove_button.clicked.connect(self.remove_requested)
        self.remove_button.move(_WIDTH - 26, 2)
        self.remove_button.hide()

    def show_picture(self, number: int, label: str, pixmap: QPixmap, name: str) -> None:
        """Show it as the ``number``-th."""
        self._number, self._label, self._pixmap = number, label, pixmap
        self.setAccessibleName(f"{number}: {name}")
        self.setToolTip(label)
        self.setAccessibleDescription(self.tr("Del removes it"))
        self.remove_button.setAccessibleName(f"{self.remove_button.toolTip()}: {label}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, _HEIGHT + 4 + pixels(11) + 4)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.remove_button.show()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.remove_button.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        area = QRectF(0.5, 0.5, _WIDTH - 1, _HEIGHT - 1)
        font = self.font()
        font.setPixelSize(pixels(11))
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            shape = QPainterPath()
            shape.addRoundedRect(area, _RADIUS, _RADIUS)
            painter.fillPath(shape, color("raised"))
            painter.save()
            painter.setClipPath(shape)
            draw_filling(painter, area, self._pixmap)
            painter.restore()
            focused = self.hasFocus()
            painter.setPen(QPen(color("accent" if focused else "line"), 2 if focused else 1))
            painter.drawPath(shape)
            painter.setFont(font)
            number = str(self._number)
            badge = QRectF(4, 4, painter.fontMetrics().horizontalAdvance(number) + 10, pixels(16))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("scrim"))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(color("on_scrim"))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), number)
            painter.setPen(color("muted"))
            words = QRect(QPoint(0, _HEIGHT + 4), QSize(_WIDTH, pixels(11) + 4))
            stem = self._label.rsplit(".", 1)[0]
            shown = painter.fontMetrics().elidedText(stem, Qt.TextElideMode.ElideMiddle, _WIDTH)
            painter.drawText(words, int(Qt.AlignmentFlag.AlignLeft), shown)


def draw_filling(painter: QPainter, area: QRectF, pixmap: QPixmap) -> None:
    """A picture over all of ``area``; what stands over the edges is cut off evenly."""
    if pixmap.isNull() or area.isEmpty():
        return
    scale = min(pixmap.width() / area.width(), pixmap.height() / area.height())
    source = QRectF(0, 0, area.width() * scale, area.height() * scale)
    source.moveCenter(QRectF(pixmap.rect()).center())
    painter.drawPixmap(area, pixmap, source)
