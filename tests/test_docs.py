"""The documents for people: their links lead somewhere, and what they name exists."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pixverse_desktop.__main__ import _COMMANDS as COMMANDS
from pixverse_desktop.ui.shell.views import all_commands
from tests.show import shots

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packaging/*.md"))
)
GUIDE = ROOT / "docs" / "guide"
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```", re.S)
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]+")
_KEY = re.compile(r"\b(?:(?:Ctrl|Shift|Alt)\+)+(?:[A-Z][a-z]*|[0-9,\[\]])(?![A-Za-z])")
_TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
# Keys of Qt and of lists, which no command of ours has.
_ELSEWHERE = {"Ctrl+Z", "Ctrl+Enter", "Shift+Enter"}
_WITHIN_MAKE = {"LANGUAGE", "GUIDE", "KILLS", "SEED", "PYTHON"}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def anchors(path: Path) -> set[str]:
    """What stands after # in links to the headings of a page, as forges spell it."""
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", path.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@cache
def help_of(command: str) -> str:
    argv = [sys.executable, "-m", "pixverse_desktop", *command.split(), "--help"]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@cache
def texts_of_the_window() -> set[str]:
    """Every text in the source of the window, without the marks of menus."""
    found: set[str] = set()
    for path in (ROOT / "pixverse_desktop" / "ui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value.replace("&", "").removesuffix("…"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        assert place.is_relative_to(ROOT), target
        assert not anchor or anchor in anchors(place), target


def test_the_guide_shows_every_picture_that_is_taken_for_it() -> None:
    shown = {
        Path(target).stem
        for page in GUIDE.glob("*.md")
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if target.endswith(".webp")
    }
    assert shown == set(shots.GUIDE_SHOTS.values())
    assert shown == {path.stem for path in (GUIDE / "pictures").iterdir()}


def test_the_index_names_every_page() -> None:
    linked = _LINK.findall((GUIDE / "README.md").read_text(encoding="utf-8"))
    assert {path.name for path in GUIDE.glob("*.md")} - {"README.md"} <= set(linked)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_commands_of_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for word in re.findall(r"pixverse-desktop ([a-z]+)", text):
        assert word in COMMANDS, word
    for line in re.findall(r"`make ([^`]+)`", text):
        words = [word for word in line.split() if "=" not in word]
        assert set(words) <= _TARGETS, line
        variables = {word.partition("=")[0] for word in line.split() if "=" in word}
        assert variables <= _WITHIN_MAKE, line


def test_the_page_of_the_command_line_tells_of_every_command_and_no_unknown_option() -> None:
    text = (GUIDE / "command-line.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^pixverse-desktop ([a-z]+)", text, re.M)) == set(COMMANDS)
    known = {"", *COMMANDS, "film run", "film export"} - {"film"}
    offered = {option for command in known for option in _OPTION.findall(help_of(command))}
    assert set(_OPTION.findall(text)) <= offered


@pytest.mark.parametrize("page", sorted(GUIDE.glob("*.md")), ids=named)
def test_the_guide_names_texts_and_keys_that_the_window_has(page: Path) -> None:
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    for words in re.findall(r"\*\*([^*]+)\*\*", text):
        if len(words) > 1:  # a key
            shown = " ".join(words.split()).removesuffix("…")
            assert shown in texts_of_the_window(), words
    keys = {key for command in all_commands() for key in command.keys} | _ELSEWHERE
    for key in _KEY.findall(text):
        assert key in keys or key.replace("Enter", "Return") in keys, key
