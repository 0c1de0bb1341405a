"""Which findings of an answer count: verified, no lint topics, none twice, the most severe first."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from proposer.outputs.answer import Finding, Lookup, anchored, findings_of
from proposer.outputs.carried import fingerprint
from proposer.outputs.nits import is_nit

__all__ = ["MOST", "Selection", "select"]

MOST = 5
"""Findings that a report shows; more are read by nobody, and a cut is said."""
_MOST_READ = 200
"""More than that no review has; what is beyond is not looked at, and the outcome says so."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Findings of an answer. `said` are those that count, most severe first; the rest are reasons why others do not."""

    said: tuple[Finding, ...]
    lost: tuple[Finding, ...]
    unread: int
    nits: int
    doubles: int


def select(answer: Any, *, lookup: Lookup, mask: Callable[[str], str]) -> Selection:
    """Verify the findings of an answer and leave out what does not count."""
    rows, unread = findings_of(answer)
    rows = list(dict.fromkeys(rows))
    cached = functools.lru_cache(maxsize=32)(mask)
    placed = [(row, anchored(row, lookup, cached)) for row in rows[:_MOST_READ]]
    lost = tuple(row for row, found in placed if found is None)
    there = [found for _, found in placed if found is not None]
    kept = [row for row in there if not is_nit(row)]
    unique = {fingerprint(row, cached): row for row in reversed(ordered(kept))}
    return Selection(
        said=tuple(ordered(unique.values())),
        lost=lost,
        unread=unread + len(rows[_MOST_READ:]),
        nits=len(there) - len(kept),
        doubles=len(kept) - len(unique),
    )


def ordered(findings: Any) -> list[Finding]:
    """Return findings, most severe first."""
    rows: Sequence[Finding] = list(findings)
    return sorted(rows, key=lambda row: (row.severity, row.path, row.start_line))
