"""Tasks that look at all runs together."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["audit"]


@task(
    help={
        "verify": "read every file of every record, and exit 7 where anything is not what was written",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def audit(c: Context, verify: bool = False, json: bool = False) -> None:  # noqa: ARG001
    """Check all records, the ledger, and the heads of it that were committed.

    `codex.provenance RUN --verify` checks one record down to the ledger. This checks every one, and what only shows
    over all of them: a ledger whose end was cut off or written anew after its head was committed, and records whose
    statements are no longer here. Without --verify it looks at record.json and statement.json alone, reads them again
    only where they changed, and exits 0.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import audit as audits

        found = audits.examine(Path.cwd(), files=verify)
        if json:
            print_json(found.document())
        else:
            with telling():
                found.show()
        finish(found.exit_code if verify else 0)
