"""Answers of a scripted model become the documented outcomes."""

import json

import pytest

from lab import CLEAN, FINDING, Lab, says
from proposer import custody

LOST = FINDING | {"quote": "this text is nowhere"}
REMOVED = FINDING | {"side": "old", "quote": "guard()", "start_line": 1, "end_line": 1}
BROKEN = {"answer": {"findings": "x"}}


@pytest.mark.parametrize(
    ("turns", "outcome", "code"),
    [
        pytest.param([CLEAN], "clean", 0, id="nothing-found"),
        pytest.param([says("comment", FINDING | {"severity": "P2"})], "findings", 0, id="a-p2-does-not-block"),
        pytest.param([says("comment", FINDING)], "blocked", 7, id="a-p0-blocks-whatever-the-verdict"),
        pytest.param([says("request_changes", FINDING | {"severity": "P3"})], "blocked", 7, id="changes-requested"),
        pytest.param([says("request_changes", REMOVED)], "blocked", 7, id="a-removed-line-can-block"),
        pytest.param([says("comment", LOST)], "incomplete", 5, id="a-p0-with-a-wrong-quote"),
        pytest.param([says("request_changes")], "incomplete", 5, id="changes-requested-without-findings"),
        pytest.param([says("comment", LOST | {"severity": "P2"})], "clean", 0, id="a-lost-p2-is-only-dropped"),
        pytest.param([{"answer_text": ""}], "invalid", 6, id="empty"),
        pytest.param([{"answer_text": "not json"}], "invalid", 6, id="not-json"),
        pytest.param([{"answer_text": '{"a": 1, "a": 2}'}], "invalid", 6, id="a-key-twice"),
        pytest.param([BROKEN], "invalid", 6, id="schema-broken"),
        pytest.param([says("approve", FINDING | {"confidence": 7})], "invalid", 6, id="out-of-range"),
        pytest.param([[{"say": "{}"}, CLEAN]], "clean", 0, id="two-messages-in-a-turn-the-last-counts"),
        pytest.param([{"say": "thinking"}, CLEAN], "clean", 0, id="an-interim-message-is-not-the-answer"),
        pytest.param([[CLEAN, {"say": "and one more thing"}]], "invalid", 6, id="the-last-message-is-no-answer"),
    ],
)
def test_outcome_of_an_answer(lab: Lab, turns: list[object], outcome: str, code: int) -> None:
    summary = lab.review(*turns)
    assert (summary.outcome.label, summary.outcome.exit_code) == (outcome, code), summary.message
    assert custody.verify(lab.root, summary.run).verified


def test_dropped_findings_are_counted_and_verified_ones_are_re_anchored(lab: Lab) -> None:
    summary = lab.review(says("comment", LOST | {"severity": "P2"}, FINDING | {"severity": "P2", "start_line": 90}))
    assert summary.dropped == 1
    assert [(row.start_line, row.end_line) for row in summary.findings] == [(2, 2)]


def test_the_report_names_the_finding_and_says_that_no_model_was_asked(lab: Lab) -> None:
    summary = lab.review(says("comment", FINDING))
    report = (lab.record(summary) / "answer.md").read_text(encoding="utf-8")
    assert report.startswith("**No model was asked")
    assert "note.txt:2" in report
    done = lab.inv(
        "codex.review", "--base", "HEAD~1", "--head", "HEAD", "--provider", lab.script(says("comment", FINDING))
    )
    assert done.returncode == 7
    assert done.stdout.startswith("No model was asked")


def test_invisible_characters_in_the_change_are_a_finding_by_themselves(lab: Lab) -> None:
    lab.write("note.txt", "keep\na = 1\nif access_level != 'user\u202e \u2066// check\u2069':\n")
    lab.commit()
    summary = lab.review(CLEAN)
    assert (summary.outcome.label, summary.findings[0].start_line) == ("blocked", 3)
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert "⟦U+202E⟧" in prompt
    assert "\u202e" not in prompt


def test_a_quote_with_shown_escapes_is_found_in_the_file(lab: Lab) -> None:
    lab.write("note.txt", "keep\npay\u200bee = 2\n")
    lab.commit()
    quoted = FINDING | {"quote": "pay⟦U+200B⟧ee = 2", "severity": "P2"}
    assert lab.review(says("comment", quoted)).dropped == 0


def test_json_holds_exactly_one_document_of_the_documented_shape(lab: Lab) -> None:
    done = lab.inv(
        "codex.review",
        "--base",
        "HEAD~1",
        "--head",
        "HEAD",
        "--provider",
        lab.script(says("comment", FINDING)),
        "--json",
    )
    document = json.loads(done.stdout)
    assert list(document) == [
        "schema", "run", "workflow", "outcome", "exit", "record", "fingerprint", "statement", "findings", "dropped",
        "not_reviewed", "excluded", "instruction_paths", "refused_commands", "proposal", "usage", "seconds", "message",
    ]  # fmt: skip
    assert (done.returncode, document["exit"], document["schema"]) == (7, 7, "proposer/run/v1")
    assert "\n" not in document["message"]
    assert done.stderr


def test_a_finished_run_is_reused_until_something_changes(lab: Lab) -> None:
    provider = lab.script(CLEAN)
    first = lab.review(provider=provider)
    again = lab.review(provider=provider)
    fresh = lab.review(provider=provider, fresh=True)
    assert (again.run, again.fingerprint) == (first.run, first.fingerprint)
    assert fresh.run != first.run
    assert fresh.fingerprint == first.fingerprint
    lab.write("note.txt", "keep\na = 2\n")
    lab.commit()
    assert lab.review(provider=provider).fingerprint != first.fingerprint


def test_an_incomplete_run_is_never_reused(lab: Lab) -> None:
    provider = lab.script(says("request_changes"))
    assert lab.review(provider=provider).run != lab.review(provider=provider).run


def test_a_tampered_record_is_never_reused(lab: Lab) -> None:
    provider = lab.script(says("comment", FINDING))
    first = lab.review(provider=provider)
    path = lab.record(first) / "record.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"blocked"', '"clean"'), encoding="utf-8")
    assert lab.review(provider=provider).run != first.run


def test_an_empty_change_is_clean_without_asking_the_model(lab: Lab) -> None:
    lab.commit("empty")
    summary = lab.review({"http": 500})
    assert summary.outcome.label == "clean"
    assert lab.requests(summary) == []


@pytest.mark.parametrize("suffix", [".md", ".json", ".sarif"])
def test_the_report_is_written_in_the_form_that_the_suffix_names(lab: Lab, suffix: str) -> None:
    out = lab.root / ".proposer" / "reports" / f"review{suffix}"
    script = lab.script(says("comment", FINDING))
    lab.inv("codex.review", "--base", "HEAD~1", "--head", "HEAD", "--provider", script, "--out", str(out))
    text = out.read_text(encoding="utf-8")
    if suffix == ".md":
        assert "note.txt:2" in text
    else:
        assert json.loads(text)["version" if suffix == ".sarif" else "schema"] in ("2.1.0", "proposer/run/v1")
