"""`proposer.testing` in a repository's own tests: the examples of the documentation, run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lab import Lab
from proposer.proving.result import Result
from proposer.testing import assert_contained, drill_names

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-drill.md"


def pytest_in(lab: Lab) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(lab.home), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], cwd=lab.root, env=env,
        capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


@pytest.mark.sandbox
def test_the_examples_of_the_page_pass_in_a_repository(lab: Lab) -> None:
    text = PAGE.read_text(encoding="utf-8")
    drill = re.search(r"> (drills/[a-z-]+\.toml) <<'TOML'\n(.*?)\nTOML\n", text, re.DOTALL)
    assert drill is not None
    lab.write(drill[1], drill[2])
    lab.write("tests/conftest.py", 'pytest_plugins = ["proposer.testing"]\n')
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    lab.write("tests/test_examples.py", "\n\n".join(examples))
    before = lab.git("status", "--porcelain", "-uall")
    done = pytest_in(lab)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(re.findall(r'(?m)^def test_', ''.join(examples)))} passed" in done.stdout
    assert lab.git("status", "--porcelain", "-uall") == before


@pytest.mark.sandbox
def test_a_rehearsal_shows_what_was_sent_said_and_done(lab: Lab) -> None:
    lab.write("tests/conftest.py", 'pytest_plugins = ["proposer.testing"]\n')
    lab.write(
        "tests/test_own.py",
        """
import pytest
from proposer.errors import UsageError


def test_it(proposer_rehearse, proposer_sandbox):
    answer = {"summary": "s", "verdict": "comment", "findings": []}
    run = proposer_rehearse(
        {"shell": "cat new.txt; echo x > y"}, {"answer": answer}, change={"new.txt": "here\\n"}, texts={"b.txt": "told"}
    )
    assert proposer_sandbox
    assert "told" in run.prompt
    assert run.answer == answer
    assert "here" in run.outputs[0]
    assert "apply_patch" in run.tools
    assert run.changed == []
    assert run.outcome.label == "clean"
    assert len(run.requests) == 2


def test_two_runs_in_one_test(proposer_rehearse):
    assert proposer_rehearse().summary.run != proposer_rehearse().summary.run


def test_no_such_workflow(proposer_rehearse):
    with pytest.raises(UsageError, match="declares no workflow"):
        proposer_rehearse(workflow="nothing")
""",
    )
    done = pytest_in(lab)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (lab.root / ".proposer").exists()


def test_an_attack_that_was_not_contained_fails_a_test() -> None:
    told = {"name": "n", "tried": "t", "reached": True, "stopped_by": None, "detail": "why", "remedy": "mend it"}
    with pytest.raises(AssertionError, match=r"n \(t\): escaped, why. mend it"):
        assert_contained(Result(outcome="escaped", **told))
    assert_contained(Result(outcome="contained", **told | {"stopped_by": "sandbox"}))


def test_the_names_of_drills_can_parametrise_a_test(lab: Lab) -> None:
    lab.write("drills/own.toml", (PAGE.read_text(encoding="utf-8").split("<<'TOML'\n")[1]).split("\nTOML")[0])
    assert set(drill_names(lab.root)) - set(drill_names()) == {"own"}
