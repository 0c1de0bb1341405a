"""The redactor keeps to its floors, and no text makes it hang: the benchmarks on little text, without their clocks."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from corpus.places import cases
from proposer.outputs.masking import formats, tokens
from proposer.outputs.redact import Redactor

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

import growth_redact
import recall


def tables() -> dict[str, dict[str, tuple[int, int]]]:
    return {
        "place": recall.placed(list(cases(7, 2)), Redactor()),
        "personal": recall.placed(recall.everybody(2), Redactor(personal=True)),
    }


def test_recall_and_false_alarms_keep_to_their_floors() -> None:
    assert recall.wanting(recall.recall(1), tables(), recall.alarms(personal=True)) == []


def test_a_format_that_is_lost_is_below_the_floor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens.Tokens.__init__, "__defaults__", (formats.FORMATS[::2], formats.SHAPES))
    assert any(line.startswith("token, plain") for line in recall.wanting(recall.recall(1), tables(), {}))


def test_a_place_or_an_alarm_too_many_is_below_the_floor() -> None:
    found = recall.wanting((Counter(x=1), Counter()), {"place": {"curl": (98, 100)}}, {"code": (10, 3)})
    assert found == ["place: 98.00%", "code: 3 false alarms"]


@pytest.mark.parametrize("name", growth_redact.ROWS)
def test_a_search_comes_to_an_end(name: str) -> None:
    # What takes exponential time never does; how time grows is for the session `growth` to print.
    function, make = growth_redact.ROWS[name]
    function(make(6_000))
