"""Colours, type and icons: the one place that knows what the window looks like."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from pixverse_desktop.ui.base.drawn_icon import Draw, DrawnIcon, draw_svg
from pixverse_desktop.ui.base.localised import install_languages


class Tokens(NamedTuple):
    """The colours by what they are for; ``faint`` never carries what one must read."""

    bg: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    on_accent: str
    running: str
    done: str
    warn: str
    error: str
    stage: str
    track: str  # what a bar fills, and what is pressed


DARK = Tokens(
    bg="#131518",
    panel="#1A1D21",
    raised="#22262B",
    hover="#2A2F36",
    line="#2C3138",
    text="#E9ECEF",
    muted="#98A2AE",
    faint="#6B7580",
    accent="#FF8A4C",
    accent_hover="#FF9C68",
    on_accent="#1B0D04",
    running="#6AA8FF",
    done="#5CC98B",
    warn="#F2B84B",
    error="#FF6B6B",
    stage="#0B0C0E",
    track="#2C3138",
)
LIGHT = Tokens(
    bg="#F3F4F6",
    panel="#FFFFFF",
    raised="#F6F7F9",
    hover="#ECEEF1",
    line="#DDE1E6",
    text="#1A1E23",
    muted="#5B6570",
    faint="#88929D",
    accent="#CB4400",
    accent_hover="#B43C00",
    on_accent="#FFFFFF",
    running="#1B62D3",
    done="#157A42",
    warn="#8A5C00",
    error="#C62828",
    stage="#E6E6E6",
    track="#DDE1E6",
)
# Text 7:1 and outlines 4.5:1 on every surface; a state's colour is told from text by its word.
CONTRAST = Tokens(
    bg="#000000",
    panel="#000000",
    raised="#0C0C0C",
    hover="#202020",
    line="#8C8C8C",
    text="#FFFFFF",
    muted="#E0E0E0",
    faint="#969696",
    accent="#FFD800",
    accent_hover="#FFE866",
    on_accent="#000000",
    running="#8CC8FF",
    done="#7CF0A4",
    warn="#FFB84D",
    error="#FFA0A0",
    stage="#000000",
    track="#383838",
)
ROLES = Tokens._fields
BODY_PX = 13
# The same in every theme, but that nothing is seen through in high contrast:
_ON_PICTURES = {
    "scrim": "#A5000000",
    "on_scrim": "#FFFFFF",
    "star": "#FFD166",
    "new": "#6AA8FF",
    "good_on_scrim": DARK.done,
    "bad_on_scrim": "#FF8F8F",
}
_OPAQUE_SCRIM = "#000000"
_LEAST_STROKE = 2.0  # pixels, in high contrast


_installed: list[Theme] = []


class Theme(QObject):
    """Applies the tokens to the application and follows the system when asked to."""

    changed = Signal()

    def __init__(self, resources: Path, mode: str, text_size: int, *, dressed: bool) -> None:
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise RuntimeError("a theme needs a QApplication")
        super().__init__(app)
        self._app = app
        self._template = (resources / "style.qss").read_text(encoding="utf-8")
        self._stronger = (resources / "style-contrast.qss").read_text(encoding="utf-8")
        # Read once: a theme switch must not touch the disk again.
        self._drawings = {
            path.stem: path.read_bytes() for path in (resources / "icons").glob("*.svg")
        }
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._mode = mode
        self.dressed = dressed
        self.font_scale = font_scale_for(text_size)
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self.on_hints_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self.on_hints_changed)
        _installed[:] = [self]
        self._tell_hints()
        self._apply(self._wanted())

    @property
    def is_dark(self) -> bool:
        """True while the dark tokens are in use."""
        return self.tokens is DARK

    @property
    def is_contrast(self) -> bool:
        """True while the tokens of high contrast are in use."""
        return self.tokens is CONTRAST

    def set_mode(self, mode: str) -> None:
        """Use "dark", "light" or "contrast", or with "system" what the desktop says (dark if it
        says nothing)."""
        self._mode = mode
        self._tell_hints()
        if self._wanted() is not self.tokens:
            self._apply(self._wanted())

    def dress(self) -> None:
        """Put the style sheet on, where it was held back until the widgets exist.

        With the sheet on, each widget that is added to another is styled anew with all in it.
        """
        self.dressed = True
        sheet = self._template + self._stronger if self.is_contrast else self._template
        self._app.setStyleSheet(self._filled(sheet))

    def set_look(self, mode: str, text_size: int) -> None:
        """See ``set_mode``; type at ``text_size`` percent of what the system wants."""
        self.set_mode(mode)
        if font_scale_for(text_size) != self.font_scale:
            self.set_font_scale(font_scale_for(text_size))

    def set_font_scale(self, scale: float) -> None:
        """Type at ``scale`` times its usual size; 1.0 is a body of 13 pixels."""
        self.font_scale = scale
        self._apply(self.tokens)

    def pixels(self, size: int) -> int:
        """A type size in pixels after the font scale."""
        return max(8, round(size * self.font_scale))

    def color(self, role: str) -> QColor:
        """The colour of a role, or one of those on a picture ("scrim", "star")."""
        if role == "scrim" and self.is_contrast:
            return QColor(_OPAQUE_SCRIM)
        if role in _ON_PICTURES:
            return QColor(_ON_PICTURES[role])
        return QColor(str(getattr(self.tokens, role)))

    def icon(self, name: str, role: str) -> QIcon:
        """An icon in the role's colour, brighter under the pointer and faint when disabled."""
        key = (name, role)
        if key not in self._icons:
            modes = {QIcon.Mode.Normal: role, QIcon.Mode.Disabled: "faint"}
            if role == "muted":  # other roles stay as they are under the pointer
                modes[QIcon.Mode.Active] = "text"
            draw = partial(draw_svg, self._drawings[name])
            self._icons[key] = self.drawn_icon(draw, modes)
        return self._icons[key]

    def drawn_icon(self, draw: Draw, roles: dict[QIcon.Mode, str]) -> QIcon:
        """An icon painted by ``draw`` in the colour of its mode's role in the theme of the day."""
        return QIcon(DrawnIcon(draw, roles, self.color))

    @Slot()
    def on_hints_changed(self) -> None:
        """The desktop looks different now."""
        if self._wanted() is not self.tokens:
            self._apply(self._wanted())

    def _tell_hints(self) -> None:
        hints = self._app.styleHints()
        match self._mode:
            case "dark" | "contrast":
                hints.setColorScheme(Qt.ColorScheme.Dark)
            case "light":
                hints.setColorScheme(Qt.ColorScheme.Light)
            case _:
                hints.unsetColorScheme()

    def _wanted(self) -> Tokens:
        hints = self._app.styleHints()
        return tokens_for(
            self._mode, hints.colorScheme(), hints.accessibility().contrastPreference()
        )

    def _apply(self, tokens: Tokens) -> None:
        self.tokens = tokens
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        font.setPixelSize(self.pixels(BODY_PX))
        self._app.setFont(font)
        self._app.setPalette(palette_of(tokens))
        if self.dressed:
            self.dress()
        self.changed.emit()

    def _filled(self, template: str) -> str:
        sized = re.sub(r"@fs(\d+)", lambda m: f"{self.pixels(int(m[1]))}px", template)
        return re.sub(r"@([a-z_]+)", lambda m: str(getattr(self.tokens, m[1])), sized)


