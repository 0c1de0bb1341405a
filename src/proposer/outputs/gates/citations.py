"""The gate `citations`: a line of the notes stands on commits or files that exist, or it goes."""

from typing import Any

from proposer.errors import Outcome
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]

_SHORTEST = 7
"""Characters of a commit's id that are enough to cite it."""
_CITED = ("commits", "files")


def rule(weighing: Weighing) -> Ruling:
    """Drop every row that cites nothing which exists, and every citation of what does not; add forgotten migrations."""
    facts = weighing.facts["history"]
    ids = [row["id"] for row in facts["commits"]]
    files = {name for row in facts["commits"] for name in row["files"]}
    answer, dropped, loose = dict(weighing.answer), 0, 0
    for name, rows in weighing.answer.items():
        if not isinstance(rows, list) or not any(_cites(row) for row in rows):
            continue
        kept: list[Any] = []
        for row in rows:
            tied, lost = _tied(row, ids, lambda path: path in files or weighing.lookup("new", path) is not None)
            loose += lost
            kept += [tied] if tied is not None else []
        dropped += len(rows) - len(kept)
        answer[name] = kept
    reasons: list[tuple[Outcome, str]] = []
    if dropped and not any(
        answer.get(name) for name, rows in weighing.answer.items() if isinstance(rows, list) and rows
    ):
        reasons.append((Outcome.INCOMPLETE, "no line cites a commit or a file that exists"))
    if facts["left_out"]:
        reasons.append((Outcome.INCOMPLETE, "the range has more commits than fit: name a newer one with --since"))
    if isinstance(answer.get("migrations"), list):
        told = {path for row in answer["migrations"] if isinstance(row, dict) for path in row.get("files", [])}
        text = "A migration of this release; nothing was said about it."
        forgotten = [path for path in facts["migrations"] if path not in told]
        answer["migrations"] = [*answer["migrations"], *({"text": text, "files": [path]} for path in forgotten)]
    notes = (f"{loose} citation(s) of commits or files that do not exist were removed",) if loose else ()
    return Ruling(answer={**answer, "range": facts["range"]}, reasons=tuple(reasons), dropped=dropped, notes=notes)


def _cites(row: Any) -> bool:
    return isinstance(row, dict) and any(isinstance(row.get(key), list) for key in _CITED)


def _tied(row: Any, ids: list[str], exists: Any) -> tuple[dict[str, Any] | None, int]:
    """Return a row with what exists of its citations, or None; and how many do not exist."""
    if not _cites(row):
        return None, 0
    commits = [str(one) for one in row.get("commits", [])]
    paths = [str(one) for one in row.get("files", [])]
    real = [found for one in commits if (found := _commit(one, ids))]
    there = [one for one in paths if exists(one)]
    lost = len(commits) + len(paths) - len(real) - len(there)
    if not real and not there:
        return None, lost
    shown = {"commits": [one[:12] for one in dict.fromkeys(real)], "files": list(dict.fromkeys(there))}
    return row | {key: value for key, value in shown.items() if key in row}, lost


def _commit(cited: str, ids: list[str]) -> str:
    """Return the whole id of a commit of the range that is cited by its start; empty where there is none, or two."""
    found = [oid for oid in ids if oid.startswith(cited.lower())] if len(cited) >= _SHORTEST else []
    return found[0] if len(found) == 1 else ""
