"""Metrics of all runs as Prometheus text, made from the index each time: no server, no state of its own."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from proposer.archive.totals import BUCKETS, Totals
from proposer.errors import UsageError

__all__ = ["families", "render", "write"]


class _Runs(Collector):
    def __init__(self, totals: Totals) -> None:
        self._totals = totals

    def collect(self) -> Iterator[Metric]:
        """Yield every family; Prometheus asks for it by this name."""
        yield from families(self._totals)


def families(totals: Totals) -> Iterator[Metric]:
    """Yield every family with all of its label values, also those that nothing was counted for yet."""
    runs = CounterMetricFamily("codex_exec_runs", "Runs, by where they ran and what they might write.",
                               labels=["mode", "sandbox"])  # fmt: skip
    for (mode, sandbox), count in totals.runs.items():
        runs.add_metric([mode, sandbox], count)
    yield runs
    yield _counter("failures", "Runs that ended with another exit code than 0, by reason.", "reason", totals.failures)
    yield _counter("tokens", "Tokens; `input` includes the cached ones.", "type", totals.tokens)
    yield _durations(totals)
    yield _counter("outcomes", "Runs by outcome.", "outcome", totals.outcomes)
    yield _counter("workflow_runs", "Runs by workflow; those of the project itself are `other`.", "workflow",
                   totals.workflow_runs)  # fmt: skip
    yield _counter("workflow_tokens", "Input and output tokens by workflow.", "workflow", totals.workflow_tokens)
    yield _counter("findings", "Findings that were reported, by severity.", "severity", totals.findings)
    yield _counter("proposals", "Proposals, by what the gate said.", "verdict", totals.proposals)
    yield _counter("cost", "Estimated cost, in the currency of the settings.", "currency",
                   {totals.currency: totals.cost})  # fmt: skip
    for name, told, count in (
        ("unpriced_runs", "Runs that asked a model whose price is not known in that currency.", totals.unpriced),
        ("rehearsed_runs", "Runs in which a script or a recording answered.", totals.rehearsed),
        ("dropped_findings", "Findings that were dropped because their quote is not in the file.", totals.dropped),
        ("refused_commands", "Commands that were refused to the model.", totals.refused),
        ("redactions", "Values that were masked in the files of records.", totals.redactions),
    ):
        yield CounterMetricFamily(f"codex_exec_{name}", told, value=count)
    yield _counter("drills", "Drills, by what they came to.", "outcome", totals.drills)
    open_findings = GaugeMetricFamily("codex_exec_open_findings", "Findings that are open as far as is known.",
                                      labels=["severity"])  # fmt: skip
    for severity, count in totals.open.items():
        open_findings.add_metric([severity], count)
    yield open_findings
    scores = GaugeMetricFamily("codex_exec_eval_score", "Scores of the last evaluation that asked a model.",
                               labels=["score"])  # fmt: skip
    for name, value in totals.evals.items():
        scores.add_metric([name], value)
    yield scores
    for name, told, count in (
        ("ledger_statements", "Statements in the ledger.", totals.ledger),
        ("pruned_records", "Runs that are counted and whose records are not here any more.", totals.gone),
        ("damaged_records", "Records that are not what their statements say.", totals.damaged),
        ("unaccounted_statements", "Statements in the ledger whose runs are in no counter.", totals.unaccounted),
    ):
        yield GaugeMetricFamily(f"codex_exec_{name}", told, value=count)


def render(totals: Totals) -> str:
    """Return the text exposition format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Runs(totals))
    return generate_latest(registry).decode()


def write(text: str, path: Path) -> None:
    """Write a file that a collector of text files reads: whole or not at all, and readable by others.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The suffix: node_exporter reads every *.prom of its folder.
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".tmp", dir=path.parent)
        fresh = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.chmod(0o644)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"--out {path} cannot be written: {error.strerror}", "name another file") from error


def _counter(name: str, told: str, label: str, counts: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"codex_exec_{name}", told, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family


def _durations(totals: Totals) -> Metric:
    family = HistogramMetricFamily("codex_exec_duration_seconds", "How long runs took.", labels=[])
    bounds = [*map(str, BUCKETS), "+Inf"]
    family.add_metric([], buckets=list(zip(bounds, accumulate(totals.buckets), strict=True)), sum_value=totals.seconds)
    return family
