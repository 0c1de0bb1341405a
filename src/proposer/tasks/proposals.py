"""Tasks that deal with what runs propose."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, print_json, telling

__all__ = ["apply"]


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
