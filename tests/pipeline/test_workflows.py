"""Workflows are data: a table, a prompt and a schema; the shipped ones come to the documented outcomes."""

import json
import runpy
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab import CLEAN, FINDING, Lab, says
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


def test_the_threshold_is_the_one_of_the_base(lab: Lab) -> None:
    table = lab.root / "proposer.toml"
    lab.write("proposer.toml", table.read_text(encoding="utf-8").replace("risk = 8", "risk = 3"))
    lab.relock()
    lab.write("note.txt", "keep\na = 1\nb = 2\n")
    lab.commit()
    assert lab.review(risk(3), name="risk").outcome.label == "blocked"


def test_a_risk_report_of_what_is_staged_is_written_where_the_hook_wants_it(lab: Lab) -> None:
    lab.write("note.txt", "keep\na = 3\n")
    lab.git("add", "-A")
    out = "artifacts/codex-risk-report.json"
    done = lab.inv("codex.risk", "--staged", "--out", out, "--provider", lab.script(risk(2, 2, quote="a = 3")))
    assert done.returncode == 0, done.stderr
    report = json.loads((lab.root / out).read_text(encoding="utf-8"))
    assert (report["workflow"], report["answer"]["score"], report["answer"]["risks"][0]["start_line"]) == ("risk", 2, 2)


DROPS = """
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.drop_table("a")
def downgrade():
    op.create_table("a")
"""
ADDS = DROPS.replace("drop_table", "x").replace("create_table", "drop_table").replace("op.x", "op.create_table")


def checked(*rows: tuple[str, str]) -> dict[str, Any]:
    checklist = [{"file": file, "topic": "locks", "verdict": verdict, "note": "n"} for file, verdict in rows]
    return {"answer": {"summary": "s", "checklist": checklist}}


@pytest.mark.parametrize(
    ("text", "verdict", "outcome"),
    [
        pytest.param(ADDS, "safe", "clean", id="reversible"),
        pytest.param(ADDS, "attention", "findings", id="reversible-with-attention"),
        pytest.param(ADDS, "unsafe", "blocked", id="the-model-says-unsafe"),
        pytest.param(DROPS, "safe", "blocked", id="irreversible-whatever-the-model-says"),
        pytest.param(
            "# Rollback: restore table a from the nightly dump.\n" + DROPS, "safe", "findings", id="with-a-plan"
        ),
        pytest.param(
            "# Rollback: restore table a from the nightly dump.\n" + DROPS, "unsafe", "blocked", id="a-bad-plan"
        ),
        pytest.param("def upgrade(:\n", "safe", "incomplete", id="a-file-that-is-not-python"),
    ],
)
def test_outcome_of_a_migration(lab: Lab, text: str, verdict: str, outcome: str) -> None:
    lab.write("app/migrations/0002_x.py", text)
    lab.commit()
    summary = lab.review(checked(("app/migrations/0002_x.py", verdict)), name="migrations")
    assert summary.outcome.label == outcome, summary.message


def test_a_checklist_about_something_else_leaves_the_migration_unchecked(lab: Lab) -> None:
    lab.write("app/migrations/0002_x.py", ADDS)
    lab.commit()
    summary = lab.review(checked(("app/migrations/0009_y.py", "safe")), name="migrations")
    assert (summary.outcome.label, summary.dropped) == ("incomplete", 1)


def test_two_migrations_that_both_come_last_and_one_that_was_edited_are_seen(lab: Lab) -> None:
    lab.write("app/migrations/0002_x.py", ADDS)
    lab.commit()
    lab.write("app/migrations/0002_y.py", ADDS.replace('"0002"', '"0003"'))
    lab.commit()
    summary = lab.review(checked(("app/migrations/0002_y.py", "safe")), name="migrations")
    assert (summary.outcome.label, "2 migrations come last" in summary.message) == ("blocked", True)
    lab.write("app/migrations/0002_x.py", ADDS + "\n# edited\n")
    lab.git("rm", "-q", "app/migrations/0002_y.py")
    lab.commit()
    summary = lab.review(checked(("app/migrations/0002_x.py", "safe")), name="migrations")
    assert (summary.outcome.label, "was changed" in summary.message or "was removed" in summary.message) == (
        "incomplete", True,
    )  # fmt: skip


