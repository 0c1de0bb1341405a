"""In CI a run leaves nothing but its record: a file that changed meanwhile is seen, whoever changed it."""

import pytest

from lab import CLEAN, Lab
from proposer import applying, trailers, workflow

CI = {"CI": "true"}


def test_a_run_in_ci_changes_nothing(lab: Lab) -> None:
    before = lab.inv("codex.untouched").stdout
    assert lab.review(CLEAN, environment=CI).outcome.label == "clean"
    assert lab.inv("codex.untouched").stdout == before
    lab.write("left-behind.txt", "x\n")
    assert lab.inv("codex.untouched").stdout != before


@pytest.mark.parametrize("name", ["note.txt", "new.py"])
def test_a_file_that_changes_during_a_run_in_ci_is_a_violation(lab: Lab, name: str) -> None:
    def meddle(step: str) -> None:
        if "works in the stage" in step:
            lab.write(name, "generated silently\n")

    request = workflow.Request(workflow="review", base="HEAD~1", head="HEAD", provider=lab.script(CLEAN))
    summary = workflow.execute(lab.root, request, environment=CI, on_step=meddle)
    assert (summary.outcome.label, summary.outcome.exit_code) == ("violated", 8)
    assert f"the working tree changed during the run: {name}" in summary.message
    again = workflow.Request(workflow="review", base="HEAD~1", head="HEAD", provider=lab.script(CLEAN), fresh=True)
    assert workflow.execute(lab.root, again, environment={}, on_step=meddle).outcome.label == "clean"


@pytest.mark.sandbox
def test_what_was_applied_and_committed_as_told_passes_the_check(lab: Lab) -> None:
    lab.write("src/shop.py", "def total(rows):\n    return 0\n")
    lab.write("failing.log", "FAILED tests/test_shop.py::test_total\n")
    path = lab.root / "proposer.toml"
    text = path.read_text(encoding="utf-8").replace(
        '[["python", "-m", "pytest", "-q", "--ignore", "tests/test_codex.py"]]', '[["true"]]'
    )
    path.write_text(text, encoding="utf-8")
    lab.git("add", "-A")
    lab.relock()
    base = lab.git("rev-parse", "HEAD")
    done = {"answer": {"summary": "s", "cause": "c", "fixed": True, "remaining": []}}
    summary = lab.review({"shell": "sed -i 's/0/sum(rows)/' src/shop.py"}, done, name="autofix", base="HEAD", head="",
                         log=lab.root / "failing.log")  # fmt: skip
    result = applying.apply(lab.root, summary.run)
    lab.commit(f"mend it\n\n{result.trailer}")
    checked = trailers.examine(lab.root, base)
    assert (checked.assisted, checked.problems) == (1, ())
    lab.git("rm", "-q", result.statement)
    lab.git("commit", "-q", "--amend", "--no-edit")
    assert lab.inv("codex.trailers", "--base", base).returncode == 7
