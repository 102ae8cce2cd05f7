"""A language of no country: every text that Qt's extractor finds, in brackets and with an umlaut.

What is shown without them was written where no translator can reach it. What is filled in stands
outside of the brackets, since it has to be translated by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

from PySide6.QtCore import QCoreApplication, QTranslator

from tests.show.languages import extract, release


def texts_in(source: Path) -> set[tuple[str, str]]:
    """Context and text of everything in a ``.ts`` file."""
    root = ElementTree.parse(source).getroot()
    return {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in root.iter("context")
        for message in context.iter("message")
    }


def pseudo_text(text: str) -> str:
    """A text in that language."""
    parts = re.split(r"((?<!\{)\{[^{}]*\}|%L?n)", text)
    return "".join(
        part if n % 2 or not re.search(r"[^\W\d_]", part) else f"[ä{part}]"
        for n, part in enumerate(parts)
    )


def write_pseudo_language(folder: Path) -> Path:
    """The compiled language, in ``folder``."""
    source = folder / "pixverse_pseudo.ts"
    extract(source, "-source-language", "en", "-target-language", "en")
    tree = ElementTree.parse(source)
    for message in tree.iter("message"):
        translation = message.find("translation")
        assert translation is not None
        translation.attrib.clear()
        said = pseudo_text(message.findtext("source", ""))
        forms = list(translation.iter("numerusform"))
        for target in forms or [translation]:
            target.text = said
    tree.write(source, encoding="utf-8", xml_declaration=True)
    target = source.with_suffix(".qm")
    release(source, target)
    return target


@contextmanager
def speaking(language: Path) -> Iterator[None]:
    """What is built meanwhile speaks it."""
    translator = QTranslator()
    assert translator.load(str(language))
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)
