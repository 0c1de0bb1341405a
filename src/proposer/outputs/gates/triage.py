"""The gate `triage`: each alert gets one verdict with evidence that exists, or a person."""

from typing import Any

from proposer.errors import Outcome
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]


def rule(weighing: Weighing) -> Ruling:
    """Drop verdicts about alerts that nobody gave, and name the alerts that are left without one."""
    facts = weighing.facts["reports"]
    alerts = {row["id"]: row for row in facts["alerts"]}
    said = [row for row in weighing.answer.get("alerts", []) if isinstance(row, dict)]
    # A text that is not SARIF has no ids: then an entry may be about something in there.
    kept = [row for row in said if row.get("id") in alerts or facts["other_texts"]]
    reasons = [*_coverage(alerts, kept, facts)]
    found: dict[str, set[str]] = {}
    for row in kept:
        found.setdefault(str(row.get("id")), set()).add(str(row.get("verdict")))
    people = sorted(name for name, verdicts in found.items() if "needs_human" in verdicts or len(verdicts) > 1)
    if people:
        text = f"{len(people)} alert(s) need a person, or got more than one verdict: {', '.join(people[:5])}"
        reasons.append((Outcome.INCOMPLETE, text))
    if real := sorted(name for name, verdicts in found.items() if "real" in verdicts):
        reasons.append((Outcome.FINDINGS, f"{len(real)} alert(s) are real: {', '.join(real[:5])}"))
    answer: dict[str, Any] = {**weighing.answer, "alerts": kept}
    if untold := [_told(row) for name, row in alerts.items() if name not in found]:
        answer["without_a_verdict"] = untold
    notes = (f"{facts['suppressed']} alert(s) are suppressed in the report itself",) if facts["suppressed"] else ()
    return Ruling(answer=answer, reasons=tuple(reasons), dropped=len(said) - len(kept), notes=notes)


def _coverage(
    alerts: dict[str, dict[str, Any]], kept: list[dict[str, Any]], facts: dict[str, Any]
) -> list[tuple[Outcome, str]]:
    reasons = []
    told = {row.get("id") for row in kept}
    if missing := [name for name in alerts if name not in told]:
        text = f"{len(missing)} alert(s) have no verdict with evidence that exists: {', '.join(missing[:5])}"
        reasons.append((Outcome.INCOMPLETE, text))
    if facts["left_out"]:
        reasons.append((Outcome.INCOMPLETE, f"{facts['left_out']} alert(s) did not fit and were not looked at"))
    return reasons


def _told(row: dict[str, Any]) -> str:
    return f"{row['id']}: {row['rule']} at {row['path']}:{row['line'] or '?'}: {row['message']}"
