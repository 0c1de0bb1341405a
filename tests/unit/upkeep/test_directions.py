"""Every setting has a weaker side, or is said to have none."""

from typing import Any

import pytest

from proposer.config.settings import Settings
from proposer.upkeep.directions import DIRECTIONS, Direction, leaves, weaker


def test_every_setting_has_a_direction_and_no_direction_lacks_its_setting() -> None:
    assert set(leaves(Settings)) == DIRECTIONS.keys()


@pytest.mark.parametrize("name", DIRECTIONS)
def test_what_can_get_weaker_says_why(name: str) -> None:
    direction = DIRECTIONS[name]
    assert bool(direction.why) is (direction.kind != "none")
    assert bool(direction.order) is (direction.kind == "later")


@pytest.mark.parametrize(
    ("direction", "old", "new", "expected"),
    [
        (Direction(kind="higher"), 1, 2, True),
        (Direction(kind="higher"), 2, 1, False),
        (Direction(kind="higher", unlimited=0), 5, 0, True),
        (Direction(kind="higher", unlimited=0), 0, 5, False),
        (Direction(kind="lower"), 0.8, 0.7, True),
        (Direction(kind="lower"), 0.7, 0.8, False),
        (Direction(kind="more"), ("a",), ("a", "b"), True),
        (Direction(kind="more"), ("a", "b"), ("a",), False),
        (Direction(kind="fewer"), ("a", "b"), ("b",), True),
        (Direction(kind="fewer"), ("a",), ("b", "a"), False),
        (Direction(kind="on"), False, True, True),
        (Direction(kind="off"), True, False, True),
        (Direction(kind="off"), False, True, False),
        (Direction(kind="later", order=("a", "b")), "a", "b", True),
        (Direction(kind="later", order=("a", "b")), "b", "a", False),
        (Direction(kind="gone"), ("x",), (), True),
        (Direction(kind="gone"), (), ("x",), False),
        (Direction(kind="any"), "a", "b", True),
        (Direction(kind="none"), "a", "b", False),
        (Direction(kind="any"), "a", "a", False),
    ],
)
def test_values_are_compared_the_weaker_way(direction: Direction, old: Any, new: Any, expected: bool) -> None:
    assert weaker(direction, old, new) is expected
