"""Sums over runs: each run once, replays never, labels from closed sets, and nothing goes down."""

import shutil

import pytest

from history import History, carried, finding
from proposer.archive.totals import MODES, OTHER, SANDBOXES, Totals, totals, workflows
from proposer.archive.trials import keep
from proposer.errors import Outcome


def summed(history: History) -> Totals:
    return totals(history.store.root)


def test_no_run_is_all_zero(history: History) -> None:
    found = summed(history)
    assert set(found.runs) == {(mode, sandbox) for mode in MODES for sandbox in (*SANDBOXES, OTHER)}
    assert not any(found.runs.values())
    assert (found.tokens, sum(found.buckets), found.ledger) == ({"input": 0, "cached": 0, "output": 0}, 0, 0)


REASONS = {
    "clean": None, "findings": None, "blocked": "policy_blocked", "incomplete": "incomplete",
    "unavailable": "unavailable", "invalid": "schema_violation", "violated": "policy_violated",
    "drifted": "lock_drifted", "interrupted": "interrupted",
}  # fmt: skip


def test_every_outcome_is_counted_under_its_reason(history: History) -> None:
    assert set(REASONS) == {outcome.label for outcome in Outcome}
    for outcome in REASONS:
        history.add(outcome)
    history.add("blocked", reasons=["x", "the proposal fails `pytest` (exit 1): x"])
    found = summed(history)
    assert found.outcomes == {**dict.fromkeys(REASONS, 1), "blocked": 2}
    assert found.failures == {**{reason: 1 for reason in REASONS.values() if reason}, "test_failed": 1}


def test_replays_count_in_nothing(history: History) -> None:
    history.add("blocked", finding(), replay_of="20260102T030405Z-00000000", dropped=3, seconds=9.0)
    found = summed(history)
    assert not any(found.runs.values())
    assert not any((*found.outcomes.values(), found.dropped, found.seconds, *found.findings.values()))
    assert found.unaccounted == 0


def test_labels_are_of_closed_sets_whatever_a_record_says(history: History) -> None:
    history.add(name='mine"} 1', sandbox="danger", runner="x\ny", model="m" * 500)
    history.add(name="review", runner="github-actions")
    found = summed(history)
    assert found.runs["ci", OTHER] == found.runs["ci", "read-only"] == 1
    assert set(found.workflow_runs) == {*workflows(), OTHER}
    assert (found.workflow_runs[OTHER], found.workflow_runs["review"]) == (1, 1)


def test_sums(history: History) -> None:
    usage = {"input_tokens": 10, "cached_input_tokens": 4, "output_tokens": 1}
    history.add("findings", finding("P2"), finding("P3"), usage=usage, seconds=2.0, price="0.5000 USD (prices of x)",
                dropped=2, refused_commands=3, redactions=4)  # fmt: skip
    history.add(usage=usage, seconds=99.5, price="unknown", proposal={"allowed": True})
    history.add(price="2.0000 EUR (prices of x)", seconds=9999.0, proposal={"allowed": False})
    history.add(provider="rehearsal", price="0 USD")
    found = summed(history)
    assert found.tokens == {"input": 20, "cached": 8, "output": 2}
    assert (found.cost, found.currency, found.unpriced, found.rehearsed) == (0.5, "USD", 2, 1)
    assert (found.dropped, found.refused, found.redactions) == (2, 3, 4)
    assert found.findings == {"P0": 0, "P1": 0, "P2": 1, "P3": 1}
    assert found.proposals == {"allowed": 1, "refused": 1}
    assert found.buckets == (1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1)
    assert found.seconds == pytest.approx(2 + 99.5 + 9999 + 1)


def test_a_run_at_a_bound_is_within_it(history: History) -> None:
    history.add(seconds=1.0)
    history.add(seconds=1.001)
    assert summed(history).buckets[:2] == (1, 1)


def test_nothing_goes_down_where_records_were_pruned(history: History) -> None:
    for number in range(4):
        history.add("findings", finding("P2"), dropped=number, seconds=3.0)
    before = summed(history)
    for run in history.runs[:3]:
        shutil.rmtree(history.store.runs / run)
    after = summed(history)
    assert (after.gone, after.unaccounted) == (3, 0)
    assert (after.runs, after.dropped, after.buckets) == (before.runs, before.dropped, before.buckets)


def test_what_no_line_accounts_for_is_told(history: History) -> None:
    history.add()
    history.add()
    shutil.rmtree(history.store.runs / history.runs[0])
    history.edit(history.runs[1], dropped=5)
    found = summed(history)
    assert (found.ledger, found.unaccounted, found.damaged) == (2, 1, 1)


def test_findings_are_open_until_the_last_run_of_their_branch_says_otherwise(history: History) -> None:
    row, other = finding("P0"), finding("P2", "src/other.py")
    history.add("blocked", row, branch="one")
    history.add("blocked", row, branch="two")
    history.add("findings", other, branch="two", carried_rows=[carried(other), carried(row, "resolved")])
    history.add("unavailable", branch="one")
    history.add("blocked", finding("P1"), branch=None)
    history.add(branch=None)
    assert summed(history).open == {"P0": 1, "P1": 1, "P2": 1, "P3": 0}


def test_drills_and_evals_are_counted(history: History) -> None:
    row = {"name": "a", "tried": "t", "reached": True, "stopped_by": "sandbox", "outcome": "contained"}
    drills = {"schema": "proposer/drills/v1", "drills": [row, {**row, "name": "b", "outcome": "escaped"}]}
    evals = {"schema": "proposer/evals/v1", "provider": "openai", "measures_quality": True, "precision": 0.5,
             "recall": 0.75, "noise": 1.5, "cases": [{"name": "c", "result": "found"}], "exit": 0}  # fmt: skip
    for document in (drills, evals, {**evals, "measures_quality": False, "precision": 1.0}, drills):
        keep(history.store.root, document)
    with (history.store.folder / "trials.jsonl").open("ab") as stream:
        stream.write(b"{}\nhalf")
    found = summed(history)
    assert found.drills == {"contained": 2, "escaped": 2, "unavailable": 0}
    assert found.evals == {"precision": 0.5, "recall": 0.75, "noise": 1.5}


def test_a_folder_with_signs_of_patterns_is_read_as_it_stands(history: History) -> None:
    history.add()
    odd = history.store.root.parent / "a[b]*?{c}'"
    history.store.root.rename(odd)
    assert sum(totals(odd).runs.values()) == 1
