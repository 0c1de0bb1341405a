"""Tasks that prove the guardrails: replays of recorded runs, the rules' table."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, report

__all__ = ["replay"]


@task(
    positional=["run"],
    help={
        "run": "id of a run, the start of one, or a folder that --record wrote",
        "json": "print one JSON object and nothing else on standard output",
    },
    auto_shortflags=False,
)
def replay(c: Context, run: str, json: bool = False) -> None:  # noqa: ARG001
    """Play a recorded run again: the real Codex, the recorded answers; no network, no key.

    Exits as the run did, or 3 where Codex sends other requests than it sent then; the difference goes to standard
    error and into drift.diff of the new record.
    """
    import os
    from pathlib import Path

    from proposer.proving import replay as replays
    from proposer.reports import console

    with edge(as_json=json):
        with console.Progress() as progress:
            summary = replays.replay(Path.cwd(), run, environment=os.environ, on_step=progress.step)
        report(summary, as_json=json)
