"""What checks of a proposal come to: a green exit status alone proves nothing."""

from typing import Any

import pytest

from proposer.errors import Outcome
from proposer.invocation.receipts import Session
from proposer.invocation.trial import Trial
from proposer.outputs.trials import log_of, reasons_of

PYTEST, OTHER = ("python", "-m", "pytest"), ("ruff", "check")


def tried(*outcomes: str, command: tuple[str, ...] = PYTEST, returncode: int = 0, **more: Any) -> Trial:
    named = {f"a.py::test_{at}": outcome for at, outcome in enumerate(outcomes)}
    more = {"sessions": (Session(items=len(named), outcomes=named),) if named else ()} | more
    return Trial(**{"command": command, "returncode": returncode, "stopped": "", "output": "the end"} | more)


@pytest.mark.parametrize(
    ("trial", "outcome", "words"),
    [
        pytest.param(tried("passed", "skipped"), None, "", id="passed"),
        pytest.param(tried(command=OTHER), None, "", id="no-tests-in-it"),
        pytest.param(tried("passed", command=("nox",)), None, "", id="tests-behind-another-name"),
        pytest.param(tried(), Outcome.BLOCKED, "ended before its tests did", id="no-receipt"),
        pytest.param(tried(sessions=None), Outcome.BLOCKED, "nobody can read", id="garbled"),
        pytest.param(tried("failed", "passed"), Outcome.BLOCKED, "a.py::test_0 had failed", id="not-true"),
        pytest.param(tried("skipped", "passed"), Outcome.BLOCKED, "left out what failed before", id="left-out"),
        pytest.param(tried("passed", "xfailed"), None, "", id="another-one-expected-to-fail"),
        pytest.param(tried(returncode=1), Outcome.BLOCKED, "(exit 1): the end", id="failed"),
        pytest.param(tried(returncode=87, output="not from the proposal: x came from y"), Outcome.BLOCKED,
                     "took code from elsewhere", id="elsewhere"),
        pytest.param(tried(returncode=127), Outcome.UNAVAILABLE, "cannot be started", id="not-there"),
        pytest.param(tried(stopped="the deadline"), Outcome.UNAVAILABLE, "did not end", id="without-end"),
    ],
)  # fmt: skip
def test_what_a_check_comes_to(trial: Trial, outcome: Outcome | None, words: str) -> None:
    found = list(reasons_of([trial], failing=["a.py::test_0"]))
    assert [one for one, _ in found] == ([outcome] if outcome else []), found
    assert words in "".join(text for _, text in found)


def test_a_check_of_which_no_test_passed_shows_nothing() -> None:
    found = list(reasons_of([tried("skipped", "skipped")], failing=["b.py::test_x"]))
    assert [(outcome, "no test passed" in words) for outcome, words in found] == [(Outcome.INCOMPLETE, True)]


def test_the_log_says_which_tree_was_tried() -> None:
    text = log_of([tried("passed"), tried("passed", about="with the tests as they were")])
    assert text.count("$ python -m pytest\nthe end\n[exit 0]\n") == 1
    assert "$ python -m pytest   # with the tests as they were\n" in text
