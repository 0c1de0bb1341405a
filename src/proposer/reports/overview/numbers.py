"""What the charts show, in words and as tables: for readers who do not see them, and for those who want the figures."""

from proposer.reports.overview.charts import GROUPS, RISKS
from proposer.reports.overview.picture import Picture
from proposer.reports.overview.surroundings import LEVELS

__all__ = ["Rows", "rows", "said"]

Rows = list[tuple[str, ...]]
_SEVERITIES = ("P0", "P1", "P2", "P3")
_LEVELS = ("read-only analysis", "review comments", "draft pull request on request",
           "draft pull request by itself", "merge by itself (not there)")  # fmt: skip


def said(picture: Picture) -> dict[str, str]:
    """Return one sentence for each chart."""
    dearest, days = picture.dearest, picture.days
    good = picture.outcomes.get("clean", 0) + picture.outcomes.get("findings", 0)
    slow = max(days, key=lambda day: day.p50, default=None)
    here = f"; this repository is at level {picture.level}, {LEVELS[picture.level - 1]}" if picture.level else ""
    levels = ", ".join(f"{picture.count(level, 'open')} {level}" for level in _SEVERITIES)
    blocked = picture.outcomes.get("blocked", 0)
    return {
        "runs": f"{picture.total} runs by {picture.step}: {good} reviewed without a block, "
                f"{blocked} blocked, {picture.total - good - blocked} without a verdict or failed.",
        "cost": f"The most expensive workflow is {dearest.workflow}." if dearest else "No cost.",
        "tokens": f"{picture.tokens:,} tokens in all.",
        "durations": f"The median of a {picture.step} was highest from {slow.start:%Y-%m-%d}: {slow.p50:.1f} seconds."
                     if slow else "No run.",
        "findings": f"Open: {levels}; {picture.resolved} resolved.",
        "levels": f"Risk rises from 2 of 10 for read-only analysis to 10 for merging by itself{here}.",
    }  # fmt: skip


def rows(picture: Picture) -> dict[str, Rows]:
    """Return the rows of each chart's table."""
    return {
        "runs": [
            (f"{day.start:%Y-%m-%d}", *(f"{sum(day.outcomes.get(one, 0) for one in names)}" for *_, names in GROUPS))
            for day in picture.days
        ],
        "cost": [
            (one.workflow, f"{one.cost:,.4f} {picture.currency}", f"{one.tokens:,}", str(one.runs))
            for one in picture.spends
        ],
        "tokens": [
            (f"{day.start:%Y-%m-%d}", f"{day.fresh:,}", f"{day.cached:,}", f"{day.output:,}") for day in picture.days
        ],
        "durations": [
            (f"{day.start:%Y-%m-%d}", *(f"{value:.1f} s" for value in (day.p50, day.p90, day.p99)))
            for day in picture.days
        ],
        "findings": [
            (one.name, *(str(one.of(level, "open")) for level in _SEVERITIES),
             *(str(sum(one.of(level, state) for level in _SEVERITIES)) for state in ("unknown", "resolved")))
            for one in picture.modules
        ],
        "levels": [(f"{at}: {name}", str(risk)) for at, (name, risk) in enumerate(zip(_LEVELS, RISKS, strict=True), 1)],
    }  # fmt: skip
