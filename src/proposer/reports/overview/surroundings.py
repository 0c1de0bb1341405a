"""What stands beside the runs: drills, evals, the pins in force, and how much the repository lets Codex do."""

import json
from pathlib import Path
from typing import Any

from proposer.archive.trials import Drill, Drilled, kept
from proposer.config import lock as locks
from proposer.config.answers import TEMPLATE_FILE
from proposer.errors import UsageError
from proposer.reports.overview.picture import Cell, Pins

__all__ = ["LEVELS", "drills", "evals", "level", "pins", "project"]

LEVELS = ("analyse", "comment", "propose", "branch")
"""Automation levels of a generated repository, from 1; merging by itself would be the fifth and does not exist."""


def drills(root: Path) -> dict[str, Any]:
    """Return the last outcome of each drill."""
    found, when = dict[str, Drill](), ""
    for line in kept(root):
        if isinstance(line, Drilled):
            when = f"{line.at:%Y-%m-%d %H:%M}"
            found |= {drill.name: drill for drill in line.drills}
    ranked = sorted(found.values(), key=lambda drill: (drill.outcome == "contained", drill.name))
    cells = (Cell(name=one.name, result=one.outcome, detail=f"{one.tried}; stopped by {one.stopped_by or 'nothing'}")
             for one in ranked)  # fmt: skip
    return {"drills": tuple(cells), "drilled": when}


def evals(root: Path) -> dict[str, Any]:
    """Return the last evaluation, of a model where one was asked."""
    lines = [line for line in kept(root) if not isinstance(line, Drilled)]
    asked = [line for line in lines if line.measures_quality]
    last = next(reversed(asked or lines), None)
    if last is None:
        return {"evals": (), "evaluated": "", "scores": ()}
    who = f"{last.provider} answered" if last.measures_quality else "scripts answered: these numbers are no measure"
    pairs = (("precision", last.precision), ("recall", last.recall), ("noise", last.noise))
    scores = tuple((name, value) for name, value in pairs if value is not None)
    return {"evals": tuple(Cell(name=case.name, result=case.result) for case in last.cases),
            "evaluated": f"{last.at:%Y-%m-%d %H:%M}, {who}", "scores": scores}  # fmt: skip


def pins(root: Path) -> Pins:
    """Return what codex.lock of the working tree pins, and what differs from it."""
    try:
        pinned = locks.of_worktree(root)
        lock = locks.read(pinned.lock_text, "the working tree")
    except UsageError as error:
        return Pins(missing=error.message)
    rows = (
        ("Codex CLI", lock.codex_version), ("model", lock.model), ("effort", lock.effort),
        ("proposer", lock.proposer_version), *((f"Codex on {name}", digest) for name, digest in
                                               sorted(lock.codex_sha256.items())),
    )  # fmt: skip
    return Pins(rows=tuple(rows), files=dict(lock.files), differences=tuple(locks.differences(lock, pinned)))


def level(root: Path) -> int:
    """Return the automation level that the repository was generated with; 0 where it does not say."""
    try:
        word = json.loads((root / TEMPLATE_FILE).read_bytes())["answers"]["automation"]
        return LEVELS.index(word) + 1
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def project(root: Path) -> str:
    """Return the name of the project."""
    try:
        return str(json.loads((root / TEMPLATE_FILE).read_bytes())["answers"]["project_name"])
    except (OSError, ValueError, KeyError, TypeError):
        return root.name
