"""What the page shows of all runs together: plain values, counted and ordered, with no word about how they look."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

__all__ = ["Cell", "Day", "Finding", "Module", "Picture", "Pins", "Row", "Spend", "Standing"]

Standing = Literal["open", "unknown", "resolved"]


@dataclass(frozen=True, kw_only=True)
class Day:
    """One step of the time axis (a day, a week or a month): runs by outcome, tokens, cost and durations in seconds."""

    start: datetime
    outcomes: Mapping[str, int]
    fresh: int
    cached: int
    output: int
    cost: float
    p50: float
    p90: float
    p99: float


@dataclass(frozen=True, kw_only=True)
class Spend:
    """What one workflow took."""

    workflow: str
    runs: int
    failed: int
    tokens: int
    cost: float
    unpriced: int
    p50: float
    p90: float


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A finding that is not known to be resolved; `why` says how that is known, `asked` whether a model said it."""

    run: str
    workflow: str
    branch: str
    severity: str
    category: str
    path: str
    line: int
    title: str
    since: str
    asked: bool
    standing: Standing
    why: str


@dataclass(frozen=True, kw_only=True)
class Module:
    """Findings below one folder, by severity and standing."""

    name: str
    counts: Mapping[tuple[str, Standing], int]

    def of(self, severity: str, standing: Standing) -> int:
        """Return one count."""
        return self.counts.get((severity, standing), 0)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A name and what it came to, with a word more."""

    name: str
    result: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Pins:
    """What codex.lock pins now, and what differs from it; `missing` says why there is nothing."""

    rows: tuple[tuple[str, str], ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One run in the table; `told` says that it has a part of its own in the page."""

    run: str
    started: str
    workflow: str
    outcome: str
    findings: int
    worst: str
    refused: int
    tokens: int
    price: float | None
    seconds: float
    branch: str
    model: str
    asked: bool
    told: bool


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything but the runs' own parts.

    `step` is `day`, `week` or `month`. `level` is the automation level of the repository, 0 where it is not known.
    """

    project: str
    made: datetime
    first: str
    last: str
    step: str
    total: int
    rehearsed: int
    replays: int
    gone: int
    damaged: int
    outcomes: Mapping[str, int]
    cost: float
    currency: str
    unpriced: int
    tokens: int
    days: tuple[Day, ...]
    spends: tuple[Spend, ...]
    findings: tuple[Finding, ...]
    resolved: int
    modules: tuple[Module, ...]
    drills: tuple[Cell, ...]
    drilled: str
    evals: tuple[Cell, ...]
    evaluated: str
    scores: tuple[tuple[str, float], ...]
    pins: Pins
    level: int
    rows: tuple[Row, ...]

    @property
    def worst(self) -> tuple[Finding, ...]:
        """The open findings that must not be overlooked."""
        return tuple(row for row in self.findings if row.severity in ("P0", "P1") and row.standing == "open")

    @property
    def dearest(self) -> Spend | None:
        """The workflow that costs most, by tokens where no price is known."""
        best = max(self.spends, key=lambda one: (one.cost, one.tokens), default=None)
        return best if best is not None and (best.cost or best.tokens) else None

    def count(self, severity: str, standing: Standing) -> int:
        """Return how many findings of a severity stand so."""
        return sum(module.of(severity, standing) for module in self.modules)
