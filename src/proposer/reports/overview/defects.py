"""The findings that are not known to be resolved, and all findings by module."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from proposer.archive.tables import LATEST, Tables
from proposer.provenance.record import Store
from proposer.reports.overview.picture import Finding, Module
from proposer.reports.overview.standing import Candidate, Ground

__all__ = ["defects"]

_LOOKED_AT = 300
_MODULES = 12
_REST = "(other)"
_TOP = "(top level)"


def defects(store: Store, tables: Tables) -> tuple[tuple[Finding, ...], int, tuple[Module, ...]]:
    """Return what is not known to be resolved, worst first, how much is resolved, and all of it by module."""
    rows = tables.rows(
        f"SELECT run, workflow, branch, severity, category, path, line, title, started, asked, fingerprint, status, "  # noqa: S608 - constants
        f"current FROM ({LATEST}) WHERE status <> 'resolved' ORDER BY severity, started DESC, run LIMIT {_LOOKED_AT}"
    )
    ground, found = Ground(store), list[Finding]()
    counts: dict[str, dict[tuple[str, Any], int]] = defaultdict(lambda: defaultdict(int))
    resolved = 0
    for run, workflow, branch, severity, category, path, line, title, started, asked, key, status, current in rows:
        state, why = ground.standing(Candidate(run=run, branch=branch, fingerprint=key, status=status, path=path,
                                               current=current))  # fmt: skip
        counts[_module(path)][severity, state] += 1
        resolved += state == "resolved"
        if state != "resolved":
            found.append(
                Finding(run=run, workflow=workflow, branch=branch or "", severity=severity, category=category,
                        path=path, line=line, title=title, since=started, asked=asked, standing=state, why=why)
            )  # fmt: skip
    rest = tables.rows(
        f"WITH latest AS ({LATEST}), looked AS (SELECT run, fingerprint FROM latest WHERE status <> 'resolved' "  # noqa: S608
        f"ORDER BY severity, started DESC, run LIMIT {_LOOKED_AT}) "
        "SELECT path, severity, CASE WHEN status = 'resolved' THEN 'resolved' WHEN current AND status <> 'unknown' "
        "THEN 'open' ELSE 'unknown' END AS state, count(*) FROM latest "
        "WHERE status = 'resolved' OR (run, fingerprint) NOT IN (SELECT (run, fingerprint) FROM looked) GROUP BY ALL"
    )
    for path, severity, state, count in rest:
        counts[_module(path)][severity, state] += count
        resolved += count if state == "resolved" else 0
    found.sort(key=lambda row: (row.severity, row.standing != "open"))
    return tuple(found), resolved, _modules(counts)


def _modules(counts: Mapping[str, Mapping[tuple[str, Any], int]]) -> tuple[Module, ...]:
    """Return the modules with most findings, and the others as one."""
    ranked = sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    shown = [Module(name=name, counts=dict(found)) for name, found in ranked[:_MODULES]]
    rest: dict[tuple[str, Any], int] = defaultdict(int)
    for _, found in ranked[_MODULES:]:
        for key, count in found.items():
            rest[key] += count
    return (*shown, *([Module(name=_REST, counts=dict(rest))] if rest else []))


def _module(path: str) -> str:
    """Return the module of a file: the folder below `src/PACKAGE/`, else the first folder."""
    folders = path.split("/")[:-1]
    if len(folders) > 2 and folders[0] == "src":  # noqa: PLR2004 - src, package, module
        return folders[2]
    return folders[0] if folders else _TOP
