"""Tasks that sum up all runs: metrics for a collector, a report for people."""

from invoke.context import Context
from invoke.tasks import task

from proposer.tasks.edge import edge, telling

__all__ = ["metrics", "report"]


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


@task(help={"out": "file to write; without it, .proposer/report.html"}, auto_shortflags=False)
def report(c: Context, out: str = "") -> None:  # noqa: ARG001
    """Write one HTML page about all runs: what is open, what it costs, charts, drills, pins, and each run in full.

    It needs nothing else: no network, no server; scripts of records do not run in it.
    """
    with edge():
        from datetime import UTC, datetime
        from pathlib import Path

        from proposer.reports.overview import page

        path = Path(out) if out else page.place(Path.cwd())
        page.write(page.render(Path.cwd(), datetime.now(UTC)), path)
        with telling():
            print(f"report: {path}")
