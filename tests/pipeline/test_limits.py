"""What a run may cost: how often it asks again, how many run on a day, and what the report says of the price."""

from typing import Any

import pytest

from lab import CLEAN, Lab

USED = {"usage": {"input_tokens": 1000, "cached_input_tokens": 0, "output_tokens": 10}}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_provider_is_asked_once_more_and_the_report_says_so(lab: Lab, status: int) -> None:
    summary = lab.review({"http": status}, CLEAN)
    assert summary.outcome.label == "clean"
    assert any(f"HTTP {status} and was asked once more" in note for note in summary.notes)
    assert len(lab.requests(summary)) == 1


@pytest.mark.parametrize("status", [400, 401])
def test_a_refusal_is_not_asked_again(lab: Lab, status: int) -> None:
    summary = lab.review({"http": status}, CLEAN)
    assert (summary.outcome.label, len(lab.requests(summary))) == ("unavailable", 1)
    assert not any("asked once more" in note for note in summary.notes)


def test_runs_that_ask_a_model_are_counted_and_limited_by_the_day(lab: Lab) -> None:
    path = lab.root / "proposer.toml"
    nobody = 'default = "openai"\nupstream = "http://127.0.0.1:9/v1/responses"'
    path.write_text(path.read_text(encoding="utf-8").replace('default = "openai"', nobody), encoding="utf-8")
    lab.limits(calls_a_day=1, wall_seconds=60)
    key: dict[str, Any] = {"provider": "openai", "environment": {"OPENAI_API_KEY": "heron-key"}}
    first = lab.review(**key)
    assert (first.outcome.label, "a day are allowed" in first.message) == ("unavailable", False)
    second = lab.review(**key)
    assert (second.outcome.label, "1 a day are allowed" in second.message) == ("unavailable", True)
    assert lab.requests(second) == []
    assert lab.review(CLEAN).outcome.label == "clean"


def test_a_script_costs_nothing_and_the_report_says_so(lab: Lab) -> None:
    summary = lab.review([CLEAN, USED])
    assert (summary.price, summary.usage["input_tokens"]) == ("0 USD", 1000)
    assert "1010 tokens, price 0 USD" in (lab.record(summary) / "answer.md").read_text(encoding="utf-8")
