"""Every text that a user can read reaches the extractor, and is shown translated."""

from __future__ import annotations

import ast
import dataclasses
import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QMimeData, QModelIndex, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pixverse_desktop.core.errors import ProblemCode, problem
from pixverse_desktop.core.jobs.states import JobState
from pixverse_desktop.core.messages import Message
from pixverse_desktop.core.model.pixverse_v6 import PIXVERSE_V6
from pixverse_desktop.core.model.price import Price
from pixverse_desktop.core.sentences import SENTENCES
from pixverse_desktop.core.service import Hold, HoldReason
from pixverse_desktop.store.job_store import JobStore
from pixverse_desktop.ui.base import localised
from pixverse_desktop.ui.base.context import UiContext
from pixverse_desktop.ui.base.messages import translated
from pixverse_desktop.ui.commands.shortcuts_dialog import ShortcutsDialog
from pixverse_desktop.ui.compose.drop_offer import FrameSlot
from pixverse_desktop.ui.compose.panel import ComposePanel
from pixverse_desktop.ui.dialogs.about import AboutDialog
from pixverse_desktop.ui.dialogs.rescue import RescueDialog
from pixverse_desktop.ui.dialogs.settings_dialog import SettingsDialog
from pixverse_desktop.ui.player.panel import PlayerPanel
from pixverse_desktop.ui.queue.panel import QueuePanel
from pixverse_desktop.ui.shell.close_dialog import CloseDialog
from pixverse_desktop.ui.shell.main_window import MainWindow
from pixverse_desktop.ui.shell.views import all_commands
from tests.show.languages import ROOT, TRANSLATIONS, extract, release
from tests.support.factories import demo_status, make_job, saved_job
from tests.support.pseudo_language import pseudo_text, speaking, texts_in, write_pseudo_language
from tests.support.window_fakes import make_context

PACKAGE = ROOT / "pixverse_desktop"
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
# Texts that are declared elsewhere, each marked there with QT_TRANSLATE_NOOP.
DECLARED = {
    "QCoreApplication.translate('Commands', self.value)",
    "QCoreApplication.translate('Commands', self.text)",
    "QCoreApplication.translate('Commands', view.title)",
    "translate('Problem', SENTENCES[text.code])",
    "translate('Parameter', label)",
    "QCoreApplication.translate('Parameter', spec.label)",
    "QCoreApplication.translate('Parameter', spec.help)",
    "translate('Parameter', spec.rule.unit)",
}


@pytest.fixture(scope="session")
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pseudo-language, compiled; its ``.ts`` stands beside it."""
    return write_pseudo_language(tmp_path_factory.mktemp("language"))


# --- what the source says ---


def marked_texts() -> Iterator[tuple[str, ast.Call, str, ast.expr]]:
    """File, call, context and text of every ``tr``, ``translate`` and ``QT_TRANSLATE_NOOP``."""
    for name, tree in TREES.items():
        for holder in ast.walk(tree):
            if isinstance(holder, ast.ClassDef):
                for node in ast.walk(holder):
                    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".tr"):
                        yield name, node, holder.name, node.args[0]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "translate", "QCoreApplication.translate", "QT_TRANSLATE_NOOP",
            ):  # fmt: skip
                yield name, node, ast.literal_eval(node.args[0]), node.args[1]


def test_every_marked_text_is_found_by_the_extractor(language: Path) -> None:
    used, unreachable = set(), []
    for name, call, context, text in marked_texts():
        if isinstance(text, ast.Constant):
            used.add((context, text.value))
        elif ast.unparse(call) not in DECLARED:
            unreachable.append((name, call.lineno, ast.unparse(call)))
    assert unreachable == []
    assert used == texts_in(language.with_suffix(".ts"))


def test_plurals_go_through_tr_alone() -> None:
    """The extractor sees the number in no other call."""
    counted = {
        (name, ast.unparse(call.func)): "%n" in text.value or "%Ln" in text.value
        for name, call, _, text in marked_texts()
        if isinstance(text, ast.Constant) and (len(call.args) > 2 or "%" in text.value)
        if len(call.args) > 2 or re.search("%L?n", text.value)
    }
    assert all(counted.values())
    assert {function.rpartition(".")[2] for _, function in counted} == {"tr"}
    tr_calls = [ast.unparse(n.func) for t in TREES.values() for n in ast.walk(t)
                if isinstance(n, ast.Call) and ast.unparse(n.func).endswith(".tr")]  # fmt: skip
    assert set(tr_calls) == {"self.tr"}


def test_what_is_declared_as_data_can_be_translated(language: Path) -> None:
    known = texts_in(language.with_suffix(".ts"))
    with speaking(language):
        for command in all_commands():
            assert command.title == pseudo_text(command.text)
    assert {("Problem", text) for text in SENTENCES.values()} <= known
    for spec in PIXVERSE_V6.parameters:
        texts = {spec.label, spec.help, getattr(spec.rule, "unit", "")} - {""}
        assert {("Parameter", text) for text in texts} <= known


SHOWS = frozenset(
    {"setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setWindowTitle",
     "setPlaceholderText", "show_message", "addItem", "addAction", "addMenu", "QPushButton",
     "QLabel", "QCheckBox", "plain_label", "SentenceLabel.show_message", "said.emit",
     "setNameFilter", "setSuffix", "setPrefix"}
)  # fmt: skip
NOT_WORDS = {"Pixverse Desktop", "job_abc123", "\tDel"}  # a name, what an id looks like, a key


def literals(node: ast.expr) -> Iterator[str]:
    """The texts in an expression that no translator sees."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
        "tr", "translate", "with_key", "icon",
    ):  # fmt: skip
        for given in node.args[:1] if "with_key" in ast.unparse(node.func) else []:
            yield from literals(given)
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BinOp | ast.JoinedStr):
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                yield from literals(part)


