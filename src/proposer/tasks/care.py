"""Tasks that keep the wiring in order: lock, doctor, provenance."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["doctor", "lock", "provenance"]


@task(
    help={
        "check": "compare only; exit 3 and name each file that differs",
        "upgrade": "version of Codex to try and, where nothing breaks, to pin; exit 7 where something does",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def lock(c: Context, check: bool = False, upgrade: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Write codex.lock, compare it with the files (--check), or try another Codex and pin it (--upgrade).

    The lock pins the Codex CLI, its digest, model, effort, this library and every file that instructs Codex. A run
    uses the lock of its base commit, so a change cannot loosen its own review.
    """
    with edge(as_json=json):
        from proposer.tasks.upkeep import locked

        result = locked(check=check, upgrade=upgrade)
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()
        finish(result.exit_code)


@task(
    help={"ci": "the caller is a CI job: a missing key is said in its words", "json": "print one JSON object"},
    auto_shortflags=False,
)
def doctor(c: Context, ci: bool = False, json: bool = False) -> None:  # noqa: ARG001
    """Check binary, lock, instructions, sandbox, model, configuration, rules and credentials; say what mends each.

    Exit codes: 2 where something is wrong, 0 also with warnings (no credentials, no sandbox).
    """
    with edge(as_json=json):
        import os
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer import doctor as diagnosis
        from proposer.tasks import codex

        tasks = [f"codex.{name}" for name in codex.task_names]
        today = datetime.now(UTC).date()
        report = diagnosis.examine(Path.cwd(), environment=os.environ, ci=ci, tasks=tasks, today=today)
        if json:
            print_json(report.document())
        else:
            with telling():
                report.show()
        finish(report.exit_code)


@task(
    positional=["run"],
    help={
        "run": "id of a run, or the start of one",
        "verify": "check every file of the record, its statement and the ledger; exit 7 on any difference",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def provenance(c: Context, run: str, verify: bool = False, json: bool = False) -> None:  # noqa: ARG001
    """Show where a run came from, or verify its record (--verify).

    Verification goes file -> record.json -> statement.json -> ledger; one changed byte anywhere is named.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import custody

        result = custody.verify(Path.cwd(), run) if verify else custody.show(Path.cwd(), run)
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()
        finish(result.exit_code)
