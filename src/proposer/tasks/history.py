"""Tasks that look back: all runs, one of them, two of them side by side."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, print_json, telling

__all__ = ["diff", "incident", "runs", "show", "trace"]


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


@task(
    help={
        "commit": "a commit, or what leads to one: which runs led to it",
        "path": "FILE:LINE: the same for the commit that last changed the line",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def trace(c: Context, commit: str = "", path: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Tell which runs led to a commit or a line, under which policy and from which instructions.

    It reads the trailers of the commit, the statements under provenance/ that it adds, and those of the commits that a
    merge brings. What they do not say is called unknown: a commit without a trailer may have had help or not.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import lineage
        from proposer.errors import UsageError

        if bool(commit) == bool(path):
            raise UsageError("name one of both", "run: inv codex.trace --commit SHA, or --path FILE:LINE")
        here = Path.cwd()
        found = lineage.of_commit(here, commit) if commit else lineage.of_line(here, path)
        with telling():
            print_json(found.document()) if json else found.show()


@task(
    positional=["subject"],
    help={
        "subject": "id of a run, the start of one, or a commit that names one",
        "out": "the file to write; default: artifacts/incident-RUN.zip",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def incident(c: Context, subject: str, out: str = "", json: bool = False) -> None:  # noqa: ARG001
    """Bundle what an incident needs: record, statement, proofs, and a plan of what to take back.

    The zip file holds PLAN.md: commits to revert in order, pins to restore, prompts to revert, by comparison with the
    last good run. Nothing is reverted here.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import incident as incidents

        made = incidents.bundle(Path.cwd(), subject, Path(out) if out else None)
        with telling():
            print_json(made.document()) if json else made.show()