def sarif(*rows: dict[str, Any]) -> str:
    results = [
        {
            "ruleId": "R1", "level": "error", "message": {"text": "look"},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "note.txt"}, "region": {"startLine": 2}}}],
        } | row for row in rows
    ]  # fmt: skip
    run = {"tool": {"driver": {"name": "scanner"}}, "results": results}
    return json.dumps({"version": "2.1.0", "runs": [run]})


def sorted_out(*rows: tuple[str, str, str]) -> dict[str, Any]:
    alerts = [
        {
            "id": name, "verdict": verdict, "severity": "P2", "reason": "r", "side": "new", "path": "note.txt",
            "start_line": 1, "end_line": 1, "quote": quote,
        } for name, verdict, quote in rows
    ]  # fmt: skip
    return {"answer": {"summary": "s", "alerts": alerts}}


@pytest.mark.parametrize(
    ("answer", "outcome", "dropped"),
    [
        pytest.param(sorted_out(("A1", "false", "a = 1"), ("A2", "false", "keep")), "clean", 0, id="all-false"),
        pytest.param(sorted_out(("A1", "real", "a = 1"), ("A2", "false", "keep")), "findings", 0, id="one-real"),
        pytest.param(sorted_out(("A1", "needs_human", "a = 1"), ("A2", "false", "keep")), "incomplete", 0, id="person"),
        pytest.param(sorted_out(("A1", "false", "nowhere to be seen"), ("A2", "false", "keep")), "incomplete", 1,
                     id="evidence-that-does-not-exist"),
        pytest.param(sorted_out(("A1", "false", "a = 1")), "incomplete", 0, id="an-alert-without-a-verdict"),
        pytest.param(sorted_out(("A1", "false", "a = 1"), ("A2", "false", "keep"), ("A9", "real", "keep")), "clean", 1,
                     id="an-alert-that-nobody-gave"),
        pytest.param(sorted_out(("A1", "false", "a = 1"), ("A1", "real", "a = 1"), ("A2", "false", "keep")),
                     "incomplete", 0, id="two-verdicts"),
    ],
)  # fmt: skip
def test_outcome_of_a_triage(lab: Lab, answer: dict[str, Any], outcome: str, dropped: int) -> None:
    report = lab.scratch / "scan.sarif"
    report.write_text(sarif({}, {"ruleId": "R2"}, {"suppressions": [{"kind": "inSource"}]}), encoding="utf-8")
    summary = lab.review(answer, name="triage", texts=(report,))
    assert (summary.outcome.label, summary.dropped) == (outcome, dropped), summary.message
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert '"id": "A2"' in prompt
    assert '"physicalLocation"' not in prompt


