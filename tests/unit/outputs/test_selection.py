"""Five findings at most, the most severe first, none twice, none about what a linter reports; each cut is counted."""

from typing import Any

import pytest

from proposer.outputs.answer import Finding
from proposer.outputs.nits import is_nit
from proposer.outputs.selection import select

ROW = {
    "title": "posted twice", "body": "b", "severity": "P2", "confidence": 0.5, "category": "money", "side": "new",
    "path": "pay.py", "start_line": 1, "end_line": 1, "quote": "post(amount)",
}  # fmt: skip


@pytest.mark.parametrize(
    "title",
    [
        "Unused import of Decimal", "Missing docstring on post()", "Missing type hints", "Trailing whitespace",
        "nit: rename this variable", "Inconsistent naming of amounts", "Line too long", "Typo in the comment",
        "Consider adding a unit test", "ruff would complain here", "Style issue: quotes", "Import order",
    ],
)  # fmt: skip
def test_topics_of_linters_are_no_findings_unless_they_are_severe(title: str) -> None:
    assert is_nit(Finding.model_validate(ROW | {"title": title}))
    assert not is_nit(Finding.model_validate(ROW | {"title": title, "severity": "P1"}))


@pytest.mark.parametrize(
    "title",
    [
        "White space in an IBAN is not stripped, so the account is not found", "The import job posts entries twice",
        "Comments of customers are logged", "Rounding depends on the number format", "A retry posts again",
        "The type of the column loses cents", "Style sheet is served without authentication", "No test money",
        "The quote is stored as a float", "Line items of two currencies are added up",
    ],
)  # fmt: skip
def test_defects_that_only_sound_alike_are_findings(title: str) -> None:
    assert not is_nit(Finding.model_validate(ROW | {"title": title}))


def chosen(*rows: dict[str, Any]) -> Any:
    return select({"findings": [ROW | row for row in rows]}, lookup=lambda _side, _path: "post(amount)\n", mask=str)


def test_the_same_lines_twice_count_once_with_the_higher_severity() -> None:
    found = chosen({"severity": "P3"}, {"severity": "P1", "title": "again"}, {"severity": "P2"}, {"category": "data"})
    assert [(row.severity, row.category) for row in found.said] == [("P1", "money"), ("P2", "data")]
    assert found.doubles == 2


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    found = chosen({"title": "Unused import"}, {"quote": "nowhere at all"}, {})
    assert (len(found.said), found.nits, len(found.lost)) == (1, 1, 1)
