"""The vocabulary of outcomes."""

import itertools

import pytest

from proposer.errors import InterruptedRunError, Outcome, ProposerError, RefusedError, StopError, UsageError

CODES = {
    "interrupted": 130, "violated": 8, "invalid": 6, "drifted": 3, "blocked": 7, "unavailable": 4, "incomplete": 5,
    "findings": 0, "clean": 0,
}  # fmt: skip


def test_each_outcome_has_its_code_and_none_is_1() -> None:
    assert {outcome.label: outcome.exit_code for outcome in Outcome} == CODES
    assert all(Outcome.named(label).label == label for label in CODES)
    with pytest.raises(KeyError):
        Outcome.named("fine")


def test_the_worst_outcome_wins_in_any_order() -> None:
    for one, other in itertools.combinations(Outcome, 2):
        assert Outcome.worst(one, other) is Outcome.worst(other, one) is one
    assert Outcome.worst() is Outcome.CLEAN


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ProposerError("m"), 70), (UsageError("m"), 2), (RefusedError("m"), 7), (InterruptedRunError(), 130),
        (StopError(Outcome.DRIFTED, "m"), 70),
    ],
)  # fmt: skip
def test_errors_carry_a_code_and_a_hint(error: ProposerError, code: int) -> None:
    assert error.exit_code == code
    assert str(UsageError("fact", "fix")) == "fact (fix)"
