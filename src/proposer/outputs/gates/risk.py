"""The gate `risk`: the higher of the host's score and the model's, against the threshold of the settings."""

from proposer.errors import Outcome
from proposer.outputs.gates.weighing import Ruling, Weighing

__all__ = ["rule"]


def rule(weighing: Weighing) -> Ruling:
    """Set `score` to the higher of the two and compare it; the model can raise it, never lower it."""
    counted = weighing.facts["risk"]
    said = weighing.answer.get("score")
    asked = said if isinstance(said, int) and not isinstance(said, bool) else 0
    levels = [row.get("level", 0) for row in weighing.answer.get("risks", []) if isinstance(row, dict)]
    asked = max([asked, *(level for level in levels if isinstance(level, int))])
    score = max(counted["score"], asked)
    factors = [f"{row['name']}: +{row['points']} ({row['detail']})" for row in counted["factors"]]
    answer = {**weighing.answer, "score": score, "counted_score": counted["score"], "counted_factors": factors}
    threshold = weighing.workflow.thresholds.risk
    if score >= threshold:
        who = "counted by code" if counted["score"] >= asked else "given by the model"
        text = f"the risk score is {score} ({who}), {threshold} and above is blocked"
        return Ruling(answer=answer, reasons=((Outcome.BLOCKED, text),))
    kind = Outcome.FINDINGS if answer.get("risks") or score > 1 else Outcome.CLEAN
    return Ruling(answer=answer, reasons=((kind, f"the risk score is {score}, below {threshold}"),))
