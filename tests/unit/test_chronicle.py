"""What is known of a run, and that nothing known is never clean."""

from pathlib import Path

import pytest

from lab import Lab
from proposer.chronicle import Chronicle
from proposer.errors import InterruptedRunError, Outcome, StopError
from proposer.provenance.origin import Origin
from proposer.provenance.record import Store


@pytest.fixture
def chronicle(repo: Lab) -> Chronicle:
    return Chronicle(store=Store(repo.root), workflow="review", origin=Origin(runner="workstation"), unlocked=False)


def test_a_run_without_a_verdict_and_without_a_reason_is_a_mistake(chronicle: Chronicle) -> None:
    with pytest.raises(AssertionError, match="is not clean"):
        chronicle.close()


def test_a_run_that_was_interrupted_before_it_began_has_no_record(chronicle: Chronicle, repo: Lab) -> None:
    chronicle.stop(InterruptedRunError())
    summary = chronicle.close()
    assert (summary.outcome, summary.run, summary.record) == (Outcome.INTERRUPTED, "", "")
    assert not (repo.root / ".proposer").exists()


def test_differences_of_the_lock_stop_the_run_and_are_counted(chronicle: Chronicle) -> None:
    chronicle.drift([])
    with pytest.raises(StopError, match=r"a differs \(and 1 more\)") as caught:
        chronicle.drift(["a differs", "b differs"])
    assert (caught.value.outcome, "inv codex.lock" in caught.value.hint) == (Outcome.DRIFTED, True)


def test_what_codex_complained_is_kept_even_where_nothing_was_written(chronicle: Chronicle, tmp_path: Path) -> None:
    chronicle.complains(tmp_path / "missing.log")
