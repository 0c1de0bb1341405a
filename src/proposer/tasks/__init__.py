"""The Invoke collection `codex`; the only package that imports Invoke.

Use it in a `tasks.py`:

from invoke import Collection
from proposer.tasks import codex

ns = Collection(codex)
"""

from invoke.collection import Collection

from proposer.tasks import (
    about,
    audits,
    care,
    drills,
    evals,
    figures,
    forges,
    history,
    jobs,
    proposals,
    prove,
    runs,
    upkeep,
)

__all__ = ["codex"]

codex = Collection("codex")
for _task in (
    *runs.TASKS,
    proposals.apply,
    proposals.trailers,
    proposals.untouched,
    care.doctor,
    care.lock,
    care.provenance,
    audits.audit,
    figures.metrics,
    figures.report,
    history.runs,
    history.show,
    history.diff,
    history.trace,
    history.incident,
    prove.replay,
    prove.rules,
    drills.drill,
    forges.admit,
    forges.publish,
    evals.evaluate,
    upkeep.ratchet,
    jobs.conclude,
    jobs.evidence,
    jobs.collect,
):
    codex.add_task(_task)
codex.add_task(about.about, default=True)
