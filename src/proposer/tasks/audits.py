"""Tasks that look at all runs together."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["audit"]


@task(
    help={
        "verify": "read every file of every record, and exit 7 where anything is not what was written",
        "prune": "remove the files of old records; their statements and leaves stay, so what was removed is provable",
        "days": "with --prune: how old; default 90",
        "dry_run": "with --prune: only say what would be removed",
        "sign_head": "write provenance/ledger.head and, beside it, its signed form, to be committed",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def audit(
    c: Context,  # noqa: ARG001
    verify: bool = False,
    prune: bool = False,
    days: int = 90,
    dry_run: bool = False,
    sign_head: bool = False,
    json: bool = False,
) -> None:
    """Check all records, the ledger, and the heads of it that were committed.

    `codex.provenance RUN --verify` checks one record down to the ledger. This checks every one, and what only shows
    over all of them: a ledger whose end was cut off or written anew after its head was committed, and records whose
    statements are no longer here. Without --verify it looks at record.json and statement.json alone, reads them again
    only where they changed, and exits 0.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import audit as audits

        if prune:
            _prune(days, dry=dry_run, as_json=json)
            return
        if sign_head:
            _sign_head()
        found = audits.examine(Path.cwd(), files=verify)
        if json:
            print_json(found.document())
        else:
            with telling():
                found.show()
        finish(found.exit_code if verify else 0)


def _prune(days: int, *, dry: bool, as_json: bool) -> None:
    import os
    import sys
    from datetime import UTC, datetime
    from pathlib import Path

    from proposer import pruning
    from proposer.errors import UsageError
    from proposer.provenance import origin

    if days < 0:
        raise UsageError(f"--days {days} is in the future", "name how old records must be: --days 90")
    made = pruning.prune(
        Path.cwd(), days=days, now=datetime.now(UTC), by=origin.of(os.environ).runner, dry=dry,
        on_step=lambda line: print(line, file=sys.stderr),
    )  # fmt: skip
    with telling():
        print_json(made.document()) if as_json else made.show()


def _sign_head() -> None:
    import os
    import sys
    from datetime import UTC, datetime
    from pathlib import Path

    from proposer import audit as audits

    paths = audits.sign_head(Path.cwd(), os.environ, datetime.now(UTC))
    print(f"commit {' and '.join(paths)}", file=sys.stderr)
