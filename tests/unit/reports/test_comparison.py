"""Two runs side by side: what differs, and for each finding only what can be known."""

import io
import json
from typing import Any

import pytest

from history import History, carried, finding
from lab import Lab
from proposer.reports.comparison import Comparison, compared

ROW = finding("P1", "src/fees.py", "fee = amount * 0.1")


def fates(history: History) -> dict[str, str]:
    """Return what became of each finding from the first run to the last, by path."""
    found = compared(history.store.root, history.runs[0], history.runs[-1])
    return {fate.finding.path: fate.status for fate in found.fates}


def tree(repo: Lab, text: str, path: str = "src/fees.py") -> str:
    """Commit a file and return the tree."""
    repo.write(path, text)
    repo.commit()
    return repo.git("rev-parse", "HEAD^{tree}")


def test_new_persisting_and_resolved(history: History, repo: Lab) -> None:
    stays, comes = finding("P2", "a.py", "stays()"), finding("P3", "b.py", "comes()")
    history.add("blocked", ROW, stays, tree=tree(repo, "fee = amount * 0.1\n"))
    history.add("findings", stays, comes, tree=tree(repo, "fee = Decimal(1)\n"))
    assert fates(history) == {"a.py": "persisting", "b.py": "new", "src/fees.py": "resolved"}


PARTLY: dict[str, dict[str, Any]] = {
    **{
        outcome: {"outcome": outcome} for outcome in ("incomplete", "unavailable", "invalid", "violated", "interrupted")
    },
    "not reviewed": {"outcome": "blocked", "not_reviewed": ["big.bin"]},
    "dropped": {"outcome": "findings", "dropped": 1},
    "instruction paths": {"outcome": "blocked", "instruction_paths": ["AGENTS.md"]},
}


@pytest.mark.parametrize("facts", PARTLY.values(), ids=PARTLY)
def test_what_is_missing_from_a_run_that_did_not_look_at_everything_is_unknown(
    history: History, repo: Lab, facts: dict[str, Any]
) -> None:
    gone = tree(repo, "fee = Decimal(1)\n")
    history.add("blocked", ROW)
    history.add(**facts, tree=gone)
    assert fates(history) == {"src/fees.py": "unknown"}
    history.runs.reverse()
    assert fates(history) == {"src/fees.py": "unknown"}


def test_silence_about_lines_that_are_still_there_is_unknown(history: History, repo: Lab) -> None:
    there = tree(repo, "x = 1\n    fee = amount * 0.1\n")
    history.add("blocked", ROW, tree=there)
    history.add("clean", tree=there)
    assert fates(history) == {"src/fees.py": "unknown"}


def test_a_removed_line_that_came_back_is_resolved(history: History, repo: Lab) -> None:
    row = finding("P1", "src/fees.py", "check(balance)", side="old")
    history.add("blocked", row, tree=tree(repo, "nothing\n"))
    history.add("clean", tree=tree(repo, "check(balance)\n"))
    assert fates(history) == {"src/fees.py": "resolved"}
    history.add("clean", tree=tree(repo, "nothing more\n"))
    assert fates(history) == {"src/fees.py": "unknown"}


def test_what_the_run_itself_says_counts_first(history: History) -> None:
    history.add("blocked", ROW)
    history.add("clean", carried_rows=[carried(ROW, "resolved")])
    assert fates(history) == {"src/fees.py": "resolved"}


UNSURE: dict[str, tuple[dict[str, Any], str]] = {
    "another workflow": ({"name": "risk"}, "looks for other things"),
    "a tree that is not here": ({"tree": "e" * 40}, "is not here to look at"),
}


@pytest.mark.parametrize(("facts", "why"), UNSURE.values(), ids=UNSURE)
def test_what_cannot_be_known_is_unknown(history: History, facts: dict[str, Any], why: str) -> None:
    history.add("blocked", ROW)
    history.add("clean", **facts)
    (fate,) = compared(history.store.root, *history.runs).fates
    assert (fate.status, why in fate.why) == ("unknown", True)


def test_a_masked_quote_is_not_looked_for(history: History, repo: Lab) -> None:
    history.add("blocked", finding("P0", "src/fees.py", 'key = "[REDACTED:token]"'))
    history.add("clean", tree=tree(repo, "x\n"))
    assert fates(history) == {"src/fees.py": "unknown"}


def test_what_went_in_and_came_out_is_compared(history: History) -> None:
    history.add(files={"answer.json": '{\n  "summary": "a"\n}\n'}, model="m1", sandbox="read-only")
    history.add("blocked", files={"answer.json": '{\n  "summary": "b"\n}\n'}, model="m2", sandbox="workspace-write")
    found = document(compared(history.store.root, *history.runs))
    assert found["tool"] == [{"name": "model", "first": "m1", "second": "m2"}]
    assert found["policy"] == [{"name": "sandbox", "first": "read-only", "second": "workspace-write"}]
    assert found["inputs"] == found["subject"] == []
    assert {row["name"] for row in found["result"]} == {"outcome"}
    assert [line for line in found["answer"]["diff"][2:] if line[0] in "+-"] == [
        '-  "summary": "a"',
        '+  "summary": "b"',
    ]


def test_a_run_is_the_same_as_itself(history: History) -> None:
    history.add("blocked", ROW)
    found = document(compared(history.store.root, history.runs[0], history.runs[0]))
    assert not any(found[part] for part in ("inputs", "subject", "policy", "tool", "result"))
    assert (found["answer"]["changed"], [row["status"] for row in found["findings"]]) == (False, ["persisting"])


def test_no_text_of_a_stranger_acts(history: History) -> None:
    hostile = "\x1b[2J[red]x[/] ::error::y\u202e"
    history.add("blocked", finding("P0", hostile, hostile, title=hostile), files={"answer.json": hostile})
    history.add(model=hostile, message=hostile, files={"answer.json": hostile + "\n::error::z"})
    stream = io.StringIO()
    compared(history.store.root, *history.runs).show(stream)
    assert not {"\x1b", "\u202e"} & set(stream.getvalue())
    assert "[red]x[/]" in stream.getvalue()
    assert "\n::" not in stream.getvalue().replace(" ", "")


def document(found: Comparison) -> dict[str, Any]:
    whole = found.document()
    assert json.loads(json.dumps(whole)) == whole
    return whole
