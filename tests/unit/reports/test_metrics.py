"""The text that a collector reads: valid by the client's own parser, whole or not there, and complete."""

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from history import History, finding
from proposer.archive.totals import totals
from proposer.errors import UsageError
from proposer.reports import metrics

HOSTILE = '"} 1\ncodex_exec_runs_total{mode="x"} 9 \\'


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_clients_parser_reads_it_and_every_series_is_there_from_the_start(history: History) -> None:
    none = samples(metrics.render(totals(history.store.root)))
    history.add("blocked", finding(title=HOSTILE, path=HOSTILE), name=HOSTILE, model=HOSTILE, branch=HOSTILE,
                runner=HOSTILE, sandbox=HOSTILE)  # fmt: skip
    some = samples(metrics.render(totals(history.store.root)))
    assert set(none) == set(some)
    assert some["codex_exec_runs_total", (("mode", "ci"), ("sandbox", "other"))] == 1
    assert some["codex_exec_failures_total", (("reason", "policy_blocked"),)] == 1
    assert some["codex_exec_duration_seconds_bucket", (("le", "1.0"),)] == 1
    assert some["codex_exec_duration_seconds_count", ()] == 1
    assert not [name for name, _ in some if name.endswith("_created")]


def test_buckets_are_cumulative(history: History) -> None:
    for seconds in (0.5, 3.0, 3.0, 99999.0):
        history.add(seconds=seconds)
    found = samples(metrics.render(totals(history.store.root)))
    counts = [found["codex_exec_duration_seconds_bucket", (("le", bound),)] for bound in ("1.0", "5.0", "+Inf")]
    assert counts == [1, 3, 4]


def test_a_file_is_written_at_once_readable_by_others_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "textfile" / "codex.prom"
    metrics.write("a 1\n", path)
    metrics.write("a 2\n", path)
    assert path.read_text(encoding="utf-8") == "a 2\n"
    assert [one.name for one in path.parent.iterdir()] == ["codex.prom"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "codex.prom"
    metrics.write("a 1\n", path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"codex\.prom cannot be written: No space left on device"):
        metrics.write("a 2\n", path)
    assert path.read_text(encoding="utf-8") == "a 1\n"
    assert [one.name for one in tmp_path.iterdir()] == ["codex.prom"]
