"""Tasks that sum up all runs: metrics for a collector, a report for people."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, telling

__all__ = ["metrics"]


@task(help={"out": "write a file for a collector of text files, at once; without it, print"}, auto_shortflags=False)
def metrics(c: Context, out: str = "") -> None:  # noqa: ARG001
    """Sum up all runs as Prometheus text: runs, failures, tokens, durations, outcomes, findings, drills, cost.

    Counters are made from the records and never go down, also where records were pruned. Replays do not count.
    """
    with edge():
        import sys
        from pathlib import Path

        from proposer.archive.totals import totals
        from proposer.reports import metrics as texts

        text = texts.render(totals(Path.cwd()))
        if out:
            texts.write(text, Path(out))
        else:
            with telling():
                sys.stdout.write(text)
