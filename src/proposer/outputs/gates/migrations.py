"""The gate `migrations`: what cannot be undone needs a plan in its file; the model's checklist can only add to it."""

from typing import Any

from proposer.errors import Outcome
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]


def rule(weighing: Weighing) -> Ruling:
    """Block irreversible migrations without a plan; drop checklist entries about files that are no migration."""
    facts = weighing.facts["migrations"]
    files = {row["file"]: row for row in facts["files"]}
    said = [row for row in weighing.answer.get("checklist", []) if isinstance(row, dict)]
    checklist = [row for row in said if row.get("file") in files]
    reasons = [*_facts(files.values(), facts), *_said(checklist)]
    told = {row["file"] for row in checklist}
    if missing := [name for name, row in files.items() if name not in told and row["status"] != "removed"]:
        reasons.append((Outcome.INCOMPLETE, f"the checklist says nothing about {missing[0]}: a person must look"))
    lost = [row for row in said if row.get("file") not in files and row.get("verdict") == "unsafe"]
    if lost:
        about = str(lost[0].get("file"))[:200]
        text = f"something unsafe was said about {about}, which is no migration of this change: a person must look"
        reasons.append((Outcome.INCOMPLETE, text))
    parsed = [
        f"{name}: {row['framework']}, {len(row['operations'])} operation(s), {_way_back(row)}"
        for name, row in files.items()
    ]
    answer = {**weighing.answer, "checklist": checklist, "parsed": parsed}
    return Ruling(answer=answer, reasons=tuple(reasons), dropped=len(said) - len(checklist))


def _way_back(row: dict[str, Any]) -> str:
    if not row["irreversible"]:
        return "can be undone"
    return f"cannot be undone; plan: {row['plan']}" if row["plan"] else "cannot be undone, and has no plan"


def _facts(files: Any, facts: dict[str, Any]) -> list[tuple[Outcome, str]]:
    reasons: list[tuple[Outcome, str]] = []
    for row in files:
        if row["irreversible"] and row["status"] != "removed":
            more = f" (and {len(row['irreversible']) - 1} more)" if len(row["irreversible"]) > 1 else ""
            text = f"{row['file']}: {row['irreversible'][0]}{more}"
            reasons.append(
                (Outcome.FINDINGS, f"{text}; its plan: {row['plan']}") if row["plan"]
                else (Outcome.BLOCKED, f"{text}; write the way back, or a docstring with `Rollback: ...`")
            )  # fmt: skip
        if row["status"] != "added":
            text = f"{row['file']} was {row['status']}: where it was applied already, that changes nothing"
            reasons.append((Outcome.INCOMPLETE, f"{text}, so a person must look"))
    reasons += [(Outcome.BLOCKED, text) for text in facts["forks"]]
    reasons += [(Outcome.INCOMPLETE, f"{row['file']}: {row['why']}: a person must look") for row in facts["unread"]]
    return reasons


def _said(checklist: list[dict[str, Any]]) -> list[tuple[Outcome, str]]:
    kinds = {"unsafe": Outcome.BLOCKED, "attention": Outcome.FINDINGS}
    return [
        (kinds[row["verdict"]], ": ".join(str(row.get(key, ""))[:300] for key in ("file", "topic", "verdict", "note")))
        for row in checklist if row.get("verdict") in kinds
    ]  # fmt: skip
