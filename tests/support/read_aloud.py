"""What a screen reader is given, written down: one line for each stop of Tab and each row of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QTableView, QWidget

from tests.support.screens import next_stop
from tests.support.seen_widgets import visible

_MOST_STOPS, _MOST_ROWS = 150, 12
_ROLES = QAccessible.Role
_ITEMS = (_ROLES.ListItem, _ROLES.Cell, _ROLES.TreeItem)
_NOT_SAID = {_ROLES.Client: "Pane", _ROLES.PageTab: "Tab"}
_DAY = r"(?:Today|Yesterday|[A-Z][a-z]{2,8} \d{1,2}(?:, \d{4})?)"
_CLOCK = r"\d{1,2}:\d{2}[\s\u202f][AP]M"
_TIMES = re.compile(rf"{_DAY}, {_CLOCK}")
_DATES = re.compile(rf"\d{{1,2}}/\d{{1,2}}/\d{{2}}[\s\u202f]{_CLOCK}")
_PASSED = re.compile(r"\d{4,}:\d{2}:\d{2}")
_MONTHS = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_VARIES = {_TIMES: "<time>", _DATES: "<time>", _PASSED: "<passed>", _MONTHS: "<month>"}


def told(widget: QWidget) -> QAccessibleInterface:
    """What Qt gives a reader for a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def stops_of(shown: QWidget) -> list[QWidget]:
    """Where Tab leads, from where the keyboard is until it comes back."""
    first = QApplication.focusWidget()
    stops = [first] if first is not None and shown.isAncestorOf(first) else []
    for _ in range(_MOST_STOPS):
        stop = next_stop(shown)
        if stop is None or stop in stops:
            break
        stops.append(stop)
    return stops


def read(shown: QWidget) -> str:
    """The whole screen."""
    lines = [f"# {told(shown).text(QAccessible.Text.Name)}"]
    for stop in stops_of(shown):
        lines.append(line_of(told(stop)))
        if isinstance(stop, QAbstractItemView):
            lines += [f"  - {line}" for line in rows_of(stop)]
    for view in visible(shown, QAbstractItemView):
        if view.focusPolicy() is Qt.FocusPolicy.NoFocus and isinstance(
            view, QListView | QTableView
        ):
            lines += [f"Led by another: {line_of(told(view))}"]
            lines += [f"  - {line}" for line in rows_of(view)]
    return "\n".join(_without_time(line) for line in lines) + "\n"


def line_of(one: QAccessibleInterface) -> str:
    """Role, name, value and state, description."""
    name = _name(one)
    value = _plain(one.text(QAccessible.Text.Value))
    about = _plain(one.text(QAccessible.Text.Description))
    known = [value, *_states(one)]
    role = _NOT_SAID.get(one.role(), one.role().name)
    parts = [f"{role}: {name or '(NO NAME)'}"]
    parts += [f"[{', '.join(filter(None, known))}]"] if any(known) else []
    parts += [f"({about})"] if about != name and about else []  # as readers leave it out
    return " ".join(parts)


def _name(one: QAccessibleInterface) -> str:
    """Of a combo box Qt gives what is chosen, and on Linux the label that it belongs to."""
    labels = [
        other.text(QAccessible.Text.Name)
        for other, relation in one.relations()
        if relation == QAccessible.RelationFlag.Label and one.role() is _ROLES.ComboBox
    ]
    return _plain(labels[0] if labels else one.text(QAccessible.Text.Name))


def rows_of(view: QAbstractItemView) -> Iterator[str]:
    """The first rows; of a table all the cells that say something."""
    columns = view.model().columnCount() if isinstance(view, QTableView) else 1
    one = told(view)
    children = (one.child(n) for n in range(one.childCount()))
    cells = [_cell(child) for child in children if child is not None and child.role() in _ITEMS]
    for row in range(0, min(len(cells), _MOST_ROWS * columns), columns):
        yield " | ".join(filter(None, cells[row : row + columns])) or "(NO NAME)"


def _cell(one: QAccessibleInterface) -> str:
    states = _states(one)
    text = _plain(one.text(QAccessible.Text.Name))
    about = _plain(one.text(QAccessible.Text.Description))
    return text + (f" [{', '.join(states)}]" if states else "") + (f" ({about})" if about else "")


def _states(one: QAccessibleInterface) -> list[str]:
    state = one.state()
    said = {
        "checked": state.checked,
        "not checked": state.checkable and not state.checked,
        "selected": state.selected,
        "not available": state.disabled,
        "read only": state.readOnly and one.role() is _ROLES.EditableText,
        "password": state.passwordEdit,
        "invalid": state.invalid,
    }
    return [word for word, is_so in said.items() if is_so]


def _plain(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def _without_time(line: str) -> str:
    for pattern, instead in _VARIES.items():
        line = pattern.sub(instead, line)
    return line