def test_triage_of_any_other_text_shows_it_and_triage_of_nothing_is_a_usage_error(lab: Lab) -> None:
    report = lab.scratch / "mail.txt"
    report.write_text("Your note.txt leaks.\n", encoding="utf-8")
    summary = lab.review(sorted_out(("leak", "real", "a = 1")), name="triage", texts=(report,))
    assert summary.outcome.label == "findings"
    assert "Your note.txt leaks." in (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    done = lab.inv("codex.triage", "--base", "HEAD~1", "--head", "HEAD", "--provider", lab.script({"answer": {}}))
    assert (done.returncode, "--text FILE" in done.stderr) == (2, True)


def notes(*commits: str, files: list[str] | None = None) -> dict[str, Any]:
    return {
        "answer": {
            "summary": "s",
            "notes": [{"kind": "fix", "text": f"about {commit}", "commits": [commit]} for commit in commits],
            "regressions": [{"text": "try it", "commits": [], "files": files or []}],
            "migrations": [],
        }
    }


def test_notes_keep_the_lines_that_stand_on_commits_and_files_that_exist(lab: Lab) -> None:
    head = lab.git("rev-parse", "HEAD")
    summary = lab.review(notes(head[:9], "0" * 12, "HEAD", files=["note.txt", "gone.txt"]), name="release-notes",
                         arguments={"last": "2"})  # fmt: skip
    assert (summary.outcome.label, summary.dropped) == ("clean", 2)
    assert summary.answer["notes"] == [{"kind": "fix", "text": f"about {head[:9]}", "commits": [head[:12]]}]
    assert summary.answer["regressions"][0]["files"] == ["note.txt"]
    assert any("citation" in note for note in summary.notes)


def test_notes_of_which_no_line_stands_are_incomplete(lab: Lab) -> None:
    assert lab.review(notes("0" * 12), name="release-notes").outcome.label == "incomplete"


def test_a_migration_that_the_notes_forgot_is_added(lab: Lab) -> None:
    lab.write("app/migrations/0002_x.py", ADDS)
    head = lab.commit()
    summary = lab.review(notes(head), name="release-notes")
    assert summary.answer["migrations"][0]["files"] == ["app/migrations/0002_x.py"]


@pytest.mark.parametrize(
    ("argv", "tag", "words"),
    [
        pytest.param((), "", "the last 50 commit(s), for there is no tag", id="no-tag"),
        pytest.param((), "v1", "v1..", id="the-newest-tag"),
        pytest.param(("--since", "HEAD~1"), "", "HEAD~1..", id="since"),
        pytest.param(("--last", "1"), "v1", "the last 1 commit(s)", id="last"),
    ],
)
def test_range_of_the_notes(lab: Lab, argv: tuple[str, ...], tag: str, words: str) -> None:
    if tag:
        lab.git("tag", tag, "HEAD~1")
    head = lab.git("rev-parse", "HEAD")
    done = lab.inv("codex.release-notes", *argv, "--provider", lab.script(notes(head)), "--out", "notes.json")
    assert done.returncode == 0, done.stderr
    answer = json.loads((lab.root / "notes.json").read_text(encoding="utf-8"))["answer"]
    assert answer["range"].startswith(words)
    assert len(answer["notes"]) == 1


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        pytest.param(("--since", "v9"), "does not exist here", id="no-such-tag"),
        pytest.param(("--since", "HEAD", "--last", "2"), "cannot be combined", id="both"),
        pytest.param(("--since", "HEAD"), "no commit in", id="nothing-since"),
        pytest.param(("--last", "0"), "is no number", id="none"),
        pytest.param(("--last", "-n5"), "is no number", id="an-option"),
    ],
)
def test_a_range_that_cannot_be_used_is_a_usage_error(lab: Lab, argv: tuple[str, ...], told: str) -> None:
    done = lab.inv("codex.release-notes", *argv, "--provider", lab.script(notes("x")))
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_predeploy_goes_on_complete_evidence_and_stops_on_a_missing_piece(lab: Lab) -> None:
    head, review = lab.git("rev-parse", "HEAD"), lab.review(CLEAN)
    folder = lab.scratch / "evidence"
    shutil.copytree(lab.record(review), folder / review.run)
    reports = {
        "tests.xml": '<testsuite><testcase name="a"/></testsuite>',
        "coverage.xml": '<coverage line-rate="0.95"/>',
        "audit.json": json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}),
        "scan.sarif": sarif(),
        "drills.json": json.dumps({"schema": "proposer/drills/v1", "drills": [{"name": "d", "outcome": "contained"}]}),
        "lock.json": lab.inv("codex.lock", "--check", "--json").stdout,
    }
    for name, text in reports.items():
        (folder / name).write_text(text, encoding="utf-8")
    row = {"commit": head, "made_at": datetime.now(UTC).isoformat()}
    manifest = {"schema": "proposer/evidence/v1", "files": dict.fromkeys(reports, row)}
    (folder / "evidence.json").write_text(json.dumps(manifest), encoding="utf-8")
    go = {"answer": {"summary": "s", "decision": "go", "concerns": []}}
    options = {"name": "predeploy", "arguments": {"evidence": str(folder)}}
    summary = lab.review(go, **options)
    assert (summary.outcome.label, summary.answer["decision"]) == ("clean", "go"), summary.message
    assert lab.review({"shell": "git push"}, go, **options).outcome.label == "clean"
    (folder / review.run / "answer.md").write_text("fine\n", encoding="utf-8")
    summary = lab.review(go, **options)
    assert (summary.outcome.label, summary.answer["decision"]) == ("blocked", "no_go")
    assert "answer.md was changed" in summary.message
    done = lab.inv("codex.predeploy", "--provider", lab.script(go))
    assert (done.returncode, "--evidence" in done.stderr) == (2, True)


