"""Tasks that look back: all runs, one of them, two of them side by side."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, print_json, telling

__all__ = ["diff", "runs", "show"]


@task(help={"json": "print one JSON object with all of them"}, auto_shortflags=False)
def runs(c: Context, json: bool = False) -> None:  # noqa: ARG001
    """List the runs of this repository, newest first, also those whose records were pruned."""
    with edge(as_json=json):
        from pathlib import Path

        from proposer.reports import listing

        found = listing.listed(Path.cwd())
        with telling():
            print_json(found.document()) if json else found.show()


@task(positional=["run"], help={"run": "id of a run, or the unambiguous start of one"}, auto_shortflags=False)
def show(c: Context, run: str) -> None:  # noqa: ARG001
    """Tell one run: what was asked, what the model did step by step, what was found and proposed.

    It shows what the record says. `codex.provenance RUN --verify` says whether the record is what was written.
    """
    with edge():
        from pathlib import Path

        from proposer.reports import account

        found = account.told(Path.cwd(), run)
        with telling():
            found.show()


@task(
    positional=["first", "second"],
    help={
        "first": "id of a run, or the unambiguous start of one",
        "second": "the run to compare it with",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def diff(c: Context, first: str, second: str, json: bool = False) -> None:  # noqa: ARG001
    """Compare two runs: inputs, policy, answer, and what became of the findings.

    A finding is new, persisting, resolved or unknown. One that is missing from a run that did not examine everything
    is unknown, and so is one that the second run did not mention although its lines are still there.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer.reports import comparison

        found = comparison.compared(Path.cwd(), first, second)
        with telling():
            print_json(found.document()) if json else found.show()
