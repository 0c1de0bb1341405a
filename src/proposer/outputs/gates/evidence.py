"""The gate `evidence`: code decides go or no-go from what lies there; the model can only turn a go into a no-go."""

from proposer.errors import Outcome
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]


def rule(weighing: Weighing) -> Ruling:
    """Block for each missing, stale, nameless, foreign, unreadable or bad piece, and for a model that says no."""
    facts, said = weighing.facts["evidence"], weighing.answer
    against = [facts["why_not_a_commit"]] if not facts["commit"] else []
    against += [f"no evidence of the kind {kind}" for kind in facts["missing"]]
    against += [
        f"{piece['name']} is {_WORDS[piece['status']]}: {piece['told']}"
        for piece in facts["pieces"]
        if piece["status"] != "good"
    ]
    against += [
        f"{piece['name']} records a rehearsal: no model was asked"
        for piece in facts["pieces"]
        if piece["rehearsed"] and not weighing.rehearsed
    ]
    against += [f"the lock of the commit does not fit: {text}" for text in facts["lock_differences"][:3]]
    names = {piece["name"] for piece in facts["pieces"]}
    rows = [row for row in said.get("concerns", []) if isinstance(row, dict)]
    concerns = [row for row in rows if row.get("evidence") in (*names, "")]
    refused = said.get("decision") != "go"
    if refused:
        against.append("the model says no-go" + (f": {str(concerns[0].get('text'))[:300]}" if concerns else ""))
    reasons = [(Outcome.BLOCKED, f"no-go: {text}") for text in against]
    if concerns and not against:
        reasons.append((Outcome.FINDINGS, f"go, with {len(concerns)} concern(s)"))
    elif not against:
        reasons.append((Outcome.CLEAN, f"go for {facts['commit'][:12]}"))
    answer = {
        **said,
        "decision": "no_go" if against else "go",
        "concerns": concerns,
        "against": against,
        "evidence": [
            f"{piece['kind'] or 'unknown'}: {piece['name']}: {piece['status']}: {piece['told']}"
            f" (commit {piece['commit'][:12] or 'unknown'}, {piece['made_at'] or 'no time'})"
            for piece in facts["pieces"]
        ],
    }
    return Ruling(answer=answer, reasons=tuple(reasons), dropped=len(rows) - len(concerns))


_WORDS = {
    "bad": "against it",
    "stale": "stale",
    "nameless": "nameless",
    "other": "about another commit",
    "unreadable": "unreadable",
}
"""How a status that is not good is said."""