def test_findings_are_carried_over_from_the_last_run_on_the_branch_and_a_replay_says_the_same(lab: Lab) -> None:
    lab.git("checkout", "-q", "-b", "feature")
    lab.write("pay.py", "post(amount)\nretry(post)\n")
    lab.commit()
    row = FINDING | {"path": "pay.py", "quote": "post(amount)", "severity": "P1"}
    other = row | {"quote": "retry(post)", "severity": "P2", "title": "u"}
    first = lab.review(says("comment", row, other), base="main", head="feature")
    assert [one["status"] for one in first.carried] == ["new", "new"]
    lab.write("pay.py", "post(amount)\n")
    lab.commit()
    second = lab.review(CLEAN, base="main", head="feature")
    assert {one["finding"]["quote"]: one["status"] for one in second.carried} == {
        "post(amount)": "unknown", "retry(post)": "resolved",
    }  # fmt: skip
    assert (second.outcome.label, "was not mentioned" in second.message) == ("findings", True)
    again = replay.replay(lab.root, second.run, environment={}, on_step=lab.steps.append)
    assert (again.outcome, again.carried) == (second.outcome, second.carried), again.message
    third = lab.review(says("comment", row), base="main", head="feature")
    assert [one["status"] for one in third.carried] == ["persisting", "resolved"]
    lab.git("checkout", "-q", "-b", "another")
    lab.write("note.txt", "keep\n")
    lab.commit()
    assert lab.review(CLEAN, base="main", head="another").carried == ()


def test_a_change_that_marks_its_own_files_as_generated_hides_nothing(lab: Lab) -> None:
    lab.write(".gitattributes", "*.py linguist-generated -diff\n*.py binary\n")
    lab.write("pay.py", "post(amount)\n")
    lab.commit()
    row = FINDING | {"path": "pay.py", "quote": "post(amount)"}
    summary = lab.review(says("comment", row))
    assert (summary.outcome.label, summary.excluded) == ("blocked", ())
    assert "+post(amount)" in (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")


def small_prompts(lab: Lab) -> None:
    """Leave room for about 9,500 characters of a change."""
    text = (lab.root / "proposer.toml").read_text(encoding="utf-8")
    size = len((lab.root / ".github/codex/prompts/review.md").read_text(encoding="utf-8"))
    lab.write("proposer.toml", text.replace("[limits]", f"[limits]\nprompt_characters = {size + 4_000 + 9_500}"))
    lab.relock()


def test_a_change_over_the_budget_is_split_by_module_and_merged_and_what_fits_nowhere_is_named(lab: Lab) -> None:
    small_prompts(lab)
    for name in ("src/app/core/a.py", "src/app/core/b.py", "src/app/pay/a.py"):
        lab.write(name, "post(amount)\n" * 300)
    lab.write("src/app/huge/a.py", "x = 1\n" * 3_000)
    lab.commit()
    row = FINDING | {"path": "src/app/core/a.py", "quote": "post(amount)"}
    turns = says("approve"), says("comment", row | {"severity": "P2"})
    summary = lab.review(*turns)
    assert summary.not_reviewed == ("src/app/huge/a.py",)
    assert (summary.outcome.label, [one.path for one in summary.findings]) == ("incomplete", ["src/app/core/a.py"])
    prompt = (lab.record(summary) / "prompt.md").read_text(encoding="utf-8")
    assert prompt.index("=== part 1 of 2 ===") < prompt.index("core/b.py") < prompt.index("=== part 2 of 2 ===")
    assert prompt.index("=== part 2 of 2 ===") < prompt.index("pay/a.py")
    assert len(lab.requests(summary)) == 2
    assert any("2 calls looked at a part each" in note for note in summary.notes)
    assert custody.verify(lab.root, summary.run).verified
    again = replay.replay(lab.root, summary.run, environment={}, on_step=lab.steps.append)
    assert (again.outcome, again.findings) == (summary.outcome, summary.findings), again.message


def test_a_part_without_an_answer_is_no_review_of_the_rest(lab: Lab) -> None:
    small_prompts(lab)
    for name in ("src/app/core/a.py", "src/app/pay/a.py"):
        lab.write(name, "post(amount)\n" * 600)
    lab.commit()
    assert lab.review(CLEAN, {"answer_text": "fine"}).outcome.label == "invalid"
    assert lab.review(CLEAN, {"http": 401}).outcome.label == "unavailable"
