"""Makes the picture of all runs from the index, the lock, and what drills and evals came to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from proposer.archive.index import Survey
from proposer.archive.tables import Tables
from proposer.archive.totals import currency_of
from proposer.errors import Outcome
from proposer.provenance.record import Store
from proposer.reports.overview import surroundings
from proposer.reports.overview.defects import defects
from proposer.reports.overview.picture import Day, Picture, Row, Spend

__all__ = ["gathered"]

_DAYS, _WEEKS = 62, 420
_LISTED = 300
_TOLD = 60


def gathered(store: Store, survey: Survey, tables: Tables, now: datetime) -> Picture:
    """Return the picture of the runs of a store.

    Args:
        store: the records.
        survey: what `Index.refresh` said.
        tables: the index, loaded.
        now: when the page is made.
    """
    currency = currency_of(store.root)
    sums = tables.rows(
        "SELECT count(*), count(*) FILTER (NOT asked), coalesce(min(moment), NULL), max(moment), "
        "coalesce(sum(price) FILTER (currency = ?), 0), count(*) FILTER (asked AND (price IS NULL OR currency <> ?)), "
        "coalesce(sum(input_tokens + output_tokens), 0), coalesce(date_diff('day', min(moment), max(moment)), 0) "
        "FROM runs", currency, currency,
    )[0]  # fmt: skip
    total, rehearsed, first, last, cost, unpriced, tokens, span = sums
    step = "day" if span <= _DAYS else "week" if span <= _WEEKS else "month"
    findings, resolved, modules = defects(store, tables)
    return Picture(
        project=surroundings.project(store.root),
        made=now,
        first=f"{first:%Y-%m-%d}" if first else "",
        last=f"{last:%Y-%m-%d}" if last else "",
        step=step,
        total=total,
        rehearsed=rehearsed,
        replays=len(survey.leaves) - total,
        gone=len(survey.gone),
        damaged=len(survey.broken) + len(survey.unreadable),
        outcomes=_ordered(tables.rows("SELECT outcome, count(*) FROM runs GROUP BY ALL")),
        cost=float(cost),
        currency=currency,
        unpriced=unpriced,
        tokens=int(tokens),
        days=_days(tables, step, currency),
        spends=_spends(tables, currency),
        findings=findings,
        resolved=resolved,
        modules=modules,
        **surroundings.drills(store.root),
        **surroundings.evals(store.root),
        pins=surroundings.pins(store.root),
        level=surroundings.level(store.root),
        rows=_rows(tables, survey, {row.run for row in findings}),
    )


def _ordered(rows: Iterable[tuple[Any, ...]]) -> dict[str, int]:
    """Return counts by outcome, worst first; what is none counts as `invalid`."""
    found = {outcome.label: 0 for outcome in Outcome}
    for name, count in rows:
        found[name if name in found else Outcome.INVALID.label] += count
    return {name: count for name, count in found.items() if count}


def _days(tables: Tables, step: str, currency: str) -> tuple[Day, ...]:
    outcomes: dict[datetime, list[tuple[str, int]]] = defaultdict(list)
    for start, outcome, count in tables.rows(
        "SELECT date_trunc(?, moment) AS start, outcome, count(*) FROM runs WHERE moment IS NOT NULL GROUP BY ALL", step
    ):
        outcomes[_at(start)].append((outcome, count))
    rows = tables.rows(
        "SELECT date_trunc(?, moment) AS start, sum(greatest(input_tokens - cached_input_tokens, 0)), "
        "sum(cached_input_tokens), sum(output_tokens), coalesce(sum(price) FILTER (currency = ?), 0), "
        "quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.9), quantile_cont(seconds, 0.99) "
        "FROM runs WHERE moment IS NOT NULL GROUP BY ALL ORDER BY start", step, currency,
    )  # fmt: skip
    return tuple(
        Day(start=_at(start), outcomes=_ordered(outcomes[_at(start)]), fresh=int(fresh), cached=int(cached),
            output=int(output), cost=float(cost), p50=p50, p90=p90, p99=p99)
        for start, fresh, cached, output, cost, p50, p90, p99 in rows
    )  # fmt: skip


def _at(start: Any) -> datetime:
    """Return a date of DuckDB, which may come without a time."""
    return datetime(start.year, start.month, start.day)  # noqa: DTZ001 - a day of UTC


def _spends(tables: Tables, currency: str) -> tuple[Spend, ...]:
    rows = tables.rows(
        "SELECT workflow, count(*), count(*) FILTER (reason <> ''), sum(input_tokens + output_tokens) AS tokens, "
        "coalesce(sum(price) FILTER (currency = ?), 0) AS cost, "
        "count(*) FILTER (asked AND (price IS NULL OR currency <> ?)), "
        "quantile_cont(seconds, 0.5), quantile_cont(seconds, 0.9) "
        "FROM runs GROUP BY workflow ORDER BY cost DESC, tokens DESC, workflow LIMIT 50", currency, currency,
    )  # fmt: skip
    return tuple(
        Spend(workflow=name, runs=runs, failed=failed, tokens=int(tokens), cost=float(cost), unpriced=unpriced, p50=p50,
              p90=p90)
        for name, runs, failed, tokens, cost, unpriced, p50, p90 in rows
    )  # fmt: skip


def _rows(tables: Tables, survey: Survey, needed: Iterable[str]) -> tuple[Row, ...]:
    """Return the newest runs, and those with findings that stand; the first of them are told in full."""
    wanted, here = list(dict.fromkeys(needed))[:_TOLD], set(survey.here) - survey.unreadable.keys()
    found = tables.rows(
        "SELECT run, started, workflow, outcome, reported.P0 + reported.P1 + reported.P2 + reported.P3, "
        "CASE WHEN reported.P0 > 0 THEN 'P0' WHEN reported.P1 > 0 THEN 'P1' WHEN reported.P2 > 0 THEN 'P2' "
        "WHEN reported.P3 > 0 THEN 'P3' ELSE '' END, refused, input_tokens + output_tokens, price, seconds, branch, "
        "model, asked, list_contains(?, run) FROM runs "
        "QUALIFY list_contains(?, run) OR row_number() OVER (ORDER BY started DESC, run DESC) <= ? "
        "ORDER BY started DESC, run DESC", wanted, wanted, _LISTED,
    )  # fmt: skip
    told = _told(found, here)
    return tuple(
        Row(run=run, started=started, workflow=workflow, outcome=outcome, findings=findings, worst=worst,
            refused=refused, tokens=tokens, price=price, seconds=seconds, branch=branch or "", model=model,
            asked=asked, told=run in told)
        for run, started, workflow, outcome, findings, worst, refused, tokens, price, seconds, branch, model, asked, _
        in found
    )  # fmt: skip


def _told(found: Sequence[tuple[Any, ...]], here: set[str]) -> set[str]:
    """Return the runs that get a part of their own: with standing findings first, then the newest."""
    ranked = sorted(range(len(found)), key=lambda at: (not found[at][-1], at))
    return {found[at][0] for at in [one for one in ranked if found[one][0] in here][:_TOLD]}
