"""Sentences by code: each used as it is declared, stored with code and text, read back by both."""

from __future__ import annotations

import ast
import copy
import dataclasses
import json
import string
from decimal import Decimal
from pathlib import Path

import pytest

from pixverse_desktop.core.errors import Action, Problem, ProblemCode, problem
from pixverse_desktop.core.messages import Message, message_from_json, message_to_json
from pixverse_desktop.core.redaction import register_secret
from pixverse_desktop.core.sentences import SENTENCES
from pixverse_desktop.store.job_rows import job_from_row, job_to_row
from tests.support.factories import plain_job

PACKAGE = Path(__file__).resolve().parents[2] / "pixverse_desktop"
TREES = {
    path: ast.parse(path.read_text(encoding="utf-8"))
    for path in PACKAGE.rglob("*.py")
    if path.name != "sentences.py"
}
NESTED = Message("list_rebuilt", what=Message("list_gone"), jobs=3)
LIMIT = Message("limit_passed", limit=Decimal("1234.50"), spent=Decimal(7), price=Decimal(3))


def fields_of(code: str) -> set[str]:
    """The arguments that a template names."""
    return {name for _, name, *_ in string.Formatter().parse(SENTENCES[code]) if name is not None}


def test_every_sentence_is_used_and_every_call_gives_its_arguments() -> None:
    texts, wrong = set(), []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "Message":
                continue
            given = {keyword.arg for keyword in node.keywords}
            if not isinstance(node.args[0], ast.Constant) or None in given:
                continue
            code = node.args[0].value
            if code not in SENTENCES or fields_of(code) != given:
                wrong.append((path.name, node.lineno, code))
    assert wrong == []
    assert set(SENTENCES) - texts == set()


def test_no_sentence_is_written_where_it_is_raised() -> None:
    """The text of a problem is a Message, or comes from outside; it is no literal of ours."""
    wrong = []
    for path, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in (
                "problem", "Violation", "_refused", "_failed",
            ):  # fmt: skip
                continue
            for given in node.args[:2]:
                if isinstance(given, ast.JoinedStr) or (
                    isinstance(given, ast.Constant) and " " in str(given.value)
                ):
                    wrong.append((path.name, node.lineno))
    assert wrong == []


def test_a_message_reads_as_english() -> None:
    assert LIMIT == (
        "Your daily limit of 1,234.5 credits would be passed: 7 are spent or may have been, and "
        "the next clip may cost 3. Nothing more is sent today."
    )
    assert NESTED.startswith("The list of jobs was gone. It was rebuilt")
    assert Message("needs", label="End frame") == "This model needs an end frame."
    assert Message("text_too_long", label="Prompt", length=2049, most=2048) == (
        "The prompt has 2,049 characters; the service takes 2,048."
    )


def test_what_comes_from_outside_is_plain_and_holds_no_key() -> None:
    register_secret("pd_message_4711")
    said = Message("failed_because", reason="\u202eno pd_message_4711\x00 " + "x" * 900)
    assert said.startswith("The service could not make this clip: no *** xxx")
    assert len(said) <= 600
    assert "4711" not in json.dumps(message_to_json(said))


@pytest.mark.parametrize("said", [NESTED, LIMIT, Message("offline")])
def test_a_message_survives_storing_and_copying(said: Message) -> None:
    stored = json.loads(json.dumps(message_to_json(said)))
    for again in (message_from_json(stored, "older"), copy.deepcopy(said)):
        assert isinstance(again, Message)
        assert (again, again.code, again.args) == (said, said.code, said.args)
    assert message_from_json(json.dumps(stored), "older") == said


@pytest.mark.parametrize(
    "stored",
    [
        None, 7, [], "no JSON", {"code": "offline"}, {"code": "of_a_newer_version", "args": {}},
        {"code": "link_dead", "args": {}}, {"code": "link_dead", "args": {"status": None}},
        {"code": "link_dead", "args": {"status": {"credits": "x"}}},
        {"code": "text_too_long", "args": {"label": "a", "length": "b", "most": 2}},
    ],
)  # fmt: skip
def test_what_is_not_known_here_keeps_its_text(stored: object) -> None:
    said = message_from_json(stored, "As it was said then.")
    assert said == "As it was said then."
    assert not isinstance(said, Message)


def test_a_row_holds_code_and_text() -> None:
    job = dataclasses.replace(plain_job(), problem=problem(ProblemCode.LIMIT, LIMIT))
    row = job_to_row(job)
    kept = json.loads(row[8])["problem"]
    assert kept["message"] == LIMIT
    assert (kept["code"], kept["said"]["code"]) == ("limit", "limit_passed")
    again = job_from_row(row)
    assert again == job
    assert again.problem is not None
    assert isinstance(again.problem.message, Message)


def test_a_row_of_an_earlier_version_keeps_its_sentence() -> None:
    old = Problem(ProblemCode.SERVICE, "As it was said then.", Action.WAIT)
    row = job_to_row(dataclasses.replace(plain_job(), problem=old))
    data = json.loads(row[8])
    del data["problem"]["said"]
    again = job_from_row((*row[:8], json.dumps(data)))
    assert again.problem == old
