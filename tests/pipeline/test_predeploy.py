"""`predeploy` through whole runs: one piece of evidence after the other is spoiled, while the model always says go."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, Lab
from proposer import digests
from proposer.provenance import record, statement
from proposer.reports.summary import Summary

GO = {"answer": {"summary": "s", "decision": "go", "concerns": []}}
KINDS = {
    "junit": "tests.xml", "coverage": "coverage.xml", "pip-audit": "audit.json", "sarif": "scan.sarif",
    "drills": "drills.json", "lock": "lock.json",
}  # fmt: skip
REPORTS = {
    "tests.xml": '<testsuite><testcase name="a"/></testsuite>',
    "coverage.xml": '<coverage line-rate="0.95"/>',
    "audit.json": json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}),
    "scan.sarif": json.dumps({"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]}),
    "drills.json": json.dumps({"schema": "proposer/drills/v1", "drills": [{"name": "d", "outcome": "contained"}]}),
}


class Evidence:
    """A folder of evidence for HEAD, complete and fresh; `spoiled` gives a copy of it for each attempt."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.folder, self.attempts = lab, lab.scratch / "evidence", 0
        self.review = lab.review(CLEAN).run
        self.put(self.folder, self.review)
        reports = REPORTS | {"lock.json": lab.inv("codex.lock", "--check", "--json").stdout}
        for name, text in reports.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        row = {"commit": lab.git("rev-parse", "HEAD"), "made_at": datetime.now(UTC).isoformat()}
        self.named = {name: dict(row) for name in reports}

    def put(self, folder: Path, run: str) -> None:
        """Lay the record of a run into a folder of evidence, under its own name."""
        shutil.copytree(self.lab.root / ".proposer" / "runs" / run, folder / run)

    def asked(self, spoil: Callable[[Path, dict[str, dict[str, str]]], None]) -> Summary:
        """Spoil a copy of the folder and what its manifest says, and ask for go or no-go."""
        self.attempts += 1
        folder, named = self.lab.scratch / f"spoiled-{self.attempts}", json.loads(json.dumps(self.named))
        shutil.copytree(self.folder, folder)
        spoil(folder, named)
        manifest = {"schema": "proposer/evidence/v1", "files": named}
        (folder / "evidence.json").write_text(json.dumps(manifest), encoding="utf-8")
        return self.lab.review(GO, name="predeploy", arguments={"evidence": str(folder)}, fresh=True)


@pytest.fixture
def evidence(lab: Lab) -> Evidence:
    return Evidence(lab)


def rewritten(place: Path, **run: Any) -> None:
    """Say something else in a record, and make its statement agree: it verifies as it lies there."""
    path = place / "record.json"
    document = record.Document.model_validate_json(path.read_bytes())
    document = document.model_copy(update={"run": document.run.model_copy(update=run)})
    data = document.model_dump_json().encode()
    path.write_bytes(data)
    (place / "statement.json").write_bytes(statement.of(document, digests.of_bytes(data)))


def no_go(summary: Summary, words: str) -> None:
    assert (summary.outcome.label, summary.outcome.exit_code) == ("blocked", 7), summary.message
    assert summary.answer["decision"] == "no_go"
    assert len(summary.answer["against"]) == 1, summary.answer["against"]
    assert words in summary.message


def test_complete_and_fresh_evidence_is_a_go(evidence: Evidence) -> None:
    summary = evidence.asked(lambda _folder, _named: None)
    assert (summary.outcome.label, summary.answer["decision"]) == ("clean", "go"), summary.message
    assert len(summary.answer["evidence"]) == len(KINDS) + 1


def test_each_missing_piece_is_a_no_go_although_the_model_says_go(evidence: Evidence) -> None:
    for kind, name in KINDS.items():

        def spoil(folder: Path, named: dict[str, dict[str, str]], name: str = name) -> None:
            (folder / name).unlink()
            del named[name]

        no_go(evidence.asked(spoil), f"no evidence of the kind {kind}")
    no_go(evidence.asked(lambda folder, _: shutil.rmtree(folder / evidence.review)), "no evidence of the kind record")


def test_each_stale_piece_is_a_no_go_although_the_model_says_go(evidence: Evidence) -> None:
    old = (datetime.now(UTC) - timedelta(hours=25)).isoformat()
    for name in KINDS.values():

        def spoil(_folder: Path, named: dict[str, dict[str, str]], name: str = name) -> None:
            named[name]["made_at"] = old

        no_go(evidence.asked(spoil), f"{name} is stale")
    no_go(evidence.asked(lambda folder, _: rewritten(folder / evidence.review, finished_at=old)),
          f"{evidence.review} is stale")  # fmt: skip


def test_each_nameless_piece_is_a_no_go_although_the_model_says_go(evidence: Evidence) -> None:
    for name in KINDS.values():

        def spoil(_folder: Path, named: dict[str, dict[str, str]], name: str = name) -> None:
            del named[name]

        no_go(evidence.asked(spoil), f"{name} is nameless")

    def of_a_working_tree(folder: Path, _: dict[str, dict[str, str]]) -> None:
        shutil.rmtree(folder / evidence.review)
        evidence.lab.write("note.txt", "keep\na = 2\n")
        evidence.put(folder, evidence.lab.review(CLEAN, base="HEAD", head="").run)
        evidence.lab.git("checkout", "-q", "note.txt")

    no_go(evidence.asked(of_a_working_tree), " is nameless")


def test_each_piece_about_another_commit_is_a_no_go_although_the_model_says_go(evidence: Evidence) -> None:
    before = evidence.lab.git("rev-parse", "HEAD~1")
    for name in KINDS.values():

        def spoil(_folder: Path, named: dict[str, dict[str, str]], name: str = name) -> None:
            named[name]["commit"] = before

        no_go(evidence.asked(spoil), f"{name} is about another commit")

    def of_the_commit_before(folder: Path, _: dict[str, dict[str, str]]) -> None:
        shutil.rmtree(folder / evidence.review)
        evidence.put(folder, evidence.lab.review(CLEAN, base="HEAD~2", head="HEAD~1").run)

    no_go(evidence.asked(of_the_commit_before), " is about another commit")
