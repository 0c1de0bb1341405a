"""From what was seen to one outcome: the worst wins, and the model can only make it worse."""

from collections.abc import Sequence
from typing import Any

import pytest

from proposer.config.settings import Workflow
from proposer.errors import Outcome
from proposer.inputs.prompt import Diff, Hidden
from proposer.outputs.carried import Carried
from proposer.outputs.verdict import Observed, Verdict, judge

FINDING = {
    "title": "t", "body": "b", "severity": "P2", "confidence": 0.5, "category": "money", "side": "new",
    "path": "pay.py", "start_line": 1, "end_line": 1, "quote": "post(amount)",
}  # fmt: skip
P0, LOST = FINDING | {"severity": "P0"}, FINDING | {"quote": "nowhere to be found"}
NOTHING = Diff(text="", excluded=(), not_reviewed=(), hidden=())
SIGN = Hidden(path="pay.py", line=2, text="a\u200b", names="U+200B")


def judged(
    answer: Any, *, diff: Diff = NOTHING, observed: Observed | None = None, text: str | None = "post(amount)\n",
    earlier: Sequence[Carried] = (), tree: str = "", **workflow: Any,
) -> Verdict:  # fmt: skip
    table = {"summary": "s", "prompt": "p", "schema": "s", **workflow}
    return judge(
        answer, workflow=Workflow.model_validate(table), diff=diff, observed=observed or Observed(),
        lookup=lambda _side, path: text if path == "pay.py" else None, mask=str, earlier=earlier, tree=tree,
    )  # fmt: skip


def says(verdict: Any, *findings: Any) -> dict[str, Any]:
    return {"summary": "s", "verdict": verdict, "findings": list(findings)}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(says("approve"), "clean", id="nothing"),
        pytest.param(says("approve", FINDING), "findings", id="a-small-one"),
        pytest.param(says("approve", P0), "blocked", id="a-blocker-whatever-the-verdict"),
        pytest.param(says("request_changes", FINDING), "blocked", id="changes-requested"),
        pytest.param(says("request_changes"), "incomplete", id="changes-requested-for-nothing"),
        pytest.param(says("request_changes", LOST), "incomplete", id="changes-requested-for-what-is-not-there"),
        pytest.param(says("comment", LOST), "clean", id="a-lost-small-one"),
        pytest.param(says("comment", LOST | {"severity": "P1"}), "incomplete", id="a-lost-blocker"),
        pytest.param(says("comment", LOST | {"severity": "P1"}, P0), "blocked", id="a-lost-and-a-found-blocker"),
        pytest.param(says("comment", FINDING | {"severity": "P9"}), "incomplete", id="an-unknown-severity"),
        pytest.param(says("comment", {"title": "half"}), "incomplete", id="half-a-finding"),
        pytest.param(says("comment", {"title": "half"}, FINDING), "incomplete", id="half-a-finding-and-a-whole-one"),
        pytest.param({"verdict": "approve", "findings": "none"}, "incomplete", id="findings-are-no-list"),
        pytest.param(says("reject"), "incomplete", id="an-unknown-verdict"),
        pytest.param(says("Request_Changes"), "incomplete", id="a-verdict-in-another-spelling"),
        pytest.param(says({"a": 1}), "incomplete", id="a-verdict-that-is-no-text"),
        pytest.param(says("comment", P0 | {"path": "../../etc/passwd"}), "incomplete", id="a-path-out-of-the-tree"),
        pytest.param(says("comment", P0 | {"path": "/etc/passwd"}), "incomplete", id="an-absolute-path"),
        pytest.param(says("comment", P0 | {"quote": "}"}), "incomplete", id="a-blocker-that-quotes-a-brace"),
        pytest.param({"notes": "another kind of answer"}, "clean", id="no-findings-at-all"),
        pytest.param(None, "clean", id="no-answer"),
    ],
)
def test_outcome_of_an_answer(answer: Any, outcome: str) -> None:
    found = judged(answer)
    assert found.outcome.label == outcome
    assert all(reason for _, reason in found.reasons)


@pytest.mark.parametrize(
    ("observed", "sandbox", "outcome"),
    [
        pytest.param(Observed(written=("x",)), "read-only", "violated", id="a-read-only-run-wrote"),
        pytest.param(Observed(written=("x",)), "workspace-write", "clean", id="a-writing-run-wrote"),
        pytest.param(Observed(ignored=("x",)), "workspace-write", "clean", id="a-writing-run-wrote-what-git-ignores"),
        pytest.param(Observed(config_changed=True), "read-only", "violated", id="the-configuration-changed"),
        pytest.param(Observed(violations=("x",)), "read-only", "violated", id="a-violation"),
        pytest.param(Observed(instruction_paths=("AGENTS.md",)), "read-only", "incomplete", id="instructions"),
        pytest.param(Observed(truncated=("Loaded only",)), "read-only", "incomplete", id="cut-instructions"),
        pytest.param(Observed(refused=(("x", "y"),), strays=3), "read-only", "clean", id="refusals-and-strays"),
    ],
)
def test_the_world_counts_whatever_the_answer_claims(observed: Observed, sandbox: str, outcome: str) -> None:
    assert judged(says("approve"), observed=observed, sandbox=sandbox).outcome.label == outcome


