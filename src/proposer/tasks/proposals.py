"""Tasks that deal with what runs propose."""

import sys

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, finish, print_json, telling

__all__ = ["apply", "trailers", "untouched"]


@task(
    positional=["run"],
    help={
        "run": "id of a run, or the start of one",
        "check": "show the proposal and look whether it can be applied; change nothing",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def apply(c: Context, run: str, check: bool = False, json: bool = False) -> None:  # noqa: ARG001
    """Apply the proposal of a run to the working tree, and put its statement under provenance/; commit nothing.

    Refused, exit 7, with the working tree as it was: the record does not verify, the gate says no, HEAD is not what
    the run looked at, or a file that the proposal touches is not what the run saw.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import applying

        result = applying.apply(Path.cwd(), run, check_only=check)
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()


@task(
    help={
        "base": "revision that the commits come after, such as the target of a pull request",
        "head": "last commit to look at; default: HEAD",
        "json": "print one JSON object",
    },
    auto_shortflags=False,
)
def trailers(c: Context, base: str, head: str = "HEAD", json: bool = False) -> None:  # noqa: ARG001
    """Check that each commit with the trailer of a run holds the statement of that run.

    Exit code 7 where a trailer names no run, or the statement is missing, is another run's, or has a base that is no
    ancestor of the commit.
    """
    with edge(as_json=json):
        from pathlib import Path

        from proposer import trailers as checks

        result = checks.examine(Path.cwd(), base, head)
        if json:
            print_json(result.document())
        else:
            with telling():
                result.show()
        finish(result.exit_code)


@task(auto_shortflags=False)
def untouched(c: Context) -> None:  # noqa: ARG001
    """Print the id of the tree of all files here that git does not ignore; equal ids: no file changed in between."""
    with edge():
        from pathlib import Path

        from proposer import git
        from proposer.inputs import subject, workspace

        with workspace.opened(git.root_of(Path.cwd())) as opened, telling():
            sys.stdout.write(subject.snapshot(opened, everything=True) + "\n")