def test_no_words_are_shown_untranslated_by_the_source() -> None:
    wrong = []
    for name, tree in TREES.items():
        if not name.startswith("ui/"):
            continue
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = ast.unparse(node.func)
            if function.rpartition(".")[2] in SHOWS or function.endswith("said.emit"):
                found = {t for t in literals(node.args[0]) if re.search(r"[^\W\d_]{2}", t)}
                if {text for text in found - NOT_WORDS if "(*." not in text}:
                    wrong.append((name, node.lineno, found))
    assert wrong == []


# --- English ---


def test_a_moment_of_today_and_yesterday_is_told_in_words(qapp: object) -> None:
    now = datetime.now().replace(hour=12, minute=8)
    told = [localised.date_and_time((now - timedelta(days=n)).timestamp()) for n in range(3)]
    assert told[0].startswith("Today, 12:08")
    assert told[1].startswith("Yesterday, 12:08")
    assert told[2].startswith((now - timedelta(days=2)).strftime("%-m/%-d/"))


def test_english_has_all_plural_forms(tmp_path: Path) -> None:
    """``make languages`` has nothing to do."""
    kept, found = TRANSLATIONS / "pixverse_en.ts", tmp_path / "pixverse_en.ts"
    shutil.copy(kept, found)
    extract(found, "-source-language", "en", "-target-language", "en", "-pluralonly")
    assert found.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
    assert "unfinished" not in found.read_text(encoding="utf-8")
    release(found, tmp_path / "pixverse_en.qm")
    assert (tmp_path / "pixverse_en.qm").read_bytes() == kept.with_suffix(".qm").read_bytes()


# --- another language ---


@pytest.fixture
def german() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    yield
    QLocale.setDefault(before)


@pytest.mark.usefixtures("german", "qapp")
def test_numbers_and_dates_are_written_as_the_system_writes_them(language: Path) -> None:
    assert localised.shortest(Decimal("1234.50")) == "1.234,5"
    assert localised.price_text(Price(Decimal("7.5"), Decimal(12))) == "7,5–12"
    assert localised.number(10_000) == "10.000"
    assert re.match(r"\d\d\.\d\d\.\d\d", localised.date_and_time(1_780_000_000.0))
    limit = Message("limit_passed", limit=Decimal("12.5"), spent=Decimal(7), price=Decimal(3))
    long = Message("text_too_long", label="Prompt", length=2049, most=2048)
    with speaking(language):
        assert translated(limit).startswith("[äYour daily limit of ]12,5[ä credits would be")
        assert translated(long) == (
            "[äThe ][äPrompt][ä has ]2.049[ä characters; the service takes ]2.048."
        )


@pytest.mark.usefixtures("qapp")
def test_a_problem_is_shown_in_the_language_of_the_window(language: Path) -> None:
    inner = Message("fetched_again", reason=Message("link_dead", status=410))
    with speaking(language):
        needs = translated(Message("needs", label="Start frame"))
        assert needs == "[äThis model needs ][äStart frame]."
        assert translated(inner) == (
            "[äThe link to the clip is dead (HTTP ]410).[ä The clip is fetched again.]"
        )
        assert translated("Said by an earlier version.") == "Said by an earlier version."
    assert translated(inner) == inner


# --- what a window shows ---

KEY = (
    r"(?:(?:Ctrl|Shift|Alt|Meta)\+)*(?:\S|F\d+|Del|Backspace|Space|Return|Enter|Esc|Tab|Home|End"
    r"|Left|Right|Up|Down|PgUp|PgDown|Ins)"
)
NOT_TEXT = re.compile(
    r"\[ä[^\]]*\]"  # translated
    r"|(?:^|(?<=[\s\]]))[~/]\S.*|[^\]\n]*\.mp4"  # paths and files
    r"|Pixverse Desktop|PixelDojo|PixVerse V6|pixverse-v6|Clip \d+|\[f\d+\]"  # names, prompts
    r"|\d+p\b|job_\w+|\w+_image_url|https?://\S*|\{\w+\}"  # the service's own words
    rf"|\({KEY}(?:, {KEY})*\)(?=$|\n)|^{KEY}(?:\s+{KEY})*$|\t{KEY}$"
)


