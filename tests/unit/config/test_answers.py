"""Answers are judged before anything is written, all of them in one go."""

import json

import pytest

from proposer.config import assets
from proposer.config.answers import CHOICES, problems

GOOD = {
    "project_name": "O'Connor & Søn \"Ltd\" {{x}}", "project_slug": "ledger-app", "package_name": "ledger_app",
    "author_name": "Ørsted", "author_email": "dev+x@example.co.uk", "model": "gpt-5.5", "effort": "medium",
    "proposer_source": "proposer==0.1.0", **{name: values[0] for name, values in CHOICES.items()},
}  # fmt: skip


def test_good_answers_have_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project_name", ""),
        ("project_name", "a\nb"),
        ("project_name", "a\u202eb"),
        ("project_name", "x" * 201),
        ("author_name", "  "),
        ("project_slug", "Ledger"),
        ("project_slug", "ledger--app"),
        ("project_slug", "../x"),
        ("project_slug", "x" * 51),
        ("project_slug", "fastapi"),
        ("package_name", "2x"),
        ("package_name", "a-b"),
        ("package_name", "class"),
        ("package_name", "json"),
        ("package_name", "finance"),
        ("package_name", "p" * 41),
        ("author_email", "nobody"),
        ("author_email", 'a"b@example.com'),
        ("author_email", "a@b.c\n* @evil"),
        ("model", "gpt 5"),
        ("model", 'x"y'),
        ("effort", "Very High"),
        ("proposer_source", "./here"),
        ("proposer_source", "other==1"),
        *((name, "nothing-of-this") for name in CHOICES),
    ],
)
def test_a_bad_answer_is_named_once(name: str, value: str) -> None:
    [row] = problems({**GOOD, name: value})
    assert row.startswith(name)


@pytest.mark.parametrize(
    "source",
    ["proposer", "proposer>=0.1,<1", "proposer @ file:///x", "/opt/a b/proposer-0.1.0-py3-none-any.whl",
     "https://example.com/proposer.whl", "git+https://example.com/proposer"],
)  # fmt: skip
def test_proposer_may_come_from_a_requirement_a_path_or_a_url(source: str) -> None:
    assert problems({**GOOD, "proposer_source": source}) == []


def test_all_problems_are_told_with_what_is_allowed() -> None:
    rows = problems({**GOOD, "stack": "rails", "license": "GPL", "package_name": "import"})
    assert len(rows) == 3
    assert any("fastapi" in row for row in rows)
    assert any("MIT" in row for row in rows)


def test_the_questions_and_their_allowed_values_stand_in_one_place_each() -> None:
    context = json.loads((assets.folder("template") / "cookiecutter.json").read_text(encoding="utf-8"))
    closed = {name: tuple(value) for name, value in context.items() if isinstance(value, list) and name[0] != "_"}
    assert {name: values[0] for name, values in closed.items()} == {name: values[0] for name, values in CHOICES.items()}
    assert {name: set(values) for name, values in closed.items()} == {n: set(v) for n, v in CHOICES.items()}
    assert set(context["__prompts__"]) == {name for name in context if not name.startswith("_")}
