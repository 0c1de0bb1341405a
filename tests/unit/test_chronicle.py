"""What is known of a run, and that nothing known is never clean."""

from collections.abc import Iterator
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


@pytest.fixture
def begun(chronicle: Chronicle, repo: Lab) -> Iterator[Chronicle]:
    """A run that has a draft."""
    chronicle.notes.draft = Store(repo.root).draft(
        "20260101T000000Z-00000000", lambda text: text.replace("hidden", "[masked]")
    )
    yield chronicle
    chronicle.discard()


def kept(begun: Chronicle) -> str:
    assert begun.notes.draft is not None
    return (begun.notes.draft.folder / "stderr.log").read_text(encoding="utf-8")


def test_no_complaint_of_codex_is_no_mistake(begun: Chronicle, tmp_path: Path) -> None:
    begun.complains(tmp_path / "missing.log")
    assert begun.notes.draft is not None
    assert not (begun.notes.draft.folder / "stderr.log").exists()


def test_what_codex_complained_of_is_kept_masked(begun: Chronicle, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a hidden word\n", encoding="utf-8")
    begun.complains(tmp_path / "log")
    assert kept(begun) == "a [masked] word\n"


def test_of_a_flood_beginning_and_end_are_kept(begun: Chronicle, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("first" + "x" * 3_000_000 + "last", encoding="utf-8")
    begun.complains(tmp_path / "log")
    text = kept(begun)
    assert text.startswith("first")
    assert text.endswith("last")
    assert "\n[cut: there was more]\n" in text
    assert len(text) < 1_100_000


def test_a_log_a_little_over_the_limit_loses_and_doubles_nothing(begun: Chronicle, tmp_path: Path) -> None:
    whole = "".join(f"{number:07}" for number in range(80_000))
    (tmp_path / "log").write_text(whole, encoding="utf-8")
    begun.complains(tmp_path / "log")
    assert kept(begun).replace("\n[cut: there was more]\n", "") == whole
