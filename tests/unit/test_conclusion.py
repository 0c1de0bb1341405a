"""What a CI job ends with: outputs, one line of the log, and an exit code that never blames a change for an outage."""

import json
from pathlib import Path
from typing import Any

import pytest

from proposer import conclusion
from proposer.errors import Outcome, UsageError

RUN, DIGEST = "20260102T030405Z-0123abcd", "a" * 64
GITHUB = {"GITHUB_ACTIONS": "true"}


def document(came: Outcome = Outcome.CLEAN, **more: Any) -> dict[str, Any]:
    return {
        "schema": "proposer/run/v1", "run": RUN, "outcome": came.label, "exit": came.exit_code,
        "record": f".proposer/runs/{RUN}", "statement": f"sha256:{DIGEST}", "proposal": None, "message": "m",
    } | more  # fmt: skip


def read(tmp_path: Path, given: Any) -> conclusion.Conclusion:
    path = tmp_path / "run.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    return conclusion.read(path)


def tell(came: conclusion.Conclusion, tmp_path: Path, **more: Any) -> dict[str, str]:
    """Return what the files of a GitHub job hold afterwards."""
    names = {name: tmp_path / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    environment = GITHUB | {name: str(path) for name, path in names.items()}
    came.tell(environment, root=tmp_path, **({"summary": False, "out": None} | more))
    return {name: path.read_text(encoding="utf-8") if path.exists() else "" for name, path in names.items()}


@pytest.mark.parametrize("outcome", list(Outcome), ids=[outcome.label for outcome in Outcome])
def test_on_github_only_a_verdict_makes_a_job_red(tmp_path: Path, outcome: Outcome) -> None:
    came = read(tmp_path, document(outcome))
    spared = outcome in (Outcome.UNAVAILABLE, Outcome.INCOMPLETE)
    assert came.job_exit(GITHUB) == (0 if spared else outcome.exit_code)
    assert came.job_exit({"GITLAB_CI": "true"}) == outcome.exit_code  # GitLab has allow_failure for them
    assert came.job_exit({}) == outcome.exit_code


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [(Outcome.CLEAN, "notice"), (Outcome.UNAVAILABLE, "warning"), (Outcome.BLOCKED, "error")],
    ids=["clean", "no-verdict", "blocked"],
)
def test_the_log_says_it_in_one_line_that_nothing_breaks_out_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], outcome: Outcome, kind: str
) -> None:
    tell(read(tmp_path, document(outcome, message="50%\n::set-output name=x::y\r##[error]z")), tmp_path)
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(f"::{kind} title=codex::{outcome.label}: 50%25 ")
    assert "::set-output name=x::y" not in line
    assert "##[error]" not in line


def test_other_jobs_get_run_digest_and_outcome(tmp_path: Path) -> None:
    came = read(tmp_path, document(Outcome.BLOCKED))
    wanted = {"run": RUN, "digest": DIGEST, "outcome": "blocked", "exit": "7", "proposal": ""}
    out = tmp_path / "run.env"
    text = tell(came, tmp_path, out=out)["GITHUB_OUTPUT"]
    assert dict(line.split("=", 1) for line in text.splitlines()) == wanted
    told = dict(line.split("=", 1) for line in out.read_text(encoding="utf-8").splitlines())
    assert told == {f"CODEX_{name.upper()}": value for name, value in wanted.items()}


@pytest.mark.parametrize(
    ("outcome", "proposal", "wanted"),
    [
        (Outcome.CLEAN, {"allowed": True}, "true"),
        (Outcome.CLEAN, {"allowed": False}, ""),
        (Outcome.VIOLATED, {"allowed": True}, ""),
        (Outcome.CLEAN, None, ""),
    ],
    ids=["allowed", "refused", "violated", "none"],
)
def test_a_proposal_is_handed_on_only_where_gate_and_outcome_allow(
    tmp_path: Path, outcome: Outcome, proposal: Any, wanted: str
) -> None:
    assert read(tmp_path, document(outcome, proposal=proposal)).outputs["proposal"] == wanted


def test_an_error_ends_the_job_with_its_code_and_hands_on_no_record(tmp_path: Path) -> None:
    error = {"schema": "proposer/error/v1", "exit": 2, "message": "no credentials", "hint": "set a key"}
    came = read(tmp_path, error)
    assert came.job_exit(GITHUB) == 2
    assert (came.run, came.digest, came.message) == ("", "", "no credentials: set a key")
    assert "**error**: no credentials" in tell(came, tmp_path, summary=True)["GITHUB_STEP_SUMMARY"]


def test_the_summary_is_the_report_of_the_record(tmp_path: Path) -> None:
    report = tmp_path / ".proposer" / "runs" / RUN / "answer.md"
    report.parent.mkdir(parents=True)
    report.write_text("# review: clean\n", encoding="utf-8")
    assert tell(read(tmp_path, document()), tmp_path, summary=True)["GITHUB_STEP_SUMMARY"] == "# review: clean\n"


def test_a_run_without_a_record_hands_on_none(tmp_path: Path) -> None:
    came = read(tmp_path, document(Outcome.UNAVAILABLE, run="", statement="sha256:", record=""))
    assert (came.run, came.digest) == ("", "")


@pytest.mark.parametrize(
    "given",
    [
        "", "{", "[]", "{}", document(exit=7), document(outcome="fine"), document(run="../x"),
        document(run="a\nb=c"), document(statement="sha256:x"), document(schema="proposer/lock/v1"),
        {"schema": "proposer/error/v1", "exit": 1, "message": "m", "hint": ""},
    ],
    ids=["empty", "cut", "list", "nothing", "exit-of-another-outcome", "outcome", "path", "two-lines", "digest",
         "another-document", "exit-of-a-crash"],
)  # fmt: skip
def test_what_is_no_result_is_refused(tmp_path: Path, given: Any) -> None:
    with pytest.raises(UsageError, match="is not what --json prints"):
        read(tmp_path, given)
