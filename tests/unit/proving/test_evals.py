"""Seeded-defect cases: what meets an expectation, in both directions, and what the numbers say."""

import itertools
from typing import Any

import pytest

from proposer.errors import UsageError
from proposer.proving.evals import Case, Expectation, Finding, Score, Thresholds, parse, score, total

WANTED: dict[str, Any] = {"path": "src/a.py", "categories": ["money", "data"], "severity": "P1"}
SAID: dict[str, Any] = {
    "title": "Posts twice", "body": "A retry posts again.", "severity": "P1", "category": "money", "side": "new",
    "path": "src/a.py", "start_line": 10, "end_line": 12, "quote": "post(entry)", "confidence": 0.9,
}  # fmt: skip


def said(**other: Any) -> Finding:
    return Finding.model_validate(SAID | other)


def case(*expected: dict[str, Any]) -> Case:
    return Case(title="t", shows="s", clean=not expected, expect=tuple(Expectation(**one) for one in expected))


@pytest.mark.parametrize(
    ("wanted", "finding", "meets"),
    [
        pytest.param({}, {}, True, id="as expected"),
        pytest.param({}, {"severity": "P0"}, True, id="worse than the minimum"),
        pytest.param({}, {"severity": "P2"}, False, id="milder than the minimum"),
        pytest.param({}, {"path": "src/b.py"}, False, id="wrong path"),
        pytest.param({}, {"category": "data"}, True, id="another right category"),
        pytest.param({}, {"category": "tests"}, False, id="wrong category"),
        pytest.param({}, {"side": "old"}, False, id="wrong side"),
        pytest.param({"side": "old"}, {"side": "old"}, True, id="a removed line"),
        pytest.param({"words": ("RETRY", "twice")}, {}, True, id="all words, any case"),
        pytest.param({"words": ("retry", "float")}, {}, False, id="one word is missing"),
        pytest.param({"lines": (12, 20)}, {}, True, id="lines touch below"),
        pytest.param({"lines": (13, 20)}, {}, False, id="lines just below"),
        pytest.param({"lines": (1, 10)}, {}, True, id="lines touch above"),
        pytest.param({"lines": (1, 9)}, {}, False, id="lines just above"),
    ],
)
def test_an_expectation_is_met_by_what_it_names_alone(
    wanted: dict[str, Any], finding: dict[str, Any], meets: bool
) -> None:
    assert Expectation(**WANTED | wanted).met_by(said(**finding)) is meets


def test_one_finding_meets_one_expectation() -> None:
    found = score(case(WANTED, WANTED), [said()])
    assert (found.matched, found.recall, found.precision) == (1, 0.5, 1.0)


def test_a_defect_reported_twice_costs_precision() -> None:
    found = score(case(WANTED), [said(), said()])
    assert (found.matched, found.recall, found.precision) == (1, 1.0, 0.5)


def test_the_order_of_expectations_and_findings_does_not_matter() -> None:
    wide, narrow = WANTED, WANTED | {"lines": (30, 30)}
    for expected in itertools.permutations([wide, narrow]):
        for findings in itertools.permutations([said(), said(start_line=30, end_line=30)]):
            assert score(case(*expected), findings).matched == 2


def test_noise_is_false_findings_per_clean_change() -> None:
    both = total([score(case(), []), score(case(), [said(), said()]), score(case(WANTED), [said(path="other.py")])])
    assert (both.noise, both.recall, both.precision) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("recall", "precision", "noise", "reached"),
    [(0.5, 0.25, 2.0, True), (0.6, 0.25, 2.0, False), (0.5, 0.3, 2.0, False), (0.5, 0.25, 1.9, False)],
    ids=["at the limits", "recall too low", "precision too low", "too noisy"],
)
def test_each_threshold_counts(recall: float, precision: float, noise: float, reached: bool) -> None:
    found = Score(expected=2, reported=4, matched=1, clean=1, false_on_clean=2)
    assert found.reaches(Thresholds(recall=recall, precision=precision, noise=noise)) is reached


def test_a_case_is_read() -> None:
    text = (
        b'title = "t"\nshows = "s"\n[[expect]]\npath = "a"\ncategories = ["money"]\nseverity = "P1"\nlines = [1, 2]\n'
    )
    assert parse(text, "case.toml").expect[0].lines == (1, 2)


@pytest.mark.parametrize(
    "text",
    [b"title", b"\xff", b'title = "t"\nshows = "s"\n', b'title = "t"\nshows = "s"\nclean = true\nmore = 1\n'],
    ids=["not toml", "not text", "neither clean nor expecting", "unknown key"],
)
def test_a_bad_case_is_a_usage_error_that_names_the_file(text: bytes) -> None:
    with pytest.raises(UsageError, match=r"^evals/x/case\.toml"):
        parse(text, "evals/x/case.toml")


TEXT = "def post():\n    key = make()\n    send(key)\n\n    send(key)\n"


@pytest.mark.parametrize(
    ("wanted", "lines"),
    [
        pytest.param({"quote": "key = make()"}, (2, 2), id="one line"),
        pytest.param({"quote": "    key = make()\n    send(key)\n"}, (2, 3), id="two lines"),
        pytest.param({"lines": (4, 5)}, (4, 5), id="lines as given"),
        pytest.param({}, None, id="anywhere in the file"),
    ],
)
def test_a_quote_is_looked_up(wanted: dict[str, Any], lines: tuple[int, int] | None) -> None:
    assert Expectation(**WANTED | wanted).placed(TEXT).lines == lines


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        pytest.param({"quote": "key = other()"}, "0 times", id="nowhere"),
        pytest.param({"quote": "send(key)"}, "2 times", id="twice"),
        pytest.param({"quote": "key"}, "0 times", id="half a line"),
        pytest.param({"quote": " \n "}, "0 times|6 times", id="nothing"),
        pytest.param({"lines": (5, 6)}, "has 5 lines", id="beyond the end"),
    ],
)
def test_a_place_that_no_finding_could_have_is_refused(wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Expectation(**WANTED | wanted).placed(TEXT)


@pytest.mark.parametrize(
    "wrong",
    [{"categories": ["mony"]}, {"categories": []}, {"lines": (2, 1)}, {"lines": (1, 2), "quote": "x"}],
    ids=["no such category", "no category", "lines reversed", "lines and a quote"],
)
def test_an_expectation_that_nothing_could_meet_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Expectation(**WANTED | wrong)
