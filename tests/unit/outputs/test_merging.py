"""Several answers become one by rules alone."""

from typing import Any

import pytest

from proposer.outputs.merging import merged


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        pytest.param("findings", [[1, 2], [2, 3]], [1, 2, 3], id="rows-once-each-in-order"),
        pytest.param("score", [3, 8, 1], 8, id="the-highest-number"),
        pytest.param("verdict", ["approve", "request_changes", "comment"], "request_changes", id="the-worst-verdict"),
        pytest.param("verdict", ["comment", "approve"], "comment", id="the-worse-verdict"),
        pytest.param("decision", ["go", "no_go"], "no_go", id="no-go"),
        pytest.param("summary", ["a", "b", "a", " "], "a\n\nb", id="texts-once-each"),
        pytest.param("other", [{"a": 1}, {"a": 2}], {"a": 1}, id="what-no-rule-is-for"),
    ],
)
def test_parts_of_an_answer(key: str, values: list[Any], expected: Any) -> None:
    assert merged([{key: value} for value in values]) == {key: expected}


def test_one_answer_stays_as_it_is() -> None:
    assert merged([{"a": ["x", "x"]}]) == {"a": ["x", "x"]}
