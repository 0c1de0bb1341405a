"""Sums over all runs, for metrics; labels come from closed sets, whatever stands in a record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

from proposer import git
from proposer.archive.entry import REASONS
from proposer.archive.index import Index
from proposer.archive.tables import OPEN, Tables, opened
from proposer.archive.trials import Drilled, kept
from proposer.config import settings
from proposer.config.assets import folder as assets
from proposer.config.prices import Prices
from proposer.errors import Outcome, RefusedError, UsageError
from proposer.provenance.pruned import Pruned
from proposer.provenance.record import Store

__all__ = [
    "BUCKETS",
    "MODES",
    "OTHER",
    "SANDBOXES",
    "SEVERITIES",
    "Totals",
    "currency_of",
    "summed",
    "totals",
    "workflows",
]

MODES = ("ci", "local")
SANDBOXES = ("read-only", "workspace-write")
SEVERITIES = ("P0", "P1", "P2", "P3")
OTHER = "other"
"""Stands for every value that is not of the set."""
BUCKETS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""Upper bounds of the histogram of durations, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """Sums over all runs that are no replay.

    Attributes:
        runs: by mode and sandbox.
        outcomes, failures, findings: by outcome, reason, severity.
        tokens: by `input` (cached ones included), `cached` and `output`.
        workflow_tokens: input and output tokens by workflow.
        buckets: runs of each duration, not cumulative; the last one is beyond all bounds.
        cost: in the currency of the settings.
        drills, evals: what was tried, by outcome; the scores of the last evaluation that asked a model, or NaN.
        ledger, gone, damaged, unaccounted: statements; records that are gone, damaged; statements without a line.
    """

    runs: Mapping[tuple[str, str], int]
    outcomes: Mapping[str, int]
    failures: Mapping[str, int]
    findings: Mapping[str, int]
    open: Mapping[str, int]
    tokens: Mapping[str, int]
    workflow_runs: Mapping[str, int]
    workflow_tokens: Mapping[str, int]
    buckets: tuple[int, ...]
    seconds: float
    cost: float
    currency: str
    unpriced: int
    rehearsed: int
    dropped: int
    refused: int
    redactions: int
    proposals: Mapping[str, int]
    drills: Mapping[str, int]
    evals: Mapping[str, float]
    ledger: int
    gone: int
    damaged: int
    unaccounted: int


def totals(folder: Path) -> Totals:
    """Sum up all runs of the repository that holds a folder.

    Raises:
        UsageError: no repository, or the records could come from anybody.
    """
    store = Store(git.root_of(folder))
    store.check()
    return summed(store)


def summed(store: Store) -> Totals:
    """Sum up the runs of a store, which need not exist."""
    survey, leaves, currency = Index(store).refresh(), _leaves(store), currency_of(store.root)
    tombstones = {leaf for leaf, _ in Pruned(store.folder).look().tombstones.values()}
    with opened(store) as tables:
        sums = _sums(tables, currency)
    return Totals(
        **sums,
        currency=currency,
        **_tried(store.root),
        ledger=len(leaves),
        gone=len(survey.gone),
        damaged=len(survey.broken) + len(survey.unreadable),
        unaccounted=len(leaves - set(survey.leaves.values()) - tombstones),
    )


def workflows() -> tuple[str, ...]:
    """Return the names of the workflows that are shipped: a closed set, which the settings of a repository are not."""
    return tuple(sorted(path.stem for path in assets("prompts").glob("*.md")))


def _sums(tables: Tables, currency: str) -> dict[str, Any]:
    known = workflows()
    one = tables.rows(
        "SELECT count(*) FILTER (NOT asked), coalesce(sum(dropped), 0), coalesce(sum(refused), 0), "
        "coalesce(sum(redactions), 0), coalesce(sum(seconds), 0), "
        "coalesce(sum(price) FILTER (currency = ?), 0), count(*) FILTER (asked AND (price IS NULL OR currency <> ?)), "
        "coalesce(sum(input_tokens), 0), coalesce(sum(cached_input_tokens), 0), coalesce(sum(output_tokens), 0) "
        "FROM runs", currency, currency,
    )[0]  # fmt: skip
    by_mode = dict.fromkeys(((mode, sandbox) for mode in MODES for sandbox in (*SANDBOXES, OTHER)), 0)
    for mode, sandbox, count in tables.rows("SELECT mode, sandbox, count(*) FROM runs GROUP BY ALL"):
        by_mode[mode, sandbox if sandbox in SANDBOXES else OTHER] += count
    spent = tables.rows("SELECT workflow, count(*), sum(input_tokens + output_tokens) FROM runs GROUP BY ALL")
    each = ", ".join(f"coalesce(sum(reported.{level}), 0)" for level in SEVERITIES)
    levels = tables.rows(f"SELECT {each} FROM runs")  # noqa: S608 - constants
    edges = ", ".join(f"count(*) FILTER (seconds <= {bound})" for bound in BUCKETS)
    up_to = tables.rows(f"SELECT {edges}, count(*) FROM runs")[0]  # noqa: S608 - constants
    return {
        "rehearsed": one[0], "dropped": int(one[1]), "refused": int(one[2]), "redactions": int(one[3]),
        "seconds": float(one[4]), "cost": float(one[5]), "unpriced": one[6],
        "tokens": {"input": int(one[7]), "cached": int(one[8]), "output": int(one[9])},
        "runs": by_mode,
        "outcomes": _counted(tables, "outcome", [outcome.label for outcome in Outcome]),
        "failures": _counted(tables, "reason", tuple(REASONS)),
        "proposals": _counted(tables, "proposal", ("allowed", "refused")),
        "workflow_runs": _grouped(((name, count) for name, count, _ in spent), (*known, OTHER)),
        "workflow_tokens": _grouped(((name, tokens) for name, _, tokens in spent), (*known, OTHER)),
        "findings": dict(zip(SEVERITIES, map(int, levels[0]), strict=True)),
        "open": _grouped(tables.rows(f"SELECT severity, count(*) FROM ({OPEN}) GROUP BY ALL"), SEVERITIES),  # noqa: S608
        "buckets": tuple(after - before for before, after in pairwise((0, *up_to))),
    }  # fmt: skip


def _counted(tables: Tables, column: str, known: Sequence[str]) -> dict[str, int]:
    return _grouped(tables.rows(f"SELECT {column}, count(*) FROM runs GROUP BY ALL"), known)  # noqa: S608 - ours


def _grouped(rows: Iterable[tuple[Any, ...]], known: Sequence[str]) -> dict[str, int]:
    """Return the count of each known name; the others count as `other` where that is one of them."""
    found = dict.fromkeys(known, 0)
    for name, count in rows:
        key = name if name in found else OTHER
        if key in found:
            found[key] += int(count)
    return found


def _leaves(store: Store) -> frozenset[str]:
    """Return what stands in the ledger; nothing where it cannot be read, which is the audit's to tell."""
    try:
        return frozenset(line.leaf for line in store.ledger.lines())
    except RefusedError:
        return frozenset()


def currency_of(root: Path) -> str:
    """Return the currency of the settings; runs that were priced in another one count as unpriced."""
    path = root / settings.SETTINGS_NAME
    try:
        return settings.parse(path.read_bytes()).prices.currency
    except (OSError, UsageError):
        return Prices().currency


def _tried(root: Path) -> dict[str, Any]:
    drills = dict.fromkeys(("contained", "escaped", "unavailable"), 0)
    scores = dict.fromkeys(("precision", "recall", "noise"), nan)
    for line in kept(root):
        if isinstance(line, Drilled):
            for drill in line.drills:
                drills[drill.outcome] += 1
        elif line.measures_quality and line.precision is not None:
            scores = {"precision": line.precision, "recall": line.recall or 0.0, "noise": line.noise or 0.0}
    return {"drills": drills, "evals": scores}
