"""What became of the findings of the last run is decided by the files, not by what a model happens to say."""

from typing import Any

import pytest

from proposer.outputs.answer import Finding
from proposer.outputs.carried import Carried, carry, fingerprint, read

ROW = {
    "title": "t", "body": "b", "severity": "P1", "confidence": 0.5, "category": "money", "side": "new",
    "path": "pay.py", "start_line": 1, "end_line": 1, "quote": "post(amount)",
}  # fmt: skip


def finding(**more: Any) -> Finding:
    return Finding.model_validate(ROW | more)


def before(status: str, **more: Any) -> Carried:
    row = finding(**more)
    return read([{"fingerprint": fingerprint(row), "status": status, "finding": row.model_dump()}])[0]


def statuses(now: list[Finding], earlier: list[Carried], text: str = "post(amount)\n") -> list[str]:
    lookup = lambda side, path: text if (side, path) == ("new", "pay.py") else None  # noqa: E731
    return [row.status for row in carry(now, earlier, lookup=lookup, mask=str)]


@pytest.mark.parametrize(
    "more",
    [
        {"title": "x"},
        {"start_line": 9},
        {"severity": "P3"},
        {"side": "old"},
        {"quote": " post(amount)\n"},
        {"body": "x"},
    ],
)
def test_what_changes_from_run_to_run_is_not_in_the_fingerprint(more: dict[str, Any]) -> None:
    assert fingerprint(finding(**more)) == fingerprint(finding())


@pytest.mark.parametrize("more", [{"category": "data"}, {"path": "x.py"}, {"quote": "post(amounts)"}])
def test_category_path_and_quote_are_in_the_fingerprint(more: dict[str, Any]) -> None:
    assert fingerprint(finding(**more)) != fingerprint(finding())


@pytest.mark.parametrize(
    ("now", "earlier", "text", "expected"),
    [
        pytest.param(True, "", "post(amount)\n", ["new"], id="new"),
        pytest.param(True, "new", "post(amount)\n", ["persisting"], id="persisting"),
        pytest.param(True, "unknown", "post(amount)\n", ["persisting"], id="seen-again"),
        pytest.param(True, "resolved", "post(amount)\n", ["reopened"], id="reopened"),
        pytest.param(False, "new", "other\n", ["resolved"], id="resolved"),
        pytest.param(False, "new", "post(amount)\n", ["unknown"], id="not-mentioned-but-there"),
        pytest.param(False, "resolved", "post(amount)\n", ["resolved"], id="resolved-stays-so-until-it-is-said-again"),
        pytest.param(False, "reopened", "other\n", ["resolved"], id="resolved-again"),
    ],
)
def test_status_of_a_finding(now: bool, earlier: str, text: str, expected: list[str]) -> None:
    assert statuses([finding()] if now else [], [before(earlier)] if earlier else [], text) == expected


def test_a_removed_line_that_came_back_is_resolved() -> None:
    old = before("new", side="old")
    assert statuses([], [old], "post(amount)\n") == ["resolved"]
    assert statuses([], [old], "other\n") == ["unknown"]