def tokens_for(mode: str, scheme: Qt.ColorScheme, preference: Qt.ContrastPreference) -> Tokens:
    """What a mode looks like on a desktop that wants this."""
    match mode:
        case "contrast":
            return CONTRAST
        case "dark":
            return DARK
        case "light":
            return LIGHT
        case _ if preference is Qt.ContrastPreference.HighContrast:
            return CONTRAST
        case _:
            return LIGHT if scheme is Qt.ColorScheme.Light else DARK


def install(resources: Path, mode: str, text_size: int = 100, *, dressed: bool = True) -> Theme:
    """Dress the running application, or leave ``dress`` for later; again only changes the look."""
    if not _installed:
        install_languages(resources)
        return Theme(resources, mode, text_size, dressed=dressed)
    _installed[0].set_look(mode, text_size)
    return _installed[0]


def current() -> Theme:
    """The installed theme."""
    return _installed[0]


def color(role: str) -> QColor:
    """The colour of a role in the theme in use, for widgets that paint themselves."""
    return current().color(role)


def icon(name: str, role: str = "muted") -> QIcon:
    """The icon ``name`` in the colour of ``role``; it follows the theme."""
    return current().icon(name, role)


def pixels(size: int) -> int:
    """A type size in pixels after the font scale."""
    return current().pixels(size)


def is_contrast() -> bool:
    """Whether everything is shown in high contrast: nothing behind words, nothing translucent."""
    return current().is_contrast


def stroke(width: float) -> float:
    """How wide a line is drawn, in pixels, that is usually ``width`` wide."""
    return max(width, _LEAST_STROKE) if is_contrast() else width


def set_style(widget: QWidget, **properties: str | bool) -> None:
    """Set dynamic properties that the style sheet looks at, and restyle when one changed."""
    stale = False
    for name, value in properties.items():
        if widget.property(name) != value:
            widget.setProperty(name, value)
            stale = True
    polished = widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished)
    if stale and polished and current().dressed:  # that styles what was polished before it
        style = widget.style()
        style.unpolish(widget)
        style.polish(widget)


def tabular(font: QFont) -> QFont:
    """The font with figures of one width, for times that count."""
    result = QFont(font)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def system_font_scale() -> float:
    """How much larger than usual the desktop wants its text, 1.0 to 2.0."""
    screen = QGuiApplication.primaryScreen()
    usual = 72.0 if sys.platform == "darwin" else 96.0
    scale = screen.logicalDotsPerInch() / usual if screen else 1.0
    if sys.platform == "win32":
        # Windows' "make text bigger" arrives in the size of the message font, usually 9 points.
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        scale *= max(font.pointSizeF(), 9.0) / 9.0
    return min(max(scale, 1.0), 2.0)


def font_scale_for(text_size: int) -> float:
    """How much larger than usual text is at so many percent of what the system wants."""
    return min(system_font_scale() * text_size / 100, 2.0)


def palette_of(tokens: Tokens) -> QPalette:
    """The palette for widgets and dialogs that the style sheet does not reach."""
    result = QPalette()
    role = QPalette.ColorRole
    table = {
        role.Window: tokens.panel,
        role.WindowText: tokens.text,
        role.Base: tokens.raised,
        role.AlternateBase: tokens.panel,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.error,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.running,
        role.LinkVisited: tokens.running,
        role.Light: tokens.hover,
        role.Midlight: tokens.raised,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.stage,
        role.Accent: tokens.accent,
    }
    for which, value in table.items():
        result.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.faint))
    return result
