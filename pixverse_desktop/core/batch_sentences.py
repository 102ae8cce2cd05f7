"""The sentences about many clips at once; see ``core.sentences``."""

from __future__ import annotations

from pixverse_desktop.core.text import QT_TRANSLATE_NOOP

BATCH_SENTENCES = {
    "pattern_too_many": QT_TRANSLATE_NOOP(
        "Problem", "This stands for more than {most:,} texts. Take some of the choices out."
    ),
    "pattern_too_deep": QT_TRANSLATE_NOOP(
        "Problem", "There are more than {most} braces within each other."
    ),
    "brace_not_closed": QT_TRANSLATE_NOOP(
        "Problem", "A brace is not closed. Write \\{{ for a brace itself."
    ),
    "brace_not_opened": QT_TRANSLATE_NOOP(
        "Problem", "A brace closes that was not opened. Write \\}} for a brace itself."
    ),
    "word_list_in_itself": QT_TRANSLATE_NOOP("Problem", "The list {name} contains itself."),
    "word_list_unknown": QT_TRANSLATE_NOOP(
        "Problem", "There is no list {name}. Write \\_ for an underscore itself."
    ),
    "word_list_empty": QT_TRANSLATE_NOOP("Problem", "The list {name} is empty."),
    "table_large": QT_TRANSLATE_NOOP(
        "Problem", "This file has more than {most} MB; that is no list of clips."
    ),
    "table_no_text": QT_TRANSLATE_NOOP(
        "Problem", "This file is not a text. Save it as CSV or as plain text."
    ),
    "table_empty": QT_TRANSLATE_NOOP("Problem", "There is nothing in this file."),
    "table_quotes": QT_TRANSLATE_NOOP(
        "Problem", "The quotes in this table do not fit together ({reason})."
    ),
    "table_columns": QT_TRANSLATE_NOOP(
        "Problem", "This table has {number:,} columns; {most} can be read."
    ),
    "table_unknown_column": QT_TRANSLATE_NOOP(
        "Problem", "This model has no setting that is called {name}."
    ),
    "table_column_twice": QT_TRANSLATE_NOOP("Problem", "The column {name} is there twice."),
    "table_long_row": QT_TRANSLATE_NOOP(
        "Problem", "There are more values in this row than columns in the table."
    ),
    "batch_uneven": QT_TRANSLATE_NOOP(
        "Problem", "One to one: of {name} there are {number:,}, of others {wanted:,}."
    ),
    "batch_too_many": QT_TRANSLATE_NOOP(
        "Problem", "That would be {number:,} clips; {most:,} can be queued at once."
    ),
    "named_reason": QT_TRANSLATE_NOOP("Problem", "{name}: {reason}"),
    "cell_unreadable": QT_TRANSLATE_NOOP("Problem", "“{value}” cannot be used as {label!l}."),
    "list_too_short": QT_TRANSLATE_NOOP(
        "Problem", "One to one: there is no {label!l} for this one."
    ),
}
