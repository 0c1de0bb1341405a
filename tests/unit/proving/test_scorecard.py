"""What all cases came to: numbers, exit codes, and that nobody takes a rehearsal for a measurement."""

import io
import json
from typing import Any

import pytest

from proposer.errors import Outcome
from proposer.proving.evals import Case, Expectation, Score, Thresholds
from proposer.proving.scorecard import Scorecard
from proposer.proving.trial import Attempt

LIMITS = Thresholds(recall=0.8, precision=0.7, noise=0.3)
DEFECT = Case(title="t", shows="s", expect=(Expectation(path="a.py", categories=("money",), severity="P1"),))
CLEAN = Case(title="t", shows="s", clean=True)
FOUND = Score(expected=1, reported=1, matched=1, clean=0, false_on_clean=0)
MISSED = Score(expected=1, reported=0, matched=0, clean=0, false_on_clean=0)
SILENT = Score(expected=0, reported=0, matched=0, clean=1, false_on_clean=0)
NOISY = Score(expected=0, reported=1, matched=0, clean=1, false_on_clean=1)


def attempt(name: str, score: Score | None, **more: Any) -> Attempt:
    case = CLEAN if score and score.clean else DEFECT
    outcome = Outcome.CLEAN if score else Outcome.UNAVAILABLE
    return Attempt(name=name, case=case, outcome=outcome, message="HTTP 429", seconds=1.25, score=score, **more)


def card(*scores: Score | None, provider: str = "openai", **more: Any) -> Scorecard:
    attempts = tuple(attempt(f"case-{number}", score, **more) for number, score in enumerate(scores))
    return Scorecard(provider=provider, attempts=attempts, limits=LIMITS)


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        pytest.param((FOUND, SILENT), 0, id="good"),
        pytest.param((MISSED, SILENT), 7, id="a defect was missed"),
        pytest.param((FOUND, NOISY), 7, id="a false alarm"),
        pytest.param((FOUND, None), 4, id="not finished"),
        pytest.param((MISSED, None), 7, id="missed, and not finished"),
        pytest.param((None,), 4, id="nothing finished"),
    ],
)
def test_the_exit_code_is_that_of_the_worst(scores: tuple[Score | None, ...], code: int) -> None:
    made = card(*scores)
    assert (made.exit_code, made.document()["exit"]) == (code, code)


def test_what_did_not_finish_counts_in_no_score() -> None:
    document = card(FOUND, None, SILENT).document()
    assert (document["recall"], document["precision"], document["noise"]) == (1.0, 1.0, 0.0)
    assert document["unfinished"] == ["case-1"]
    assert [row["found"] for row in document["cases"]] == [1, None, 0]


def test_without_a_finished_case_there_is_no_score() -> None:
    document = card(None).document()
    assert (document["recall"], document["precision"], document["noise"]) == (None, None, None)


@pytest.mark.parametrize(
    ("provider", "measures", "words"),
    [
        ("openai", True, "A model was asked"),
        ("rehearsal", False, "No model was asked: scripts answered."),
        ("cassette", False, "No model was asked: recordings answered."),
    ],
)
def test_the_first_line_says_what_the_scores_are_worth(provider: str, measures: bool, words: str) -> None:
    made, stream = card(FOUND, provider=provider), io.StringIO()
    made.show(stream)
    first = stream.getvalue().splitlines()[0]
    assert first.startswith(words)
    assert ("no measure of quality" in first) is not measures
    document = json.loads(json.dumps(made.document()))
    assert (document["measures_quality"], document["notice"]) == (measures, first)


def test_the_table_names_what_was_missed_and_what_was_false_and_obeys_nobody() -> None:
    hostile = "a.py:3 (P1 money, new side) [red]x[/]\x1b[2J\n::error::y"
    stream = io.StringIO()
    card(MISSED, missed=("a.py:7 (P1 money)",), false=(hostile,), record=".proposer/evals/x").show(stream)
    told = stream.getvalue()
    assert "case-0: missed: a.py:7 (P1 money)" in told
    assert "false: a.py:3 (P1 money, new side) [red]x[/]" in told
    assert "\x1b" not in told
    assert "\n::error" not in told
    assert "recall 0.00 (at least 0.8)" in told
    assert "below the thresholds" in told


def test_what_did_not_finish_says_why() -> None:
    stream = io.StringIO()
    card(FOUND, None).show(stream)
    assert "case-1: not finished: unavailable: HTTP 429" in stream.getvalue()
    assert "1 of 2 evals finished" in stream.getvalue()
