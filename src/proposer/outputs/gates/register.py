"""All gates by name; adding one is one line here and its name in `config.settings.Gate`."""

from proposer.outputs.gates import citations, evidence, migrations, risk, triage, verified
from proposer.outputs.gates.weighing import Gate, Ruling, Weighing

__all__ = ["GATES", "applied"]

GATES: dict[str, Gate] = {
    "verified": verified.rule,
    "risk": risk.rule,
    "migrations": migrations.rule,
    "triage": triage.rule,
    "citations": citations.rule,
    "evidence": evidence.rule,
}


def applied(weighing: Weighing) -> Ruling:
    """Apply the gates that the workflow's table names, one after the other."""
    answer = weighing.answer
    rulings: list[Ruling] = []
    for name in weighing.workflow.gates:
        ruling = GATES[name](
            Weighing(answer=answer, workflow=weighing.workflow, facts=weighing.facts, lookup=weighing.lookup,
                     mask=weighing.mask, rehearsed=weighing.rehearsed)
        )  # fmt: skip
        answer = ruling.answer
        rulings.append(ruling)
    return Ruling(
        answer=answer,
        reasons=tuple(reason for ruling in rulings for reason in ruling.reasons),
        dropped=sum(ruling.dropped for ruling in rulings),
        notes=tuple(note for ruling in rulings for note in ruling.notes),
    )