def test_the_worst_reason_wins_and_all_are_kept() -> None:
    observed = Observed(written=("x",), instruction_paths=("AGENTS.md",))
    found = judged(says("comment", P0), observed=observed)
    assert found.outcome is Outcome.VIOLATED
    assert [outcome.label for outcome, _ in found.reasons] == ["violated", "incomplete", "blocked", "findings"]


def test_what_was_not_reviewed_is_incomplete_and_named() -> None:
    found = judged(says("approve"), diff=Diff(text="", excluded=("a",), not_reviewed=("huge.py",), hidden=()))
    assert (found.outcome.label, "huge.py" in found.reasons[0][1]) == ("incomplete", True)
    assert (
        judged(says("approve"), diff=Diff(text="", excluded=("a",), not_reviewed=(), hidden=())).outcome.label
        == "clean"
    )


def test_hidden_characters_are_findings_that_no_answer_can_talk_away() -> None:
    diff = Diff(text="", excluded=(), not_reviewed=(), hidden=(SIGN,))
    found = judged(says("approve"), diff=diff)
    assert (found.outcome.label, found.findings[0].start_line, found.findings[0].severity) == ("blocked", 2, "P1")


def test_hidden_characters_do_not_stand_in_for_the_findings_of_the_model() -> None:
    diff = Diff(text="", excluded=(), not_reviewed=(), hidden=(SIGN,))
    assert judged(says("request_changes", LOST), diff=diff, block=["P0"]).outcome.label == "incomplete"


def test_lost_and_unreadable_findings_are_counted_and_equal_ones_count_once() -> None:
    found = judged(says("comment", FINDING, FINDING, FINDING | {"start_line": 9}, LOST, {"title": "half"}))
    assert (len(found.findings), found.dropped) == (1, 2)


def test_a_flood_of_findings_is_cut_off_and_incomplete() -> None:
    rows = [FINDING | {"title": str(number)} for number in range(1_000)]
    found = judged(says("comment", *rows))
    assert (found.outcome.label, len(found.findings), found.dropped) == ("incomplete", 1, 800)


@pytest.mark.parametrize(
    ("given", "needs", "outcome"),
    [
        ('{"cmd": "pytest -q"}', [["pytest"]], "incomplete"),
        ('{"cmd": "cd x && pytest -q"}', [["pytest"]], "incomplete"),
        ('{"cmd": "ls; pytest -q | tail"}', [["pytest", "-q"]], "incomplete"),
        ('{"cmd": "echo pytest"}', [["pytest"]], "clean"),
        ('{"cmd": "pytest"}', [], "clean"),
        ("*** Begin Patch", [["pytest"]], "clean"),
        ('{"cmd": 7}', [["pytest"]], "clean"),
    ],
)
def test_a_refused_command_that_the_workflow_needs(given: str, needs: list[list[str]], outcome: str) -> None:
    assert judged(says("approve"), observed=Observed(refused=((given, "no"),)), needs=needs).outcome.label == outcome


def test_five_findings_are_shown_the_most_severe_first_and_the_cut_is_said() -> None:
    text = "".join(f"post(amount_{n})\n" for n in range(8))
    rows = [FINDING | {"quote": f"post(amount_{n})", "severity": "P1" if n > 5 else "P3"} for n in range(8)]
    found = judged(says("comment", *rows), text=text)
    assert [row.severity for row in found.findings] == ["P1", "P1", "P3", "P3", "P3"]
    assert found.outcome is Outcome.BLOCKED
    assert found.notes == (
        "3 finding(s) beyond the first 5 were cut, the most severe of them is P3: see answer.json of the record",
    )
    assert len(found.carried) == 8
    rows = [row | {"severity": "P0"} for row in rows]
    assert "the most severe of them is P0" in judged(says("comment", *rows), text=text).notes[0]


def test_a_blocker_of_the_last_run_does_not_go_away_because_nobody_mentions_it() -> None:
    first = judged(says("comment", P0)).carried
    assert [row.status for row in first] == ["new"]
    silent = judged(says("approve"), earlier=first, tree="another")
    assert (silent.outcome.label, [row.status for row in silent.carried]) == ("findings", ["unknown"])
    assert "still there and was not mentioned" in silent.reasons[0][1]
    assert judged(says("approve"), earlier=first).outcome.label == "clean"  # the same tree, another answer
    mended = judged(says("approve"), earlier=first, text="post(once)\n")
    assert (mended.outcome.label, [row.status for row in mended.carried]) == ("clean", ["resolved"])
    again = judged(says("comment", P0), earlier=mended.carried)
    assert (again.outcome.label, [row.status for row in again.carried]) == ("blocked", ["reopened"])
