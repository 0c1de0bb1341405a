"""Runs that ask a model are counted by day, also those that crash, and two at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proposer.errors import Outcome, StopError, UsageError
from proposer.provenance.calls import claim
from proposer.provenance.record import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / ".proposer").mkdir()
    return Store(tmp_path)


def run(number: int, day: str = "20260102") -> str:
    return f"{day}T000000Z-{number:08x}"


def test_the_limit_is_reached_and_the_next_day_starts_anew(store: Store) -> None:
    assert [claim(store, run(number), 2) for number in range(2)] == [1, 2]
    with pytest.raises(StopError, match="2 runs asked a model on 2026-01-02") as stopped:
        claim(store, run(3), 2)
    assert stopped.value.outcome is Outcome.UNAVAILABLE
    assert claim(store, run(4, "20260103"), 2) == 1


def test_no_limit_still_counts(store: Store) -> None:
    assert [claim(store, run(number), 0) for number in range(3)] == [1, 2, 3]
    with pytest.raises(StopError):
        claim(store, run(9), 3)


def test_runs_at_once_are_counted_one_after_the_other(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda number: claim(store, run(number), 0), range(24)))
    assert sorted(counts) == list(range(1, 25))


def test_a_link_in_its_place_is_refused(store: Store, tmp_path: Path) -> None:
    (store.folder / "calls").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="cannot be written"):
        claim(store, run(1), 1)
    assert not (tmp_path / "elsewhere").exists()
