"""High contrast: when it is used, and that nothing is told by a shade or a colour alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.jobs.marks import Verdict
from pixverse_desktop.ui.base import theme
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.jobs import paint
from pixverse_desktop.ui.sheet.side import Progress
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.spend.chart import paint_swatch
from pixverse_desktop.ui.spend.figures import NO_BOARD, OTHER
from pixverse_desktop.ui.storyboard.slate import slate
from tests.support.colours import contrast
from tests.support.factories import saved_job
from tests.support.seen_widgets import visible

WANTED, NOT_WANTED = Qt.ContrastPreference.HighContrast, Qt.ContrastPreference.NoPreference


@pytest.fixture
def _strong() -> Iterator[None]:
    theme.current().set_mode("contrast")
    yield
    theme.current().set_mode("dark")


def drawn(size: QSize, ground: str) -> tuple[QImage, QPainter]:
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    return image, QPainter(image)


@pytest.mark.parametrize("scheme", list(Qt.ColorScheme))
def test_the_systems_wish_counts_until_a_theme_is_chosen(scheme: Qt.ColorScheme) -> None:
    assert theme.tokens_for("system", scheme, WANTED) is theme.CONTRAST
    assert theme.tokens_for("system", scheme, NOT_WANTED) in (theme.DARK, theme.LIGHT)
    assert theme.tokens_for("light", scheme, WANTED) is theme.LIGHT
    assert theme.tokens_for("contrast", scheme, NOT_WANTED) is theme.CONTRAST


def test_a_wish_that_changes_is_followed(qapp: QApplication) -> None:
    current = theme.current()
    changes: list[str] = []
    current.changed.connect(lambda: changes.append(current.tokens.bg))
    current.tokens = theme.LIGHT  # as if the desktop had been another
    qapp.styleHints().accessibility().contrastPreferenceChanged.emit(NOT_WANTED)
    assert changes == [theme.DARK.bg]


def test_the_view_menu_has_every_theme(window: MainWindow, context: UiContext) -> None:
    for name in ("light", "contrast", "system", "dark"):
        window.user_actions.menus.actions[f"theme {name}"].trigger()
        assert context.commands.settings.theme == name
        assert theme.current().is_contrast == (name == "contrast")


@pytest.mark.usefixtures("_strong")
def test_whatever_has_the_keyboard_has_two_pixels_around_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    """Of which the first are counted from the left edge, at half height."""
    window.compose.form.more.set_open(True)
    window.compose.setFixedHeight(1400)
    qtbot.wait(1)
    kinds = (QLineEdit, QComboBox, QPushButton, QToolButton)
    found = {}
    for widget in visible(window, *kinds):
        if not widget.isEnabled() or widget.property("kind") == "primary":
            continue
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        found[widget.accessibleName()] = edge(widget)
    accent = theme.CONTRAST.accent.lower()
    assert len(found) > 12
    assert {name: pair for name, pair in found.items() if pair != [accent, accent]} == {}


def edge(widget: QWidget) -> list[str]:
    picture = widget.grab().toImage()
    middle = picture.height() // 2
    return [picture.pixelColor(x, middle).name() for x in (0, 1)]


@pytest.mark.usefixtures("_strong")
def test_controls_stay_as_large_as_they_are(qtbot: QtBot, window: MainWindow) -> None:
    kinds = (QLineEdit, QComboBox, QPushButton, QToolButton)

    def sizes() -> dict[str, QSize]:
        qtbot.wait(1)
        return {
            f"{type(w).__name__} {w.accessibleName()}": w.size() for w in visible(window, *kinds)
        }

    strong = sizes()
    theme.current().set_mode("dark")
    heights = {name: size.height() for name, size in sizes().items()}
    assert {name: size.height() for name, size in strong.items()} == heights


@pytest.mark.usefixtures("_strong")
def test_words_on_a_picture_are_on_plain_ground() -> None:
    image, painter = drawn(QSize(80, 20), "#FF00FF")
    with painter:
        paint.badge(painter, QRect(0, 0, 80, 20), QFont(), "0:05")
    tones = {image.pixelColor(x, 3).name() for x in range(8, 72)}
    assert tones == {"#000000"}  # above the letters
    white = QPixmap(64, 36)
    white.fill(Qt.GlobalColor.white)
    ground = slate(white, "Shot 1", "A boat", QFont()).pixelColor(10, 10)
    assert contrast(ground.name(), theme.CONTRAST.muted) >= 7


@pytest.mark.usefixtures("_strong")
def test_a_chosen_row_has_an_outline() -> None:
    image, painter = drawn(QSize(60, 30), theme.CONTRAST.panel)
    with painter:
        paint.row_ground(painter, image.rect(), 0, chosen=True)
    assert contrast(image.pixelColor(0, 15).name(), theme.CONTRAST.panel) >= 7
    assert image.pixelColor(30, 15).name() == theme.CONTRAST.hover


@pytest.mark.usefixtures("_strong")
def test_the_keyboards_place_is_dashed_where_the_choice_is_not() -> None:
    image, painter = drawn(QSize(200, 40), "#000000")
    with painter:
        paint.keyboard_outline(painter, image.rect(), 0)
    along = {image.pixelColor(x, 1).name() for x in range(20, 180)}
    assert {"#000000", "#ffffff"} <= along


@pytest.mark.usefixtures("_strong")
def test_series_of_the_chart_differ_in_how_they_are_filled() -> None:
    """Share of what is lit inside: a colour-blind eye, or a printer, sees that too."""
    shares = []
    for key, place in (("a", 0), ("b", 1), ("c", 2), (OTHER, 3), (NO_BOARD, 4)):
        image, painter = drawn(QSize(60, 60), theme.CONTRAST.panel)
        with painter:
            paint_swatch(painter, QRectF(0, 0, 60, 60), key, place)
        inside = [QPoint(x, y) for x in range(10, 50) for y in range(10, 50)]
        rows = {tuple(image.pixelColor(x, y).lightness() > 127 for x in range(10, 50))
                for y in range(10, 50)}  # fmt: skip
        lit = sum(image.pixelColor(at).lightness() > 127 for at in inside)
        shares.append((round(lit / len(inside), 1), len(rows)))
    assert len(set(shares)) == 5


@pytest.mark.usefixtures("_strong")
def test_the_strip_of_progress_shows_the_rejected_by_their_height(qtbot: QtBot) -> None:
    strip = Progress()
    qtbot.addWidget(strip)
    strip.resize(200, strip.height())
    strip.show_jobs([replace(saved_job(n), verdict=v) for n, v in
                     enumerate((Verdict.PICKED, Verdict.REJECTED), 1)])  # fmt: skip
    picture = strip.grab().toImage()
    upper = [contrast(picture.pixelColor(x, 1).name(), theme.CONTRAST.panel) for x in (50, 150)]
    assert upper[0] >= 7
    assert upper[1] < 3
