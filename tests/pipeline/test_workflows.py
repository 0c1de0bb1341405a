"""Workflows are data: a table, a prompt and a schema; the shipped ones come to the documented outcomes."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from proposer import custody, doctor
from proposer.proving import replay

TABLE = """
[workflows.questions]
summary = "Questions to the author of a change."
prompt = ".github/codex/prompts/questions.md"
schema = "schemas/questions.schema.json"
inputs = ["risk"]
arguments = ["about"]
"""
SCHEMA = {
    "type": "object", "additionalProperties": False, "required": ["questions"],
    "properties": {"questions": {"type": "array", "items": {"type": "string"}}},
}  # fmt: skip
PROMPT = "Ask about {{ arguments.about }}.\n\n{{ facts.risk }}\n\n{{ diff }}\n"
QUESTIONS = {"answer": {"questions": ["Why is the guard gone?"]}}


@pytest.fixture
def asking(lab: Lab) -> Lab:
    """A repository with one more workflow: three files, and a lock."""
    table = lab.root / "proposer.toml"
    lab.write("proposer.toml", table.read_text(encoding="utf-8") + TABLE)
    lab.write(".github/codex/prompts/questions.md", PROMPT)
    lab.write("schemas/questions.schema.json", json.dumps(SCHEMA))
    lab.relock()
    lab.write("note.txt", "keep\na = 2\n")
    lab.commit()
    return lab


def test_a_workflow_of_three_files_runs_by_name_and_its_answer_is_reported(asking: Lab) -> None:
    argv = ("codex.run", "questions", "--base", "HEAD~1", "--head", "HEAD", "--argument", "about=money")
    done = asking.inv(*argv, "--provider", asking.script(QUESTIONS))
    assert done.returncode == 0, done.stderr
    assert "Why is the guard gone?" in done.stdout
    prompt = next((asking.root / ".proposer/runs").glob("*/prompt.md")).read_text(encoding="utf-8")
    assert prompt.startswith("Ask about money.\n")
    assert '"factors"' in prompt


def test_a_workflow_of_three_files_is_in_the_lock_and_the_doctor_knows_it(asking: Lab) -> None:
    lock = (asking.root / "codex.lock").read_text(encoding="utf-8")
    assert ".github/codex/prompts/questions.md" in lock
    assert "schemas/questions.schema.json" in lock
    checks = {check.name: check for check in doctor.examine(asking.root, environment={}, ci=False).checks}
    assert "questions" in checks["settings"].detail
    assert (checks["settings"].status, checks["schemas"].status) == ("ok", "ok")


def test_a_workflow_of_three_files_is_in_the_table_of_the_documentation(asking: Lab) -> None:
    generate = runpy.run_path(str(Path(__file__).parents[2] / "docs" / "generate.py"))
    assert any("`inv codex.run questions`" in line for line in generate["workflows"](asking.root))


def test_a_schema_that_the_provider_would_refuse_is_refused_before_anybody_is_asked(asking: Lab) -> None:
    asking.write("schemas/questions.schema.json", json.dumps(SCHEMA | {"required": []}))
    asking.relock()
    checks = {check.name: check for check in doctor.examine(asking.root, environment={}, ci=False).checks}
    assert checks["schemas"].status == "error"
    assert "optional property" in checks["schemas"].detail
    asking.commit()
    done = asking.inv("codex.run", "questions", "--base", "HEAD", "--provider", asking.script(QUESTIONS))
    assert (done.returncode, "optional property" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        pytest.param(("nothing",), "declares no workflow 'nothing'", id="unknown-workflow"),
        pytest.param(("questions", "--argument", "colour=red"), "takes no argument 'colour'", id="unknown-argument"),
    ],
)
def test_a_request_that_fits_no_table_is_a_usage_error(asking: Lab, argv: tuple[str, ...], told: str) -> None:
    done = asking.inv("codex.run", *argv, "--base", "HEAD~1", "--provider", asking.script(QUESTIONS))
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_run_with_facts_and_arguments_can_be_replayed(asking: Lab) -> None:
    first = asking.review(QUESTIONS, name="questions", arguments={"about": "money; and\nmore"})
    again = replay.replay(asking.root, first.run, environment={}, on_step=asking.steps.append)
    assert (again.outcome.label, again.answer) == ("clean", {"questions": ["Why is the guard gone?"]}), again.message
    assert custody.verify(asking.root, again.run).verified


def risk(score: int, *levels: int, **more: Any) -> dict[str, Any]:
    row = {
        "side": "new", "path": "note.txt", "start_line": 9, "end_line": 9, "quote": "a = 1", "area": "money",
        "title": "t", "why": "w", "mitigation": "m",
    } | more  # fmt: skip
    return {"answer": {"summary": "s", "score": score, "risks": [row | {"level": level} for level in levels]}}


@pytest.mark.parametrize(
    ("turns", "outcome"),
    [
        pytest.param([risk(1)], "clean", id="nothing"),
        pytest.param([risk(3, 3)], "findings", id="below-the-threshold"),
        pytest.param([risk(8)], "blocked", id="at-the-threshold"),
        pytest.param([risk(1, 9)], "blocked", id="a-risk-above-the-score-that-was-given"),
        pytest.param([risk(3, 9, quote="nowhere at all")], "incomplete", id="a-severe-risk-without-its-quote"),
        pytest.param([risk(3, 4, quote="nowhere at all")], "findings", id="a-small-risk-without-its-quote"),
        pytest.param([risk(11)], "invalid", id="out-of-range"),
        pytest.param([{"shell": "git push origin main"}, risk(1)], "clean", id="a-refused-command"),
    ],
)
def test_outcome_of_a_risk_answer(lab: Lab, turns: list[Any], outcome: str) -> None:
    summary = lab.review(*turns, name="risk")
    assert summary.outcome.label == outcome, summary.message


def test_a_model_cannot_talk_down_the_score_that_code_counts(lab: Lab) -> None:
    lab.write("app/auth.py", "def check(): ...\n")
    lab.write("app/migrations/0001_x.py", "")
    lab.write("requirements.txt", "x\n")
    lab.write("Dockerfile", "FROM x\n")
    lab.commit()
    summary = lab.review(risk(1), name="risk")
    assert (summary.outcome.label, summary.answer["score"]) == ("blocked", 10), summary.message
    assert "counted by code" in summary.message
    assert summary.answer["counted_factors"][0].startswith("sensitive paths: +3")
