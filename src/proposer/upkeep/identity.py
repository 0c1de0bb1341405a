"""What a CI job with an identity (`id-token: write`) may do where changes are seen: attest a record, nothing else."""

import re
from collections.abc import Iterator

from proposer.upkeep.workflowfile import Job

__all__ = ["COMPARED", "SCOPES", "faults"]

SCOPES = frozenset({"id-token", "attestations"})
"""What a job needs to attest."""

_ACTIONS = ("actions/download-artifact", "actions/attest")
COMPARED = (
    'cd ".proposer/runs/$RUN"',
    'echo "${DIGEST#sha256:}  statement.json" | sha256sum --check --strict',
    "subject=$(sha256sum proposal.patch | cut -d ' ' -f 1)",
    r'grep -qF "\"subject\":[{\"digest\":{\"sha256\":\"$subject\"},\"name\":\"proposal.patch\"}]" statement.json',
)
"""The one script: the statement is the one whose digest was handed over, and its subject is the proposal that is here.

A statement is canonical JSON, so there is one way to write its subject, and none inside of a string.
"""
_DIGEST = re.compile(r"\$\{\{ needs\.\w+\.outputs\.digest \}\}")


def faults(job: Job) -> Iterator[str]:
    """Yield what a job with one of the scopes does beside attesting the record whose digest was handed over."""
    if more := [scope for scope in job.writes if scope not in SCOPES]:
        yield f"it has an identity, and may write {', '.join(more)}"
    compared = False
    for step in job.steps:
        if step.run:
            same = tuple(line.strip() for line in step.run.strip().splitlines()) == COMPARED
            if not same or not _DIGEST.fullmatch(str(step.env.get("DIGEST", ""))) or "shell" in step.data:
                yield f"{step.name}: a job with an identity runs something else than the comparison of the record"
            compared = compared or (same and "if" not in step.data and "continue-on-error" not in step.data)
        elif step.action not in _ACTIONS:
            yield f"{step.name}: a job with an identity uses {step.action or 'nothing'}"
        elif step.action == "actions/attest" and not compared:
            yield f"{step.name}: it attests a record that was not compared with what was handed over"
