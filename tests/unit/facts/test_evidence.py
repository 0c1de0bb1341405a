"""Evidence counts when it names this commit, is fresh and says yes; each other piece is named with its reason."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lab import Lab
from proposer import locking
from proposer.config.settings import Settings, Thresholds, Workflow
from proposer.errors import UsageError
from proposer.facts import evidence
from proposer.facts.ground import Ground
from proposer.inputs import subject as subjects
from proposer.inputs.workspace import opened
from proposer.outputs.gates import evidence as gate
from proposer.outputs.gates.weighing import Ruling, Weighing

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
FRESH, OLD = (NOW - timedelta(hours=1)).isoformat(), (NOW - timedelta(hours=25)).isoformat()
REPORTS: dict[str, Any] = {
    "tests.xml": '<testsuite><testcase name="a"/></testsuite>',
    "coverage.json": {"totals": {"percent_covered": 91.0}},
    "audit.json": {"dependencies": [{"name": "a", "version": "1", "vulns": []}]},
    "scan.sarif": {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": []}]},
    "drills.json": {"schema": "proposer/drills/v1", "drills": [{"name": "d", "outcome": "contained"}]},
    "lock.json": {"schema": "proposer/lock/v1", "action": "check", "exit": 0, "differences": []},
}
GO = {"summary": "s", "decision": "go", "concerns": []}


class Folder:
    """A folder of evidence for the head of a repository, complete until a test spoils it."""

    def __init__(self, lab: Lab, stack: ExitStack) -> None:
        self.lab, self.path, self._stack = lab, lab.scratch / "evidence", stack
        self.path.mkdir()
        lab.write("proposer.toml", "version = 1\n")
        locking.write(lab.root)
        self.commit = lab.commit()
        self.named = {name: {"commit": self.commit, "made_at": FRESH} for name in REPORTS}
        for name, report in REPORTS.items():
            self.put(name, report)
        self.record()

    def put(self, name: str, report: Any) -> None:
        (self.path / name).write_text(report if isinstance(report, str) else json.dumps(report), encoding="utf-8")

    def record(self, **more: Any) -> None:
        run = {
            "git": {"head_sha": self.commit}, "finished_at": FRESH, "name": "review", "outcome": "clean",
            "unlocked": False, "lock_from": "base", "replay_of": None,
        }  # fmt: skip
        (self.path / "review").mkdir(exist_ok=True)
        self.put("review/record.json", {"run": run | more, "tool": {"provider": more.pop("provider", "openai")}})

    def facts(self, *, damage: str = "", **options: Any) -> dict[str, Any]:
        self.put(evidence.MANIFEST, {"schema": "proposer/evidence/v1", "files": self.named})
        workspace = self._stack.enter_context(opened(self.lab.root))
        subject = subjects.resolve(workspace, **({"base": "HEAD", "head": "HEAD"} | options))
        table = {"summary": "s", "prompt": "p", "schema": "s", "thresholds": Thresholds(coverage=80)}
        ground = Ground(
            root=self.lab.root, git=workspace.git(), subject=subject, settings=Settings(), now=NOW,
            workflow=Workflow.model_validate(table), arguments={"evidence": str(self.path)}, damage=lambda _: damage,
        )  # fmt: skip
        return evidence.of(ground)

    def ruling(self, answer: dict[str, Any] = GO, *, rehearsed: bool = False, **more: Any) -> Ruling:
        table = {"summary": "s", "prompt": "p", "schema": "s"}
        facts = {"evidence": self.facts(**more)}
        return gate.rule(Weighing(answer=answer, workflow=Workflow.model_validate(table), facts=facts,
                                  lookup=lambda _side, _path: None, mask=str, rehearsed=rehearsed))  # fmt: skip


@pytest.fixture
def folder(repo: Lab) -> Iterator[Folder]:
    with ExitStack() as stack:
        yield Folder(repo, stack)


def test_complete_and_fresh_evidence_is_a_go(folder: Folder) -> None:
    found = folder.ruling()
    assert [outcome.label for outcome, _ in found.reasons] == ["clean"], found.reasons
    assert found.answer["decision"] == "go"
    assert len(found.answer["evidence"]) == 7


@pytest.mark.parametrize("kind", ["tests.xml", "coverage.json", "audit.json", "scan.sarif", "drills.json", "lock.json"])
def test_each_missing_piece_is_a_no_go(folder: Folder, kind: str) -> None:
    (folder.path / kind).unlink()
    del folder.named[kind]
    found = folder.ruling()
    assert [outcome.label for outcome, _ in found.reasons] == ["blocked"]
    assert "no evidence of the kind" in found.reasons[0][1]
    assert found.answer["decision"] == "no_go"


@pytest.mark.parametrize("kind", REPORTS)
@pytest.mark.parametrize(
    ("spoiled", "status"),
    [
        pytest.param({"made_at": OLD}, "stale", id="old"),
        pytest.param({"made_at": (NOW + timedelta(hours=1)).isoformat()}, "stale", id="from-the-future"),
        pytest.param({"made_at": "2026-03-04T11:00:00"}, "nameless", id="a-time-without-a-zone"),
        pytest.param({"made_at": "yesterday"}, "nameless", id="no-time"),
        pytest.param({"commit": ""}, "nameless", id="no-commit"),
        pytest.param({"commit": "HEAD"}, "other", id="a-name-that-moves"),
        pytest.param({"commit": "0" * 40}, "other", id="another-commit"),
        pytest.param({"sha256": "0" * 64}, "unreadable", id="other-bytes"),
    ],
)
def test_each_piece_that_is_stale_or_nameless_is_a_no_go(
    folder: Folder, kind: str, spoiled: dict[str, str], status: str
) -> None:
    folder.named[kind] |= spoiled
    found = folder.ruling()
    assert [piece["status"] for piece in folder.facts()["pieces"] if piece["name"] == kind] == [status]
    assert [outcome.label for outcome, _ in found.reasons] == ["blocked"]
    assert kind in found.reasons[0][1]


def _unlisted(folder: Folder) -> None:
    del folder.named["tests.xml"]


def _red(folder: Folder) -> None:
    folder.put("tests.xml", '<testsuite><testcase name="a"><failure/></testcase></testsuite>')


def _thin(folder: Folder) -> None:
    folder.put("coverage.json", {"totals": {"percent_covered": 79.9}})


def _named_but_gone(folder: Folder) -> None:
    folder.named["more.xml"] = folder.named["tests.xml"]


def _linked(folder: Folder) -> None:
    (folder.path / "tests.xml").rename(folder.path.parent / "tests.xml")
    (folder.path / "tests.xml").symlink_to(folder.path.parent / "tests.xml")


def _strange(folder: Folder) -> None:
    folder.put("more.bin", "?")


def _contradicting(folder: Folder) -> None:
    other = f'<properties><property name="commit" value="{"1" * 40}"/></properties>'
    folder.put("tests.xml", f'<testsuite>{other}<testcase name="a"/></testsuite>')


@pytest.mark.parametrize(
    "spoil", [_unlisted, _red, _thin, _named_but_gone, _linked, _strange, _contradicting],
    ids=lambda spoil: spoil.__name__.strip("_").replace("_", "-"),
)  # fmt: skip
def test_each_piece_that_cannot_be_relied_on_is_a_no_go(folder: Folder, spoil: Callable[[Folder], None]) -> None:
    spoil(folder)
    assert {outcome.label for outcome, _ in folder.ruling().reasons} == {"blocked"}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"outcome": "blocked"}, id="a-review-that-blocks"),
        pytest.param({"outcome": "incomplete"}, id="a-review-that-saw-only-a-part"),
        pytest.param({"name": "risk"}, id="no-review"),
        pytest.param({"unlocked": True}, id="unlocked"),
        pytest.param({"lock_from": "worktree"}, id="not-under-the-lock-of-its-base"),
        pytest.param({"finished_at": OLD}, id="old"),
        pytest.param({"git": {"head_sha": None}}, id="of-a-working-tree"),
        pytest.param({"git": {"head_sha": "0" * 40}}, id="of-another-commit"),
    ],
)
def test_each_record_that_says_something_else_is_a_no_go(folder: Folder, more: dict[str, Any]) -> None:
    folder.record(**more)
    assert {outcome.label for outcome, _ in folder.ruling().reasons} == {"blocked"}


def test_a_record_that_does_not_verify_is_a_no_go(folder: Folder) -> None:
    assert "answer.md was changed" in folder.ruling(damage="answer.md was changed").reasons[0][1]


def test_a_rehearsed_record_counts_in_a_rehearsal_only(folder: Folder) -> None:
    folder.record()
    path = folder.path / "review" / "record.json"
    path.write_text(path.read_text(encoding="utf-8").replace("openai", "rehearsal"), encoding="utf-8")
    assert [outcome.label for outcome, _ in folder.ruling(rehearsed=True).reasons] == ["clean"]
    assert [outcome.label for outcome, _ in folder.ruling().reasons] == ["blocked"]


def test_a_lock_that_does_not_fit_is_seen_by_the_host_whatever_a_report_says(folder: Folder) -> None:
    folder.lab.write("proposer.toml", "version = 1\n# another\n")
    folder.commit = folder.lab.commit()
    folder.named = {name: {"commit": folder.commit, "made_at": FRESH} for name in REPORTS}
    folder.record()
    found = folder.ruling()
    assert ["the lock of the commit does not fit" in text for _, text in found.reasons] == [True], found.reasons


def test_a_working_tree_that_differs_from_its_commit_cannot_be_deployed(folder: Folder) -> None:
    assert folder.facts(base="", head="")["commit"] == folder.commit
    folder.lab.write("note.txt", "changed\n")
    found = folder.facts(base="", head="")
    assert (found["commit"], bool(found["why_not_a_commit"])) == ("", True)


@pytest.mark.parametrize(
    ("answer", "outcome", "dropped"),
    [
        pytest.param(GO | {"decision": "no_go"}, "blocked", 0, id="the-model-says-no"),
        pytest.param(GO | {"decision": "GO!"}, "blocked", 0, id="the-model-says-something-else"),
        pytest.param(GO | {"concerns": [{"evidence": "tests.xml", "text": "t"}]}, "findings", 0, id="a-concern"),
        pytest.param(GO | {"concerns": [{"evidence": "", "text": "t"}]}, "findings", 0, id="about-the-change"),
        pytest.param(GO | {"concerns": [{"evidence": "none.xml", "text": "t"}]}, "clean", 1, id="about-nothing"),
    ],
)
def test_the_model_can_only_lower(folder: Folder, answer: dict[str, Any], outcome: str, dropped: int) -> None:
    found = folder.ruling(answer)
    assert ([row.label for row, _ in found.reasons], found.dropped) == ([outcome], dropped)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other", "files": {}}', '{"schema": "proposer/evidence/v1"}'])
def test_a_manifest_that_cannot_be_read_is_a_usage_error(folder: Folder, text: str) -> None:
    facts = folder.facts
    folder.put = lambda *_: None  # type: ignore[method-assign] - the manifest stays as it is
    (folder.path / evidence.MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        facts()


def test_a_folder_that_is_not_there_is_a_usage_error(folder: Folder) -> None:
    folder.path /= "gone"
    folder.put = lambda *_: None  # type: ignore[method-assign]
    with pytest.raises(UsageError, match="is not a folder"):
        folder.facts()
