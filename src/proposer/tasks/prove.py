"""Tasks that prove the guardrails: replays of recorded runs, the rules' table."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, report

__all__ = ["replay", "rules"]


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


@task(help={"json": "print one JSON object"}, auto_shortflags=False)
def rules(c: Context, json: bool = False) -> None:  # noqa: ARG001
    """Check .codex/rules: they load, allow nothing, test themselves, and do what cases.toml says.

    Each command of the table is judged by `codex execpolicy check` and tried in a rehearsed run, because the two
    differ. Exit code 7 where a file or a case is not as it must be.
    """
    import os
    from pathlib import Path

    from proposer.proving import rules as checks
    from proposer.reports import console

    with edge(as_json=json):
        with console.Progress() as progress:
            found = checks.examine(Path.cwd(), cached=not os.environ.get("CI"), on_step=progress.step)
        if json:
            print_json(found.document())
        else:
            found.show()
        finish(found.exit_code)
