"""Tables as people save them: every delimiter, encoding and way of quoting, and what is refused."""

from __future__ import annotations

import codecs

import pytest

from pixverse_desktop.core.batch.table import MOST_BYTES, read_prompts, read_table
from pixverse_desktop.core.errors import UserError

HEADS = {"prompt", "duration", "name"}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]


def is_column(head: str) -> bool:
    return head.lower() in HEADS


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_way_to_save_it(delimiter: str, encoding: str, end: str) -> None:
    rows = [["prompt", "duration", "name"], ["a fox, quick; brown | red", "2,5", "Füchse"],
            ['said "hello"', "3", ""]]  # fmt: skip
    text = end.join(delimiter.join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in r) for r in rows)
    table = read_table((text + end).encode(encoding), is_column)
    assert table.columns == ("prompt", "duration", "name")
    assert table.records == tuple(map(tuple, rows[1:]))


def test_line_breaks_in_quotes_belong_to_the_prompt() -> None:
    table = read_table(b'prompt,duration\n"first\nsecond\r\nthird",5\n', is_column)
    assert table.records == (("first\nsecond\r\nthird", "5"),)


def test_empty_lines_are_no_records_and_short_ones_are_filled() -> None:
    table = read_table(b"\n\nprompt;duration;name\n\na\n;;\nb;3;c\n", is_column)
    assert table.records == (("a", "", ""), ("b", "3", "c"))


def test_a_table_of_one_column_may_hold_commas() -> None:
    assert read_table(b'prompt\n"a, b"\nc\n', is_column).records == (("a, b",), ("c",))


def test_windows_letters_are_read_where_it_is_no_utf_8() -> None:
    assert read_table(b"prompt\ncaf\xe9 \x80\n", is_column).records == (("café €",),)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "nothing in this file"),
        (b" \n\n", "nothing in this file"),
        (b"prompt\na\0b\n", "not a text"),
        (bytes(range(256)) * 8, "not a text"),
        (codecs.BOM_UTF16_LE + b"a", "not a text"),
        (b'prompt\n"never ends\n', "do not fit together"),
        (b'prompt\n"a"b\n', "do not fit together"),
        (",".join(f"c{n}" for n in range(10_000)).encode(), "10,000 columns"),
        (b"x" * (MOST_BYTES + 1), "20 MB"),
    ],
)
def test_what_is_refused_and_why(data: bytes, sentence: str) -> None:
    with pytest.raises(UserError) as refused:
        read_table(data, is_column)
    assert sentence in refused.value.problem.message


def test_a_prompt_a_line() -> None:
    data = "# my list\n\na fox\n  spaces around  \n\\#1 of all\n#left out\ntwo\tthree\n"
    expected = ("a fox", "spaces around", "#1 of all", "two\tthree")
    assert read_prompts(data.encode("utf-16")) == expected