def untranslated(text: str) -> str:
    """What remains of a text without what is translated and what belongs to the user."""
    rest = NOT_TEXT.sub("", text)
    return text if re.search(r"[^\W\d_]{2}", rest) else ""


def shown_texts(window: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Everything in a window that is read or spoken."""
    for widget in (window, *window.findChildren(QWidget)):
        yield widget, widget.toolTip()
        yield widget, widget.accessibleName()
        yield widget, widget.accessibleDescription()
        yield widget, widget.windowTitle()
        match widget:
            case QLabel() | QAbstractButton():
                yield widget, widget.text()
            case QLineEdit():
                yield widget, widget.placeholderText()
            case QPlainTextEdit():
                yield widget, widget.placeholderText()
            case QComboBox():
                yield from ((widget, widget.itemText(n)) for n in range(widget.count()))
            case QGroupBox():
                yield widget, widget.title()
            case QMenu():
                yield widget, widget.title()
            case QTabWidget():
                yield from ((widget, widget.tabText(n)) for n in range(widget.count()))
            case QAbstractItemView() if widget.model() is not None:
                yield from ((widget, text) for text in _texts_of(widget))
    for action in window.findChildren(QAction):
        yield window, action.text()
        yield window, action.toolTip()


def _texts_of(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for column in range(3):  # none has more; what a list says of its number cannot be called
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(QModelIndex())):
            index = model.index(row, column, QModelIndex())
            if not index.isValid():
                continue
            for role in (
                Qt.ItemDataRole.DisplayRole,
                Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole,
            ):
                found = index.data(role)
                if isinstance(found, str):
                    yield found


def assert_translated(window: QWidget) -> None:
    """No text of a window is in English."""
    texts = list(shown_texts(window))
    found = {(type(widget).__name__, text) for widget, text in texts if untranslated(text)}
    assert found == set()
    assert sum("[ä" in text for _, text in texts) > 3


@pytest.fixture
def pseudo(language: Path) -> Iterator[None]:
    with speaking(language):
        yield


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[UiContext]:
    """A service that holds the queue, jobs of every state, and a library with two clips."""
    limit = Message("limit_passed", limit=Decimal(9), spent=Decimal(7), price=Decimal(3))
    hold = Hold(HoldReason.LIMIT, problem(ProblemCode.LIMIT, limit))
    store = JobStore(tmp_path)
    store.open()
    for number in (1, 2):
        store.add_jobs(saved_job(number, f"Clip {number}", path=str(tmp_path / f"{number}.mp4")))
    context = dataclasses.replace(
        make_context(demo_status(hold=hold)), library=lambda: store.library
    )
    for number, state in enumerate(JobState):
        wrong = problem(ProblemCode.FAILED) if state is JobState.FAILED else None
        context.bridge.show_job(make_job(number, state, problem=wrong))
    yield context
    store.close()


@pytest.mark.usefixtures("pseudo")
def test_the_main_window(qtbot: QtBot, filled: UiContext) -> None:
    player = PlayerPanel(filled)
    window = MainWindow(filled, player, QueuePanel(filled))
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.show()
    assert_translated(window)
    window.views.show_view("library")
    assert_translated(window)
    assert filled.library is not None
    window.views.compare(*filled.library().get(["job1", "job2"]).jobs)
    assert_translated(window)
    window.views.close_comparison()
    player.shutdown()


@pytest.mark.usefixtures("pseudo")
def test_a_reason_from_below_the_window(qtbot: QtBot, filled: UiContext) -> None:
    panel = ComposePanel(filled)
    qtbot.addWidget(panel)
    filled.commands.bad_files["/a/false.png"] = Message("pdf")
    mime = QMimeData()
    mime.setUrls([QUrl("file:///a/false.png")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    well = panel.frames.wells[FrameSlot.START]
    QApplication.sendEvent(well, QDragEnterEvent(QPoint(5, 5), copy, mime, left, none))
    assert panel.frames.error.text() == pseudo_text(SENTENCES["pdf"])
    assert well.accessibleDescription() == pseudo_text(SENTENCES["pdf"])


@pytest.mark.usefixtures("pseudo")
def test_the_palette(qtbot: QtBot, filled: UiContext) -> None:
    window = MainWindow(filled, PlayerPanel(filled), QueuePanel(filled))
    qtbot.addWidget(window)
    window.show()
    window.user_actions.open_palette()
    palette = window.user_actions.palette_opener.palette
    assert_translated(palette)
    for query in (">a", "#a", "@a", "xyzzy"):
        palette.search.setText(query)
        assert_translated(palette)
    palette.close()
    window.player.shutdown()


@pytest.mark.usefixtures("pseudo")
def test_the_dialogs(qtbot: QtBot, filled: UiContext) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    closing = CloseDialog(parent)
    closing.show_jobs(filled.bridge.jobs.values())
    for dialog in (
        AboutDialog(parent, filled),
        ShortcutsDialog(parent, all_commands()),
        SettingsDialog(filled, parent),
        RescueDialog(parent, filled.bridge),
        closing,
    ):
        assert_translated(dialog)
