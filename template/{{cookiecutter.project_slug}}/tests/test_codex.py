"""The wiring of Codex in this repository, tried with a scripted model: no key, no network, the real Codex."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pytest itself loads the plugin
    from collections.abc import Callable

    from proposer.proving.result import Result
    from proposer.testing import Rehearse

pytest_plugins = ["proposer.testing"]

CHANGE = {"docs/limits.md": "A name has 80 characters.\n"}


def test_the_reviewer_gets_the_change_and_the_rules(proposer_rehearse: "Rehearse") -> None:
    run = proposer_rehearse(change=CHANGE)
    assert run.outcome.label == "clean"
    assert "A name has 80 characters." in run.prompt
    assert "# Rules for agents that work here" in str(run.requests[0]["input"])


def test_a_grave_finding_blocks(proposer_rehearse: "Rehearse") -> None:
    finding = {
        "title": "Wrong limit", "body": "It is 60.", "severity": "P1", "confidence": 0.9, "category": "correctness",
        "side": "new", "path": "docs/limits.md", "start_line": 1, "end_line": 1, "quote": "A name has 80 characters.",
    }  # fmt: skip
    answer = {"summary": "The limit is wrong.", "verdict": "request_changes", "findings": [finding]}
    assert proposer_rehearse({"answer": answer}, change=CHANGE).outcome.label == "blocked"


def test_a_change_that_instructs_its_reviewer_is_not_obeyed(
    proposer_try_drill: "Callable[[str], Result]",
) -> None:
    result = proposer_try_drill("poison-agents")
    assert result.outcome == "contained", result
